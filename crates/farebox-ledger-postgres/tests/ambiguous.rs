//! Answers of the server that get lost at a chosen point, by a proxy in between.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::sync::Arc;
use std::sync::Mutex;

use common::{Node, patient, with_server};
use farebox_ledger::*;
use farebox_ledger_postgres::PostgresStore;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// When a connection breaks, seen from what the client sends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Break {
    /// Before the server gets it.
    Before,
    /// While the server works on it.
    During,
    /// After the server has answered.
    After,
}

/// Forwards to a server, and breaks the next connections in which the client sends some text.
struct Proxy {
    port: u16,
    plan: Arc<Mutex<Vec<(&'static str, Break)>>>,
}

impl Proxy {
    async fn before(node: &Node) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, server) = (listener.local_addr().unwrap().port(), node.port);
        let plan = Arc::<Mutex<Vec<_>>>::default();
        let plans = Arc::clone(&plan);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, plans) = (TcpStream::connect(("127.0.0.1", server)).await.unwrap(), Arc::clone(&plans));
                tokio::spawn(async move { _ = forward(client, server, &plans).await });
            }
        });
        Self { port, plan }
    }

    fn plan(&self, text: &'static str, how: &[Break]) {
        *self.plan.lock().unwrap() = how.iter().rev().map(|how| (text, *how)).collect();
    }

    fn is_done(&self) -> bool {
        self.plan.lock().unwrap().is_empty()
    }
}

/// A message of the client comes in one piece here, as it is written in one.
async fn forward(
    mut client: TcpStream,
    mut server: TcpStream,
    plan: &Mutex<Vec<(&str, Break)>>,
) -> std::io::Result<()> {
    let (mut up, mut down) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            n = client.read(&mut up) => {
                let sent = &up[..n?];
                if sent.is_empty() {
                    return Ok(());
                }
                let how = plan.lock().unwrap().pop_if(|(text, _)| sent.windows(text.len()).any(|part| part == text.as_bytes()));
                match how.map(|(_, how)| how) {
                    Some(Break::Before) => return Ok(()),
                    Some(Break::During) => return server.write_all(sent).await,
                    Some(Break::After) => {
                        server.write_all(sent).await?;
                        return server.read(&mut down).await.map(|_| ());
                    }
                    None => server.write_all(sent).await?,
                }
            }
            n = server.read(&mut down) => {
                let n = n?;
                if n == 0 {
                    return Ok(());
                }
                client.write_all(&down[..n]).await?;
            }
        }
    }
}

const PLANS: [&[Break]; 6] = [
    &[Break::Before],
    &[Break::During],
    &[Break::After],
    &[Break::After, Break::After],
    &[Break::Before, Break::During, Break::After],
    &[Break::After, Break::Before, Break::During],
];

async fn stores(node: &Node) -> (PostgresStore, PostgresStore, Proxy) {
    let place = node.place().await;
    let straight = PostgresStore::connect(&place, patient()).await.unwrap();
    let proxy = Proxy::before(node).await;
    let place = place.replace(&format!("port={}", node.port), &format!("port={}", proxy.port));
    (PostgresStore::connect(&place, patient()).await.unwrap(), straight, proxy)
}

/// Whatever became of the commits, the call finds its own reservation, and is the only one that does.
#[test]
fn a_lost_commit_is_found_again() {
    with_server(async |node| {
        let (store, straight, proxy) = stores(&node).await;
        for (i, plan) in (0u8..).zip(PLANS) {
            let serials = [Serial::new(b"test", &[], &[i]), Serial::new(b"test", &[b"second"], &[i])];
            let (digest, other) = (RequestDigest::new(&[&[i]]), RequestDigest::new(&[b"other", &[i]]));
            proxy.plan("COMMIT", plan);
            assert_eq!(store.reserve(Epoch(1), &serials, &digest).await.unwrap(), Verdict::Fresh, "plan {i}");
            assert!(proxy.is_done());
            for store in [&store, &straight] {
                assert_eq!(store.reserve(Epoch(1), &serials, &digest).await.unwrap(), Verdict::InFlight);
                assert_eq!(store.reserve(Epoch(1), &serials[..1], &other).await.unwrap(), Verdict::Conflict);
            }
        }
    });
}

/// Another call with the same bytes comes while the first does not know what became of its commit: one of the two is first.
#[test]
fn twins_of_a_lost_commit_are_told_apart() {
    with_server(async |node| {
        let (store, straight, proxy) = stores(&node).await;
        for round in 0u8..30 {
            let (serials, digest) = ([Serial::new(b"test", &[], &[round])], RequestDigest::new(&[&[round]]));
            proxy.plan("COMMIT", PLANS[usize::from(round) % 3]);
            let (one, two) =
                tokio::join!(store.reserve(Epoch(1), &serials, &digest), straight.reserve(Epoch(1), &serials, &digest));
            let verdicts = [one.unwrap(), two.unwrap()];
            let fresh = verdicts.iter().filter(|verdict| **verdict == Verdict::Fresh).count();
            assert_eq!(fresh, 1, "{verdicts:?}");
            assert!(verdicts.contains(&Verdict::InFlight));
        }
    });
}

#[test]
fn a_lost_answer_is_found_again() {
    with_server(async |node| {
        let (store, straight, proxy) = stores(&node).await;
        for (i, plan) in (0u8..).zip(PLANS) {
            let (serials, digest) = ([Serial::new(b"test", &[], &[i])], RequestDigest::new(&[&[i]]));
            assert_eq!(straight.reserve(Epoch(1), &serials, &digest).await.unwrap(), Verdict::Fresh);
            proxy.plan("UPDATE", plan);
            assert_eq!(store.complete(Epoch(1), &digest, b"answer").await.unwrap(), Completion::Stored, "plan {i}");
            assert!(proxy.is_done());
            let before = Completion::Before(Some(b"answer".to_vec()));
            assert_eq!(straight.complete(Epoch(1), &digest, b"other").await.unwrap(), before);
            assert_eq!(store.complete(Epoch(1), &digest, b"answer").await.unwrap(), before);
        }
    });
}

/// The tables of an epoch are made and dropped under the same conditions.
#[test]
fn upkeep_survives_lost_commits() {
    with_server(async |node| {
        let (store, straight, proxy) = stores(&node).await;
        for (i, plan) in (0u64..).zip(PLANS) {
            let (serials, digest) = ([Serial::new(b"test", &[], b"1")], RequestDigest::new(&[b"1"]));
            proxy.plan("COMMIT", plan);
            assert_eq!(store.reserve(Epoch(i), &serials, &digest).await.unwrap(), Verdict::Fresh);
            assert!(proxy.is_done());
            proxy.plan("COMMIT", plan);
            assert_eq!(store.forget(Epoch(i + 1)).await.unwrap(), 1, "plan {i}");
            assert!(proxy.is_done());
            assert_eq!(straight.reserve(Epoch(i), &serials, &digest).await.unwrap(), Verdict::Expired);
        }
    });
}
