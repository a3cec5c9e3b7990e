//! Profile F4 against the test data of the crate sigma-proofs 0.4.1.
#![cfg(feature = "experimental")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{bytes, check, drng_03, field, hex, published, regenerate, scalars};
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

// From the test data of the crate sigma-proofs 0.4.1: `discrete_logarithm`, batchable and compact.
const INSTANCE: &str = concat!(
    "0100000001000000020000000000000000000000000000000000000000000000000000000000000000000001010000000000000001",
    "000000000000000000000000000000000000000000000000000000000000000000000103f0f109368d010f5adf85ad7ce620a87291",
    "f3d4cabcf72fd8d2b91bc50f541fa8",
);
const WITNESS: &str = "9b7b9af133b35ea96e662c4662956909fe465084fe929506980e025022d750be";
const BATCHABLE: &str = concat!(
    "037e00143a98c515388e00397c050c46729f010e30752f00172c2e9444cd323e19a3e0ebd45a2bcf4ccdbaf720aaf57161612abc4c",
    "e2ad1d97ff004483a687360c",
);
const COMPACT: &str = concat!(
    "b8cec3a2142ed5c54a25d45364ba64224da03989a3ed7a52b86a1301b936d24510f48a666ddbd87883648ad4cde196d8c158cb288b",
    "280c7532e3602f6a0c5d15",
);

#[test]
fn embedded() {
    let instance = hex(INSTANCE);
    let witness = scalars::<P256>(&hex(WITNESS));
    for (flavor, marker, proof) in [(Flavor::Batchable, "DSFS", BATCHABLE), (Flavor::Compact, "CMPT", COMPACT)] {
        assert_eq!(check::<Editors, P256>(flavor, b"discrete_logarithm", &instance, &hex(proof)), Ok(()));
        let nonces = drng_03::<P256>(&format!("TestDRNG-SIGMA-PROOFS-{marker}-{SUITE}-discrete_logarithm"), 1);
        let again = regenerate::<Editors, P256>(flavor, b"discrete_logarithm", &instance, &witness, nonces);
        assert_eq!(hex::encode(again), proof);
    }
}
