//! Random statements: an honest proof verifies, the prover's shortcuts change no commitment, a wrong witness fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::LazyLock;

use farebox_group::{ByteOrder, Element as _, Group, P256, Ristretto255, Scalar};
use farebox_sigma::{
    Argument, BaseSet, Ciphersuite, Coins, Error, F3, Flavor, LinearEquation, P256Shake128, Point,
    Ristretto255Shake128, Statement, Transcript,
};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

/// An element as a combination of elements without known relations: G, X, Y, and two that are no fixed bases.
type Coordinates<S> = [S; 5];

struct World<G: Group> {
    bases: BaseSet<G>,
    roots: [G::Element; 5],
    /// The elements that a plan starts with: the bases, one of them a known multiple of another, two multiples, two others.
    start: Vec<(Point<G>, Coordinates<G::Scalar>)>,
}

impl<G: Group> World<G> {
    fn new() -> Self {
        let hash = |name: &[u8]| G::hash_to_group(&[name], &[b"round trip test"]).unwrap();
        let roots = [G::generator(), hash(b"X"), hash(b"Y"), hash(b"D"), hash(b"E")];
        let bases = BaseSet::new(&[roots[1], roots[2], roots[1].double()]).unwrap();
        let root = |i: usize, c: u64| {
            let mut coordinates = [G::Scalar::ZERO; 5];
            coordinates[i] = G::Scalar::from(c);
            coordinates
        };
        let start = vec![
            (bases.points()[0], root(0, 1)),
            (bases.points()[1], root(1, 1)),
            (bases.points()[2], root(2, 1)),
            (bases.points()[3], root(1, 2)),
            (bases.multiple(1, G::Scalar::from(7)).unwrap(), root(1, 7)),
            (bases.multiple(2, G::Scalar::ONE).unwrap(), root(2, 1)),
            (Point::encode(roots[3]).unwrap(), root(3, 1)),
            (Point::encode(roots[4]).unwrap(), root(4, 1)),
        ];
        Self { bases, roots, start }
    }
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Any equation.
    Any,
    /// A new element over fixed bases, which the prover can open.
    Opening,
    /// The image is the last opened element, which is multiplied by a scalar of its opening.
    Square,
}

#[derive(Clone, Debug)]
struct Step {
    kind: Kind,
    /// `(scalar, element, coefficient)`, each an index into what there is.
    terms: Vec<(u8, u8, u8)>,
    image: u8,
    element: u8,
    /// Balance X with the base 2X.
    related: bool,
}

#[derive(Clone, Debug)]
struct Plan {
    witness: Vec<u8>,
    steps: Vec<Step>,
    rotate: usize,
    seed: u64,
}

fn plan() -> impl Strategy<Value = Plan> {
    let term = (any::<u8>(), any::<u8>(), any::<u8>());
    let kind = prop::sample::select(vec![Kind::Any, Kind::Opening, Kind::Square]);
    let step = (kind, prop::collection::vec(term, 1..4), any::<u8>(), any::<u8>(), any::<bool>())
        .prop_map(|(kind, terms, image, element, related)| Step { kind, terms, image, element, related });
    (prop::collection::vec(any::<u8>(), 1..4), prop::collection::vec(step, 1..6), 0usize..6, any::<u64>())
        .prop_map(|(witness, steps, rotate, seed)| Plan { witness, steps, rotate, seed })
}

struct Made<G: Group> {
    points: Vec<Point<G>>,
    equations: Vec<LinearEquation<G::Scalar>>,
    witness: Vec<G::Scalar>,
}

fn make<G: Group>(world: &World<G>, plan: &Plan) -> Made<G> {
    let small = |n: i64| {
        let magnitude = G::Scalar::from(n.unsigned_abs());
        if n < 0 { -magnitude } else { magnitude }
    };
    let values = [small(0), small(1), small(1), small(2), small(-1), G::Scalar::reduce(&[0x5a; 32], ByteOrder::Big)];
    let mut witness: Vec<_> = plan.witness.iter().map(|w| values[usize::from(*w) % values.len()]).collect();
    let coefficients = [small(1), small(1), small(1), small(-1), small(2), small(2).invert(), small(0), values[5]];
    let mut elements = world.start.clone();
    let mut equations = Vec::new();
    // A scalar of the last opening, and the element that it opens.
    let mut opened = None;
    for step in &plan.steps {
        let free = plan.witness.len();
        let mut terms = Vec::new();
        let mut sum = [G::Scalar::ZERO; 5];
        for &(s, e, c) in &step.terms {
            // Later elements are the interesting ones: they are opened.
            let e = match step.kind {
                Kind::Opening => usize::from(e) % 6,
                _ => elements.len() - 1 - usize::from(e) % elements.len(),
            };
            let (s, c) = (usize::from(s) % free, coefficients[usize::from(c) % coefficients.len()]);
            let (s, e, c) = match (step.kind, opened) {
                (Kind::Square, Some((s, e))) if terms.is_empty() => (s, e, c),
                _ => (s, e, c),
            };
            terms.push((s, e, c));
            (0..5).for_each(|i| sum[i] += witness[s] * c * elements[e].1[i]);
        }
        let picked = elements.len() - 1 - usize::from(step.element) % elements.len();
        let (image, fresh) = match (step.image % 8, step.kind, opened) {
            (_, Kind::Opening, _) => (vec![], Some(small(1))),
            (_, Kind::Square, Some((_, element))) => (vec![(element, small(1))], None),
            (0 | 1, ..) => (vec![], Some(small(1))),
            (2, ..) => (vec![], Some(small(2))),
            (3, ..) => (vec![(picked, small(-1))], Some(small(1))),
            (4, ..) => (vec![(picked, small(2))], None),
            _ => (vec![(picked, small(1))], None),
        };
        let mut left = sum;
        (0..5).for_each(|i| image.iter().for_each(|(e, c)| left[i] -= *c * elements[*e].1[i]));
        let mut image = image;
        if let Some(c) = fresh {
            // A new element takes what is left.
            let coordinates = left.map(|x| x * c.invert());
            let sum: Vec<_> = coordinates.iter().copied().zip(world.roots).collect();
            let Ok(point) = Point::encode(G::multi_mul_vartime(&sum)) else { continue };
            image.push((elements.len(), c));
            if let Kind::Opening = step.kind {
                opened = Some((terms[usize::from(step.element) % terms.len()].0, elements.len()));
            }
            elements.push((point, coordinates));
        } else {
            // New scalars take what is left, each on an element of the start.
            for (i, x) in left.iter().enumerate().filter(|(_, x)| !bool::from(x.is_zero())) {
                let (element, x) = match (i, step.related) {
                    (1, true) => (3, *x * small(2).invert()),
                    _ => ([0, 1, 2, 6, 7][i], *x),
                };
                terms.push((witness.len(), element, G::Scalar::ONE));
                witness.push(-x);
            }
        }
        equations.push(LinearEquation { image, terms });
    }
    if !equations.is_empty() {
        let by = plan.rotate % equations.len();
        equations.rotate_left(by);
    }
    prune(elements, equations, witness)
}

/// Leaves out elements (but the generator) and scalars that no equation uses.
fn prune<G: Group>(
    elements: Vec<(Point<G>, Coordinates<G::Scalar>)>,
    mut equations: Vec<LinearEquation<G::Scalar>>,
    witness: Vec<G::Scalar>,
) -> Made<G> {
    let used_element = |e: usize| {
        e == 0 || equations.iter().any(|q| q.image.iter().any(|t| t.0 == e) || q.terms.iter().any(|t| t.1 == e))
    };
    let used_scalar = |s: usize| equations.iter().any(|q| q.terms.iter().any(|t| t.0 == s));
    let kept: Vec<usize> = (0..elements.len()).filter(|e| used_element(*e)).collect();
    let scalars: Vec<usize> = (0..witness.len()).filter(|s| used_scalar(*s)).collect();
    let at = |kept: &[usize], i: usize| kept.iter().position(|k| *k == i).unwrap();
    for equation in &mut equations {
        equation.image.iter_mut().for_each(|t| t.0 = at(&kept, t.0));
        equation.terms.iter_mut().for_each(|t| (t.0, t.1) = (at(&scalars, t.0), at(&kept, t.1)));
    }
    Made {
        points: kept.iter().map(|e| elements[*e].0).collect(),
        equations,
        witness: scalars.iter().map(|s| witness[*s]).collect(),
    }
}

fn run<G: Group, C: Ciphersuite<G>>(world: &World<G>, plan: &Plan) -> Result<(), TestCaseError> {
    let Made { points, equations, witness } = make(world, plan);
    let statement = Statement::from_equations(&world.bases, points, equations).unwrap();
    prop_assert!(statement.holds_vartime(&witness), "the plan made a false statement");
    let transcript = Transcript::<F3<C>>::new().session(b"round trip");
    let Ok(argument) = transcript.statement(statement.clone()) else {
        // Empty, or with an image or a column that cancels out.
        prop_assert!(statement.validate().is_err());
        return Ok(());
    };
    let rng = &mut StdRng::seed_from_u64(plan.seed);
    let nonces: Vec<_> = witness.iter().map(|_| G::Scalar::random(rng)).collect();
    let proof = argument.prove_with_coins(Flavor::Batchable, &witness, Coins::from_nonces(nonces.clone()));
    let mut proof = match (proof, naive(&statement, &nonces)) {
        (Ok(proof), Some(naive)) => {
            prop_assert_eq!(&proof[..naive.len()], &naive[..]);
            proof
        }
        // A commitment can be the identity where all terms of an equation cancel out.
        (Err(Error::Invalid), None) => return Ok(()),
        (proof, naive) => return Err(TestCaseError::fail(format!("{proof:?} but {naive:?}"))),
    };
    prop_assert_eq!(argument.verify(Flavor::Batchable, &proof), Ok(()));
    let last = proof.len() - 1 - (plan.seed as usize >> 3) % proof.len();
    proof[last] ^= 1 << (plan.seed % 8);
    prop_assert!(argument.verify(Flavor::Batchable, &proof).is_err());
    let proof = argument.prove(Flavor::Compact, &witness, rng).unwrap();
    prop_assert_eq!(argument.verify(Flavor::Compact, &proof), Ok(()));
    wrong_witness(&argument, &statement, witness, plan.seed as usize, rng)
}

fn wrong_witness<G: Group, C: Ciphersuite<G>>(
    argument: &Argument<'_, F3<C>, G>,
    statement: &Statement<'_, G>,
    mut witness: Vec<G::Scalar>,
    which: usize,
    rng: &mut StdRng,
) -> Result<(), TestCaseError> {
    let which = which % witness.len();
    witness[which] += G::Scalar::ONE;
    // No column is the identity, so a change of one scalar is a change of an image.
    prop_assert!(!statement.holds_vartime(&witness));
    for flavor in [Flavor::Compact, Flavor::Batchable] {
        if let Ok(proof) = argument.prove(flavor, &witness, rng) {
            prop_assert_eq!(argument.verify(flavor, &proof), Err(Error::Invalid));
        }
    }
    Ok(())
}

/// `T = map(nonces)`, term by term; `None` where one is the identity.
fn naive<G: Group>(statement: &Statement<'_, G>, nonces: &[G::Scalar]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for equation in statement.equations() {
        let terms = equation.terms.iter().map(|(s, e, c)| (*c * nonces[*s], statement.points()[*e].element()));
        let sum = G::multi_mul_vartime(&terms.collect::<Vec<_>>());
        out.extend_from_slice(G::encode(&sum).ok()?.as_ref());
    }
    Some(out)
}

static RISTRETTO: LazyLock<World<Ristretto255>> = LazyLock::new(World::new);
static NIST: LazyLock<World<P256>> = LazyLock::new(World::new);

proptest! {
    #![proptest_config(ProptestConfig { cases: 384, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ristretto255(plan in plan()) {
        run::<_, Ristretto255Shake128>(&RISTRETTO, &plan)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn p256(plan in plan()) {
        run::<_, P256Shake128>(&NIST, &plan)?;
    }
}
