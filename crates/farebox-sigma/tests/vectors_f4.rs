//! Profile F4 against the test data of the crate sigma-proofs 0.4.1.
#![cfg(feature = "experimental")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{bytes, check, drng_03, field, published, regenerate, scalars};
use farebox_group::P256;
use farebox_sigma::{Error, F4, Flavor, InvalidStatement, P256Shake128};
use serde_json::Value;

type Editors = F4<P256Shake128>;

const SUITE: &str = "sigma-proofs_Shake128_P256";

fn session(record: &Value) -> (Flavor, &'static str, &str) {
    let (flavor, marker) = match field(record, "Flavor") {
        "batchable" => (Flavor::Batchable, "DSFS"),
        _ => (Flavor::Compact, "CMPT"),
    };
    (flavor, marker, field(record, "Tag").strip_suffix(&format!("-{marker}-with-{SUITE}")).unwrap())
}

#[test]
fn valid() {
    let Some(records) = published("sigma/crate-0.4.1/sigma-proofs_Shake128_P256.json") else { return };
    for record in records.as_array().unwrap() {
        let (id, (flavor, marker, session)) = (field(record, "Id"), session(record));
        let (instance, proof) = (bytes(record, "Instance"), bytes(record, "NargString"));
        assert_eq!(check::<Editors, P256>(flavor, session.as_bytes(), &instance, &proof), Ok(()), "{id}");

        let witness = scalars::<P256>(&bytes(record, "Witness"));
        let tag = format!("TestDRNG-SIGMA-PROOFS-{marker}-{SUITE}-{}", field(record, "Relation"));
        let nonces = drng_03::<P256>(&tag, witness.len());
        let again = regenerate::<Editors, P256>(flavor, session.as_bytes(), &instance, &witness, nonces);
        assert_eq!(hex::encode(again), hex::encode(proof), "{id}");
    }
}

#[test]
fn invalid() {
    let Some(records) = published("sigma/crate-0.4.1/sigma-proofs-invalid_Shake128_P256.json") else { return };
    for record in records.as_array().unwrap() {
        let (id, (flavor, _, session)) = (field(record, "Id"), session(record));
        let (instance, proof) = (bytes(record, "Instance"), bytes(record, "NargString"));
        let result = check::<Editors, P256>(flavor, session.as_bytes(), &instance, &proof);
        match (field(record, "Expected"), result) {
            ("accept", Ok(())) | ("reject", Err(_)) => {}
            // That crate lets a statement contain the identity; here it is refused.
            ("accept", Err(error)) if id.ends_with("/E3") => {
                assert_eq!(error, Error::Statement(InvalidStatement::IdentityElement(2)));
            }
            (expected, result) => panic!("{id}: {expected} expected, got {result:?}"),
        }
    }
}
