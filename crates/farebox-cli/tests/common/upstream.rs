//! A server behind the gate, which counts.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::IntoResponse;
use http::{HeaderMap, Uri};

#[derive(Clone, Default)]
pub struct Upstream {
    seen: Arc<Mutex<Vec<(Uri, HeaderMap, Bytes)>>>,
    /// `/slow` waits for it.
    pub release: Arc<AtomicBool>,
}

impl Upstream {
    /// Listens on a thread of its own, for as long as the process lives.
    pub fn start() -> (Self, SocketAddr) {
        let (upstream, (sender, receiver)) = (Self::default(), std::sync::mpsc::channel());
        let state = upstream.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                sender.send(listener.local_addr().unwrap()).unwrap();
                axum::serve(listener, Router::new().fallback(answer).with_state(state)).await.unwrap();
            });
        });
        (upstream, receiver.recv().unwrap())
    }

    pub fn seen(&self) -> Vec<(Uri, HeaderMap, Bytes)> {
        self.seen.lock().unwrap().clone()
    }

    /// How often each request came, by its header `x-request-id`.
    pub fn runs(&self) -> BTreeMap<String, u64> {
        let mut runs = BTreeMap::new();
        for (_, headers, _) in self.seen.lock().unwrap().iter() {
            if let Some(id) = headers.get("x-request-id") {
                *runs.entry(id.to_str().unwrap().to_owned()).or_default() += 1;
            }
        }
        runs
    }
}

async fn answer(State(upstream): State<Upstream>, uri: Uri, headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    let path = uri.path().to_owned();
    upstream.seen.lock().unwrap().push((uri, headers, body));
    if path.ends_with("/slow") {
        while !upstream.release.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    if path.ends_with("/work") {
        tokio::time::sleep(Duration::from_millis(4)).await;
    }
    let mut headers = HeaderMap::new();
    headers.insert("farebox-used", "2".parse().unwrap());
    headers.insert("privacypass-reverse", "\"AAAA\"".parse().unwrap());
    headers.insert("keep-alive", "timeout=5".parse().unwrap());
    headers.insert("x-kept", "yes".parse().unwrap());
    (headers, "from the upstream\n")
}
