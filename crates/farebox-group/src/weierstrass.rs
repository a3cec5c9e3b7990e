//! Short Weierstrass curves `y^2 = x^3 - 3x + b` of prime order: the NIST curves, by their parameters.
//!
//! Secret values meet complete formulas and masked table look-ups only: [`point`], [`window`], [`comb`], [`sswu`]. What
//! is in variable time says so: [`jacobian`], [`wnaf`], [`straus`] and [`pippenger`].

pub(crate) mod bases;
pub(crate) mod comb;
pub(crate) mod fiat;
pub(crate) mod group;
pub(crate) mod jacobian;
pub(crate) mod limbs;
pub(crate) mod pippenger;
pub(crate) mod point;
pub(crate) mod scalar;
pub(crate) mod sswu;
pub(crate) mod straus;
pub(crate) mod window;
pub(crate) mod wnaf;

use alloc::vec::Vec;
use core::fmt::Debug;

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroize;

/// The field of the coordinates, with a prime `p = 3 mod 4`. Everything but `*_vartime` is constant time.
pub(crate) trait Field:
    Copy + Debug + Default + ConstantTimeEq + ConditionallySelectable + Zeroize + Send + Sync + 'static
{
    const ZERO: Self;
    const ONE: Self;

    fn add(&self, other: &Self) -> Self;
    fn sub(&self, other: &Self) -> Self;
    fn mul(&self, other: &Self) -> Self;
    fn square(&self) -> Self;
    /// `self / 2`.
    fn halve(&self) -> Self;
    /// `self^((p - 3) / 4)`.
    fn pow_p34(&self) -> Self;
    /// The lowest bit of the integer in `[0, p)`.
    fn is_odd(&self) -> Choice;
    fn is_zero_vartime(&self) -> bool;
    /// `self |= other & mask`, limb by limb: how a look-up adds up masked entries.
    fn or_masked(&mut self, other: &Self, mask: u64);

    #[inline(always)]
    fn double(&self) -> Self {
        self.add(self)
    }

    #[inline(always)]
    fn triple(&self) -> Self {
        self.add(self).add(self)
    }

    #[inline(always)]
    fn neg(&self) -> Self {
        Self::ZERO.sub(self)
    }

    fn square_n(&self, n: usize) -> Self {
        (0..n).fold(*self, |x, _| x.square())
    }

    /// `self^(p - 2)`, because `p - 2 = 4 (p - 3)/4 + 1`. So 0 gives 0.
    fn invert(&self) -> Self {
        self.pow_p34().square_n(2).mul(self)
    }

    /// A root of `self` where there is one: `self^((p + 1) / 4)`, because `(p + 1)/4 = (p - 3)/4 + 1`.
    fn sqrt(&self) -> (Choice, Self) {
        let root = self.pow_p34().mul(self);
        (root.square().ct_eq(self), root)
    }
}

/// The parameters of a curve.
pub(crate) trait Curve: Copy + Debug + Send + Sync + 'static {
    type Field: Field;
    /// The constant of the curve equation.
    const B: Self::Field;
    /// The generator's coordinates.
    const GENERATOR: (Self::Field, Self::Field);
}

/// Replaces every element by its inverse, with one inversion; 0 stays 0. Constant time in the values.
pub(crate) fn invert_batch<F: Field>(values: &mut [F]) {
    // prefix[i] = product of all nonzero values before i
    let mut prefix = Vec::with_capacity(values.len());
    let mut product = F::ONE;
    for value in values.iter_mut() {
        prefix.push(product);
        product = product.mul(&F::conditional_select(value, &F::ONE, value.ct_eq(&F::ZERO)));
    }
    let mut inverse = product.invert();
    for (value, before) in values.iter_mut().zip(&prefix).rev() {
        let zero = value.ct_eq(&F::ZERO);
        let factor = F::conditional_select(value, &F::ONE, zero);
        *value = F::conditional_select(&inverse.mul(before), &F::ZERO, zero);
        inverse = inverse.mul(&factor);
    }
    prefix.zeroize();
}

#[cfg(all(test, feature = "p256"))]
mod tests;
