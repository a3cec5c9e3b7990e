//! Our client's HTTP.

use farebox_tokens::client::{Offer, Outgoing};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::header::{HeaderMap, HeaderValue};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use privacypass_wire::directory::IssuerDirectory;
use privacypass_wire::http::{Authorization, Reading, Style, WwwAuthenticate};
use privacypass_wire::{Limits, Token, TokenType, http};

use crate::common::NOW;

/// An authority, `127.0.0.1:port`.
pub(crate) struct Web(pub(crate) String);

pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Web {
    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let stream = tokio::net::TcpStream::connect(&self.0).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path).header("Host", &self.0);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(body))).unwrap();
        let (parts, body) = sender.send_request(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// The offer of this type, with the key of the directory.
    pub(crate) async fn offer(&self, token_type: TokenType, path: &str, reading: Reading) -> Offer {
        let directory = self.send(Method::GET, http::DIRECTORY_PATH, &[], b"").await;
        let directory = IssuerDirectory::from_json(&directory.body, &Limits::DEFAULT).unwrap();
        let pinned = &directory.key_for(token_type, NOW).unwrap().public_key;
        let answer = self.send(Method::GET, path, &[], b"").await;
        assert_eq!(answer.status, 401);
        let fields = answer.headers.get_all(http::WWW_AUTHENTICATE).iter().map(HeaderValue::as_bytes);
        let read = WwwAuthenticate::parse(fields, reading, &Limits::DEFAULT).unwrap();
        assert_eq!((read.challenges.len(), read.refused.len(), read.other_schemes), (2, 0, 0));
        let of_type = |received: &&http::PrivateTokenChallenge| received.decode().unwrap().token_type() == token_type;
        let received = read.challenges.iter().find(of_type).unwrap();
        assert_eq!(received.max_age, Some(60));
        Offer::new(received, &self.0, Some(pinned)).unwrap()
    }

    /// Sends a request to the issuer.
    pub(crate) async fn issue(&self, outgoing: Outgoing<'_>) -> Answer {
        let headers = [("Content-Type", outgoing.content_type), ("Accept", outgoing.accept)];
        let answer = self.send(Method::POST, "/token-request", &headers, outgoing.body).await;
        let said = String::from_utf8_lossy(&answer.body);
        assert_eq!(
            answer.headers.get("Content-Type").map(HeaderValue::as_bytes),
            Some(outgoing.accept.as_bytes()),
            "{said}"
        );
        answer
    }

    /// The status that a token brings.
    pub(crate) async fn show(&self, path: &str, token: &Token, style: Style) -> u16 {
        let field = Authorization::new(token).to_header_value(style).unwrap();
        self.send(Method::GET, path, &[("Authorization", &field)], b"").await.status
    }
}
