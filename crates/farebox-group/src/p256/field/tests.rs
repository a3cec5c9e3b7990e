//! Against fiat-crypto's verified field, in the same Montgomery form.

use fiat_crypto::p256_64::{
    fiat_p256_add, fiat_p256_montgomery_domain_field_element as Inner, fiat_p256_mul,
    fiat_p256_non_montgomery_domain_field_element as Plain, fiat_p256_square, fiat_p256_sub, fiat_p256_to_montgomery,
};
use std::vec;

use proptest::prelude::*;

use super::{Fe, Field, P};
use crate::weierstrass::limbs::{below, sbb};

/// Limbs below p: random, and every mixture of the limbs at which carries break.
fn element() -> impl Strategy<Value = Fe> {
    let limb = prop_oneof![
        4 => any::<u64>(),
        1 => prop::sample::select(vec![
            0, 1, 2, u64::MAX, u64::MAX - 1, 1 << 63, 1 << 32, (1 << 32) - 1, 0xffff_ffff_0000_0001, 0xffff_ffff_0000_0000,
        ]),
    ];
    let small = (0u64..3).prop_map(|k| [P[0] - k, P[1], P[2], P[3]]);
    let any_limbs = prop::array::uniform4(limb);
    prop_oneof![9 => any_limbs.boxed(), 1 => small.boxed()].prop_map(|mut limbs| {
        if !below(&limbs, &P) {
            // p <= x < 2^256, so that x - p is below p.
            let mut borrow = false;
            for (limb, p) in limbs.iter_mut().zip(&P) {
                (*limb, borrow) = sbb(*limb, *p, borrow);
            }
        }
        Fe(limbs)
    })
}

fn fiat(f: impl Fn(&mut Inner)) -> [u64; 4] {
    let mut out = Inner([0; 4]);
    f(&mut out);
    out.0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn arithmetic_agrees(a in element(), b in element()) {
        prop_assert_eq!(a.mul(&b).0, fiat(|out| fiat_p256_mul(out, &Inner(a.0), &Inner(b.0))));
        prop_assert_eq!(a.square().0, fiat(|out| fiat_p256_square(out, &Inner(a.0))));
        prop_assert_eq!(a.add(&b).0, fiat(|out| fiat_p256_add(out, &Inner(a.0), &Inner(b.0))));
        prop_assert_eq!(a.sub(&b).0, fiat(|out| fiat_p256_sub(out, &Inner(a.0), &Inner(b.0))));
        prop_assert_eq!(Fe::new(a.0).0, fiat(|out| fiat_p256_to_montgomery(out, &Plain(a.0))));
        prop_assert_eq!(a.halve().double().0, a.0);
        prop_assert_eq!(Fe::new(a.limbs()).0, a.0);
        prop_assert_eq!(Fe::from_bytes(&a.to_be_bytes()).map(|a| a.0), Some(a.0));
    }
}

proptest! {
    #[test]
    fn inverses_and_roots(a in element()) {
        let inverse = a.invert();
        let one = if a.is_zero_vartime() { Fe::ZERO } else { Fe::ONE };
        prop_assert_eq!(a.mul(&inverse).0, one.0);
        let square = a.square();
        let (is_square, root) = square.sqrt();
        prop_assert!(bool::from(is_square));
        prop_assert_eq!(root.square().0, square.0);
        // -1 is no square, because p = 3 mod 4.
        prop_assert_eq!(bool::from(square.neg().sqrt().0), a.is_zero_vartime());
    }

    #[test]
    fn wide_integers(high in any::<[u8; 16]>(), low in any::<[u8; 32]>()) {
        let mut wide = [0; 48];
        wide[..16].copy_from_slice(&high);
        wide[16..].copy_from_slice(&low);
        // Byte by byte.
        let byte = Fe::new([256, 0, 0, 0]);
        let expected = wide.iter().fold(Fe::ZERO, |sum, b| sum.mul(&byte).add(&Fe::new([u64::from(*b), 0, 0, 0])));
        prop_assert_eq!(Fe::reduce_wide(&wide).0, expected.0);
    }
}
