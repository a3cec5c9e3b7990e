//! The threads that verify and refund. Work is admitted before anything of it is decoded, or refused at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// At most `workers` jobs at once, and so many admitted requests that wait for one.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    admission: Arc<Semaphore>,
    working: Arc<Semaphore>,
}

/// A place in the queue. It is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    _permit: OwnedSemaphorePermit,
}

/// A job panicked, or the runtime is shutting down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JobLost;

impl Pool {
    pub(crate) fn new(workers: usize, queue: usize) -> Self {
        let workers = workers.clamp(1, Semaphore::MAX_PERMITS);
        let places = workers.saturating_add(queue).min(Semaphore::MAX_PERMITS);
        Self { admission: Arc::new(Semaphore::new(places)), working: Arc::new(Semaphore::new(workers)) }
    }

    /// A place, or `None` where all are taken.
    pub(crate) fn admit(&self) -> Option<Permit> {
        let permit = Arc::clone(&self.admission).try_acquire_owned().ok()?;
        Some(Permit { _permit: permit })
    }

    /// Runs a job. Whoever was admitted is never turned away here; neither is a refund, which needs no place.
    pub(crate) async fn run<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T, JobLost> {
        let worker = Arc::clone(&self.working).acquire_owned().await.map_err(|_| JobLost)?;
        let job = move || {
            let _worker = worker;
            job()
        };
        tokio::task::spawn_blocking(job).await.map_err(|_| JobLost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_too_many_is_refused_and_a_free_place_is_given_again() {
        let pool = Pool::new(1, 2);
        let mut permits: Vec<_> = (0..3).map(|_| pool.admit().unwrap()).collect();
        assert!(pool.admit().is_none());
        permits.pop();
        assert!(pool.admit().is_some());
        assert_eq!(pool.run(|| 7).await, Ok(7), "work goes on while the queue is full");
    }

    #[tokio::test]
    async fn a_panic_takes_no_worker_along() {
        let pool = Pool::new(1, 0);
        for _ in 0..3 {
            assert_eq!(pool.run(|| panic!("a job")).await, Err::<(), _>(JobLost));
        }
        assert_eq!(pool.run(|| 7).await, Ok(7));
    }
}
