//! Anonymous Credit Tokens on ristretto255, step by step.
//!
//! A step takes the received message as bytes and gives the message to send as bytes: decode, compute, encode.
//! Parameters, tables, keys and the client's own states are prepared, and states stay in memory on both sides: nobody
//! writes a journal here. `finalize` and `construct` end with the new token in memory.

mod ours;
mod peer;

use crate::harness::Row;
use crate::suite;

/// The bit lengths of amounts that are compared.
const BIT_LENGTHS: [usize; 5] = [8, 10, 16, 32, 64];

/// The steps in protocol order. An implementation leaves out those that it does not have apart.
const STEPS: [&str; 8] = ["request", "issue", "finalize", "prove", "verify+refund", "verify", "refund", "construct"];

/// An honest run, the same for both sides: credits issued, spent and returned. They fit into 8 bits.
const CREDITS: u64 = 200;
const CHARGE: u64 = 50;
const RETURNED: u64 = 20;

/// Honest runs that a step takes its inputs from, in turn.
const RUNS: usize = 8;

pub(crate) fn rows() -> Vec<Row> {
    BIT_LENGTHS.into_iter().flat_map(rows_at).collect()
}

fn rows_at(bits: usize) -> Vec<Row> {
    suite::pair(
        &STEPS,
        |step| format!("act/{step}/L={bits}"),
        Some(ours::implementation(bits)),
        peer::implementation(bits),
    )
}
