//! Looks for a prover whose time depends on the witness. Skipped unless `FAREBOX_TIMING=long`; see docs/TIMING.md.
#![cfg(all(feature = "ristretto255", feature = "p256"))]

use farebox_group::{Group, P256, Ristretto255, Scalar};
use farebox_sigma::relations::{Dleq, DleqPublics, Logarithm};
use farebox_sigma::{
    Argument, BaseSet, Ciphersuite, ElementVar, Equation, F3, Flavor, P256Shake128, Point, Publics, Relation,
    Ristretto255Shake128, ScalarVar, Secrets, Statement, Transcript, Witness, eq, record, witness,
};
use farebox_timing::{Class, Config, Rng, Suite};
use rand::{RngExt as _, SeedableRng as _};

/// 0.1 to 1 ms a call, and as much to prepare it.
const CONFIG: Config = Config { samples: 20_000, calls: 1 };

type Failure = Box<dyn std::error::Error>;

/// Commitments to bits, as a spend has them: `com = b*x + s*y`, `com = b*com + u*y`.
struct Bits;

/// How many.
const COUNT: usize = 4;

struct BitsPublics<T> {
    g: T,
    x: T,
    y: T,
    com: Vec<T>,
}
record!(BitsPublics { one g, one x, one y, many com });

struct BitsSecrets<T> {
    b: Vec<T>,
    s: Vec<T>,
    u: Vec<T>,
}
record!(BitsSecrets { many b, many s, many u });

impl Relation for Bits {
    const NAME: &'static str = "bits";
    type Publics = BitsPublics<()>;
    type Secrets = BitsSecrets<()>;

    fn shape(&self) -> (Publics<Self, ()>, Secrets<Self, ()>) {
        let many = || vec![(); COUNT];
        (BitsPublics { g: (), x: (), y: (), com: many() }, BitsSecrets { b: many(), s: many(), u: many() })
    }

    fn equations(&self, p: &Publics<Self, ElementVar>, w: &Secrets<Self, ScalarVar>) -> Vec<Equation> {
        let bits = p.com.iter().zip(&w.b).zip(&w.s).zip(&w.u);
        bits.flat_map(|(((com, b), s), u)| [eq(*com, *b * p.x + *s * p.y), eq(*com, *b * *com + *u * p.y)]).collect()
    }
}

/// `com = v*x + s*y` over fixed bases, without bits.
struct Opening;

struct OpeningPublics<T> {
    g: T,
    x: T,
    y: T,
    com: T,
}
record!(OpeningPublics { one g, one x, one y, one com });

struct OpeningSecrets<T> {
    v: T,
    s: T,
}
record!(OpeningSecrets { one v, one s });

impl Relation for Opening {
    const NAME: &'static str = "opening";
    type Publics = OpeningPublics<()>;
    type Secrets = OpeningSecrets<()>;

    fn shape(&self) -> (Publics<Self, ()>, Secrets<Self, ()>) {
        (OpeningPublics { g: (), x: (), y: (), com: () }, OpeningSecrets { v: (), s: () })
    }

    fn equations(&self, p: &Publics<Self, ElementVar>, w: &Secrets<Self, ScalarVar>) -> Vec<Equation> {
        vec![eq(p.com, w.v * p.x + w.s * p.y)]
    }
}

/// What one proof starts from: statement and witness, made beforehand.
struct Input<'b, C, G: Group> {
    argument: Argument<'b, F3<C>, G>,
    witness: Witness<G::Scalar>,
}

fn input<'b, R: Relation, C: Ciphersuite<G>, G: Group>(
    relation: &R,
    bases: &'b BaseSet<G>,
    publics: &Publics<R, Point<G>>,
    secrets: &Secrets<R, G::Scalar>,
) -> Result<Input<'b, C, G>, Failure> {
    let statement = Statement::new(relation, bases, publics)?;
    let argument = Transcript::new().session(b"timing".as_slice()).statement(statement)?;
    Ok(Input { argument, witness: witness::<R, _>(secrets) })
}

/// Bits that `bit` chooses from the class and a random one.
fn bits<'b, C: Ciphersuite<G>, G: Group>(
    bases: &'b BaseSet<G>,
    rng: &mut Rng,
    bit: impl Fn(bool) -> bool,
) -> Result<Input<'b, C, G>, Failure> {
    let [g, x, y] = *bases.points() else { return Err("three bases".into()) };
    let b: Vec<G::Scalar> = (0..COUNT).map(|_| G::Scalar::from(u64::from(bit(rng.random())))).collect();
    let s: Vec<G::Scalar> = (0..COUNT).map(|_| G::Scalar::random(rng)).collect();
    // u = (1 - b) * s
    let u = b.iter().zip(&s).map(|(b, s)| (G::Scalar::ONE - *b) * *s).collect();
    let com = b.iter().zip(&s).map(|(b, s)| Point::encode(bases.mul(1, b) + bases.mul(2, s)));
    let publics = BitsPublics { g, x, y, com: com.collect::<Result<_, _>>()? };
    input(&Bits, bases, &publics, &BitsSecrets { b, s, u })
}

/// A random scalar, or `fixed` in the fixed class.
fn scalar<S: Scalar>(class: Class, rng: &mut Rng, fixed: S) -> S {
    let random = S::random(rng);
    if class == Class::Fixed { fixed } else { random }
}

fn opening<'b, C: Ciphersuite<G>, G: Group>(
    bases: &'b BaseSet<G>,
    class: Class,
    rng: &mut Rng,
    fixed: G::Scalar,
) -> Result<Input<'b, C, G>, Failure> {
    let [g, x, y] = *bases.points() else { return Err("three bases".into()) };
    let (v, s) = (scalar(class, rng, fixed), scalar(class, rng, fixed));
    let com = Point::encode(bases.mul(1, &v) + bases.mul(2, &s))?;
    input(&Opening, bases, &OpeningPublics { g, x, y, com }, &OpeningSecrets { v, s })
}

fn dleq<'b, C: Ciphersuite<G>, G: Group>(
    bases: &'b BaseSet<G>,
    class: Class,
    rng: &mut Rng,
    fixed: G::Scalar,
) -> Result<Input<'b, C, G>, Failure> {
    let [g, ..] = *bases.points() else { return Err("three bases".into()) };
    let log = scalar(class, rng, fixed);
    let h = G::mul_generator(&G::Scalar::random(rng));
    let (x, y) = (Point::encode(bases.mul(0, &log))?, Point::encode(h * &log)?);
    input(&Dleq, bases, &DleqPublics { g, x, h: Point::encode(h)?, y }, &Logarithm { log })
}

fn prove<'b, C: Ciphersuite<G>, G: Group>(
    suite: &mut Suite,
    name: &str,
    make: impl Fn(Class, &mut Rng) -> Result<Input<'b, C, G>, Failure>,
) -> Result<(), Failure> {
    let (mut failure, coins) = (None, &mut Rng::seed_from_u64(2));
    suite.constant(
        &format!("prove {name}"),
        |class, rng| make(class, rng).map_err(|error| failure = Some(error)).ok(),
        |input| Some(input.as_ref()?.argument.prove(Flavor::Compact, &input.as_ref()?.witness, coins)),
    );
    failure.map_or(Ok(()), Err)
}

fn prover<C: Ciphersuite<G>, G: Group>() -> Result<(), Failure> {
    let Some(mut all) = Suite::long(&format!("farebox-sigma, {}", C::ID), CONFIG) else { return Ok(()) };
    let suite = &mut all;
    let rng = &mut Rng::seed_from_u64(1);
    let others = [G::Scalar::random(rng), G::Scalar::random(rng)].map(|scalar| G::mul_generator(&scalar));
    let bases = &BaseSet::<G>::new(&others)?;
    prove::<C, G>(suite, "4 bits, 0 against 1", |class, rng| bits(bases, rng, |_| class == Class::Random))?;
    prove::<C, G>(suite, "4 bits, 0 against random", |class, rng| {
        bits(bases, rng, |bit| bit && class == Class::Random)
    })?;
    for (name, fixed) in [("1", G::Scalar::ONE), ("q - 1", -G::Scalar::ONE)] {
        prove::<C, G>(suite, &format!("an opening, both scalars {name}"), |class, rng| {
            opening(bases, class, rng, fixed)
        })?;
        prove::<C, G>(suite, &format!("equal logarithms, {name}"), |class, rng| dleq(bases, class, rng, fixed))?;
    }
    Ok(all.finish()?)
}

/// One test, so that no two experiments run at the same time.
#[test]
fn timing() -> Result<(), Failure> {
    prover::<Ristretto255Shake128, Ristretto255>()?;
    prover::<P256Shake128, P256>()
}
