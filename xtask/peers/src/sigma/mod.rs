//! The proof engine on ristretto255 with SHAKE128: ten Pedersen commitments `C_i = x_i*G + r_i*H`, one proof for all.
//!
//! `prove-*` start from the witness and the commitments in memory, build the statement and end with the proof's bytes.
//! `verify-*` start from the bytes of the commitments and of the proof, and build the statement. The rows that end in
//! `/prepared` have the statement built beforehand; they show the engines without that part.

mod ours;
mod peer;

use crate::harness::Row;
use crate::suite;

/// Equations in the statement.
const EQUATIONS: usize = 10;

/// Statements that a step takes in turn.
const INPUTS: usize = 8;

/// The steps: two forms of a proof, with the statement built in the timed region or before it.
const STEPS: [&str; 8] = [
    "prove-compact/n=10",
    "prove-batchable/n=10",
    "verify-compact/n=10",
    "verify-batchable/n=10",
    "prove-compact/n=10/prepared",
    "prove-batchable/n=10/prepared",
    "verify-compact/n=10/prepared",
    "verify-batchable/n=10/prepared",
];

pub(crate) fn rows() -> Vec<Row> {
    suite::pair(&STEPS, |step| format!("sigma/{step}"), Some(ours::implementation()), Some(peer::implementation()))
}
