//! Proofs and calls that are refused, and by which layer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use farebox_group::{Group, P256, Ristretto255, Scalar};
use farebox_sigma::relations::{DiscreteLogarithm, DiscreteLogarithmPublics, Dleq, DleqPublics};
use farebox_sigma::{
    Argument, BaseSet, Ciphersuite, ElementVar, Equation, Error, F2, F3, Flavor, Legacy, LinearEquation, Malformed,
    Misuse, Numbering, P256Shake128, Point, Publics, Relation, Ristretto255Shake128, ScalarVar, Secrets, Statement,
    Transcript, eq,
};

const FLAVORS: [Flavor; 2] = [Flavor::Compact, Flavor::Batchable];

fn int<G: Group>(n: u64) -> G::Scalar {
    G::Scalar::from(n)
}

fn bases<G: Group>() -> BaseSet<G> {
    BaseSet::new(&[G::hash_to_group(&[b"H"], &[b"rejects test"]).unwrap()]).unwrap()
}

/// `X = w*G, Y = w*H`.
fn dleq<'b, C: Ciphersuite<G>, G: Group>(bases: &'b BaseSet<G>, w: u64, session: &[u8]) -> Argument<'b, F3<C>, G> {
    let point = |base| Point::encode(bases.mul(base, &int::<G>(w))).unwrap();
    let publics = DleqPublics { g: bases.points()[0], x: point(0), h: bases.points()[1], y: point(1) };
    let statement = Statement::new(&Dleq, bases, &publics).unwrap();
    Transcript::new().session(session).statement(statement).unwrap()
}

fn tampered<C: Ciphersuite<G>, G: Group>() {
    let bases = bases::<G>();
    let argument = dleq::<C, G>(&bases, 5, b"session");
    for flavor in FLAVORS {
        let proof = argument.prove(flavor, &[int::<G>(5)], &mut rand::rng()).unwrap();
        let expected = proof.len();
        assert_eq!(expected, argument.proof_len(flavor));
        assert_eq!(argument.verify(flavor, &proof), Ok(()));

        for actual in (0..expected).chain([expected + 1, expected + G::SCALAR_LEN]) {
            let mut proof = proof.clone();
            proof.resize(actual, 0);
            let length = Malformed::ProofLength { expected, actual };
            assert_eq!(argument.verify(flavor, &proof), Err(Error::Malformed(length)));
        }

        let commitments = if flavor == Flavor::Batchable { 2 * G::ELEMENT_LEN } else { 0 };
        for bit in 0..8 * expected {
            let mut proof = proof.clone();
            proof[bit / 8] ^= 1 << (bit % 8);
            let error = argument.verify(flavor, &proof).unwrap_err();
            let refused = match error {
                Error::Invalid => true,
                Error::Malformed(Malformed::Commitment { index, .. }) => bit / 8 / G::ELEMENT_LEN == index,
                Error::Malformed(Malformed::Scalar { index, .. }) => {
                    (bit / 8).checked_sub(commitments).is_some_and(|at| at / G::SCALAR_LEN == index)
                }
                _ => false,
            };
            assert!(refused, "bit {bit} of {flavor:?}: {error:?}");
        }

        let all = vec![0xff; expected];
        let error = argument.verify(flavor, &all).unwrap_err();
        match flavor {
            Flavor::Compact => assert!(matches!(error, Error::Malformed(Malformed::Scalar { index: 0, .. }))),
            Flavor::Batchable => assert!(matches!(error, Error::Malformed(Malformed::Commitment { index: 0, .. }))),
        }
        let mut order = proof.clone();
        order[expected - G::SCALAR_LEN..].fill(0xff);
        let index = usize::from(flavor == Flavor::Compact);
        let error = argument.verify(flavor, &order).unwrap_err();
        assert!(matches!(error, Error::Malformed(Malformed::Scalar { index: i, .. }) if i == index));
    }
}

#[test]
fn tampered_ristretto255() {
    tampered::<Ristretto255Shake128, Ristretto255>();
}

#[test]
fn tampered_p256() {
    tampered::<P256Shake128, P256>();
}

fn misplaced<C: Ciphersuite<G>, G: Group>() {
    let bases = bases::<G>();
    let argument = dleq::<C, G>(&bases, 5, b"session");
    for (flavor, other) in [(Flavor::Compact, Flavor::Batchable), (Flavor::Batchable, Flavor::Compact)] {
        let proof = argument.prove(flavor, &[int::<G>(5)], &mut rand::rng()).unwrap();
        assert_eq!(dleq::<C, G>(&bases, 5, b"sessioN").verify(flavor, &proof), Err(Error::Invalid));
        assert_eq!(dleq::<C, G>(&bases, 5, b"").verify(flavor, &proof), Err(Error::Invalid));
        assert_eq!(dleq::<C, G>(&bases, 6, b"session").verify(flavor, &proof), Err(Error::Invalid));
        let length = Malformed::ProofLength { expected: argument.proof_len(other), actual: argument.proof_len(flavor) };
        assert_eq!(argument.verify(other, &proof), Err(Error::Malformed(length)));
    }
}

#[test]
fn wrong_session_statement_or_flavor() {
    misplaced::<Ristretto255Shake128, Ristretto255>();
    misplaced::<P256Shake128, P256>();
}

/// A batchable proof with the challenge put for the commitments, and the other way round, fails: the tags differ.
#[test]
fn recoded_flavor() {
    type G = Ristretto255;
    let bases = bases::<G>();
    let points = vec![bases.points()[0], Point::encode(bases.mul(0, &int::<G>(5))).unwrap()];
    let equation = LinearEquation { image: vec![(1, int::<G>(1))], terms: vec![(0, 0, int::<G>(1))] };
    let statement = Statement::from_equations(&bases, points, vec![equation]).unwrap();
    let argument: Argument<'_, F3<Ristretto255Shake128>, G> =
        Transcript::new().session(b"session").statement(statement).unwrap();
    let compact = argument.prove(Flavor::Compact, &[int::<G>(5)], &mut rand::rng()).unwrap();
    let scalar = |bytes| <G as Group>::Scalar::from_bytes(bytes, G::SCALAR_ORDER).unwrap();
    let (challenge, response) = (scalar(&compact[..32]), scalar(&compact[32..]));
    // T = r*G - c*X
    let commitment = G::mul_generator(&(response - challenge * int::<G>(5)));
    let batchable = [&G::encode(&commitment).unwrap()[..], &compact[32..]].concat();
    assert_eq!(argument.verify(Flavor::Batchable, &batchable), Err(Error::Invalid));
}

#[test]
fn swapped_equations() {
    type G = P256;
    let bases = bases::<G>();
    let one = int::<G>(1);
    let argument = |order: [usize; 2]| -> Argument<'_, F3<P256Shake128>, G> {
        let point = |base| Point::encode(bases.mul(base, &int::<G>(5))).unwrap();
        let points = vec![bases.points()[0], bases.points()[1], point(0), point(1)];
        let equations = order.map(|i| LinearEquation { image: vec![(2 + i, one)], terms: vec![(0, i, one)] });
        let statement = Statement::from_equations(&bases, points, equations.to_vec()).unwrap();
        Transcript::new().session(b"session").statement(statement).unwrap()
    };
    for flavor in FLAVORS {
        let proof = argument([0, 1]).prove(flavor, &[int::<G>(5)], &mut rand::rng()).unwrap();
        assert_eq!(argument([0, 1]).verify(flavor, &proof), Ok(()));
        assert_eq!(argument([1, 0]).verify(flavor, &proof), Err(Error::Invalid));
    }
}

fn identities<C: Ciphersuite<G>, G: Group>() {
    let bases = bases::<G>();
    let argument = dleq::<C, G>(&bases, 5, b"session");
    // Challenge and response 0 make every recomputed commitment the identity.
    let zeros = vec![0; argument.proof_len(Flavor::Compact)];
    assert_eq!(argument.verify(Flavor::Compact, &zeros), Err(Error::Invalid));
    // The second commitment as zeros: no element in P-256, the identity in ristretto255.
    let mut proof = argument.prove(Flavor::Batchable, &[int::<G>(5)], &mut rand::rng()).unwrap();
    proof[G::ELEMENT_LEN..2 * G::ELEMENT_LEN].fill(0);
    let error = argument.verify(Flavor::Batchable, &proof).unwrap_err();
    assert!(matches!(error, Error::Malformed(Malformed::Commitment { index: 1, .. })));
}

#[test]
fn identity_commitments() {
    identities::<Ristretto255Shake128, Ristretto255>();
    identities::<P256Shake128, P256>();
}

#[test]
fn other_encodings_of_a_commitment() {
    let bases = bases::<P256>();
    let argument = dleq::<P256Shake128, P256>(&bases, 5, b"session");
    let proof = argument.prove(Flavor::Batchable, &[int::<P256>(5)], &mut rand::rng()).unwrap();
    for tag in (0..=255).filter(|tag| ![2, 3].contains(tag)) {
        let mut proof = proof.clone();
        proof[0] = tag;
        let error = argument.verify(Flavor::Batchable, &proof).unwrap_err();
        assert!(matches!(error, Error::Malformed(Malformed::Commitment { index: 0, .. })), "{tag}");
    }
    let bases = self::bases::<Ristretto255>();
    let argument = dleq::<Ristretto255Shake128, Ristretto255>(&bases, 5, b"session");
    let proof = argument.prove(Flavor::Batchable, &[int::<Ristretto255>(5)], &mut rand::rng()).unwrap();
    for (at, bit) in [(0, 1), (31, 0x80)] {
        // An odd (negative) encoding, and one at or above the field's order.
        let mut proof = proof.clone();
        proof[at] |= bit;
        let error = argument.verify(Flavor::Batchable, &proof).unwrap_err();
        assert!(matches!(error, Error::Malformed(Malformed::Commitment { index: 0, .. })));
    }
}

#[test]
fn witness_and_coins_of_another_length() {
    type G = Ristretto255;
    let bases = bases::<G>();
    let argument = dleq::<Ristretto255Shake128, G>(&bases, 5, b"session");
    for actual in [0, 2] {
        let witness = vec![int::<G>(5); actual];
        let result = argument.prove(Flavor::Compact, &witness, &mut rand::rng());
        assert_eq!(result, Err(Error::Misuse(Misuse::WitnessLength { expected: 1, actual })));
        let coins = farebox_sigma::Coins::from_nonces(witness);
        let result = argument.prove_with_coins(Flavor::Compact, &[int::<G>(5)], coins);
        assert_eq!(result, Err(Error::Misuse(Misuse::CoinsLength { expected: 1, actual })));
    }
}

/// A wrong witness gives a proof, which does not verify.
#[test]
fn wrong_witness() {
    let bases = bases::<P256>();
    let argument = dleq::<P256Shake128, P256>(&bases, 5, b"session");
    for flavor in FLAVORS {
        let proof = argument.prove(flavor, &[int::<P256>(6)], &mut rand::rng()).unwrap();
        assert_eq!(argument.verify(flavor, &proof), Err(Error::Invalid));
    }
}

#[test]
fn foreign_bases() {
    type G = Ristretto255;
    let (ours, theirs) = (bases::<G>(), bases::<G>());
    let publics = DiscreteLogarithmPublics { g: ours.points()[0], x: theirs.points()[1] };
    assert_eq!(Statement::new(&DiscreteLogarithm, &ours, &publics).unwrap_err(), Misuse::ForeignBases);
    let equation = LinearEquation { image: vec![(1, int::<G>(1))], terms: vec![(0, 0, int::<G>(1))] };
    let points = vec![publics.g, publics.x];
    let result = Statement::from_equations(&ours, points, vec![equation]);
    assert_eq!(result.unwrap_err(), Error::Misuse(Misuse::ForeignBases));
}

/// `sum = total of parts`, with as many parts as it says.
struct Sum {
    parts: usize,
}

struct Parts<T> {
    parts: Vec<T>,
    sum: T,
}
farebox_sigma::record!(Parts { many parts, one sum });

impl Relation for Sum {
    const NAME: &'static str = "sum";
    type Publics = Parts<()>;
    type Secrets = Parts<()>;

    fn shape(&self) -> (Publics<Self, ()>, Secrets<Self, ()>) {
        let parts = || Parts { parts: vec![(); self.parts], sum: () };
        (parts(), parts())
    }

    fn equations(&self, p: &Publics<Self, ElementVar>, w: &Secrets<Self, ScalarVar>) -> Vec<Equation> {
        let parts = p.parts.iter().zip(&w.parts);
        vec![eq(p.sum, parts.map(|(p, w)| *w * *p).sum::<farebox_sigma::Terms>() + 2 * (w.sum * p.sum))]
    }
}

#[test]
fn list_of_another_length() {
    let bases = bases::<Ristretto255>();
    let [g, h] = bases.points() else { panic!() };
    for (parts, good) in [(vec![], false), (vec![*g], false), (vec![*g, *h], true), (vec![*g, *h, *h], false)] {
        let result = Statement::new(&Sum { parts: 2 }, &bases, &Parts { parts, sum: *g });
        match result {
            Ok(_) => assert!(good),
            Err(error) => assert!(!good && error == Misuse::Shape),
        }
    }
}

/// A relation that hands out a handle of another relation.
struct Smuggled(ElementVar);

impl Relation for Smuggled {
    const NAME: &'static str = "smuggled";
    type Publics = farebox_sigma::relations::DiscreteLogarithmPublics<()>;
    type Secrets = farebox_sigma::relations::Logarithm<()>;

    fn shape(&self) -> (Publics<Self, ()>, Secrets<Self, ()>) {
        DiscreteLogarithm.shape()
    }

    fn equations(&self, p: &Publics<Self, ElementVar>, w: &Secrets<Self, ScalarVar>) -> Vec<Equation> {
        vec![eq(p.x, w.log * self.0)]
    }
}

#[test]
fn handle_of_another_relation() {
    /// Keeps the last handle that it sees.
    struct Spy(std::cell::Cell<Option<ElementVar>>);
    impl Relation for Spy {
        const NAME: &'static str = "spy";
        type Publics = DleqPublics<()>;
        type Secrets = farebox_sigma::relations::Logarithm<()>;
        fn shape(&self) -> (Publics<Self, ()>, Secrets<Self, ()>) {
            Dleq.shape()
        }
        fn equations(&self, p: &Publics<Self, ElementVar>, w: &Secrets<Self, ScalarVar>) -> Vec<Equation> {
            self.0.set(Some(p.y));
            Dleq.equations(p, w)
        }
    }
    let spy = Spy(std::cell::Cell::new(None));
    farebox_sigma::Shape::of(&spy);
    let bases = bases::<Ristretto255>();
    let publics = DiscreteLogarithmPublics { g: bases.points()[0], x: bases.points()[1] };
    let smuggled = Smuggled(spy.0.get().unwrap());
    assert_eq!(Statement::new(&smuggled, &bases, &publics).unwrap_err(), Misuse::Shape);
}

#[derive(Clone, Copy, Debug, Default)]
struct Old;

impl Legacy for Old {
    const PROTOCOL_ID: &'static [u8] = b"rejects test";
    const NUMBERING: Numbering = Numbering::FirstUse;
    const SCALAR_ORDER: farebox_group::ByteOrder = farebox_group::ByteOrder::Little;
}

#[test]
fn inexpressible_without_coefficients() {
    type G = Ristretto255;
    let bases = bases::<G>();
    let [g, h] = bases.points() else { panic!() };
    let (one, two) = (int::<G>(1), int::<G>(2));
    let label = |image, terms| {
        let equation = LinearEquation { image, terms };
        let statement = Statement::from_equations(&bases, vec![*g, *h], vec![equation]).unwrap();
        Transcript::<F2<Old>>::new().session(b"").statement(statement).map(drop)
    };
    let inexpressible = Err(Error::Misuse(Misuse::Inexpressible));
    assert_eq!(label(vec![(0, one)], vec![(0, 1, one)]), Ok(()));
    assert_eq!(label(vec![(0, two)], vec![(0, 1, one)]), inexpressible);
    assert_eq!(label(vec![(0, one), (1, one)], vec![(0, 1, one)]), inexpressible);
    assert_eq!(label(vec![], vec![(0, 1, one)]), inexpressible);
    assert_eq!(label(vec![(0, one)], vec![(0, 1, two)]), inexpressible);
    let statement = Statement::new(&Sum { parts: 1 }, &bases, &Parts { parts: vec![*g], sum: *h }).unwrap();
    let result = Transcript::<F2<Old>>::new().session(b"").statement(statement);
    assert_eq!(result.map(drop), inexpressible);
}
