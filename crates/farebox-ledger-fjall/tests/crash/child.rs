//! The process that is killed: threads that reserve, complete, trim and forget, and say so.
//!
//! A request's number says all about it: its epoch, its serials and the digest. Requests of an epoch fight for its serials.
//!
//! ```text
//! ? reserve REQUEST            about to call
//! = reserve REQUEST fresh | inflight | replay ANSWER | trimmed | conflict | expired
//! = complete REQUEST stored | before ANSWER | trimmed | unknown
//! ? trim EPOCH   = trim EPOCH   ? forget EPOCH   = forget EPOCH
//! ```

use std::io::Write as _;
use std::path::Path;

use farebox_ledger::{Completion, Epoch, RequestDigest, Serial, Store as _, Verdict};
use farebox_ledger_fjall::FjallStore;
use futures_executor::block_on;

use crate::Random;

/// Requests in an epoch, and serials for them.
const REQUESTS: u64 = 4000;
const SERIALS: u64 = 4000;
/// Epochs that are worked on at once. Two more are kept.
const EPOCHS: u64 = 3;

pub(crate) fn epoch(request: u64) -> Epoch {
    Epoch(request / REQUESTS)
}

pub(crate) fn digest(request: u64) -> RequestDigest {
    RequestDigest::new(&[b"crash", &request.to_be_bytes()])
}

/// One to three numbers of serials within the request's epoch.
pub(crate) fn serial_numbers(request: u64) -> Vec<u64> {
    let mut random = Random(request.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let count = 1 + random.below(3);
    let mut numbers: Vec<u64> = (0..count).map(|_| random.below(SERIALS)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

pub(crate) fn serials(request: u64) -> Vec<Serial> {
    serial_numbers(request).iter().map(|number| Serial::new(b"crash", &[], &number.to_be_bytes())).collect()
}

pub(crate) fn work(folder: &Path, run: u64) {
    let store = FjallStore::open(folder, crate::options()).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let store = &store;
            scope.spawn(move || worker(store, run, thread));
        }
    });
}

fn worker(store: &FjallStore, run: u64, thread: u64) {
    let mut random = Random((run << 16 | thread << 4 | 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    // Each run is two epochs further, so that there is something to trim and to forget.
    let first = run * 2;
    for step in 0u64.. {
        let request = (first + random.below(EPOCHS)) * REQUESTS + random.below(REQUESTS);
        say(&format!("? reserve {request}"));
        let verdict = block_on(store.reserve(epoch(request), &serials(request), &digest(request))).unwrap();
        say(&format!("= reserve {request} {}", word(&verdict)));
        let mine = matches!(verdict, Verdict::Fresh | Verdict::InFlight);
        if mine && random.below(3) > 0 {
            // Each try has an answer of its own; the first that is stored is the one.
            let answer = format!("{run}.{thread}.{step}.{}", "x".repeat(random.below(300) as usize));
            let completion = block_on(store.complete(epoch(request), &digest(request), answer.as_bytes())).unwrap();
            say(&format!("= complete {request} {}", done(&completion, &answer)));
        }
        if thread == 0 && step % 16 == 5 {
            upkeep(store, first, random.below(2));
        }
    }
}

fn upkeep(store: &FjallStore, first: u64, forget: u64) {
    if forget == 1 {
        let before = first.saturating_sub(2);
        say(&format!("? forget {before}"));
        block_on(store.forget(Epoch(before))).unwrap();
        say(&format!("= forget {before}"));
    } else {
        let before = first + 1;
        say(&format!("? trim {before}"));
        block_on(store.trim(Epoch(before))).unwrap();
        say(&format!("= trim {before}"));
    }
}

fn word(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Fresh => "fresh".into(),
        Verdict::InFlight => "inflight".into(),
        Verdict::Replay(answer) => format!("replay {}", String::from_utf8_lossy(answer)),
        Verdict::Trimmed => "trimmed".into(),
        Verdict::Conflict => "conflict".into(),
        Verdict::Expired => "expired".into(),
    }
}

fn done(completion: &Completion, answer: &str) -> String {
    match completion {
        Completion::Stored => format!("stored {answer}"),
        Completion::Before(Some(before)) => format!("before {}", String::from_utf8_lossy(before)),
        Completion::Before(None) => "trimmed".into(),
        Completion::Unknown => "unknown".into(),
    }
}

/// A whole line, or a cut one at the end.
fn say(line: &str) {
    std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).unwrap();
}
