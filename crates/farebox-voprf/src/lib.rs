#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod client;
mod codec;
mod dleq;
mod domain;
mod error;
mod keys;
mod message;
mod mode;
mod output;
mod parallel;
mod server;
mod suite;

#[cfg(feature = "hazmat")]
pub use client::BlindCoins;
pub use client::ClientState;
#[cfg(feature = "hazmat")]
pub use dleq::ProofCoins;
pub use error::{Error, Fault, Invalid, Malformed, Misuse, Refused};
pub use keys::{PublicKey, SecretKey};
pub use message::{BlindedElements, Evaluation, MAX_BATCH, Proof};
pub use mode::{Info, Mode, NoInfo, NoProof, Oprf, Poprf, Verifiable, Voprf, WithoutInfo};
pub use output::Output;
#[cfg(feature = "p256")]
pub use suite::P256Sha256;
#[cfg(feature = "p384")]
pub use suite::P384Sha384;
#[cfg(feature = "ristretto255")]
pub use suite::Ristretto255Sha512;
pub use suite::Suite;

/// The longest input, and the longest public input, in bytes.
pub const MAX_INPUT: usize = 65_535;

type Group<S> = <S as Suite>::Group;
type Scalar<S> = <Group<S> as farebox_group::Group>::Scalar;
type Element<S> = <Group<S> as farebox_group::Group>::Element;
type Point<S> = farebox_sigma::Point<Group<S>>;
