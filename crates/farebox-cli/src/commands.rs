//! The commands, each in a file.

pub(crate) mod config;
pub(crate) mod inspect;
pub(crate) mod shell;
