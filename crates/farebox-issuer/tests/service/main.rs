//! The service behind a real listener, with the client's machines of `farebox-tokens` on the other side.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs, unreachable_pub)]

mod attesters;
mod directory;
mod hostile;
mod issuance;
mod limits;
mod logs;
mod site;
mod statuses;
mod vouchers;
mod world;
