//! The field of P-256's coordinates: integers modulo `p = 2^256 - 2^224 + 2^192 + 2^96 - 1`.
//!
//! Four limbs in Montgomery form with `R = 2^256`, always below `p`. `p = -1 mod 2^64`, so a step of the reduction takes
//! its multiple of `p` straight from the lowest limb. `tests` compare with fiat-crypto's verified field.

use core::fmt;

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroize;

use crate::weierstrass::Field;
use crate::weierstrass::limbs::{adc, below, limbs_be, sbb};

const P: [u64; 4] = [0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_ffff, 0, 0xffff_ffff_0000_0001];
/// `R^2 mod p`
const R2: Fe = Fe([0x0000_0000_0000_0003, 0xffff_fffb_ffff_ffff, 0xffff_ffff_ffff_fffe, 0x0000_0004_ffff_fffd]);

/// An integer modulo `p`.
#[derive(Clone, Copy, Default)]
pub(crate) struct Fe(pub(super) [u64; 4]);

/// `sum + a b + carry`, low and high. It cannot overflow: `(2^64 - 1)^2 + 2 (2^64 - 1) = 2^128 - 1`.
#[inline(always)]
const fn mac(sum: u64, a: u64, b: u64, carry: u64) -> (u64, u64) {
    let wide = sum as u128 + a as u128 * b as u128 + carry as u128;
    (wide as u64, (wide >> 64) as u64)
}

/// `x - p` where that is not negative, else `x`, for `x = top 2^256 + limbs < 2p`.
#[inline(always)]
const fn subtract_p(limbs: [u64; 4], top: u64) -> Fe {
    let [x0, x1, x2, x3] = limbs;
    let (r0, borrow) = sbb(x0, P[0], false);
    let (r1, borrow) = sbb(x1, P[1], borrow);
    let (r2, borrow) = sbb(x2, P[2], borrow);
    let (r3, borrow) = sbb(x3, P[3], borrow);
    let (_, borrow) = sbb(top, 0, borrow);
    let keep = (borrow as u64).wrapping_neg();
    Fe([(x0 & keep) | (r0 & !keep), (x1 & keep) | (r1 & !keep), (x2 & keep) | (r2 & !keep), (x3 & keep) | (r3 & !keep)])
}

/// One step of the reduction: `(x + x_0 p) / 2^64` for `x` of four limbs and a carry.
#[inline(always)]
const fn reduce_limb(x: [u64; 5]) -> [u64; 5] {
    // x_0 p + x_0 = x_0 2^96 + x_0 (2^64 - 2^32 + 1) 2^192, and x - x_0 has no lowest limb.
    let [m, x1, x2, x3, x4] = x;
    let high = m as u128 * 0xffff_ffff_0000_0001;
    let (r0, carry) = adc(x1, m << 32, false);
    let (r1, carry) = adc(x2, m >> 32, carry);
    let (r2, carry) = adc(x3, high as u64, carry);
    let (r3, carry) = adc(x4, (high >> 64) as u64, carry);
    [r0, r1, r2, r3, carry as u64]
}

/// `x / R mod p` for `x < p R`.
#[inline(always)]
const fn reduce(x: [u64; 8]) -> Fe {
    let [x0, x1, x2, x3, x4, x5, x6, x7] = x;
    // Four steps on the low half give (low + m p) / R <= p.
    let low = reduce_limb(reduce_limb(reduce_limb(reduce_limb([x0, x1, x2, x3, 0]))));
    let (r0, carry) = adc(low[0], x4, false);
    let (r1, carry) = adc(low[1], x5, carry);
    let (r2, carry) = adc(low[2], x6, carry);
    let (r3, carry) = adc(low[3], x7, carry);
    subtract_p([r0, r1, r2, r3], low[4] + carry as u64)
}

impl Fe {
    /// The integer with these limbs, least significant first, modulo `p`.
    pub(super) const fn new(limbs: [u64; 4]) -> Self {
        Self(limbs).times(&R2)
    }

    #[inline(always)]
    #[allow(clippy::indexing_slicing)] // i + 4 < 8
    const fn times(&self, other: &Self) -> Self {
        let (a, b) = (&self.0, &other.0);
        let mut wide = [0u64; 8];
        let mut i = 0;
        while i < 4 {
            let mut carry;
            (wide[i], carry) = mac(wide[i], a[i], b[0], 0);
            (wide[i + 1], carry) = mac(wide[i + 1], a[i], b[1], carry);
            (wide[i + 2], carry) = mac(wide[i + 2], a[i], b[2], carry);
            (wide[i + 3], carry) = mac(wide[i + 3], a[i], b[3], carry);
            wide[i + 4] = carry;
            i += 1;
        }
        reduce(wide)
    }

    /// The limbs of the integer in `[0, p)`.
    fn limbs(&self) -> [u64; 4] {
        let [x0, x1, x2, x3] = self.0;
        reduce([x0, x1, x2, x3, 0, 0, 0, 0]).0
    }

    /// Big-endian.
    pub(super) fn to_be_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (chunk, limb) in bytes.chunks_exact_mut(8).zip(self.limbs().iter().rev()) {
            chunk.copy_from_slice(&limb.to_be_bytes());
        }
        bytes
    }

    /// Big-endian. None at or above `p`.
    pub(super) fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let limbs = limbs_be(bytes);
        below(&limbs, &P).then(|| Self::new(limbs))
    }

    /// 48 big-endian bytes modulo `p`.
    pub(super) fn reduce_wide(bytes: &[u8; 48]) -> Self {
        let mut high = [0; 32];
        let mut low = [0; 32];
        high.iter_mut().skip(16).zip(bytes).for_each(|(h, b)| *h = *b);
        low.iter_mut().zip(bytes.iter().skip(16)).for_each(|(l, b)| *l = *b);
        // high 2^256 + low, where R2 stands for 2^256.
        Self::new(limbs_be(&high)).times(&R2).add(&Self::new(limbs_be(&low)))
    }
}

impl Field for Fe {
    const ZERO: Self = Self([0; 4]);
    const ONE: Self = Self::new([1, 0, 0, 0]);

    #[inline(always)]
    fn add(&self, other: &Self) -> Self {
        let ([a0, a1, a2, a3], [b0, b1, b2, b3]) = (self.0, other.0);
        let (r0, carry) = adc(a0, b0, false);
        let (r1, carry) = adc(a1, b1, carry);
        let (r2, carry) = adc(a2, b2, carry);
        let (r3, carry) = adc(a3, b3, carry);
        subtract_p([r0, r1, r2, r3], carry as u64)
    }

    #[inline(always)]
    fn sub(&self, other: &Self) -> Self {
        let ([a0, a1, a2, a3], [b0, b1, b2, b3]) = (self.0, other.0);
        let (r0, borrow) = sbb(a0, b0, false);
        let (r1, borrow) = sbb(a1, b1, borrow);
        let (r2, borrow) = sbb(a2, b2, borrow);
        let (r3, borrow) = sbb(a3, b3, borrow);
        let mask = (borrow as u64).wrapping_neg();
        let (r0, carry) = adc(r0, P[0] & mask, false);
        let (r1, carry) = adc(r1, P[1] & mask, carry);
        let (r2, carry) = adc(r2, P[2] & mask, carry);
        let (r3, _) = adc(r3, P[3] & mask, carry);
        Self([r0, r1, r2, r3])
    }

    #[inline(always)]
    fn mul(&self, other: &Self) -> Self {
        self.times(other)
    }

    #[inline(always)]
    fn square(&self) -> Self {
        let [a0, a1, a2, a3] = self.0;
        // Every mixed product once ...
        let (w1, carry) = mac(0, a0, a1, 0);
        let (w2, carry) = mac(0, a0, a2, carry);
        let (w3, w4) = mac(0, a0, a3, carry);
        let (w3, carry) = mac(w3, a1, a2, 0);
        let (w4, w5) = mac(w4, a1, a3, carry);
        let (w5, w6) = mac(w5, a2, a3, 0);
        // ... doubled, and the squares.
        let square = |a: u64| mac(0, a, a, 0);
        let ((s0, s1), (s2, s3), (s4, s5), (s6, s7)) = (square(a0), square(a1), square(a2), square(a3));
        let (w1, w2, w3, w4, w5, w6, w7) = (
            w1 << 1,
            w2 << 1 | w1 >> 63,
            w3 << 1 | w2 >> 63,
            w4 << 1 | w3 >> 63,
            w5 << 1 | w4 >> 63,
            w6 << 1 | w5 >> 63,
            w6 >> 63,
        );
        let (w1, carry) = adc(w1, s1, false);
        let (w2, carry) = adc(w2, s2, carry);
        let (w3, carry) = adc(w3, s3, carry);
        let (w4, carry) = adc(w4, s4, carry);
        let (w5, carry) = adc(w5, s5, carry);
        let (w6, carry) = adc(w6, s6, carry);
        let (w7, _) = adc(w7, s7, carry);
        reduce([s0, w1, w2, w3, w4, w5, w6, w7])
    }

    #[inline(always)]
    fn halve(&self) -> Self {
        // x/2, or (x + p)/2 where x is odd. The barrier keeps the compiler from turning the mask into a branch.
        let [x0, x1, x2, x3] = self.0;
        let mask = core::hint::black_box((x0 & 1).wrapping_neg());
        let (r0, carry) = adc(x0, P[0] & mask, false);
        let (r1, carry) = adc(x1, P[1] & mask, carry);
        let (r2, carry) = adc(x2, P[2] & mask, carry);
        let (r3, carry) = adc(x3, P[3] & mask, carry);
        Self([r0 >> 1 | r1 << 63, r1 >> 1 | r2 << 63, r2 >> 1 | r3 << 63, r3 >> 1 | (carry as u64) << 63])
    }

    fn pow_p34(&self) -> Self {
        // (p - 3)/4 in bits: 32 ones, 31 zeros, a one, 96 zeros, 94 ones. xn is self^(2^n - 1).
        let x2 = self.square().mul(self);
        let x3 = x2.square().mul(self);
        let x6 = x3.square_n(3).mul(&x3);
        let x12 = x6.square_n(6).mul(&x6);
        let x15 = x12.square_n(3).mul(&x3);
        let x30 = x15.square_n(15).mul(&x15);
        let x32 = x30.square_n(2).mul(&x2);
        let top = x32.square_n(32).mul(self);
        top.square_n(128).mul(&x32).square_n(32).mul(&x32).square_n(30).mul(&x30)
    }

    fn is_odd(&self) -> Choice {
        let [lowest, ..] = self.limbs();
        Choice::from((lowest & 1) as u8)
    }

    #[inline(always)]
    fn is_zero_vartime(&self) -> bool {
        self.0 == [0; 4]
    }

    #[inline(always)]
    fn or_masked(&mut self, other: &Self, mask: u64) {
        self.0.iter_mut().zip(&other.0).for_each(|(limb, other)| *limb |= other & mask);
    }
}

impl ConstantTimeEq for Fe {
    fn ct_eq(&self, other: &Self) -> Choice {
        let difference = self.0.iter().zip(&other.0).fold(0, |bits, (a, b)| bits | (a ^ b));
        difference.ct_eq(&0)
    }
}

impl ConditionallySelectable for Fe {
    #[inline(always)]
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self(<[u64; 4]>::conditional_select(&a.0, &b.0, choice))
    }
}

impl Zeroize for Fe {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Fe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fe(..)")
    }
}

#[cfg(test)]
mod tests;
