//! The ten checks of an instance (draft-irtf-cfrg-sigma-protocols-03, ValidateInstance), one test each.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use farebox_group::{ByteOrder, Group, Ristretto255, Scalar as _};
use farebox_sigma::{
    BaseSet, Error, F3, InvalidStatement, LinearEquation, Malformed, Point, Profile, Ristretto255Shake128, Statement,
    Transcript,
};

type G = Ristretto255;
type Scalar = <G as Group>::Scalar;
type Suite = F3<Ristretto255Shake128>;

/// `(image, terms)` of one equation, with small coefficients.
type Eq<'a> = (&'a [(u32, i64)], &'a [(u32, u32, i64)]);

fn int(n: i64) -> Scalar {
    let magnitude = Scalar::from(n.unsigned_abs());
    if n < 0 { -magnitude } else { magnitude }
}

/// The encodings of n different elements.
fn elements(n: u64) -> Vec<u8> {
    (0..n).flat_map(|i| G::encode(&G::mul_generator(&Scalar::from(i + 2))).unwrap()).collect()
}

fn serialize(equations: &[Eq<'_>], elements: &[u8]) -> Vec<u8> {
    let mut out = (equations.len() as u32).to_le_bytes().to_vec();
    for (image, terms) in equations {
        out.extend((image.len() as u32).to_le_bytes());
        for (element, c) in *image {
            out.extend(element.to_le_bytes());
            out.extend(int(*c).to_bytes(ByteOrder::Little));
        }
        out.extend((terms.len() as u32).to_le_bytes());
        for (scalar, element, c) in *terms {
            out.extend(scalar.to_le_bytes());
            out.extend(element.to_le_bytes());
            out.extend(int(*c).to_bytes(ByteOrder::Little));
        }
    }
    out.extend(elements);
    out
}

/// Parses and validates.
fn check(bytes: &[u8]) -> Result<(), Error> {
    let bases = BaseSet::<G>::new(&[]).unwrap();
    let statement = <Suite as Profile<G>>::parse(&bases, bytes)?;
    let argument = Transcript::<Suite>::new().session(b"checks").statement(statement)?;
    assert_eq!(argument.label(), bytes);
    Ok(())
}

fn refused(bytes: &[u8]) -> InvalidStatement {
    match check(bytes) {
        Err(Error::Statement(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_statement_passes() {
    assert_eq!(check(&serialize(&[(&[(1, 1)], &[(0, 0, 1)])], &elements(1))), Ok(()));
    // 2*E1 - E2 = x*G - y*E2 + 3y*E1; E2 = x*E2
    let equations: [Eq<'_>; 2] = [(&[(1, 2), (2, -1)], &[(0, 0, 1), (1, 2, -1), (1, 1, 3)]), (&[(2, 1)], &[(0, 2, 1)])];
    assert_eq!(check(&serialize(&equations, &elements(2))), Ok(()));
}

#[test]
fn check_1_no_equation() {
    assert_eq!(refused(&serialize(&[], &[])), InvalidStatement::Empty);
}

#[test]
fn check_2_empty_side() {
    let good: Eq<'_> = (&[(1, 1)], &[(0, 0, 1)]);
    assert_eq!(refused(&serialize(&[good, (&[], &[(0, 0, 1)])], &elements(1))), InvalidStatement::EmptySide(1));
    assert_eq!(refused(&serialize(&[good, (&[(1, 1)], &[])], &elements(1))), InvalidStatement::EmptySide(1));
}

#[test]
fn check_3_too_large() {
    // Scalar 2^32 - 1 is the 2^32nd.
    let bytes = serialize(&[(&[(1, 1)], &[(u32::MAX, 0, 1)])], &elements(1));
    assert_eq!(refused(&bytes), InvalidStatement::TooLarge);
    // One less is a count that fits; it allocates nothing and is refused for the scalars before it.
    let bytes = serialize(&[(&[(1, 1)], &[(u32::MAX - 1, 0, 1)])], &elements(1));
    assert_eq!(refused(&bytes), InvalidStatement::UnusedScalar(0));

    let bases = BaseSet::<G>::new(&[]).unwrap();
    let equation = LinearEquation { image: vec![(0, Scalar::ONE)], terms: vec![(usize::MAX, 0, Scalar::ONE)] };
    let result = Statement::from_equations(&bases, bases.points().to_vec(), vec![equation]);
    assert_eq!(result.unwrap_err(), Error::Statement(InvalidStatement::TooLarge));
}

#[test]
fn check_4_unknown_element() {
    let good: Eq<'_> = (&[(1, 1)], &[(0, 0, 1)]);
    let image = serialize(&[good, (&[(2, 1)], &[(0, 0, 1)])], &elements(1));
    assert_eq!(refused(&image), InvalidStatement::UnknownElement(1));
    let term = serialize(&[good, (&[(1, 1)], &[(0, u32::MAX, 1)])], &elements(1));
    assert_eq!(refused(&term), InvalidStatement::UnknownElement(1));
}

#[test]
fn check_5_unused_element() {
    let bytes = serialize(&[(&[(1, 1)], &[(0, 3, 1)])], &elements(3));
    assert_eq!(refused(&bytes), InvalidStatement::UnusedElement(2));
}

#[test]
fn check_6_unused_scalar() {
    let bytes = serialize(&[(&[(1, 1)], &[(0, 0, 1), (2, 0, 1)])], &elements(1));
    assert_eq!(refused(&bytes), InvalidStatement::UnusedScalar(1));
}

#[test]
fn check_7_generator() {
    // The serialised form has no place for another element 0, so this comes from equations.
    let bases = BaseSet::<G>::new(&[]).unwrap();
    let points = vec![Point::decode(&elements(1)).unwrap(), bases.points()[0]];
    let equation = LinearEquation { image: vec![(0, Scalar::ONE)], terms: vec![(0, 1, Scalar::ONE)] };
    let statement = Statement::from_equations(&bases, points, vec![equation]).unwrap();
    assert_eq!(statement.validate(), Err(InvalidStatement::Generator));
    let result = Transcript::<Suite>::new().session(b"checks").statement(statement);
    assert_eq!(result.unwrap_err(), Error::Statement(InvalidStatement::Generator));
}

#[test]
fn check_8_identity_element() {
    let mut two = elements(1);
    two.extend([0; 32]);
    let bytes = serialize(&[(&[(1, 1)], &[(0, 2, 1)])], &two);
    assert_eq!(refused(&bytes), InvalidStatement::IdentityElement(2));
}

#[test]
fn check_9_identity_image() {
    let good: Eq<'_> = (&[(1, 1)], &[(0, 0, 1)]);
    let zero = serialize(&[good, (&[(1, 0)], &[(0, 0, 1)])], &elements(1));
    assert_eq!(refused(&zero), InvalidStatement::IdentityImage(1));
    let cancelled = serialize(&[good, (&[(1, 2), (1, -2)], &[(0, 0, 1)])], &elements(1));
    assert_eq!(refused(&cancelled), InvalidStatement::IdentityImage(1));
    // Element 1 is 2*G, as a value that the indices do not show.
    let by_value = serialize(&[good, (&[(1, 1), (0, -2)], &[(0, 0, 1)])], &elements(1));
    assert_eq!(refused(&by_value), InvalidStatement::IdentityImage(1));
}

#[test]
fn check_10_identity_column() {
    let cancelled = serialize(&[(&[(1, 1)], &[(0, 0, 1), (1, 0, 3), (1, 0, -3)])], &elements(1));
    assert_eq!(refused(&cancelled), InvalidStatement::IdentityColumn(1));
    let by_value = serialize(&[(&[(1, 1)], &[(0, 0, 1), (1, 1, 1), (1, 0, -2)])], &elements(1));
    assert_eq!(refused(&by_value), InvalidStatement::IdentityColumn(1));
    // One equation in which it does not cancel is enough.
    let equations: [Eq<'_>; 2] = [(&[(1, 1)], &[(0, 0, 1), (1, 0, 3), (1, 0, -3)]), (&[(1, 1)], &[(1, 0, 1)])];
    assert_eq!(check(&serialize(&equations, &elements(1))), Ok(()));
}

#[test]
fn every_cut_is_refused() {
    let bytes = serialize(&[(&[(1, 1)], &[(0, 0, 1), (1, 2, 1)])], &elements(2));
    for len in 0..bytes.len() {
        // A cut at the end of an element leaves one too few, all others end early.
        let expected = if len == bytes.len() - 32 || len == bytes.len() - 64 {
            Error::Statement(InvalidStatement::UnknownElement(0))
        } else {
            Error::Malformed(Malformed::Statement("ends early"))
        };
        assert_eq!(check(&bytes[..len]), Err(expected), "{len}");
    }
    let mut long = bytes.clone();
    long.push(0);
    assert_eq!(check(&long), Err(Error::Malformed(Malformed::Statement("ends early"))));
    long.resize(bytes.len() + 32, 0xff);
    assert_eq!(check(&long), Err(Error::Malformed(Malformed::Statement("element"))));
}

#[test]
fn counts_without_content_end_with_the_input() {
    assert_eq!(check(&[0xff; 4]), Err(Error::Malformed(Malformed::Statement("ends early"))));
    let mut empty_equations = vec![0xff; 4];
    empty_equations.resize(1 << 20, 0);
    assert_eq!(check(&empty_equations), Err(Error::Malformed(Malformed::Statement("ends early"))));
}

#[test]
fn coefficients_are_canonical() {
    let mut bytes = serialize(&[(&[(1, 1)], &[(0, 0, 1)])], &elements(1));
    bytes[12..44].fill(0xff);
    assert_eq!(check(&bytes), Err(Error::Malformed(Malformed::Statement("coefficient"))));
}
