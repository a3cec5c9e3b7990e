//! The canonical decomposition of a nonce over the bases of a limit.

use alloc::vec::Vec;

use subtle::{Choice, ConditionallySelectable as _, ConstantTimeGreater as _};
use zeroize::Zeroizing;

/// Takes each base, from the largest, that still fits (arc-crypto-01, "MakeRangeProofHelper"). All of a limit's bases are
/// tried for every nonce, in constant time.
///
/// A nonce can have several decompositions. This one is the rule for all clients: which one was taken cannot be seen, but a
/// client that chose would say something by choosing.
pub(crate) fn decompose(nonce: u64, bases: &[u64]) -> Zeroizing<Vec<u8>> {
    let mut rest = nonce;
    let mut bits = Zeroizing::new(Vec::with_capacity(bases.len()));
    for base in bases {
        let fits = !base.ct_gt(&rest);
        rest = u64::conditional_select(&rest, &rest.wrapping_sub(*base), fits);
        bits.push(fits.unwrap_u8());
    }
    bits
}

pub(crate) fn choices(bits: &[u8]) -> impl Iterator<Item = Choice> {
    bits.iter().map(|bit| Choice::from(*bit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limit;

    /// Every nonce below N, and no other sum: the largest is N - 1. Limits around powers of two reach every shape of bases.
    #[test]
    fn every_nonce_has_a_decomposition() {
        let around = |i: u32| [(1u64 << i) - 1, 1 << i, (1 << i) + 1];
        for limit in (2..300).chain((9..14).flat_map(around)) {
            let bases = Limit::new(limit).unwrap().bases();
            assert_eq!(bases.iter().sum::<u64>(), limit - 1);
            assert_eq!(bases.last(), Some(&1));
            for nonce in 0..limit {
                let bits = decompose(nonce, &bases);
                let sum: u64 = bits.iter().zip(&bases).map(|(bit, base)| u64::from(*bit) * base).sum();
                assert_eq!(sum, nonce, "N = {limit}");
            }
        }
    }

    #[test]
    fn bases_of_the_largest_limits() {
        for limit in [Limit::MAX.get() - 1, Limit::MAX.get()] {
            let bases = Limit::new(limit).unwrap().bases();
            assert_eq!((bases.len(), bases.iter().sum::<u64>()), (32, limit - 1));
            let bits = decompose(limit - 1, &bases);
            assert!(bits.iter().all(|bit| *bit == 1));
        }
    }

    #[test]
    fn bases_as_the_draft_orders_them() {
        let bases = |n| Limit::new(n).unwrap().bases();
        assert_eq!(bases(2), [1]);
        assert_eq!(bases(3), [1, 1]);
        assert_eq!(bases(4), [2, 1]);
        assert_eq!(bases(10), [4, 2, 2, 1]);
        assert_eq!(bases(100), [36, 32, 16, 8, 4, 2, 1]);
        assert_eq!(bases(1000), [488, 256, 128, 64, 32, 16, 8, 4, 2, 1]);
    }
}
