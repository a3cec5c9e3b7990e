//! A listener on loopback, and a client of HTTP/1.1.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use farebox_issuer::{Attester, IssuerConfig, IssuerService};
use farebox_tokens::client::Outgoing;
use farebox_tokens::issuer::Issuer;
use http_body_util::{BodyExt as _, Full};
use hyper::header::HeaderMap;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::world::NOW;

pub const PATH: &str = "/token-request";
pub const DIRECTORY: &str = "/.well-known/private-token-issuer-directory";

pub struct Site {
    pub address: SocketAddr,
    pub service: IssuerService,
    pub now: Arc<AtomicU64>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// No limit by client, so that tests do not meet it by chance.
pub fn config() -> IssuerConfig {
    IssuerConfig { rate: None, ..IssuerConfig::default() }
}

impl Site {
    pub async fn new(issuer: Issuer, config: IssuerConfig, attester: impl Attester) -> Self {
        let now = Arc::new(AtomicU64::new(NOW));
        let clock = now.clone();
        let clock = Arc::new(move || clock.load(Ordering::SeqCst));
        let service = IssuerService::with_clock(issuer, config, attester, clock).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let make = service.router().into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, make).await });
        Self { address, service, now }
    }

    pub fn set_time(&self, now: u64) {
        self.now.store(now, Ordering::SeqCst);
    }

    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let request = Request::builder().method(method).uri(path).header("Host", "issuer.example");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let request = request.body(Full::new(Bytes::copy_from_slice(body))).unwrap();
        let (parts, body) = sender.send_request(request).await.unwrap().into_parts();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body: body.collect().await.unwrap().to_bytes() }
    }

    pub async fn post(&self, media_type: &str, body: &[u8], headers: &[(&str, &str)]) -> Answer {
        let headers = [&[("Content-Type", media_type)], headers].concat();
        self.send("POST", PATH, &headers, body).await
    }

    /// The request of a client's machine, answered with the media type that it waits for.
    pub async fn issue(&self, outgoing: Outgoing<'_>) -> Bytes {
        let answer = self.post(outgoing.content_type, outgoing.body, &[("Accept", outgoing.accept)]).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some(outgoing.accept));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        answer.body
    }

    /// Sends these bytes, and gives the status line and all that follows until the connection ends or nothing more comes.
    pub async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // The server may close before it has all.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let patience = Duration::from_secs(5);
        let mut some = [0; 4096];
        while let Ok(Ok(read @ 1..)) = tokio::time::timeout(patience, stream.read(&mut some)).await {
            answer.extend_from_slice(&some[..read]);
            if answer.windows(4).any(|end| end == b"\r\n\r\n") {
                break;
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// A refusal says nothing, and no cache keeps it.
    pub fn assert_refused(&self, status: u16) {
        assert_eq!((self.status, self.body.len()), (status, 0), "{:?}", self.headers);
        assert_eq!(self.header("cache-control"), Some("no-store"));
    }
}
