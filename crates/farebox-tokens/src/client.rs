//! The client: what it asks an issuer for, what it holds, and what it shows to an origin.
//!
//! States are values. Each step takes one and gives the next, and a refused step hands it back. A step that puts bytes on the
//! wire gives [`Unwritten`]: a [`JournalEntry`] with all that a restart needs, the very bytes included, and the next state behind
//! it. Write the entry in the place of the one before, in one transaction; then take the state, and with it the bytes. After a
//! restart [`Restored::from_entry`] gives the state back, and what is sent again is the same byte for byte.
//!
//! | kind | ask | between | hold | show | between |
//! |---|---|---|---|---|---|
//! | single use | [`single::request`] | [`single::Pending`] | [`single::Held`] | [`single::Held::redeem`] | [`single::Redeeming`] |
//! | single use, many | [`batch::request`] | [`batch::Pending`] | | | |
//! | any types in one message | [`generic::request`] | [`generic::Pending`] | | | |
//! | ARC | [`arc::request`] | [`arc::Pending`] | [`arc::Holder`] | [`arc::Holder::present`] | [`arc::Presented`] |
//! | ACT | [`act::request`] | [`act::Pending`] | [`act::Idle`] | [`act::Idle::spend`] | [`act::InFlight`] |
//! | ARC with a companion | | | [`paired::Pair`] | [`paired::Pair::present`] | [`paired::InFlight`] |
//!
//! A client asks at one origin at a time and pins what it read from an issuer's directory; see [`Offer`].

pub mod act;
pub mod arc;
pub mod batch;
mod binding;
mod cache;
mod decline;
pub mod generic;
mod journal;
mod offer;
pub mod paired;
mod restored;
pub mod single;
mod single_key;

pub use binding::Binding;
pub use cache::Cache;
pub use decline::{Declined, Reason};
pub use journal::{EntryKind, JournalEntry, Unwritten};
pub use offer::{Offer, Terms};
pub use restored::Restored;
#[cfg(feature = "hazmat")]
pub use single_key::TokenCoins;

/// What goes to the issuer's request URL, by POST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outgoing<'a> {
    /// The body.
    pub body: &'a [u8],
    /// Its media type, for `Content-Type`.
    pub content_type: &'static str,
    /// The media type of the answer, for `Accept`. An answer of another type, or with another status than 200 (in a generic batch
    /// 206 as well), is no answer.
    pub accept: &'static str,
}

impl<'a> Outgoing<'a> {
    fn new(body: &'a [u8], (content_type, accept): (&'static str, &'static str)) -> Self {
        Self { body, content_type, accept }
    }
}

/// The message in a header `PrivacyPass-Reverse`.
fn reversed(field: &[u8]) -> Result<Vec<u8>, crate::Error> {
    use privacypass_wire::{Limits, http};
    Ok(http::reverse::parse(field, http::Reading::Lenient, &Limits::DEFAULT)?)
}
