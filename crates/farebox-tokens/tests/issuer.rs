//! The issuer: what it answers, and with which status it refuses.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use common::flow::{self, verified};
use common::{Held, INITIAL, NOW, World, act_context, key, world};
use farebox_tokens::client::{self, Restored};
use farebox_tokens::issuer::{Answer, Issuer};
use farebox_tokens::origin::{Offers, Outcome};
use farebox_tokens::{Error, Invalid, KeyRing, Validity};
use privacypass_wire::{
    AmortizedBatchTokenRequest, AmortizedBatchTokenResponse, Fault, GenericBatchTokenRequest,
    GenericBatchTokenResponse, KeyId, Limits, Malformed, TokenChallenge, TokenRequest, TokenResponse, TokenType, http,
};

fn answer(issuer: &Issuer, media_type: &str, body: &[u8]) -> Answer {
    issuer.answer(media_type, body, NOW, &mut rand::rng())
}

fn limited(limits: Limits) -> Issuer {
    let mut issuer = world().issuer.clone();
    issuer.limits = limits;
    issuer
}

/// A request to the world's key of this type.
fn request(token_type: TokenType) -> Vec<u8> {
    let challenge = world().offer(token_type).challenge().clone();
    world().ask(&challenge).1.to_bytes()
}

fn media_type(token_type: TokenType) -> &'static str {
    token_type.media_types().0
}

/// Refused, with nothing in the body.
fn refused(answer: &Answer, status: u16) -> Error {
    assert_eq!((answer.status, answer.media_type, answer.body.len()), (status, None, 0), "{answer:?}");
    answer.error.unwrap()
}

fn malformed(error: Error) -> (&'static str, Fault) {
    match error {
        Error::Malformed(Malformed { field, fault }) => (field, fault),
        other => panic!("{other}"),
    }
}

#[test]
fn every_type_is_issued_and_finalizes() {
    for (token_type, response_type) in [
        (TokenType::VOPRF_P384, "application/private-token-response"),
        (TokenType::BLIND_RSA, "application/private-token-response"),
        (TokenType::VOPRF_RISTRETTO255, "application/private-token-response"),
        (TokenType::ARC, "application/private-credential-response"),
        (TokenType::ACT, "application/private-credential-response"),
    ] {
        let offer = world().offer(token_type);
        let (asked, request) = world().ask(offer.challenge());
        let answer = answer(&world().issuer, media_type(token_type), &request.to_bytes());
        assert_eq!((answer.status, answer.media_type, answer.error), (200, Some(response_type), None));
        let response = TokenResponse::from_bytes(token_type, &answer.body).unwrap();
        let held = asked.finish(&response);
        if let Held::Once(token) = &held {
            assert_eq!(*token.input().challenge_digest.as_bytes(), *offer.digest().as_bytes());
        }
        let offers = Offers::new([offer.clone()]);
        assert!(verified(&offers, &held.token(&offer).0).is_ok());
    }
}

#[test]
fn an_act_token_holds_the_initial_credits_in_the_context_of_the_drafts() {
    let world = World::new();
    let challenge = world.offer(TokenType::ACT).challenge().clone();
    let context = act_context(&challenge, &world.key_id(TokenType::ACT));
    let token = world.held(&challenge).act();
    assert_eq!((token.balance().get(), token.context()), (INITIAL, context));

    // The client's own idea of credits and context has to be the issuer's.
    let (state, message) = farebox_act::PreIssuance::request(&world.params, &mut rand::rng()).unwrap();
    let request = TokenRequest::new(TokenType::ACT, &world.key_id(TokenType::ACT), &message.to_bytes()).unwrap();
    let response = world.issuer.issue(&request, NOW, &mut rand::rng()).unwrap();
    let response = farebox_act::IssuanceResponse::from_bytes(&world.params, response.message()).unwrap();
    let public = farebox_act::PublicKey::from_bytes(&world.key(TokenType::ACT).key().public_key()).unwrap();
    let credits = |amount| world.params.credits(amount).unwrap();
    let other = challenge_of_another_origin();
    let wrong = act_context(&other, &world.key_id(TokenType::ACT));
    let state = state.finish(&world.params, &public, context, credits(INITIAL + 1), &response).unwrap_err().state;
    let state = state.finish(&world.params, &public, wrong, credits(INITIAL), &response).unwrap_err().state;
    assert!(state.finish(&world.params, &public, context, credits(INITIAL), &response).is_ok());
}

fn challenge_of_another_origin() -> TokenChallenge {
    let builder = TokenChallenge::builder(TokenType::ACT, "issuer.example").origin_info("other.example");
    builder.credential_context([9; 32]).build().unwrap()
}

#[test]
fn media_types_have_parameters_and_letter_case() {
    for (token_type, media_type) in [
        (TokenType::VOPRF_RISTRETTO255, "Application/Private-Token-Request"),
        (TokenType::VOPRF_RISTRETTO255, " application/private-token-request ; charset=utf-8"),
        (TokenType::VOPRF_RISTRETTO255, "application/private-token-request;q=\"a;b\""),
        (TokenType::ACT, "APPLICATION/PRIVATE-CREDENTIAL-REQUEST;v=1"),
    ] {
        assert_eq!(answer(&world().issuer, media_type, &request(token_type)).status, 200, "{media_type}");
    }
}

#[test]
fn another_media_type_is_415() {
    let single = request(TokenType::VOPRF_RISTRETTO255);
    for media_type in [
        "",
        ";",
        "application/json",
        "application/private-token-response",
        "application/private-token-request-x",
        "private-token-request",
        // Of another kind of type.
        http::CREDENTIAL_REQUEST,
    ] {
        assert_eq!(refused(&answer(&world().issuer, media_type, &single), 415), Invalid::TokenType.into());
    }
    for token_type in [TokenType::ARC, TokenType::ACT] {
        refused(&answer(&world().issuer, http::TOKEN_REQUEST, &request(token_type)), 415);
    }
    // A batch is none of the other kinds, and no single request.
    refused(&answer(&world().issuer, http::AMORTIZED_BATCH_REQUEST, &single), 422);
    refused(&answer(&world().issuer, http::GENERIC_BATCH_REQUEST, &single), 422);
}

#[test]
fn unknown_types_keys_and_sizes_are_422() {
    for token_type in TokenType::KNOWN {
        let (good, media_type) = (request(token_type), media_type(token_type));
        let answer = |body: &[u8]| answer(&world().issuer, media_type, body);
        assert_eq!(answer(&good).status, 200);

        let mut unknown_type = good.clone();
        unknown_type[..2].copy_from_slice(&TokenType::GREASE[3].code().to_be_bytes());
        assert_eq!(malformed(refused(&answer(&unknown_type), 422)), ("token_type", Fault::UnknownType));

        let mut unknown_key = good.clone();
        unknown_key[2] ^= 1;
        assert_eq!(refused(&answer(&unknown_key), 422), Invalid::Key.into());

        for body in [&good[..good.len() - 1], &[&good[..], &[0]].concat(), &good[..2], &[]] {
            malformed(refused(&answer(body), 422));
        }
    }
}

#[test]
fn a_type_without_key_is_422() {
    let issuer = Issuer::new("issuer.example", KeyRing::default());
    for token_type in TokenType::KNOWN {
        let refused = refused(&answer(&issuer, media_type(token_type), &request(token_type)), 422);
        assert_eq!(refused, Invalid::Key.into());
    }
}

#[test]
fn a_key_issues_in_its_time_only() {
    let mut ring = KeyRing::default();
    let validity = Validity { not_before: NOW, issue_until: NOW + 10, accept_until: NOW + 20, ..Validity::ALWAYS };
    let id = ring.register(key(TokenType::VOPRF_RISTRETTO255), validity).unwrap();
    let issuer = Issuer::new("issuer.example", ring);
    let mut body = request(TokenType::VOPRF_RISTRETTO255);
    body[2] = id.truncated();
    let status = |now| issuer.answer(http::TOKEN_REQUEST, &body, now, &mut rand::rng()).status;
    assert_eq!([NOW - 1, NOW, NOW + 9, NOW + 10, NOW + 20].map(status), [422, 200, 200, 422, 422]);
}

/// An element that is none, or an integer above the modulus; a proof that does not hold.
#[test]
fn elements_and_proofs_are_422() {
    for token_type in TokenType::KNOWN {
        let mut body = request(token_type);
        // ACT's message stands behind its length.
        let message = if token_type == TokenType::ACT { 5 } else { 3 };
        body[message..].fill(0xff);
        assert_eq!(refused(&answer(&world().issuer, media_type(token_type), &body), 422), Invalid::Scheme.into());
        if token_type != TokenType::BLIND_RSA {
            // Also the identity.
            body[message..].fill(0);
            assert_eq!(refused(&answer(&world().issuer, media_type(token_type), &body), 422), Invalid::Scheme.into());
        }
    }
    for token_type in [TokenType::ARC, TokenType::ACT] {
        let (good, other) = (request(token_type), request(token_type));
        let elements = 3 + if token_type == TokenType::ARC { 66 } else { 2 + 32 };
        // The proof of another request.
        let mixed = [&good[..elements], &other[elements..]].concat();
        assert_eq!(refused(&answer(&world().issuer, media_type(token_type), &mixed), 422), Invalid::Scheme.into());
        let mut last_bit = good.clone();
        *last_bit.last_mut().unwrap() ^= 1;
        refused(&answer(&world().issuer, media_type(token_type), &last_bit), 422);
    }
}

#[test]
fn a_body_above_the_limit_is_422() {
    let limits = Limits { body: 40, batch: 2, ..Limits::DEFAULT };
    let issuer = limited(limits);
    assert_eq!(answer(&issuer, http::TOKEN_REQUEST, &request(TokenType::VOPRF_RISTRETTO255)).status, 200);
    let refused = refused(&answer(&issuer, http::TOKEN_REQUEST, &request(TokenType::BLIND_RSA)), 422);
    assert_eq!(malformed(refused), ("token_request", Fault::Limit(40)));
}

mod amortized {
    use super::*;
    use farebox_voprf::{ClientState, Evaluation, P384Sha384, Ristretto255Sha512, Suite, Voprf};

    fn batch<S: Suite>(token_type: TokenType, inputs: &[&[u8]]) -> (ClientState<S, Voprf>, Vec<u8>) {
        let (state, blinded) = ClientState::<S, Voprf>::blind(inputs, &mut rand::rng()).unwrap();
        let bytes = blinded.to_bytes();
        let elements: Vec<&[u8]> = bytes.chunks_exact(bytes.len() / inputs.len()).collect();
        let request = AmortizedBatchTokenRequest::new(token_type, &world().key_id(token_type), &elements).unwrap();
        (state, request.to_bytes())
    }

    fn finalizes<S: Suite>(token_type: TokenType) {
        let inputs: [&[u8]; 3] = [b"one", b"two", b"three"];
        let (state, body) = batch::<S>(token_type, &inputs);
        let answer = answer(&world().issuer, http::AMORTIZED_BATCH_REQUEST, &body);
        let media_type = Some("application/private-token-amortized-batch-response");
        assert_eq!((answer.status, answer.media_type, answer.error), (200, media_type, None));
        let response = AmortizedBatchTokenResponse::from_bytes(token_type, &answer.body, &Limits::DEFAULT).unwrap();
        assert_eq!(response.count(), 3);
        let evaluated: Vec<u8> = response.evaluated_messages().flatten().copied().collect();
        let evaluation = Evaluation::from_bytes(&[&evaluated, response.proof()].concat()).unwrap();
        let key = world().key(token_type);
        let public = farebox_voprf::PublicKey::from_bytes(&key.key().public_key()).unwrap();
        assert_eq!(state.finalize(&public, &evaluation).unwrap().len(), 3);
    }

    #[test]
    fn both_types_finalize() {
        finalizes::<P384Sha384>(TokenType::VOPRF_P384);
        finalizes::<Ristretto255Sha512>(TokenType::VOPRF_RISTRETTO255);
    }

    #[test]
    fn what_is_wrong_is_422() {
        let token_type = TokenType::VOPRF_RISTRETTO255;
        let body = batch::<Ristretto255Sha512>(token_type, &[b"one", b"two"]).1;
        // Type, truncated id, a length of one byte (the varint of 64 takes two).
        assert_eq!(body.len(), 5 + 64);
        let refused = |issuer: &Issuer, body: &[u8]| refused(&answer(issuer, http::AMORTIZED_BATCH_REQUEST, body), 422);
        let issuer = &world().issuer;

        let empty = [&body[..3], &[0]].concat();
        assert_eq!(malformed(refused(issuer, &empty)), ("blinded_msgs", Fault::Empty));
        let limits = Limits { batch: 1, ..Limits::DEFAULT };
        let narrow = limited(limits);
        assert_eq!(malformed(refused(&narrow, &body)), ("blinded_msgs", Fault::Limit(1)));
        malformed(refused(issuer, &[&body[..], &[0]].concat()));
        malformed(refused(issuer, &body[..body.len() - 1]));
        let part = [&body[..3], &[33], &body[5..38]].concat();
        assert_eq!(malformed(refused(issuer, &part)), ("blinded_msgs", Fault::Elements(32)));
        let long_form = [&body[..3], &[0x80, 0, 0, 64], &body[5..]].concat();
        assert_eq!(malformed(refused(issuer, &long_form)).1, Fault::Varint);

        let with = |at: usize, bytes: &[u8]| {
            let mut changed = body.clone();
            changed[at..at + bytes.len()].copy_from_slice(bytes);
            changed
        };
        assert_eq!(refused(issuer, &with(2, &[body[2] ^ 1])), Invalid::Key.into());
        // One element that does not decode refuses all.
        assert_eq!(refused(issuer, &with(37, &[0xff; 32])), Invalid::Scheme.into());
        assert_eq!(refused(issuer, &with(37, &[0; 32])), Invalid::Scheme.into());
        for other in [TokenType::BLIND_RSA, TokenType::ARC, TokenType::ACT] {
            assert_eq!(malformed(refused(issuer, &with(0, &other.code().to_be_bytes()))).1, Fault::OtherType);
        }
        let grease = TokenType::GREASE[0].code().to_be_bytes();
        assert_eq!(malformed(refused(issuer, &with(0, &grease))).1, Fault::UnknownType);
    }
}

mod generic {
    use super::*;

    fn post(issuer: &Issuer, requests: Vec<TokenRequest>) -> (u16, GenericBatchTokenResponse) {
        let request = GenericBatchTokenRequest { requests };
        let answer = answer(issuer, http::GENERIC_BATCH_REQUEST, &request.to_bytes());
        assert_eq!(answer.media_type, Some("application/private-token-generic-batch-response"));
        let response = GenericBatchTokenResponse::from_bytes(&answer.body, &Limits::DEFAULT).unwrap();
        assert!(response.answers(&request));
        (answer.status, response)
    }

    /// The same request for a key that there is not.
    fn stray(request: &TokenRequest) -> TokenRequest {
        let mut id = [0; 32];
        id[31] = request.truncated_key_id() ^ 1;
        TokenRequest::new(request.token_type(), &KeyId::new(id), request.message()).unwrap()
    }

    #[test]
    fn all_types_in_one_batch() {
        let (asked, requests): (Vec<_>, Vec<_>) =
            TokenType::KNOWN.map(|token_type| world().ask(world().offer(token_type).challenge())).into_iter().unzip();
        let (status, response) = post(&world().issuer, requests.clone());
        assert_eq!(status, 200);
        for (asked, response) in asked.into_iter().zip(&response.responses) {
            asked.finish(response.as_ref().unwrap());
        }

        // One key that there is not, one element that does not decode.
        let mut mixed = requests.clone();
        mixed[1] = stray(&mixed[1]);
        mixed[3] = TokenRequest::new(TokenType::ARC, &world().key_id(TokenType::ARC), &[0xff; 226]).unwrap();
        let (status, response) = post(&world().issuer, mixed);
        let issued: Vec<bool> = response.responses.iter().map(Option::is_some).collect();
        assert_eq!((status, issued), (206, vec![true, false, true, false, true]));

        let (status, response) = post(&world().issuer, requests.iter().map(stray).collect());
        assert_eq!((status, response.responses), (400, vec![None; 5]));
    }

    #[test]
    fn an_empty_batch_has_an_empty_answer() {
        let (status, response) = post(&world().issuer, Vec::new());
        assert_eq!((status, response.responses.len()), (200, 0));
    }

    #[test]
    fn what_cannot_be_read_is_422() {
        let request = TokenRequest::from_bytes(&request(TokenType::VOPRF_RISTRETTO255)).unwrap();
        let body = GenericBatchTokenRequest { requests: vec![request; 3] }.to_bytes();
        let refused =
            |issuer: &Issuer, body: &[u8]| malformed(refused(&answer(issuer, http::GENERIC_BATCH_REQUEST, body), 422));
        let limits = Limits { batch: 2, ..Limits::DEFAULT };
        let narrow = limited(limits);
        assert_eq!(refused(&narrow, &body), ("token_requests", Fault::Limit(2)));
        let limits = Limits { body: 10, ..Limits::DEFAULT };
        let narrow = limited(limits);
        assert_eq!(refused(&narrow, &body), ("token_requests", Fault::Limit(10)));
        for broken in [&body[..body.len() - 1], &[&body[..], &[0]].concat(), &[]] {
            refused(&world().issuer, broken);
        }
        // What follows an unknown type cannot be told apart.
        let mut unknown = body.clone();
        unknown[2 + 35..2 + 37].copy_from_slice(&TokenType::GREASE[5].code().to_be_bytes());
        assert_eq!(refused(&world().issuer, &unknown), ("token_type", Fault::UnknownType));
    }
}

mod directory {
    use super::*;
    use privacypass_wire::directory::IssuerDirectory;

    fn key_at(ring: &mut KeyRing, not_before: u64, issue_until: u64) -> KeyId {
        let validity = Validity { not_before, issue_until, accept_until: issue_until + 10, ..Validity::ALWAYS };
        loop {
            // Truncated ids of fresh keys collide now and then.
            if let Ok(id) = ring.register(key(TokenType::VOPRF_RISTRETTO255), validity) {
                return id;
            }
        }
    }

    #[test]
    fn the_first_key_that_has_begun_is_the_one_to_use() {
        let mut ring = KeyRing::default();
        let ended = key_at(&mut ring, 0, NOW);
        let old = key_at(&mut ring, 0, NOW + 50);
        let now = key_at(&mut ring, NOW - 10, NOW + 100);
        let next = key_at(&mut ring, NOW + 90, NOW + 200);
        let issuer = Issuer::new("issuer.example", ring);
        let directory = issuer.directory("/token-request", NOW);
        let listed: Vec<KeyId> = directory.token_keys.iter().map(|key| key.id()).collect();
        assert_eq!(listed, [next, now, old]);
        assert!(!listed.contains(&ended));
        let times: Vec<Option<u64>> = directory.token_keys.iter().map(|key| key.not_before).collect();
        assert_eq!(times, [Some(NOW + 90), Some(NOW - 10), None]);

        // What a client takes from it is what the issuer issues with, at every time.
        let read = IssuerDirectory::from_json(directory.to_json().as_bytes(), &Limits::DEFAULT).unwrap();
        for (at, expected) in [(NOW, now), (NOW + 89, now), (NOW + 90, next)] {
            assert_eq!(read.key_for(TokenType::VOPRF_RISTRETTO255, at).unwrap().id(), expected);
            assert_eq!(issuer.keys().current(TokenType::VOPRF_RISTRETTO255, at).unwrap().id(), expected);
        }
        assert_eq!(issuer.directory("/", NOW + 200).token_keys.len(), 0);
    }

    #[test]
    fn all_types_are_listed_with_what_act_needs() {
        let directory = world().issuer.directory("https://issuer.example/request", NOW);
        assert_eq!(directory.request_uri, "https://issuer.example/request");
        let listed: Vec<TokenType> = directory.token_keys.iter().map(|key| key.token_type).collect();
        assert_eq!(listed, TokenType::KNOWN);
        for entry in &directory.token_keys {
            assert_eq!((entry.id(), entry.not_before), (world().key_id(entry.token_type), None));
            assert_eq!(entry.act.is_some(), entry.token_type == TokenType::ACT);
        }
        let act = directory.token_keys[4].act.clone().unwrap();
        assert_eq!(act.domain_separator, "ACT-v1:farebox:tokens:test:2026-01-01");
        assert_eq!((act.bit_length, act.initial_credits), (8, INITIAL));
    }
}

#[test]
fn a_binding_is_of_the_bytes_the_whole_key_and_the_context() {
    let own = World::new();
    let mut issuer = own.issuer.clone();
    for token_type in TokenType::KNOWN {
        let (_, request) = own.ask(own.offer(token_type).challenge());
        let (media_type, body) = (media_type(token_type), request.to_bytes());
        let asked = own.issuer.read(media_type, &body, NOW).unwrap();
        assert_eq!((asked.tokens(), asked.token_type()), (1, Some(token_type)));
        assert_eq!(asked.binding(), own.issuer.read(media_type, &body, NOW).unwrap().binding());
        let (_, other) = own.ask(own.offer(token_type).challenge());
        assert_ne!(asked.binding(), own.issuer.read(media_type, &other.to_bytes(), NOW).unwrap().binding());

        issuer.act_credential_context = Some([8; 32]);
        let elsewhere = issuer.read(media_type, &body, NOW).unwrap();
        assert_eq!(asked.binding() == elsewhere.binding(), token_type != TokenType::ACT, "{token_type}");
    }
    // The same bytes to another key that has the same last byte of its id.
    let token_type = TokenType::VOPRF_RISTRETTO255;
    let (_, request) = own.ask(own.offer(token_type).challenge());
    let other = loop {
        let mut ring = KeyRing::default();
        let id = ring.register(common::key(token_type), Validity::ALWAYS).unwrap();
        if id.truncated() == own.key_id(token_type).truncated() {
            break Issuer::new("issuer.example", ring);
        }
    };
    let read = |issuer: &Issuer| *issuer.read(http::TOKEN_REQUEST, &request.to_bytes(), NOW).unwrap().binding();
    assert_ne!(read(&own.issuer), read(&other));
}

#[test]
fn a_request_that_is_answered_twice_brings_one_credential() {
    let offers = |token_type| Offers::new([world().offer(token_type)]);
    let (ledger, cache) = (flow::ledger(), &mut client::Cache::default());
    let answered = |body: &[u8]| answer(&world().issuer, http::CREDENTIAL_REQUEST, body).body;
    let received = |token_type| client::Offer::new(&world().offer(token_type).to_wire(), common::ORIGIN, None).unwrap();

    // ACT: two signatures, one nullifier.
    let directory = world().issuer.directory("/token-request", NOW);
    let entry = directory.key_for(TokenType::ACT, NOW).unwrap().act.clone().unwrap();
    let parameters = client::act::Parameters::from_directory(&entry, cache).unwrap();
    let offer = received(TokenType::ACT);
    let entry = client::act::request(&offer, &parameters, &mut rand::rng()).unwrap().entry().as_bytes().to_vec();
    let tokens: Vec<_> = (0..2)
        .map(|_| {
            let Restored::ActPending(pending) = Restored::from_entry(&entry, cache).unwrap() else { panic!() };
            let answer = answered(pending.outgoing().body);
            let idle = pending.finish(&answer).unwrap().written();
            idle.spend(&offer, &mut rand::rng()).unwrap().written().token().unwrap().to_bytes()
        })
        .collect();
    let _grant = flow::granted(flow::redeem(&offers(TokenType::ACT), &tokens[0], &ledger));
    assert!(matches!(flow::redeem(&offers(TokenType::ACT), &tokens[1], &ledger), Outcome::DoubleSpend));

    // ARC: two credentials, one row of tags.
    let offer = received(TokenType::ARC);
    let entry = client::arc::request(&offer, &mut rand::rng()).unwrap().entry().as_bytes().to_vec();
    let tokens: Vec<_> = (0..2)
        .map(|_| {
            let Restored::ArcPending(pending) = Restored::from_entry(&entry, cache).unwrap() else { panic!() };
            let answer = answered(pending.outgoing().body);
            let holder = pending.finish(&answer).unwrap().written();
            holder.present(&offer, &mut rand::rng()).unwrap().written().token().unwrap().to_bytes()
        })
        .collect();
    let _grant = flow::granted(flow::redeem(&offers(TokenType::ARC), &tokens[0], &ledger));
    assert!(matches!(flow::redeem(&offers(TokenType::ARC), &tokens[1], &ledger), Outcome::DoubleSpend));
}
