//! Every message cut at every byte, lengthened, and with every bit flipped: refused, or another message with exactly these bytes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use common::{AMORTIZED, SINGLE_USE};
use privacypass_wire::{
    AmortizedBatchTokenRequest, AmortizedBatchTokenResponse, Any, Fault, GenericBatchTokenRequest,
    GenericBatchTokenResponse, Limits, Malformed, Refund, Token, TokenChallenge, TokenRequest, TokenResponse,
    TokenType,
};

const LIMITS: &Limits = &Limits::DEFAULT;

/// Reads bytes and writes what was read.
type Again<'a> = &'a dyn Fn(&[u8]) -> Result<Vec<u8>, Malformed>;

/// `open_ended`: the last field takes whatever length is left.
fn tamper(bytes: &[u8], again: Again<'_>, open_ended: Option<usize>) {
    assert_eq!(again(bytes).as_deref(), Ok(bytes));
    for len in 0..bytes.len() {
        match again(&bytes[..len]) {
            Ok(read) => assert!(open_ended.is_some_and(|from| len > from) && read == bytes[..len]),
            Err(Malformed { fault, .. }) => {
                assert!(!matches!(fault, Fault::Trailing(_)), "a message that was cut has no bytes left");
            }
        }
    }
    let longer = [bytes, &[0]].concat();
    match again(&longer) {
        Ok(read) => assert!(open_ended.is_some() && read == longer),
        Err(error) => {
            let is_length = matches!(error.fault, Fault::Trailing(1) | Fault::Length { .. });
            assert!(open_ended.is_none() && is_length, "{error}");
        }
    }
    for bit in 0..8 * bytes.len() {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if let Ok(read) = again(&flipped) {
            assert_eq!(read, flipped, "bit {bit}");
        }
    }
}

#[test]
fn challenges() {
    for token_type in TokenType::KNOWN {
        let again = |bytes: &[u8]| TokenChallenge::from_bytes(bytes).map(|read| read.as_bytes().to_vec());
        tamper(common::challenge(token_type).as_bytes(), &again, None);
    }
}

#[test]
fn tokens() {
    let again = |bytes: &[u8]| Token::from_bytes(bytes).map(|token| token.to_bytes());
    for token_type in SINGLE_USE {
        tamper(&common::token(token_type).to_bytes(), &again, None);
    }
    tamper(&common::token(TokenType::ACT).to_bytes(), &again, None);
    tamper(&common::token(TokenType::ARC).to_bytes(), &again, Some(70));
}

#[test]
fn requests_and_responses() {
    for token_type in TokenType::KNOWN {
        let again = |bytes: &[u8]| TokenRequest::from_bytes(bytes).map(|read| read.to_bytes());
        tamper(&common::request(token_type).to_bytes(), &again, None);
        let again = |bytes: &[u8]| TokenResponse::from_bytes(token_type, bytes).map(|read| read.to_bytes());
        tamper(&common::response(token_type).to_bytes(), &again, None);
    }
    let again = |bytes: &[u8]| TokenResponse::from_bytes_196(bytes).map(|read| read.to_bytes());
    tamper(&[&[0, 194][..], &[1; 194]].concat(), &again, None);
    let again = |bytes: &[u8]| Refund::from_bytes(bytes).map(|read| read.to_bytes());
    tamper(&common::refund().to_bytes(), &again, None);
}

#[test]
fn amortized_batches() {
    for token_type in AMORTIZED {
        for count in [1, 2, 5] {
            let again =
                |bytes: &[u8]| AmortizedBatchTokenRequest::from_bytes(bytes, LIMITS).map(|read| read.to_bytes());
            tamper(&common::amortized_request(token_type, count).to_bytes(), &again, None);
            let again = |bytes: &[u8]| {
                AmortizedBatchTokenResponse::from_bytes(token_type, bytes, LIMITS).map(|read| read.to_bytes())
            };
            tamper(&common::amortized_response(token_type, count).to_bytes(), &again, None);
        }
    }
}

#[test]
fn generic_batches() {
    let again = |bytes: &[u8]| GenericBatchTokenRequest::from_bytes(bytes, LIMITS).map(|read| read.to_bytes());
    tamper(&common::generic_request().to_bytes(), &again, None);
    tamper(&GenericBatchTokenRequest { requests: Vec::new() }.to_bytes(), &again, None);
    let again = |bytes: &[u8]| GenericBatchTokenResponse::from_bytes(bytes, LIMITS).map(|read| read.to_bytes());
    tamper(&common::generic_response().to_bytes(), &again, None);
}

/// What is not known comes out as it went in.
#[test]
fn messages_of_unknown_types() {
    for token_type in TokenType::GREASE {
        let bytes = [&token_type.code().to_be_bytes()[..], &[3; 40]].concat();
        let again = |bytes: &[u8]| Any::<TokenRequest>::from_bytes(bytes, LIMITS).map(|read| read.to_bytes());
        assert_eq!(again(&bytes).as_deref(), Ok(&bytes[..]));
        let challenge = Any::<TokenChallenge>::from_bytes(&bytes, LIMITS).unwrap();
        assert_eq!((challenge.to_bytes(), challenge.token_type()), (bytes.clone(), token_type));
        assert!(challenge.known().is_none());
        assert_eq!(Any::<Token>::from_bytes(&bytes[..2], LIMITS).unwrap().to_bytes(), bytes[..2]);
        assert_eq!(Any::<Token>::from_bytes(&bytes[..1], LIMITS).unwrap_err().fault, Fault::Truncated);
    }
}
