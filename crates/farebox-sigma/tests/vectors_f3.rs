//! Profile F3 against the vectors of draft-irtf-cfrg-sigma-protocols-03, valid and invalid.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{bytes, check, drng_03, field, hex, published, regenerate, scalars};
use farebox_group::P256;
use farebox_sigma::{Error, F3, Flavor, InvalidStatement, Malformed, P256Shake128};
use serde_json::Value;

type Draft03 = F3<P256Shake128>;

const SUITE: &str = "sigma-proofs_Shake128_P256";

/// The flavour, its marker in tags, and the session: the tag without its ending.
fn session(record: &Value) -> (Flavor, &'static str, &str) {
    let (flavor, marker) = match field(record, "Flavor") {
        "batchable" => (Flavor::Batchable, "DSFS"),
        "compact" => (Flavor::Compact, "CMPT"),
        other => panic!("flavour {other}"),
    };
    let session = field(record, "Tag").strip_suffix(&format!("-{marker}-with-{SUITE}")).unwrap();
    (flavor, marker, session)
}

#[test]
fn valid() {
    let Some(records) = published("sigma/draft-03/sigma-proofs_Shake128_P256.json") else { return };
    let records = records.as_array().unwrap();
    for record in records {
        let (id, (flavor, marker, session)) = (field(record, "Id"), session(record));
        let (instance, proof) = (bytes(record, "Instance"), bytes(record, "NargString"));
        assert_eq!(field(record, "Expected"), "accept");
        assert_eq!(check::<Draft03, P256>(flavor, session.as_bytes(), &instance, &proof), Ok(()), "{id}");

        let witness = scalars::<P256>(&bytes(record, "Witness"));
        let tag = format!("TestDRNG-SIGMA-PROOFS-{marker}-{SUITE}-{}", field(record, "Relation"));
        let nonces = drng_03::<P256>(&tag, witness.len());
        let again = regenerate::<Draft03, P256>(flavor, session.as_bytes(), &instance, &witness, nonces);
        assert_eq!(hex::encode(again), hex::encode(proof), "{id}");
    }
    assert_eq!(records.len(), 14);
}

/// The layer that has to refuse a case, by the draft's name of it.
fn is_expected(case: &str, error: Error) -> bool {
    match case {
        "A1" | "A2" | "A2b" | "A3" | "A4" | "A6" => {
            matches!(error, Error::Malformed(Malformed::Commitment { index: 0, .. }))
        }
        "B1" | "B2" => matches!(error, Error::Malformed(Malformed::Scalar { index: 0, .. })),
        "C1" | "C2" => matches!(error, Error::Malformed(Malformed::ProofLength { .. })),
        "E1" | "E1b" => error == Error::Statement(InvalidStatement::UnusedScalar(1)),
        "E2" => error == Error::Statement(InvalidStatement::IdentityImage(0)),
        "E3" => error == Error::Statement(InvalidStatement::IdentityElement(1)),
        "E4" => error == Error::Statement(InvalidStatement::UnknownElement(0)),
        "D1" | "F1b" | "F2b" | "F3" | "F4" | "F4b" | "H1" | "H2" | "H3" => error == Error::Invalid,
        _ => false,
    }
}

#[test]
fn invalid() {
    let Some(records) = published("sigma/draft-03/sigma-proofs-invalid_Shake128_P256.json") else { return };
    let records = records.as_array().unwrap();
    let mut accepted = 0;
    for record in records {
        let (id, (flavor, _, session)) = (field(record, "Id"), session(record));
        let case = id.rsplit('/').next().unwrap();
        let (instance, proof) = (bytes(record, "Instance"), bytes(record, "NargString"));
        match (field(record, "Expected"), check::<Draft03, P256>(flavor, session.as_bytes(), &instance, &proof)) {
            ("accept", Ok(())) => accepted += 1,
            ("reject", Err(error)) => assert!(is_expected(case, error), "{id}: {error:?}"),
            (expected, result) => panic!("{id}: {expected} expected, got {result:?}"),
        }
    }
    assert_eq!((records.len(), accepted), (33, 4));
}

// From the draft-irtf-cfrg-sigma-protocols-03 vectors: `discrete_logarithm`, batchable and compact.
const INSTANCE: &str = concat!(
    "0100000001000000010000000000000000000000000000000000000000000000000000000000000000000001010000000000000000",
    "000000000000000000000000000000000000000000000000000000000000000000000103f0f109368d010f5adf85ad7ce620a87291",
    "f3d4cabcf72fd8d2b91bc50f541fa8",
);
const WITNESS: &str = "9b7b9af133b35ea96e662c4662956909fe465084fe929506980e025022d750be";
const BATCHABLE: &str = concat!(
    "037e00143a98c515388e00397c050c46729f010e30752f00172c2e9444cd323e199dda433231690cefaaaceb1bf372b37ca060a6a3",
    "a87b40dafea0a8d2f5e1713b",
);
const COMPACT: &str = concat!(
    "3f29987a13e3ea094f2f7ee8f1ccc37ef3239bd303535a9959ca3aacca1f216ccfa4f6e2f3a7a88a485fc90cc1eba4019f4d66756c",
    "d8b3df83a6a43044ab1c28",
);

#[test]
fn embedded() {
    let instance = hex(INSTANCE);
    let witness = scalars::<P256>(&hex(WITNESS));
    for (flavor, marker, proof) in [(Flavor::Batchable, "DSFS", BATCHABLE), (Flavor::Compact, "CMPT", COMPACT)] {
        assert_eq!(check::<Draft03, P256>(flavor, b"discrete_logarithm", &instance, &hex(proof)), Ok(()));
        let nonces = drng_03::<P256>(&format!("TestDRNG-SIGMA-PROOFS-{marker}-{SUITE}-discrete_logarithm"), 1);
        let again = regenerate::<Draft03, P256>(flavor, b"discrete_logarithm", &instance, &witness, nonces);
        assert_eq!(hex::encode(again), proof);
    }
}
