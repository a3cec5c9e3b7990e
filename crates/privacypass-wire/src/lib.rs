#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod any;
mod batch;
mod challenge;
mod codec;
mod context;
#[cfg(feature = "directory")]
pub mod directory;
mod error;
pub mod http;
mod ids;
pub mod lengths;
mod limits;
mod request;
mod response;
mod token;
mod token_type;

pub use any::{Any, Message, Unknown};
pub use batch::{
    AmortizedBatchTokenRequest, AmortizedBatchTokenResponse, GenericBatchTokenRequest, GenericBatchTokenResponse,
};
pub use challenge::{ChallengeBuilder, TokenChallenge};
pub use error::{Fault, Malformed, Misuse};
pub use ids::{ChallengeDigest, KeyId};
pub use limits::Limits;
pub use request::TokenRequest;
pub use response::{Refund, TokenResponse};
pub use token::{ActToken, ArcToken, AuthenticatorInput, SingleUseToken, Token};
pub use token_type::TokenType;
