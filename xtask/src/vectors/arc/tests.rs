//! The model of the drafts against the crate.
#![allow(clippy::unwrap_used, clippy::panic)]

use farebox_arc::*;
use farebox_sigma::Coins;

use super::Named;
use super::draft::Scalar;
use super::forge::{Claim, Forger, bases, bits, joined, saved, without_credential};
use crate::vectors::coins::Stream;

#[test]
fn bases_and_bits_are_those_of_the_crate() {
    for limit in (2..300).chain([1000, 10000, (1 << 32) - 1, 1 << 32]) {
        let ours = Limit::new(limit).unwrap().bases();
        assert_eq!(bases(limit), ours);
        let sum: u64 = bits(limit / 2, &ours).iter().zip(&ours).map(|(bit, base)| bit * base).sum();
        assert_eq!(sum, limit / 2);
    }
}

/// An issuer's key, the same for the model and for the crate.
fn keys<S: Named>() -> (Forger<S>, SecretKey<S>) {
    let sk = hex::decode(joined::<S>(&[5u64, 6, 7, 8].map(Scalar::<S>::from))).unwrap();
    let forger = Forger::<S>::new(&sk, b"request", b"presentation").unwrap();
    let key = SecretKey::<S>::from_scalar_bytes(&sk).unwrap();
    assert_eq!(forger.public_key(), hex::encode(key.public_key().to_bytes()));
    (forger, key)
}

const SEED: &str = "the same draws";

/// With the same draws the model and the crate write the same messages: the model was written from the drafts, with no
/// statement and no transcript of the crate. Gives a saved credential.
fn issuance<S: Named>(forger: &Forger<S>, key: &SecretKey<S>) -> Vec<u8> {
    let m1 = Scalar::<S>::from(9);
    let mut coins = Stream::from_seed(SEED.as_bytes());
    let (r1, r2) = (coins.scalar::<S::Group>().unwrap(), coins.scalar::<S::Group>().unwrap());
    let coins = RequestCoins { m1, r1, r2, proof: coins.nonces::<S::Group>(4).unwrap() };
    let (state, request) = PreIssuance::request_with_coins(RequestContext::<S>::new(b"request"), coins).unwrap();
    let forged = forger.request([m1, forger.m2], &[], SEED).unwrap();
    assert!(forged.holds);
    assert_eq!(forged.bytes, request.to_bytes());

    let mut coins = Stream::from_seed(SEED.as_bytes());
    let b = coins.scalar::<S::Group>().unwrap();
    let coins = ResponseCoins { b, proof: coins.nonces::<S::Group>(7).unwrap() };
    let response = key.issue_with_coins(&request, coins).unwrap();
    let forged = forger.response(&request.to_bytes(), &[], SEED).unwrap();
    assert!(forged.holds);
    assert_eq!(forged.bytes, response.to_bytes());
    state.finish(key.public_key(), &response).unwrap().into_bytes().to_vec()
}

fn same_messages<S: Named + Arc01>() {
    let (forger, key) = keys::<S>();
    let saved_credential = issuance(&forger, &key);
    let (m1, u, u_prime) = saved::<S>(&saved_credential).unwrap();
    for (limit, nonce) in [(2, 1), (3, 2), (10, 7), (1000, 999)] {
        let mut credential = Credential::from_bytes(key.public_key(), &saved_credential).unwrap();
        let context = PresentationContext::new(b"presentation").unwrap();
        let state = credential.open(context, Limit::new(limit).unwrap()).unwrap().skip_to(nonce).unwrap();
        let ContextState::Open(state) = state else { panic!("the nonce is below the limit") };
        let k = bases(limit).len();
        let mut coins = Stream::from_seed(SEED.as_bytes());
        let mut draw = || coins.scalar::<S::Group>().unwrap();
        let (a, r, z, nonce_blinding) = (draw(), draw(), draw(), draw());
        let s = (1..k).map(|_| draw()).collect();
        let proof = Coins::from_nonces((0..5 + 3 * k).map(|_| draw()).collect());
        let coins = PresentationCoins { a, r, z, nonce_blinding, s, proof };
        let (shown, _) = state.present_with_coins(coins).unwrap().into_parts();
        let bits = bits(nonce, &bases(limit));
        let claim = Claim { m1, u, u_prime, nonce: nonce.into(), bits, zeros: Vec::new() };
        let forged = forger.presentation(&claim, &bases(limit), SEED).unwrap();
        assert!(forged.holds);
        assert_eq!(forged.bytes, shown.to_bytes(), "N = {limit}");
    }
}

fn same_older_messages<S: Named + v1::V1>() {
    let (forger, key) = keys::<S>();
    let credential = issuance(&forger, &key);
    let (m1, u, u_prime) = saved::<S>(&credential).unwrap();
    let mut credential = Credential::from_bytes(key.public_key(), &credential).unwrap();
    let context = PresentationContext::new(b"presentation").unwrap();
    let state = v1::PresentationState::open(&mut credential, context, Limit::new(10).unwrap()).unwrap();
    let mut coins = Stream::from_seed(SEED.as_bytes());
    let (a, r) = (coins.scalar::<S::Group>().unwrap(), coins.scalar::<S::Group>().unwrap());
    let z = coins.scalar::<S::Group>().unwrap();
    let coins = v1::PresentationCoins { nonce: 7, a, r, z, proof: coins.nonces::<S::Group>(4).unwrap() };
    let (shown, _) = state.present_with_coins(coins).unwrap();
    let claim = Claim { m1, u, u_prime, nonce: 7u64.into(), bits: Vec::new(), zeros: Vec::new() };
    let forged = forger.older_presentation(&claim, SEED).unwrap();
    assert!(forged.holds);
    assert_eq!(forged.bytes, shown.to_bytes());
}

#[test]
fn the_model_writes_what_the_crate_writes() {
    same_messages::<P256>();
    same_messages::<P256Draft01>();
    same_messages::<Ristretto255>();
    same_older_messages::<v1::P256>();
    same_older_messages::<v1::Ristretto255>();
}

/// The model's own check refuses a proof of something false.
#[test]
fn the_model_refuses() {
    let sk = hex::decode(joined::<P256>(&[5u64, 6, 7, 8].map(Scalar::<P256>::from))).unwrap();
    let forger = Forger::<P256>::new(&sk, b"request", b"presentation").unwrap();
    let lie = Claim { bits: vec![2, 0, 0, 0], ..without_credential::<P256>(5, 8, Vec::new()) };
    assert!(!forger.presentation(&lie, &bases(10), "a lie").unwrap().holds);
    let truth = without_credential::<P256>(5, 8, bits(8, &bases(10)));
    assert!(forger.presentation(&truth, &bases(10), "the truth").unwrap().holds);
}
