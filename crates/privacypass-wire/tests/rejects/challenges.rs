use privacypass_wire::{Any, Fault, KeyId, Limits, TokenChallenge, TokenType, Unknown};

use crate::{common, malformed, misuse};

/// `token_type | issuer_name | redemption_context | origin_info | rest`, each context behind its length.
fn bytes(token_type: u16, issuer: &[u8], context: &[u8], origin: &[u8], rest: &[u8]) -> Vec<u8> {
    let mut bytes = token_type.to_be_bytes().to_vec();
    bytes.extend((issuer.len() as u16).to_be_bytes());
    bytes.extend(issuer);
    bytes.push(context.len() as u8);
    bytes.extend(context);
    bytes.extend((origin.len() as u16).to_be_bytes());
    bytes.extend(origin);
    bytes.extend(rest);
    bytes
}

fn read(bytes: &[u8]) -> Result<TokenChallenge, privacypass_wire::Malformed> {
    TokenChallenge::from_bytes(bytes)
}

#[test]
fn an_unknown_type() {
    malformed(read(&bytes(0x0003, b"i", &[], b"", &[])), "token_type", Fault::UnknownType);
    malformed(read(&bytes(0xda7a, b"i", &[], b"", &[])), "token_type", Fault::UnknownType);
}

#[test]
fn an_empty_issuer_name() {
    malformed(read(&bytes(2, b"", &[], b"", &[])), "issuer_name", Fault::Empty);
    misuse(TokenChallenge::builder(TokenType::BLIND_RSA, "").build(), "issuer_name", Fault::Empty);
}

#[test]
fn names_that_are_not_printable_ascii() {
    for name in [&b"\0"[..], b"a\nb", b"\x7f", b"\xc3\xa9", b"\xff"] {
        malformed(read(&bytes(2, name, &[], b"", &[])), "issuer_name", Fault::Characters);
        malformed(read(&bytes(2, b"i", &[], name, &[])), "origin_info", Fault::Characters);
    }
    let builder = |issuer, origins| TokenChallenge::builder(TokenType::BLIND_RSA, issuer).origin_info(origins).build();
    misuse(builder("é", ""), "issuer_name", Fault::Characters);
    misuse(builder("i", "a, b"), "origin_info", Fault::Characters);
    misuse(builder("an issuer", ""), "issuer_name", Fault::Characters);
    let long = "a".repeat(65536);
    misuse(builder(&long, ""), "issuer_name", Fault::Limit(65535));
    misuse(builder("i", &long), "origin_info", Fault::Limit(65535));
    assert_eq!(builder(&long[1..], &long[1..]).unwrap().as_bytes().len(), 2 * 65535 + 7);
}

#[test]
fn contexts_of_other_lengths() {
    for len in [1, 31, 33, 255] {
        malformed(read(&bytes(2, b"i", &vec![0; len], b"", &[])), "redemption_context", Fault::ContextLength);
        let rest = [&[len as u8][..], &vec![0; len]].concat();
        for token_type in [0xe5ac, 0xe5ad] {
            malformed(read(&bytes(token_type, b"i", &[], b"", &rest)), "credential_context", Fault::ContextLength);
        }
    }
}

#[test]
fn the_credential_context_belongs_to_arc_and_act() {
    malformed(read(&bytes(0xe5ad, b"i", &[], b"", &[])), "credential_context", Fault::Truncated);
    malformed(read(&bytes(2, b"i", &[], b"", &[0])), "end", Fault::Trailing(1));
    let builder = TokenChallenge::builder(TokenType::BLIND_RSA, "i").credential_context([0; 32]);
    misuse(builder.build(), "credential_context", Fault::OtherType);
    misuse(TokenChallenge::builder(common::UNKNOWN, "i").build(), "token_type", Fault::UnknownType);
}

#[test]
fn lengths_beyond_the_end() {
    malformed(read(&[0]), "token_type", Fault::Truncated);
    malformed(read(&[0, 2, 0]), "issuer_name", Fault::Truncated);
    malformed(read(&[0, 2, 0xff, 0xff, b'i']), "issuer_name", Fault::Truncated);
    malformed(read(&[0, 2, 0, 1, b'i']), "redemption_context", Fault::Truncated);
    malformed(read(&[0, 2, 0, 1, b'i', 32, 0]), "redemption_context", Fault::Truncated);
    malformed(read(&[0, 2, 0, 1, b'i', 0, 0, 1]), "origin_info", Fault::Truncated);
    malformed(read(&bytes(2, b"i", &[], b"", &[0, 0])), "end", Fault::Trailing(2));
}

#[test]
fn a_name_that_would_smuggle_something_into_a_url() {
    for name in ["a/b", "a?b", "user@a", "a#b", "a b", "a%2fb", "a\\b"] {
        let challenge = read(&bytes(2, name.as_bytes(), &[], b"", &[])).unwrap();
        malformed(challenge.directory_url(), "issuer_name", Fault::Characters);
    }
    for name in ["issuer.example", "issuer.example:8443", "[::1]:80", "xn--issuer-cva.example", "a_b"] {
        let challenge = read(&bytes(2, name.as_bytes(), &[], b"", &[])).unwrap();
        let url = format!("https://{name}/.well-known/private-token-issuer-directory");
        assert_eq!(challenge.directory_url(), Ok(url));
    }
}

#[test]
fn an_origin_that_is_not_named() {
    let origins = |info: &[u8]| read(&bytes(2, b"i", &[], info, &[])).unwrap();
    let two = origins(b"origin.example,www.origin.example:8443");
    assert!(two.is_for_origin("origin.example") && two.is_for_origin("WWW.Origin.example:8443"));
    for other in ["", "origin", "origin.example:8443", "www.origin.example", "origin.example,www.origin.example:8443"] {
        assert!(!two.is_for_origin(other), "{other}");
    }
    assert!(origins(b"").is_for_origin("any.example"));
    let empty_names = origins(b",,a,");
    assert_eq!(empty_names.origins().collect::<Vec<_>>(), ["a"]);
    assert!(!empty_names.is_for_origin(""));
}

#[test]
fn a_context_of_another_type() {
    let key = KeyId::new([0; 32]);
    for token_type in TokenType::KNOWN {
        let challenge = common::challenge(token_type);
        if token_type != TokenType::ARC {
            misuse(challenge.arc_request_context(&key), "token_type", Fault::OtherType);
            misuse(challenge.arc_presentation_context(&key), "token_type", Fault::OtherType);
        }
        if token_type != TokenType::ACT {
            misuse(challenge.act_context_input(&key), "token_type", Fault::OtherType);
        }
    }
}

/// ARC frames all but the key id, and only the presentation context has the redemption context.
#[test]
fn arc_contexts() {
    let key = common::key();
    let names = b"\0\x0eissuer.example\0\x26origin.example,www.origin.example:8443";
    let context = |context: &[u8]| [&names[..], &[0, context.len() as u8], context, key.as_bytes()].concat();
    let challenge = common::challenge(TokenType::ARC);
    assert_eq!(challenge.arc_request_context(&key).unwrap(), context(&[0xbb; 32]));
    assert_eq!(challenge.arc_presentation_context(&key).unwrap(), context(&[0xaa; 32]));
    let empty = TokenChallenge::builder(TokenType::ARC, "issuer.example");
    let empty = empty.origin_info("origin.example,www.origin.example:8443").build().unwrap();
    assert_eq!(empty.arc_request_context(&key).unwrap(), context(&[]));
    assert_eq!(empty.arc_presentation_context(&key).unwrap(), context(&[]));
    assert!(empty.as_bytes().ends_with(&[b'3', 0]), "in the challenge an empty context is one byte");
}

#[test]
fn unknown_messages() {
    let limits = Limits { body: 10, ..Limits::DEFAULT };
    let read = |len: usize| Any::<TokenChallenge>::from_bytes(&vec![0; len], &limits);
    assert!(read(10).is_ok());
    malformed(read(11), "message", Fault::Limit(10));
    malformed(read(1), "token_type", Fault::Truncated);
    misuse(Unknown::new(TokenType::ACT, &[]), "token_type", Fault::OtherType);
    let grease = Unknown::new(TokenType::GREASE[3], &[1, 2]).unwrap();
    assert_eq!(grease.as_bytes(), [0x2e, 0x96, 1, 2]);
    // A known type is held to its layout even where others are kept.
    malformed(Any::<TokenChallenge>::from_bytes(&[0, 2], &limits), "issuer_name", Fault::Truncated);
}
