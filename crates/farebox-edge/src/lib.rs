#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod admit;
mod arrive;
mod config;
mod deadline;
mod directories;
mod discovery;
mod flow;
mod foreign;
pub mod forward_auth;
mod gate;
mod layer;
mod meter;
mod offers;
mod policy;
mod pool;
mod price;
mod redeemed;
mod refusal;
mod returns;
mod route;
mod running;
mod settle;
mod verdict;

pub use config::{Clock, Config, Deployment, WindowSecret};
pub use directories::{Directories, Fetched, HttpDirectories, NotFetched, NotLoopback};
pub use discovery::{Discovery, Schedule};
pub use foreign::ForeignKey;
pub use gate::{Gate, Upkeep};
pub use layer::{GateLayer, GateService};
pub use policy::{Ask, Companion, Fallback, Policy, PolicyError, Prefilter, VerdictHeader, Window};
pub use price::Price;
pub use redeemed::{Challenges, NotRedeemed, Redeemed, Unmetered};
pub use returns::{RequestSummary, Return};
pub use verdict::{STATUS_HEADER, VERDICT_HEADER};
