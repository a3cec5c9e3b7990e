//! Errors, sorted by blame. A peer is told that it was refused, never which of these it was.

use alloc::boxed::Box;
use core::fmt;

use farebox_group::DecodeError;

/// Bytes that are not the message or state they should be. Names the field; safe to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {fault}")]
#[doc(alias = "DeserializeError")]
pub struct Malformed {
    /// The field, by the draft's name.
    pub field: &'static str,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What can be wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A message or state of another length than its kind, suite and limit ask for.
    #[error("expected {expected} bytes, got {actual}")]
    Length {
        /// Bytes of an honest one.
        expected: usize,
        /// Bytes that came.
        actual: usize,
    },
    /// An element or scalar that is not canonical, or the identity.
    #[error("{0}")]
    Encoding(#[from] DecodeError),
    /// A secret scalar of 0.
    #[error("the scalar is zero")]
    Zero,
    /// A state of another version, kind or suite.
    #[error("unknown version, kind or suite")]
    Version,
    /// A state of another key.
    #[error("made with another key")]
    Key,
    /// A saved state whose limit, counter or list of contexts cannot be.
    #[error("limit and counter do not fit")]
    Counter,
}

/// A message that reads well and does not hold. Which of its checks failed is told to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message does not hold")]
#[doc(alias = "VerifyError")]
pub struct Invalid;

/// A mistake of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// N is not between 2 and 2^32, or above what the older draft's module takes.
    #[error("the presentation limit is out of range")]
    Limit,
    /// The presentation was decoded for a limit of another size.
    #[error("the presentation was decoded for another limit")]
    OtherLimit,
    /// The credential has a state for this context already.
    #[error("the context was opened before")]
    AlreadyOpen,
    /// The credential has been used in as many contexts as it keeps.
    #[error("the credential is in use in too many contexts")]
    TooManyContexts,
    /// A counter cannot go back.
    #[error("a counter never goes back")]
    Rewind,
    /// The context hashes to the identity.
    #[error("the context has no element")]
    Context,
    /// Coins from outside that give an element without encoding, or a nonce that was used.
    #[error("the coins are degenerate")]
    Coins,
}

/// Why an operation was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes are wrong.
    #[error("malformed: {0}")]
    Malformed(#[from] Malformed),
    /// The peer's message does not hold.
    #[error("invalid: {0}")]
    Invalid(#[from] Invalid),
    /// The caller's mistake.
    #[error("misuse: {0}")]
    Misuse(#[from] Misuse),
}

/// A refused step hands its input back. Take [`state`](Self::state) out before the error is passed on: with `?` it goes where
/// the error goes, and is dropped with it.
pub struct Refused<T> {
    /// The state as it was.
    pub state: Box<T>,
    /// Why.
    pub error: Error,
}

impl<T> Refused<T> {
    pub(crate) fn new(state: T, error: impl Into<Error>) -> Self {
        Self { state: Box::new(state), error: error.into() }
    }

    /// The state, and why it was refused.
    pub fn into_parts(self) -> (T, Error) {
        (*self.state, self.error)
    }
}

impl<T> fmt::Debug for Refused<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused").field("error", &self.error).finish_non_exhaustive()
    }
}

impl<T> fmt::Display for Refused<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<T> core::error::Error for Refused<T> {}

/// A proof that an honest party's own computation refuses comes from degenerate coins.
pub(crate) fn own_proof(_: farebox_sigma::Error) -> Error {
    Misuse::Coins.into()
}

/// What the engine says of a peer's proof. Its length was checked by the decoder.
pub(crate) fn peer_proof(error: farebox_sigma::Error) -> Error {
    match error {
        farebox_sigma::Error::Malformed(farebox_sigma::Malformed::Scalar { source, .. }) => {
            Malformed { field: "proof", fault: source.into() }.into()
        }
        _ => Invalid.into(),
    }
}
