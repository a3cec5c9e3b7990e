//! VOPRF of RFC 9497 on ristretto255 with SHA-512, step by step, for batches of several sizes; the times are for one token.
//!
//! A step takes the received message as bytes and gives the message to send as bytes: decode, compute, encode. Keys and the
//! client's own states are prepared, and states stay in memory on both sides. `finalize` ends with the outputs, `redeem` is
//! the server's evaluation of an input that it is shown, and its comparison with the output.

mod ours;
mod peer;

use crate::harness::Row;
use crate::suite;

/// Tokens in a batch.
const BATCHES: [usize; 4] = [1, 10, 100, 1000];

/// The steps in protocol order.
const STEPS: [&str; 4] = ["blind", "evaluate", "finalize", "redeem"];

/// Bytes of an input, as long as those of Privacy Pass.
const INPUT_LEN: usize = 98;

/// Honest runs that a step takes its inputs from, in turn.
const RUNS: usize = 2;

pub(crate) fn rows() -> Vec<Row> {
    BATCHES.into_iter().flat_map(rows_of).collect()
}

fn rows_of(batch: usize) -> Vec<Row> {
    let with = |name: &'static str, peer| {
        let id = move |step: &str| format!("{name}/{step}/n={batch}");
        suite::pair(&STEPS, id, Some(ours::implementation(batch)), Some(peer))
    };
    let mut rows = with("voprf", peer::voprf_ng(batch));
    rows.extend(with("voprf-0.5", peer::voprf(batch)));
    rows
}
