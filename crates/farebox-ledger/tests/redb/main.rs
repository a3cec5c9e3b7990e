//! A second durable store, on redb: small, without group commit, and held to the same rules. It keeps the contract honest.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod store;

use std::path::Path;

use farebox_ledger::{Completion, Epoch, RequestDigest, Serial, Store as _, Verdict, conformance};
use futures_executor::block_on;
use store::RedbStore;
use tempfile::tempdir;

fn open(folder: &Path) -> RedbStore {
    RedbStore::open(&folder.join("ledger.redb")).unwrap()
}

#[test]
fn conforms() {
    let mut folders = Vec::new();
    block_on(conformance::all(async || {
        let folder = tempdir().unwrap();
        let store = open(folder.path());
        folders.push(folder);
        store
    }));
}

#[test]
fn sixty_four_racers() {
    let folder = tempdir().unwrap();
    conformance::racers(&open(folder.path()), 64, 5, |race| block_on(race));
}

#[test]
fn all_is_there_after_closing() {
    let folder = tempdir().unwrap();
    let (serials, request) = ([Serial::new(b"test", &[], b"one")], RequestDigest::new(&[b"request"]));
    let store = open(folder.path());
    for epoch in [1, 2] {
        assert_eq!(block_on(store.reserve(Epoch(epoch), &serials, &request)).unwrap(), Verdict::Fresh);
    }
    assert_eq!(block_on(store.complete(Epoch(2), &request, b"answer")).unwrap(), Completion::Stored);
    assert_eq!(block_on(store.forget(Epoch(2))).unwrap(), 1);
    drop(store);
    let store = open(folder.path());
    assert_eq!(block_on(store.reserve(Epoch(1), &serials, &request)).unwrap(), Verdict::Expired);
    assert_eq!(block_on(store.reserve(Epoch(2), &serials, &request)).unwrap(), Verdict::Replay(b"answer".to_vec()));
    let other = RequestDigest::new(&[b"other"]);
    assert_eq!(block_on(store.reserve(Epoch(2), &serials, &other)).unwrap(), Verdict::Conflict);
    assert_eq!(block_on(store.trim(Epoch(3))).unwrap(), 1);
    assert_eq!(block_on(store.peek(Epoch(2), &serials, &request)).unwrap(), Verdict::Trimmed);
}
