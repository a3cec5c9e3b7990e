//! The origin's steps in one call each.

use farebox_ledger::{Ledger, MemoryStore};
use farebox_tokens::Error;
use farebox_tokens::origin::{Decision, Grant, Offers, Outcome, Served, VerifiedToken};
use futures_executor::block_on;

pub type Memory = Ledger<MemoryStore>;

pub fn ledger() -> Memory {
    Ledger::new(MemoryStore::new(1000))
}

pub fn verified(offers: &Offers, token: &[u8]) -> Result<VerifiedToken, Error> {
    offers.bind(token, None)?.verify(|_| false)
}

/// What a token that holds meets at the ledger.
pub fn redeem(offers: &Offers, token: &[u8], ledger: &Memory) -> Outcome {
    block_on(verified(offers, token).unwrap().reserve(ledger, None)).unwrap()
}

pub fn granted(outcome: Outcome) -> Grant {
    match outcome {
        Outcome::Granted(grant) => grant,
        other => panic!("{other:?}"),
    }
}

pub fn answered(grant: Grant, decision: Decision, ledger: &Memory) -> Served {
    let ready = grant.decide(decision, None, &mut rand::rng()).unwrap();
    block_on(ready.store(ledger)).unwrap()
}
