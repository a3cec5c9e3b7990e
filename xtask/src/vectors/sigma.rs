//! Vectors of `farebox-sigma`: proofs of statements that are given as bytes.

mod bases;
mod cases;
pub(crate) mod recode;

use farebox_group::{P256, Ristretto255, Scalar as _};
use farebox_sigma::{Coins, F2, F3, Flavor, P256Draft02, P256Shake128, Profile, Ristretto255Shake128, Transcript};

use super::inputs::Inputs;
use super::outcome::{Failure, Outcome, fields};
use super::runner::Operation;
use super::schema::Fields;

pub(crate) use bases::SharedBases;
pub(crate) use cases::write;

pub(crate) const DRAFT_03: &str = "draft-irtf-cfrg-sigma-protocols-03";
pub(crate) const DRAFT_02: &str = "draft-irtf-cfrg-sigma-protocols-02";
pub(crate) const RISTRETTO255: &str = "sigma-proofs_Shake128_ristretto255";
pub(crate) const P256_SUITE: &str = "sigma-proofs_Shake128_P256";

pub(crate) const OPERATIONS: &[Operation] = &[
    prove_of(DRAFT_03, &[RISTRETTO255], prove::<F3<Ristretto255Shake128>, Ristretto255>),
    verify_of(DRAFT_03, &[RISTRETTO255], verify::<F3<Ristretto255Shake128>, Ristretto255>),
    prove_of(DRAFT_03, &[P256_SUITE], prove::<F3<P256Shake128>, P256>),
    verify_of(DRAFT_03, &[P256_SUITE], verify::<F3<P256Shake128>, P256>),
    prove_of(DRAFT_02, &[P256_SUITE], prove::<F2<P256Draft02>, P256>),
    verify_of(DRAFT_02, &[P256_SUITE], verify::<F2<P256Draft02>, P256>),
];

type Run = fn(&Inputs<'_>) -> Outcome;

const fn prove_of(spec: &'static str, suites: &'static [&'static str], run: Run) -> Operation {
    let (coins, input) = (&["seed", "scalars"], &["session", "flavor", "instance", "witness"]);
    Operation { spec, suites, name: "prove", params: &["relation"], keys: &[], coins, input, output: &["proof"], run }
}

const fn verify_of(spec: &'static str, suites: &'static [&'static str], run: Run) -> Operation {
    let input = &["session", "flavor", "instance", "proof"];
    Operation { spec, suites, name: "verify", params: &["relation"], keys: &[], coins: &[], input, output: &[], run }
}

pub(crate) fn flavor(inputs: &Inputs<'_>) -> Result<Flavor, Failure> {
    match inputs.input.text("flavor")? {
        "compact" => Ok(Flavor::Compact),
        "batchable" => Ok(Flavor::Batchable),
        other => Err(Failure::Case(format!("in.flavor: {other:?} is neither compact nor batchable"))),
    }
}

/// Proves with the case's nonces, then verifies what it made.
fn prove<P: Profile<G>, G: SharedBases>(inputs: &Inputs<'_>) -> Outcome {
    let (session, flavor) = (inputs.input.bytes("session")?, flavor(inputs)?);
    let (instance, witness) = (inputs.input.bytes("instance")?, inputs.input.bytes("witness")?);
    let scalar = |chunk| G::Scalar::from_bytes(chunk, G::SCALAR_ORDER);
    let witness = witness.chunks(G::SCALAR_LEN).map(scalar).collect::<Result<Vec<_>, _>>()?;
    let nonces: Coins<G::Scalar> = inputs.coins()?.nonces::<G>(witness.len())?;
    let argument = Transcript::<P>::new().session(session).statement(P::parse(G::shared(), &instance)?)?;
    let proof = argument.prove_with_coins(flavor, &witness, nonces)?;
    argument.verify(flavor, &proof)?;
    Ok(fields([("proof", hex::encode(proof))]))
}

fn verify<P: Profile<G>, G: SharedBases>(inputs: &Inputs<'_>) -> Outcome {
    let (session, flavor) = (inputs.input.bytes("session")?, flavor(inputs)?);
    let (instance, proof) = (inputs.input.bytes("instance")?, inputs.input.bytes("proof")?);
    let argument = Transcript::<P>::new().session(session).statement(P::parse(G::shared(), &instance)?)?;
    argument.verify(flavor, &proof)?;
    Ok(Fields::new())
}
