//! `farebox serve`, `fetch` and `wallet` together, as child processes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/upstream.rs"]
mod upstream;

mod fetches;
mod lifecycle;
mod limits;
mod logs;
mod proxied;
