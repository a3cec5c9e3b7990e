//! A bounded queue from async callers to plain threads. It refuses when it is full, and never makes a caller wait.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::Error;

pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
    capacity: usize,
}

struct State<T> {
    items: VecDeque<T>,
    /// Why nothing is taken in any more.
    closed: Option<Error>,
    /// A waiting thread is woken when there are so many. Fewer wake-ups make larger groups.
    wanted: usize,
}

impl<T> Queue<T> {
    pub(crate) fn new(capacity: usize) -> Self {
        let state = State { items: VecDeque::new(), closed: None, wanted: 1 };
        Self { state: Mutex::new(state), filled: Condvar::new(), capacity }
    }

    /// # Errors
    /// [`Error::Busy`], or what the queue was closed with.
    pub(crate) fn push(&self, item: T) -> Result<(), Error> {
        let mut state = self.lock();
        if let Some(reason) = &state.closed {
            return Err(reason.clone());
        }
        if state.items.len() >= self.capacity {
            return Err(Error::Busy);
        }
        state.items.push_back(item);
        let enough = state.items.len() >= state.wanted;
        drop(state);
        if enough {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// Waits for one item and takes it. `None` when the queue is closed and empty.
    pub(crate) fn next(&self) -> Option<T> {
        self.fill().items.pop_front()
    }

    /// Waits for one item, and then at most `delay` until there are `target`; takes at most `most`. Empty when the queue is closed
    /// and empty.
    pub(crate) fn group(&self, target: usize, most: usize, delay: Duration) -> Vec<T> {
        let mut state = self.fill();
        let until = Instant::now() + delay;
        let target = target.min(most);
        while state.items.len() < target && state.closed.is_none() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state.wanted = target;
            state = self.filled.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.wanted = 1;
        let count = state.items.len().min(most);
        state.items.drain(..count).collect()
    }

    /// Takes nothing in any more. What is in can still be taken out.
    pub(crate) fn close(&self, reason: Error) {
        self.lock().closed.get_or_insert(reason);
        self.filled.notify_all();
    }

    /// Takes nothing in any more, and drops what is in.
    pub(crate) fn fail(&self, reason: Error) {
        let mut state = self.lock();
        state.closed = Some(reason);
        let dropped = core::mem::take(&mut state.items);
        drop(state);
        drop(dropped);
        self.filled.notify_all();
    }

    /// What the queue was closed with.
    pub(crate) fn reason(&self) -> Option<Error> {
        self.lock().closed.clone()
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().items.len()
    }

    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    fn fill(&self) -> MutexGuard<'_, State<T>> {
        let mut state = self.lock();
        while state.items.is_empty() && state.closed.is_none() {
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // Nothing in here panics between two changes that belong together.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_refuses() {
        let queue = Queue::new(2);
        assert!(queue.push(1).is_ok() && queue.push(2).is_ok());
        assert!(matches!(queue.push(3), Err(Error::Busy)));
        assert_eq!(queue.next(), Some(1));
        assert!(queue.push(3).is_ok());
        assert_eq!(queue.group(1, 10, Duration::ZERO), [2, 3]);
    }

    #[test]
    fn a_closed_queue_is_drained_and_a_failed_one_is_not() {
        let queue = Queue::new(10);
        (0..3).for_each(|i| queue.push(i).unwrap());
        queue.close(Error::Closed);
        assert!(matches!(queue.push(3), Err(Error::Closed)));
        assert_eq!(queue.group(2, 2, Duration::from_secs(60)), [0, 1]);
        assert_eq!((queue.next(), queue.next()), (Some(2), None));
        let queue = Queue::new(10);
        queue.push(0).unwrap();
        queue.fail(Error::failed("disk"));
        assert!(queue.group(1, 1, Duration::ZERO).is_empty());
        queue.close(Error::Closed);
        assert!(matches!(queue.push(1), Err(Error::Failed { .. })), "the first reason stays");
    }

    #[test]
    fn a_group_waits_for_its_target() {
        let queue = Queue::new(10);
        std::thread::scope(|scope| {
            scope.spawn(|| (0..4).for_each(|i| queue.push(i).unwrap()));
            let mut taken = Vec::new();
            while taken.len() < 4 {
                taken.extend(queue.group(4 - taken.len(), 4, Duration::from_secs(60)));
            }
            assert_eq!(taken, [0, 1, 2, 3]);
        });
    }
}
