//! A store that is away, and one that does not know what it wrote.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use farebox_ledger::{
    Completion, Epoch, Full, Ledger, MemoryStore, NotCompleted, RequestDigest, Serial, Store, Verdict,
};
use farebox_tokens::origin::{Decision, Offers, Outcome, Unreserved};
use futures_executor::block_on;
use privacypass_wire::TokenType;

use crate::common::flow::verified;
use crate::common::world;

struct Flaky {
    inner: MemoryStore,
    /// Fails without writing.
    away: AtomicBool,
    /// Writes, and fails.
    unsure: AtomicBool,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("away")]
struct Away;

impl Flaky {
    fn ledger() -> Ledger<Self> {
        let [away, unsure] = [(); 2].map(|()| AtomicBool::new(false));
        Ledger::new(Self { inner: MemoryStore::new(10), away, unsure })
    }

    async fn call<T>(&self, work: impl Future<Output = Result<T, Full>>) -> Result<T, Away> {
        if self.away.load(Relaxed) {
            return Err(Away);
        }
        let result = work.await.map_err(|_| Away);
        if self.unsure.load(Relaxed) { Err(Away) } else { result }
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

fn redeem(offers: &Offers, token: &[u8], ledger: &Ledger<Flaky>) -> Result<Outcome, Unreserved<Away>> {
    block_on(verified(offers, token).unwrap().reserve(ledger, None))
}

#[test]
fn a_store_that_is_away_refuses_and_spends_nothing() {
    for token_type in TokenType::KNOWN {
        let offer = world().offer(token_type);
        let (offers, ledger) = (Offers::new([offer.clone()]), Flaky::ledger());
        let token = world().token(&offer);
        ledger.store().away.store(true, Relaxed);
        assert!(matches!(redeem(&offers, &token, &ledger), Err(Unreserved::Unavailable(_))));
        assert!(ledger.store().inner.is_empty());
        ledger.store().away.store(false, Relaxed);
        assert!(matches!(redeem(&offers, &token, &ledger), Ok(Outcome::Granted(_))));
    }
}

/// The reservation was written, and its answer was lost. The client's retry finds it, and the handler never ran.
#[test]
fn a_store_that_is_unsure_is_recovered() {
    let offer = world().offer(TokenType::ACT);
    let (offers, ledger) = (Offers::new([offer.clone()]), Flaky::ledger());
    let token = world().token(&offer);
    ledger.store().unsure.store(true, Relaxed);
    assert!(matches!(redeem(&offers, &token, &ledger), Err(Unreserved::Unavailable(_))));
    ledger.store().unsure.store(false, Relaxed);
    let Ok(Outcome::Interrupted(interrupted)) = redeem(&offers, &token, &ledger) else { panic!() };
    let ready = interrupted.recover().decide(Decision::ReturnAll, &mut rand::rng()).unwrap();
    assert_eq!(block_on(ready.store(&ledger)).unwrap().reverse.unwrap().len(), 164);
}

#[test]
fn a_store_that_is_full_refuses() {
    let offer = world().offer(TokenType::VOPRF_RISTRETTO255);
    let offers = Offers::new([offer.clone()]);
    let ledger = Ledger::new(MemoryStore::new(1));
    let [first, second] = [(); 2].map(|()| verified(&offers, &world().token(&offer)).unwrap());
    assert!(matches!(block_on(first.reserve(&ledger, None)), Ok(Outcome::Granted(_))));
    assert!(matches!(block_on(second.reserve(&ledger, None)), Err(Unreserved::Unavailable(_))));
}

/// An answer that was not stored does not leave; it comes back, and is the same when it is stored later.
#[test]
fn an_answer_that_is_not_stored_comes_back() {
    for unsure in [false, true] {
        let offer = world().offer(TokenType::ACT);
        let (offers, ledger) = (Offers::new([offer.clone()]), Flaky::ledger());
        let token = world().token(&offer);
        let Ok(Outcome::Granted(grant)) = redeem(&offers, &token, &ledger) else { panic!() };
        let ready = grant.decide(Decision::Return(3), &mut rand::rng()).unwrap();
        let switch = if unsure { &ledger.store().unsure } else { &ledger.store().away };
        switch.store(true, Relaxed);
        let unstored = block_on(ready.store(&ledger)).unwrap_err();
        assert!(matches!(unstored.error, NotCompleted::Unavailable(_)));
        assert!(!format!("{unstored:?}").contains("bytes"));
        switch.store(false, Relaxed);
        let served = block_on(unstored.ready.store(&ledger)).unwrap();
        let Ok(Outcome::Replayed(again)) = redeem(&offers, &token, &ledger) else { panic!() };
        assert_eq!(again, served);
    }
}

/// The epoch ended while the handler ran: there is nothing to store the answer with.
#[test]
fn an_answer_after_its_epoch_is_not_stored() {
    let offer = world().offer(TokenType::ACT);
    let (offers, ledger) = (Offers::new([offer.clone()]), Flaky::ledger());
    let Ok(Outcome::Granted(grant)) = redeem(&offers, &world().token(&offer), &ledger) else { panic!() };
    block_on(ledger.store().forget(Epoch(100))).unwrap();
    let ready = grant.decide(Decision::Nothing, &mut rand::rng()).unwrap();
    assert!(matches!(block_on(ready.store(&ledger)).unwrap_err().error, NotCompleted::Unknown));
}
