//! What fiat-crypto does not have: halves, powers, wide integers.

use proptest::prelude::*;

use super::{Fe, Field};
use crate::ByteOrder;

fn element() -> impl Strategy<Value = Fe> {
    prop_oneof![
        9 => prop::collection::vec(any::<u8>(), 72).prop_map(|bytes| Fe::reduce(&bytes, ByteOrder::Big)),
        1 => (0u64..3).prop_map(Fe::from_u64),
        1 => (1u64..3).prop_map(|k| -Fe::from_u64(k)),
    ]
}

proptest! {
    #[test]
    fn halves_inverses_and_roots(a in element()) {
        prop_assert_eq!(a.halve().double().0, a.0);
        let one = if a.is_zero_vartime() { Fe::ZERO } else { Fe::ONE };
        // Two ways to the inverse: pow_p34, and plain exponentiation.
        prop_assert_eq!(a.mul(&Field::invert(&a)).0, one.0);
        prop_assert_eq!(Fe::invert(&a).0, Field::invert(&a).0);
        let square = a.square();
        let (is_square, root) = square.sqrt();
        prop_assert!(bool::from(is_square));
        prop_assert_eq!(root.square().0, square.0);
        // -1 is no square, because p = 3 mod 4.
        prop_assert_eq!(bool::from(square.neg().sqrt().0), a.is_zero_vartime());
        prop_assert_eq!(Fe::from_bytes(&a.to_be_bytes()).map(|a| a.0), Some(a.0));
        prop_assert_eq!(Fe::new(a.limbs()).0, a.0);
    }

    #[test]
    fn wide_integers(high in any::<[u8; 24]>(), low in any::<[[u8; 24]; 2]>()) {
        let mut wide = [0; 72];
        wide[..24].copy_from_slice(&high);
        wide[24..].copy_from_slice(low.as_flattened());
        let expected = wide.iter().fold(Fe::ZERO, |sum, byte| sum * Fe::from_u64(256) + Fe::from_u64(u64::from(*byte)));
        prop_assert_eq!(Fe::reduce_wide(&wide).0, expected.0);
    }
}
