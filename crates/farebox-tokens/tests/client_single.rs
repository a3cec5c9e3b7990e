//! Single-use tokens, alone and in batches.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod client_support;

use client_support::{SINGLE_USE, challenge, challenge_in, issuer, offer, offer_of, spoiled};
use farebox_tokens::client::generic::{self, Gained, Wish};
use farebox_tokens::client::{Reason, batch, single};
use farebox_tokens::{Error, Invalid, Misuse};
use farebox_voprf::BlindedElements;
use privacypass_wire::{
    AmortizedBatchTokenRequest, AmortizedBatchTokenResponse, GenericBatchTokenRequest, GenericBatchTokenResponse,
    Limits, TokenResponse, TokenType, http,
};

fn held(token_type: TokenType) -> single::Held {
    let pending = single::request(&offer(token_type, 0), &mut rand::rng()).unwrap().written();
    let answer = issuer().answer(pending.outgoing().body, pending.challenge(), 0).to_bytes();
    pending.finish(&answer).unwrap().written()
}

#[test]
fn a_token_of_each_type_survives_a_restart_at_every_step() {
    for token_type in SINGLE_USE {
        let offer = offer(token_type, 0);
        let step = single::request(&offer, &mut rand::rng()).unwrap();
        let again = restored!(step.entry(), SinglePending);
        let pending = step.written();
        assert_eq!(pending.outgoing(), again.outgoing());
        assert_eq!(pending.outgoing().content_type, http::TOKEN_REQUEST);
        let answer = issuer().answer(again.outgoing().body, again.challenge(), 0).to_bytes();

        let step = again.finish(&answer).unwrap();
        let held = restored!(step.entry(), Held);
        let step = held.redeem(&offer).unwrap();
        let redeeming = restored!(step.entry(), Redeeming);
        assert_eq!(redeeming.token_bytes(), step.written().token_bytes());
        issuer().verify(&redeeming.token_bytes());
        assert_eq!(*redeeming.token().unwrap().challenge_digest(), offer.challenge().digest());
        // The same answer gives the same token.
        let token = pending.finish(&answer).unwrap().written().redeem(&offer).unwrap().written().token_bytes();
        assert_eq!(token, redeeming.token_bytes());
    }
}

#[test]
fn a_spoiled_answer_hands_the_state_back() {
    for token_type in SINGLE_USE {
        let mut pending = single::request(&offer(token_type, 0), &mut rand::rng()).unwrap().written();
        let body = pending.outgoing().body.to_vec();
        let answer = issuer().answer(&body, pending.challenge(), 0).to_bytes();
        for spoiled in spoiled(&answer) {
            let (state, error) = pending.finish(&spoiled).unwrap_err().into_parts();
            let expected = if spoiled.len() == answer.len() {
                error == Invalid::Scheme.into()
            } else {
                matches!(error, Error::Malformed(_))
            };
            assert!(expected, "{token_type}: {error}");
            pending = state;
        }
        assert_eq!(pending.outgoing().body, body);
        assert!(pending.finish(&answer).is_ok());
    }
}

#[test]
fn an_answer_to_another_request_is_refused() {
    for token_type in SINGLE_USE {
        let offer = offer(token_type, 0);
        let first = single::request(&offer, &mut rand::rng()).unwrap().written();
        let second = single::request(&offer, &mut rand::rng()).unwrap().written();
        let answer = issuer().answer(first.outgoing().body, first.challenge(), 0).to_bytes();
        assert_eq!(second.finish(&answer).unwrap_err().error, Invalid::Scheme.into());
    }
}

#[test]
fn an_answer_under_another_key_is_refused() {
    let rng = &mut rand::rng();
    let other = farebox_voprf::SecretKey::<farebox_voprf::P384Sha384, farebox_voprf::Voprf>::generate(rng);
    let offer = offer_of(&challenge(TokenType::VOPRF_P384), other.public_key().as_bytes(), 0);
    let pending = single::request(&offer, rng).unwrap().written();
    let message = privacypass_wire::TokenRequest::from_bytes(pending.outgoing().body).unwrap();
    let blinded = BlindedElements::from_bytes(message.message()).unwrap();
    let wrong = issuer().p384.blind_evaluate(&blinded, rng).unwrap().to_bytes();
    let (pending, error) = pending.finish(&wrong).unwrap_err().into_parts();
    assert_eq!(error, Invalid::Scheme.into());
    assert!(pending.finish(&other.blind_evaluate(&blinded, rng).unwrap().to_bytes()).is_ok());
}

#[test]
fn keys_and_types_that_do_not_fit_are_refused() {
    for token_type in SINGLE_USE {
        let mut key = issuer().key(token_type);
        key.pop();
        let offer = offer_of(&challenge(token_type), &key, 0);
        assert_eq!(single::request(&offer, &mut rand::rng()).unwrap_err(), Invalid::Key.into());
    }
    let identity = offer_of(&challenge(TokenType::VOPRF_RISTRETTO255), &[0; 32], 0);
    assert_eq!(single::request(&identity, &mut rand::rng()).unwrap_err(), Invalid::Key.into());
    for token_type in [TokenType::ARC, TokenType::ACT] {
        let error = single::request(&offer(token_type, 9), &mut rand::rng()).unwrap_err();
        assert_eq!(error, Misuse::TokenType.into());
    }
}

#[test]
fn a_blind_rsa_key_has_2048_bits() {
    // A modulus of 3072 bits needs no known factors to be read: odd, with its top bit set.
    let mut n = vec![0xff; 384];
    n[200] = 0;
    let key = farebox_blind_rsa::PublicKey::<farebox_blind_rsa::PssDeterministic>::from_components(&n, &[1, 0, 1]);
    let offer = offer_of(&challenge(TokenType::BLIND_RSA), key.unwrap().as_spki(), 0);
    assert_eq!(single::request(&offer, &mut rand::rng()).unwrap_err(), Invalid::Key.into());
}

#[test]
fn a_token_is_shown_to_its_challenge_only() {
    let key = issuer().key(TokenType::VOPRF_RISTRETTO255);
    let other = offer_of(&challenge_in(TokenType::VOPRF_RISTRETTO255, 8), &key, 0);
    let (held, reason) = held(TokenType::VOPRF_RISTRETTO255).redeem(&other).unwrap_err().into_parts();
    assert_eq!(reason, Reason::OtherBinding);
    assert!(held.redeem(&offer(TokenType::VOPRF_RISTRETTO255, 0)).is_ok());
}

fn amortized(pending: &batch::Pending, token_type: TokenType) -> AmortizedBatchTokenResponse {
    let rng = &mut rand::rng();
    let request = AmortizedBatchTokenRequest::from_bytes(pending.outgoing().body, &Limits::DEFAULT).unwrap();
    let blinded: Vec<u8> = request.blinded_messages().flatten().copied().collect();
    if token_type == TokenType::VOPRF_P384 {
        let evaluation = issuer().p384.blind_evaluate(&BlindedElements::from_bytes(&blinded).unwrap(), rng).unwrap();
        let elements: Vec<&[u8]> = evaluation.elements().collect();
        AmortizedBatchTokenResponse::new(token_type, &elements, &evaluation.proof().to_bytes()).unwrap()
    } else {
        let evaluation =
            issuer().ristretto.blind_evaluate(&BlindedElements::from_bytes(&blinded).unwrap(), rng).unwrap();
        let elements: Vec<&[u8]> = evaluation.elements().collect();
        AmortizedBatchTokenResponse::new(token_type, &elements, &evaluation.proof().to_bytes()).unwrap()
    }
}

#[test]
fn an_amortized_batch_gives_as_many_tokens() {
    for (token_type, count) in [(TokenType::VOPRF_P384, 3), (TokenType::VOPRF_RISTRETTO255, 5)] {
        let offer = offer(token_type, 0);
        let step = batch::request(&offer, count, &mut rand::rng()).unwrap();
        let mut pending = restored!(step.entry(), BatchPending);
        assert_eq!(pending.outgoing(), step.written().outgoing());
        assert_eq!(pending.count(), count);
        let answer = amortized(&pending, token_type);
        for spoiled in spoiled(&answer.to_bytes()) {
            pending = *pending.finish(&spoiled).unwrap_err().state;
        }
        // One fewer, under a proof of its own.
        let fewer = batch::request(&offer, count - 1, &mut rand::rng()).unwrap().written();
        let fewer = amortized(&fewer, token_type).to_bytes();
        let (pending, error) = pending.finish(&fewer).unwrap_err().into_parts();
        assert_eq!(error, Invalid::Answer.into());
        // The order is a part of the answer.
        let mut elements: Vec<&[u8]> = answer.evaluated_messages().collect();
        elements.swap(0, 1);
        let swapped = AmortizedBatchTokenResponse::new(token_type, &elements, answer.proof()).unwrap().to_bytes();
        let (pending, error) = pending.finish(&swapped).unwrap_err().into_parts();
        assert_eq!(error, Invalid::Scheme.into());

        let step = pending.finish(&answer.to_bytes()).unwrap();
        let tokens: Vec<_> = restored!(step.entry(), Several).into_iter().map(token_bytes).collect();
        let held: Vec<_> = step.written().into_iter().map(|held| token_bytes(Gained::Token(held))).collect();
        assert_eq!((tokens.len(), &tokens), (count, &held));
        tokens.iter().for_each(|token| issuer().verify(token));
        // Nonces are fresh.
        assert!(
            tokens.iter().enumerate().all(|(i, token)| !tokens[..i].iter().any(|other| other[2..34] == token[2..34]))
        );
    }
}

fn token_bytes(gained: Gained) -> Vec<u8> {
    let Gained::Token(held) = gained else { panic!("no token") };
    // The entry of one token alone, as it stands after a batch was taken apart.
    let held = restored!(&held.entry(), Held);
    let offer = offer(held.token_type(), 0);
    held.redeem(&offer).unwrap().written().token_bytes()
}

#[test]
fn an_amortized_batch_has_bounds_and_types() {
    let p384 = offer(TokenType::VOPRF_P384, 0);
    for count in [0, Limits::DEFAULT.batch + 1] {
        assert_eq!(batch::request(&p384, count, &mut rand::rng()).unwrap_err(), Misuse::Parameter.into());
    }
    let rsa = offer(TokenType::BLIND_RSA, 0);
    assert_eq!(batch::request(&rsa, 2, &mut rand::rng()).unwrap_err(), Misuse::TokenType.into());
}

#[test]
fn a_generic_batch_mixes_all_types_and_answers_may_be_missing() {
    let offers = TokenType::KNOWN.map(|token_type| offer(token_type, 5));
    let parameters = issuer().parameters(100);
    let wishes: Vec<Wish<'_>> = offers
        .iter()
        .map(|offer| match offer.token_type() {
            TokenType::ACT => Wish::Credits(offer, &parameters),
            _ => Wish::For(offer),
        })
        .collect();
    let step = generic::request(&wishes, &mut rand::rng()).unwrap();
    let pending = restored!(step.entry(), GenericPending);
    assert_eq!(pending.count(), 5);

    let request = GenericBatchTokenRequest::from_bytes(pending.outgoing().body, &Limits::DEFAULT).unwrap();
    let answers = request.requests.iter().zip(&offers);
    let mut responses: Vec<_> =
        answers.map(|(request, offer)| Some(issuer().answer(&request.to_bytes(), offer.challenge(), 100))).collect();
    let all = GenericBatchTokenResponse { responses: responses.clone() }.to_bytes();
    responses[1] = None;
    let some = GenericBatchTokenResponse { responses: responses.clone() }.to_bytes();
    // One answer too few, one of another type, and one that does not hold.
    let pop = GenericBatchTokenResponse { responses: responses[..4].to_vec() }.to_bytes();
    let (pending, error) = pending.finish(&pop).unwrap_err().into_parts();
    assert_eq!(error, Invalid::Answer.into());
    responses.swap(0, 2);
    let swapped = GenericBatchTokenResponse { responses }.to_bytes();
    let (pending, error) = pending.finish(&swapped).unwrap_err().into_parts();
    assert_eq!(error, Invalid::Answer.into());
    for spoiled in spoiled(&all) {
        let again = restored!(step.entry(), GenericPending);
        // What does not read is refused whole; what does not hold costs itself.
        if let Ok(step) = again.finish(&spoiled) {
            assert_eq!(step.written().iter().flatten().count(), 4);
        }
    }
    let one = generic::request(&wishes[..1], &mut rand::rng()).unwrap().written();
    let request = GenericBatchTokenRequest::from_bytes(one.outgoing().body, &Limits::DEFAULT).unwrap();
    let mut answer = issuer().answer(&request.requests[0].to_bytes(), offers[0].challenge(), 100).to_bytes();
    *answer.last_mut().unwrap() ^= 1;
    let bad = TokenResponse::from_bytes(TokenType::KNOWN[0], &answer).unwrap();
    let bad = GenericBatchTokenResponse { responses: vec![Some(bad)] }.to_bytes();
    assert_eq!(one.finish(&bad).unwrap_err().error, Invalid::Scheme.into(), "there is nothing else to take");

    let step = pending.finish(&some).unwrap();
    assert_eq!(restored!(step.entry(), Several).len(), 4);
    let gained = step.written();
    assert!(gained[1].is_none() && gained.len() == 5);
    assert!(matches!(&gained[3], Some(Gained::Credential(_))));
    assert!(matches!(&gained[4], Some(Gained::Credits(idle)) if idle.balance().get() == 100));
    for token in gained.into_iter().flatten().filter(|gained| matches!(gained, Gained::Token(_))) {
        issuer().verify(&token_bytes(token));
    }
}

#[test]
fn a_generic_batch_is_not_empty_and_act_needs_parameters() {
    assert_eq!(generic::request(&[], &mut rand::rng()).unwrap_err(), Misuse::Parameter.into());
    let act = offer(TokenType::ACT, 5);
    assert_eq!(generic::request(&[Wish::For(&act)], &mut rand::rng()).unwrap_err(), Misuse::TokenType.into());
}
