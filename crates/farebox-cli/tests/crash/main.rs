//! The server is killed at random points, while wallets pay. Afterwards the books are right: what was issued was spent or is held, no
//! serial was taken twice, and no request was served twice.
//!
//! A few kills by default; `FAREBOX_CRASH=long` makes them 200.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/upstream.rs"]
mod upstream;

mod client;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use farebox_wallet::{Caps, Proxies, ReqwestTransport, Transport as _};
use http::{Request, StatusCode};
use rand::RngExt as _;

use client::{Books, Client};
use common::{Place, Server};
use upstream::Upstream;

const ROUTES: &str = "[[origin.routes]]\npath = \"/act\"\nschemes = [\"act\"]\ncost = 3\nreturned = 1\n\
                      [[origin.routes]]\npath = \"/arc\"\nschemes = [\"arc\"]\nlimit = 100000\n\
                      [[origin.routes]]\npath = \"/once\"\nschemes = [\"voprf-ristretto255\"]\n";
const PATHS: [&str; 5] = ["/act/work", "/act/work", "/act/work", "/arc/work", "/once/work"];
/// Credits of a new token, and what a served request costs in the end.
const CREDITS: u64 = 200;
const PRICE: u64 = 2;

fn kills() -> usize {
    if std::env::var("FAREBOX_CRASH").is_ok_and(|mode| mode == "long") { 200 } else { 6 }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_gained_when_the_server_is_killed() {
    let (upstream, behind) = Upstream::start();
    let place =
        Place::new(&["act", "arc", "voprf-ristretto255"], &format!("origin.upstream = \"http://{behind}\"\n{ROUTES}"));
    let first = place.serve();
    let (address, public) = (first.address(), first.public.clone());
    let done = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = PATHS
        .iter()
        .enumerate()
        .map(|(i, path)| {
            let client = Client::new(place.path(&format!("wallet-{i}")), i, format!("{public}{path}"));
            tokio::spawn(client.pay_until(Arc::clone(&done)))
        })
        .collect();

    let restart = |place: &Place| {
        let mut command = place.command();
        command.env("FAREBOX_SERVER_LISTEN", address.to_string());
        Server::start(command)
    };
    let mut server = first;
    for _ in 0..kills() {
        tokio::time::sleep(Duration::from_millis(rand::rng().random_range(20..400))).await;
        server = tokio::task::block_in_place(|| {
            server.kill();
            restart(&place)
        });
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    done.store(true, Ordering::SeqCst);

    let mut books = Vec::new();
    for client in clients {
        let client = client.await.unwrap();
        client.settle().await;
        books.push(client.books());
    }
    audit(&books, &upstream);
    show_again(&books, &public, &upstream).await;
    let (ended, _) = tokio::task::block_in_place(|| server.stop());
    assert!(ended.success());
}

fn audit(books: &[Books], upstream: &Upstream) {
    let runs = upstream.runs();
    assert!(runs.values().all(|times| *times == 1), "a request was served twice");
    for (i, book) in books.iter().enumerate() {
        let mine = runs.keys().filter(|id| id.starts_with(&format!("{i}-"))).count() as u64;
        println!(
            "{i}: {} requests, {} answered, {mine} served, {} shown",
            book.requests,
            book.answered,
            book.shown.len()
        );
        assert!(book.answered > 0 && book.answered <= mine && mine <= book.requests);
        // One token for each request, and none for two.
        assert!(mine <= book.shown.len() as u64);
        if book.act_tokens > 0 {
            assert_eq!(book.act_tokens * CREDITS, book.spent + book.held_credits, "issued = spent + held");
            assert_eq!(book.spent % PRICE, 0);
            assert!(book.answered * PRICE <= book.spent && book.spent <= mine * PRICE);
        }
        if book.single_tokens > 0 {
            assert_eq!(book.single_tokens, book.shown.len() as u64 + book.held_tokens, "issued = shown + held");
        }
        if book.presentations > 0 {
            assert_eq!(book.presentations, book.shown.len() as u64);
        }
    }
}

/// Every token once more, for another request: none is taken.
async fn show_again(books: &[Books], public: &str, upstream: &Upstream) {
    let transport = ReqwestTransport::new(&Proxies::None).unwrap();
    let before = upstream.seen().len();
    for (path, token) in
        books.iter().zip(PATHS).flat_map(|(book, path)| book.shown.iter().map(move |token| (path, token)))
    {
        let request = Request::get(format!("{public}{path}?again"))
            .header("authorization", http::HeaderValue::from_bytes(token).unwrap())
            .body(Bytes::new())
            .unwrap();
        let answer = transport.send(request, Caps::ORIGIN).await.unwrap();
        assert_eq!(answer.status(), StatusCode::CONFLICT, "{path}");
    }
    assert_eq!(upstream.seen().len(), before);
}
