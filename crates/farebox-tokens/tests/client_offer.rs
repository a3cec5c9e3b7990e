//! Which challenges a client answers.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod client_support;

use client_support::{ORIGIN, challenge, issuer};
use farebox_arc::Limit;
use farebox_tokens::client::{Offer, Terms};
use farebox_tokens::{Error, Invalid, Misuse};
use privacypass_wire::http::PrivateTokenChallenge;
use privacypass_wire::{KeyId, TokenChallenge, TokenType};

fn refused(received: &PrivateTokenChallenge, origin: &str, pinned: Option<&[u8]>) -> Error {
    Offer::new(received, origin, pinned).unwrap_err()
}

#[test]
fn an_offer_keeps_challenge_key_and_terms() {
    let key = issuer().key(TokenType::ARC);
    let mut received = PrivateTokenChallenge::new(&challenge(TokenType::ARC), &key);
    received.rate_limit = Some(5);
    for (origin, pinned) in [(ORIGIN, Some(key.as_slice())), ("ORIGIN.example", None)] {
        let offer = Offer::new(&received, origin, pinned).unwrap();
        assert_eq!(offer.challenge().as_bytes(), received.challenge);
        assert_eq!((offer.key(), offer.key_id()), (key.as_slice(), KeyId::of_public_key(&key)));
        assert_eq!(offer.terms(), Terms::Arc(Limit::new(5).unwrap()));
    }
}

#[test]
fn the_key_comes_from_the_challenge_or_is_pinned_and_they_agree() {
    let key = issuer().key(TokenType::VOPRF_P384);
    let mut received = PrivateTokenChallenge::new(&challenge(TokenType::VOPRF_P384), &key);
    assert_eq!(refused(&received, ORIGIN, Some(b"another key")), Invalid::Key.into());
    received.token_key = None;
    assert_eq!(refused(&received, ORIGIN, None), Misuse::Challenge.into());
    assert_eq!(Offer::new(&received, ORIGIN, Some(&key)).unwrap().key(), key);
}

#[test]
fn unknown_types_are_skipped_and_broken_ones_named() {
    let received = |bytes: &[u8]| PrivateTokenChallenge { challenge: bytes.to_vec(), ..Default::default() };
    assert_eq!(refused(&received(&[0x02, 0xaa, 1, 2, 3]), ORIGIN, Some(b"key")), Invalid::TokenType.into());
    assert!(matches!(refused(&received(&[0, 1, 0]), ORIGIN, Some(b"key")), Error::Malformed(_)));
}

#[test]
fn a_challenge_of_another_origin_is_not_answered() {
    let key = issuer().key(TokenType::VOPRF_P384);
    let received = PrivateTokenChallenge::new(&challenge(TokenType::VOPRF_P384), &key);
    for origin in ["other.example", "sub.origin.example", "origin.example.net", ""] {
        assert_eq!(refused(&received, origin, Some(&key)), Invalid::Challenge.into());
    }
    let any = TokenChallenge::builder(TokenType::VOPRF_P384, "issuer.example").build().unwrap();
    assert!(Offer::new(&PrivateTokenChallenge::new(&any, &key), "whoever.example", None).is_ok());
}

#[test]
fn arc_needs_a_limit_and_act_a_cost() {
    let mut arc = PrivateTokenChallenge::new(&challenge(TokenType::ARC), b"key");
    arc.cost = Some(3);
    assert_eq!(refused(&arc, ORIGIN, None), Misuse::Challenge.into());
    for limit in [0, 1, (1 << 32) + 1, u64::MAX] {
        arc.rate_limit = Some(limit);
        assert_eq!(refused(&arc, ORIGIN, None), Misuse::Parameter.into());
    }
    let mut act = PrivateTokenChallenge::new(&challenge(TokenType::ACT), b"key");
    act.rate_limit = Some(3);
    assert_eq!(refused(&act, ORIGIN, None), Misuse::Challenge.into());
    act.cost = Some(u64::MAX);
    assert_eq!(Offer::new(&act, ORIGIN, None).unwrap().terms(), Terms::Act(u64::MAX));
}
