//! The published vectors of both drafts: whatever seeds or blindings determine comes out byte for byte, and the rest verifies.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::path::Path;

use farebox_arc::*;
use farebox_group::{ByteOrder, Group, Scalar as _};
use farebox_sigma::{Coins, Profile, Shake128, Xof};
use serde_json::Value;

type Scalar<S> = <<S as Suite>::Group as Group>::Scalar;

/// A published file, or `None` outside of a checkout that has them beside it.
fn published(file: &str) -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/arc").join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {file} is not here");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

fn hex_of(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap().trim_start_matches("0x");
    hex::decode(format!("{text:0>width$}", width = text.len().next_multiple_of(2))).unwrap()
}

fn number(value: &Value) -> u64 {
    hex_of(value).iter().fold(0, |n, byte| n << 8 | u64::from(*byte))
}

fn order<S: Suite>() -> ByteOrder {
    <S::Profile as Profile<S::Group>>::SCALAR_ORDER
}

fn scalar<S: Suite>(value: &Value) -> Scalar<S> {
    Scalar::<S>::from_bytes(&hex_of(value), order::<S>()).unwrap()
}

/// `{U, m1, ..}` as one string, in the order given.
fn joined(object: &Value, fields: &[&str]) -> Vec<u8> {
    fields.iter().flat_map(|field| hex_of(&object[field])).collect()
}

const KEY: [&str; 4] = ["x0", "x1", "x2", "xb"];
const PUBLIC: [&str; 3] = ["X0", "X1", "X2"];
const REQUEST: [&str; 3] = ["m1_enc", "m2_enc", "proof"];
const RESPONSE: [&str; 7] = ["U", "enc_U_prime", "X0_aux", "X1_aux", "X2_aux", "H_aux", "proof"];

/// The generator of both files of arc-crypto-01: SHAKE128 over a padded label and the seed, 48 bytes a scalar.
struct Drng(Vec<u8>);

impl Drng {
    fn new() -> Self {
        let mut xof = Shake128::domain(b"sigma-proofs/TestDRNG/SHAKE128");
        let mut seed = b"test vector seed".to_vec();
        seed.resize(32, 0);
        xof.absorb(&seed);
        Self(xof.squeeze::<{ 48 * 200 }>().to_vec())
    }

    fn take(&mut self) -> Vec<u8> {
        self.0.drain(..48).collect()
    }

    fn nonces<S: Suite>(&mut self, count: usize) -> Coins<Scalar<S>> {
        Coins::from_nonces((0..count).map(|_| Scalar::<S>::reduce(&self.take(), ByteOrder::Big)).collect())
    }
}

/// The draft's program draws its own scalars modulo the order less one.
fn modulo_order_less_one<S: Suite>(bytes: &[u8]) -> Scalar<S> {
    let minus_one = -Scalar::<S>::ONE;
    let modulus = minus_one.to_bytes(ByteOrder::Big);
    // Long division, bit by bit, of integers in base 256.
    let mut rest = vec![0u8; modulus.as_ref().len() + 1];
    let modulus = [&[0], modulus.as_ref()].concat();
    for bit in bytes.iter().flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1)) {
        let mut carry = bit;
        rest.iter_mut().rev().for_each(|digit| (carry, *digit) = (*digit >> 7, *digit << 1 | carry));
        if rest >= modulus {
            let mut borrow = 0i16;
            for (digit, m) in rest.iter_mut().zip(&modulus).rev() {
                let difference = i16::from(*digit) - i16::from(*m) - borrow;
                borrow = i16::from(difference < 0);
                *digit = difference as u8;
            }
        }
    }
    Scalar::<S>::from_bytes(&rest[1..], ByteOrder::Big).unwrap()
}

/// A file of arc-crypto-01, all of it from the seed.
fn reproduce<S: Arc01>(file: &Value, draw: fn(&[u8]) -> Scalar<S>) {
    let mut drng = Drng::new();
    let key: Vec<u8> = (0..4).flat_map(|_| draw(&drng.take()).to_bytes(order::<S>()).as_ref().to_vec()).collect();
    assert_eq!(key, joined(&file["ServerKey"], &KEY));
    let key = SecretKey::<S>::from_scalar_bytes(&key).unwrap();
    assert_eq!(key.public_key().to_bytes(), joined(&file["ServerKey"], &PUBLIC));

    let published = &file["CredentialRequest"];
    let [m1, r1, r2] = [(); 3].map(|()| draw(&drng.take()));
    assert_eq!([m1, r1, r2], ["m1", "r1", "r2"].map(|field| scalar::<S>(&published[field])));
    let context = hex_of(&published["request_context"]);
    let coins = RequestCoins { m1, r1, r2, proof: drng.nonces::<S>(4) };
    let (state, request) = PreIssuance::<S>::request_with_coins(RequestContext::new(&context), coins).unwrap();
    assert_eq!(request.to_bytes(), joined(published, &REQUEST));
    let request = CredentialRequest::from_bytes(&joined(published, &REQUEST)).unwrap();
    let saved = state.into_bytes();
    assert_eq!(saved[3..131], joined(published, &["m1", "m2", "r1", "r2"]));
    let state = PreIssuance::<S>::from_bytes(&saved).unwrap();

    let published = &file["CredentialResponse"];
    let b = draw(&drng.take());
    assert_eq!(b, scalar::<S>(&published["b"]));
    let coins = ResponseCoins { b, proof: drng.nonces::<S>(7) };
    let response = key.issue_with_coins(&request, coins).unwrap();
    assert_eq!(response.to_bytes(), joined(published, &RESPONSE));
    let mut credential = state.finish(key.public_key(), &response).unwrap();

    let limit = Limit::new(2).unwrap();
    let presentation_context =
        PresentationContext::new(&hex_of(&file["Presentation1"]["presentation_context"])).unwrap();
    let mut next = ContextState::Open(credential.open(presentation_context, limit).unwrap());
    for (i, published) in [&file["Presentation1"], &file["Presentation2"]].into_iter().enumerate() {
        assert_eq!(number(&published["nonce"]), i as u64);
        let ContextState::Open(state) = next else { panic!("the limit is 2") };
        let [a, r, z, nonce_blinding] = [(); 4].map(|()| draw(&drng.take()));
        let named = ["a", "r", "z", "nonce_blinding"].map(|field| scalar::<S>(&published[field]));
        assert_eq!([a, r, z, nonce_blinding], named);
        let coins = PresentationCoins { a, r, z, nonce_blinding, s: vec![], proof: drng.nonces::<S>(8) };
        let (presentation, after) = state.present_with_coins(coins).unwrap().into_parts();
        let fields = ["U", "U_prime_commit", "m1_commit", "tag", "nonce_commit", "proof"];
        assert_eq!(presentation.to_bytes(), joined(published, &fields));
        assert_eq!(hex_of(&published["D_0"]), hex_of(&published["nonce_commit"]));
        let presentation = Presentation::from_bytes(limit, &presentation.to_bytes()).unwrap();
        let request = RequestContext::new(&context);
        let verified = key.verify(&request, &presentation_context, limit, presentation).unwrap();
        assert_eq!(verified.tag().as_bytes(), hex_of(&published["tag"]));
        next = after;
    }
    assert!(matches!(next, ContextState::Closed(_)));
    let saved = credential.into_bytes();
    assert_eq!(saved[19..19 + 98], joined(&file["Credential"], &["m1", "U", "U_prime"]));
    assert_eq!(hex_of(&file["Credential"]["X1"]), hex_of(&file["ServerKey"]["X1"]));
}

#[test]
fn arc_crypto_01_of_the_draft() {
    let Some(file) = published("crypto-01-draft/allVectors.json") else { return };
    reproduce::<P256Draft01>(&file["ARCV1-P256"], modulo_order_less_one::<P256Draft01>);
}

#[test]
fn arc_crypto_01_as_deployed() {
    let Some(file) = published("crypto-01-cloudflare/arc_v01.json") else { return };
    reproduce::<P256>(&file["ARCV1-P256"], |bytes| Scalar::<P256>::reduce(bytes, ByteOrder::Big));
}

/// Limits 2 and 3, both suites, from the same seed.
#[test]
fn arc_crypto_01_derived() {
    let Some(file) = published("derived/arc-crypto-01_F2_limits-2-3.json") else { return };
    for case in file.as_array().unwrap() {
        match case["suite"].as_str().unwrap() {
            "ARCV1-P256" => derived::<P256>(case),
            "ARCV1-Ristretto255" => derived::<Ristretto255>(case),
            other => panic!("{other}"),
        }
    }
}

fn derived<S: Arc01>(case: &Value) {
    let mut drng = Drng::new();
    let reduce = |bytes: Vec<u8>| Scalar::<S>::reduce(&bytes, ByteOrder::Big);
    let key: Vec<u8> = (0..4).flat_map(|_| reduce(drng.take()).to_bytes(order::<S>()).as_ref().to_vec()).collect();
    assert_eq!(key, hex_of(&case["secretKey"]));
    let key = SecretKey::<S>::from_scalar_bytes(&key).unwrap();
    assert_eq!(key.public_key().to_bytes(), hex_of(&case["publicKey"]));
    let context = RequestContext::<S>::new(&hex_of(&case["request_context"]));
    let [m1, r1, r2] = [(); 3].map(|()| reduce(drng.take()));
    let coins = RequestCoins { m1, r1, r2, proof: drng.nonces::<S>(4) };
    let (state, request) = PreIssuance::request_with_coins(context, coins).unwrap();
    assert_eq!(request.to_bytes(), hex_of(&case["request"]));
    let b = reduce(drng.take());
    let response = key.issue_with_coins(&request, ResponseCoins { b, proof: drng.nonces::<S>(7) }).unwrap();
    assert_eq!(response.to_bytes(), hex_of(&case["response"]));
    let mut credential = state.finish(key.public_key(), &response).unwrap();

    let limit = Limit::new(case["presentationLimit"].as_u64().unwrap()).unwrap();
    let presentation_context = PresentationContext::new(&hex_of(&case["presentation_context"])).unwrap();
    let mut next = ContextState::Open(credential.open(presentation_context, limit).unwrap());
    for published in case["presentations"].as_array().unwrap() {
        let ContextState::Open(state) = next else { panic!("more presentations than the limit") };
        let [a, r, z, nonce_blinding] = [(); 4].map(|()| reduce(drng.take()));
        let s = (1..limit.bits()).map(|_| reduce(drng.take())).collect();
        let proof = drng.nonces::<S>(5 + 3 * limit.bits());
        let coins = PresentationCoins { a, r, z, nonce_blinding, s, proof };
        let (presentation, after) = state.present_with_coins(coins).unwrap().into_parts();
        assert_eq!(hex::encode(presentation.to_bytes()), published.as_str().unwrap());
        let _ = key.verify(&context, &presentation_context, limit, presentation).unwrap();
        next = after;
    }
    let case = hex_of(&case["credential"]);
    let element = S::Group::ELEMENT_LEN;
    let saved = credential.into_bytes();
    let (m1, points) = saved[19..].split_at(32);
    assert_eq!(case, [&points[..2 * element], m1, key.public_key().to_bytes()[element..2 * element].as_ref()].concat());
}

/// The four files of the older draft on P-256. Two of them name the proofs' blindings.
#[test]
fn older_draft_on_p256() {
    for (file, blindings) in [
        ("crypto-00/allVectors.json", true),
        ("yun-crypto-arc-00/allVectors.json", true),
        ("circl/draft_v01.json", true),
        ("yun-cfrg-arc-01/allVectors.json", false),
        ("swift-crypto/arc_v1_p256.json", false),
    ] {
        let Some(file) = published(file) else { return };
        older(file.get("ARCV1-P256").unwrap_or(&file), blindings);
    }
}

fn older(file: &Value, blindings: bool) {
    type S = v1::P256;
    let nonces = |object: &Value, count: usize| {
        let listed = |i| object.get("Blindings").map_or_else(|| &object[format!("Blinding_{i}")], |list| &list[i]);
        let nonce = |i| if blindings { scalar::<S>(listed(i)) } else { Scalar::<S>::random(&mut rand::rng()) };
        Coins::from_nonces((0..count).map(nonce).collect())
    };
    // All bytes, or those before the proof.
    let same = |ours: &[u8], theirs: &[u8], proof: usize| {
        let len = if blindings { theirs.len() } else { theirs.len() - proof };
        assert_eq!(ours[..len], theirs[..len]);
    };
    let key = SecretKey::<S>::from_scalar_bytes(&joined(&file["ServerKey"], &KEY)).unwrap();
    assert_eq!(key.public_key().to_bytes(), joined(&file["ServerKey"], &PUBLIC));

    let published = &file["CredentialRequest"];
    let context = RequestContext::<S>::new(&hex_of(&published["request_context"]));
    let [m1, r1, r2] = ["m1", "r1", "r2"].map(|field| scalar::<S>(&published[field]));
    let coins = RequestCoins { m1, r1, r2, proof: nonces(published, 4) };
    let (state, ours) = PreIssuance::request_with_coins(context, coins).unwrap();
    same(&ours.to_bytes(), &joined(published, &REQUEST), 160);
    let request = CredentialRequest::from_bytes(&joined(published, &REQUEST)).unwrap();

    let published = &file["CredentialResponse"];
    let coins = ResponseCoins { b: scalar::<S>(&published["b"]), proof: nonces(published, 7) };
    let ours = key.issue_with_coins(&request, coins).unwrap();
    same(&ours.to_bytes(), &joined(published, &RESPONSE), 256);
    let response = CredentialResponse::from_bytes(&joined(published, &RESPONSE)).unwrap();
    let mut credential = state.finish(key.public_key(), &response).unwrap();

    let shown = match file.get("Presentation") {
        Some(list) => list.as_array().unwrap().iter().collect(),
        None => vec![&file["Presentation1"], &file["Presentation2"]],
    };
    let limit = Limit::new(2).unwrap();
    let presentation_context = PresentationContext::new(&hex_of(&shown[0]["presentation_context"])).unwrap();
    let mut state = Some(v1::PresentationState::open(&mut credential, presentation_context, limit).unwrap());
    for published in shown {
        let [a, r, z] = ["a", "r", "z"].map(|field| scalar::<S>(&published[field]));
        let nonce = number(&published["nonce"]) as u32;
        let coins = v1::PresentationCoins { nonce, a, r, z, proof: nonces(published, 4) };
        let (ours, after) = state.take().unwrap().present_with_coins(coins).unwrap();
        let theirs = joined(published, &["U", "U_prime_commit", "m1_commit", "tag", "proof"]);
        same(&ours.to_bytes(), &theirs, 160);
        let theirs = v1::Presentation::from_bytes(nonce, &theirs).unwrap();
        let verified = theirs.verify(&key, &context, &presentation_context, limit).unwrap();
        assert_eq!(verified.tag().as_bytes(), hex_of(&published["tag"]));
        state = after;
    }
    assert!(state.is_none());
}

/// Runs with another implementation's randomness, on both suites.
#[test]
fn older_draft_derived() {
    let Some(file) = published("derived/arc-v1_P256_and_Ristretto255.json") else { return };
    older_derived::<v1::P256>(&file["ARCV1-P256"]);
    older_derived::<v1::Ristretto255>(&file["ARCV1-Ristretto255"]);
}

fn older_derived<S: v1::V1>(case: &Value) {
    let key = SecretKey::<S>::from_scalar_bytes(&hex_of(&case["privateKey"])).unwrap();
    assert_eq!(key.public_key().to_bytes(), hex_of(&case["publicKey"]));
    let context = RequestContext::<S>::new(&hex_of(&case["request_context"]));
    let request = CredentialRequest::<S>::from_bytes(&hex_of(&case["request"])).unwrap();
    let _ = key.issue(&request, &mut rand::rng()).unwrap();

    // The finalizer is m1 | m2 | r1 | r2; the elements of the request complete the state.
    let element = S::Group::ELEMENT_LEN;
    let mut state = PreIssuance::<S>::request(context, &mut rand::rng()).unwrap().0.into_bytes().to_vec();
    state[3..131].copy_from_slice(&hex_of(&case["finalizer"]));
    state[131..].copy_from_slice(&request.to_bytes()[..2 * element]);
    let state = PreIssuance::<S>::from_bytes(&state).unwrap();
    let response = CredentialResponse::from_bytes(&hex_of(&case["response"])).unwrap();
    let credential = state.finish(key.public_key(), &response).unwrap();
    let saved = credential.into_bytes();
    assert_eq!(saved[19..], hex_of(&case["credential"])[..32 + 2 * element]);

    let limit = Limit::new(case["presentationLimit"].as_u64().unwrap()).unwrap();
    let presentation_context = PresentationContext::<S>::new(&hex_of(&case["presentation_context"])).unwrap();
    assert_eq!(presentation_context.as_bytes(), hex_of(&case["generatorT"]));
    for published in case["presentations"].as_array().unwrap() {
        let nonce = published["nonce"].as_u64().unwrap() as u32;
        let bytes = hex_of(&published["presentation"]);
        assert_eq!(bytes.len(), v1::Presentation::<S>::LEN);
        let presentation = v1::Presentation::<S>::from_bytes(nonce, &bytes).unwrap();
        let _ = presentation.verify(&key, &context, &presentation_context, limit).unwrap();
    }
}
