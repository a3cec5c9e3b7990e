//! Scalars of P-256: integers modulo its order.

use core::ops::{Mul, MulAssign};

use zeroize::{Zeroize, Zeroizing};

use super::residue::Residue;
use crate::ops::additive_newtype;
use crate::{ByteOrder, DecodeError};

/// An integer modulo the order of P-256.
#[derive(Clone, Copy, Default)]
pub struct Scalar(pub(crate) Residue);

additive_newtype!(Scalar);

impl From<u64> for Scalar {
    fn from(value: u64) -> Self {
        Self(Residue::new([value, 0, 0, 0]))
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

/// Bytes that are below the order whatever their value.
const CHUNK: usize = 24;
/// `2^(8 CHUNK)`
const RADIX: Residue = Residue::new([0, 0, 0, 1]);

impl crate::Scalar for Scalar {
    const ZERO: Self = Self(Residue::ZERO);
    const ONE: Self = Self(Residue::ONE);
    type Bytes = [u8; 32];

    fn invert(&self) -> Self {
        Self(self.0.invert())
    }

    fn reduce(bytes: &[u8], order: ByteOrder) -> Self {
        // Horner's rule over chunks, the most significant first; only that one can be short.
        let horner = |sum: Residue, chunk: Residue| sum * RADIX + chunk;
        Self(match order {
            ByteOrder::Big => bytes.rchunks(CHUNK).rev().map(|chunk| residue(chunk.iter())).fold(Residue::ZERO, horner),
            ByteOrder::Little => {
                bytes.chunks(CHUNK).rev().map(|chunk| residue(chunk.iter().rev())).fold(Residue::ZERO, horner)
            }
        })
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
        if order == ByteOrder::Little {
            bytes.reverse();
        }
        let residue = Residue::from_bytes(&bytes);
        bytes.zeroize();
        residue.map(Self).ok_or(DecodeError::Scalar)
    }
}

/// At most [`CHUNK`] bytes, the most significant first.
fn residue<'a>(bytes: impl DoubleEndedIterator<Item = &'a u8>) -> Residue {
    let mut limbs = Zeroizing::new([0u64; 4]);
    for (i, byte) in bytes.rev().take(CHUNK).enumerate() {
        if let Some(limb) = limbs.get_mut(i / 8) {
            *limb |= u64::from(*byte) << (8 * (i % 8));
        }
    }
    Residue::new(*limbs)
}
