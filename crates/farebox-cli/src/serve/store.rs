//! The ledger's store, by the configuration.

use farebox_ledger::{Completion, Epoch, MemoryStore, RequestDigest, Serial, Store, Verdict};
use farebox_ledger_fjall::{FjallStore, OpenError, Options, Progress};
use farebox_ledger_postgres::{Durability, Options as PostgresOptions, PostgresStore};

use crate::config::{self, LedgerKind};
use crate::exit::{Code, Failure};

/// Whether a ledger that forgets may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Insecure {
    Refuse,
    Allow,
}

/// A store of any kind. A clone is the same store.
#[derive(Clone)]
pub(crate) enum AnyStore {
    Memory(std::sync::Arc<MemoryStore>),
    Fjall(FjallStore),
    Postgres(PostgresStore),
}

/// Why a store is away.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("the memory for serials is full")]
    Memory,
    #[error(transparent)]
    Fjall(#[from] farebox_ledger_fjall::Error),
    #[error(transparent)]
    Postgres(#[from] farebox_ledger_postgres::Error),
}

/// Serials that the store in memory takes: about 200 bytes each.
const IN_MEMORY: usize = 10_000_000;

impl AnyStore {
    /// Opens the store.
    ///
    /// # Errors
    /// [`Code::InUse`] where another process has it, [`Code::Unavailable`] where its server is away, and others.
    pub(crate) async fn open(ledger: &config::Ledger, insecure: Insecure) -> Result<Self, Failure> {
        match ledger.kind {
            LedgerKind::Memory if insecure == Insecure::Refuse => Err(Failure::new(
                Code::Config,
                "ledger.kind: \"memory\" forgets every spent token when the server ends, so that all can be spent again; \
                 --insecure-memory-ledger takes it all the same",
            )),
            LedgerKind::Memory => Ok(Self::Memory(MemoryStore::new(IN_MEMORY).into())),
            LedgerKind::Fjall => fjall(ledger).await,
            LedgerKind::Postgres => postgres(ledger).await,
        }
    }

    /// Closes the store: nothing is taken any more, and what was taken is durable.
    ///
    /// # Errors
    /// [`Code::Failure`], where the store had failed.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        let Self::Fjall(store) = self else { return Ok(()) };
        let closed = tokio::task::spawn_blocking(move || store.close()).await;
        let closed = closed.map_err(Failure::at(Code::Failure, "the ledger"))?;
        closed.map_err(Failure::at(Code::Failure, "the ledger does not close"))
    }

    /// Whether it answers.
    pub(crate) async fn is_there(&self) -> bool {
        // A serial that nobody has, in an epoch of its own.
        let serial = Serial::new(b"readyz", &[], &[]);
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
        self.peek(Epoch(now / 86_400), &[serial], &RequestDigest::new(&[b"readyz"])).await.is_ok()
    }
}

async fn fjall(ledger: &config::Ledger) -> Result<AnyStore, Failure> {
    let folder = ledger.folder.clone();
    let mut options = Options::default().on_progress(|progress| match progress {
        Progress::Created => tracing::info!("a new ledger"),
        Progress::Replaying { elapsed } => {
            tracing::info!(seconds = elapsed.as_secs(), "the ledger's journal is replayed")
        }
        Progress::Ready { epochs, .. } => tracing::info!(epochs, "the ledger is open"),
        _ => {}
    });
    if ledger.existing_only {
        options = options.existing_only();
    }
    let make = move || {
        if let Some(parent) = folder.parent() {
            let _exists = std::fs::create_dir_all(parent);
        }
        FjallStore::open(&folder, options)
    };
    let opened = tokio::task::spawn_blocking(make).await.map_err(Failure::at(Code::Failure, "the ledger"))?;
    opened.map(AnyStore::Fjall).map_err(|error| {
        let code = if matches!(error, OpenError::Locked(_)) { Code::InUse } else { Code::Failure };
        Failure::at(code, "the ledger")(error)
    })
}

async fn postgres(ledger: &config::Ledger) -> Result<AnyStore, Failure> {
    let durability = match ledger.durability {
        config::Durability::Standby => Durability::Standby,
        config::Durability::Server => Durability::Server,
    };
    let options =
        PostgresOptions { durability, connections: usize::from(ledger.connections), ..PostgresOptions::default() };
    let connected = PostgresStore::connect(&ledger.url, options).await;
    connected.map(AnyStore::Postgres).map_err(Failure::at(Code::Unavailable, "the ledger"))
}

impl Store for AnyStore {
    type Error = StoreError;

    async fn reserve(&self, epoch: Epoch, serials: &[Serial], digest: &RequestDigest) -> Result<Verdict, StoreError> {
        match self {
            Self::Memory(store) => store.reserve(epoch, serials, digest).await.map_err(|_| StoreError::Memory),
            Self::Fjall(store) => Ok(store.reserve(epoch, serials, digest).await?),
            Self::Postgres(store) => Ok(store.reserve(epoch, serials, digest).await?),
        }
    }

    async fn peek(&self, epoch: Epoch, serials: &[Serial], digest: &RequestDigest) -> Result<Verdict, StoreError> {
        match self {
            Self::Memory(store) => store.peek(epoch, serials, digest).await.map_err(|_| StoreError::Memory),
            Self::Fjall(store) => Ok(store.peek(epoch, serials, digest).await?),
            Self::Postgres(store) => Ok(store.peek(epoch, serials, digest).await?),
        }
    }

    async fn complete(&self, epoch: Epoch, digest: &RequestDigest, answer: &[u8]) -> Result<Completion, StoreError> {
        match self {
            Self::Memory(store) => store.complete(epoch, digest, answer).await.map_err(|_| StoreError::Memory),
            Self::Fjall(store) => Ok(store.complete(epoch, digest, answer).await?),
            Self::Postgres(store) => Ok(store.complete(epoch, digest, answer).await?),
        }
    }

    async fn trim(&self, before: Epoch) -> Result<u64, StoreError> {
        match self {
            Self::Memory(store) => store.trim(before).await.map_err(|_| StoreError::Memory),
            Self::Fjall(store) => Ok(store.trim(before).await?),
            Self::Postgres(store) => Ok(store.trim(before).await?),
        }
    }

    async fn forget(&self, before: Epoch) -> Result<u64, StoreError> {
        match self {
            Self::Memory(store) => store.forget(before).await.map_err(|_| StoreError::Memory),
            Self::Fjall(store) => Ok(store.forget(before).await?),
            Self::Postgres(store) => Ok(store.forget(before).await?),
        }
    }
}
