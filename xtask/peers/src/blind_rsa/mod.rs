//! RFC 9474, variant RSABSSA-SHA384-PSS-Randomized, with a key of 2048 bits, which both sides read from one PKCS #8.
//!
//! Keys are in memory. `prepare+blind` starts from the message and ends with the blinded message; `blind_sign` starts from its
//! bytes; `finalize` ends with the signature, verified; `verify` starts from the message and the signature's bytes. The peer
//! blinds its private operation with a factor that it draws each time, and checks the result, as ours does.

mod ours;
mod peer;

use farebox_blind_rsa::{ModulusSize, PssRandomized, SecretKey};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::harness::Row;
use crate::suite;

/// The steps. The last one is there with the feature `openssl`: the same peer, and ours on OpenSSL.
const STEPS: [&str; 5] =
    ["prepare+blind/2048", "blind_sign/2048", "finalize/2048", "verify/2048", "blind_sign/2048/openssl"];

/// Messages that a step takes in turn.
const INPUTS: usize = 16;

/// As long as the input of a Privacy Pass token.
const MESSAGE: [u8; 98] = [7; 98];

pub(crate) fn rows() -> Vec<Row> {
    let pkcs8 = SecretKey::<PssRandomized>::generate(ModulusSize::Bits2048, &mut StdRng::seed_from_u64(1)).to_pkcs8();
    let rows = |step: &str| format!("blind-rsa/{step}");
    suite::pair(&STEPS, rows, Some(ours::implementation(&pkcs8)), Some(peer::implementation(&pkcs8)))
}
