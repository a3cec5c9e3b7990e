//! The ledger over a store that can be away.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::sync::atomic::{AtomicBool, Ordering};

use farebox_ledger::*;
use futures_executor::block_on;

/// A store that fails on demand, before or after it has written.
struct Flaky {
    inner: MemoryStore,
    away: AtomicBool,
    /// Fails although it has written.
    unsure: AtomicBool,
}

#[derive(Debug, thiserror::Error)]
#[error("away")]
struct Away;

impl Flaky {
    fn new() -> Self {
        Self { inner: MemoryStore::new(100), away: AtomicBool::new(false), unsure: AtomicBool::new(false) }
    }

    async fn call<T>(&self, work: impl Future<Output = Result<T, Full>>) -> Result<T, Away> {
        if self.away.load(Ordering::Relaxed) {
            return Err(Away);
        }
        let result = work.await.map_err(|_| Away);
        if self.unsure.load(Ordering::Relaxed) { Err(Away) } else { result }
    }
}

impl Store for Flaky {
    type Error = Away;

    async fn reserve(&self, epoch: Epoch, serials: &[Serial], digest: &RequestDigest) -> Result<Verdict, Away> {
        self.call(self.inner.reserve(epoch, serials, digest)).await
    }

    async fn peek(&self, epoch: Epoch, serials: &[Serial], digest: &RequestDigest) -> Result<Verdict, Away> {
        self.call(self.inner.peek(epoch, serials, digest)).await
    }

    async fn complete(&self, epoch: Epoch, digest: &RequestDigest, response: &[u8]) -> Result<Completion, Away> {
        self.call(self.inner.complete(epoch, digest, response)).await
    }

    async fn trim(&self, before: Epoch) -> Result<u64, Away> {
        self.call(self.inner.trim(before)).await
    }

    async fn forget(&self, before: Epoch) -> Result<u64, Away> {
        self.call(self.inner.forget(before)).await
    }
}

const NOW: Epoch = Epoch(1);

fn serial() -> Vec<Serial> {
    vec![Serial::new(b"test", &[], b"one")]
}

fn digest() -> RequestDigest {
    RequestDigest::new(&[b"request"])
}

fn fresh(ledger: &Ledger<Flaky>) -> Reserved {
    match block_on(ledger.reserve(NOW, serial(), digest())).unwrap() {
        Reservation::Fresh(reserved) => reserved,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_store_that_is_away_refuses() {
    let ledger = Ledger::new(Flaky::new());
    ledger.store().away.store(true, Ordering::Relaxed);
    assert!(block_on(ledger.reserve(NOW, serial(), digest())).is_err());
    assert!(block_on(ledger.seen(NOW, &serial(), digest())).is_err());
    ledger.store().away.store(false, Ordering::Relaxed);
    let _reserved = fresh(&ledger);
}

/// The store wrote, and its answer was lost: the same bytes find their own reservation, other bytes a conflict.
#[test]
fn an_ambiguous_reservation_is_found_again() {
    let ledger = Ledger::new(Flaky::new());
    ledger.store().unsure.store(true, Ordering::Relaxed);
    assert!(block_on(ledger.reserve(NOW, serial(), digest())).is_err());
    ledger.store().unsure.store(false, Ordering::Relaxed);
    let Reservation::InFlight(abandoned) = block_on(ledger.reserve(NOW, serial(), digest())).unwrap() else { panic!() };
    let other = RequestDigest::new(&[b"other"]);
    assert!(matches!(block_on(ledger.reserve(NOW, serial(), other)), Ok(Reservation::Conflict)));
    let answer = block_on(ledger.recover(abandoned, b"default")).unwrap();
    assert_eq!(answer.as_bytes(), b"default");
}

#[test]
fn a_failed_completion_hands_the_reservation_back() {
    let ledger = Ledger::new(Flaky::new());
    let reserved = fresh(&ledger);
    ledger.store().away.store(true, Ordering::Relaxed);
    let refused = block_on(ledger.complete(reserved, b"answer")).unwrap_err();
    assert!(matches!(refused.error, NotCompleted::Unavailable(_)));
    ledger.store().away.store(false, Ordering::Relaxed);
    assert_eq!(block_on(ledger.complete(*refused.reserved, b"answer")).unwrap().as_bytes(), b"answer");
}

/// A slow handler and a recovery: whichever is stored first is what both send.
#[test]
fn the_first_answer_counts_for_both() {
    let ledger = Ledger::new(Flaky::new());
    let slow = fresh(&ledger);
    let Reservation::InFlight(abandoned) = block_on(ledger.reserve(NOW, serial(), digest())).unwrap() else { panic!() };
    assert_eq!(block_on(ledger.recover(abandoned, b"default")).unwrap().as_bytes(), b"default");
    assert_eq!(block_on(ledger.complete(slow, b"late")).unwrap().as_bytes(), b"default");
    let Reservation::Replay(answer) = block_on(ledger.reserve(NOW, serial(), digest())).unwrap() else { panic!() };
    assert_eq!(answer.into_bytes(), b"default");
}

#[test]
fn a_forgotten_or_trimmed_request_is_not_completed() {
    let ledger = Ledger::new(Flaky::new());
    let reserved = fresh(&ledger);
    block_on(ledger.store().forget(Epoch(2))).unwrap();
    assert!(matches!(block_on(ledger.complete(reserved, b"")).unwrap_err().error, NotCompleted::Unknown));
    assert!(matches!(block_on(ledger.reserve(NOW, serial(), digest())), Ok(Reservation::Expired)));

    let ledger = Ledger::new(Flaky::new());
    let reserved = fresh(&ledger);
    let Reservation::InFlight(twin) = block_on(ledger.reserve(NOW, serial(), digest())).unwrap() else { panic!() };
    block_on(ledger.complete(reserved, b"answer")).unwrap();
    block_on(ledger.store().trim(Epoch(2))).unwrap();
    assert!(matches!(block_on(ledger.reserve(NOW, serial(), digest())), Ok(Reservation::Trimmed)));
    assert!(matches!(block_on(ledger.recover(twin, b"")).unwrap_err().error, NotCompleted::Trimmed));
}

#[test]
fn a_look_before_the_proofs() {
    let ledger = Ledger::new(Flaky::new());
    assert!(block_on(ledger.seen(NOW, &serial(), digest())).unwrap().is_none());
    let reserved = fresh(&ledger);
    assert_eq!((reserved.serials(), reserved.digest(), reserved.epoch()), (&serial()[..], digest(), NOW));
    assert!(matches!(block_on(ledger.seen(NOW, &serial(), digest())), Ok(Some(Reservation::InFlight(_)))));
    block_on(ledger.complete(reserved, b"answer")).unwrap();
    assert!(matches!(block_on(ledger.seen(NOW, &serial(), digest())), Ok(Some(Reservation::Replay(_)))));
}

#[test]
fn nothing_that_joins_a_client_is_printed() {
    let ledger = Ledger::new(Flaky::new());
    let text = format!("{:?}", fresh(&ledger));
    assert_eq!(text, "Reserved { epoch: Epoch(1), .. }");
    let text = format!("{:?}", block_on(ledger.reserve(NOW, serial(), digest())).unwrap());
    assert_eq!(text, "InFlight(Abandoned { epoch: Epoch(1), .. })");
}
