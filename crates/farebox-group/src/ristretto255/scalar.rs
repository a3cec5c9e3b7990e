//! Scalars of ristretto255: integers modulo 2^252 + 27742317777372353535851937790883648493.

use core::ops::{Mul, MulAssign};

use curve25519_dalek::scalar::Scalar as Inner;
use zeroize::{Zeroize, Zeroizing};

use crate::ops::additive_newtype;
use crate::{ByteOrder, DecodeError};

/// An integer modulo the order of ristretto255.
#[derive(Clone, Copy, Default)]
pub struct Scalar(pub(crate) Inner);

additive_newtype!(Scalar);

impl From<u64> for Scalar {
    fn from(value: u64) -> Self {
        Self(Inner::from(value))
    }
}

impl Mul for Scalar {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl MulAssign for Scalar {
    fn mul_assign(&mut self, other: Self) {
        *self = *self * other;
    }
}

impl crate::Scalar for Scalar {
    const ZERO: Self = Self(Inner::ZERO);
    const ONE: Self = Self(Inner::ONE);
    type Bytes = [u8; 32];

    fn invert(&self) -> Self {
        // 1/0 = 0, as in dalek's own exponentiation.
        Self(self.0.invert())
    }

    fn reduce(bytes: &[u8], order: ByteOrder) -> Self {
        // Least significant chunk first in either order; 32 bytes a chunk, then Horner's rule from the top.
        let radix = Self(Inner::from_bytes_mod_order([0xff; 32])) + Self::ONE;
        let mut wide = Zeroizing::new([0u8; 64]);
        if bytes.len() <= wide.len() {
            copy_little(bytes, order, wide.as_mut());
            return Self(Inner::from_bytes_mod_order_wide(&wide));
        }
        let (head, tail) = match order {
            ByteOrder::Little => bytes.split_at(32),
            ByteOrder::Big => {
                let (high, low) = bytes.split_at(bytes.len() - 32);
                (low, high)
            }
        };
        Self::reduce(tail, order) * radix + Self::reduce(head, order)
    }

    fn to_bytes(&self, order: ByteOrder) -> [u8; 32] {
        let mut bytes = self.0.to_bytes();
        if order == ByteOrder::Big {
            bytes.reverse();
        }
        bytes
    }

    fn from_bytes(bytes: &[u8], order: ByteOrder) -> Result<Self, DecodeError> {
        let mut bytes: [u8; 32] =
            bytes.try_into().map_err(|_| DecodeError::Length { expected: 32, actual: bytes.len() })?;
        if order == ByteOrder::Big {
            bytes.reverse();
        }
        let scalar = Inner::from_canonical_bytes(bytes);
        bytes.zeroize();
        Option::<Inner>::from(scalar).map(Self).ok_or(DecodeError::Scalar)
    }
}

/// Copies at most as many bytes as `out` has, least significant first.
fn copy_little(bytes: &[u8], order: ByteOrder, out: &mut [u8]) {
    match order {
        ByteOrder::Little => out.iter_mut().zip(bytes).for_each(|(o, b)| *o = *b),
        ByteOrder::Big => out.iter_mut().zip(bytes.iter().rev()).for_each(|(o, b)| *o = *b),
    }
}
