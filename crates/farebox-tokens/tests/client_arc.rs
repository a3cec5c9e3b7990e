//! ARC: a credential, its contexts and limits, and the pairing with a companion.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod client_support;

use client_support::{ORIGIN, challenge, challenge_in, issuer, offer, offer_of, spoiled};
use farebox_tokens::client::{Binding, Offer, Reason, arc, paired, single};
use farebox_tokens::{Error, Invalid, Misuse};
use privacypass_wire::http::{Style, reverse};
use privacypass_wire::{TokenChallenge, TokenType};

fn holder() -> arc::Holder {
    let pending = arc::request(&offer(TokenType::ARC, 3), &mut rand::rng()).unwrap().written();
    let answer = issuer().answer(pending.outgoing().body, &challenge(TokenType::ARC), 0).to_bytes();
    pending.finish(&answer).unwrap().written()
}

fn offer_in(context: u8, limit: u64) -> Offer {
    offer_of(&challenge_in(TokenType::ARC, context), &issuer().key(TokenType::ARC), limit)
}

/// A presentation that the verifier takes, and its tag.
fn present(holder: arc::Holder, offer: &Offer, limit: u64) -> (arc::Holder, Vec<u8>) {
    let presented = holder.present(offer, &mut rand::rng()).unwrap().written();
    let tag = issuer().arc_tag(presented.token_bytes(), offer.challenge(), limit);
    (presented.into_holder(), tag)
}

#[test]
fn a_credential_survives_a_restart_at_every_step() {
    let offer = offer(TokenType::ARC, 3);
    let step = arc::request(&offer, &mut rand::rng()).unwrap();
    let pending = restored!(step.entry(), ArcPending);
    assert_eq!(pending.outgoing(), step.written().outgoing());
    assert_eq!(*pending.binding(), Binding::of(&offer));
    let answer = issuer().answer(pending.outgoing().body, offer.challenge(), 0).to_bytes();

    let step = pending.finish(&answer).unwrap();
    let mut holder = restored!(step.entry(), ArcHolder);
    let mut tags = Vec::new();
    for used in 0..3 {
        assert_eq!(holder.used(offer.challenge()), used);
        let step = holder.present(&offer, &mut rand::rng()).unwrap();
        let again = restored!(step.entry(), ArcPresented);
        assert_eq!(again.token_bytes(), step.written().token_bytes());
        assert_eq!(again.token().unwrap().to_bytes(), again.token_bytes());
        tags.push(issuer().arc_tag(again.token_bytes(), offer.challenge(), 3));
        holder = again.into_holder();
    }
    let (holder, reason) = holder.present(&offer, &mut rand::rng()).unwrap_err().into_parts();
    assert_eq!(reason, Reason::LimitReached { limit: 3, used: 3 });
    assert_eq!(holder.used(offer.challenge()), 3);
    assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2]);
}

#[test]
fn a_spoiled_answer_hands_the_state_back() {
    let mut pending = arc::request(&offer(TokenType::ARC, 3), &mut rand::rng()).unwrap().written();
    let body = pending.outgoing().body.to_vec();
    let answer = issuer().answer(&body, &challenge(TokenType::ARC), 0).to_bytes();
    for spoiled in spoiled(&answer) {
        let (state, error) = pending.finish(&spoiled).unwrap_err().into_parts();
        assert_eq!(error == Invalid::Scheme.into(), spoiled.len() == answer.len());
        assert_eq!(matches!(error, Error::Malformed(_)), spoiled.len() != answer.len());
        pending = state;
    }
    let other = farebox_arc::SecretKey::<farebox_arc::P256>::generate(&mut rand::rng());
    let message = privacypass_wire::TokenRequest::from_bytes(&body).unwrap();
    let message = farebox_arc::CredentialRequest::from_bytes(message.message()).unwrap();
    let wrong = other.issue(&message, &mut rand::rng()).unwrap().to_bytes();
    let (pending, error) = pending.finish(&wrong).unwrap_err().into_parts();
    assert_eq!(error, Invalid::Scheme.into());
    assert!(pending.finish(&answer).is_ok());
}

#[test]
fn the_counter_of_a_context_outlives_its_limit() {
    let (three, two, five) = (offer_in(1, 3), offer_in(1, 2), offer_in(1, 5));
    let (holder, first) = present(holder(), &three, 3);
    let (holder, second) = present(holder, &three, 3);
    // Lowered to what was made, and below it after another.
    let (holder, reason) = holder.present(&two, &mut rand::rng()).unwrap_err().into_parts();
    assert_eq!(reason, Reason::LimitReached { limit: 2, used: 2 });
    let (holder, third) = present(holder, &three, 3);
    let (holder, reason) = holder.present(&two, &mut rand::rng()).unwrap_err().into_parts();
    assert_eq!(reason, Reason::LimitReached { limit: 2, used: 3 });
    // Raised: the counter goes on, so no tag comes again.
    let (holder, fourth) = present(holder, &five, 5);
    let (holder, fifth) = present(holder, &five, 5);
    let mut tags = vec![first, second, third, fourth, fifth];
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 5);
    assert_eq!(holder.present(&five, &mut rand::rng()).unwrap_err().reason, Reason::LimitReached { limit: 5, used: 5 });
}

#[test]
fn contexts_have_counters_of_their_own() {
    let mut holder = holder();
    let mut tags = Vec::new();
    for context in [1, 2, 1, 3, 2] {
        let (next, tag) = present(holder, &offer_in(context, 2), 2);
        holder = next;
        tags.push(tag);
    }
    tags.sort();
    tags.dedup();
    assert_eq!((tags.len(), holder.contexts()), (5, 3));
    let holder = restored!(&holder.entry(), ArcHolder);
    let used = [1, 2, 3, 4].map(|context| holder.used(&challenge_in(TokenType::ARC, context)));
    assert_eq!(used, [2, 2, 1, 0]);
}

#[test]
fn the_contexts_of_a_credential_are_bounded() {
    let mut holder = holder();
    let key = issuer().key(TokenType::ARC);
    let offer = |i: usize| {
        let mut context = [9; 32];
        context[..8].copy_from_slice(&(i as u64).to_be_bytes());
        let builder = TokenChallenge::builder(TokenType::ARC, "issuer.example").origin_info(ORIGIN);
        offer_of(&builder.redemption_context(context).build().unwrap(), &key, 2)
    };
    for i in 0..arc::Holder::MAX_CONTEXTS {
        holder = holder.present(&offer(i), &mut rand::rng()).unwrap().written().into_holder();
    }
    let (holder, reason) = holder.present(&offer(5000), &mut rand::rng()).unwrap_err().into_parts();
    assert_eq!(reason, Reason::TooManyContexts);
    // One that is open goes on.
    let holder = restored!(&holder.entry(), ArcHolder);
    assert!(holder.present(&offer(17), &mut rand::rng()).is_ok());
}

#[test]
fn another_binding_needs_another_credential() {
    let key = issuer().key(TokenType::ARC);
    let build = |issuer: &str, origins: &str, context: Option<[u8; 32]>| {
        let builder = TokenChallenge::builder(TokenType::ARC, issuer).origin_info(origins).redemption_context([7; 32]);
        context.into_iter().fold(builder, |builder, context| builder.credential_context(context)).build().unwrap()
    };
    let same = build("issuer.example", ORIGIN, None);
    let other_key = farebox_arc::SecretKey::<farebox_arc::P256>::generate(&mut rand::rng()).public_key().to_bytes();
    let mut holder = holder();
    for other in [
        offer_of(&build("other.example", ORIGIN, None), &key, 3),
        offer_of(&build("issuer.example", "origin.example,www.example", None), &key, 3),
        offer_of(&build("issuer.example", "", None), &key, 3),
        offer_of(&build("issuer.example", ORIGIN, Some([1; 32])), &key, 3),
        offer_of(&same, &other_key, 3),
        offer(TokenType::ACT, 3),
        offer(TokenType::VOPRF_P384, 0),
    ] {
        let (state, reason) = holder.present(&other, &mut rand::rng()).unwrap_err().into_parts();
        assert_eq!(reason, Reason::OtherBinding);
        holder = state;
    }
    assert_eq!(holder.contexts(), 0);
    present(holder, &offer_of(&same, &key, 3), 3).0.entry();
    assert_eq!(arc::request(&offer(TokenType::ACT, 3), &mut rand::rng()).unwrap_err(), Misuse::TokenType.into());
    let bad = offer_of(&same, &key[1..], 3);
    assert_eq!(arc::request(&bad, &mut rand::rng()).unwrap_err(), Invalid::Key.into());
}

const COMPANION: TokenType = TokenType::VOPRF_RISTRETTO255;

fn pair() -> paired::Pair {
    let pending = single::request(&offer(COMPANION, 0), &mut rand::rng()).unwrap().written();
    let answer = issuer().answer(pending.outgoing().body, pending.challenge(), 0).to_bytes();
    paired::Pair { holder: holder(), companion: pending.finish(&answer).unwrap().written() }
}

#[test]
fn a_pair_goes_on_with_a_fresh_companion_each_time() {
    let (arc, companion) = (offer(TokenType::ARC, 3), offer(COMPANION, 0));
    let mut pair = restored!(&pair().entry(), Pair);
    let mut companions = Vec::new();
    for _ in 0..3 {
        let step = pair.present(&arc, &companion, &mut rand::rng()).unwrap();
        let again = *restored!(step.entry(), PairInFlight);
        let flight = step.written();
        let authorization = again.authorization().unwrap();
        assert_eq!((&authorization, again.reverse()), (&flight.authorization().unwrap(), flight.reverse()));
        issuer().arc_tag(&authorization.token, arc.challenge(), 3);
        let shown = authorization.companion.unwrap();
        issuer().verify(&shown);
        assert!(!companions.contains(&shown));
        companions.push(shown);

        let answer = issuer().answer(again.reverse(), companion.challenge(), 0).to_bytes();
        let mut again = again;
        for spoiled in spoiled(&answer) {
            again = *again.finish(&spoiled).unwrap_err().state;
        }
        let again = *again.finish_header(b"\"!\"").unwrap_err().state;
        assert_eq!(again.reverse(), flight.reverse());
        let step = again.finish_header(reverse::to_header_value(&answer, Style::Quoted).as_bytes()).unwrap();
        pair = restored!(step.entry(), Pair);
    }
    let (pair, reason) = pair.present(&arc, &companion, &mut rand::rng()).unwrap_err().into_parts();
    assert_eq!(reason, Reason::LimitReached { limit: 3, used: 3 });
    assert!(pair.companion.answers(&companion));
}

#[test]
fn a_companion_that_is_withheld_leaves_the_credential_alone() {
    let (arc, companion) = (offer(TokenType::ARC, 3), offer(COMPANION, 0));
    let flight = pair().present(&arc, &companion, &mut rand::rng()).unwrap().written();
    let step = flight.withheld();
    let holder = restored!(step.entry(), ArcHolder);
    assert_eq!(holder.used(arc.challenge()), 1);
}

#[test]
fn a_pair_that_does_not_fit_is_declined_whole() {
    let arc = offer(TokenType::ARC, 3);
    let key = issuer().key(COMPANION);
    let elsewhere = offer_of(&challenge_in(COMPANION, 1), &key, 0);
    let unreadable = offer_of(&challenge(COMPANION), &key[1..], 0);
    let (pair, reason) = pair().present(&arc, &elsewhere, &mut rand::rng()).unwrap_err().into_parts();
    assert_eq!(reason, Reason::OtherBinding);
    let (pair, reason) = pair.present(&arc, &unreadable, &mut rand::rng()).unwrap_err().into_parts();
    assert_eq!(reason, Reason::Failed(Invalid::Key.into()));
    // A credential that does not fit: the companion is not used up either.
    let other = offer_of(&challenge(TokenType::ARC), &issuer().key(COMPANION), 3);
    let (pair, reason) = pair.present(&other, &offer(COMPANION, 0), &mut rand::rng()).unwrap_err().into_parts();
    assert_eq!((pair.holder.contexts(), reason), (0, Reason::OtherBinding));
    let flight = pair.present(&arc, &offer(COMPANION, 0), &mut rand::rng()).unwrap().written();
    issuer().verify(&flight.authorization().unwrap().companion.unwrap());
}
