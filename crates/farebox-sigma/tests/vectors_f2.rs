//! Profile F2 against the vectors of draft-irtf-cfrg-sigma-protocols-02's format, and of the editor's copy of April 2026.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{Drng02, bytes, check, field, hex, published, regenerate, scalars};
use farebox_group::{ByteOrder, P256};
use farebox_sigma::{F2, Flavor, Legacy, Numbering, P256Draft02};

/// The editor's copy between -02 and -03: challenges of 64 bytes.
#[derive(Clone, Copy, Debug, Default)]
struct P256April2026;

impl Legacy for P256April2026 {
    const PROTOCOL_ID: &'static [u8] = P256Draft02::PROTOCOL_ID;
    const NUMBERING: Numbering = P256Draft02::NUMBERING;
    const SCALAR_ORDER: ByteOrder = P256Draft02::SCALAR_ORDER;
    const CHALLENGE_LEN: usize = 64;
}

/// Verifies both proofs, and makes them again from one stream, the batchable one first.
fn both<L: Legacy>(session: &[u8], statement: &[u8], witness: &[u8], batchable: &[u8], compact: &[u8]) {
    let witness = scalars::<P256>(witness);
    let mut drng = Drng02::new(b"proof_generation_seed");
    for (flavor, proof) in [(Flavor::Batchable, batchable), (Flavor::Compact, compact)] {
        assert_eq!(check::<F2<L>, P256>(flavor, session, statement, proof), Ok(()));
        let nonces = witness.iter().map(|_| drng.scalar::<P256>(L::CHALLENGE_LEN)).collect();
        let again = regenerate::<F2<L>, P256>(flavor, session, statement, &witness, nonces);
        assert_eq!(hex::encode(again), hex::encode(proof));
    }
}

fn file<L: Legacy>(name: &str) {
    let Some(records) = published(name) else { return };
    let records = records.as_array().unwrap();
    for record in records {
        let get = |name| bytes(record, name);
        println!("{}", field(record, "Relation"));
        both::<L>(&get("SessionId"), &get("Statement"), &get("Witness"), &get("Batchable Proof"), &get("Proof"));
    }
    assert_eq!(records.len(), 5);
}

#[test]
fn draft_02() {
    file::<P256Draft02>("sigma/draft-main-2026-03-13/sigma-proofs_Shake128_P256.json");
}

#[test]
fn april_2026() {
    file::<P256April2026>("sigma/draft-main-2026-04-01/sigma-proofs_Shake128_P256.json");
}

// From the vectors of the draft's repository of 2026-03-13 (format of -02): `discrete_logarithm`.
#[test]
fn embedded_draft_02() {
    both::<P256Draft02>(
        b"discrete_logarithm",
        &hex(concat!(
            "0100000001000000010000000000000000000000036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
            "02bd6f9ee95eae1bc34fa4c48d08e87bc9c6393ae536b21a055a8773678d323425",
        )),
        &hex("cd94f2512f4901f6d91cc8645cec273e44d9ced56709fa8ba7f071af8e226541"),
        &hex(concat!(
            "03c96531225d9ebf39a42a5ad2c8efe9e2f979e705cce158288c05b1c90ecb3d87927e278193b9e71d4daaac5c1a2bec6d348c53ab",
            "5949338bcb0db445ed1b9c8e",
        )),
        &hex(concat!(
            "89629aeeac1e3600028e2b73a6790675dccaa2c489adc30543fdec782bca6718dd7c56ecad1eef1ba13c9a850df8ef9c0546797a63",
            "8c718b01145383c41081cf",
        )),
    );
}

// From the vectors of the draft's repository of 2026-04-01: `discrete_logarithm`.
#[test]
fn embedded_april_2026() {
    both::<P256April2026>(
        b"discrete_logarithm",
        &hex(concat!(
            "0100000001000000010000000000000000000000036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
            "02d135e66a8b8d656fa8e892501d931895ec031701a72aa550039742a8f6325336",
        )),
        &hex("daca1508279cce9abb7fdefc540ec4b9bcf1b689bbcf74ea3123dbd3f5b611b0"),
        &hex(concat!(
            "031af107806a9d4f14c569d5a255904f682a7e1cc289ca70f5306d690609bf8f7231ffdce808d01c2ee9354c49c3dcbe6361cce35b",
            "81c304abd3a813909ec3c16a",
        )),
        &hex(concat!(
            "d08bc0386f6ef8b3a431d490a1b30c0ab58341043aa76e59b74493417e65a46ee9488aaa9b728b9ccd5231f1d99daae697e454d67d",
            "83522e5bc8de52324f06bd",
        )),
    );
}
