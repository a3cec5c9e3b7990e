//! An ARC presentation with a single-use token beside it, and a fresh one with success.

use farebox_ledger::Epoch;
use farebox_tokens::origin::{Decision, Demand, Offer, Offers, Outcome, Seen, Unreserved};
use farebox_tokens::{Error, Invalid, Misuse, Validity};
use futures_executor::block_on;
use privacypass_wire::http::{Authorization, Reading, Style, WwwAuthenticate};
use privacypass_wire::{Limits, Token, TokenResponse, TokenType};

use crate::common::client::{Held, show};
use crate::common::flow::{Memory, answered, granted, ledger, redeem, signed_again};
use crate::common::{Asked, EPOCH, LIMIT, NOW, terms, world};

const BESIDE: [TokenType; 3] = [TokenType::VOPRF_P384, TokenType::BLIND_RSA, TokenType::VOPRF_RISTRETTO255];
const R: TokenType = TokenType::VOPRF_RISTRETTO255;

/// An offer of both, and of the companion alone.
fn pair(token_type: TokenType) -> (Offer, Offer) {
    let companion = world().offer(token_type);
    (world().offer(TokenType::ARC).with_companion(companion.clone()).unwrap(), companion)
}

/// What came in `PrivacyPass-Reverse`: a request for the next companion.
fn reverse(companion: &Offer) -> (Asked, Vec<u8>) {
    let (asked, request) = world().ask(companion.challenge());
    (asked, request.to_bytes())
}

fn present(offers: &Offers, token: &[u8], beside: &[u8], ledger: &Memory, reverse: &[u8]) -> Outcome {
    let verified = offers.bind(token, Some(beside), NOW).unwrap().verify(|_| false).unwrap();
    assert_eq!(verified.serials().len(), 2);
    block_on(verified.reserve(ledger, Some(reverse))).unwrap()
}

#[test]
fn renewed_again_and_again() {
    for token_type in BESIDE {
        let (offer, companion) = pair(token_type);
        // The challenge says what is wanted beside.
        let header = offer.to_wire().to_header_value(Style::Quoted).unwrap();
        let read = WwwAuthenticate::parse([header], Reading::Strict, &Limits::DEFAULT).unwrap();
        let names: Vec<&str> = read.challenges[0].others.iter().map(|param| param.name.as_str()).collect();
        assert_eq!(names, ["companion-challenge", "companion-key"]);

        let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
        let key_id = world().key_id(TokenType::ARC);
        let context = offer.challenge().arc_presentation_context(&key_id).unwrap();
        let context = farebox_arc::PresentationContext::new(&context).unwrap();
        let mut credential = world().held(offer.challenge()).arc();
        let mut state = credential.open(context, farebox_arc::Limit::new(LIMIT).unwrap()).unwrap();
        let mut beside = world().token(&companion);
        for round in 1..=3 {
            let (token, rest) = show(state, &offer, key_id);
            let [both, one] = [&token, &beside].map(|bytes| Token::from_bytes(bytes).unwrap());
            let sent = Authorization::new(&both).with_companion(&one).to_header_value(Style::Quoted).unwrap();
            let sent = Authorization::parse(sent.as_bytes(), Reading::Strict, &Limits::DEFAULT).unwrap().unwrap();
            let (asked, request) = reverse(&companion);
            let companion_bytes = sent.companion.unwrap();
            let grant = granted(present(&offers, &sent.token, &companion_bytes, &ledger, &request));
            let ready = grant.decide(Decision::Renew, &mut rand::rng()).unwrap();
            let served = block_on(ready.store(&ledger)).unwrap();
            let response = TokenResponse::from_bytes(token_type, served.reverse.as_ref().unwrap()).unwrap();
            let Held::Once(fresh) = asked.finish(&response) else { panic!() };
            // A lost answer is sent again, and is no second companion.
            let again = present(&offers, &sent.token, &companion_bytes, &ledger, &request);
            assert!(matches!(again, Outcome::Replayed(again) if again == served));
            assert_eq!(ledger.store().len(), 2 * round);
            beside = fresh.to_bytes();
            let crate::common::client::Rest::Arc(farebox_arc::ContextState::Open(next)) = rest else { panic!() };
            state = next;
        }
    }
}

/// A used companion refuses both, and the presentation is as good as before.
#[test]
fn a_used_companion_leaves_the_presentation_unspent() {
    let (offer, companion) = pair(R);
    let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
    let [first, second] = [(); 2].map(|()| world().token(&offer));
    let [used, fresh] = [(); 2].map(|()| world().token(&companion));
    let (_, request) = reverse(&companion);
    answered(granted(present(&offers, &first, &used, &ledger, &request)), Decision::Nothing, &ledger);
    assert!(matches!(present(&offers, &second, &used, &ledger, &request), Outcome::DoubleSpend));
    assert_eq!(ledger.store().len(), 2);
    // The other way round: a used presentation leaves the companion.
    assert!(matches!(present(&offers, &first, &fresh, &ledger, &request), Outcome::DoubleSpend));
    let _grant = granted(present(&offers, &second, &fresh, &ledger, &request));
    assert_eq!(ledger.store().len(), 4);
}

/// Another request for a companion with the same tokens is another request: no second companion for one token.
#[test]
fn another_reverse_request_is_a_double_spend() {
    let (offer, companion) = pair(R);
    let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
    let (token, beside) = (world().token(&offer), world().token(&companion));
    let [(_, one), (_, other)] = [(); 2].map(|()| reverse(&companion));
    let _grant = granted(present(&offers, &token, &beside, &ledger, &one));
    assert!(matches!(present(&offers, &token, &beside, &ledger, &other), Outcome::DoubleSpend));
}

/// The companion's bytes are part of the request: the same nonce under another signature is no retry.
#[test]
fn another_signature_of_the_companion_is_a_double_spend() {
    let (offer, companion) = pair(TokenType::BLIND_RSA);
    let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
    let (token, beside) = (world().token(&offer), world().token(&companion));
    let (_, request) = reverse(&companion);
    let grant = granted(present(&offers, &token, &beside, &ledger, &request));
    let other = signed_again(&beside);
    assert!(matches!(present(&offers, &token, &other, &ledger, &request), Outcome::DoubleSpend));
    let served = answered(grant, Decision::Nothing, &ledger);
    let found = |beside: &[u8], reverse: Option<&[u8]>| {
        block_on(offers.bind(&token, Some(beside), NOW).unwrap().seen(&ledger, reverse)).unwrap()
    };
    assert!(matches!(found(&beside, Some(&request)), Some(Seen::Answered(again)) if again == served));
    for other in [found(&other, Some(&request)), found(&beside, None)] {
        assert!(matches!(other, Some(Seen::DoubleSpend)));
    }
}

/// The companion spent alone, at an offer of its own, is spent here as well.
#[test]
fn a_companion_that_was_spent_alone_is_spent() {
    let (offer, companion) = pair(R);
    let (alone, both, ledger) = (Offers::new([companion.clone()]), Offers::new([offer.clone()]), ledger());
    let beside = world().token(&companion);
    let _grant = granted(redeem(&alone, &beside, &ledger));
    let (_, request) = reverse(&companion);
    assert!(matches!(present(&both, &world().token(&offer), &beside, &ledger, &request), Outcome::DoubleSpend));
}

#[test]
fn a_missing_or_unexpected_companion_does_not_bind() {
    let (offer, companion) = pair(R);
    let (token, beside) = (world().token(&offer), world().token(&companion));
    let refused = |offers: &Offers, token: &[u8], beside: Option<&[u8]>| offers.bind(token, beside, NOW).unwrap_err();
    let both = Offers::new([offer.clone()]);
    assert_eq!(refused(&both, &token, None), Invalid::Companion.into());
    let alone = Offers::new([world().offer(TokenType::ARC), companion.clone()]);
    assert_eq!(refused(&alone, &token, Some(&beside)), Invalid::Companion.into());
    assert_eq!(refused(&alone, &beside, Some(&beside)), Invalid::Companion.into());
    // In the wrong place, of another type, of another challenge, of another key, cut.
    assert_eq!(refused(&both, &token, Some(&token)), Invalid::TokenType.into());
    let p384 = world().token(&world().offer(TokenType::VOPRF_P384));
    assert_eq!(refused(&both, &token, Some(&p384)), Invalid::TokenType.into());
    let changed = |at: usize| {
        let mut changed = beside.clone();
        changed[at] ^= 1;
        changed
    };
    assert_eq!(refused(&both, &token, Some(&changed(34))), Invalid::Challenge.into());
    assert_eq!(refused(&both, &token, Some(&changed(66))), Invalid::Key.into());
    for bytes in [&[][..], &beside[..beside.len() - 1], &[&beside[..], &[0]].concat()] {
        assert!(matches!(refused(&both, &token, Some(bytes)), Error::Malformed(_)));
    }
    // It binds, and does not hold; or the token does not.
    for at in [2, beside.len() - 1] {
        let bound = both.bind(&token, Some(&changed(at)), NOW).unwrap();
        assert_eq!(bound.verify(|_| false).unwrap_err(), Invalid::Scheme.into());
    }
    let mut forged = token.clone();
    *forged.last_mut().unwrap() ^= 1;
    let bound = both.bind(&forged, Some(&beside), NOW).unwrap();
    assert_eq!(bound.verify(|_| false).unwrap_err(), Invalid::Scheme.into());
}

#[test]
fn pairs_that_cannot_be_are_refused() {
    let pairs = |token_type, beside| world().offer(token_type).with_companion(world().offer(beside)).map(|_| ());
    for token_type in TokenType::KNOWN {
        for beside in TokenType::KNOWN {
            let good = token_type == TokenType::ARC && BESIDE.contains(&beside);
            let expected = if good { Ok(()) } else { Err(Misuse::TokenType.into()) };
            assert_eq!(pairs(token_type, beside), expected, "{token_type} {beside}");
        }
    }
    // A key that nobody can issue with, and another epoch.
    let spki = world().key(TokenType::BLIND_RSA).key().public_key();
    let public = Demand::BlindRsa(farebox_blind_rsa::PublicKey::from_spki(&spki).unwrap(), Validity::ALWAYS);
    let public = Offer::new(&terms(TokenType::BLIND_RSA), public).unwrap();
    assert_eq!(world().offer(TokenType::ARC).with_companion(public).unwrap_err(), Misuse::TokenType.into());
    let mut later = world().key(R);
    later.validity.epoch = Epoch(EPOCH.0 + 1);
    let later = Offer::new(&terms(R), Demand::Once(later)).unwrap();
    assert_eq!(world().offer(TokenType::ARC).with_companion(later).unwrap_err(), Misuse::Validity.into());
}

#[test]
fn a_reverse_request_that_does_not_fit_reserves_nothing() {
    let (offer, companion) = pair(R);
    let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
    let (token, beside) = (world().token(&offer), world().token(&companion));
    let refused = |reverse: Option<&[u8]>| {
        let verified = offers.bind(&token, Some(&beside), NOW).unwrap().verify(|_| false).unwrap();
        match block_on(verified.reserve(&ledger, reverse)).unwrap_err() {
            Unreserved::Refused(error) => error,
            other => panic!("{other}"),
        }
    };
    let (_, good) = reverse(&companion);
    let (_, other_type) = reverse(&world().offer(TokenType::VOPRF_P384));
    for wrong in [None, Some(&other_type[..])] {
        assert_eq!(refused(wrong), Invalid::Companion.into());
    }
    for wrong in [&[][..], &good[..good.len() - 1], &[&good[..], &[0]].concat(), &[0, 3, 0]] {
        assert!(matches!(refused(Some(wrong)), Error::Malformed(_)));
    }
    assert!(ledger.store().is_empty());

    // And one that nobody asked for.
    let alone = Offers::new([companion.clone()]);
    let verified = alone.bind(&beside, None, NOW).unwrap().verify(|_| false).unwrap();
    let unreserved = block_on(verified.reserve(&ledger, Some(&good))).unwrap_err();
    assert!(matches!(unreserved, Unreserved::Refused(Error::Invalid(Invalid::Companion))));
    assert!(ledger.store().is_empty());
}

/// A fresh companion is of a companion's key, whatever else is issued here; and a request that cannot be answered spends nothing.
#[test]
fn a_request_that_no_companion_key_answers_reserves_nothing() {
    for token_type in BESIDE {
        let (offer, companion) = pair(token_type);
        let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
        let (token, beside) = (world().token(&offer), world().token(&companion));
        let (_, good) = reverse(&companion);
        let mut other_key = good.clone();
        other_key[2] ^= 1;
        let mut broken = good.clone();
        broken[3..].fill(0xff);
        for wrong in [other_key, broken] {
            let verified = offers.bind(&token, Some(&beside), NOW).unwrap().verify(|_| false).unwrap();
            let unreserved = block_on(verified.reserve(&ledger, Some(&wrong))).unwrap_err();
            assert!(matches!(unreserved, Unreserved::Refused(Error::Invalid(Invalid::Companion))));
            assert!(ledger.store().is_empty());
        }
        let _grant = granted(present(&offers, &token, &beside, &ledger, &good));
    }
}

/// Withholding revokes: the client has no companion for the next request.
#[test]
fn nothing_withholds() {
    let (offer, companion) = pair(R);
    let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
    let (token, beside) = (world().token(&offer), world().token(&companion));
    let (_, request) = reverse(&companion);
    let served = answered(granted(present(&offers, &token, &beside, &ledger, &request)), Decision::Nothing, &ledger);
    assert_eq!(served.reverse, None);
    // Also on the same bytes again.
    let again = present(&offers, &token, &beside, &ledger, &request);
    assert!(matches!(again, Outcome::Replayed(again) if again.reverse.is_none()));
}

#[test]
fn a_grant_comes_back_when_the_decision_does_not_fit() {
    let (offer, companion) = pair(R);
    let (offers, ledger) = (Offers::new([offer.clone()]), ledger());
    let (token, beside) = (world().token(&offer), world().token(&companion));
    let (asked, request) = reverse(&companion);
    let mut grant = granted(present(&offers, &token, &beside, &ledger, &request));
    for decision in [Decision::ReturnAll, Decision::Return(1)] {
        let (back, refused) = grant.decide(decision, &mut rand::rng()).unwrap_err().into_parts();
        assert_eq!(refused, Misuse::TokenType.into());
        grant = back;
    }
    let ready = grant.decide(Decision::Renew, &mut rand::rng()).unwrap();
    let served = block_on(ready.store(&ledger)).unwrap();
    asked.finish(&TokenResponse::from_bytes(R, &served.reverse.unwrap()).unwrap());
}
