//! The store in memory passes what every store has to, and is bounded.
#![allow(clippy::unwrap_used, missing_docs)]

use farebox_ledger::{Epoch, Full, MemoryStore, RequestDigest, Serial, Store as _, Verdict, conformance};
use futures_executor::block_on;

#[test]
fn conforms() {
    block_on(conformance::all(async || MemoryStore::new(1000)));
}

#[test]
fn sixty_four_racers() {
    conformance::racers(&MemoryStore::new(1000), 64, 50, |race| block_on(race));
}

fn serials(range: std::ops::Range<u8>) -> Vec<Serial> {
    range.map(|i| Serial::new(b"test", &[], &[i])).collect()
}

#[test]
fn a_full_store_refuses_and_loses_nothing() {
    let store = MemoryStore::new(3);
    let (epoch, [first, second]) = (Epoch(1), [1, 2].map(|i| RequestDigest::new(&[&[i]])));
    assert_eq!(block_on(store.reserve(epoch, &serials(0..2), &first)), Ok(Verdict::Fresh));
    assert_eq!(block_on(store.reserve(epoch, &serials(2..4), &second)), Err(Full));
    assert_eq!(store.len(), 2);
    // What was there is still known, and there is room for one.
    assert_eq!(block_on(store.reserve(epoch, &serials(0..2), &first)), Ok(Verdict::InFlight));
    assert_eq!(block_on(store.reserve(epoch, &serials(2..3), &second)), Ok(Verdict::Fresh));
    // A new epoch makes room once the old one is forgotten.
    assert_eq!(block_on(store.reserve(Epoch(2), &serials(0..1), &first)), Err(Full));
    assert_eq!(block_on(store.forget(Epoch(2))), Ok(3));
    assert!(store.is_empty());
    assert_eq!(block_on(store.reserve(Epoch(2), &serials(0..1), &first)), Ok(Verdict::Fresh));
}

/// A serial that stands twice in one request is one serial.
#[test]
fn the_same_serial_twice() {
    let store = MemoryStore::new(10);
    let twice = [serials(0..1), serials(0..1)].concat();
    let digest = RequestDigest::new(&[]);
    assert_eq!(block_on(store.reserve(Epoch(1), &twice, &digest)), Ok(Verdict::Fresh));
    assert_eq!(store.len(), 1);
    assert_eq!(block_on(store.reserve(Epoch(1), &twice, &digest)), Ok(Verdict::InFlight));
}
