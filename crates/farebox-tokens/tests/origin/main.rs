//! The origin, step by step, against clients made of the schemes alone.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "../common/mod.rs"]
mod common;

mod companion;
mod flow;
mod outage;
mod refund;
mod refuse;
mod replay;
mod rotation;
mod seen;
mod terms;
