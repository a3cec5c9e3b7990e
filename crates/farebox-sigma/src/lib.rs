#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod batch;
mod codec;
mod coins;
mod error;
mod expr;
mod point;
mod profile;
mod prover;
mod relation;
pub mod relations;
mod sponge;
mod statement;
mod transcript;
mod validate;
mod verifier;

pub use batch::{RefusedBatch, verify_batch};
pub use coins::{Coins, Fresh, Hedge};
pub use error::{Error, InvalidStatement, Malformed, Misuse};
pub use expr::{Coefficient, ElementVar, Equation, Image, ScalarVar, Term, Terms, eq};
pub use point::{BaseSet, Point};
#[cfg(feature = "experimental")]
pub use profile::F4;
#[cfg(feature = "p256")]
pub use profile::P256Draft02;
pub use profile::{Ciphersuite, F1b, F2, F3, Flavor, Legacy, Numbering, P256Shake128, Profile, Ristretto255Shake128};
pub use relation::{FieldName, Publics, Record, Relation, Secrets};
pub use sponge::{DuplexSponge, Shake128, TurboShake128, Xof, derive_session_id};
pub use statement::{LinearEquation, Shape, Statement};
pub use transcript::{Argument, NoSession, Session, Transcript, Witness, witness};
