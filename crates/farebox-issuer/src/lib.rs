#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod attest;
mod config;
mod directory;
pub mod keystore;
mod meter;
mod pool;
mod rate;
mod reply;
mod request;
mod service;

pub use attest::Attester;
pub use config::{ClientKey, ConfigError, CustomKey, IssuerConfig, RateLimit};
pub use farebox_tokens::pow;
pub use meter::describe_metrics;
pub use service::{Clock, IssuerService};
