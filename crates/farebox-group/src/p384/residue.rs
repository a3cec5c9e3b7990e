//! Integers modulo the order of P-384.

use fiat_crypto::p384_scalar_64::{
    fiat_p384_scalar_add, fiat_p384_scalar_from_montgomery, fiat_p384_scalar_montgomery_domain_field_element,
    fiat_p384_scalar_mul, fiat_p384_scalar_non_montgomery_domain_field_element, fiat_p384_scalar_opp,
    fiat_p384_scalar_square, fiat_p384_scalar_sub, fiat_p384_scalar_to_montgomery,
};

use crate::weierstrass::fiat::montgomery_integer;

/// The order `n`.
const ORDER: [u64; 6] =
    [0xecec_196a_ccc5_2973, 0x581a_0db2_48b0_a77a, 0xc763_4d81_f437_2ddf, u64::MAX, u64::MAX, u64::MAX];

montgomery_integer! {
    /// An integer modulo the order.
    Residue, 6, ORDER,
    fiat_p384_scalar_montgomery_domain_field_element fiat_p384_scalar_non_montgomery_domain_field_element
    fiat_p384_scalar_add fiat_p384_scalar_sub fiat_p384_scalar_opp fiat_p384_scalar_mul fiat_p384_scalar_square
    fiat_p384_scalar_to_montgomery fiat_p384_scalar_from_montgomery
}
