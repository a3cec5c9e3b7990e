#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod backend;
mod der;
mod error;
mod number;
mod pkcs8;
mod pre_signature;
mod prepared;
mod pss;
mod public;
mod secret;
mod signer;
mod spki;
mod variant;

pub use backend::Backend;
pub use error::{Error, Fault, Invalid, Malformed, Misuse, Refused};
pub use pre_signature::PreSignature;
#[cfg(feature = "hazmat")]
pub use pre_signature::{BlindCoins, Factor};
pub use prepared::PreparedMessage;
pub use public::PublicKey;
pub use secret::{ModulusSize, SecretKey};
#[cfg(feature = "std")]
pub use signer::SharedSigner;
pub use signer::Signer;
pub use variant::{PssDeterministic, PssRandomized, PssZeroDeterministic, PssZeroRandomized, Variant};
