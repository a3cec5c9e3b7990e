//! One test for each check, named after it, which asserts the exact refusal: the layer that has to refuse, refuses. Where a
//! state was handed in, it comes back and still works.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::result_large_err, missing_docs)]

#[path = "../common/mod.rs"]
mod common;

mod client;
mod decoders;
mod forgery;
mod issuance;
mod issuer;
mod parameters;
mod refund;

use common::{Run, amount, context, params, put};
use farebox_act::{
    BitLength, Context, CreditToken, DomainSeparator, Error, Expected, Fault, Invalid, IssuanceRequest,
    IssuanceResponse, Malformed, Misuse, Params, PreIssuance, PreRefund, PublicKey, Refund, RequestCoins, SecretKey,
    SignatureCoins, SpendCoins, SpendProof,
};
use farebox_group::ristretto255::{Element, Scalar};
use farebox_group::{ByteOrder, DecodeError, Element as _, Group as _, Ristretto255, Scalar as _};
use farebox_sigma::{Coins, Flavor};

/// The group order, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// q - 1: the amount "-1".
fn minus_one() -> [u8; 32] {
    put(&ORDER, 0, &[0xec]).try_into().unwrap()
}

fn random() -> Scalar {
    Scalar::random(&mut rand::rng())
}

fn malformed(field: &'static str, fault: Fault) -> Malformed {
    Malformed { field, fault }
}
