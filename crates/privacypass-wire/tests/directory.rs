//! Issuer directories: what is read, what is kept, what is refused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use privacypass_wire::directory::{ActParameters, IssuerDirectory, TokenKey};
use privacypass_wire::{Fault, KeyId, Limits, Malformed, TokenType};
use proptest::prelude::*;
use serde_json::{Value, json};

const LIMITS: &Limits = &Limits::DEFAULT;
const URL: &str = "https://issuer.example/.well-known/private-token-issuer-directory";

fn read(value: &Value) -> Result<IssuerDirectory, Malformed> {
    IssuerDirectory::from_json(value.to_string().as_bytes(), LIMITS)
}

fn honest() -> Value {
    json!({
        "issuer-request-uri": "/token-request",
        "token-keys": [
            { "token-type": 2, "token-key": "AAE=", "not-before": 1000, "note": [1, null] },
            { "token-type": 2, "token-key": "AAI" },
            { "token-type": 58797, "token-key": "AAME",
              "farebox-act": { "domain-separator": "ACT-v1:a:b:c:2026-01-01", "bit-length": 10, "initial-credits": 1023 } },
            { "token-type": 4402, "token-key": "BQ==" },
        ],
        "extra": { "a": 1 },
    })
}

#[test]
fn an_honest_directory() {
    let directory = read(&honest()).unwrap();
    assert_eq!(directory.request_uri, "/token-request");
    assert_eq!(directory.others["extra"], json!({ "a": 1 }));
    let keys = &directory.token_keys;
    assert_eq!(
        keys.iter().map(|key| key.public_key.clone()).collect::<Vec<_>>(),
        [&[0, 1][..], &[0, 2], &[0, 3, 4], &[5]]
    );
    assert_eq!(keys[0].others["note"], json!([1, null]));
    let act =
        ActParameters { domain_separator: "ACT-v1:a:b:c:2026-01-01".into(), bit_length: 10, initial_credits: 1023 };
    assert_eq!(keys[2].act, Some(act));
    assert_eq!(directory.request_url(URL).unwrap(), "https://issuer.example/token-request");
    // Written again, nothing is lost, and keys are padded.
    let text = directory.to_json();
    assert!(text.contains("\"AAI=\""));
    assert_eq!(IssuerDirectory::from_json(text.as_bytes(), LIMITS), Ok(directory));
}

#[test]
fn the_key_of_now() {
    let directory = read(&honest()).unwrap();
    let key = |token_type, now| directory.key_for(token_type, now).map(|key| key.public_key.clone());
    assert_eq!(key(TokenType::BLIND_RSA, 999), Some(vec![0, 2]));
    assert_eq!(key(TokenType::BLIND_RSA, 1000), Some(vec![0, 1]));
    assert_eq!(key(TokenType::ACT, 0), Some(vec![0, 3, 4]));
    assert_eq!(key(TokenType::ARC, 0), None);
    let id = KeyId::of_public_key(&[0, 1]);
    assert_eq!(directory.key_by_id(TokenType::BLIND_RSA, &id).unwrap().not_before, Some(1000));
    assert!(directory.key_by_id(TokenType::VOPRF_P384, &id).is_none());
}

fn refused(change: impl FnOnce(&mut Value), field: &'static str, fault: Fault) {
    let mut value = honest();
    change(&mut value);
    assert_eq!(read(&value), Err(Malformed { field, fault }));
}

#[test]
fn members_that_are_missing_or_of_another_kind() {
    for field in ["issuer-request-uri", "token-keys"] {
        refused(|value| drop(value.as_object_mut().unwrap().remove(field)), field, Fault::Missing);
        refused(|value| value[field] = json!(1), field, Fault::Kind);
    }
    for field in ["token-type", "token-key"] {
        let remove = |value: &mut Value| drop(value["token-keys"][0].as_object_mut().unwrap().remove(field));
        refused(remove, field, Fault::Missing);
        refused(|value| value["token-keys"][0][field] = json!([]), field, Fault::Kind);
    }
    for field in ["domain-separator", "bit-length", "initial-credits"] {
        let remove =
            |value: &mut Value| drop(value["token-keys"][2]["farebox-act"].as_object_mut().unwrap().remove(field));
        refused(remove, field, Fault::Missing);
        refused(|value| value["token-keys"][2]["farebox-act"][field] = json!(null), field, Fault::Kind);
    }
    refused(|value| *value = json!([]), "directory", Fault::Kind);
    refused(|value| value["token-keys"][1] = json!("AAAA"), "token-keys", Fault::Kind);
    refused(|value| value["token-keys"][2]["farebox-act"] = json!(3), "farebox-act", Fault::Kind);
    refused(|value| value["token-keys"][0]["not-before"] = json!("1000"), "not-before", Fault::Kind);
}

#[test]
fn values_out_of_range() {
    for number in [json!(65536), json!(-1), json!(1.5)] {
        refused(|value| value["token-keys"][0]["token-type"] = number, "token-type", Fault::Number);
    }
    for number in [json!(-1), json!(0.5), json!(1e30)] {
        refused(|value| value["token-keys"][0]["not-before"] = number, "not-before", Fault::Number);
    }
    refused(|value| value["token-keys"][0]["token-key"] = json!("A"), "token-key", Fault::Base64);
    refused(|value| value["token-keys"][0]["token-key"] = json!("A+=="), "token-key", Fault::Base64);
    refused(|value| value["token-keys"][0]["token-key"] = json!("AA="), "token-key", Fault::Padding);
    refused(|value| value["token-keys"][0]["token-key"] = json!(""), "token-key", Fault::Empty);
    for bits in [0, 65, 256] {
        refused(|value| value["token-keys"][2]["farebox-act"]["bit-length"] = json!(bits), "bit-length", Fault::Number);
    }
    let credits = |value: &mut Value| value["token-keys"][2]["farebox-act"]["initial-credits"] = json!(1024);
    refused(credits, "initial-credits", Fault::Number);
    let mut most = honest();
    most["token-keys"][2]["farebox-act"]["bit-length"] = json!(64);
    most["token-keys"][2]["farebox-act"]["initial-credits"] = json!(u64::MAX);
    assert!(read(&most).is_ok());
}

#[test]
fn not_json() {
    for text in ["", "{", "{\"a\":1,}", "nul", "{} {}", "\u{0}", &"[".repeat(10_000)] {
        let read = IssuerDirectory::from_json(text.as_bytes(), LIMITS);
        assert_eq!(read, Err(Malformed { field: "directory", fault: Fault::Json }), "{text:.20}");
    }
    assert!(IssuerDirectory::from_json(b"\"\xff\"", LIMITS).is_err());
}

#[test]
fn limits() {
    let text = honest().to_string();
    let with = |directory, keys| {
        IssuerDirectory::from_json(text.as_bytes(), &Limits { directory, keys, ..Limits::DEFAULT }).map(|_| ())
    };
    assert_eq!(with(text.len(), 4), Ok(()));
    let fault = Fault::Limit(text.len() - 1);
    assert_eq!(with(text.len() - 1, 4), Err(Malformed { field: "directory", fault }));
    assert_eq!(with(text.len(), 3), Err(Malformed { field: "token-keys", fault: Fault::Limit(3) }));
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        uri in "[ -~é]{0,20}",
        keys in prop::collection::vec((any::<u16>(), prop::collection::vec(any::<u8>(), 1..40), any::<Option<u64>>()), 0..5),
        act in any::<Option<u64>>(),
    ) {
        let keys = keys.into_iter().map(|(token_type, public_key, not_before)| {
            let act = act.map(|initial_credits| ActParameters {
                domain_separator: uri.clone(), bit_length: 64, initial_credits,
            });
            TokenKey { not_before, act, ..TokenKey::new(TokenType::new(token_type), &public_key) }
        });
        let mut directory = IssuerDirectory::new(&uri, keys.collect());
        directory.others.insert("issuer-name".into(), json!(uri));
        prop_assert_eq!(IssuerDirectory::from_json(directory.to_json().as_bytes(), LIMITS), Ok(directory));
    }

    #[test]
    fn any_text_returns(text in prop::collection::vec(any::<u8>(), 0..300), base in "[ -~]{0,30}", reference in ".{0,30}") {
        let _ = IssuerDirectory::from_json(&text, LIMITS);
        let directory = IssuerDirectory::new(&reference, Vec::new());
        if let Ok(url) = directory.request_url(&base) {
            // What comes out is absolute, and leads to itself.
            prop_assert_eq!(IssuerDirectory::new(&url, Vec::new()).request_url(URL), Ok(url));
        }
    }
}
