//! A copy that is made while the store works is a store, and is that of one moment.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::sync::atomic::{AtomicU64, Ordering};

use farebox_ledger::{Completion, Epoch, RequestDigest, Serial, Store as _, Verdict};
use farebox_ledger_fjall::{FjallStore, OpenError, Options};
use futures_executor::block_on;
use tempfile::tempdir;

fn serials(i: u64) -> [Serial; 2] {
    [0, 1].map(|part| Serial::new(b"test", &[&[part]], &i.to_be_bytes()))
}

fn request(i: u64) -> RequestDigest {
    RequestDigest::new(&[&i.to_be_bytes()])
}

fn epoch(i: u64) -> Epoch {
    Epoch(5 + i % 3)
}

fn work(store: &FjallStore, i: u64) {
    assert_eq!(block_on(store.reserve(epoch(i), &serials(i), &request(i))).unwrap(), Verdict::Fresh);
    assert_eq!(block_on(store.complete(epoch(i), &request(i), &[i as u8; 99])).unwrap(), Completion::Stored);
}

#[test]
fn a_copy_under_load() {
    let folder = tempdir().unwrap();
    let (from, to) = (folder.path().join("ledger"), folder.path().join("copy"));
    let store = FjallStore::open(&from, Options::default()).unwrap();
    block_on(store.reserve(Epoch(1), &serials(0), &request(0))).unwrap();
    block_on(store.forget(Epoch(2))).unwrap();
    let (next, stop) = (AtomicU64::new(0), AtomicU64::new(u64::MAX));
    let acknowledged = std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let i = next.fetch_add(1, Ordering::SeqCst);
                    if i >= stop.load(Ordering::SeqCst) {
                        break;
                    }
                    work(&store, i);
                }
            });
        }
        while next.load(Ordering::SeqCst) < 200 {
            std::thread::yield_now();
        }
        // Four calls may be under way; all before them were acknowledged.
        let acknowledged = next.load(Ordering::SeqCst) - 4;
        let copied = store.backup(&to);
        stop.store(0, Ordering::SeqCst);
        copied.unwrap();
        acknowledged
    });
    assert!(matches!(store.backup(&to), Err(OpenError::Foreign(_))), "a copy is not written over");

    let copy = FjallStore::open(&to, Options::default().existing_only()).unwrap();
    assert_eq!(block_on(copy.reserve(Epoch(1), &serials(0), &request(0))).unwrap(), Verdict::Expired);
    for i in 0..next.load(Ordering::SeqCst) {
        let verdict = block_on(copy.reserve(epoch(i), &serials(i), &request(i))).unwrap();
        let whole = [Verdict::Fresh, Verdict::InFlight, Verdict::Replay(vec![i as u8; 99])];
        assert!(whole.contains(&verdict), "{i}: half of a request: {verdict:?}");
        assert!(i >= acknowledged || verdict == whole[2], "{i} of {acknowledged} is not in the copy: {verdict:?}");
    }
    // What was counted went with it.
    let count = block_on(copy.forget(Epoch(9))).unwrap();
    assert_eq!(count, 2 * next.load(Ordering::SeqCst));
    work(&store, 1 << 40);
}

#[test]
fn a_closed_store_is_not_copied() {
    let folder = tempdir().unwrap();
    let store = FjallStore::open(folder.path().join("ledger"), Options::default()).unwrap();
    store.close().unwrap();
    assert!(store.backup(folder.path().join("copy")).is_err());
    assert!(!folder.path().join("copy/store").exists());
}
