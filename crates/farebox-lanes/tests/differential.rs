//! Sums against curve25519-dalek.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity;
use farebox_lanes::{Kernel, Row, Tables};
use proptest::prelude::*;

fn kernel() -> Option<Kernel> {
    let kernel = Kernel::detect();
    if kernel.is_none() {
        println!("skipped: this processor has no AVX-512 IFMA");
    }
    kernel
}

fn points(count: u64, seed: u64) -> Vec<RistrettoPoint> {
    (0..count).map(|i| RISTRETTO_BASEPOINT_POINT * Scalar::from(seed + 1000 * i).invert()).collect()
}

fn encoded(points: &[RistrettoPoint]) -> Vec<[u8; 32]> {
    points.iter().map(|point| point.compress().0).collect()
}

fn expected(bases: &[RistrettoPoint], elements: &[RistrettoPoint], rows: &[Row]) -> Vec<[u8; 32]> {
    let sum = |points: &[RistrettoPoint], terms: &[(usize, [u8; 32])]| -> RistrettoPoint {
        let known = terms.iter().filter_map(|(index, scalar)| Some((points.get(*index)?, scalar)));
        known.map(|(point, scalar)| point * Scalar::from_canonical_bytes(*scalar).unwrap()).sum()
    };
    rows.iter().map(|row| (sum(bases, &row.fixed) + sum(elements, &row.dynamic)).compress().0).collect()
}

fn check(bases: &[RistrettoPoint], elements: &[RistrettoPoint], rows: &[Row]) {
    let Some(kernel) = kernel() else { return };
    let tables = Tables::new(kernel, &encoded(bases)).unwrap();
    assert_eq!(tables.combine(&encoded(elements), rows).unwrap(), expected(bases, elements, rows));
}

/// Scalars with digits at the edges of both windows, and random ones.
fn scalar() -> impl Strategy<Value = [u8; 32]> {
    let small = [0u64, 1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 127, 128, 129, 255, 256, 1 << 20];
    prop_oneof![
        prop::sample::select(small.to_vec()).prop_map(|small| Scalar::from(small).to_bytes()),
        prop::sample::select(small.to_vec()).prop_map(|small| (-Scalar::from(small)).to_bytes()),
        // The bytes 0x80, 0x7f and the like everywhere; five bits likewise.
        any::<u8>().prop_map(|byte| Scalar::from_bytes_mod_order([byte; 32]).to_bytes()),
        any::<[u8; 32]>().prop_map(|bytes| Scalar::from_bytes_mod_order(bytes).to_bytes()),
        any::<[u8; 32]>().prop_map(|bytes| Scalar::from_bytes_mod_order(bytes).to_bytes()),
    ]
}

fn row(bases: usize, elements: usize) -> impl Strategy<Value = Row> {
    // Some indices do not exist.
    let fixed = prop::collection::vec((0..bases + 1, scalar()), 0..4);
    let dynamic = prop::collection::vec((0..elements + 1, scalar()), 0..4);
    (fixed, dynamic).prop_map(|(fixed, dynamic)| Row { fixed, dynamic })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sums_agree(
        seed in 1u64..1000,
        (bases, elements, rows) in (0usize..11, 0usize..20)
            .prop_flat_map(|(b, e)| (Just(b), Just(e), prop::collection::vec(row(b, e), 0..41))),
    ) {
        check(&points(bases as u64, seed), &points(elements as u64, seed + 7), &rows);
    }

    /// Any 32 bytes, and bytes close to encodings: refused or taken as curve25519-dalek does.
    #[test]
    fn decoding_agrees(seed: u64, flips in prop::collection::vec((0usize..9, 0usize..256), 0..4), noise: [u8; 32]) {
        let Some(kernel) = kernel() else { return Ok(()) };
        let mut elements = encoded(&points(9, seed >> 1));
        let mut masked = noise;
        masked[0] &= 0xfe;
        masked[31] &= 0x7f;
        elements.extend([noise, masked]);
        for (element, bit) in flips {
            elements[element][bit / 8] ^= 1 << (bit % 8);
        }
        decoding(kernel, &elements);
    }
}

/// Each element alone, and all of them at once.
fn decoding(kernel: Kernel, elements: &[[u8; 32]]) {
    let tables = Tables::new(kernel, &[]).unwrap();
    let times_one = |index| Row { fixed: vec![], dynamic: vec![(index, Scalar::ONE.to_bytes())] };
    for (index, element) in elements.iter().enumerate() {
        let valid = CompressedRistretto(*element).decompress().is_some();
        let sums = tables.combine(elements, &[times_one(index)]);
        assert_eq!(sums, valid.then(|| vec![*element]), "{element:x?}");
        assert_eq!(Tables::new(kernel, &[*element]).is_some(), valid);
    }
    let all: Vec<_> = (0..elements.len()).map(times_one).collect();
    let valid = elements.iter().all(|element| CompressedRistretto(*element).decompress().is_some());
    assert_eq!(tables.combine(elements, &all), valid.then(|| elements.to_vec()));
}

fn bytes(hex: &str) -> [u8; 32] {
    let byte = |i: usize| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap();
    std::array::from_fn(byte)
}

/// RFC 9496, Appendix A.3: encodings that have to be refused.
#[test]
fn bad_encodings_of_the_rfc() {
    let Some(kernel) = kernel() else { return };
    let bad = [
        // Non-canonical field encodings.
        "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        // Negative field elements.
        "0100000000000000000000000000000000000000000000000000000000000000",
        "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
        "c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562",
        "c940e5a4404157cfb1628b108db051a8d439e1a421394ec4ebccb9ec92a8ac78",
        "47cfc5497c53dc8e61c91d17fd626ffb1c49e2bca94eed052281b510b1117a24",
        "f1c6165d33367351b0da8f6e4511010c68174a03b6581212c71c0e1d026c3c72",
        "87260f7a2f12495118360f02c26a470f450dadf34a413d21042b43b9d93e1309",
        // Non-square x^2.
        "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
        "4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f",
        "de6a7b00deadc788eb6b6c8d20c0ae96c2f2019078fa604fee5b87d6e989ad7b",
        "bcab477be20861e01e4a0e295284146a510150d9817763caf1a6f4b422d67042",
        "2a292df7e32cababbd9de088d1d1abec9fc0440f637ed2fba145094dc14bea08",
        "f4a9e534fc0d216c44b218fa0c42d99635a0127ee2e53c712f70609649fdff22",
        "8268436f8c4126196cf64b3c7ddbda90746a378625f9813dd9b8457077256731",
        "2810e5cbc2cc4d4eece54f61c6f69758e289aa7ab440b3cbeaa21995c2f4232b",
        // Negative xy value.
        "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
        "a45fdc55c76448c049a1ab33f17023edfb2be3581e9c7aade8a6125215e04220",
        "d483fe813c6ba647ebbfd3ec41adca1c6130c2beeee9d9bf065c8d151c5f396e",
        "8a2e1d30050198c65a54483123960ccc38aef6848e1ec8f5f780e8523769ba32",
        "32888462f8b486c68ad7dd9610be5192bbeaf3b443951ac1a8118419d9fa097b",
        "227142501b9d4355ccba290404bde41575b037693cef1f438c47f8fbf35d1165",
        "5c37cc491da847cfeb9281d407efc41e15144c876e0170b499a96a22ed31e01e",
        "445425117cb8c90edcbc7c1cc0e74f747f2c1efa5630a967c64f287792a48a4b",
        // s = -1, which causes y = 0.
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];
    for bad in bad {
        assert!(CompressedRistretto(bytes(bad)).decompress().is_none(), "{bad}");
        decoding(kernel, &[bytes(bad)]);
    }
}

/// RFC 9496, Appendix A.1: multiples of the generator, from both kinds of term, the identity included.
#[test]
fn small_multiples() {
    let generator = RISTRETTO_BASEPOINT_POINT;
    let mut rows = Vec::new();
    for multiple in 0..300u64 {
        let scalar = Scalar::from(multiple).to_bytes();
        rows.push(Row { fixed: vec![(0, scalar)], dynamic: vec![] });
        rows.push(Row { fixed: vec![], dynamic: vec![(0, scalar)] });
    }
    check(&[generator], &[generator], &rows);
    let Some(kernel) = kernel() else { return };
    let tables = Tables::new(kernel, &encoded(&[generator])).unwrap();
    let sums = tables.combine(&encoded(&[generator]), &rows).unwrap();
    assert_eq!(sums[0], [0; 32]);
    assert_eq!(sums[4], bytes("6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919"));
}

/// Sums whose parts are equal, opposite or the identity: the formulas have no exceptions.
#[test]
fn cancelling() {
    let p = RISTRETTO_BASEPOINT_POINT * Scalar::from(12345u64);
    let q = Scalar::from(99u64).invert();
    let elements = [p, -p, p, RistrettoPoint::identity(), p * q];
    let bases = [p, -p, RistrettoPoint::identity()];
    let mut rows = Vec::new();
    for scalar in [Scalar::ZERO, Scalar::ONE, -Scalar::ONE, q, -q, Scalar::from(16u64)] {
        let (s, neg) = (scalar.to_bytes(), (-scalar).to_bytes());
        rows.push(Row { fixed: vec![(0, s), (1, s)], dynamic: vec![] });
        rows.push(Row { fixed: vec![(0, s), (0, neg)], dynamic: vec![] });
        rows.push(Row { fixed: vec![(0, s)], dynamic: vec![(1, s)] });
        rows.push(Row { fixed: vec![(0, s)], dynamic: vec![(0, s)] });
        rows.push(Row { fixed: vec![], dynamic: vec![(0, s), (1, s)] });
        rows.push(Row { fixed: vec![], dynamic: vec![(0, s), (2, s), (2, s)] });
        rows.push(Row { fixed: vec![], dynamic: vec![(0, s), (0, neg), (3, s)] });
        rows.push(Row { fixed: vec![(2, s)], dynamic: vec![(3, s)] });
        rows.push(Row { fixed: vec![(0, s)], dynamic: vec![(4, Scalar::from(99u64).to_bytes()), (4, s)] });
    }
    rows.push(Row::default());
    check(&bases, &elements, &rows);
}

/// Elements that no row uses may be anything.
#[test]
fn unused_elements() {
    let Some(kernel) = kernel() else { return };
    let point = RISTRETTO_BASEPOINT_POINT.compress().0;
    let tables = Tables::new(kernel, &[]).unwrap();
    let row = Row { fixed: vec![], dynamic: vec![(1, Scalar::ONE.to_bytes())] };
    assert_eq!(tables.combine(&[[0xff; 32], point], std::slice::from_ref(&row)), Some(vec![point]));
    assert_eq!(tables.combine(&[point, [0xff; 32]], &[row]), None);
    let large = Row { fixed: vec![], dynamic: vec![(0, [0xff; 32])] };
    assert_eq!(tables.combine(&[point], &[large]), None);
    assert_eq!(tables.combine(&[], &[]), Some(vec![]));
}

/// Exact multiples of eight, one less and one more; the same row everywhere.
#[test]
fn groups_of_rows() {
    let (bases, elements) = (points(5, 3), points(12, 4));
    let scalar = |i: u64| Scalar::from(i + 2).invert().to_bytes();
    for count in [0, 1, 7, 8, 9, 15, 16, 17, 24, 25, 33] {
        let rows: Vec<_> = (0..count)
            .map(|i| Row { fixed: vec![(i % 5, scalar(i as u64))], dynamic: vec![(i % 12, scalar(7 * i as u64))] })
            .collect();
        check(&bases, &elements, &rows);
        let same = Row { fixed: vec![(4, scalar(1)), (0, scalar(2))], dynamic: vec![(11, scalar(3))] };
        check(&bases, &elements, &vec![same; count]);
    }
}
