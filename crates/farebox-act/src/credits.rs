//! Amounts.

use core::fmt;

use crate::{Fault, Misuse, Scalar};
use farebox_group::{ByteOrder, Scalar as _};

/// L: balances are below 2^L. Between 1 and 64, so that an amount fits a `u64` and no sum of two wraps around the group
/// order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BitLength(u8);

impl BitLength {
    /// An L between 1 and 64.
    ///
    /// # Errors
    /// [`Misuse::BitLength`].
    pub const fn new(bits: u8) -> Result<Self, Misuse> {
        if bits == 0 || bits > 64 { Err(Misuse::BitLength) } else { Ok(Self(bits)) }
    }

    /// L.
    pub const fn get(self) -> usize {
        self.0 as usize
    }

    /// 2^L - 1.
    pub const fn max(self) -> u64 {
        u64::MAX >> (64 - self.0)
    }
}

/// A number of credits below 2^L, for the L that it was made with. Operations compare it with the L of their parameters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Credits(u64);

impl Credits {
    /// No credits.
    pub const ZERO: Self = Self(0);

    /// An amount below 2^L.
    ///
    /// # Errors
    /// [`Misuse::Amount`].
    pub const fn new(amount: u64, bits: BitLength) -> Result<Self, Misuse> {
        if amount > bits.max() { Err(Misuse::Amount) } else { Ok(Self(amount)) }
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Whether the amount is below 2^L of these parameters too.
    pub(crate) fn fits(self, bits: BitLength) -> Result<Self, Misuse> {
        Self::new(self.0, bits)
    }

    pub(crate) fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    pub(crate) fn checked_add(self, other: Self, bits: BitLength) -> Option<Self> {
        self.0.checked_add(other.0).and_then(|sum| Self::new(sum, bits).ok())
    }

    pub(crate) fn scalar(self) -> Scalar {
        Scalar::from(self.0)
    }

    /// Reads an amount as it travels: a canonical little-endian scalar, and below 2^L as an integer.
    pub(crate) fn from_bytes(bytes: &[u8; 32], bits: BitLength) -> Result<Self, Fault> {
        Scalar::from_bytes(bytes, ByteOrder::Little)?;
        let (low, high) = bytes.split_at(8);
        let amount = low.iter().rev().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
        if high.iter().any(|byte| *byte != 0) {
            return Err(Fault::Amount);
        }
        Self::new(amount, bits).map_err(|_| Fault::Amount)
    }
}

impl fmt::Debug for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credits({})", self.0)
    }
}

impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
