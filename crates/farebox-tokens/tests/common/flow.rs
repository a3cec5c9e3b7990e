//! The origin's steps in one call each.

use farebox_ledger::{Ledger, MemoryStore};
use farebox_tokens::origin::{Decision, Grant, Offers, Outcome, Served, VerifiedToken};
use farebox_tokens::{Error, IssuerKey};
use futures_executor::block_on;
use privacypass_wire::TokenType;

use super::{NOW, world};

pub type Memory = Ledger<MemoryStore>;

pub fn ledger() -> Memory {
    Ledger::new(MemoryStore::new(1000))
}

pub fn verified(offers: &Offers, token: &[u8]) -> Result<VerifiedToken, Error> {
    offers.bind(token, None, NOW)?.verify(|_| false)
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
    let ready = grant.decide(decision, &mut rand::rng()).unwrap();
    block_on(ready.store(ledger)).unwrap()
}

/// A Blind RSA token of the same nonce under another signature, as a client can have it that asks twice.
pub fn signed_again(token: &[u8]) -> Vec<u8> {
    let key = world().key(TokenType::BLIND_RSA);
    let IssuerKey::BlindRsa(signer) = key.key() else { panic!() };
    let message = farebox_blind_rsa::PreparedMessage::from_bytes(&token[..98]).unwrap();
    let (state, blinded) = signer.public_key().blind(&message, &mut rand::rng()).unwrap();
    let answer = signer.blind_sign(&blinded, &mut rand::rng()).unwrap();
    let again = [&token[..98], &state.finalize(signer.public_key(), &answer).unwrap()].concat();
    assert_ne!(again, token);
    again
}
