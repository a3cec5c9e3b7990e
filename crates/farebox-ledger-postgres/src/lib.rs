#![doc = include_str!("../README.md")]

mod error;
mod hosts;
mod operation;
mod options;
mod pool;
mod reserve;
mod schema;
mod session;
mod store;
mod tables;
#[cfg(feature = "rustls")]
mod tls;
mod upkeep;

pub use error::{Code, Error, OpenError, Refused};
pub use options::{Durability, Layout, Options};
#[cfg(feature = "rustls")]
pub use rustls;
pub use store::PostgresStore;
pub use tokio_postgres;
