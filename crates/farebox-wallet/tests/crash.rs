//! The wallet dies: at each named point of its journal, and at any moment. After each death it goes on, and in the end the books
//! are right.
//!
//! A short sample by default; `FAREBOX_CRASH=long` dies 200 times at each point.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use common::*;
use farebox_wallet::failpoint::POINTS;
use farebox_wallet::{Amount, Config, Stage};
use http::Request;

const FOLDER: &str = "FAREBOX_TEST_FOLDER";
const URL: &str = "FAREBOX_TEST_URL";
const ROUND: &str = "FAREBOX_TEST_ROUND";
const FAILPOINT: &str = "FAREBOX_WALLET_FAILPOINT";

/// What a wallet does between two deaths. In a context of the round, so that something is asked for each time.
fn errands(round: &str) -> Vec<String> {
    let routes = [format!("once-{round}"), "act".into(), "arc".into(), "act".into(), "paired".into(), "act".into()];
    routes.iter().enumerate().map(|(i, route)| format!("/{route}?r={round}.{i}")).collect()
}

/// Not a test of its own: the process that dies.
#[tokio::test]
async fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let (url, round) = (std::env::var(URL).unwrap(), std::env::var(ROUND).unwrap());
    let config = Config { pause: Duration::from_millis(5), batch_in_context: 2, ..Config::default() };
    let budget = farebox_wallet::Budget { request: 100, origin: u64::MAX, total: u64::MAX };
    let wallet = open(folder.as_ref(), Config { budget, ..config });
    wallet.recover().await;
    for errand in errands(&round) {
        let request = Request::get(format!("{url}{errand}")).body(Bytes::new()).unwrap();
        wallet.fetch(request).await.unwrap();
    }
}

struct Trial {
    server: Arc<Server>,
    folder: tempfile::TempDir,
    rounds: u64,
}

impl Trial {
    async fn new() -> Self {
        let server = Server::start(&FAST).await;
        server.state().ask.returned = 10;
        Self { server, folder: tempfile::tempdir().unwrap(), rounds: 0 }
    }

    fn child(&mut self) -> Command {
        self.rounds += 1;
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "child", "--nocapture"]);
        command.env(FOLDER, self.folder.path().join("wallet")).env(URL, self.server.url(""));
        command.env(ROUND, self.rounds.to_string());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Runs a child that dies at a point, if it comes there so often. Gives whether it did.
    async fn dies_at(&mut self, point: &str, count: u64) -> bool {
        let mut child = self.child();
        child.env(FAILPOINT, format!("{point}:{count}"));
        let status = tokio::task::spawn_blocking(move || child.status().unwrap()).await.unwrap();
        let died = status.signal().is_some();
        assert!(died || status.success(), "{point}: the child failed by itself: {status}");
        died
    }

    /// Runs a child and kills it after some time.
    async fn dies_after(&mut self, time: Duration) -> bool {
        let mut child = self.child().spawn().unwrap();
        tokio::time::sleep(time).await;
        child.kill().unwrap();
        let status = tokio::task::spawn_blocking(move || child.wait().unwrap()).await.unwrap();
        assert!(status.signal().is_some() || status.success(), "the child failed by itself: {status}");
        status.signal().is_some()
    }

    /// Issued = spent + held, for credits, tokens and presentations; each request was served at most once.
    async fn audit(&self) {
        let wallet = open(&self.folder.path().join("wallet"), config(&self.server));
        let recovered = wallet.recover().await;
        let holdings = wallet.holdings();
        assert!(holdings.iter().all(|holding| holding.stage == Stage::Idle), "{recovered:?}");
        let counts = self.server.counts();
        assert_eq!(counts.double_spends, 0, "a state came back");
        let twice: BTreeMap<_, _> = counts.runs.iter().filter(|(_, runs)| **runs != 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
        assert_eq!(counts.issued_credits, counts.spent_credits + held_credits(&wallet));
        let presentations = holdings.iter().map(|holding| match holding.amount {
            Amount::Presentations { used, .. } => used,
            _ => 0,
        });
        assert_eq!(counts.presentations, presentations.sum::<u64>());
        // Of a pair, the companion is a token that is held, and each redeemed one was replaced at the origin.
        let pairs = 1;
        assert_eq!(counts.issued_tokens, counts.redeemed_tokens + held_tokens(&wallet) + pairs);
    }
}

fn times(sample: u64) -> u64 {
    if std::env::var("FAREBOX_CRASH").is_ok_and(|mode| mode == "long") { 200 } else { sample }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_dies_at_each_point_and_nothing_is_lost() {
    let mut trial = Trial::new().await;
    assert!(!trial.dies_at("none", 1).await, "the errands are run to the end");
    trial.audit().await;
    let mut deaths = BTreeMap::new();
    for i in 0..times(2) {
        for point in POINTS {
            // Each step passes the points of the file, so another step each time. Something is asked for once in any round.
            let count = match point.split('.').next() {
                Some("file") => 1 + (i * 5 + 2) % 14,
                Some("ask") => 1,
                _ => 1 + i % 3,
            };
            *deaths.entry(point).or_insert(0) += u64::from(trial.dies_at(point, count).await);
        }
        trial.audit().await;
    }
    assert!(POINTS.iter().all(|point| deaths[point] > 0), "{deaths:?}");
    println!("deaths: {deaths:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_killed_at_any_moment_and_nothing_is_lost() {
    let mut trial = Trial::new().await;
    assert!(!trial.dies_at("none", 1).await);
    for i in 0..times(10) {
        trial.dies_after(Duration::from_millis(15 + i * 37 % 260)).await;
        if i % 10 == 5 {
            trial.audit().await;
        }
    }
    trial.audit().await;
}

/// That the books can be wrong: a folder that is put back spends twice, and the audit says so.
#[tokio::test]
async fn a_folder_that_is_put_back_is_noticed() {
    let trial = Trial::new().await;
    let journal = trial.folder.path().join("wallet/journal");
    let url = |name: &str| trial.server.get(&format!("/act?r={name}"));
    let fetch = async |name: &str| open(journal.parent().unwrap(), config(&trial.server)).fetch(url(name)).await;
    fetch("1").await.unwrap();
    let copy = std::fs::read(&journal).unwrap();
    fetch("2").await.unwrap();
    std::fs::write(&journal, copy).unwrap();
    let refused = fetch("3").await;
    assert!(matches!(refused, Err(farebox_wallet::Error::RefusedInFlight { .. })), "{refused:?}");
    assert_eq!(trial.server.counts().double_spends, 1);
    let wallet = open(journal.parent().unwrap(), config(&trial.server));
    let counts = trial.server.counts();
    assert_ne!(counts.issued_credits, counts.spent_credits + held_credits(&wallet));
}
