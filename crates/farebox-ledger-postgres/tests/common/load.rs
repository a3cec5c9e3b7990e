//! Clients that spend at several origins while servers die, and the audit of what they were told.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use farebox_ledger::{Epoch, Ledger, RequestDigest, Reservation, Serial, Store, Verdict};
use farebox_ledger_postgres::PostgresStore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

const EPOCH: Epoch = Epoch(20_000);

/// Four clients for each serial: two requests, and each of them twice at once.
pub struct Load {
    origins: Vec<Ledger<PostgresStore>>,
    clients: AtomicU64,
    over: AtomicBool,
    book: Mutex<Book>,
    errors: AtomicU64,
}

/// What clients and handlers saw, by request.
#[derive(Default)]
struct Book {
    runs: HashMap<u64, u32>,
    answers: HashMap<u64, Vec<u8>>,
    conflicts: HashMap<u64, u32>,
}

fn digest(request: u64) -> RequestDigest {
    RequestDigest::new(&[b"load", &request.to_be_bytes()])
}

/// Every fourth serial comes with a second one.
fn serials(request: u64) -> Vec<Serial> {
    let i = request / 2;
    let second = i.is_multiple_of(4).then(|| Serial::new(b"load", &[b"second"], &i.to_be_bytes()));
    second.into_iter().chain([Serial::new(b"load", &[b"first"], &i.to_be_bytes())]).collect()
}

impl Load {
    /// Clients of these origins, none running yet.
    pub fn new(origins: Vec<PostgresStore>) -> Arc<Self> {
        let origins = origins.into_iter().map(Ledger::new).collect();
        let (clients, errors) = (AtomicU64::new(0), AtomicU64::new(0));
        Arc::new(Self { origins, clients, over: AtomicBool::new(false), book: Mutex::default(), errors })
    }

    /// So many clients at a time, until [`Self::stop`].
    pub fn start(self: &Arc<Self>, workers: usize) -> JoinSet<()> {
        let mut set = JoinSet::new();
        for _ in 0..workers {
            let load = Arc::clone(self);
            set.spawn(async move {
                while !load.over.load(Ordering::Relaxed) {
                    // Twins follow each other; they run side by side.
                    let client = load.clients.fetch_add(1, Ordering::Relaxed);
                    load.client(client).await;
                }
            });
        }
        set
    }

    /// No new clients; those that run get an outcome, in bounded time.
    pub async fn stop(&self, set: JoinSet<()>) {
        self.over.store(true, Ordering::Relaxed);
        timeout(Duration::from_secs(120), set.join_all()).await.expect("clients that get no outcome");
    }

    /// Answers that clients have.
    pub fn answered(&self) -> usize {
        self.book.lock().unwrap().answers.len()
    }

    /// Waits until so many more clients have answers.
    pub async fn more(&self, count: usize) {
        let goal = self.answered() + count;
        for _ in 0..6000 {
            if self.answered() >= goal {
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("no answers come any more");
    }

    /// One client sends the same bytes, to whichever origin, until it has an outcome.
    async fn client(&self, client: u64) {
        let request = client / 2;
        for attempt in client.. {
            let origin = &self.origins[(attempt % self.origins.len() as u64) as usize];
            if self.attempt(origin, request).await.is_some() {
                return;
            }
            self.errors.fetch_add(1, Ordering::Relaxed);
            sleep(Duration::from_millis(30)).await;
        }
    }

    /// What an origin does with a request. `None` is a refusal.
    async fn attempt(&self, origin: &Ledger<PostgresStore>, request: u64) -> Option<()> {
        let answer = match origin.reserve(EPOCH, serials(request), digest(request)).await.ok()? {
            Reservation::Fresh(reserved) => {
                *self.book.lock().unwrap().runs.entry(request).or_default() += 1;
                let refund = format!("refund {request} {}", run_number());
                origin.complete(reserved, refund.as_bytes()).await.ok()?
            }
            Reservation::InFlight(abandoned) => {
                let default = format!("default {request}");
                origin.recover(abandoned, default.as_bytes()).await.ok()?
            }
            Reservation::Replay(answer) => answer,
            Reservation::Conflict => {
                *self.book.lock().unwrap().conflicts.entry(request).or_default() += 1;
                return Some(());
            }
            other => panic!("{other:?}"),
        };
        let mut book = self.book.lock().unwrap();
        let before = book.answers.entry(request).or_insert_with(|| answer.as_bytes().to_vec());
        assert_eq!(before, answer.as_bytes(), "one request, two answers");
        Some(())
    }

    /// Compares what was said with what is there: no answer missing, one request for each serial, no handler run twice.
    pub async fn audit(&self, store: &PostgresStore) {
        let (runs, answers, conflicts) = {
            let mut book = self.book.lock().unwrap();
            let Book { runs, answers, conflicts } = &mut *book;
            (std::mem::take(runs), std::mem::take(answers), std::mem::take(conflicts))
        };
        assert!(runs.values().all(|runs| *runs == 1), "a handler ran twice");
        assert!(!answers.is_empty());
        for (request, answer) in &answers {
            assert!(!answers.contains_key(&(request ^ 1)), "one serial, two requests");
            assert!(!conflicts.contains_key(request), "a request met itself as a thief");
            let verdict = store.reserve(EPOCH, &serials(*request), &digest(*request)).await.unwrap();
            assert_eq!(verdict, Verdict::Replay(answer.clone()), "an answer that left is not there");
            let other = store.reserve(EPOCH, &serials(*request), &digest(request ^ 1)).await.unwrap();
            assert_eq!(other, Verdict::Conflict);
        }
        for request in conflicts.keys() {
            assert!(answers.contains_key(&(request ^ 1)), "a serial that nobody has");
        }
        for (request, answer) in &answers {
            // An answer of a handler is that handler's, and where none ran it is the default.
            assert!(runs.contains_key(request) || answer.starts_with(b"default"));
        }
        eprintln!(
            "audit: {} clients, {} answers, {} recovered, {} refused attempts",
            self.clients.load(Ordering::Relaxed),
            answers.len(),
            answers.values().filter(|answer| answer.starts_with(b"default")).count(),
            self.errors.load(Ordering::Relaxed)
        );
    }
}

/// Different for every run of a handler, so that two runs give two answers.
fn run_number() -> u64 {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    RUNS.fetch_add(1, Ordering::Relaxed)
}
