//! The gate behind a real listener on loopback, with the client machines of `farebox-tokens` in front of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    missing_docs
)]

mod audit;
mod bad;
mod client;
mod discovery;
mod ended;
mod fallbacks;
mod forward;
mod nginx;
mod outage;
mod prices;
mod refunds;
mod replays;
mod rotation;
mod rsa;
mod shedding;
mod silence;
mod site;
mod store;
mod types;
mod upkeep;
mod windows;
