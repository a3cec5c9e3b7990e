//! The statements of our files: four relations that hold, and statements that are refused.

use farebox_group::{Group, Scalar as _};
use farebox_sigma::relations::{DiscreteLogarithm, DiscreteLogarithmPublics, Dleq, DleqPublics};
use farebox_sigma::{
    ElementVar, Equation, Point, Profile, Publics, Relation, ScalarVar, Secrets, Shape, Statement, eq, record,
};

use crate::vectors::coins::Stream;
use crate::vectors::sigma::SharedBases;

/// A statement and a witness, as bytes.
pub(super) struct Sample {
    pub(super) relation: &'static str,
    pub(super) instance: Vec<u8>,
    pub(super) witness: Vec<u8>,
}

/// `c = x * g + r * h`, a commitment and its opening.
struct Pedersen;

struct PedersenPublics<T> {
    g: T,
    h: T,
    c: T,
}
record!(PedersenPublics { one g, one h, one c });

/// `c + 3 * h = 2 * x * g - r * h` and `d = r * g`: coefficients, and a sum as image.
struct Coefficients;

struct CoefficientsPublics<T> {
    g: T,
    h: T,
    c: T,
    d: T,
}
record!(CoefficientsPublics { one g, one h, one c, one d });

struct Opening<T> {
    x: T,
    r: T,
}
record!(Opening { one x, one r });

impl Relation for Pedersen {
    const NAME: &'static str = "pedersen";
    type Publics = PedersenPublics<()>;
    type Secrets = Opening<()>;

    fn shape(&self) -> (Publics<Self, ()>, Secrets<Self, ()>) {
        (PedersenPublics { g: (), h: (), c: () }, Opening { x: (), r: () })
    }

    fn equations(&self, p: &Publics<Self, ElementVar>, w: &Secrets<Self, ScalarVar>) -> Vec<Equation> {
        vec![eq(p.c, w.x * p.g + w.r * p.h)]
    }
}

impl Relation for Coefficients {
    const NAME: &'static str = "coefficients";
    type Publics = CoefficientsPublics<()>;
    type Secrets = Opening<()>;

    fn shape(&self) -> (Publics<Self, ()>, Secrets<Self, ()>) {
        (CoefficientsPublics { g: (), h: (), c: (), d: () }, Opening { x: (), r: () })
    }

    fn equations(&self, p: &Publics<Self, ElementVar>, w: &Secrets<Self, ScalarVar>) -> Vec<Equation> {
        vec![eq(1 * p.c + 3 * p.h, 2 * (w.x * p.g) + -(w.r * p.h)), eq(p.d, w.r * p.g)]
    }
}

/// The equations of all relations, each behind its name.
pub(super) fn statement(coefficients: bool) -> Vec<String> {
    let lines =
        |name: &str, shape: Shape| shape.lines().into_iter().map(|line| format!("{name}: {line}")).collect::<Vec<_>>();
    let mut all = lines(DiscreteLogarithm::NAME, Shape::of(&DiscreteLogarithm));
    all.extend(lines(Dleq::NAME, Shape::of(&Dleq)));
    all.extend(lines(Pedersen::NAME, Shape::of(&Pedersen)));
    if coefficients {
        all.extend(lines(Coefficients::NAME, Shape::of(&Coefficients)));
    }
    all
}

/// The relations with values. Before draft -03 there are no coefficients.
pub(super) fn samples<P: Profile<G>, G: SharedBases>(coefficients: bool) -> Result<Vec<Sample>, String> {
    let mut stream = Stream::from_seed(b"farebox sigma witness");
    let (x, r) = (stream.scalar::<G>()?, stream.scalar::<G>()?);
    let h = element::<G>("h")?;
    let g = *G::shared().points().first().ok_or("no generator")?;
    let point = |element: G::Element| Point::<G>::encode(element).map_err(|error| error.to_string());
    let mul = |scalar: &G::Scalar| G::mul_generator(scalar);
    let three = G::Scalar::from(3);

    let publics = DiscreteLogarithmPublics { g, x: point(mul(&x))? };
    let logarithm = Statement::new(&DiscreteLogarithm, G::shared(), &publics).map_err(|e| e.to_string())?;
    let publics = DleqPublics { g, x: point(mul(&x))?, h: point(h)?, y: point(h * &x)? };
    let dleq = Statement::new(&Dleq, G::shared(), &publics).map_err(|e| e.to_string())?;
    let publics = PedersenPublics { g, h: point(h)?, c: point(mul(&x) + h * &r)? };
    let pedersen = Statement::new(&Pedersen, G::shared(), &publics).map_err(|e| e.to_string())?;
    let mut samples = vec![
        sample::<P, G>(DiscreteLogarithm::NAME, &logarithm, &[x])?,
        sample::<P, G>(Dleq::NAME, &dleq, &[x])?,
        sample::<P, G>(Pedersen::NAME, &pedersen, &[x, r])?,
    ];
    if coefficients {
        let c = mul(&(x + x)) - h * &r - h * &three;
        let publics = CoefficientsPublics { g, h: point(h)?, c: point(c)?, d: point(mul(&r))? };
        let statement = Statement::new(&Coefficients, G::shared(), &publics).map_err(|e| e.to_string())?;
        samples.push(sample::<P, G>(Coefficients::NAME, &statement, &[x, r])?);
    }
    Ok(samples)
}

fn sample<P: Profile<G>, G: Group>(
    relation: &'static str,
    statement: &Statement<'_, G>,
    witness: &[G::Scalar],
) -> Result<Sample, String> {
    let instance = P::label(statement).map_err(|error| error.to_string())?;
    let witness = witness.iter().flat_map(|scalar| scalar.to_bytes(G::SCALAR_ORDER).as_ref().to_vec()).collect();
    Ok(Sample { relation, instance, witness })
}

/// `(element, coefficient)`.
type Image<S> = Vec<(u32, S)>;
/// `(scalar, element, coefficient)`.
type Terms<S> = Vec<(u32, u32, S)>;
type Equations<S> = [(Image<S>, Terms<S>)];
/// What is wrong, the statement, and the length of a batchable proof of it.
type RefusedStatement = (&'static str, Vec<u8>, usize);

/// What a statement of draft -03 must not be, one fault each, with the length of a batchable proof of it.
pub(super) fn refused<G: Group>() -> Result<Vec<RefusedStatement>, String> {
    let (one, zero) = (G::Scalar::ONE, G::Scalar::ZERO);
    let x = G::encode(&element::<G>("x")?).map_err(|error| error.to_string())?.as_ref().to_vec();
    let equation = || (vec![(1, one)], vec![(0, 0, one)]);
    let len = |equations: usize, scalars: usize| equations * G::ELEMENT_LEN + scalars * G::SCALAR_LEN;
    let write = instance::<G>;
    let mut above = write(&[equation()], &[&x]);
    let coefficient = above.iter_mut().skip(12).take(G::SCALAR_LEN);
    coefficient.for_each(|byte| *byte = 0xff);
    Ok(vec![
        ("check 1: no equation", write(&[], &[]), 0),
        ("check 2: an equation without image", write(&[(vec![], vec![(0, 1, one)])], &[&x]), len(1, 1)),
        ("check 2: an equation without terms", write(&[equation(), (vec![(1, one)], vec![])], &[&x]), len(2, 1)),
        ("check 4: an image names element 2 of 2", write(&[(vec![(2, one)], vec![(0, 1, one)])], &[&x]), len(1, 1)),
        ("check 4: a term names element 2 of 2", write(&[(vec![(1, one)], vec![(0, 2, one)])], &[&x]), len(1, 1)),
        ("check 5: element 2 is not used", write(&[equation()], &[&x, &x]), len(1, 1)),
        (
            "check 6: scalar 1 is not used, scalar 2 is",
            write(&[(vec![(1, one)], vec![(0, 0, one), (2, 0, one)])], &[&x]),
            len(1, 3),
        ),
        (
            "check 6: only scalar 2^32 - 2 is used",
            write(&[(vec![(1, one)], vec![(u32::MAX - 1, 0, one)])], &[&x]),
            len(1, 1),
        ),
        ("check 8: element 1 is the identity", write(&[equation()], &[&vec![0; G::ELEMENT_LEN]]), len(1, 1)),
        ("check 9: an image of coefficient 0", write(&[(vec![(1, zero)], vec![(0, 0, one)])], &[&x]), len(1, 1)),
        ("check 9: the image X - X", write(&[(vec![(1, one), (1, -one)], vec![(0, 0, one)])], &[&x]), len(1, 1)),
        (
            "check 10: scalar 1 has the coefficient 0",
            write(&[(vec![(1, one)], vec![(0, 0, one), (1, 0, zero)])], &[&x]),
            len(1, 2),
        ),
        (
            "check 10: scalar 1 has the coefficients 1 and -1 of one element",
            write(&[(vec![(1, one)], vec![(0, 0, one), (1, 0, one), (1, 0, -one)])], &[&x]),
            len(1, 2),
        ),
        ("a coefficient above the group order", above, len(1, 1)),
    ])
}

fn instance<G: Group>(equations: &Equations<G::Scalar>, elements: &[&Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    let put = |out: &mut Vec<u8>, n: usize| out.extend(u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes());
    put(&mut out, equations.len());
    for (image, terms) in equations {
        put(&mut out, image.len());
        for (element, coefficient) in image {
            out.extend(element.to_le_bytes());
            out.extend(coefficient.to_bytes(G::SCALAR_ORDER).as_ref());
        }
        put(&mut out, terms.len());
        for (scalar, element, coefficient) in terms {
            out.extend(scalar.to_le_bytes());
            out.extend(element.to_le_bytes());
            out.extend(coefficient.to_bytes(G::SCALAR_ORDER).as_ref());
        }
    }
    elements.iter().for_each(|element| out.extend(element.iter()));
    out
}

/// An element from a text.
fn element<G: Group>(text: &str) -> Result<G::Element, String> {
    G::hash_to_group(&[text.as_bytes()], &[b"farebox-vectors-1 elements"]).map_err(|error| error.to_string())
}
