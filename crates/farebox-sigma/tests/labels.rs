//! Statements as they are hashed: both numberings of the older profiles, and the lengths that the drafts give.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use farebox_group::{ByteOrder, Group, P256, Ristretto255, Scalar};
use farebox_sigma::{
    BaseSet, F1b, F2, F3, Legacy, LinearEquation, Numbering, P256Shake128, Point, Profile, Ristretto255Shake128,
    Statement,
};

#[derive(Clone, Copy, Debug, Default)]
struct FirstUse;

impl Legacy for FirstUse {
    const PROTOCOL_ID: &'static [u8] = b"labels test";
    const NUMBERING: Numbering = Numbering::FirstUse;
    const SCALAR_ORDER: ByteOrder = ByteOrder::Little;
}

#[derive(Clone, Copy, Debug, Default)]
struct AsAllocated;

impl Legacy for AsAllocated {
    const PROTOCOL_ID: &'static [u8] = b"labels test";
    const NUMBERING: Numbering = Numbering::AsAllocated;
    const SCALAR_ORDER: ByteOrder = ByteOrder::Little;
}

/// The generator, X, Y and C = X + Y; `C = b*X + s*Y; C = b*C + u*Y`.
fn bit<G: Group>(bases: &BaseSet<G>) -> Statement<'_, G> {
    let mut points = bases.points().to_vec();
    points.push(Point::encode(points[1].element() + points[2].element()).unwrap());
    let one = G::Scalar::ONE;
    let equation = |terms: [(usize, usize); 2]| LinearEquation {
        image: vec![(3, one)],
        terms: terms.map(|(s, e)| (s, e, one)).to_vec(),
    };
    Statement::from_equations(bases, points, vec![equation([(0, 1), (1, 2)]), equation([(0, 3), (2, 2)])]).unwrap()
}

fn bases<G: Group>() -> BaseSet<G> {
    BaseSet::new(&[b"X", b"Y"].map(|name| G::hash_to_group(&[name], &[b"labels test"]).unwrap())).unwrap()
}

/// `u32` little-endian numbers, then elements by their place in the statement.
fn label<G: Group>(numbers: &[u32], statement: &Statement<'_, G>, elements: &[usize]) -> Vec<u8> {
    let numbers = numbers.iter().flat_map(|n| n.to_le_bytes());
    numbers.chain(elements.iter().flat_map(|i| statement.points()[*i].bytes().to_vec())).collect()
}

#[test]
fn as_allocated() {
    let bases = bases::<Ristretto255>();
    let statement = bit(&bases);
    let numbers = [2, /**/ 3, 2, 0, 1, 1, 2, /**/ 3, 2, 0, 3, 2, 2];
    let expected = label(&numbers, &statement, &[0, 1, 2, 3]);
    assert_eq!(<F2<AsAllocated> as Profile<_>>::label(&statement).unwrap(), expected);
    assert_eq!(<F1b<AsAllocated> as Profile<_>>::label(&statement).unwrap(), expected);
    let parsed = <F2<AsAllocated> as Profile<_>>::parse(&bases, &expected).unwrap();
    assert_eq!(parsed.equations(), statement.equations());
    assert_eq!(parsed.scalars(), 3);
}

/// An image has an index of its own each time; a term's element has one, taken when a term first names it. C stands three
/// times, the unused generator not at all.
#[test]
fn by_first_use() {
    let bases = bases::<Ristretto255>();
    let statement = bit(&bases);
    let numbers = [2, /**/ 2, 2, 0, 0, 1, 1, /**/ 4, 2, 0, 3, 2, 1];
    let expected = label(&numbers, &statement, &[1, 2, 3, 3, 3]);
    assert_eq!(<F2<FirstUse> as Profile<_>>::label(&statement).unwrap(), expected);
}

/// 4 bytes, 8 + 36 for each image term and 40 for each term, and all elements but the generator.
#[test]
fn with_coefficients() {
    fn check<P: Profile<G>, G: Group>() {
        let bases = bases::<G>();
        let statement = bit(&bases);
        let label = P::label(&statement).unwrap();
        assert_eq!(label.len(), 4 + 2 * (8 + 36 + 2 * 40) + 3 * G::ELEMENT_LEN);
        let parsed = P::parse(&bases, &label).unwrap();
        assert_eq!(parsed.equations(), statement.equations());
        assert_eq!(P::label(&parsed).unwrap(), label);
        assert!(parsed.points().iter().zip(statement.points()).all(|(a, b)| a.bytes() == b.bytes()));
    }
    check::<F3<Ristretto255Shake128>, Ristretto255>();
    check::<F3<P256Shake128>, P256>();
}
