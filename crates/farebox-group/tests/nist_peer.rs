//! The NIST curves against another implementation, on random inputs.
#![cfg(all(feature = "p256", feature = "p384"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::eq_op)] // a test may panic

use farebox_group::{ByteOrder, Group, P256, P384, Scalar};
use proptest::prelude::*;

macro_rules! peer {
    ($group:ident, $name:ident, $peer:ident, $len:literal) => {
        mod $name {
            use ::$peer::elliptic_curve::ops::Reduce;
            use ::$peer::elliptic_curve::sec1::{FromSec1Point, ToSec1Point};
            use ::$peer::{AffinePoint, FieldBytes, ProjectivePoint, Sec1Point};

            use super::*;

            type Ours = <$group as Group>::Scalar;
            type Theirs = ::$peer::Scalar;

            fn pair(bytes: [u8; $len]) -> (Ours, Theirs) {
                (Ours::reduce(&bytes, ByteOrder::Big), <Theirs as Reduce<FieldBytes>>::reduce(&bytes.into()))
            }

            fn same_scalar(ours: Ours, theirs: Theirs) -> bool {
                ours.to_bytes(ByteOrder::Big)[..] == theirs.to_bytes()[..]
            }

            fn encode(theirs: ProjectivePoint) -> Vec<u8> {
                theirs.to_affine().to_sec1_point(true).as_bytes().to_vec()
            }

            fn same_element(ours: <$group as Group>::Element, theirs: ProjectivePoint) -> bool {
                $group::encode(&ours).map_or(theirs == ProjectivePoint::IDENTITY, |bytes| bytes[..] == encode(theirs)[..])
            }

            proptest! {
                #[test]
                fn scalars(a in any::<[u8; $len]>(), b in any::<[u8; $len]>()) {
                    let ((a, pa), (b, pb)) = (pair(a), pair(b));
                    prop_assert!(same_scalar(a, pa));
                    prop_assert!(same_scalar(a + b, pa + pb));
                    prop_assert!(same_scalar(a - b, pa - pb));
                    prop_assert!(same_scalar(a * b, pa * pb));
                    prop_assert!(same_scalar(-a, -pa));
                    prop_assert!(same_scalar(a.invert(), Option::from(pa.invert()).unwrap_or(Theirs::ZERO)));
                }

                #[test]
                fn elements(a in any::<[u8; $len]>(), b in any::<[u8; $len]>()) {
                    let ((a, pa), (b, pb)) = (pair(a), pair(b));
                    let (p, q) = ($group::mul_generator(&a), $group::mul_generator(&b));
                    let (pp, pq) = (ProjectivePoint::GENERATOR * pa, ProjectivePoint::GENERATOR * pb);
                    prop_assert!(same_element(p, pp));
                    prop_assert!(same_element(p + q, pp + pq));
                    prop_assert!(same_element(p - q, pp - pq));
                    prop_assert!(same_element(p * &b, pp * pb));
                    prop_assert!(same_element($group::multi_mul(&[(a, q), (b, p)]), pq * pa + pp * pb));
                    prop_assert!(same_element($group::multi_mul_vartime(&[(a, q), (b, p), (a, p)]), pq * pa + pp * pb + pp * pa));
                }

                #[test]
                fn decoding(tag in 2u8..4, x in any::<[u8; $len]>()) {
                    let mut bytes = [0; $len + 1];
                    bytes[0] = tag;
                    bytes[1..].copy_from_slice(&x);
                    let theirs = Sec1Point::from_bytes(bytes).ok()
                        .and_then(|point| Option::<AffinePoint>::from(AffinePoint::from_sec1_point(&point)));
                    match ($group::decode(&bytes), theirs) {
                        (Ok((ours, _)), Some(theirs)) => prop_assert!(same_element(ours, theirs.into())),
                        (ours, theirs) => prop_assert!(ours.is_err() && theirs.is_none()),
                    }
                }
            }
        }
    };
}

peer!(P256, p256, rustcrypto_p256, 32);
peer!(P384, p384, rustcrypto_p384, 48);
