//! The journal stays bounded, and opening does without what was in it.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use farebox_ledger::{Completion, Epoch, RequestDigest, Serial, Store as _, Verdict};
use farebox_ledger_fjall::{FjallStore, LONGEST_ANSWER, Options};
use futures_executor::block_on;
use tempfile::tempdir;

/// 96 MB of answers, in 64 KiB each.
const ANSWERS: u64 = 1500;

fn open(path: &Path) -> FjallStore {
    FjallStore::open(path, Options::default().journal_bound(4 << 20)).unwrap()
}

fn names(i: u64) -> ([Serial; 1], RequestDigest) {
    ([Serial::new(b"test", &[], &i.to_be_bytes())], RequestDigest::new(&[&i.to_be_bytes()]))
}

/// Bytes that do not compress.
fn answer(i: u64) -> Vec<u8> {
    let mut state = i.wrapping_mul(2) + 1;
    let step = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..LONGEST_ANSWER / 8).flat_map(step).collect()
}

fn reserve(store: &FjallStore, epoch: u64, i: u64) -> Verdict {
    let (serials, request) = names(i);
    block_on(store.reserve(Epoch(epoch), &serials, &request)).unwrap()
}

/// Reserves and answers requests from 1 on, on eight threads, each in the epoch that is given for it.
fn bulk(store: &FjallStore, count: u64, epoch: impl Fn(u64) -> u64 + Sync) {
    let next = AtomicU64::new(1);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    if i > count {
                        break;
                    }
                    answer_to(store, epoch(i), i, &answer(i));
                }
            });
        }
    });
}

fn answer_to(store: &FjallStore, epoch: u64, i: u64, answer: &[u8]) {
    assert_eq!(reserve(store, epoch, i), Verdict::Fresh);
    assert_eq!(block_on(store.complete(Epoch(epoch), &names(i).1, answer)).unwrap(), Completion::Stored);
}

/// Waits until the journal's first file is gone. That happens in the background.
fn until_cut(path: &Path) {
    let first = path.join("store/engine/0.jnl");
    for _ in 0..1200 {
        if !first.exists() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("the engine keeps its first journal");
}

/// The journal's first file goes, though three epochs share it and the store's own table hardly grows.
#[test]
fn the_journal_is_cut() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    bulk(&store, ANSWERS, |i| 1 + i % 3);
    until_cut(folder.path());
    drop(store);
    let store = open(folder.path());
    for i in (1..=ANSWERS).step_by(50) {
        assert_eq!(reserve(&store, 1 + i % 3, i), Verdict::Replay(answer(i)));
    }
}

/// The engine numbers its tables anew when it opens, after what it finds in folders and in its journal. Where a table was dropped
/// that neither shows any more, the next one gets its number, and must not be taken for the dropped one later.
#[test]
fn a_table_that_comes_after_a_dropped_one_stays() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    // The bulk goes to the first tables, so that it does not name the later ones.
    (1..=11).for_each(|epoch| answer_to(&store, epoch, 0, b"old"));
    // Until the journal that does is gone.
    bulk(&store, 1100, |_| 1);
    until_cut(folder.path());
    assert_eq!(block_on(store.trim(Epoch(12))).unwrap(), 1111);
    drop(store);
    let store = open(folder.path());
    answer_to(&store, 11, 9, b"new");
    drop(store);
    let store = open(folder.path());
    assert_eq!(reserve(&store, 11, 9), Verdict::Replay(b"new".to_vec()));
    assert_eq!(reserve(&store, 11, 0), Verdict::Trimmed);
    assert_eq!(block_on(store.forget(Epoch(12))).unwrap(), 1112);
}
