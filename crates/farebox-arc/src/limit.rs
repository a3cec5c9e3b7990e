//! The presentation limit N, and the bases of its range proof.

use alloc::vec::Vec;

use crate::Misuse;

/// N: how many presentations a context takes, from 2 to 2^32. Client and verifier have it from the verifier's configuration,
/// never from a message.
///
/// 1 is refused: the draft's range proof does not bind the nonce then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "presentationLimit")]
pub struct Limit(u64);

impl Limit {
    /// The smallest limit.
    pub const MIN: Self = Self(2);
    /// The largest limit.
    pub const MAX: Self = Self(1 << 32);

    /// A limit.
    ///
    /// # Errors
    /// [`Misuse::Limit`] below 2 and above 2^32.
    pub const fn new(limit: u64) -> Result<Self, Misuse> {
        if Self::MIN.0 <= limit && limit <= Self::MAX.0 { Ok(Self(limit)) } else { Err(Misuse::Limit) }
    }

    /// N.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// k = ceil(log2 N), from 1 to 32: the commitments in a presentation.
    pub const fn bits(self) -> usize {
        (u64::BITS - (self.0 - 1).leading_zeros()) as usize
    }

    /// The bases of the range proof, k of them, descending (arc-crypto-01, "ComputeBases"): powers of two below 2^(k-1), and
    /// what is left of N - 1. Every number below N is the sum of some of them, and no other number is.
    ///
    /// The last base is 1 for every limit.
    #[doc(alias = "ComputeBases")]
    pub fn bases(self) -> Vec<u64> {
        let k = self.bits();
        let mut bases: Vec<u64> = (0..k - 1).map(|i| 1 << i).collect();
        // N - 1 - (2^(k-1) - 1)
        bases.push(self.0 - (1 << (k - 1)));
        bases.sort_unstable_by(|a, b| b.cmp(a));
        bases
    }
}

impl TryFrom<u64> for Limit {
    type Error = Misuse;

    fn try_from(limit: u64) -> Result<Self, Misuse> {
        Self::new(limit)
    }
}
