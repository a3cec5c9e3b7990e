//! A store that is given up on when it does not answer in time.

use std::sync::Arc;
use std::time::Duration;

use farebox_ledger::{Completion, Epoch, Ledger, RequestDigest, Serial, Store, Verdict};

/// The store of a ledger. What takes longer than `timeout` counts as a store that is away.
///
/// It stands below the ledger, not around its calls: whoever completes an answer gets it back when that fails.
#[derive(Debug)]
pub(crate) struct Timely<S> {
    ledger: Arc<Ledger<S>>,
    timeout: Duration,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAnswer<E> {
    /// None in time. What was asked for may be written all the same, now or later.
    #[error("the store did not answer in time")]
    Late,
    /// The store's own reason.
    #[error(transparent)]
    Away(E),
}

impl<S: Store> Timely<S> {
    pub(crate) fn new(ledger: Arc<Ledger<S>>, timeout: Duration) -> Self {
        Self { ledger, timeout }
    }

    async fn within<T>(&self, call: impl Future<Output = Result<T, S::Error>> + Send) -> Result<T, NoAnswer<S::Error>> {
        match tokio::time::timeout(self.timeout, call).await {
            Ok(answer) => answer.map_err(NoAnswer::Away),
            Err(_) => Err(NoAnswer::Late),
        }
    }
}

impl<S: Store> Store for Timely<S> {
    type Error = NoAnswer<S::Error>;

    async fn reserve(&self, epoch: Epoch, serials: &[Serial], digest: &RequestDigest) -> Result<Verdict, Self::Error> {
        self.within(self.ledger.store().reserve(epoch, serials, digest)).await
    }

    async fn peek(&self, epoch: Epoch, serials: &[Serial], digest: &RequestDigest) -> Result<Verdict, Self::Error> {
        self.within(self.ledger.store().peek(epoch, serials, digest)).await
    }

    async fn complete(&self, epoch: Epoch, digest: &RequestDigest, response: &[u8]) -> Result<Completion, Self::Error> {
        self.within(self.ledger.store().complete(epoch, digest, response)).await
    }

    async fn trim(&self, before: Epoch) -> Result<u64, Self::Error> {
        self.within(self.ledger.store().trim(before)).await
    }

    async fn forget(&self, before: Epoch) -> Result<u64, Self::Error> {
        self.within(self.ledger.store().forget(before)).await
    }
}
