//! Tokens with a bit flipped in each byte, cut and lengthened.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use common::flow::verified;
use common::{NOW, world};
use farebox_tokens::origin::Offers;
use privacypass_wire::TokenType;

/// One bit of every byte, each of the eight in turn.
fn never_verifies(token_type: TokenType) {
    let offer = world().offer(token_type);
    let offers = Offers::new([offer.clone()]);
    let token = world().token(&offer);
    assert!(verified(&offers, &token).is_ok());
    for at in 0..token.len() {
        let mut flipped = token.clone();
        flipped[at] ^= 1 << (at % 8);
        // ARC's `presentation_nonce` is read by nobody.
        let ignored = token_type == TokenType::ARC && (2..6).contains(&at);
        let verified = offers.bind(&flipped, None, NOW).and_then(|bound| bound.verify(|_| true));
        assert_eq!(verified.is_ok(), ignored, "{token_type} byte {at}");
    }
    for len in 0..token.len() {
        assert!(offers.bind(&token[..len], None, NOW).and_then(|bound| bound.verify(|_| true)).is_err(), "{len}");
    }
    for more in [1, 2, 129, 1000] {
        for byte in [0, 0xff] {
            let longer = [&token[..], &vec![byte; more]].concat();
            assert!(offers.bind(&longer, None, NOW).and_then(|bound| bound.verify(|_| true)).is_err(), "{more}");
        }
    }
    assert!(verified(&offers, &token).is_ok());
}

#[test]
fn voprf_p384() {
    never_verifies(TokenType::VOPRF_P384);
}

#[test]
fn blind_rsa() {
    never_verifies(TokenType::BLIND_RSA);
}

#[test]
fn voprf_ristretto255() {
    never_verifies(TokenType::VOPRF_RISTRETTO255);
}

#[test]
fn arc() {
    never_verifies(TokenType::ARC);
}

#[test]
fn act() {
    never_verifies(TokenType::ACT);
}
