//! What a store has to do. Everything else is in [`Ledger`](crate::Ledger).

use alloc::vec::Vec;
use core::future::Future;

use crate::{Epoch, RequestDigest, Serial};

/// What a store says to a request that wants its serials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They are this request's now, durably.
    Fresh,
    /// They are this request's already; it has no answer yet.
    InFlight,
    /// They are this request's already, and this was the answer.
    Replay(Vec<u8>),
    /// They are this request's already, and its answer is no longer kept.
    Trimmed,
    /// At least one of them is another request's. Nothing was written.
    Conflict,
    /// The epoch was forgotten. Nothing was written: a serial of it may have been there.
    Expired,
}

/// What became of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completion {
    /// It is stored, durably.
    Stored,
    /// There was one before, this one; or, where it was trimmed, there was one.
    Before(Option<Vec<u8>>),
    /// The request is not there: it was never reserved, or its epoch was forgotten.
    Unknown,
}

/// Durable, atomic insert-if-absent. [`conformance`](crate::conformance) tells whether a store is one.
///
/// An `Err` means that the store cannot say what happened, or that it cannot serve. The caller refuses the request then; the
/// same bytes can be tried again, and the digest tells what the first try had come to.
pub trait Store: Send + Sync {
    /// Why the store is away.
    type Error: core::error::Error + Send + Sync + 'static;

    /// Gives all `serials` to the request, or none, in one atomic step that is durable before it returns.
    ///
    /// Where some are this request's and others are nobody's, that is a [`Verdict::Conflict`]: the same bytes always have the
    /// same serials. So is an empty list.
    fn reserve(
        &self,
        epoch: Epoch,
        serials: &[Serial],
        digest: &RequestDigest,
    ) -> impl Future<Output = Result<Verdict, Self::Error>> + Send;

    /// What [`reserve`](Self::reserve) would say, without writing: a filter before costly work. The answer can be old by the
    /// time that it is there.
    fn peek(
        &self,
        epoch: Epoch,
        serials: &[Serial],
        digest: &RequestDigest,
    ) -> impl Future<Output = Result<Verdict, Self::Error>> + Send;

    /// Stores the request's answer if it has none, durably before it returns.
    fn complete(
        &self,
        epoch: Epoch,
        digest: &RequestDigest,
        response: &[u8],
    ) -> impl Future<Output = Result<Completion, Self::Error>> + Send;

    /// Drops the answers of all epochs before this one and keeps their serials. Gives the number of answers dropped.
    fn trim(&self, before: Epoch) -> impl Future<Output = Result<u64, Self::Error>> + Send;

    /// Drops all epochs before this one, whole, and refuses them from now on. Gives the number of serials dropped.
    fn forget(&self, before: Epoch) -> impl Future<Output = Result<u64, Self::Error>> + Send;
}
