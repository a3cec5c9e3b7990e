#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod backup;
mod error;
mod folder;
mod group;
mod keyed;
mod opening;
mod options;
mod queue;
mod reader;
mod record;
mod stats;
mod store;
mod tables;
mod verdict;
mod writer;

pub use error::{Error, OpenError};
pub use options::{Options, Progress};
pub use stats::{GroupSizes, Stats};
pub use store::{FjallStore, LONGEST_ANSWER, MOST_SERIALS};
