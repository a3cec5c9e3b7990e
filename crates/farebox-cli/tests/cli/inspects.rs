//! `farebox inspect` on the messages of the repository's vectors: what is accepted there decodes here, and nothing else does.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::common::{command, run, run_with};

fn vectors(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors").join(name);
    let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let groups = file["groups"].as_array().unwrap();
    groups.iter().flat_map(|group| group["cases"].as_array().unwrap().clone()).collect()
}

fn folder() -> PathBuf {
    std::env::temp_dir()
}

fn inspect(arguments: &[&str]) -> super::common::Run {
    run(&folder(), &[&["--json", "inspect"], arguments].concat())
}

/// The fields of a tree, by name.
fn field<'a>(tree: &'a Value, name: &str) -> Option<&'a Value> {
    if tree["name"] == name {
        return Some(tree);
    }
    tree["fields"].as_array()?.iter().find_map(|child| field(child, name))
}

/// The type that an answer is read with, if it can be said.
fn name(case: &Value) -> Option<&'static str> {
    match case["in"]["token_type"].as_str()? {
        "0001" => Some("voprf-p384"),
        "0002" => Some("blind-rsa"),
        "0005" => Some("voprf-ristretto255"),
        "e5ac" => Some("arc"),
        "e5ad" => Some("act"),
        _ => None,
    }
}

/// Cases of both verdicts of a file, as this kind.
fn as_kind(file: &str, kind: &str, hex: &str) {
    let cases = vectors(file);
    let mut told = (0, 0);
    for case in &cases {
        let Some(bytes) = case["in"][hex].as_str().filter(|bytes| !bytes.is_empty()) else { continue };
        // A type that is not known is shown where it is grease.
        let is_good = case["expect"] == "accept";
        // Both layouts of ACT's answer are shown here, and nobody asks for one.
        let is_older = case["comment"].as_str().is_some_and(|comment| comment.contains("asked for"));
        if is_older || (case["in"]["token_type"].is_string() && name(case).is_none()) {
            continue;
        }
        let count = if is_good { &mut told.0 } else { &mut told.1 };
        if *count == 12 {
            continue;
        }
        *count += 1;
        let mut arguments = vec!["--as", kind, bytes];
        arguments.extend(name(case).map(|name| ["--type", name]).into_iter().flatten());
        let found = inspect(&arguments);
        assert_eq!(found.code, if is_good { 0 } else { 4 }, "{file} {}: {found:?}", case["comment"]);
        if is_good {
            assert_eq!(found.json()["kind"], kind);
        }
    }
    assert!(told.0 > 0 && told.1 > 0, "{file}: {told:?}");
}

#[test]
fn requests() {
    as_kind("privacypass-wire/messages/token-request.json", "request", "bytes");
    as_kind("privacypass-wire/messages/amortized-request.json", "amortized-request", "bytes");
    as_kind("privacypass-wire/messages/generic-request.json", "generic-request", "bytes");
}

#[test]
fn tokens_and_challenges() {
    as_kind("privacypass-wire/messages/token.json", "token", "bytes");
    as_kind("privacypass-wire/messages/challenge.json", "challenge", "bytes");
}

/// The accepted messages of the schemes' own vectors.
#[test]
fn schemes() {
    let act = "draft-schlesinger-cfrg-act-02/ACT-ristretto255-SHAKE128";
    let arc = "draft-ietf-privacypass-arc-crypto-01/ARCV1-P256";
    for (file, at, kind) in [
        (format!("{act}/issue-request.json"), "request", "act-request"),
        (format!("{act}/issue-response.json"), "response", "act-response"),
        (format!("{act}/spend.json"), "spend", "act-spend"),
        (format!("{act}/refund.json"), "refund", "act-refund"),
        (format!("{arc}/request.json"), "request", "arc-request"),
        (format!("{arc}/response.json"), "response", "arc-response"),
        (format!("{arc}/present.json"), "presentation", "arc-presentation"),
    ] {
        let cases = vectors(&file);
        let messages: Vec<&str> = cases.iter().filter_map(|case| case["out"][at].as_str()).take(3).collect();
        assert!(!messages.is_empty(), "{file}");
        for message in messages {
            let found = inspect(&[message]).good().json();
            let also = found["also"].as_array().unwrap();
            // A response and a refund of ACT have one layout.
            assert!(found["kind"] == kind || also.iter().any(|other| other == kind), "{file}: {found}");
            inspect(&["--as", kind, message]).good();
            let cut = message.get(2..).unwrap();
            assert_eq!(inspect(&["--as", kind, cut]).code, 4, "{file}");
        }
    }
}

#[test]
fn headers_of_the_vectors() {
    for (file, kind) in
        [("authorization", "authorization"), ("reverse", "reverse"), ("www-authenticate", "www-authenticate")]
    {
        let mut told = 0;
        for case in vectors(&format!("privacypass-wire/http/{file}.json")) {
            let field = case["in"]["field"].as_str().or(case["in"]["field_0"].as_str());
            // One field at a time.
            let is_one = case["expect"] == "accept" && case["in"]["field_1"].is_null();
            let (Some(field), true) = (field, is_one) else { continue };
            let named = if kind == "reverse" { format!("PrivacyPass-Reverse: {field}") } else { field.to_owned() };
            let found = inspect(&["--as", kind, &named]);
            // A field can be accepted and hold nothing of the scheme.
            let is_ours = field.to_ascii_lowercase().contains("privatetoken") || kind == "reverse";
            assert!(found.code == 0 || !is_ours || case["out"]["challenge_0"].is_null(), "{field}: {found:?}");
            told += u32::from(found.code == 0);
        }
        assert!(told > 2, "{file}: {told}");
    }
}

#[test]
fn answers() {
    as_kind("privacypass-wire/messages/token-response.json", "response", "bytes");
    as_kind("privacypass-wire/messages/amortized-response.json", "amortized-response", "bytes");
    as_kind("privacypass-wire/messages/generic-response.json", "generic-response", "bytes");
    as_kind("privacypass-wire/messages/refund.json", "refund", "bytes");
}

#[test]
fn a_guess_finds_the_kind_of_every_message() {
    for (file, kind) in
        [("token-request", "request"), ("challenge", "challenge"), ("amortized-request", "amortized-request")]
    {
        let cases = vectors(&format!("privacypass-wire/messages/{file}.json"));
        let good = cases.iter().filter(|case| case["expect"] == "accept").take(3);
        for bytes in good.filter_map(|case| case["in"]["bytes"].as_str()) {
            let found = inspect(&[bytes]);
            if found.code == 0 {
                assert_eq!(
                    (found.json()["kind"].as_str(), found.json()["guessed"].as_bool()),
                    (Some(kind), Some(true))
                );
            }
        }
    }
}

#[test]
fn hex_base64url_files_and_standard_input_are_one() {
    let place = tempfile::tempdir().unwrap();
    // A VOPRF(ristretto255) request.
    let hex = format!("0005aa{}", "17".repeat(32));
    let expected = inspect(&[&hex]).good().json()["message"].clone();
    assert_eq!(field(&expected, "blinded_msg").unwrap()["size"], 32);
    let bytes: Vec<u8> = [&[0, 5, 0xaa][..], &[0x17; 32]].concat();
    let base64 = "AAWqFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxcXFxc";
    let files = [bytes.clone(), hex.clone().into_bytes(), format!("{base64}=\n").into_bytes()];
    for (content, name) in files.iter().zip(["raw", "hex", "base64"]) {
        let path = place.path().join(name);
        std::fs::write(&path, content).unwrap();
        assert_eq!(inspect(&[path.to_str().unwrap()]).good().json()["message"], expected, "{name}");
    }
    assert_eq!(inspect(&[base64]).good().json()["message"], expected);
    let piped = run_with(command(&folder()).args(["--json", "inspect", "-"]), &bytes).good();
    assert_eq!((piped.json()["message"].clone(), piped.json()["encoding"].as_str().unwrap()), (expected, "bytes"));
}

#[test]
fn headers_and_directories() {
    let header =
        "WWW-Authenticate: PrivateToken challenge=\"AAUADmlzc3Vlci5leGFtcGxlAAAA\", token-key=\"AwQ=\", cost=7";
    let found = inspect(&[header]).good().json();
    assert_eq!(found["kind"], "www-authenticate");
    assert_eq!(field(&found["message"], "issuer_name").unwrap()["text"], "issuer.example");
    assert_eq!(field(&found["message"], "cost").unwrap()["number"], 7);
    let token = "PrivateToken token=\"AAEC\"";
    assert_eq!(inspect(&[token]).good().json()["kind"], "authorization");
    let directory = "{\"issuer-request-uri\":\"/token-request\",\"token-keys\":[{\"token-type\":2,\"token-key\":\"AAE=\",\"not-before\":1000}]}";
    let found = inspect(&[directory]).good().json();
    assert_eq!(
        (found["kind"].as_str(), field(&found["message"], "not-before").unwrap()["number"].as_u64()),
        (Some("directory"), Some(1000))
    );
}

#[test]
fn messages_of_the_schemes_are_read_by_their_fields() {
    let act = vectors("draft-schlesinger-cfrg-act-02/ACT-ristretto255-SHAKE128/spend.json");
    let proof = act.iter().find_map(|case| case["out"]["spend"].as_str());
    let found = inspect(&["--as", "act-spend", proof.unwrap()]).good().json();
    for name in ["k", "s", "ctx", "A'", "B_bar", "Com[0]", "pok"] {
        assert!(field(&found["message"], name).is_some(), "{name}");
    }
    let text = run(&folder(), &["inspect", proof.unwrap()]).good();
    assert!(text.out.contains("SpendProofMsg") && text.err.contains("a guess: act-spend, from hex"), "{text:?}");
}

#[test]
fn nothing_of_a_stranger_moves_the_cursor() {
    let name = hex::encode("i\u{1b}[2J.example");
    let challenge = format!("0002{:04x}{name}000000", name.len() / 2);
    let shown = run(&folder(), &["inspect", "--as", "challenge", &challenge]);
    assert!(!shown.out.contains('\u{1b}') && !shown.err.contains('\u{1b}'), "{shown:?}");
    let directory = "{\"issuer-request-uri\":\"/a\\u001b[31m\\u202e\",\"token-keys\":[]}";
    let shown = run(&folder(), &["inspect", directory]);
    assert!(!shown.out.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
}
