//! The wallet against a server on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "../common/mod.rs"]
mod common;
mod flows;
mod hostile;
mod lost;
mod parallel;
mod rotation;
mod store;
