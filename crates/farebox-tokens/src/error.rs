//! Errors, sorted by blame. A peer is told a status, never which of these it was.

use core::fmt;

use privacypass_wire::Malformed;

/// A message that reads well and does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Invalid {
    /// A token type that this party does not take part in.
    #[error("a token type that is not served here")]
    TokenType,
    /// A key id that is not known, or whose key is out of its time.
    #[error("no such key, or not now")]
    Key,
    /// The token answers no challenge that is good now.
    #[error("the token answers no challenge that is good now")]
    Challenge,
    /// A proof, a signature or an element of the scheme does not hold.
    #[error("the scheme refused the message")]
    Scheme,
    /// An answer of another length, type or count than its request.
    #[error("the answer does not fit the request")]
    Answer,
    /// A token beside the one that is asked for is missing, or not asked for.
    #[error("the companion token is missing, or not asked for")]
    Companion,
}

/// A mistake of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// A key of this type with this last byte of its id is registered: a request could not say which it means.
    #[error("a key with the same truncated id is registered")]
    TruncatedId,
    /// The key is registered already.
    #[error("the key is registered already")]
    SameKey,
    /// A key's times are not in order.
    #[error("the times of a key are not in order")]
    Validity,
    /// A challenge, key or state of another type than the operation is for.
    #[error("another token type")]
    TokenType,
    /// The challenge has no limit, cost or key, which the client needs.
    #[error("the challenge lacks what the client needs")]
    Challenge,
    /// Parameters of a scheme that it does not take: a limit, a cost, an amount.
    #[error("the scheme does not take this parameter")]
    Parameter,
    /// A message that cannot be written.
    #[error("a message that cannot be written")]
    Message,
    /// This machine failed: a private operation whose check did not hold, or a generator that gives values that no working one does.
    #[error("this machine failed")]
    Machine,
    /// A journal entry of another version or kind, or of another key.
    #[error("a journal entry that cannot be restored")]
    Journal,
}

/// Why a step was refused.
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

impl From<privacypass_wire::Misuse> for Error {
    fn from(_: privacypass_wire::Misuse) -> Self {
        Self::Misuse(Misuse::Message)
    }
}

/// The schemes' errors. Their bytes come from a peer; only what the caller chose is its mistake.
macro_rules! scheme {
    ($($krate:ident $(: $other:ident)?),*) => {$(
        impl From<$krate::Error> for Error {
            fn from(error: $krate::Error) -> Self {
                match error {
                    $krate::Error::Misuse(_) => Misuse::Parameter.into(),
                    $($krate::Error::$other => Misuse::Machine.into(),)?
                    _ => Invalid::Scheme.into(),
                }
            }
        }

        impl From<$krate::Malformed> for Error {
            fn from(_: $krate::Malformed) -> Self {
                Invalid::Scheme.into()
            }
        }

        impl From<$krate::Misuse> for Error {
            fn from(_: $krate::Misuse) -> Self {
                Misuse::Parameter.into()
            }
        }
    )*};
}
scheme!(farebox_act, farebox_arc, farebox_blind_rsa: SigningFailure, farebox_voprf);

/// A refused step hands its input back. Take [`state`](Self::state) out before the error is passed on.
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
