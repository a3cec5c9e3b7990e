//! The threads that compute: so many at once, so many waiting, and the rest is turned away.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub(crate) struct CpuPool {
    /// Running and waiting.
    places: Arc<Semaphore>,
    /// Running.
    threads: Arc<Semaphore>,
}

/// A place among those that run or wait.
pub(crate) struct Place {
    place: OwnedSemaphorePermit,
    threads: Arc<Semaphore>,
}

/// Why nothing was computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undone {
    /// No thread was free in time.
    TooLate,
    /// The work panicked.
    Panicked,
}

impl CpuPool {
    pub(crate) fn new(threads: usize, queue: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(threads + queue)), threads: Arc::new(Semaphore::new(threads)) }
    }

    /// A place, if there is one.
    pub(crate) fn enter(&self) -> Option<Place> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        Some(Place { place, threads: self.threads.clone() })
    }
}

impl Place {
    /// Runs the work on a thread of its own. Who waits for it may go away; thread and place are taken until the work is done.
    pub(crate) async fn run<T, W>(self, patience: Duration, work: W) -> Result<T, Undone>
    where
        T: Send + 'static,
        W: FnOnce() -> T + Send + 'static,
    {
        let Self { place, threads } = self;
        let thread = tokio::time::timeout(patience, threads.acquire_owned()).await;
        let thread = thread.map_err(|_| Undone::TooLate)?.map_err(|_| Undone::TooLate)?;
        let held = (place, thread);
        let work = move || {
            let done = work();
            drop(held);
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Undone::Panicked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn places_are_few_and_come_back() {
        let pool = CpuPool::new(1, 1);
        let (first, second) = (pool.enter().unwrap(), pool.enter().unwrap());
        assert!(pool.enter().is_none());
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let running = tokio::spawn(first.run(Duration::from_secs(60), move || wait.recv().is_ok()));
        // The thread is taken by the first as soon as it runs.
        while pool.threads.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(second.run(Duration::from_millis(1), || ()).await, Err(Undone::TooLate));
        go.send(()).unwrap();
        assert_eq!(running.await.unwrap(), Ok(true));
        assert_eq!(pool.enter().unwrap().run(Duration::from_secs(60), || 7).await, Ok(7));
        assert_eq!((pool.places.available_permits(), pool.threads.available_permits()), (2, 1));
    }

    #[tokio::test]
    async fn a_panic_gives_its_place_back() {
        let pool = CpuPool::new(1, 0);
        let work = || {
            if std::env::args().count() > 0 {
                panic!("on purpose")
            }
        };
        assert_eq!(pool.enter().unwrap().run(Duration::from_secs(60), work).await, Err(Undone::Panicked));
        assert_eq!(pool.places.available_permits(), 1);
    }
}
