//! Errors, sorted by blame. A peer is told that it was refused, never which of these it was.

use alloc::boxed::Box;
use core::fmt;

use farebox_group::DecodeError;

/// Bytes that are not the message, key or state they should be. Names the field; safe to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {fault}")]
#[doc(alias = "DeserializeError")]
#[doc(alias = "InputValidationError")]
pub struct Malformed {
    /// The field, by the RFC's name.
    pub field: &'static str,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What can be wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The input ends before the field does.
    #[error("the input ends early")]
    Truncated,
    /// Bytes follow the last field.
    #[error("{0} bytes follow the last field")]
    Trailing(usize),
    /// A list of no elements, or of more than 65,535.
    #[error("{0} elements, not 1 to 65535")]
    Count(usize),
    /// A list whose last element is cut.
    #[error("{0} bytes are no whole number of elements")]
    Ragged(usize),
    /// An element or scalar that is not canonical, or the identity.
    #[error("{0}")]
    Encoding(#[from] DecodeError),
    /// A key or a blind of 0.
    #[error("the scalar is zero")]
    Zero,
    /// A state of another version, mode or suite.
    #[error("another version, mode or suite")]
    Version,
}

/// A message that reads well and does not hold: a proof or an output that does not verify, or an evaluation of another
/// number of elements than were sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it does not verify")]
#[doc(alias = "VerifyError")]
pub struct Invalid;

/// A mistake of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// No inputs, or more than 65,535.
    #[error("a batch has 1 to 65535 inputs")]
    Batch,
    /// An input of more than 65,535 bytes, or one that hashes to the identity (nobody knows such an input).
    #[error("the input is longer than 65535 bytes")]
    #[doc(alias = "InvalidInputError")]
    Input,
    /// A public input or key information of more than 65,535 bytes.
    #[error("the info is longer than 65535 bytes")]
    Info,
    /// A seed of another length than Ns.
    #[error("a seed is as long as a scalar")]
    Seed,
    /// No key comes from the seed, which happens with a probability below 2^-60000.
    #[error("no key comes from this seed")]
    #[doc(alias = "DeriveKeyPairError")]
    Derivation,
    /// The key that this public input tweaks the server's key to is 0. Who finds such an input knows the key: replace it.
    #[error("the tweaked key is zero")]
    #[doc(alias = "InverseError")]
    Tweak,
    /// Coins from outside that are zero, or of another number than there are inputs.
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
