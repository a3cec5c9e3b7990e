//! The store: a handle that hashes names, puts calls into queues and waits for replies.

use core::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

use farebox_ledger::{Completion, Epoch, RequestDigest, Serial, Store, Verdict};
use tokio::sync::oneshot;

use crate::keyed::{Keyed, Name};
use crate::opening;
use crate::queue::Queue;
use crate::reader::{Peek, Reader};
use crate::stats::Counters;
use crate::tables::Fault;
use crate::writer::{Command, Writer};
use crate::{Error, OpenError, Options, Stats};

/// At most so many serials in one request.
pub const MOST_SERIALS: usize = 1024;
/// At most so many bytes in one answer: 64 KiB.
pub const LONGEST_ANSWER: usize = 64 << 10;

/// Threads that look. One look takes microseconds when its tables are in memory, and a disk read otherwise.
const READERS: usize = 2;

/// A durable store in a folder of this machine. A clone is another handle to it.
///
/// The last handle that is dropped closes the store as [`close`](Self::close) does, and blocks meanwhile.
#[derive(Clone)]
pub struct FjallStore {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) writes: Arc<Queue<Command>>,
    pub(crate) looks: Arc<Queue<Peek>>,
    pub(crate) options: Options,
    /// The key of names. A copy of the store has the same.
    pub(crate) secret: [u8; 32],
    keyed: Keyed,
    counters: Arc<Counters>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl FjallStore {
    /// Opens the store in a folder, or makes one where the folder is empty or not there. Blocks: until the engine has replayed its
    /// journal, which can take seconds after a crash. See [`Options::on_progress`].
    ///
    /// # Errors
    /// [`OpenError`]. Nothing is changed then, but for a folder that was made.
    pub fn open(path: impl AsRef<Path>, options: Options) -> Result<Self, OpenError> {
        let (mut tables, secret) = opening::open(path.as_ref(), &options)?;
        let (writes, looks) = (Arc::new(Queue::new(options.queue)), Arc::new(Queue::new(options.queue)));
        let counters = Arc::<Counters>::default();
        counters.epochs.set(tables.epochs.len() as u64);
        let shape = Arc::new(RwLock::new(Arc::new(tables.shape().unwrap_or_default())));
        let threads = Mutex::default();
        let keyed = Keyed::new(&secret);
        let inner = Inner { writes, looks, options, secret, keyed, counters, threads };
        for number in 0..READERS {
            let (shape, queue) = (shape.clone(), inner.looks.clone());
            let reader = Reader { shape, queue, counters: inner.counters.clone(), engine: tables.engine.clone() };
            inner.spawn(format!("ledger-reader-{number}"), move || reader.run())?;
        }
        let (queue, counters, options) = (inner.writes.clone(), inner.counters.clone(), inner.options.clone());
        let writer = Writer { tables, shape, queue, counters, options };
        inner.spawn("ledger-writer".into(), move || writer.run())?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Closes the store for all handles: takes no more calls, finishes those that wait, makes all durable and lets the folder go.
    /// Blocks until that is done. Once closed, it does nothing.
    ///
    /// # Errors
    /// [`Error::Failed`] where the store had failed or fails now.
    pub fn close(&self) -> Result<(), Error> {
        self.inner.close()
    }

    /// Counters.
    pub fn stats(&self) -> Stats {
        let writes = &self.inner.writes;
        Stats {
            queued: writes.len() as u64,
            queue_capacity: writes.capacity() as u64,
            failed: matches!(writes.reason(), Some(Error::Failed { .. })),
            ..self.inner.counters.stats()
        }
    }
}

impl Inner {
    /// Starts a thread. Where it fails or panics, the whole store refuses from then on.
    fn spawn(&self, name: String, work: impl FnOnce() -> Result<(), Fault> + Send + 'static) -> Result<(), OpenError> {
        let cause = Some("a thread of the store panicked".into());
        let guard = Guard { writes: self.writes.clone(), looks: self.looks.clone(), cause };
        let body = move || {
            // Taken in whole, so that it is dropped here and also when the work panics.
            let mut guard = guard;
            guard.cause = work().err().map(|Fault(cause)| cause);
        };
        let thread = thread::Builder::new().name(name).spawn(body);
        self.threads().push(thread.map_err(|error| OpenError::System(error.to_string()))?);
        Ok(())
    }

    fn close(&self) -> Result<(), Error> {
        self.writes.close(Error::Closed);
        self.looks.close(Error::Closed);
        // The lock is held while the threads end, so that whoever closes too waits as well.
        self.threads().drain(..).for_each(|thread| drop(thread.join()));
        match self.writes.reason() {
            Some(failed @ Error::Failed { .. }) => Err(failed),
            _ => Ok(()),
        }
    }

    pub(crate) fn push(&self, command: Command) -> Result<(), Error> {
        self.writes.push(command).inspect_err(|error| self.count(error))
    }

    fn count(&self, error: &Error) {
        self.counters.busy.add(u64::from(matches!(error, Error::Busy)));
    }

    fn threads(&self) -> std::sync::MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serials(&self, serials: &[Serial]) -> Result<Vec<Name>, Error> {
        if serials.len() > MOST_SERIALS {
            return Err(Error::TooManySerials);
        }
        Ok(serials.iter().map(|serial| self.keyed.serial(serial)).collect())
    }

    async fn call<T>(&self, command: impl FnOnce(oneshot::Sender<Result<T, Error>>) -> Command) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        self.push(command(reply))?;
        answer.await.unwrap_or_else(|_| Err(self.gone()))
    }

    /// Why a call that was taken in got no reply.
    pub(crate) fn gone(&self) -> Error {
        match self.writes.reason() {
            Some(failed @ Error::Failed { .. }) => failed,
            // A closed store answers all that it has taken in, so this one is about to be marked as failed.
            _ => Error::failed("a call was cut off"),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        drop(self.close());
    }
}

/// Ends the store when a thread of it ends before its time.
struct Guard {
    writes: Arc<Queue<Command>>,
    looks: Arc<Queue<Peek>>,
    cause: Option<String>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(cause) = self.cause.take() {
            let error = Error::failed(cause);
            self.writes.fail(error.clone());
            self.looks.fail(error);
        }
    }
}

impl Store for FjallStore {
    type Error = Error;

    async fn reserve(&self, epoch: Epoch, serials: &[Serial], digest: &RequestDigest) -> Result<Verdict, Error> {
        let (serials, request) = (self.inner.serials(serials)?, self.inner.keyed.request(digest));
        self.inner.call(|reply| Command::Reserve { epoch: epoch.0, serials, request, reply }).await
    }

    async fn peek(&self, epoch: Epoch, serials: &[Serial], digest: &RequestDigest) -> Result<Verdict, Error> {
        let (serials, request) = (self.inner.serials(serials)?, self.inner.keyed.request(digest));
        let (reply, answer) = oneshot::channel();
        let peek = Peek { epoch: epoch.0, serials, request, reply };
        self.inner.looks.push(peek).inspect_err(|error| self.inner.count(error))?;
        answer.await.unwrap_or_else(|_| Err(self.inner.gone()))
    }

    async fn complete(&self, epoch: Epoch, digest: &RequestDigest, response: &[u8]) -> Result<Completion, Error> {
        if response.len() > LONGEST_ANSWER {
            return Err(Error::AnswerTooLong);
        }
        let (request, response) = (self.inner.keyed.request(digest), response.to_vec());
        self.inner.call(|reply| Command::Complete { epoch: epoch.0, request, response, reply }).await
    }

    async fn trim(&self, before: Epoch) -> Result<u64, Error> {
        self.inner.call(|reply| Command::Trim { before: before.0, reply }).await
    }

    async fn forget(&self, before: Epoch) -> Result<u64, Error> {
        self.inner.call(|reply| Command::Forget { before: before.0, reply }).await
    }
}

impl fmt::Debug for FjallStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FjallStore").field("stats", &self.stats()).finish_non_exhaustive()
    }
}
