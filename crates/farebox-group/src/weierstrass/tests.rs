//! Recodings give back the integer, for scalars of 32 and of 48 bytes.

use std::vec::Vec;

use proptest::prelude::*;

use super::window::recode;
use super::wnaf::wnaf_vartime;
use crate::p256::Scalar;
use crate::{ByteOrder, Scalar as _};

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![3 => any::<u8>(), 1 => Just(0xff), 1 => Just(0)];
    prop_oneof![
        prop::collection::vec(byte.clone(), 32),
        prop::collection::vec(byte, 48),
        Just([0xff; 32].to_vec()),
        Just([0xff; 48].to_vec()),
    ]
}

/// The digits' integer, most significant first.
fn value(digits: impl Iterator<Item = i16>, window: u32) -> Scalar {
    digits.fold(Scalar::ZERO, |sum, digit| {
        let magnitude = Scalar::from(u64::from(digit.unsigned_abs()));
        sum * Scalar::from(1 << window) + if digit < 0 { -magnitude } else { magnitude }
    })
}

proptest! {
    #[test]
    fn signed_windows(bytes in bytes(), window in 2usize..15) {
        let digits = recode(&bytes, window);
        let top = 1 << (window - 1);
        prop_assert!(digits.iter().all(|digit| -top < *digit && *digit <= top));
        let integer = Scalar::reduce(&bytes, ByteOrder::Little);
        prop_assert_eq!(value(digits.iter().rev().copied(), window as u32), integer);
    }

    #[test]
    fn non_adjacent_forms(bytes in bytes(), window in 2u32..9) {
        let digits = wnaf_vartime(&bytes, window);
        prop_assert_eq!(digits.len(), 8 * bytes.len() + 1);
        for (i, digit) in digits.iter().enumerate().filter(|(_, digit)| **digit != 0) {
            prop_assert!(digit % 2 != 0 && u32::from(digit.unsigned_abs()) < 1 << (window - 1));
            let rest = digits.iter().skip(i + 1).take(window as usize - 1);
            prop_assert!(rest.into_iter().all(|digit| *digit == 0));
        }
        let integer = Scalar::reduce(&bytes, ByteOrder::Little);
        prop_assert_eq!(value(digits.iter().rev().map(|digit| i16::from(*digit)), 1), integer);
    }
}
