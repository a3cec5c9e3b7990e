//! The laws every group here keeps: one generic function a law, one line a group.
#![cfg(all(feature = "ristretto255", feature = "p256", feature = "p384"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::eq_op)] // a test may panic

use farebox_group::{
    ByteOrder, DecodeError, Element, FixedBases, Group, IdentityError, P256, P384, Ristretto255, Row, Scalar,
};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// Scalars at which digits, carries and signs change, and random ones.
fn scalars<G: Group>(rng: &mut StdRng) -> Vec<G::Scalar> {
    let one = G::Scalar::ONE;
    let mut scalars = vec![G::Scalar::ZERO, one, one + one, -one, -(one + one)];
    scalars
        .extend([3, 15, 16, 17, 31, 32, 33, 127, 128, 129, 255, 256, 0xffff, 1 << 32, u64::MAX].map(G::Scalar::from));
    // 2^64 to 2^320, around the pieces that scalars are cut into, and 1/2
    let mut power = G::Scalar::from(1 << 32) * G::Scalar::from(1 << 32);
    for _ in 0..5 {
        scalars.extend([power, power - one, -power, power + power - one]);
        power *= G::Scalar::from(1 << 32) * G::Scalar::from(1 << 32);
    }
    scalars.push((one + one).invert());
    scalars.extend((0..8).map(|_| G::Scalar::random(rng)));
    scalars
}

fn random_element<G: Group>(rng: &mut StdRng) -> G::Element {
    G::mul_generator(&G::Scalar::random(rng))
}

/// `scalar * element`, bit by bit.
fn naive<G: Group>(scalar: &G::Scalar, element: &G::Element) -> G::Element {
    let mut sum = G::Element::identity();
    for byte in scalar.to_bytes(ByteOrder::Big).as_ref() {
        for bit in (0..8).rev() {
            sum = sum + sum;
            if byte >> bit & 1 == 1 {
                sum += *element;
            }
        }
    }
    sum
}

fn naive_sum<G: Group>(terms: &[(G::Scalar, G::Element)]) -> G::Element {
    terms.iter().fold(G::Element::identity(), |sum, (s, e)| sum + naive::<G>(s, e))
}

fn elements_form_a_group<G: Group>() {
    let rng = &mut rng(1);
    let identity = G::Element::identity();
    let (p, q, r) = (random_element::<G>(rng), random_element::<G>(rng), random_element::<G>(rng));
    assert_eq!(p + q, q + p);
    assert_eq!((p + q) + r, p + (q + r));
    assert_eq!(p + identity, p);
    assert_eq!(identity + p, p);
    assert_eq!(identity + identity, identity);
    assert_eq!(identity.double(), identity);
    assert_eq!(-identity, identity);
    assert_eq!(p - p, identity);
    assert_eq!(-(-p), p);
    assert_eq!(p - q, p + -q);
    assert_eq!(p + p, p.double());
    assert_eq!(p.double() - p, p);
    assert_ne!(p, q);
    assert_ne!(p, -p);
    assert_ne!(p, identity);
    assert!(bool::from(identity.is_identity()) && !bool::from(p.is_identity()));
    let mut sum = p;
    sum += q;
    sum -= p;
    assert_eq!(sum, q);
}

fn scalars_form_a_field<G: Group>() {
    let rng = &mut rng(2);
    let (zero, one) = (G::Scalar::ZERO, G::Scalar::ONE);
    let scalars = scalars::<G>(rng);
    for a in &scalars {
        assert_eq!(*a + zero, *a);
        assert_eq!(*a * one, *a);
        assert_eq!(*a * zero, zero);
        assert_eq!(*a - *a, zero);
        assert_eq!(*a + -*a, zero);
        assert_eq!(*a * a.invert(), if *a == zero { zero } else { one });
        for b in &scalars {
            assert_eq!(*a + *b, *b + *a);
            assert_eq!(*a * *b, *b * *a);
            assert_eq!((*a - *b) + *b, *a);
            assert_eq!(*a * (*b + one), *a * *b + *a);
        }
    }
    assert_eq!(G::Scalar::default(), zero);
    assert!(bool::from(zero.is_zero()));
    assert_eq!(zero.invert(), zero);
}

fn batch_inversion_agrees<G: Group>() {
    let rng = &mut rng(3);
    let mut scalars = scalars::<G>(rng);
    scalars.push(G::Scalar::ZERO);
    let expected: Vec<_> = scalars.iter().map(Scalar::invert).collect();
    G::invert_batch(&mut scalars);
    assert_eq!(scalars, expected);
    let mut zeros = [G::Scalar::ZERO; 3];
    G::invert_batch(&mut zeros);
    assert_eq!(zeros, [G::Scalar::ZERO; 3]);
    G::invert_batch(&mut []);
}

fn scalar_bytes<G: Group>() {
    let rng = &mut rng(4);
    for order in [ByteOrder::Little, ByteOrder::Big] {
        for a in scalars::<G>(rng) {
            let bytes = a.to_bytes(order);
            assert_eq!(bytes.as_ref().len(), G::SCALAR_LEN);
            assert_eq!(G::Scalar::from_bytes(bytes.as_ref(), order), Ok(a));
            assert_eq!(G::Scalar::reduce(bytes.as_ref(), order), a);
        }
    }
    let a = G::Scalar::random(rng);
    let mut reversed = a.to_bytes(ByteOrder::Little);
    reversed.as_mut().reverse();
    assert_eq!(reversed, a.to_bytes(ByteOrder::Big));
}

fn reduction_takes_any_length<G: Group>() {
    let rng = &mut rng(5);
    let radix = G::Scalar::from(256);
    for length in (0..70).chain([95, 96, 97, 200]) {
        for fill in [None, Some(0xff), Some(0)] {
            let mut bytes = vec![0u8; length];
            rng.fill_bytes(&mut bytes);
            if let Some(fill) = fill {
                bytes.fill(fill);
            }
            let expected = bytes.iter().fold(G::Scalar::ZERO, |sum, b| sum * radix + G::Scalar::from(u64::from(*b)));
            assert_eq!(G::Scalar::reduce(&bytes, ByteOrder::Big), expected);
            bytes.reverse();
            assert_eq!(G::Scalar::reduce(&bytes, ByteOrder::Little), expected);
        }
    }
}

fn multiplications_agree<G: Group>() {
    let rng = &mut rng(6);
    let g = G::generator();
    let p = random_element::<G>(rng);
    let identity = G::Element::identity();
    let bases = G::Bases::new(&[p, identity, g]);
    assert_eq!(bases.elements(), [g, p, identity, g]);
    for s in scalars::<G>(rng) {
        let expected = naive::<G>(&s, &p);
        assert_eq!(p * &s, expected);
        assert_eq!(bases.mul(1, &s), expected);
        assert_eq!(G::multi_mul(&[(s, p)]), expected);
        assert_eq!(G::multi_mul_vartime(&[(s, p)]), expected);
        let expected = naive::<G>(&s, &g);
        assert_eq!(g * &s, expected);
        assert_eq!(G::mul_generator(&s), expected);
        assert_eq!(bases.mul(0, &s), expected);
        assert_eq!(bases.mul(3, &s), expected);
        assert_eq!(identity * &s, identity);
        assert_eq!(bases.mul(2, &s), identity);
        assert_eq!(bases.mul(4, &s), identity);
        assert_eq!(G::multi_mul_vartime(&[(s, identity)]), identity);
    }
    assert_eq!(p * &G::Scalar::ZERO, identity);
    assert_eq!(p * &G::Scalar::ONE, p);
    assert_eq!(p * &-G::Scalar::ONE, -p);
}

fn sums_agree<G: Group>() {
    let rng = &mut rng(7);
    assert_eq!(G::multi_mul(&[]), G::Element::identity());
    assert_eq!(G::multi_mul_vartime(&[]), G::Element::identity());
    let edges = scalars::<G>(rng);
    for count in [1, 2, 3, 4, 8, 32, 109, 110, 260] {
        let mut terms: Vec<_> =
            (0..count).map(|i| (*edges.get((i * 7) % 31).unwrap_or(&edges[0]), random_element::<G>(rng))).collect();
        for term in terms.iter_mut().skip(1).step_by(2) {
            term.0 = G::Scalar::random(rng);
        }
        if count > 4 {
            terms[3].1 = G::Element::identity();
            terms[4].0 = G::Scalar::ZERO;
        }
        let expected = naive_sum::<G>(&terms);
        assert_eq!(G::multi_mul(&terms), expected, "{count}");
        assert_eq!(G::multi_mul_vartime(&terms), expected, "{count}");
    }
}

/// Sums that meet P + P, P - P and the identity on the way.
fn collisions_are_right<G: Group>() {
    let rng = &mut rng(8);
    let p = random_element::<G>(rng);
    let identity = G::Element::identity();
    let related = [p, -p, p.double(), p.double() + p, identity, p.double().double()];
    let mut few: Vec<G::Scalar> = [0, 1, 2, 3, 4, 5, 7].map(G::Scalar::from).to_vec();
    few.extend([1, 2, 3].map(|s| -G::Scalar::from(s)));
    few.push(G::Scalar::random(rng));
    for s in &few {
        for t in &few {
            for q in related {
                let terms = [(*s, p), (*t, q)];
                let expected = naive::<G>(s, &p) + naive::<G>(t, &q);
                assert_eq!(G::multi_mul(&terms), expected);
                assert_eq!(G::multi_mul_vartime(&terms), expected);
            }
        }
    }
    let s = G::Scalar::random(rng);
    for count in [2, 50, 250] {
        let mut same = vec![(s, p); count];
        assert_eq!(G::multi_mul_vartime(&same), p * &(s * G::Scalar::from(count as u64)));
        for term in same.iter_mut().step_by(2) {
            term.1 = -p;
        }
        assert_eq!(G::multi_mul_vartime(&same), identity);
        assert_eq!(G::multi_mul(&same), identity);
    }
}

fn rows_agree<G: Group>() {
    let rng = &mut rng(9);
    let others = [random_element::<G>(rng), G::Element::identity(), random_element::<G>(rng)];
    let bases = G::Bases::new(&others);
    let mut dynamic: Vec<_> = (0..6).map(|_| random_element::<G>(rng)).collect();
    dynamic.extend([G::Element::identity(), G::generator(), others[0], -dynamic[0], dynamic[0].double()]);
    let edges = scalars::<G>(rng);

    let mut rows = vec![Row::default()];
    for i in 0..24 {
        // Indices repeat within a row, and some do not exist.
        let mut terms = |indices: &[usize]| -> Vec<(usize, G::Scalar)> {
            let mut term = |(j, index): (usize, &usize)| {
                let s = if j % 2 == 0 { G::Scalar::random(rng) } else { edges[(3 * i + j) % edges.len()] };
                (*index, s)
            };
            indices.iter().enumerate().map(&mut term).collect()
        };
        rows.push(Row { fixed: terms(&[i % 6, 0, 0]), dynamic: terms(&[i % 12, (i + 1) % 4, i % 12]) });
        rows.push(Row { fixed: terms(&[i % 4]), dynamic: Vec::new() });
        rows.push(Row { fixed: Vec::new(), dynamic: terms(&[5, usize::MAX, 0]) });
    }
    // P - P, from the same table, from two tables, and from a fixed and a dynamic one
    let s = G::Scalar::random(rng);
    rows.push(Row { fixed: vec![], dynamic: vec![(0, s), (0, -s)] });
    rows.push(Row { fixed: vec![], dynamic: vec![(0, s), (9, s)] });
    rows.push(Row { fixed: vec![(1, s)], dynamic: vec![(8, -s)] });
    rows.push(Row { fixed: vec![(0, s)], dynamic: vec![(7, s), (7, s)] });
    // short scalars only
    rows.push(Row { fixed: vec![], dynamic: (0..11).map(|i| (i, G::Scalar::from(3 * i as u64))).collect() });
    rows.push(Row { fixed: vec![(0, G::Scalar::ZERO)], dynamic: vec![(1, G::Scalar::ZERO)] });

    let expected: Vec<_> = rows.iter().map(|row| row_naive::<G>(bases.elements(), &dynamic, row)).collect();
    assert_eq!(bases.combine_vartime(&dynamic, &rows), expected);
    // Each alone, so that an element has as few uses as can be.
    for (row, expected) in rows.iter().zip(&expected) {
        assert_eq!(bases.combine_vartime(&dynamic, core::slice::from_ref(row)), [*expected]);
    }
    assert_eq!(bases.combine_vartime(&dynamic, &[]), []);
    assert_eq!(bases.combine_vartime(&[], &[Row::default()]), [G::Element::identity()]);
}

/// Sums as encodings are the encodings of the sums, for few rows and for many.
fn encoded_rows_agree<G: Group>() {
    let rng = &mut rng(11);
    let bases = G::Bases::new(&[random_element::<G>(rng), random_element::<G>(rng)]);
    let dynamic: Vec<_> = (0..11).map(|_| random_element::<G>(rng)).map(|e| (e, G::encode(&e).unwrap())).collect();
    let elements: Vec<_> = dynamic.iter().map(|(element, _)| *element).collect();
    let edges = scalars::<G>(rng);
    let mut rows = Vec::new();
    for i in 0..40 {
        let mut term = |index: usize| match index % 3 {
            0 => (index, edges[(5 * i + index) % edges.len()]),
            _ => (index, G::Scalar::random(rng)),
        };
        rows.push(Row {
            fixed: (0..i % 4).map(|j| term(j + 1)).collect(),
            dynamic: (0..=i % 3).map(|j| term((i + 5 * j) % 12)).collect(),
        });
        let expected: Result<Vec<_>, _> = bases.combine_vartime(&elements, &rows).iter().map(G::encode).collect();
        if expected.is_err() {
            assert_eq!(bases.combine_encode_vartime(&dynamic, &rows), Err(IdentityError));
            rows.pop();
        } else {
            assert_eq!(bases.combine_encode_vartime(&dynamic, &rows), expected);
        }
    }
    assert!(rows.len() > 30);
    assert_eq!(bases.combine_encode_vartime(&dynamic, &[]), Ok(Vec::new()));
    // One identity among many sums refuses them all.
    let (s, last) = (G::Scalar::random(rng), rows.len() - 1);
    rows[last] = Row { fixed: vec![(1, s), (1, -s)], dynamic: vec![(3, -s), (3, s)] };
    assert_eq!(bases.combine_encode_vartime(&dynamic, &rows), Err(IdentityError));
}

fn row_naive<G: Group>(fixed: &[G::Element], dynamic: &[G::Element], row: &Row<G::Scalar>) -> G::Element {
    let term = |elements: &[G::Element], (i, s): &(usize, G::Scalar)| elements.get(*i).map(|e| naive::<G>(s, e));
    let fixed = row.fixed.iter().filter_map(|t| term(fixed, t));
    let dynamic = row.dynamic.iter().filter_map(|t| term(dynamic, t));
    fixed.chain(dynamic).fold(G::Element::identity(), |sum, e| sum + e)
}

fn encodings_round_trip<G: Group>() {
    let rng = &mut rng(10);
    let mut batch = Vec::new();
    let mut expected = Vec::new();
    for s in scalars::<G>(rng) {
        let element = G::mul_generator(&s);
        let half = G::mul_generator(&G::halve(&s));
        assert_eq!(G::unhalve(&half), element);
        match G::encode(&element) {
            Ok(bytes) => {
                assert_eq!(bytes.as_ref().len(), G::ELEMENT_LEN);
                assert_eq!(G::decode(bytes.as_ref()), Ok((element, bytes)));
                batch.push(half);
                expected.push(bytes);
            }
            Err(IdentityError) => {
                assert_eq!(s, G::Scalar::ZERO);
                assert_eq!(G::encode_batch(&[half]), Err(IdentityError));
            }
        }
    }
    assert_eq!(G::encode_batch(&batch), Ok(expected));
    assert_eq!(G::encode_batch(&[]), Ok(vec![]));
    batch.insert(2, G::Element::identity());
    assert_eq!(G::encode_batch(&batch), Err(IdentityError));
    assert_eq!(G::decode(&vec![0; G::ELEMENT_LEN]), Err(DecodeError::Identity));
}

/// What decodes has only one encoding: every other string of the right length is refused or means another element.
fn encodings_are_canonical<G: Group>() {
    let rng = &mut rng(11);
    let mut bytes = vec![0u8; G::ELEMENT_LEN];
    let mut decoded = 0;
    for i in 0..2000 {
        rng.fill_bytes(&mut bytes);
        if i % 2 == 0 {
            bytes[0] &= 3;
        }
        if let Ok((element, encoded)) = G::decode(&bytes) {
            assert_eq!(encoded.as_ref(), bytes);
            assert_eq!(G::encode(&element), Ok(encoded));
            decoded += 1;
        }
    }
    assert!(decoded > 50, "{decoded}");
}

fn lengths_are_exact<G: Group>() {
    let encoded = G::encode(&G::generator()).unwrap();
    let mut long = encoded.as_ref().to_vec();
    long.push(0);
    for length in (0..G::ELEMENT_LEN).chain([long.len()]) {
        let error = DecodeError::Length { expected: G::ELEMENT_LEN, actual: length };
        assert_eq!(G::decode(&long[..length]), Err(error));
    }
    for length in (0..G::SCALAR_LEN).chain([G::SCALAR_LEN + 1]) {
        let error = DecodeError::Length { expected: G::SCALAR_LEN, actual: length };
        assert_eq!(G::Scalar::from_bytes(&vec![0; length], G::SCALAR_ORDER), Err(error));
    }
}

fn secrets_do_not_show<G: Group>() {
    let rng = &mut rng(12);
    let s = G::Scalar::random(rng);
    assert_eq!(format!("{s:?}"), "Scalar(..)");
    assert_eq!(format!("{:?}", G::mul_generator(&s)), "Element(..)");
    let mut erased = s;
    zeroize::Zeroize::zeroize(&mut erased);
    assert_eq!(erased, G::Scalar::ZERO);
    let mut erased = G::mul_generator(&s);
    zeroize::Zeroize::zeroize(&mut erased);
    assert_eq!(erased, G::Element::identity());
}

fn hashes_take_parts<G: Group>() {
    let whole = G::hash_to_group(&[b"a message"], &[b"a tag"]).unwrap();
    assert_eq!(G::hash_to_group(&[b"a ", b"", b"message"], &[b"a", b" tag"]), Ok(whole));
    assert_ne!(G::hash_to_group(&[b"a message"], &[b"a tag."]), Ok(whole));
    let whole = G::hash_to_scalar(&[b"a message"], &[b"a tag"]).unwrap();
    assert_eq!(G::hash_to_scalar(&[b"a mess", b"age"], &[b"a ", b"tag"]), Ok(whole));
    // The rule for long tags: hashed, so that their parts still do not matter.
    let long = [7u8; 300];
    assert_eq!(G::hash_to_scalar(&[b"m"], &[&long]), G::hash_to_scalar(&[b"m"], &[&long[..255], &long[255..]]));
    assert!(G::hash_to_group(&[b"m"], &[]).is_err() && G::hash_to_scalar(&[b"m"], &[b""]).is_err());
}

macro_rules! for_every_group {
    ($($law:ident)*) => {
        mod ristretto255 { $(#[test] fn $law() { super::$law::<super::Ristretto255>(); })* }
        mod p256 { $(#[test] fn $law() { super::$law::<super::P256>(); })* }
        mod p384 { $(#[test] fn $law() { super::$law::<super::P384>(); })* }
    };
}

for_every_group! {
    elements_form_a_group
    scalars_form_a_field
    batch_inversion_agrees
    scalar_bytes
    reduction_takes_any_length
    multiplications_agree
    sums_agree
    collisions_are_right
    rows_agree
    encoded_rows_agree
    encodings_round_trip
    encodings_are_canonical
    lengths_are_exact
    secrets_do_not_show
    hashes_take_parts
}
