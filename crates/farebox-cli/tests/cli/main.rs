//! Commands that need no server, as child processes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "../common/mod.rs"]
mod common;

mod configs;
mod demo;
mod hostile;
mod inspects;
mod keys;
mod shells;
