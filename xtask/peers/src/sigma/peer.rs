//! The crate sigma-proofs, with SHAKE128 instead of its default TurboSHAKE128: the hash of the draft's suites.

use std::rc::Rc;

use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use group::Group;
use rand::SeedableRng;
use rand::rngs::StdRng;
use sigma_proofs::{
    Instance, LinearRelation, ProverRng, SessionId, derive_session_id, prove_batchable_with, prove_compact_with,
    verify_batchable_with, verify_compact_with,
};
use spongefish::instantiations::Shake128;

use super::{EQUATIONS, INPUTS};
use crate::harness::{Cycle, Step};
use crate::suite::{Implementation, NamedStep};

/// What is prepared once.
struct Setup {
    h: RistrettoPoint,
    compact: SessionId,
    batchable: SessionId,
}

/// A statement, its witness and its two proofs.
struct Case {
    /// `x_1, r_1, x_2, r_2` and so on.
    witness: Vec<Scalar>,
    commitments: Vec<RistrettoPoint>,
    commitment_bytes: Vec<u8>,
    instance: Instance<RistrettoPoint>,
    compact: Vec<u8>,
    batchable: Vec<u8>,
}

impl Setup {
    fn new(rng: &mut StdRng) -> Self {
        let session = |flavour: &str| {
            derive_session_id::<Shake128>(
                format!("bench-compare-{flavour}-sigma-proofs_Shake128_Ristretto255").as_bytes(),
            )
        };
        Self { h: RistrettoPoint::random(rng), compact: session("CMPT"), batchable: session("DSFS") }
    }

    fn case(&self, rng: &mut StdRng) -> Case {
        let witness: Vec<Scalar> = (0..2 * EQUATIONS).map(|_| Scalar::random(rng)).collect();
        let commit = |pair: &[Scalar]| RistrettoPoint::generator() * pair[0] + self.h * pair[1];
        let commitments: Vec<_> = witness.chunks(2).map(commit).collect();
        let commitment_bytes = commitments.iter().flat_map(|point| point.compress().to_bytes()).collect();
        let instance = self.statement(&commitments);
        let mut prover = prover_rng();
        let compact = self.prove_compact(&instance, &witness, &mut prover);
        let batchable = self.prove_batchable(&instance, &witness, &mut prover);
        Case { witness, commitments, commitment_bytes, instance, compact, batchable }
    }

    fn statement(&self, commitments: &[RistrettoPoint]) -> Instance<RistrettoPoint> {
        let mut relation = LinearRelation::<RistrettoPoint>::new();
        let g = relation.generator();
        let h = relation.allocate_element_with(self.h);
        for commitment in commitments {
            let [x, r] = relation.allocate_scalars();
            relation.allocate_eq_with(*commitment, x * g + r * h);
        }
        relation.compile().expect("the statement is well formed")
    }

    fn received(&self, commitment_bytes: &[u8]) -> Instance<RistrettoPoint> {
        let decode = |bytes: &[u8]| CompressedRistretto::from_slice(bytes).ok()?.decompress();
        let commitments: Option<Vec<_>> = commitment_bytes.chunks(32).map(decode).collect();
        self.statement(&commitments.expect("honest commitments decode"))
    }

    fn prove_compact(&self, statement: &Instance<RistrettoPoint>, witness: &[Scalar], rng: &mut ProverRng) -> Vec<u8> {
        prove_compact_with::<Shake128, _>(&self.compact, statement, witness, rng).expect("the witness is valid")
    }

    fn prove_batchable(
        &self,
        statement: &Instance<RistrettoPoint>,
        witness: &[Scalar],
        rng: &mut ProverRng,
    ) -> Vec<u8> {
        prove_batchable_with::<Shake128, _>(&self.batchable, statement, witness, rng).expect("the witness is valid")
    }

    fn verify_compact(&self, statement: &Instance<RistrettoPoint>, proof: &[u8]) {
        verify_compact_with::<Shake128, _>(&self.compact, statement, proof).expect("an honest proof is valid");
    }

    fn verify_batchable(&self, statement: &Instance<RistrettoPoint>, proof: &[u8]) {
        verify_batchable_with::<Shake128, _>(&self.batchable, statement, proof).expect("an honest proof is valid");
    }
}

fn prover_rng() -> ProverRng {
    ProverRng::from_seed([7; 32])
}

pub(super) fn implementation() -> Implementation {
    let mut rng = StdRng::seed_from_u64(0);
    let setup = Rc::new(Setup::new(&mut rng));
    let cases: Rc<[Case]> = (0..INPUTS).map(|_| setup.case(&mut rng)).collect();
    let (compact, batchable) = (Some(cases[0].compact.len()), Some(cases[0].batchable.len()));

    let step = |name, message_bytes, work: fn(&Setup, &Case, &mut ProverRng) -> Option<Vec<u8>>| {
        let (setup, cases, mut rng) = (Rc::clone(&setup), Rc::clone(&cases), prover_rng());
        let mut order = Cycle::new((0..INPUTS).collect());
        let step = Step::new(move || work(&setup, &cases[*order.next()], &mut rng));
        NamedStep { name, message_bytes, step }
    };
    let steps = vec![
        step("prove-compact/n=10", compact, |setup, case, rng| {
            Some(setup.prove_compact(&setup.statement(&case.commitments), &case.witness, rng))
        }),
        step("prove-batchable/n=10", batchable, |setup, case, rng| {
            Some(setup.prove_batchable(&setup.statement(&case.commitments), &case.witness, rng))
        }),
        step("verify-compact/n=10", None, |setup, case, _| {
            setup.verify_compact(&setup.received(&case.commitment_bytes), &case.compact);
            None
        }),
        step("verify-batchable/n=10", None, |setup, case, _| {
            setup.verify_batchable(&setup.received(&case.commitment_bytes), &case.batchable);
            None
        }),
        step("prove-compact/n=10/prepared", compact, |setup, case, rng| {
            Some(setup.prove_compact(&case.instance, &case.witness, rng))
        }),
        step("prove-batchable/n=10/prepared", batchable, |setup, case, rng| {
            Some(setup.prove_batchable(&case.instance, &case.witness, rng))
        }),
        step("verify-compact/n=10/prepared", None, |setup, case, _| {
            setup.verify_compact(&case.instance, &case.compact);
            None
        }),
        step("verify-batchable/n=10/prepared", None, |setup, case, _| {
            setup.verify_batchable(&case.instance, &case.batchable);
            None
        }),
    ];
    Implementation { name: "sigma-proofs 0.4.1", steps }
}
