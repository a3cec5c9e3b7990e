//! A client that costs the machine as little as it can: requests are written before the clock starts, answers are read up to
//! their last byte.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use farebox_tokens::client::Offer;
use privacypass_wire::Limits;
use privacypass_wire::http::{Reading, WwwAuthenticate};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::tokens::authorization;

/// Connections at once.
const CONNECTIONS: usize = 64;

/// What the gate asks for.
pub(crate) fn offer(gate: SocketAddr) -> Offer {
    let mut stream = TcpStream::connect(gate).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: origin.example\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let field = answer.lines().find_map(|line| line.strip_prefix("www-authenticate: ")).expect("a challenge");
    let read = WwwAuthenticate::parse([field], Reading::Lenient, &Limits::DEFAULT).unwrap();
    Offer::new(read.challenges.first().unwrap(), "origin.example", None).unwrap()
}

/// Shows all tokens, each once, and gives how many were redeemed in a second.
pub(crate) fn redeem(gate: SocketAddr, tokens: &[Vec<u8>]) -> f64 {
    let request = |token: &Vec<u8>| {
        let value = authorization(token);
        format!("GET / HTTP/1.1\r\nHost: origin.example\r\nAuthorization: {value}\r\n\r\n").into_bytes()
    };
    let requests: Arc<Vec<Vec<u8>>> = Arc::new(tokens.iter().map(request).collect());
    let next = Arc::new(AtomicUsize::new(0));
    let client = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    client.block_on(async {
        let mut streams = Vec::new();
        for _ in 0..CONNECTIONS {
            let stream = tokio::net::TcpStream::connect(gate).await.unwrap();
            stream.set_nodelay(true).unwrap();
            streams.push(stream);
        }
        let start = Instant::now();
        let all: Vec<_> = streams
            .into_iter()
            .map(|stream| tokio::spawn(connection(stream, Arc::clone(&requests), Arc::clone(&next))))
            .collect();
        for one in all {
            one.await.unwrap();
        }
        requests.len() as f64 / start.elapsed().as_secs_f64()
    })
}

async fn connection(mut stream: tokio::net::TcpStream, requests: Arc<Vec<Vec<u8>>>, next: Arc<AtomicUsize>) {
    let mut answer = Vec::new();
    while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
        stream.write_all(request).await.unwrap();
        answer.clear();
        while !complete(&answer) {
            assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "the gate hung up");
        }
        assert!(answer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer));
    }
}

/// Every answer is a head and `served`.
fn complete(answer: &[u8]) -> bool {
    answer.ends_with(b"\r\n\r\nserved") || (answer.ends_with(b"\r\n\r\n") && !answer.starts_with(b"HTTP/1.1 200 "))
}
