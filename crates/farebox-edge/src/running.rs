//! The requests that run in this process, between the look at their bytes and their stored answer.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use farebox_ledger::RequestDigest;
use tokio::sync::Notify;

/// Which requests run, and since when others were seen in flight that do not run here.
#[derive(Debug)]
pub(crate) struct Running {
    state: Mutex<State>,
    capacity: usize,
    empty: Notify,
}

#[derive(Debug, Default)]
struct State {
    running: HashSet<RequestDigest>,
    /// In seconds of the gate's clock. At most `capacity`.
    elsewhere: HashMap<RequestDigest, u64>,
}

/// A request that runs. It does not when this is dropped.
#[derive(Debug)]
pub(crate) struct Entry {
    running: Arc<Running>,
    digest: RequestDigest,
}

/// Why a request does not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotEntered {
    /// The same bytes run.
    Twin,
    /// As many run as may.
    Full,
}

impl Running {
    pub(crate) fn new(capacity: usize) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), capacity, empty: Notify::new() })
    }

    pub(crate) fn enter(self: &Arc<Self>, digest: RequestDigest) -> Result<Entry, NotEntered> {
        let mut state = self.lock();
        if state.running.contains(&digest) {
            return Err(NotEntered::Twin);
        }
        if state.running.len() >= self.capacity {
            return Err(NotEntered::Full);
        }
        state.running.insert(digest);
        Ok(Entry { running: Arc::clone(self), digest })
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().running.len()
    }

    /// Waits until nothing runs.
    pub(crate) async fn drained(&self) {
        loop {
            let notified = self.empty.notified();
            tokio::pin!(notified);
            notified.as_mut().enable();
            if self.len() == 0 {
                return;
            }
            notified.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics between two writes that belong together.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    /// Seconds since the request was first seen in flight elsewhere. It is now, if it was not.
    pub(crate) fn elsewhere_since(&self, now: u64) -> u64 {
        let mut state = self.running.lock();
        if !state.elsewhere.contains_key(&self.digest) && state.elsewhere.len() >= self.running.capacity {
            // Whoever is forgotten waits anew.
            let oldest = state.elsewhere.iter().min_by_key(|(_, since)| **since).map(|(digest, _)| *digest);
            oldest.map(|digest| state.elsewhere.remove(&digest));
        }
        let since = *state.elsewhere.entry(self.digest).or_insert(now);
        now.saturating_sub(since)
    }

    /// The request has an answer.
    pub(crate) fn answered(&self) {
        self.running.lock().elsewhere.remove(&self.digest);
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut state = self.running.lock();
        state.running.remove(&self.digest);
        if state.running.is_empty() {
            self.running.empty.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(i: u8) -> RequestDigest {
        RequestDigest::new(&[&[i]])
    }

    #[test]
    fn twins_and_one_too_many_stay_outside() {
        let running = Running::new(2);
        let first = running.enter(digest(1)).unwrap();
        assert_eq!(running.enter(digest(1)).unwrap_err(), NotEntered::Twin);
        let second = running.enter(digest(2)).unwrap();
        assert_eq!(running.enter(digest(3)).unwrap_err(), NotEntered::Full);
        drop(first);
        assert!(running.enter(digest(1)).is_ok());
        drop(second);
        assert_eq!(running.len(), 0);
    }

    #[test]
    fn what_is_seen_elsewhere_is_bounded_and_counts_from_the_first_time() {
        let running = Running::new(2);
        let since = |i: u8, now| running.enter(digest(i)).unwrap().elsewhere_since(now);
        assert_eq!((since(1, 10), since(2, 11), since(1, 15)), (0, 0, 5));
        assert_eq!(since(3, 20), 0, "1 is forgotten");
        assert_eq!((since(2, 21), running.lock().elsewhere.len()), (10, 2));
        assert_eq!(since(1, 30), 0);
        running.enter(digest(1)).unwrap().answered();
        assert_eq!(running.lock().elsewhere.len(), 1);
    }

    #[tokio::test]
    async fn the_last_to_leave_says_so() {
        let running = Running::new(2);
        running.drained().await;
        let entry = running.enter(digest(1)).unwrap();
        let waiting = tokio::spawn({
            let running = Arc::clone(&running);
            async move { running.drained().await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(entry);
        waiting.await.unwrap();
    }
}
