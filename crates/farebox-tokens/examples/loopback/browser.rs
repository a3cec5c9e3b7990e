//! A client of HTTP/1.1 that speaks to one address, and reads challenges and the directory.

use std::net::SocketAddr;
use std::time::Duration;

use farebox_tokens::client::{Offer, Outgoing};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use privacypass_wire::directory::IssuerDirectory;
use privacypass_wire::http::{Authorization, Reading, Style, WwwAuthenticate, reverse};
use privacypass_wire::{Limits, Token, TokenType, http};

use crate::Failure;
use crate::server::NOW;
use crate::table::Table;

pub(crate) struct Browser {
    address: SocketAddr,
    directory: Option<IssuerDirectory>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// What the server says that it worked.
    fn took(&self) -> Duration {
        let value = self.headers.get("Server-Timing").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let milliseconds = value.rsplit('=').next().and_then(|number| number.parse().ok()).unwrap_or_default();
        Duration::from_secs_f64(f64::max(milliseconds, 0.0) / 1e3)
    }

    /// The header `PrivacyPass-Reverse`.
    pub(crate) fn reverse(&self) -> Result<&[u8], Failure> {
        Ok(self.headers.get(http::PRIVACYPASS_REVERSE).ok_or("nothing came back")?.as_bytes())
    }
}

impl Browser {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, directory: None }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&'static str, String)],
        body: &[u8],
    ) -> Result<Answer, Failure> {
        let stream = tokio::net::TcpStream::connect(self.address).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path).header("Host", self.address.to_string());
        for (name, value) in headers {
            request = request.header(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_str(value)?);
        }
        let response = sender.send_request(request.body(Full::new(Bytes::copy_from_slice(body)))?).await?;
        let (parts, body) = response.into_parts();
        Ok(Answer { status: parts.status, headers: parts.headers, body: body.collect().await?.to_bytes() })
    }

    /// The issuer's directory, fetched once.
    pub(crate) async fn directory(&mut self) -> Result<IssuerDirectory, Failure> {
        if self.directory.is_none() {
            let answer = self.send(Method::GET, http::DIRECTORY_PATH, &[], b"").await?;
            self.directory = Some(IssuerDirectory::from_json(&answer.body, &Limits::DEFAULT)?);
        }
        self.directory.clone().ok_or_else(|| "no directory".into())
    }

    /// Asks for a route without a token: 401, and what it wants. The first is the token, the second its companion.
    pub(crate) async fn challenged(
        &mut self,
        route: &str,
        table: &mut Table,
    ) -> Result<(Offer, Option<Offer>), Failure> {
        let answer = self.send(Method::GET, &format!("/protected/{route}"), &[], b"").await?;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        let fields: Vec<_> = answer.headers.get_all(http::WWW_AUTHENTICATE).iter().map(HeaderValue::as_bytes).collect();
        table.server("401 with a challenge", fields.iter().map(|field| field.len()).sum(), answer.took());
        let read = WwwAuthenticate::parse(&fields, Reading::Lenient, &Limits::DEFAULT)?;
        let received = read.challenges.first().ok_or("no challenge")?;
        let token_type = received.decode()?.token_type();
        let origin = self.address.to_string();
        let directory = self.directory().await?;
        let pinned = |token_type: TokenType| directory.key_for(token_type, NOW).map(|key| key.public_key.clone());
        let offer = Offer::new(received, &origin, pinned(token_type).as_deref())?;
        let companion = offer.companion(received, &origin, pinned(TokenType::VOPRF_RISTRETTO255).as_deref())?;
        Ok((offer, companion))
    }

    /// Sends a request to the issuer.
    pub(crate) async fn issue(&self, outgoing: Outgoing<'_>, table: &mut Table) -> Result<Bytes, Failure> {
        let headers = [("Content-Type", outgoing.content_type.to_owned()), ("Accept", outgoing.accept.to_owned())];
        let answer = self.send(Method::POST, "/token-request", &headers, outgoing.body).await?;
        assert!(answer.status.is_success(), "{}", answer.status);
        assert_eq!(answer.headers.get("Content-Type").map(HeaderValue::as_bytes), Some(outgoing.accept.as_bytes()));
        table.server("issue", answer.body.len(), answer.took());
        Ok(answer.body)
    }

    /// Sends a request to the issuer, and tells what it thinks of it.
    pub(crate) async fn asked(&self, outgoing: Outgoing<'_>) -> Result<StatusCode, Failure> {
        let headers = [("Content-Type", outgoing.content_type.to_owned()), ("Accept", outgoing.accept.to_owned())];
        Ok(self.send(Method::POST, "/token-request", &headers, outgoing.body).await?.status)
    }

    /// Shows a token.
    pub(crate) async fn redeem(&self, route: &str, token: &Token, table: &mut Table) -> Result<Answer, Failure> {
        self.show(route, &Authorization::new(token), None, table).await
    }

    pub(crate) async fn show(
        &self,
        route: &str,
        authorization: &Authorization,
        asked: Option<&[u8]>,
        table: &mut Table,
    ) -> Result<Answer, Failure> {
        let mut headers = vec![("Authorization", authorization.to_header_value(Style::Quoted)?)];
        headers.extend(asked.map(|bytes| (http::PRIVACYPASS_REVERSE, reverse::to_header_value(bytes, Style::Quoted))));
        let answer = self.send(Method::GET, &format!("/protected/{route}"), &headers, b"").await?;
        let back = answer.headers.get(http::PRIVACYPASS_REVERSE).map_or(0, |value| value.len());
        table.server(&format!("redeem: {}", answer.status), back, answer.took());
        Ok(answer)
    }
}
