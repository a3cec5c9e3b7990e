//! Every length that the documents name.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use privacypass_wire::{AuthenticatorInput, TokenType, lengths};

#[test]
fn messages() {
    let sizes = TokenType::KNOWN.map(|token_type| {
        let request = common::request(token_type).to_bytes().len();
        let response = common::response(token_type).to_bytes().len();
        (request, response, common::token(token_type).to_bytes().len())
    });
    assert_eq!(sizes, [(52, 145, 146), (259, 256, 354), (35, 96, 162), (229, 454, 943), (135, 164, 1510)]);
    assert_eq!(common::refund().to_bytes().len(), 164);
    assert_eq!(AuthenticatorInput::LEN, 98);
}

#[test]
fn the_draft_s_amortized_batches() {
    let bytes = common::amortized_request(TokenType::VOPRF_RISTRETTO255, 3).to_bytes();
    assert_eq!(bytes[3..5], [0x40, 0x60]);
    assert_eq!(common::amortized_response(TokenType::VOPRF_RISTRETTO255, 3).to_bytes().len(), 2 + 96 + 64);
    assert_eq!(common::amortized_request(TokenType::VOPRF_P384, 1).to_bytes().len(), 3 + 1 + 49);
}

#[test]
fn arc_presentations() {
    let sizes = [2, 3, 4, 5, 10, 100, 1000, 10_000, 65_536].map(|limit| lengths::arc_presentation(limit).unwrap());
    assert_eq!(sizes, [486, 615, 615, 744, 873, 1260, 1647, 2163, 2421]);
    assert_eq!([0, 1].map(lengths::arc_presentation), [None; 2]);
    assert_eq!(lengths::arc_presentation(u64::MAX), Some(lengths::ARC_PRESENTATION_MAX));
}

#[test]
fn act_spend_proofs() {
    let sizes = [1, 8, 10, 16, 32, 64].map(|bits| lengths::act_spend_proof(bits).unwrap());
    assert_eq!(sizes, [546, 1442, 1698, 2466, 4514, 8610]);
    assert_eq!([0, 65, 255].map(lengths::act_spend_proof), [None; 3]);
}

#[test]
fn token_types() {
    assert_eq!(TokenType::GREASE.len(), 17);
    for token_type in TokenType::GREASE {
        assert!(token_type.is_grease() && !token_type.is_known() && !token_type.is_credential());
    }
    for token_type in TokenType::KNOWN {
        assert!(token_type.is_known() && !token_type.is_grease());
        let is_credential = matches!(token_type, TokenType::ARC | TokenType::ACT);
        assert_eq!(token_type.is_credential(), is_credential);
        let (request, _) = token_type.media_types();
        assert_eq!(request.contains("credential"), is_credential);
    }
    assert_eq!(format!("{} {:?}", TokenType::ACT, TokenType::BLIND_RSA), "0xE5AD TokenType(0x0002)");
}
