//! Honest messages, one of each kind.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use privacypass_wire::{
    ActToken, AmortizedBatchTokenRequest, AmortizedBatchTokenResponse, ArcToken, AuthenticatorInput, ChallengeDigest,
    GenericBatchTokenRequest, GenericBatchTokenResponse, KeyId, Refund, SingleUseToken, Token, TokenChallenge,
    TokenRequest, TokenResponse, TokenType, lengths,
};

pub(crate) const SINGLE_USE: [TokenType; 3] =
    [TokenType::VOPRF_P384, TokenType::BLIND_RSA, TokenType::VOPRF_RISTRETTO255];
pub(crate) const AMORTIZED: [TokenType; 2] = [TokenType::VOPRF_P384, TokenType::VOPRF_RISTRETTO255];
pub(crate) const UNKNOWN: TokenType = TokenType::new(0x1132);

pub(crate) fn key() -> KeyId {
    KeyId::of_public_key(b"a public key")
}

pub(crate) fn digest() -> ChallengeDigest {
    ChallengeDigest::of_challenge(b"a challenge")
}

pub(crate) fn challenge(token_type: TokenType) -> TokenChallenge {
    let builder = TokenChallenge::builder(token_type, "issuer.example")
        .redemption_context([0xaa; 32])
        .origin_info("origin.example,www.origin.example:8443");
    let builder = if token_type.is_credential() { builder.credential_context([0xbb; 32]) } else { builder };
    builder.build().unwrap()
}

/// Bytes of the scheme's request and response, and of the authenticator.
pub(crate) fn scheme_lengths(token_type: TokenType) -> (usize, usize, usize) {
    match token_type {
        TokenType::VOPRF_P384 => (49, 145, 48),
        TokenType::BLIND_RSA => (256, 256, 256),
        TokenType::VOPRF_RISTRETTO255 => (32, 96, 64),
        TokenType::ARC => (226, 454, 0),
        TokenType::ACT => (130, 162, 0),
        other => panic!("{other}"),
    }
}

pub(crate) fn input(token_type: TokenType) -> AuthenticatorInput {
    AuthenticatorInput { token_type, nonce: [7; 32], challenge_digest: digest(), key_id: key() }
}

pub(crate) fn token(token_type: TokenType) -> Token {
    match token_type {
        TokenType::ARC => {
            let presentation = vec![9; lengths::arc_presentation(10).unwrap()];
            Token::Arc(ArcToken::new(digest(), key(), &presentation).unwrap())
        }
        TokenType::ACT => {
            Token::Act(ActToken::new(digest(), key(), &vec![9; lengths::act_spend_proof(8).unwrap()]).unwrap())
        }
        other => {
            let authenticator = vec![9; other.authenticator_len().unwrap()];
            Token::SingleUse(SingleUseToken::new(input(other), &authenticator).unwrap())
        }
    }
}

pub(crate) fn request(token_type: TokenType) -> TokenRequest {
    TokenRequest::new(token_type, &key(), &vec![5; scheme_lengths(token_type).0]).unwrap()
}

pub(crate) fn response(token_type: TokenType) -> TokenResponse {
    TokenResponse::new(token_type, &vec![6; scheme_lengths(token_type).1]).unwrap()
}

pub(crate) fn refund() -> Refund {
    Refund::new(&[8; 162]).unwrap()
}

pub(crate) fn amortized_request(token_type: TokenType, count: u8) -> AmortizedBatchTokenRequest {
    let len = scheme_lengths(token_type).0;
    let blinded: Vec<Vec<u8>> = (0..count).map(|i| vec![i; len]).collect();
    AmortizedBatchTokenRequest::new(token_type, &key(), &blinded).unwrap()
}

pub(crate) fn amortized_response(token_type: TokenType, count: u8) -> AmortizedBatchTokenResponse {
    let (element, all, _) = scheme_lengths(token_type);
    let evaluated: Vec<Vec<u8>> = (0..count).map(|i| vec![i; element]).collect();
    AmortizedBatchTokenResponse::new(token_type, &evaluated, &vec![3; all - element]).unwrap()
}

pub(crate) fn generic_request() -> GenericBatchTokenRequest {
    GenericBatchTokenRequest { requests: TokenType::KNOWN.map(request).to_vec() }
}

pub(crate) fn generic_response() -> GenericBatchTokenResponse {
    let mut responses: Vec<_> = TokenType::KNOWN.map(response).map(Some).to_vec();
    responses[1] = None;
    GenericBatchTokenResponse { responses }
}
