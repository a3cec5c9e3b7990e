//! P-256 against another implementation, on random inputs.
#![cfg(feature = "p256")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::eq_op)] // a test may panic

use farebox_group::{ByteOrder, Group, P256, Scalar};
use proptest::prelude::*;
use rustcrypto_p256::elliptic_curve::ops::Reduce;
use rustcrypto_p256::elliptic_curve::sec1::{FromSec1Point, ToSec1Point};
use rustcrypto_p256::{AffinePoint, FieldBytes, ProjectivePoint, Sec1Point};

type Ours = <P256 as Group>::Scalar;
type Theirs = rustcrypto_p256::Scalar;

fn pair(bytes: [u8; 32]) -> (Ours, Theirs) {
    (Ours::reduce(&bytes, ByteOrder::Big), <Theirs as Reduce<FieldBytes>>::reduce(&bytes.into()))
}

fn same_scalar(ours: Ours, theirs: Theirs) -> bool {
    ours.to_bytes(ByteOrder::Big)[..] == theirs.to_bytes()[..]
}

fn encode(theirs: ProjectivePoint) -> Vec<u8> {
    theirs.to_affine().to_sec1_point(true).as_bytes().to_vec()
}

fn same_element(ours: <P256 as Group>::Element, theirs: ProjectivePoint) -> bool {
    P256::encode(&ours).map_or(theirs == ProjectivePoint::IDENTITY, |bytes| bytes[..] == encode(theirs)[..])
}

proptest! {
    #[test]
    fn scalars(a in any::<[u8; 32]>(), b in any::<[u8; 32]>()) {
        let ((a, pa), (b, pb)) = (pair(a), pair(b));
        prop_assert!(same_scalar(a, pa));
        prop_assert!(same_scalar(a + b, pa + pb));
        prop_assert!(same_scalar(a - b, pa - pb));
        prop_assert!(same_scalar(a * b, pa * pb));
        prop_assert!(same_scalar(-a, -pa));
        prop_assert!(same_scalar(a.invert(), Option::from(pa.invert()).unwrap_or(Theirs::ZERO)));
    }

    #[test]
    fn elements(a in any::<[u8; 32]>(), b in any::<[u8; 32]>()) {
        let ((a, pa), (b, pb)) = (pair(a), pair(b));
        let (p, q) = (P256::mul_generator(&a), P256::mul_generator(&b));
        let (pp, pq) = (ProjectivePoint::GENERATOR * pa, ProjectivePoint::GENERATOR * pb);
        prop_assert!(same_element(p, pp));
        prop_assert!(same_element(p + q, pp + pq));
        prop_assert!(same_element(p - q, pp - pq));
        prop_assert!(same_element(p * &b, pp * pb));
        prop_assert!(same_element(P256::multi_mul(&[(a, q), (b, p)]), pq * pa + pp * pb));
        prop_assert!(same_element(P256::multi_mul_vartime(&[(a, q), (b, p), (a, p)]), pq * pa + pp * pb + pp * pa));
    }

    #[test]
    fn decoding(tag in 2u8..4, x in any::<[u8; 32]>()) {
        let mut bytes = [0; 33];
        bytes[0] = tag;
        bytes[1..].copy_from_slice(&x);
        let theirs = Sec1Point::from_bytes(bytes).ok()
            .and_then(|point| Option::<AffinePoint>::from(AffinePoint::from_sec1_point(&point)));
        match (P256::decode(&bytes), theirs) {
            (Ok((ours, _)), Some(theirs)) => prop_assert!(same_element(ours, theirs.into())),
            (ours, theirs) => prop_assert!(ours.is_err() && theirs.is_none()),
        }
    }
}
