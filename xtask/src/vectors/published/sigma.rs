//! The published P-256 proofs: drafts -02 and -03, the editor's copy of April 2026, and the one after -03.

use farebox_group::{ByteOrder, Group, P256, Scalar as _};
use farebox_sigma::{
    Coins, DuplexSponge, Error, F2, F3, F4, Flavor, InvalidStatement, Legacy, Numbering, P256Draft02, P256Shake128,
    Profile, Shake128, Transcript, Xof, derive_session_id,
};
use serde_json::Value;
use sha3::digest::XofReader as _;

use super::Report;
use super::json::{bytes, list, same, text};
use crate::vectors::sigma::SharedBases as _;

const SUITE: &str = "sigma-proofs_Shake128_P256";

type Scalar = <P256 as Group>::Scalar;

/// The editor's copy between -02 and -03: challenges of 64 bytes.
#[derive(Clone, Copy, Debug, Default)]
struct April2026;

impl Legacy for April2026 {
    const PROTOCOL_ID: &'static [u8] = P256Draft02::PROTOCOL_ID;
    const NUMBERING: Numbering = P256Draft02::NUMBERING;
    const SCALAR_ORDER: ByteOrder = P256Draft02::SCALAR_ORDER;
    const CHALLENGE_LEN: usize = 64;
}

fn verify<P: Profile<P256>>(flavor: Flavor, session: &[u8], instance: &[u8], proof: &[u8]) -> Result<(), Error> {
    let argument = Transcript::<P>::new().session(session).statement(P::parse(P256::shared(), instance)?)?;
    argument.verify(flavor, proof)
}

/// Verifies a proof, and makes it again from its witness and nonces.
fn reproduce<P: Profile<P256>>(
    flavor: Flavor,
    [session, instance, witness, proof]: [&[u8]; 4],
    nonces: impl FnOnce(usize) -> Vec<Scalar>,
) -> Result<(), String> {
    verify::<P>(flavor, session, instance, proof).map_err(|error| format!("the published proof: {error}"))?;
    let scalar = |chunk| Scalar::from_bytes(chunk, ByteOrder::Big).map_err(|error| format!("witness: {error}"));
    let witness = witness.chunks(32).map(scalar).collect::<Result<Vec<_>, _>>()?;
    let statement = P::parse(P256::shared(), instance).map_err(|error| error.to_string())?;
    let argument = Transcript::<P>::new().session(session).statement(statement).map_err(|error| error.to_string())?;
    same("instance", argument.label(), instance)?;
    let nonces = Coins::from_nonces(nonces(witness.len()));
    let ours = argument.prove_with_coins(flavor, &witness, nonces).map_err(|error| error.to_string())?;
    same("proof", &ours, proof)
}

/// The flavour, its marker in tags, and the session: the tag without its ending.
fn session(record: &Value) -> Result<(Flavor, &'static str, &str), String> {
    let (flavor, marker) = match text(record, "Flavor")? {
        "batchable" => (Flavor::Batchable, "DSFS"),
        "compact" => (Flavor::Compact, "CMPT"),
        other => return Err(format!("flavour {other}")),
    };
    let session = text(record, "Tag")?.strip_suffix(&format!("-{marker}-with-{SUITE}"));
    Ok((flavor, marker, session.ok_or("the tag does not end with flavour and suite")?))
}

pub(super) fn draft_03(file: &Value, report: &mut Report) -> Result<(), String> {
    valid::<F3<P256Shake128>>(file, report)
}

pub(super) fn editors_copy(file: &Value, report: &mut Report) -> Result<(), String> {
    valid::<F4<P256Shake128>>(file, report)
}

fn valid<P: Profile<P256>>(file: &Value, report: &mut Report) -> Result<(), String> {
    for record in list(file)? {
        let (flavor, marker, session) = session(record)?;
        let (instance, witness) = (bytes(record, "Instance")?, bytes(record, "Witness")?);
        let tag = format!("TestDRNG-SIGMA-PROOFS-{marker}-{SUITE}-{}", text(record, "Relation")?);
        let proof = bytes(record, "NargString")?;
        let parts = [session.as_bytes(), &instance, &witness, &proof];
        report.record(text(record, "Id")?, reproduce::<P>(flavor, parts, |count| drng_03(&tag, count)));
    }
    Ok(())
}

/// The test generator of draft -03: a sponge that starts from a tag; 48 bytes a scalar, little-endian.
fn drng_03(tag: &str, count: usize) -> Vec<Scalar> {
    let mut sponge = DuplexSponge::<Shake128>::new(&derive_session_id::<Shake128>(&[tag.as_bytes()]));
    let mut next = |_| {
        let mut wide = [0; 48];
        sponge.squeeze(&mut wide);
        Scalar::reduce(&wide, ByteOrder::Little)
    };
    (0..count).map(&mut next).collect()
}

pub(super) fn draft_03_invalid(file: &Value, report: &mut Report) -> Result<(), String> {
    expected::<F3<P256Shake128>>(file, report, |_, _| false)
}

/// That copy lets a statement contain the identity; here it is refused, and that is the one case that differs.
pub(super) fn editors_copy_invalid(file: &Value, report: &mut Report) -> Result<(), String> {
    expected::<F4<P256Shake128>>(file, report, |id, error| {
        id.ends_with("/E3") && matches!(error, Error::Statement(InvalidStatement::IdentityElement(_)))
    })
}

fn expected<P: Profile<P256>>(
    file: &Value,
    report: &mut Report,
    skip: impl Fn(&str, Error) -> bool,
) -> Result<(), String> {
    for record in list(file)? {
        let (flavor, _, session) = session(record)?;
        let (instance, proof) = (bytes(record, "Instance")?, bytes(record, "NargString")?);
        let id = text(record, "Id")?;
        match (text(record, "Expected")?, verify::<P>(flavor, session.as_bytes(), &instance, &proof)) {
            ("accept", Ok(())) | ("reject", Err(_)) => report.record(id, Ok(())),
            ("accept", Err(error)) if skip(id, error) => report.skipped.push(id.to_owned()),
            (expected, result) => report.record(id, Err(format!("expected {expected}, got {result:?}"))),
        }
    }
    Ok(())
}

pub(super) fn draft_02(file: &Value, report: &mut Report) -> Result<(), String> {
    legacy::<P256Draft02>(file, report)
}

pub(super) fn april_2026(file: &Value, report: &mut Report) -> Result<(), String> {
    legacy::<April2026>(file, report)
}

/// Both proofs take their nonces from one stream, the batchable one first.
fn legacy<L: Legacy>(file: &Value, report: &mut Report) -> Result<(), String> {
    for record in list(file)? {
        let relation = text(record, "Relation")?;
        let (session, instance) = (bytes(record, "SessionId")?, bytes(record, "Statement")?);
        let witness = bytes(record, "Witness")?;
        let mut xof = Shake128::domain(b"sigma-proofs/TestDRNG/SHAKE128");
        xof.absorb(b"proof_generation_seed");
        xof.absorb_zeros(11);
        let mut stream = xof.reader();
        for (flavor, name) in [(Flavor::Batchable, "Batchable Proof"), (Flavor::Compact, "Proof")] {
            let proof = bytes(record, name)?;
            let next = |_| {
                let mut wide = vec![0; L::CHALLENGE_LEN];
                stream.read(&mut wide);
                Scalar::reduce(&wide, ByteOrder::Big)
            };
            let result = reproduce::<F2<L>>(flavor, [&session, &instance, &witness, &proof], |count| {
                (0..count).map(next).collect()
            });
            report.record(&format!("{relation}: {name}"), result);
        }
    }
    Ok(())
}
