//! The server: issuer and origin at one address, what keeps them running, and how they end.

pub(crate) mod admin;
mod attest;
mod folder;
mod listener;
pub(crate) mod log;
mod origin;
mod path;
mod proxy;
mod reload;
mod running;
mod site;
mod stalled;
mod store;

pub(crate) use running::{Drained, Server};
pub(crate) use store::{AnyStore, Insecure};
