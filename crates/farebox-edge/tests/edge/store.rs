//! A store that can be taken away, and that outlives the gates in front of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use farebox_ledger::{Completion, Epoch, MemoryStore, RequestDigest, Serial, Store, Verdict};

#[derive(Debug, thiserror::Error)]
#[error("the store is away")]
pub struct Away;

/// How many calls of each kind fail from now on.
#[derive(Debug, Default)]
pub struct Faults {
    pub reserve: AtomicU64,
    /// Reservations that are written, and whose answer is lost.
    pub reserve_unheard: AtomicU64,
    pub peek: AtomicU64,
    pub complete: AtomicU64,
    /// Completions that were tried.
    pub completions: AtomicU64,
}

#[derive(Clone, Debug)]
pub struct Shaky {
    pub memory: Arc<MemoryStore>,
    pub faults: Arc<Faults>,
}

impl Shaky {
    pub fn new() -> Self {
        Self { memory: Arc::new(MemoryStore::new(100_000)), faults: Arc::default() }
    }
}

fn fails(left: &AtomicU64) -> Result<(), Away> {
    let took = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    if took.is_ok() { Err(Away) } else { Ok(()) }
}

impl Store for Shaky {
    type Error = Away;

    async fn reserve(&self, epoch: Epoch, serials: &[Serial], digest: &RequestDigest) -> Result<Verdict, Away> {
        fails(&self.faults.reserve)?;
        let verdict = self.memory.reserve(epoch, serials, digest).await.map_err(|_| Away)?;
        fails(&self.faults.reserve_unheard)?;
        Ok(verdict)
    }

    async fn peek(&self, epoch: Epoch, serials: &[Serial], digest: &RequestDigest) -> Result<Verdict, Away> {
        fails(&self.faults.peek)?;
        self.memory.peek(epoch, serials, digest).await.map_err(|_| Away)
    }

    async fn complete(&self, epoch: Epoch, digest: &RequestDigest, response: &[u8]) -> Result<Completion, Away> {
        self.faults.completions.fetch_add(1, Ordering::SeqCst);
        fails(&self.faults.complete)?;
        self.memory.complete(epoch, digest, response).await.map_err(|_| Away)
    }

    async fn trim(&self, before: Epoch) -> Result<u64, Away> {
        self.memory.trim(before).await.map_err(|_| Away)
    }

    async fn forget(&self, before: Epoch) -> Result<u64, Away> {
        self.memory.forget(before).await.map_err(|_| Away)
    }
}
