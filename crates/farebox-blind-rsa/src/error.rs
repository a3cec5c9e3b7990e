//! Errors, sorted by blame. A peer is told that it was refused, never which of these it was.

use alloc::boxed::Box;
use core::fmt;

/// Bytes that are not the message, key or state they should be. Names the field; safe to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {fault}")]
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
    /// Another length than the modulus has, or a state of another length than its own.
    #[error("expected {expected} bytes, got {actual}")]
    #[doc(alias = "unexpected input size")]
    Length {
        /// Bytes that there should be.
        expected: usize,
        /// Bytes that came.
        actual: usize,
    },
    /// An integer that is not below the modulus.
    #[error("not below the modulus")]
    #[doc(alias = "message representative out of range")]
    Range,
    /// A prepared message without its 32 random bytes.
    #[error("shorter than the random prefix")]
    Prefix,
    /// Not DER: a tag, a length, an integer that is not minimal, or bytes left over.
    #[error("not the DER that belongs here")]
    Der,
    /// Not an RSA key of this use: `rsaEncryption` where `id-RSASSA-PSS` is asked for, or parameters other than SHA-384, MGF1
    /// with SHA-384 and the variant's salt length.
    #[error("another algorithm or other parameters")]
    Algorithm,
    /// A modulus that is even, or has not 2048, 3072 or 4096 bits.
    #[error("the modulus is even, or has not 2048, 3072 or 4096 bits")]
    Modulus,
    /// A public exponent that is even, below 3, or has more than 33 bits.
    #[error("the public exponent is even, below 3 or longer than 33 bits")]
    Exponent,
    /// The numbers of a secret key do not belong together.
    #[error("the numbers of the key do not belong together")]
    Inconsistent,
    /// A state of another version or variant.
    #[error("unknown version or another variant")]
    Version,
    /// A state of another key.
    #[error("made under another key")]
    Key,
}

/// What a peer sent reads well and does not hold. One answer on the wire for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Invalid {
    /// The signature does not verify.
    #[error("the signature does not verify")]
    #[doc(alias = "invalid signature")]
    Signature,
    /// The encoded message has a factor in common with the modulus: nobody meets this by chance under an honest key.
    #[error("the message representative is no unit of the modulus")]
    #[doc(alias = "invalid input")]
    Representative,
}

/// A mistake of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// A state of another key.
    #[error("made under another key")]
    Key,
    /// Coins from outside: a salt of another length, or a blinding factor that is no unit of the modulus.
    #[error("the coins do not fit")]
    #[doc(alias = "blinding error")]
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
    /// The private operation gave a wrong result, and nothing of it leaves: this machine computes wrongly, or its key was
    /// changed in memory. Nobody's message is to blame.
    #[error("the private operation gave a wrong result")]
    #[doc(alias = "signing failure")]
    SigningFailure,
}

/// A refused step hands its input back. Take [`state`](Self::state) out before the error is passed on: with `?` it goes where
/// the error goes, and is dropped with it.
pub struct Refused<S> {
    /// The state as it was.
    pub state: Box<S>,
    /// Why.
    pub error: Error,
}

impl<S> Refused<S> {
    pub(crate) fn new(state: S, error: impl Into<Error>) -> Self {
        Self { state: Box::new(state), error: error.into() }
    }

    /// The state, and why it was refused.
    pub fn into_parts(self) -> (S, Error) {
        (*self.state, self.error)
    }
}

impl<S> fmt::Debug for Refused<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused").field("error", &self.error).finish_non_exhaustive()
    }
}

impl<S> fmt::Display for Refused<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<S> core::error::Error for Refused<S> {}
