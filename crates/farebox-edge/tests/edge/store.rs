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
    /// Looks and completions that were tried.
    pub peeks: AtomicU64,
    pub completions: AtomicU64,
    pub silent: Silent,
}

/// How many calls of each kind are never answered from now on. `unheard` ones are written.
#[derive(Debug, Default)]
pub struct Silent {
    pub peek: AtomicU64,
    pub reserve: AtomicU64,
    pub reserve_unheard: AtomicU64,
    pub complete: AtomicU64,
    pub complete_unheard: AtomicU64,
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

async fn hangs(left: &AtomicU64) {
    if fails(left).is_err() {
        std::future::pending().await
    }
}

impl Store for Shaky {
    type Error = Away;

    async fn reserve(&self, epoch: Epoch, serials: &[Serial], digest: &RequestDigest) -> Result<Verdict, Away> {
        hangs(&self.faults.silent.reserve).await;
        fails(&self.faults.reserve)?;
        let verdict = self.memory.reserve(epoch, serials, digest).await.map_err(|_| Away)?;
        hangs(&self.faults.silent.reserve_unheard).await;
        fails(&self.faults.reserve_unheard)?;
        Ok(verdict)
    }

    async fn peek(&self, epoch: Epoch, serials: &[Serial], digest: &RequestDigest) -> Result<Verdict, Away> {
        self.faults.peeks.fetch_add(1, Ordering::SeqCst);
        hangs(&self.faults.silent.peek).await;
        fails(&self.faults.peek)?;
        self.memory.peek(epoch, serials, digest).await.map_err(|_| Away)
    }

    async fn complete(&self, epoch: Epoch, digest: &RequestDigest, response: &[u8]) -> Result<Completion, Away> {
        self.faults.completions.fetch_add(1, Ordering::SeqCst);
        hangs(&self.faults.silent.complete).await;
        fails(&self.faults.complete)?;
        let completion = self.memory.complete(epoch, digest, response).await.map_err(|_| Away)?;
        hangs(&self.faults.silent.complete_unheard).await;
        Ok(completion)
    }

    async fn trim(&self, before: Epoch) -> Result<u64, Away> {
        self.memory.trim(before).await.map_err(|_| Away)
    }

    async fn forget(&self, before: Epoch) -> Result<u64, Away> {
        self.memory.forget(before).await.map_err(|_| Away)
    }
}
