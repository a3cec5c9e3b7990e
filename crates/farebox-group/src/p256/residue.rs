//! Integers modulo the order of P-256.

use fiat_crypto::p256_scalar_64::{
    fiat_p256_scalar_add, fiat_p256_scalar_from_montgomery, fiat_p256_scalar_montgomery_domain_field_element,
    fiat_p256_scalar_mul, fiat_p256_scalar_non_montgomery_domain_field_element, fiat_p256_scalar_opp,
    fiat_p256_scalar_square, fiat_p256_scalar_sub, fiat_p256_scalar_to_montgomery,
};

use crate::weierstrass::fiat::montgomery_integer;

/// The order `n`.
const ORDER: [u64; 4] = [0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000];

montgomery_integer! {
    /// An integer modulo the order.
    Residue, 4, ORDER,
    fiat_p256_scalar_montgomery_domain_field_element fiat_p256_scalar_non_montgomery_domain_field_element
    fiat_p256_scalar_add fiat_p256_scalar_sub fiat_p256_scalar_opp fiat_p256_scalar_mul fiat_p256_scalar_square
    fiat_p256_scalar_to_montgomery fiat_p256_scalar_from_montgomery
}
