//! Elements of P-256.

use core::ops::Mul;

use zeroize::Zeroizing;

use super::Scalar;
use super::curve::P256Curve;
use crate::ops::additive_newtype;
use crate::weierstrass::point::Point;
use crate::weierstrass::window;

/// An element of P-256.
#[derive(Clone, Copy, Default)]
pub struct Element(pub(crate) Point<P256Curve>);

additive_newtype!(Element);

impl Mul<&Scalar> for Element {
    type Output = Self;
    fn mul(self, scalar: &Scalar) -> Self {
        let scalar = Zeroizing::new(scalar.0.to_bytes());
        Self(window::multi_mul(core::iter::once((&scalar[..], self.0))))
    }
}

impl crate::Element for Element {
    fn double(&self) -> Self {
        Self(self.0.double())
    }
}
