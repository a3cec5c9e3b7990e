//! The published files, as far as bytes go: every structure is read, means what the file says, and is written again byte for
//! byte. Signatures, evaluations and proofs are for the layers above.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::path::{Path, PathBuf};

use privacypass_wire::http::{Reading, WwwAuthenticate};
use privacypass_wire::{
    AmortizedBatchTokenRequest, AmortizedBatchTokenResponse, Any, ChallengeDigest, GenericBatchTokenRequest,
    GenericBatchTokenResponse, KeyId, Limits, SingleUseToken, Token, TokenChallenge, TokenRequest, TokenResponse,
    TokenType,
};
use serde_json::Value;

const LIMITS: &Limits = &Limits::DEFAULT;

/// The files' folder; without it there is nothing to compare with, and a line says so.
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let found = folder.is_dir();
    if !found {
        println!("no folder ../shared/vectors: published files are not compared");
    }
    found.then_some(folder)
}

fn records(file: &str) -> Vec<Value> {
    let Some(folder) = folder() else { return Vec::new() };
    let value: Value = serde_json::from_str(&std::fs::read_to_string(folder.join(file)).unwrap()).unwrap();
    match value {
        Value::Array(records) => records,
        record => vec![record],
    }
}

/// A field by one of its names: makers of files spell them differently.
fn field<'a>(record: &'a Value, names: &[&str]) -> &'a Value {
    names.iter().find_map(|name| record.get(name)).unwrap_or_else(|| panic!("none of {names:?}"))
}

fn bytes(record: &Value, names: &[&str]) -> Vec<u8> {
    hex::decode(field(record, names).as_str().unwrap()).unwrap()
}

fn array(record: &Value, name: &str) -> [u8; 32] {
    bytes(record, &[name]).try_into().unwrap()
}

fn code(text: &str) -> TokenType {
    TokenType::new(u16::from_str_radix(text.trim_start_matches("0x"), 16).unwrap())
}

#[test]
fn token_structures() {
    for file in [
        "privacypass/rfc9577-token-structures.json",
        "privacypass/interop-kats/pat-go-token-test-vectors.json",
        "privacypass/interop-kats/ts-auth_scheme_token_v14.json",
    ] {
        for record in records(file) {
            let input = bytes(&record, &["token_authenticator_input"]);
            let token_type = code(record["token_type"].as_str().unwrap());
            if token_type.is_grease() {
                let token = Any::<Token>::from_bytes(&input, LIMITS).unwrap();
                assert!(matches!(token, Any::Unknown(_)) && token.to_bytes() == input);
                continue;
            }
            let text = |name: &str| String::from_utf8(bytes(&record, &[name])).unwrap();
            let builder = TokenChallenge::builder(token_type, &text("issuer_name")).origin_info(&text("origin_info"));
            let challenge = match bytes(&record, &["redemption_context"]).try_into() {
                Ok(context) => builder.redemption_context(context),
                Err(_) => builder,
            };
            let token = privacypass_wire::AuthenticatorInput {
                token_type,
                nonce: array(&record, "nonce"),
                challenge_digest: challenge.build().unwrap().digest(),
                key_id: KeyId::new(array(&record, "token_key_id")),
            };
            assert_eq!(token.to_bytes().to_vec(), input);
        }
    }
}

#[test]
fn headers() {
    for (file, reading) in [
        ("privacypass/rfc9577-www-authenticate.json", Reading::Strict),
        ("privacypass/interop-kats/ts-auth_scheme_header_v14.json", Reading::Strict),
        ("privacypass/interop-kats/ts-auth_scheme_header_complicated.json", Reading::Lenient),
    ] {
        for record in records(file) {
            let header = record["WWW-Authenticate"].as_str().unwrap();
            let parsed = WwwAuthenticate::parse([header], reading, LIMITS).unwrap();
            assert_eq!(parsed.refused, []);
            let count = record.as_object().unwrap().keys().filter(|key| key.starts_with("token-type-")).count();
            assert_eq!(parsed.challenges.len(), count);
            for (i, challenge) in parsed.challenges.iter().enumerate() {
                let name = |field: &str| format!("{field}-{i}");
                assert_eq!(challenge.challenge, bytes(&record, &[&name("token-challenge")]));
                assert_eq!(challenge.token_key, Some(bytes(&record, &[&name("token-key")])));
                let max_age = record.get(name("max-age")).map(|age| match age {
                    Value::String(text) => text.parse().unwrap(),
                    number => number.as_u64().unwrap(),
                });
                assert_eq!(challenge.max_age, max_age);
                let token_type = match &record[name("token-type")] {
                    Value::String(text) => code(text),
                    number => TokenType::new(number.as_u64().unwrap() as u16),
                };
                let decoded = challenge.decode().unwrap();
                assert_eq!(decoded.token_type(), token_type);
                assert_eq!(decoded.to_bytes(), challenge.challenge);
                assert_eq!(matches!(decoded, Any::Unknown(_)), token_type.is_grease());
            }
            // Written in our own way and read again, they are the same.
            let ours = WwwAuthenticate::to_header_value(&parsed.challenges, Default::default()).unwrap();
            let again = WwwAuthenticate::parse([ours], Reading::Strict, LIMITS).unwrap();
            assert_eq!(again.challenges, parsed.challenges);
        }
    }
}

/// Challenge, key, nonce and token of one record hang together.
fn check_token(record: &Value, nonce: &[u8], token: &[u8]) {
    let challenge = bytes(record, &["token_challenge"]);
    let parsed = TokenChallenge::from_bytes(&challenge).unwrap();
    let parsed_token = SingleUseToken::from_bytes(token).unwrap();
    assert_eq!(parsed_token.to_bytes(), token);
    let input = parsed_token.input();
    assert_eq!(input.token_type, parsed.token_type());
    assert_eq!(input.nonce, nonce);
    assert_eq!(input.challenge_digest, parsed.digest());
    assert_eq!(input.challenge_digest, ChallengeDigest::of_challenge(&challenge));
    assert_eq!(input.key_id, key_id(record));
}

fn key_id(record: &Value) -> KeyId {
    KeyId::of_public_key(&bytes(record, &["pkS", "pk_s"]))
}

#[test]
fn single_issuance() {
    for file in [
        "privacypass/rfc9578-type1-voprf-p384.json",
        "privacypass/rfc9578-type2-blind-rsa.json",
        "batched/draft07-type5-single-ristretto255.json",
        "privacypass/interop-kats/pat-go-type1-issuance-test-vectors.json",
        "privacypass/interop-kats/pat-go-type2-issuance-test-vectors.json",
        "privacypass/interop-kats/pat-go-type5-issuance-test-vectors.json",
        "privacypass/interop-kats/private_p384_go.json",
        "privacypass/interop-kats/private_p384_rs.json",
        "privacypass/interop-kats/private_ristretto255_go.json",
        "privacypass/interop-kats/private_ristretto255_rs.json",
        "privacypass/interop-kats/public_go.json",
        "privacypass/interop-kats/public_rs.json",
    ] {
        for record in records(file) {
            let request = bytes(&record, &["token_request"]);
            let parsed = TokenRequest::from_bytes(&request).unwrap();
            assert_eq!(parsed.to_bytes(), request, "{file}");
            assert_eq!(parsed.truncated_key_id(), key_id(&record).truncated(), "{file}");
            let response = bytes(&record, &["token_response"]);
            let parsed = TokenResponse::from_bytes(parsed.token_type(), &response).unwrap();
            assert_eq!(parsed.to_bytes(), response, "{file}");
            assert_eq!([parsed.evaluated(), parsed.proof()].concat(), response, "{file}");
            check_token(&record, &bytes(&record, &["nonce"]), &bytes(&record, &["token"]));
        }
    }
}

#[test]
fn amortized_batches() {
    for file in [
        "batched/draft07-type1-amortized-p384.json",
        "batched/draft07-type5-amortized-ristretto255.json",
        "batched/interop-kats/amortized_p384_go.json",
        "batched/interop-kats/amortized_p384_rs.json",
        "batched/interop-kats/amortized_ristretto255_go.json",
        "batched/interop-kats/amortized_ristretto255_rs.json",
        "batched/interop-kats/pat-go-type1-issuance-test-vectors.json",
        "batched/interop-kats/pat-go-type5-issuance-test-vectors.json",
    ] {
        for record in records(file) {
            let list = |name: &str| -> Vec<Vec<u8>> {
                record[name].as_array().unwrap().iter().map(|hex| hex::decode(hex.as_str().unwrap()).unwrap()).collect()
            };
            let (nonces, tokens) = (list("nonces"), list("tokens"));
            let request = bytes(&record, &["token_request"]);
            let parsed = AmortizedBatchTokenRequest::from_bytes(&request, LIMITS).unwrap();
            assert_eq!(parsed.to_bytes(), request, "{file}");
            assert_eq!((parsed.count(), parsed.blinded_messages().count()), (nonces.len(), nonces.len()), "{file}");
            assert_eq!(parsed.truncated_key_id(), key_id(&record).truncated(), "{file}");
            let response = bytes(&record, &["token_response"]);
            let parsed = AmortizedBatchTokenResponse::from_bytes(parsed.token_type(), &response, LIMITS).unwrap();
            assert_eq!(parsed.to_bytes(), response, "{file}");
            assert_eq!(parsed.count(), nonces.len(), "{file}");
            assert_eq!(tokens.len(), nonces.len(), "{file}");
            nonces.iter().zip(&tokens).for_each(|(nonce, token)| check_token(&record, nonce, token));
        }
    }
}

#[test]
fn generic_batches() {
    for file in [
        "batched/draft07-generic-batch.json",
        "batched/interop-kats/generic_go.json",
        "batched/interop-kats/generic_rs.json",
        "batched/interop-kats/pat-go-batched-issuance-test-vectors.json",
        "batched/interop-kats/ts-generic_batched_tokens_v6_go.json",
        "batched/interop-kats/ts-generic_batched_tokens_v6_rs.json",
    ] {
        for record in records(file) {
            let issuance = record["issuance"].as_array().unwrap();
            let bytes_of = |name: &str| bytes(&record, &[name]);
            let request = GenericBatchTokenRequest::from_bytes(&bytes_of("token_request"), LIMITS).unwrap();
            assert_eq!(request.to_bytes(), bytes_of("token_request"), "{file}");
            let response = GenericBatchTokenResponse::from_bytes(&bytes_of("token_response"), LIMITS).unwrap();
            assert_eq!(response.to_bytes(), bytes_of("token_response"), "{file}");
            assert!(response.answers(&request) && response.status() == 200, "{file}");
            assert_eq!(request.requests.len(), issuance.len(), "{file}");
            for (request, record) in request.requests.iter().zip(issuance) {
                assert_eq!(request.token_type(), code(field(record, &["type", "token_type"]).as_str().unwrap()));
                assert_eq!(request.truncated_key_id(), key_id(record).truncated(), "{file}");
                check_token(record, &bytes(record, &["nonce"]), &bytes(record, &["token"]));
            }
        }
    }
}

/// This file has an older form: a length of two bytes before each request, and no type before a response. It must not be read as
/// the form of draft -07.
#[test]
fn an_older_generic_batch_is_refused() {
    for record in records("batched/interop-kats/generic_ts.json") {
        assert!(GenericBatchTokenRequest::from_bytes(&bytes(&record, &["token_request"]), LIMITS).is_err());
        assert!(GenericBatchTokenResponse::from_bytes(&bytes(&record, &["token_response"]), LIMITS).is_err());
    }
}

#[test]
fn act_binding() {
    for record in records("act/privacypass_binding_kat.json") {
        let text = |name: &str| record[name].as_str().unwrap();
        let key = KeyId::of_public_key(&bytes(&record, &["public_key"]));
        assert_eq!(key.as_bytes(), &array(&record, "issuer_key_id"));
        assert_eq!([key.truncated()].to_vec(), bytes(&record, &["truncated_issuer_key_id"]));
        let builder = TokenChallenge::builder(TokenType::ACT, text("issuer_name"))
            .origin_info(text("origin_info"))
            .redemption_context(array(&record, "redemption_context"));
        let without = builder.clone().build().unwrap();
        let challenge = builder.credential_context(array(&record, "credential_context")).build().unwrap();
        assert_eq!(challenge.as_bytes(), bytes(&record, &["token_challenge"]));
        assert_eq!(challenge, TokenChallenge::from_bytes(challenge.as_bytes()).unwrap());
        assert_eq!(challenge.digest().as_bytes(), &array(&record, "challenge_digest"));
        assert_eq!(challenge.act_context_input(&key).unwrap(), bytes(&record, &["context_input"]));
        assert_eq!(without.act_context_input(&key).unwrap(), bytes(&record, &["context_input_empty_cc"]));
    }
}
