//! ACT: a balance, spent and refunded.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod client_support;

use client_support::{ORIGIN, challenge, challenge_in, issuer, offer, offer_of, spoiled};
use farebox_tokens::client::{Binding, Cache, Reason, act};
use farebox_tokens::{Error, Invalid, Misuse};
use privacypass_wire::directory::ActParameters;
use privacypass_wire::http::{Style, reverse};
use privacypass_wire::{TokenChallenge, TokenType};

fn idle() -> act::Idle {
    let pending =
        act::request(&offer(TokenType::ACT, 0), &issuer().parameters(100), &mut rand::rng()).unwrap().written();
    let answer = issuer().answer(pending.outgoing().body, &challenge(TokenType::ACT), 100).to_bytes();
    pending.finish(&answer).unwrap().written()
}

#[test]
fn a_balance_survives_a_restart_at_every_step() {
    let offer = offer(TokenType::ACT, 30);
    let step = act::request(&offer, &issuer().parameters(100), &mut rand::rng()).unwrap();
    let pending = restored!(step.entry(), ActPending);
    assert_eq!(pending.outgoing(), step.written().outgoing());
    assert_eq!(*pending.binding(), Binding::of(&offer));
    let answer = issuer().answer(pending.outgoing().body, offer.challenge(), 100).to_bytes();
    let step = pending.finish(&answer).unwrap();
    let mut idle = restored!(step.entry(), ActIdle);
    for (returned, balance) in [(10, 80), (0, 50), (30, 50), (29, 49)] {
        let step = idle.spend(&offer, &mut rand::rng()).unwrap();
        let again = restored!(step.entry(), ActInFlight);
        let flight = step.written();
        assert_eq!(again.token_bytes(), flight.token_bytes());
        assert_eq!(again.token().unwrap().to_bytes(), again.token_bytes());
        assert_eq!((again.charge().get(), again.remaining()), (30, flight.remaining()));
        let refund = issuer().refund(again.token_bytes(), offer.challenge(), 30, returned);
        let header = reverse::to_header_value(&refund, Style::Quoted);
        let step = again.refund_header(header.as_bytes()).unwrap();
        idle = restored!(step.entry(), ActIdle);
        assert_eq!(idle.balance().get(), balance);
    }
}

#[test]
fn the_whole_balance_can_be_spent_and_no_more() {
    let idle = idle();
    for cost in [101, 255, 256, u64::MAX] {
        let offer = offer(TokenType::ACT, cost);
        let declined = self::idle().spend(&offer, &mut rand::rng()).unwrap_err();
        assert_eq!(declined.reason, Reason::Overdraft { cost, balance: 100 });
        assert_eq!(declined.state.balance().get(), 100);
    }
    let all = offer(TokenType::ACT, 100);
    let flight = idle.spend(&all, &mut rand::rng()).unwrap().written();
    let refund = issuer().refund(flight.token_bytes(), all.challenge(), 100, 0);
    let idle = flight.refund(&refund).unwrap().written();
    assert_eq!(idle.balance().get(), 0);
    let one = offer(TokenType::ACT, 1);
    assert_eq!(idle.spend(&one, &mut rand::rng()).unwrap_err().reason, Reason::Overdraft { cost: 1, balance: 0 });
}

#[test]
fn a_spoiled_answer_hands_the_state_back() {
    let offer = offer(TokenType::ACT, 30);
    let mut pending = act::request(&offer, &issuer().parameters(100), &mut rand::rng()).unwrap().written();
    let body = pending.outgoing().body.to_vec();
    let answer = issuer().answer(&body, offer.challenge(), 100).to_bytes();
    for spoiled in spoiled(&answer) {
        pending = *pending.finish(&spoiled).unwrap_err().state;
    }
    // Fewer and more credits than expected, and another context, under honest proofs.
    let elsewhere = TokenChallenge::builder(TokenType::ACT, "other.example").build().unwrap();
    for (challenge, credits) in [(offer.challenge(), 99), (offer.challenge(), 101), (&elsewhere, 100)] {
        let wrong = issuer().answer(&body, challenge, credits).to_bytes();
        let (state, error) = pending.finish(&wrong).unwrap_err().into_parts();
        assert_eq!(error, Invalid::Scheme.into());
        pending = state;
    }
    assert_eq!(pending.outgoing().body, body);
    assert!(pending.finish(&answer).is_ok());
}

#[test]
fn a_spoiled_refund_hands_the_state_back() {
    let offer = offer(TokenType::ACT, 30);
    let mut flight = idle().spend(&offer, &mut rand::rng()).unwrap().written();
    let bytes = flight.token_bytes().to_vec();
    let refund = issuer().refund(&bytes, offer.challenge(), 30, 5);
    for spoiled in spoiled(&refund) {
        flight = *flight.refund(&spoiled).unwrap_err().state;
    }
    // The refund of another spend.
    let other = idle().spend(&offer, &mut rand::rng()).unwrap().written();
    let others = issuer().refund(other.token_bytes(), offer.challenge(), 30, 5);
    let (flight, error) = flight.refund(&others).unwrap_err().into_parts();
    assert_eq!(error, Invalid::Scheme.into());
    let (flight, error) = flight.refund_header(b"not base64!").unwrap_err().into_parts();
    assert!(matches!(error, Error::Malformed(_)));
    assert_eq!(flight.token_bytes(), bytes);
    assert_eq!(flight.refund(&refund).unwrap().written().balance().get(), 75);
}

#[test]
fn another_binding_needs_another_token() {
    let key = issuer().key(TokenType::ACT);
    let build = |issuer: &str, origins: &str, context: Option<[u8; 32]>| {
        let builder = TokenChallenge::builder(TokenType::ACT, issuer).origin_info(origins);
        context.into_iter().fold(builder, |builder, context| builder.credential_context(context)).build().unwrap()
    };
    let rng = &mut rand::rng();
    let other_key = farebox_act::SecretKey::generate(&issuer().params, rng).public_key().as_bytes().to_vec();
    let mut idle = idle();
    for other in [
        offer_of(&build("other.example", ORIGIN, None), &key, 3),
        offer_of(&build("issuer.example", "", None), &key, 3),
        offer_of(&build("issuer.example", ORIGIN, Some([1; 32])), &key, 3),
        offer_of(&challenge(TokenType::ACT), &other_key, 3),
        offer(TokenType::ARC, 3),
        offer(TokenType::BLIND_RSA, 3),
    ] {
        let (state, reason) = idle.spend(&other, rng).unwrap_err().into_parts();
        assert_eq!(reason, Reason::OtherBinding);
        idle = state;
    }
    // The redemption context is not in the binding.
    let elsewhere = offer_of(&challenge_in(TokenType::ACT, 9), &key, 3);
    let flight = idle.spend(&elsewhere, rng).unwrap().written();
    let refund = issuer().refund(flight.token_bytes(), elsewhere.challenge(), 3, 0);
    assert_eq!(flight.refund(&refund).unwrap().written().balance().get(), 97);
}

#[test]
fn parameters_come_from_the_directory() {
    let entry = ActParameters {
        domain_separator: "ACT-v1:example:api:test:2026-11-22".into(),
        bit_length: 8,
        initial_credits: 255,
    };
    let mut cache = Cache::default();
    let read = act::Parameters::from_directory(&entry, &mut cache).unwrap();
    assert_eq!((read.initial.get(), read.params.bits()), (255, issuer().params.bits()));
    let pending = act::request(&offer(TokenType::ACT, 1), &read, &mut rand::rng()).unwrap().written();
    let answer = issuer().answer(pending.outgoing().body, &challenge(TokenType::ACT), 255).to_bytes();
    assert_eq!(pending.finish(&answer).unwrap().written().balance().get(), 255);
    for wrong in [
        ActParameters { domain_separator: "example".into(), ..entry.clone() },
        ActParameters { bit_length: 0, ..entry.clone() },
        ActParameters { bit_length: 65, ..entry.clone() },
        ActParameters { initial_credits: 256, ..entry.clone() },
    ] {
        assert_eq!(act::Parameters::from_directory(&wrong, &mut cache).unwrap_err(), Misuse::Parameter);
    }
}

#[test]
fn keys_and_types_that_do_not_fit_are_refused() {
    let (parameters, rng) = (issuer().parameters(100), &mut rand::rng());
    let error = act::request(&offer(TokenType::ARC, 3), &parameters, rng).unwrap_err();
    assert_eq!(error, Misuse::TokenType.into());
    let identity = offer_of(&challenge(TokenType::ACT), &[0; 32], 3);
    assert_eq!(act::request(&identity, &parameters, rng).unwrap_err(), Invalid::Key.into());
}
