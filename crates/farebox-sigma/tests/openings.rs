//! Statements at the edge of the prover's shortcuts for opened elements and bits: the commitments must be `map(nonces)`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use farebox_group::{Element as _, Group, Ristretto255, Scalar as _};
use farebox_sigma::{BaseSet, Coins, F3, Flavor, LinearEquation, Point, Ristretto255Shake128, Statement, Transcript};

type G = Ristretto255;
type Scalar = <G as Group>::Scalar;

/// Elements by place: the generator, X, Y, 2X, then whatever a test opens.
const X: usize = 1;
const Y: usize = 2;
const TWICE_X: usize = 3;
const C: usize = 4;

fn int(n: i64) -> Scalar {
    let magnitude = Scalar::from(n.unsigned_abs());
    if n < 0 { -magnitude } else { magnitude }
}

/// `image = sum of coefficient * scalar * element`.
fn equation(image: usize, terms: &[(usize, usize, i64)]) -> LinearEquation<Scalar> {
    let terms = terms.iter().map(|(s, e, c)| (*s, *e, int(*c))).collect();
    LinearEquation { image: vec![(image, Scalar::ONE)], terms }
}

/// Proves the equations for a witness that fits, with `opened` as the elements from `C` on, given by their shares of X and Y.
fn check(opened: &[(i64, i64)], equations: Vec<LinearEquation<Scalar>>, witness: &[i64]) {
    let hash = |name: &[u8]| G::hash_to_group(&[name], &[b"openings test"]).unwrap();
    let (x, y) = (hash(b"X"), hash(b"Y"));
    let bases = BaseSet::<G>::new(&[x, y, x.double()]).unwrap();
    let mut points = bases.points().to_vec();
    points.extend(opened.iter().map(|(a, b)| Point::encode(x * &int(*a) + y * &int(*b)).unwrap()));
    // Elements that a test does not use are bound by one more equation, since every element has to stand somewhere.
    let mut equations = equations;
    let free = witness.len();
    equations.push(equation(TWICE_X, &[(free, X, 1)]));
    equations.push(equation(Y, &[(free + 1, Y, 1)]));
    let witness: Vec<_> = witness.iter().chain(&[2, 1]).map(|w| int(*w)).collect();

    let statement = Statement::from_equations(&bases, points, equations).unwrap();
    assert!(statement.holds_vartime(&witness), "the test's own statement is false");
    let nonces: Vec<_> = (0..witness.len()).map(|i| int(1000 + 77 * i as i64)).collect();
    let naive = statement.equations().iter().flat_map(|equation| {
        let terms = equation.terms.iter().map(|(s, e, c)| (*c * nonces[*s], statement.points()[*e].element()));
        G::encode(&G::multi_mul_vartime(&terms.collect::<Vec<_>>())).unwrap()
    });
    let naive: Vec<u8> = naive.collect();
    let argument = Transcript::<F3<Ristretto255Shake128>>::new().session(b"openings").statement(statement).unwrap();
    let proof = argument.prove_with_coins(Flavor::Batchable, &witness, Coins::from_nonces(nonces)).unwrap();
    assert_eq!(hex::encode(&proof[..naive.len()]), hex::encode(&naive));
    assert_eq!(argument.verify(Flavor::Batchable, &proof), Ok(()));
}

/// `C = b*X + s*Y; C = b*C + u*Y`, the structure that the shortcut is for.
#[test]
fn bits() {
    for b in [0, 1] {
        let equations = vec![equation(C, &[(0, X, 1), (1, Y, 1)]), equation(C, &[(0, C, 1), (2, Y, 1)])];
        check(&[(b, 5)], equations, &[b, 5, 5 - 5 * b]);
    }
}

/// The opening stands after its use.
#[test]
fn opened_later() {
    let equations = vec![equation(C, &[(0, C, 1), (2, Y, 1)]), equation(C, &[(0, X, 1), (1, Y, 1)])];
    check(&[(1, 5)], equations, &[1, 5, 0]);
}

/// A further term on X: b is any number, `C = b*C + v*X + u*Y`.
#[test]
fn another_term_on_the_base() {
    let equations = vec![equation(C, &[(0, X, 1), (1, Y, 1)]), equation(C, &[(0, C, 1), (2, Y, 1), (3, X, 1)])];
    check(&[(7, 5)], equations, &[7, 5, 5 - 35, 7 - 49]);
}

/// A further term on X in the opening: b is any number where C has no share of X.
#[test]
fn opened_twice_over_one_base() {
    let equations = vec![
        equation(C, &[(0, X, 1), (1, Y, 1), (2, X, 1)]),
        equation(C, &[(0, C, 1), (3, Y, 1)]),
        equation(C, &[(0, X, 1), (1, Y, 1), (2, X, 1)]),
    ];
    check(&[(0, 5)], equations, &[7, 5, -7, 5 - 35]);
}

/// Two multiples of C: `b + d = 1`.
#[test]
fn two_multiples_of_the_element() {
    let equations = vec![equation(C, &[(0, X, 1), (1, Y, 1)]), equation(C, &[(0, C, 1), (2, C, 1), (3, Y, 1)])];
    check(&[(7, 5)], equations, &[7, 5, -6, 0]);
}

/// Coefficients whose product is 1: `C = 2b*X + s*Y; C = (b/2)*C + u*Y` says b = 2.
#[test]
fn coefficients_that_cancel() {
    let half = int(2).invert();
    let mut square = equation(C, &[(0, C, 1), (2, Y, 1)]);
    square.terms[0].2 = half;
    check(&[(4, 5)], vec![equation(C, &[(0, X, 2), (1, Y, 1)]), square], &[2, 5, 0]);
}

/// A known relation between bases: 2X takes the share that X would have to take.
#[test]
fn related_bases() {
    let equations = vec![equation(C, &[(0, X, 1), (1, Y, 1)]), equation(C, &[(0, C, 1), (2, Y, 1), (3, TWICE_X, 1)])];
    check(&[(7, 5)], equations, &[7, 5, 5 - 35, (7 - 49) / 2]);
}

/// The scalar stands in the opening of another element.
#[test]
fn scalar_of_another_opening() {
    let equations = vec![
        equation(C, &[(0, X, 1), (1, Y, 1)]),
        equation(C + 1, &[(2, X, 1), (0, Y, 1)]),
        equation(C, &[(0, C + 1, 1), (3, X, 1), (4, Y, 1)]),
        equation(C + 1, &[(1, C, 1), (5, X, 1), (6, Y, 1)]),
    ];
    // C = 7X + 5Y, D = 3X + 7Y
    check(&[(7, 5), (3, 7)], equations, &[7, 5, 3, 7 - 21, 5 - 49, 3 - 35, 7 - 25]);
}

/// Several openings of one element, the first with a coefficient of zero.
#[test]
fn opened_by_several_equations() {
    let equations = vec![
        equation(C, &[(0, X, 1), (1, Y, 1), (2, TWICE_X, 0)]),
        equation(C, &[(2, TWICE_X, 1), (1, Y, 1)]),
        equation(C, &[(0, C, 3), (2, C, -1), (3, X, 1), (4, Y, 1)]),
    ];
    // C = 8X + 5Y = 4*(2X) + 5Y; C = (24 - 4)*C - 19*C
    check(&[(8, 5)], equations, &[8, 5, 4, -19 * 8, -19 * 5]);
}

/// An element that is a fixed base and opened as well: the table goes first.
#[test]
fn opened_base() {
    check(&[], vec![equation(X, &[(0, TWICE_X, 1), (1, X, 1)]), equation(X, &[(0, X, 1)])], &[1, -1]);
}
