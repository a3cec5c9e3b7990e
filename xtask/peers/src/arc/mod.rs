//! Anonymous Rate-Limited Credentials, step by step, on both groups; and the older draft at N = 1000.
//!
//! A step takes the received message as bytes and gives the message to send as bytes. Keys, tables, hashed contexts and the
//! client's own states are prepared. `finalize` ends with the credential in memory, `verify` before the ledger.
//!
//! No crate carries this protocol. On ristretto255 the other side is the floor: the group operations, encodings and hashes
//! that a step cannot do without, on random values and with curve25519-dalek's functions, without protocol. On P-256 verification is
//! held against a number of variable-base multiplications on ristretto255.

mod floor;
mod ours;
mod v1;

use farebox_arc::{P256, Ristretto255};

use crate::harness::Row;
use crate::suite;

/// The limits that are compared.
const LIMITS: [u64; 5] = [2, 10, 100, 1000, 10_000];

const ISSUANCE: [&str; 3] = ["request", "response", "finalize"];
const PRESENTATION: [&str; 2] = ["present", "verify"];

/// Honest runs that a step takes its inputs from, in turn.
const RUNS: usize = 8;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = suite::pair(
        &ISSUANCE,
        |step| format!("arc/ristretto255/{step}"),
        Some(ours::issuance::<Ristretto255>()),
        Some(floor::issuance()),
    );
    rows.extend(suite::pair(&ISSUANCE, |step| format!("arc/P256/{step}"), Some(ours::issuance::<P256>()), None));
    for limit in LIMITS {
        rows.extend(suite::pair(
            &PRESENTATION,
            |step| format!("arc/ristretto255/{step}/N={limit}"),
            Some(ours::presentation::<Ristretto255>(limit)),
            Some(floor::presentation(limit)),
        ));
        rows.extend(suite::pair(
            &PRESENTATION,
            |step| format!("arc/P256/{step}/N={limit}"),
            Some(ours::presentation::<P256>(limit)),
            (limit == 1000).then(floor::p256_verify),
        ));
    }
    rows.extend(v1::rows());
    rows
}
