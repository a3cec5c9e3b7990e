#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod acquire;
mod ask;
pub mod attest;
mod choose;
#[cfg(feature = "reqwest")]
mod client;
mod codec;
mod config;
mod error;
#[cfg(feature = "failpoints")]
pub mod failpoint;
#[cfg(not(feature = "failpoints"))]
mod failpoint;
mod files;
mod issuers;
mod journal;
mod manage;
mod record;
mod settle;
mod shelf;
mod snapshot;
mod spend;
mod target;
mod transport;
mod turns;
mod wallet;

pub use choose::Stage;
#[cfg(feature = "reqwest")]
pub use client::{ClientError, Proxies, ReqwestTransport};
pub use config::{Budget, Clock, Config, Plaintext, Trust, UsedUp};
pub use error::{Cap, Declined, Error, Reason};
pub use files::FileStore;
pub use journal::{Change, Id, Journal, JournalError, Loaded};
pub use manage::{Amount, Holding, Recovered};
pub use transport::{Caps, Transport, TransportError};
pub use wallet::{Paid, Wallet};
