//! Servers that are not used, and schemas that are not touched.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::net::TcpListener;
use std::time::Duration;

use common::{Node, ask, free_port, patient, with_server, with_tools};
use farebox_ledger::*;
use farebox_ledger_postgres::{Durability, Error, OpenError, Options, PostgresStore, Refused};

fn serials() -> [Serial; 1] {
    [Serial::new(b"test", &[], b"1")]
}

fn digest() -> RequestDigest {
    RequestDigest::new(&[b"request"])
}

async fn refused(config: &str, options: Options) -> Refused {
    match PostgresStore::connect(config, options).await.unwrap_err() {
        OpenError::Store(Error::Refused(refused)) => refused,
        other => panic!("{other:?}"),
    }
}

#[test]
fn migrations_run_once() {
    with_server(async |node| {
        let place = node.place().await;
        let tables = "SELECT string_agg(tablename || ' ' || schemaname, ',' ORDER BY tablename) FROM pg_tables \
                      WHERE schemaname = current_schema()";
        let first = PostgresStore::connect(&place, patient()).await.unwrap();
        let made = ask(&place, tables).await.unwrap();
        assert_eq!(first.reserve(Epoch(1), &serials(), &digest()).await.unwrap(), Verdict::Fresh);
        ask(&place, "DROP TABLE farebox_requests_1, farebox_serials_1").await.unwrap();
        let second = PostgresStore::connect(&place, patient()).await.unwrap();
        assert_eq!(ask(&place, tables).await.unwrap(), made);
        assert_eq!(second.reserve(Epoch(2), &serials(), &digest()).await.unwrap(), Verdict::Fresh);
        assert_eq!(ask(&place, "SELECT version FROM farebox_schema").await.unwrap(), ["1"]);
    });
}

/// A migration that was cut off halfway, with its table made and nothing in it, goes on.
#[test]
fn migrations_go_on() {
    with_server(async |node| {
        let place = node.place().await;
        let create =
            "CREATE TABLE farebox_schema (id integer PRIMARY KEY, version integer NOT NULL, layout text NOT NULL)";
        ask(&place, create).await.unwrap();
        let store = PostgresStore::connect(&place, patient()).await.unwrap();
        assert_eq!(store.reserve(Epoch(1), &serials(), &digest()).await.unwrap(), Verdict::Fresh);
    });
}

#[test]
fn a_newer_schema_is_refused() {
    with_server(async |node| {
        let place = node.place().await;
        let young = Options { age: Duration::ZERO, ..patient() };
        let open = PostgresStore::connect(&place, young).await.unwrap();
        ask(&place, "UPDATE farebox_schema SET version = 1000").await.unwrap();
        let newer = Refused::Newer { found: 1000, known: 1 };
        assert_eq!(refused(&place, patient()).await, newer);
        // Also by a store that was open before, with its next connection.
        let error = open.reserve(Epoch(1), &serials(), &digest()).await.unwrap_err();
        assert!(matches!(error, Error::Refused(refused) if refused == newer));
    });
}

#[test]
fn weak_servers_are_refused() {
    with_server(async |node| {
        let place = node.place().await;
        let with = |setting: &str| place.replace("-c ", &format!("-c {setting} -c "));
        let pair = Options { durability: Durability::Standby, ..patient() };
        assert_eq!(refused(&with("synchronous_commit=off"), patient()).await, Refused::SynchronousCommit("off".into()));
        assert_eq!(refused(&with("synchronous_commit=local"), pair).await, Refused::SynchronousCommit("local".into()));
        assert_eq!(refused(&place, pair).await, Refused::NoStandby);
        assert_eq!(refused(&with("default_transaction_read_only=on"), patient()).await, Refused::ReadOnly);
        // Without TLS, what asks for it is not served in the clear.
        let tls = refused(&format!("{place} sslmode=require"), patient()).await;
        assert!(matches!(tls, Refused::Unreachable(_)), "{tls:?}");
        // For a server alone, its own disk is enough. Warnings arrive even where they are switched off.
        PostgresStore::connect(&with("synchronous_commit=local"), patient()).await.unwrap();
        PostgresStore::connect(&with("client_min_messages=error"), patient()).await.unwrap();
    });
}

#[test]
fn options_out_of_range_are_refused() {
    with_server(async |node| {
        for (name, options) in [
            ("connections", Options { connections: 0, ..patient() }),
            ("limit", Options { limit: Duration::ZERO, ..patient() }),
            ("upkeep", Options { upkeep: Duration::MAX, ..patient() }),
        ] {
            let error = PostgresStore::connect(&node.config(), options).await.unwrap_err();
            assert!(matches!(error, OpenError::Option(option) if option == name));
        }
    });
}

#[test]
fn a_server_in_recovery_is_refused() {
    with_tools(async |tools| {
        let primary = Node::init(&tools, "").await;
        let standby = Node::standby(&primary, free_port()).await;
        assert_eq!(refused(&standby.config(), patient()).await, Refused::InRecovery);
        // With both named, in this order, it is the primary that serves.
        let both =
            format!("host=127.0.0.1,127.0.0.1 port={},{} user=farebox dbname=postgres", standby.port, primary.port);
        let store = PostgresStore::connect(&both, patient()).await.unwrap();
        assert_eq!(store.reserve(Epoch(1), &serials(), &digest()).await.unwrap(), Verdict::Fresh);
    });
}

#[test]
fn a_server_that_is_away_is_an_error() {
    with_tools(async |tools| {
        let nowhere = format!("host=127.0.0.1 port={} user=farebox password=hunter2", free_port());
        let error = PostgresStore::connect(&nowhere, patient()).await.unwrap_err();
        assert!(matches!(&error, OpenError::Store(Error::Refused(Refused::Unreachable(_)))), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));

        // A store that was open, with the server's end.
        let node = Node::init(&tools, "").await;
        let store = PostgresStore::connect(&node.config(), patient()).await.unwrap();
        assert_eq!(store.reserve(Epoch(1), &serials(), &digest()).await.unwrap(), Verdict::Fresh);
        // Not a kill: backends outlive their killed postmaster for a moment, and answer.
        node.stop();
        let call = async { store.peek(Epoch(1), &serials(), &digest()).await };
        assert!(tokio::time::timeout(Duration::from_secs(60), call).await.unwrap().is_err());
        // And with its return.
        node.start().await;
        assert_eq!(store.reserve(Epoch(1), &serials(), &digest()).await.unwrap(), Verdict::InFlight);
    });
}

/// A host that takes connections and says nothing does not keep the next one from its turn.
#[test]
fn a_silent_host_is_passed_over() {
    with_server(async |node| {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = silent.local_addr().unwrap().port();
        let place = node.place().await;
        let both = place
            .replace("host=127.0.0.1", "host=127.0.0.1,127.0.0.1")
            .replace(&format!("port={}", node.port), &format!("port={port},{}", node.port));
        let options = Options { connect: Duration::from_secs(3), ..patient() };
        let store = PostgresStore::connect(&both, options).await.unwrap();
        assert_eq!(store.reserve(Epoch(1), &serials(), &digest()).await.unwrap(), Verdict::Fresh);
        let alone = format!("host=127.0.0.1 port={port} user=farebox");
        assert_eq!(
            refused(&alone, Options { connect: Duration::from_millis(300), ..patient() }).await,
            Refused::Silent
        );
    });
}

/// All connections busy: an error after the wait, not a queue without end.
#[test]
fn a_busy_pool_is_an_error() {
    with_server(async |node| {
        let place = node.place().await;
        let short = Options { connections: 1, wait: Duration::from_millis(50), ..patient() };
        let store = PostgresStore::connect(&place, short).await.unwrap();
        assert_eq!(store.reserve(Epoch(1), &serials(), &digest()).await.unwrap(), Verdict::Fresh);
        // Somebody sits on the table.
        let sit = "BEGIN; LOCK TABLE farebox_requests_1 IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(3)";
        let (waits, busy, sat) = tokio::join!(
            async {
                tokio::time::sleep(Duration::from_millis(500)).await;
                store.peek(Epoch(1), &serials(), &digest()).await
            },
            async {
                tokio::time::sleep(Duration::from_millis(1000)).await;
                store.peek(Epoch(1), &serials(), &digest()).await
            },
            ask(&place, sit),
        );
        sat.unwrap();
        assert_eq!(waits.unwrap(), Verdict::InFlight);
        assert!(matches!(busy.unwrap_err(), Error::Busy));
    });
}
