//! Each check of a decoder and of a builder, and that it is the one that refuses.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

#[path = "../common/mod.rs"]
mod common;

mod batches;
mod challenges;
mod headers;
mod messages;

use privacypass_wire::{Fault, Malformed, Misuse};

fn malformed<T: std::fmt::Debug>(result: Result<T, Malformed>, field: &str, fault: Fault) {
    let error = result.unwrap_err();
    assert_eq!((error.field, error.fault), (field, fault));
}

fn misuse<T: std::fmt::Debug>(result: Result<T, Misuse>, field: &str, fault: Fault) {
    let error = result.unwrap_err();
    assert_eq!((error.field, error.fault), (field, fault));
}
