//! One test for each check, in the layer that refuses.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

#[path = "../common/mod.rs"]
mod common;

mod client;
mod keys;
mod secret;
mod signer;
mod spki;
mod verify;

use farebox_blind_rsa::{Error, Fault, Malformed};

/// What a fault is called in the caller's error.
fn malformed(field: &'static str, fault: Fault) -> Error {
    Malformed { field, fault }.into()
}
