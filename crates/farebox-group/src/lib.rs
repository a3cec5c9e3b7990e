#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod batch;
mod error;
mod group;
#[cfg(any(feature = "ristretto255", feature = "p256", feature = "p384"))]
mod ops;

#[cfg(feature = "p256")]
pub mod p256;
#[cfg(feature = "p384")]
pub mod p384;
#[cfg(feature = "ristretto255")]
pub mod ristretto255;
#[cfg(any(feature = "p256", feature = "p384"))]
mod weierstrass;
#[cfg(any(feature = "ristretto255", feature = "p256", feature = "p384"))]
mod xmd;

pub use error::{DecodeError, EmptyTag, IdentityError};
pub use group::{ByteOrder, Element, FixedBases, Group, Row, Scalar};

#[cfg(feature = "p256")]
pub use p256::P256;
#[cfg(feature = "p384")]
pub use p384::P384;
#[cfg(feature = "ristretto255")]
pub use ristretto255::Ristretto255;
