use privacypass_wire::{
    ActToken, ArcToken, Fault, Refund, SingleUseToken, Token, TokenRequest, TokenResponse, TokenType, lengths,
};

use crate::common::{self, SINGLE_USE, UNKNOWN};
use crate::{malformed, misuse};

#[test]
fn an_authenticator_of_another_length() {
    for token_type in SINGLE_USE {
        let expected = token_type.authenticator_len().unwrap();
        for actual in [0, expected - 1, expected + 1] {
            let fault = Fault::Length { expected, actual };
            misuse(SingleUseToken::new(common::input(token_type), &vec![0; actual]), "authenticator", fault);
            let bytes = [&common::input(token_type).to_bytes()[..], &vec![0; actual]].concat();
            malformed(SingleUseToken::from_bytes(&bytes), "authenticator", fault);
        }
    }
}

#[test]
fn a_token_of_another_type() {
    for token_type in [TokenType::ARC, TokenType::ACT] {
        misuse(SingleUseToken::new(common::input(token_type), &[]), "token_type", Fault::OtherType);
        let bytes = common::token(token_type).to_bytes();
        malformed(SingleUseToken::from_bytes(&bytes), "token_type", Fault::OtherType);
    }
    let (arc, act) = (common::token(TokenType::ARC).to_bytes(), common::token(TokenType::ACT).to_bytes());
    malformed(ArcToken::from_bytes(&act), "token_type", Fault::OtherType);
    malformed(ActToken::from_bytes(&arc), "token_type", Fault::OtherType);
    for code in [[0, 0], [0, 3], [0xda, 0x7a], [0xf9, 0x1a]] {
        let bytes = [&code[..], &[0; 400]].concat();
        malformed(Token::from_bytes(&bytes), "token_type", Fault::UnknownType);
        malformed(ArcToken::from_bytes(&bytes), "token_type", Fault::UnknownType);
        malformed(TokenRequest::from_bytes(&bytes), "token_type", Fault::UnknownType);
        let token_type = TokenType::new(u16::from_be_bytes(code));
        malformed(TokenResponse::from_bytes(token_type, &bytes), "token_type", Fault::UnknownType);
    }
    misuse(TokenRequest::new(UNKNOWN, &common::key(), &[]), "token_type", Fault::UnknownType);
    misuse(TokenResponse::new(UNKNOWN, &[]), "token_type", Fault::UnknownType);
}

#[test]
fn tokens_that_are_cut() {
    let at = |token_type, len: usize| Token::from_bytes(&common::token(token_type).to_bytes()[..len]);
    malformed(at(TokenType::BLIND_RSA, 1), "token_type", Fault::Truncated);
    malformed(at(TokenType::BLIND_RSA, 33), "nonce", Fault::Truncated);
    malformed(at(TokenType::BLIND_RSA, 65), "challenge_digest", Fault::Truncated);
    malformed(at(TokenType::BLIND_RSA, 97), "token_key_id", Fault::Truncated);
    malformed(at(TokenType::ARC, 5), "presentation_nonce", Fault::Truncated);
    malformed(at(TokenType::ARC, 37), "challenge_digest", Fault::Truncated);
    malformed(at(TokenType::ARC, 69), "issuer_key_id", Fault::Truncated);
    malformed(at(TokenType::ARC, 70), "presentation", Fault::Empty);
    malformed(at(TokenType::ACT, 33), "challenge_digest", Fault::Truncated);
    malformed(at(TokenType::ACT, 65), "issuer_key_id", Fault::Truncated);
    malformed(at(TokenType::ACT, 67), "encoded_spend_proof", Fault::Truncated);
    malformed(at(TokenType::ACT, 100), "encoded_spend_proof", Fault::Truncated);
}

#[test]
fn an_empty_or_overlong_proof() {
    let (digest, key) = (common::digest(), common::key());
    misuse(ArcToken::new(digest, key, &[]), "presentation", Fault::Empty);
    let longest = vec![1; lengths::ARC_PRESENTATION_MAX];
    let token = ArcToken::new(digest, key, &longest).unwrap();
    assert!(token.presentation_for(u64::MAX).is_ok());
    let above = [&token.to_bytes()[..], &[1]].concat();
    malformed(ArcToken::from_bytes(&above), "presentation", Fault::Limit(longest.len()));
    misuse(ArcToken::new(digest, key, &above), "presentation", Fault::Limit(longest.len()));
    misuse(ActToken::new(digest, key, &[]), "encoded_spend_proof", Fault::Empty);
    misuse(ActToken::new(digest, key, &vec![0; 65536]), "encoded_spend_proof", Fault::Limit(65535));
    let bytes = [&[0xe5, 0xad][..], &[0; 64], &[0, 0]].concat();
    malformed(ActToken::from_bytes(&bytes), "encoded_spend_proof", Fault::Empty);
    malformed(ActToken::from_bytes(&[&bytes[..66], &[0, 1, 2, 3]].concat()), "end", Fault::Trailing(1));
}

#[test]
fn a_proof_for_another_limit_or_length() {
    let Token::Arc(arc) = common::token(TokenType::ARC) else { panic!() };
    assert_eq!(arc.presentation_for(10).unwrap(), arc.presentation());
    assert_eq!(arc.presentation_for(16).unwrap(), arc.presentation());
    malformed(arc.presentation_for(17), "presentation", Fault::Length { expected: 1002, actual: 873 });
    malformed(arc.presentation_for(8), "presentation", Fault::Length { expected: 744, actual: 873 });
    malformed(arc.presentation_for(1), "presentation", Fault::Length { expected: 0, actual: 873 });
    malformed(arc.presentation_for(0), "presentation", Fault::Length { expected: 0, actual: 873 });
    let Token::Act(act) = common::token(TokenType::ACT) else { panic!() };
    assert_eq!(act.spend_proof_for(8).unwrap(), act.spend_proof());
    malformed(act.spend_proof_for(9), "encoded_spend_proof", Fault::Length { expected: 1570, actual: 1442 });
    for bits in [0, 65, 255] {
        malformed(act.spend_proof_for(bits), "encoded_spend_proof", Fault::Length { expected: 0, actual: 1442 });
    }
}

/// A verifier ignores the nonce of an ARC token, and a client sends 0.
#[test]
fn the_presentation_nonce_of_arc() {
    let bytes = common::token(TokenType::ARC).to_bytes();
    assert_eq!(bytes[2..6], [0; 4]);
    let mut other = bytes.clone();
    other[2..6].copy_from_slice(&[1, 2, 3, 4]);
    let read = ArcToken::from_bytes(&other).unwrap();
    assert_eq!(read.presentation_nonce(), 0x0102_0304);
    assert_eq!(read.presentation(), ArcToken::from_bytes(&bytes).unwrap().presentation());
    assert_eq!(read.to_bytes(), other);
}

#[test]
fn a_request_of_another_length() {
    for token_type in TokenType::KNOWN {
        let expected = common::scheme_lengths(token_type).0;
        for actual in [0, expected - 1, expected + 1] {
            let fault = Fault::Length { expected, actual };
            misuse(TokenRequest::new(token_type, &common::key(), &vec![0; actual]), "blinded_msg", fault);
        }
        let bytes = common::request(token_type).to_bytes();
        malformed(TokenRequest::from_bytes(&bytes[..2]), "truncated_token_key_id", Fault::Truncated);
        malformed(TokenRequest::from_bytes(&bytes[..bytes.len() - 1]), "blinded_msg", Fault::Truncated);
        malformed(TokenRequest::from_bytes(&[&bytes[..], &[0]].concat()), "end", Fault::Trailing(1));
    }
    for actual in [0, 129, 131] {
        let bytes = [&[0xe5, 0xad, 1, 0, actual as u8][..], &vec![0; actual]].concat();
        malformed(TokenRequest::from_bytes(&bytes), "blinded_msg", Fault::Length { expected: 130, actual });
    }
}

#[test]
fn a_response_of_another_length() {
    for token_type in TokenType::KNOWN {
        let expected = common::scheme_lengths(token_type).1;
        for actual in [0, expected - 1, expected + 1] {
            let fault = Fault::Length { expected, actual };
            misuse(TokenResponse::new(token_type, &vec![0; actual]), "token_response", fault);
        }
        let bytes = common::response(token_type).to_bytes();
        malformed(TokenResponse::from_bytes(token_type, &bytes[..bytes.len() - 1]), "token_response", Fault::Truncated);
        malformed(TokenResponse::from_bytes(token_type, &[&bytes[..], &[0]].concat()), "end", Fault::Trailing(1));
    }
}

/// The form with the context in it is read only where it is asked for.
#[test]
fn the_response_of_196_bytes() {
    let short = common::response(TokenType::ACT).to_bytes();
    let long = [&[0, 194][..], &[6; 194]].concat();
    assert_eq!((short.len(), long.len()), (164, 196));
    let fault = Fault::Length { expected: 162, actual: 194 };
    malformed(TokenResponse::from_bytes(TokenType::ACT, &long), "token_response", fault);
    let fault = Fault::Length { expected: 194, actual: 162 };
    malformed(TokenResponse::from_bytes_196(&short), "token_response", fault);
    let read = TokenResponse::from_bytes_196(&long).unwrap();
    assert_eq!((read.message(), read.token_type(), read.to_bytes()), (&[6; 194][..], TokenType::ACT, long));
}

#[test]
fn a_refund_of_another_length() {
    for actual in [0, 161, 163, 194] {
        let fault = Fault::Length { expected: 162, actual };
        misuse(Refund::new(&vec![0; actual]), "refund", fault);
        malformed(Refund::from_bytes(&[&[0, actual as u8][..], &vec![0; actual]].concat()), "refund", fault);
    }
    let bytes = common::refund().to_bytes();
    assert_eq!(bytes.len(), 164);
    malformed(Refund::from_bytes(&bytes[..163]), "refund", Fault::Truncated);
    malformed(Refund::from_bytes(&bytes[..1]), "refund", Fault::Truncated);
    malformed(Refund::from_bytes(&[&bytes[..], &[0]].concat()), "end", Fault::Trailing(1));
}

/// Neither a token nor anything that proves it is printed.
#[test]
fn debug_prints_no_token() {
    for token_type in TokenType::KNOWN {
        let text = format!("{:?}", common::token(token_type));
        assert!(!text.contains("9, 9, 9") && !text.contains("7, 7, 7"), "{text}");
        let header = privacypass_wire::http::Authorization::new(&common::token(token_type));
        assert!(!format!("{header:?}").contains("9, 9, 9"));
    }
    let unknown = privacypass_wire::Unknown::new(UNKNOWN, &[9; 9]).unwrap();
    assert_eq!(format!("{unknown:?}"), "Unknown { token_type: TokenType(0x1132), len: 11 }");
}
