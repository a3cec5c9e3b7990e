//! Connections and servers that die under load.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::load::Load;
use common::{Node, free_port, is_long, patient, with_tools};
use farebox_ledger::*;
use farebox_ledger_postgres::{Durability, Options, PostgresStore};
use tokio::time::sleep;

const TERMINATE: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                         WHERE application_name = 'farebox' ORDER BY random() LIMIT 2";

/// Connections are cut at random points: never two `Fresh`, never an answer lost.
#[test]
fn killed_statements_lose_nothing() {
    with_tools(async |tools| {
        let node = Node::init(&tools, "").await;
        let mut origins = Vec::new();
        for _ in 0..3 {
            let few = Options { connections: 4, ..patient() };
            origins.push(PostgresStore::connect(&node.config(), few).await.unwrap());
        }
        let last = origins[0].clone();
        let load = Load::new(origins);
        let clients = load.start(12);
        for _ in 0..if is_long() { 2_000 } else { 100 } {
            sleep(Duration::from_millis(20)).await;
            node.ask(TERMINATE).await.unwrap();
        }
        load.more(20).await;
        load.stop(clients).await;
        load.audit(&last).await;
    });
}

/// A server that waits for a standby in vain commits for itself when somebody cuts the wait short, and says so in a warning
/// only. That is no `Fresh`, and an answer that got so far does not leave.
#[test]
fn a_commit_that_no_standby_has_is_not_confirmed() {
    with_tools(async |tools| {
        let node = Arc::new(Node::init(&tools, "").await);
        let store = PostgresStore::connect(&node.config(), patient()).await.unwrap();
        let short = Options { limit: Duration::from_millis(800), ..patient() };
        let hasty = PostgresStore::connect(&node.config(), short).await.unwrap();
        let serial = |i: u8| [Serial::new(b"test", &[], &[i])];
        let digest = |i: u8| RequestDigest::new(&[&[i]]);
        let epoch = Epoch(1);
        assert_eq!(store.reserve(epoch, &serial(1), &digest(1)).await.unwrap(), Verdict::Fresh);

        node.configure("synchronous_standby_names = 'nobody'\n");
        node.ask("SELECT pg_reload_conf()").await.unwrap();
        node.until("SHOW synchronous_standby_names", "nobody").await;
        // Without somebody who cuts it, the wait goes on, and nobody sees the row.
        assert!(hasty.reserve(epoch, &serial(3), &digest(3)).await.is_err());
        assert_eq!(requests(&node).await, "1");

        let cutter = tokio::spawn(cut(Arc::clone(&node)));
        assert!(hasty.reserve(epoch, &serial(2), &digest(2)).await.is_err());
        assert!(hasty.complete(epoch, &digest(1), b"answer").await.is_err());
        // They are there, for this server, and what may leave waits for the standby.
        assert_eq!(requests(&node).await, "3");
        assert_eq!(store.peek(epoch, &serial(2), &digest(2)).await.unwrap(), Verdict::InFlight);
        assert!(hasty.peek(epoch, &serial(1), &digest(1)).await.is_err());
        assert!(hasty.reserve(epoch, &serial(1), &digest(1)).await.is_err());
        assert!(hasty.complete(epoch, &digest(1), b"other").await.is_err());
        cutter.abort();

        // With a standby it is as if nothing had been.
        node.configure("synchronous_standby_names = '*'\n");
        node.ask("SELECT pg_reload_conf()").await.unwrap();
        let _standby = Node::standby(&node, free_port()).await;
        let pair = Options { durability: Durability::Standby, ..patient() };
        let store = PostgresStore::connect(&node.config(), pair).await.unwrap();
        assert_eq!(store.reserve(epoch, &serial(1), &digest(1)).await.unwrap(), Verdict::Replay(b"answer".to_vec()));
        for i in [2, 3] {
            assert_eq!(store.reserve(epoch, &serial(i), &digest(i)).await.unwrap(), Verdict::InFlight);
            assert_eq!(store.complete(epoch, &digest(i), b"late").await.unwrap(), Completion::Stored);
        }
    });
}

async fn requests(node: &Node) -> String {
    node.ask("SELECT count(*) FROM farebox_requests").await.unwrap().remove(0)
}

/// Cuts every wait for a standby short.
async fn cut(node: Arc<Node>) {
    loop {
        node.ask("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'").await.unwrap();
        sleep(Duration::from_millis(50)).await;
    }
}

/// A primary with a synchronous standby and three origins. The primary dies under load, the standby takes over, and the dead
/// one comes back as its standby.
#[test]
fn failover_loses_nothing() {
    with_tools(async |tools| {
        let mut primary = Node::init(&tools, "").await;
        let ports = [primary.port, free_port()];
        let mut standby = Node::standby(&primary, ports[1]).await;
        // Both have the file from now on, so commits wait for a second machine on whichever leads.
        for node in [&primary, &standby] {
            node.configure("synchronous_standby_names = '*'\n");
            node.ask("SELECT pg_reload_conf()").await.unwrap();
        }
        synchronous(&primary).await;

        let [a, b] = ports;
        let config = format!("host=127.0.0.1,127.0.0.1 port={a},{b} user=farebox dbname=postgres");
        let pair =
            Options { durability: Durability::Standby, connections: 4, limit: Duration::from_secs(6), ..patient() };
        let mut origins = Vec::new();
        for _ in 0..3 {
            origins.push(PostgresStore::connect(&config, pair).await.unwrap());
        }
        let load = Load::new(origins);
        let clients = load.start(12);
        for round in 0..if is_long() { 20 } else { 1 } {
            load.more(100).await;
            // Cut connections as well: their commits may be on one machine only when it dies.
            primary.ask(TERMINATE).await.unwrap();
            if round % 2 == 0 {
                primary.kill()
            } else {
                primary.stop()
            }
            let port = primary.port;
            standby.promote();
            drop(primary);
            primary = standby;
            standby = Node::standby(&primary, port).await;
            synchronous(&primary).await;
            load.more(100).await;
        }
        load.stop(clients).await;
        load.audit(&PostgresStore::connect(&config, Options { connections: 1, ..pair }).await.unwrap()).await;
    });
}

async fn synchronous(primary: &Node) {
    primary.until("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'", "1").await;
}
