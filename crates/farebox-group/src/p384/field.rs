//! The field of P-384's coordinates: integers modulo `p = 2^384 - 2^128 - 2^96 + 2^32 - 1`.

use core::fmt;

use fiat_crypto::p384_64::{
    fiat_p384_add, fiat_p384_from_montgomery, fiat_p384_montgomery_domain_field_element, fiat_p384_mul,
    fiat_p384_non_montgomery_domain_field_element, fiat_p384_opp, fiat_p384_square, fiat_p384_sub,
    fiat_p384_to_montgomery,
};
use subtle::Choice;

use crate::ByteOrder;
use crate::weierstrass::Field;
use crate::weierstrass::fiat::montgomery_integer;
use crate::weierstrass::limbs::adc;

const P: [u64; 6] = [0x0000_0000_ffff_ffff, 0xffff_ffff_0000_0000, 0xffff_ffff_ffff_fffe, u64::MAX, u64::MAX, u64::MAX];

montgomery_integer! {
    /// An integer modulo `p`.
    Fe, 6, P,
    fiat_p384_montgomery_domain_field_element fiat_p384_non_montgomery_domain_field_element
    fiat_p384_add fiat_p384_sub fiat_p384_opp fiat_p384_mul fiat_p384_square
    fiat_p384_to_montgomery fiat_p384_from_montgomery
}

impl Fe {
    /// Big-endian.
    pub(super) fn to_be_bytes(self) -> [u8; 48] {
        let mut bytes = self.to_bytes();
        bytes.reverse();
        bytes
    }

    /// 72 big-endian bytes modulo `p`.
    pub(super) fn reduce_wide(bytes: &[u8; 72]) -> Self {
        Self::reduce(bytes, ByteOrder::Big)
    }
}

impl Field for Fe {
    const ZERO: Self = Self::ZERO;
    const ONE: Self = Self::ONE;

    #[inline]
    fn add(&self, other: &Self) -> Self {
        *self + *other
    }

    #[inline]
    fn sub(&self, other: &Self) -> Self {
        *self - *other
    }

    #[inline]
    fn mul(&self, other: &Self) -> Self {
        *self * *other
    }

    #[inline]
    fn square(&self) -> Self {
        self.square()
    }

    #[inline]
    fn halve(&self) -> Self {
        // x/2, or (x + p)/2 where x is odd. The barrier keeps the compiler from turning the mask into a branch.
        let mask = core::hint::black_box((self.0[0] & 1).wrapping_neg());
        let (mut sum, mut carry) = ([0; 6], false);
        for ((out, limb), p) in sum.iter_mut().zip(&self.0).zip(&P) {
            (*out, carry) = adc(*limb, p & mask, carry);
        }
        let [_, higher @ ..] = sum;
        let mut halved = [0; 6];
        for ((out, limb), next) in halved.iter_mut().zip(&sum).zip(higher.iter().chain(&[u64::from(carry)])) {
            *out = limb >> 1 | next << 63;
        }
        Self(halved)
    }

    fn pow_p34(&self) -> Self {
        // (p - 3)/4 in bits: 255 ones, a zero, 32 ones, 64 zeros, 30 ones. xn is self^(2^n - 1).
        let next = |x: &Self, n: usize, y: &Self| x.square_n(n).mul(y);
        let x2 = next(self, 1, self);
        let x3 = next(&x2, 1, self);
        let x6 = next(&x3, 3, &x3);
        let x12 = next(&x6, 6, &x6);
        let x15 = next(&x12, 3, &x3);
        let x30 = next(&x15, 15, &x15);
        let x32 = next(&x30, 2, &x2);
        let x60 = next(&x30, 30, &x30);
        let x120 = next(&x60, 60, &x60);
        let x240 = next(&x120, 120, &x120);
        let x255 = next(&x240, 15, &x15);
        next(&next(&x255, 33, &x32), 94, &x30)
    }

    fn is_odd(&self) -> Choice {
        let [lowest, ..] = self.limbs();
        Choice::from((lowest & 1) as u8)
    }

    #[inline(always)]
    fn is_zero_vartime(&self) -> bool {
        self.0 == [0; 6]
    }

    #[inline(always)]
    fn or_masked(&mut self, other: &Self, mask: u64) {
        self.0.iter_mut().zip(&other.0).for_each(|(limb, other)| *limb |= other & mask);
    }
}

impl fmt::Debug for Fe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fe(..)")
    }
}

#[cfg(test)]
mod tests;
