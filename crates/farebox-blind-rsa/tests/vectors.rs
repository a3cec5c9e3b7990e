//! The published vectors of RFC 9474 and those of RFC 9578 for tokens of type 2, byte for byte, with both backends where there
//! are two.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod common;

use farebox_blind_rsa::{
    Backend, BlindCoins, Factor, PreparedMessage, PssDeterministic, PssRandomized, PssZeroDeterministic,
    PssZeroRandomized, PublicKey, SecretKey, Signer, Variant,
};
use serde_json::Value;

fn hex_of(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap().trim_start_matches("0x")).unwrap()
}

fn file(name: &str) -> Option<Value> {
    let path = common::published()?.join(name);
    Some(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
}

fn backends() -> Vec<Backend> {
    let mut all = vec![Backend::PureRust];
    all.extend(Some(Backend::default()).filter(|backend| *backend != Backend::PureRust));
    all
}

/// All fields of one case of RFC 9474.
fn rfc9474<V: Variant>(case: &Value, prepared: &str) {
    let numbers = ["p", "q", "e"].map(|name| hex_of(&case[name]));
    let [p, q, e] = numbers.each_ref().map(Vec::as_slice);
    let secret = || SecretKey::<V>::from_primes(p, q, e).unwrap();
    let public = secret().public_key().clone();
    assert_eq!(public.modulus(), hex_of(&case["n"]));

    let prefix = hex_of(&case["msg_prefix"]);
    let message = PreparedMessage::prepare_with_prefix(&hex_of(&case["msg"]), &prefix).unwrap();
    assert_eq!(message.as_bytes(), hex_of(&case[prepared]));
    assert_eq!(message.message(), hex_of(&case["msg"]));

    let coins = BlindCoins { salt: hex_of(&case["salt"]), factor: Factor::Inverse(hex_of(&case["inv"])) };
    let (state, blinded) = public.blind_with_coins(&message, coins).unwrap();
    assert_eq!(blinded, hex_of(&case["blinded_msg"]));
    for backend in backends() {
        let mut signer = Signer::with_backend(secret(), backend);
        assert_eq!(signer.backend(), backend);
        assert_eq!(signer.blind_sign(&blinded, &mut rand::rng()).unwrap(), hex_of(&case["blind_sig"]));
    }
    let signature = state.finalize(&public, &hex_of(&case["blind_sig"])).unwrap();
    assert_eq!(signature, hex_of(&case["sig"]));
    public.verify(&message, &signature).unwrap();
}

fn by_name(case: &Value, prepared: &str) {
    match case["name"].as_str().unwrap() {
        PssRandomized::NAME => rfc9474::<PssRandomized>(case, prepared),
        PssZeroRandomized::NAME => rfc9474::<PssZeroRandomized>(case, prepared),
        PssDeterministic::NAME => rfc9474::<PssDeterministic>(case, prepared),
        PssZeroDeterministic::NAME => rfc9474::<PssZeroDeterministic>(case, prepared),
        other => unreachable!("{other}"),
    }
}

#[test]
fn rfc_9474_appendix_a() {
    let Some(file) = file("blind-rsa/rfc9474-appendix-a.json") else { return };
    assert_eq!(file.as_array().unwrap().len(), 4);
    file.as_array().unwrap().iter().for_each(|case| by_name(case, "prepared_msg"));
}

#[test]
fn rfc_9474_of_the_rust_crate() {
    let Some(file) = file("blind-rsa/jedisct1-test_vectors_rfc9474.json") else { return };
    assert_eq!(file.as_array().unwrap().len(), 4);
    file.as_array().unwrap().iter().for_each(|case| by_name(case, "input_msg"));
}

/// The body of a PEM file.
fn pem(text: &[u8]) -> Vec<u8> {
    let digits = text.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"-----")).flatten();
    let (mut out, mut buffer, mut bits) = (Vec::new(), 0u32, 0);
    for digit in digits.filter(|byte| **byte != b'=') {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let value = alphabet.iter().position(|known| known == digit).unwrap();
        (buffer, bits) = (buffer << 6 | value as u32, bits + 6);
        if bits >= 8 {
            bits -= 8;
            out.push((buffer >> bits) as u8);
        }
    }
    out
}

/// Bytes of a token before its signature: type, nonce, challenge digest, key id.
const TOKEN_INPUT: usize = 98;

fn type_2(case: &Value, names: [&str; 2]) {
    type Key = SecretKey<PssDeterministic>;
    let [sk, pk] = names.map(|name| hex_of(&case[name]));
    let secret = Key::from_pkcs8(&pem(&sk)).unwrap();
    // The template is the published key, byte for byte, and reading keeps it.
    assert_eq!((secret.public_key().as_spki(), pk.len()), (pk.as_slice(), 342));
    let public = PublicKey::<PssDeterministic>::from_spki(&pk).unwrap();
    assert_eq!(public.as_spki(), pk);

    let token = hex_of(&case["token"]);
    let (input, signature) = token.split_at(TOKEN_INPUT);
    assert_eq!(input[66..], public.id(), "token_key_id");
    let message = PreparedMessage::from_bytes(input).unwrap();
    let coins = BlindCoins { salt: hex_of(&case["salt"]), factor: Factor::R(hex_of(&case["blind"])) };
    let (state, blinded) = public.blind_with_coins(&message, coins).unwrap();
    let request = [&[0, 2, public.id()[31]], blinded.as_slice()].concat();
    assert_eq!(request, hex_of(&case["token_request"]));
    let mut signer = Signer::new(secret);
    let response = signer.blind_sign(&blinded, &mut rand::rng()).unwrap();
    assert_eq!(response, hex_of(&case["token_response"]));
    assert_eq!(state.finalize(&public, &response).unwrap(), signature);
    public.verify(&message, signature).unwrap();
}

#[test]
fn rfc_9578_type_2() {
    let Some(file) = file("privacypass/rfc9578-type2-blind-rsa.json") else { return };
    assert_eq!(file.as_array().unwrap().len(), 5);
    file.as_array().unwrap().iter().for_each(|case| type_2(case, ["skS", "pkS"]));
}

#[test]
fn type_2_of_other_implementations() {
    for (name, names) in [("public_go", ["skS", "pkS"]), ("public_rs", ["sk_s", "pk_s"])] {
        let Some(file) = file(&format!("privacypass/interop-kats/{name}.json")) else { return };
        file.as_array().unwrap().iter().for_each(|case| type_2(case, names));
    }
}

/// The two older vectors of the draft: one has 2048 bits.
#[test]
fn draft_repository() {
    let Some(file) = file("blind-rsa/draft-repo-two-unnamed-vectors.json") else { return };
    for case in file.as_array().unwrap() {
        let mut case = case.clone();
        let salted = !case["salt"].as_str().unwrap().is_empty();
        case["msg_prefix"] = "".into();
        if salted { rfc9474::<PssDeterministic>(&case, "msg") } else { rfc9474::<PssZeroDeterministic>(&case, "msg") }
    }
}
