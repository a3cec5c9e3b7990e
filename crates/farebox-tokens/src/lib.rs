#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod client;
mod contexts;
mod error;
pub mod issuer;
mod keys;
mod opaque;
pub mod origin;
pub mod pow;

pub use error::{Error, Invalid, Misuse, Refused};
pub use keys::{ActIssuer, IssuerKey, KeyRing, Registered, Validity};
