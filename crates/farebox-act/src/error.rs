//! Errors, sorted by blame. A peer is told that it was refused, never which of these it was.

use alloc::boxed::Box;
use core::fmt;

use farebox_group::DecodeError;

/// Bytes that are not the message or state they should be. Names the field; safe to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {fault}")]
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
    /// The input ends before the field does.
    #[error("the input ends early")]
    Truncated,
    /// Bytes follow the last field.
    #[error("{0} bytes follow the last field")]
    Trailing(usize),
    /// A proof of another length than its statement asks for.
    #[error("expected {expected} bytes, got {actual}")]
    Length {
        /// Bytes of an honest field.
        expected: usize,
        /// Bytes that came.
        actual: usize,
    },
    /// An element or scalar that is not canonical, or the identity.
    #[error("{0}")]
    Encoding(#[from] DecodeError),
    /// An amount that is not below 2^L.
    #[error("the amount is not below 2^L")]
    Amount,
    /// A secret key of 0.
    #[error("the scalar is zero")]
    Zero,
    /// A state of another version or kind.
    #[error("unknown version or kind")]
    Version,
    /// A state or key of other parameters, or a response of another context.
    #[error("made under other parameters")]
    Parameters,
}

/// A message that reads well and does not hold. One answer on the wire for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Invalid {
    /// A zero-knowledge proof does not verify.
    #[error("a proof does not verify")]
    #[doc(alias = "InvalidClientSpendProof")]
    #[doc(alias = "InvalidRefundProof")]
    #[doc(alias = "InvalidIssuanceRequestProof")]
    #[doc(alias = "InvalidIssuanceResponseProof")]
    Proof,
    /// An element of the statement is the identity.
    #[error("an element is the identity")]
    #[doc(alias = "IdentityPointError")]
    Identity,
    /// The spend charges another amount than the request costs.
    #[error("the spend charges another amount than asked")]
    Charge,
    /// The spend belongs to another request context.
    #[error("the spend belongs to another context")]
    Context,
    /// A zero spend that the issuer does not admit now.
    #[error("zero spends are not admitted now")]
    ZeroSpend,
    /// The issuer granted another amount than the client asked for.
    #[error("another amount than asked for was issued")]
    Credits,
    /// The refund returns more than was spent.
    #[error("the refund returns more than was spent")]
    #[doc(alias = "InvalidRefundAmount")]
    RefundAmount,
}

/// A mistake of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// An amount is not below 2^L of these parameters.
    #[error("the amount is not below 2^L")]
    #[doc(alias = "AmountTooBigError")]
    Amount,
    /// More is to be spent than the token holds.
    #[error("the token holds fewer credits")]
    Overdraft,
    /// More is to be returned than was spent.
    #[error("more is to be returned than was spent")]
    RefundAboveCharge,
    /// A key, state or message of other parameters.
    #[error("made under other parameters")]
    Parameters,
    /// L is not between 1 and 64.
    #[error("L is between 1 and 64")]
    BitLength,
    /// The domain separator does not have the form `ACT-v1:organization:service:deployment:YYYY-MM-DD`.
    #[error("the domain separator has the form ACT-v1:organization:service:deployment:YYYY-MM-DD")]
    DomainSeparator,
    /// Coins from outside that give an element without encoding, or a division by zero.
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

/// A proof that an honest party's own computation refuses comes from degenerate coins.
pub(crate) fn own_proof(_: farebox_sigma::Error) -> Error {
    Misuse::Coins.into()
}

/// What the engine says of a peer's proof.
pub(crate) fn peer_proof(error: farebox_sigma::Error) -> Error {
    use farebox_sigma::Malformed as Engine;
    let fault = match error {
        farebox_sigma::Error::Malformed(Engine::ProofLength { expected, actual }) => Fault::Length { expected, actual },
        farebox_sigma::Error::Malformed(Engine::Scalar { source, .. } | Engine::Commitment { source, .. }) => {
            source.into()
        }
        _ => return Invalid::Proof.into(),
    };
    Malformed { field: "pok", fault }.into()
}
