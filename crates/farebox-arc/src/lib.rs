#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod bits;
mod codec;
mod context;
mod credential;
mod error;
mod issuance;
mod keys;
mod limit;
mod message;
mod presentation;
pub mod relation;
mod state;
mod suite;
#[cfg(feature = "v1")]
pub mod v1;
mod verify;

pub use context::{PresentationContext, RequestContext};
pub use credential::Credential;
pub use error::{Error, Fault, Invalid, Malformed, Misuse, Refused};
pub use issuance::PreIssuance;
#[cfg(feature = "hazmat")]
pub use issuance::{RequestCoins, ResponseCoins};
pub use keys::{PublicKey, SecretKey};
pub use limit::Limit;
pub use message::{CredentialRequest, CredentialResponse, Presentation, Tag};
#[cfg(feature = "hazmat")]
pub use presentation::PresentationCoins;
pub use state::{ClosedContext, ContextState, PresentationState, Presented};
#[cfg(feature = "ristretto255")]
pub use suite::Ristretto255;
pub use suite::{Arc01, Suite};
#[cfg(feature = "p256")]
pub use suite::{P256, P256Draft01};
pub use verify::VerifiedPresentation;

pub(crate) type Group<S> = <S as Suite>::Group;
pub(crate) type Scalar<S> = <Group<S> as farebox_group::Group>::Scalar;
pub(crate) type Element<S> = <Group<S> as farebox_group::Group>::Element;
pub(crate) type Point<S> = farebox_sigma::Point<Group<S>>;
pub(crate) type BaseSet<S> = farebox_sigma::BaseSet<Group<S>>;
pub(crate) type Statement<'b, S> = farebox_sigma::Statement<'b, Group<S>>;
pub(crate) type Coins<S> = farebox_sigma::Coins<Scalar<S>>;
