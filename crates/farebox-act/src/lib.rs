#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod codec;
mod context;
mod credits;
mod error;
mod issuance;
mod keys;
mod message;
mod params;
mod refund;
pub mod relation;
mod signature;
mod spend;
mod token;
mod zero_spend;

pub use context::Context;
pub use credits::{BitLength, Credits};
pub use error::{Error, Fault, Invalid, Malformed, Misuse, Refused};
pub use issuance::PreIssuance;
#[cfg(feature = "hazmat")]
pub use issuance::{RequestCoins, SignatureCoins};
pub use keys::{PublicKey, SecretKey};
pub use message::{IssuanceRequest, IssuanceResponse, Refund, SpendProof};
pub use params::{DomainSeparator, Params};
pub use refund::{Expected, VerifiedSpend};
#[cfg(feature = "hazmat")]
pub use spend::SpendCoins;
pub use token::{CreditToken, PreRefund};
pub use zero_spend::ZeroSpendWindow;

type Scalar = farebox_group::ristretto255::Scalar;
type Element = farebox_group::ristretto255::Element;
