//! Why something held is not shown.

use core::fmt;

use crate::Error;

/// Why the client does not answer an offer with what it holds. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The offer is of another issuer, key, type, origin set or credential context: get a new token or credential.
    #[error("what is held is bound to something else")]
    OtherBinding,
    /// ARC: the context has taken as many presentations as it takes, or its limit was lowered below that. Wait for the next
    /// context; another credential would not be fair play.
    #[error("{used} presentations of {limit} were made in this context")]
    LimitReached {
        /// The limit of the offer.
        limit: u64,
        /// Presentations that were made.
        used: u64,
    },
    /// ARC: the credential was shown in as many contexts as the client remembers: get a new one.
    #[error("the credential was shown in too many contexts")]
    TooManyContexts,
    /// ACT: the cost is above the balance.
    #[error("the cost is {cost}, the balance {balance}")]
    Overdraft {
        /// What the offer asks for.
        cost: u64,
        /// What there is.
        balance: u64,
    },
    /// The step failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// What is held comes back, with the reason. Take [`state`](Self::state) out before the reason is passed on.
pub struct Declined<T> {
    /// The state as it was.
    pub state: Box<T>,
    /// Why.
    pub reason: Reason,
}

impl<T> Declined<T> {
    pub(crate) fn new(state: T, reason: impl Into<Reason>) -> Self {
        Self { state: Box::new(state), reason: reason.into() }
    }

    /// The state, and the reason.
    pub fn into_parts(self) -> (T, Reason) {
        (*self.state, self.reason)
    }
}

impl<T> fmt::Debug for Declined<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Declined").field("reason", &self.reason).finish_non_exhaustive()
    }
}

impl<T> fmt::Display for Declined<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl<T> core::error::Error for Declined<T> {}
