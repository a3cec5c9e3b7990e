#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "conformance")]
pub mod conformance;
mod ids;
mod ledger;
#[cfg(feature = "memory")]
mod memory;
mod store;

pub use ids::{Epoch, RequestDigest, Serial};
pub use ledger::{Abandoned, Answer, Ledger, NotCompleted, Refused, Reservation, Reserved, Unavailable};
#[cfg(feature = "memory")]
pub use memory::{Full, MemoryStore};
pub use store::{Completion, Store, Verdict};
