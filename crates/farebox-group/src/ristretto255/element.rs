//! Elements of ristretto255.

use core::ops::Mul;

use curve25519_dalek::ristretto::RistrettoPoint;

use super::Scalar;
use crate::ops::additive_newtype;

/// An element of ristretto255.
#[derive(Clone, Copy, Default)]
pub struct Element(pub(crate) RistrettoPoint);

additive_newtype!(Element);

impl Mul<&Scalar> for Element {
    type Output = Self;
    fn mul(self, scalar: &Scalar) -> Self {
        Self(self.0 * scalar.0)
    }
}

impl crate::Element for Element {
    fn double(&self) -> Self {
        Self(self.0 + self.0)
    }
}
