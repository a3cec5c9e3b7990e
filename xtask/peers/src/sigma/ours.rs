//! farebox-sigma: profile F3 on ristretto255.

use std::rc::Rc;

use farebox_group::{Group, Ristretto255, Scalar as _};
use farebox_sigma::{
    Argument, BaseSet, ElementVar, Equation, F3, Flavor, Point, Publics, Relation, Ristretto255Shake128, ScalarVar,
    Secrets, Statement, Transcript, eq, record,
};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::{EQUATIONS, INPUTS};
use crate::harness::{Cycle, Step};
use crate::suite::{Implementation, NamedStep};

type Scalar = <Ristretto255 as Group>::Scalar;
type Proof = Argument<'static, F3<Ristretto255Shake128>, Ristretto255>;

/// `commitments[i] = values[i]*g + blinds[i]*h`.
struct Commitments;

struct CommitmentPublics<T> {
    g: T,
    h: T,
    commitments: Vec<T>,
}
record!(CommitmentPublics { one g, one h, many commitments });

struct CommitmentSecrets<T> {
    openings: Vec<T>,
}
record!(CommitmentSecrets { many openings });

impl Relation for Commitments {
    const NAME: &'static str = "pedersen commitments";
    type Publics = CommitmentPublics<()>;
    type Secrets = CommitmentSecrets<()>;

    fn shape(&self) -> (Publics<Self, ()>, Secrets<Self, ()>) {
        let publics = CommitmentPublics { g: (), h: (), commitments: vec![(); EQUATIONS] };
        (publics, CommitmentSecrets { openings: vec![(); 2 * EQUATIONS] })
    }

    fn equations(&self, p: &Publics<Self, ElementVar>, w: &Secrets<Self, ScalarVar>) -> Vec<Equation> {
        let openings = w.openings.chunks(2);
        p.commitments.iter().zip(openings).map(|(c, xr)| eq(*c, xr[0] * p.g + xr[1] * p.h)).collect()
    }
}

/// A statement, its witness and its two proofs.
struct Case {
    witness: Vec<Scalar>,
    commitments: Vec<Point<Ristretto255>>,
    commitment_bytes: Vec<u8>,
    argument: Proof,
    compact: Vec<u8>,
    batchable: Vec<u8>,
}

struct Setup {
    bases: &'static BaseSet<Ristretto255>,
}

impl Setup {
    fn argument(&self, commitments: Vec<Point<Ristretto255>>) -> Proof {
        let publics = CommitmentPublics { g: self.bases.points()[0], h: self.bases.points()[1], commitments };
        let statement = Statement::new(&Commitments, self.bases, &publics).expect("the shape fits");
        Transcript::new().session(b"bench-compare").statement(statement).expect("the statement is well formed")
    }

    fn received(&self, bytes: &[u8]) -> Proof {
        let decoded = bytes.chunks(32).map(Point::decode).collect::<Result<_, _>>();
        self.argument(decoded.expect("honest commitments decode"))
    }

    fn case(&self, rng: &mut StdRng) -> Case {
        let witness: Vec<Scalar> = (0..2 * EQUATIONS).map(|_| Scalar::random(rng)).collect();
        let commit = |xr: &[Scalar]| Point::encode(self.bases.mul(0, &xr[0]) + self.bases.mul(1, &xr[1]));
        let commitments: Vec<_> = witness.chunks(2).map(|xr| commit(xr).expect("not the identity")).collect();
        let commitment_bytes = commitments.iter().flat_map(|point| point.bytes().to_vec()).collect();
        let argument = self.argument(commitments.clone());
        let compact = prove(&argument, Flavor::Compact, &witness, rng);
        let batchable = prove(&argument, Flavor::Batchable, &witness, rng);
        Case { witness, commitments, commitment_bytes, argument, compact, batchable }
    }
}

fn prove(argument: &Proof, flavor: Flavor, witness: &[Scalar], rng: &mut StdRng) -> Vec<u8> {
    argument.prove(flavor, witness, rng).expect("the witness fits")
}

fn verify(argument: &Proof, flavor: Flavor, proof: &[u8]) -> Vec<u8> {
    argument.verify(flavor, proof).expect("an honest proof is valid");
    Vec::new()
}

pub(super) fn implementation() -> Implementation {
    let mut rng = StdRng::seed_from_u64(0);
    let h = Ristretto255::mul_generator(&Scalar::random(&mut rng));
    let bases = Box::leak(Box::new(BaseSet::new(&[h]).expect("not the identity")));
    let setup = Rc::new(Setup { bases });
    let cases: Rc<[Case]> = (0..INPUTS).map(|_| setup.case(&mut rng)).collect();
    let (compact, batchable) = (Some(cases[0].compact.len()), Some(cases[0].batchable.len()));

    let step = |name, message_bytes, work: fn(&Setup, &Case, &mut StdRng) -> Vec<u8>| {
        let (setup, cases, mut rng) = (Rc::clone(&setup), Rc::clone(&cases), StdRng::seed_from_u64(1));
        let mut order = Cycle::new((0..INPUTS).collect());
        let step = Step::new(move || work(&setup, &cases[*order.next()], &mut rng));
        NamedStep { name, message_bytes, step }
    };
    use Flavor::{Batchable, Compact};
    let steps = vec![
        step("prove-compact/n=10", compact, |setup, case, rng| {
            prove(&setup.argument(case.commitments.clone()), Compact, &case.witness, rng)
        }),
        step("prove-batchable/n=10", batchable, |setup, case, rng| {
            prove(&setup.argument(case.commitments.clone()), Batchable, &case.witness, rng)
        }),
        step("verify-compact/n=10", None, |setup, case, _| {
            verify(&setup.received(&case.commitment_bytes), Compact, &case.compact)
        }),
        step("verify-batchable/n=10", None, |setup, case, _| {
            verify(&setup.received(&case.commitment_bytes), Batchable, &case.batchable)
        }),
        step("prove-compact/n=10/prepared", compact, |_, case, rng| prove(&case.argument, Compact, &case.witness, rng)),
        step("prove-batchable/n=10/prepared", batchable, |_, case, rng| {
            prove(&case.argument, Batchable, &case.witness, rng)
        }),
        step("verify-compact/n=10/prepared", None, |_, case, _| verify(&case.argument, Compact, &case.compact)),
        step("verify-batchable/n=10/prepared", None, |_, case, _| verify(&case.argument, Batchable, &case.batchable)),
    ];
    Implementation { name: "farebox-sigma", steps }
}
