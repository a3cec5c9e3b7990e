//! The statements of arc-crypto-01, one a file. The first two are those of the older draft as well. A relation's
//! name is the end of its proof's session.

pub mod presentation;
pub mod request;
pub mod response;
