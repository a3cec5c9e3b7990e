//! Integers modulo the order of P-256, on fiat-crypto's verified arithmetic.

use core::ops::{Add, Mul, Neg, Sub};

use fiat_crypto::p256_scalar_64::{
    fiat_p256_scalar_add, fiat_p256_scalar_from_montgomery, fiat_p256_scalar_montgomery_domain_field_element as Inner,
    fiat_p256_scalar_mul, fiat_p256_scalar_non_montgomery_domain_field_element as Plain, fiat_p256_scalar_opp,
    fiat_p256_scalar_square, fiat_p256_scalar_sub, fiat_p256_scalar_to_montgomery,
};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroize;

use super::field::{below, limbs_be};

/// The order `n`.
const ORDER: [u64; 4] = [0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000];

/// An integer modulo the order, in Montgomery form.
#[derive(Clone, Copy, Default)]
pub(crate) struct Residue([u64; 4]);

impl Residue {
    pub(super) const ZERO: Self = Self([0; 4]);
    pub(super) const ONE: Self = Self::new([1, 0, 0, 0]);

    /// `limbs` are below the order.
    pub(super) const fn new(limbs: [u64; 4]) -> Self {
        let mut out = Inner([0; 4]);
        fiat_p256_scalar_to_montgomery(&mut out, &Plain(limbs));
        Self(out.0)
    }

    /// None at or above the order. Big-endian.
    pub(super) fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let mut limbs = limbs_be(bytes);
        let residue = below(&limbs, &ORDER).then(|| Self::new(limbs));
        limbs.zeroize();
        residue
    }

    /// Little-endian.
    pub(super) fn to_bytes(self) -> [u8; 32] {
        let mut plain = Plain([0; 4]);
        fiat_p256_scalar_from_montgomery(&mut plain, &Inner(self.0));
        let mut bytes = [0; 32];
        for (chunk, limb) in bytes.chunks_exact_mut(8).zip(&plain.0) {
            chunk.copy_from_slice(&limb.to_le_bytes());
        }
        plain.0.zeroize();
        bytes
    }

    fn square(&self) -> Self {
        let mut out = Inner([0; 4]);
        fiat_p256_scalar_square(&mut out, &Inner(self.0));
        Self(out.0)
    }

    /// `self^(n - 2)`, four bits at a time; the exponent is public.
    pub(super) fn invert(&self) -> Self {
        const EXPONENT: [u64; 4] =
            [0xf3b9_cac2_fc63_254f, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000];
        let mut powers = [Self::ONE; 16];
        let mut power = Self::ONE;
        for entry in powers.iter_mut().skip(1) {
            power = power * *self;
            *entry = power;
        }
        let mut result = Self::ONE;
        for bit in (0..64).rev().map(|digit| 4 * digit) {
            result = result.square().square().square().square();
            let digit = EXPONENT.get(bit / 64).map_or(0, |limb| limb >> (bit % 64) & 15);
            if let (1.., Some(power)) = (digit, powers.get(digit as usize)) {
                result = result * *power;
            }
        }
        powers.iter_mut().for_each(|power| power.0.zeroize());
        result
    }
}

impl Add for Residue {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let mut out = Inner([0; 4]);
        fiat_p256_scalar_add(&mut out, &Inner(self.0), &Inner(other.0));
        Self(out.0)
    }
}

impl Sub for Residue {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        let mut out = Inner([0; 4]);
        fiat_p256_scalar_sub(&mut out, &Inner(self.0), &Inner(other.0));
        Self(out.0)
    }
}

impl Neg for Residue {
    type Output = Self;
    fn neg(self) -> Self {
        let mut out = Inner([0; 4]);
        fiat_p256_scalar_opp(&mut out, &Inner(self.0));
        Self(out.0)
    }
}

impl Mul for Residue {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let mut out = Inner([0; 4]);
        fiat_p256_scalar_mul(&mut out, &Inner(self.0), &Inner(other.0));
        Self(out.0)
    }
}

impl ConstantTimeEq for Residue {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl ConditionallySelectable for Residue {
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self(<[u64; 4]>::conditional_select(&a.0, &b.0, choice))
    }
}

impl Zeroize for Residue {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}
