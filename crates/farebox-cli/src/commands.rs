//! The commands, each in a file.

pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod fetch;
pub(crate) mod inspect;
pub(crate) mod keys;
pub(crate) mod serve;
pub(crate) mod shell;
pub(crate) mod wallet;

use tokio::runtime::{Builder, Runtime};

use crate::exit::{Code, Failure};

/// What asynchronous commands run on.
fn runtime() -> Result<Runtime, Failure> {
    Builder::new_multi_thread().enable_all().build().map_err(Failure::at(Code::Failure, "threads"))
}
