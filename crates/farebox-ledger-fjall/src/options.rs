//! How a store runs, and what it tells while it opens.

use core::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How a store runs. [`Options::default`] is for a service of its own on a machine with some memory.
#[derive(Clone)]
#[must_use]
pub struct Options {
    pub(crate) journal_bound: u64,
    pub(crate) queue: usize,
    pub(crate) group_size: usize,
    pub(crate) group_delay: Duration,
    pub(crate) cache: u64,
    pub(crate) epochs: usize,
    pub(crate) existing_only: bool,
    pub(crate) on_progress: Report,
}

pub(crate) type Report = Arc<dyn Fn(Progress) + Send + Sync>;

impl Default for Options {
    fn default() -> Self {
        Self {
            journal_bound: 16 << 20,
            queue: 4096,
            group_size: 256,
            group_delay: Duration::from_millis(1),
            cache: 64 << 20,
            epochs: 1024,
            existing_only: false,
            on_progress: Arc::new(|_| {}),
        }
    }
}

impl Options {
    /// So many bytes may stand in the journal alone, before they are moved into tables. Default 16 MiB, at least 1 MiB. Opening
    /// after a crash reads the journal's files, which the engine cuts at 64 MB, and inserts again what stood there alone.
    pub fn journal_bound(mut self, bytes: u64) -> Self {
        self.journal_bound = bytes.max(1 << 20);
        self
    }

    /// So many calls may wait for the writer, and so many looks for the readers; more are refused as busy. Default 4096.
    pub fn queue(mut self, calls: usize) -> Self {
        self.queue = calls.max(1);
        self
    }

    /// At most so many calls are made durable together. Default 256.
    pub fn group_size(mut self, calls: usize) -> Self {
        self.group_size = calls.max(1);
        self
    }

    /// So long a group waits until it has as many calls as the group before had. Default 1 ms. A caller alone does not wait.
    pub fn group_delay(mut self, delay: Duration) -> Self {
        self.group_delay = delay;
        self
    }

    /// Memory for blocks of tables, in bytes. Default 64 MiB.
    pub fn cache(mut self, bytes: u64) -> Self {
        self.cache = bytes;
        self
    }

    /// So many epochs may be there at once. Default 1024; an epoch costs two small folders and some memory.
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.epochs = epochs.max(1);
        self
    }

    /// Refuses to make a new store. An origin that has run before wants this: where a disk was not mounted, an empty store would
    /// accept every old credential again.
    pub fn existing_only(mut self) -> Self {
        self.existing_only = true;
        self
    }

    /// Is called while the store opens, on the opening thread or one beside it. It must not block for long.
    pub fn on_progress(mut self, report: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.on_progress = Arc::new(report);
        self
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("journal_bound", &self.journal_bound)
            .field("queue", &self.queue)
            .field("group_size", &self.group_size)
            .field("group_delay", &self.group_delay)
            .field("cache", &self.cache)
            .field("epochs", &self.epochs)
            .field("existing_only", &self.existing_only)
            .finish_non_exhaustive()
    }
}

/// What happens while a store opens. They come in this order; the engine does not say how far its replay is, only that it works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// The folder was empty, and a new store was made.
    Created,
    /// The engine starts, with so many bytes of journal on the disk.
    Opening {
        /// Bytes that may have to be replayed.
        journal: u64,
    },
    /// So many of the folders of tables are open.
    Tables {
        /// Open now.
        opened: u64,
        /// All.
        all: u64,
    },
    /// The journal is being replayed. Comes about four times a second.
    Replaying {
        /// Since the engine started.
        elapsed: Duration,
    },
    /// A trim or a forget that a crash cut off is finished: so many folders of tables are dropped.
    Dropping {
        /// Folders.
        tables: u64,
    },
    /// The store serves.
    Ready {
        /// Since the engine started.
        elapsed: Duration,
        /// Epochs in it.
        epochs: u64,
        /// Serials in it.
        serials: u64,
    },
}
