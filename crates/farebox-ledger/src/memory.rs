//! A store in memory, for tests, for examples, and for services whose epochs end when they do.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use alloc::vec::Vec;

use crate::{Completion, Epoch, RequestDigest, Serial, Store, Verdict};

/// The store holds as many serials as it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the store is full")]
pub struct Full;

/// Serials in memory. They are gone with the process: whoever can restart it can spend twice, unless its keys end with it too.
#[derive(Debug)]
pub struct MemoryStore {
    epochs: Mutex<Epochs>,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Epochs {
    /// The first epoch that is not forgotten.
    first: Option<Epoch>,
    all: BTreeMap<Epoch, Entries>,
    /// Serials of all epochs.
    serials: usize,
}

/// The hash maps have a secret key of their own, as serials are chosen by clients.
#[derive(Debug, Default)]
struct Entries {
    serials: HashMap<Serial, RequestDigest>,
    answers: HashMap<RequestDigest, Response>,
}

#[derive(Debug)]
enum Response {
    None,
    Stored(Vec<u8>),
    Trimmed,
}

impl MemoryStore {
    /// A store for at most so many serials. One takes about 150 bytes, and an answer its length.
    pub fn new(capacity: usize) -> Self {
        Self { epochs: Mutex::default(), capacity }
    }

    /// Serials in the store.
    pub fn len(&self) -> usize {
        self.lock().serials
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Epochs> {
        // Nothing in here panics between two writes that belong together.
        self.epochs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Epochs {
    fn verdict(&self, epoch: Epoch, serials: &[Serial], digest: &RequestDigest) -> Verdict {
        if self.first.is_some_and(|first| epoch < first) {
            return Verdict::Expired;
        }
        let Some(entries) = self.all.get(&epoch) else {
            return if serials.is_empty() { Verdict::Conflict } else { Verdict::Fresh };
        };
        let known = serials.iter().filter_map(|serial| entries.serials.get(serial));
        let (mine, others): (Vec<&RequestDigest>, Vec<&RequestDigest>) =
            known.partition(|owner: &&RequestDigest| *owner == digest);
        match (mine.len(), entries.answers.get(digest)) {
            _ if serials.is_empty() || !others.is_empty() => Verdict::Conflict,
            (0, None) => Verdict::Fresh,
            (all, Some(response)) if all == serials.len() => match response {
                Response::None => Verdict::InFlight,
                Response::Stored(response) => Verdict::Replay(response.clone()),
                Response::Trimmed => Verdict::Trimmed,
            },
            _ => Verdict::Conflict,
        }
    }
}

impl Store for MemoryStore {
    type Error = Full;

    async fn reserve(&self, epoch: Epoch, serials: &[Serial], digest: &RequestDigest) -> Result<Verdict, Full> {
        let mut epochs = self.lock();
        let verdict = epochs.verdict(epoch, serials, digest);
        if verdict == Verdict::Fresh {
            if serials.len() > self.capacity.saturating_sub(epochs.serials) {
                return Err(Full);
            }
            let entries = epochs.all.entry(epoch).or_default();
            let before = entries.serials.len();
            entries.serials.extend(serials.iter().map(|serial| (*serial, *digest)));
            let added = entries.serials.len() - before;
            entries.answers.insert(*digest, Response::None);
            epochs.serials += added;
        }
        Ok(verdict)
    }

    async fn peek(&self, epoch: Epoch, serials: &[Serial], digest: &RequestDigest) -> Result<Verdict, Full> {
        Ok(self.lock().verdict(epoch, serials, digest))
    }

    async fn complete(&self, epoch: Epoch, digest: &RequestDigest, response: &[u8]) -> Result<Completion, Full> {
        let mut epochs = self.lock();
        let answer = epochs.all.get_mut(&epoch).and_then(|entries| entries.answers.get_mut(digest));
        Ok(match answer {
            None => Completion::Unknown,
            Some(Response::Stored(before)) => Completion::Before(Some(before.clone())),
            Some(Response::Trimmed) => Completion::Before(None),
            Some(none) => {
                *none = Response::Stored(response.to_vec());
                Completion::Stored
            }
        })
    }

    async fn trim(&self, before: Epoch) -> Result<u64, Full> {
        let mut epochs = self.lock();
        let answers = epochs.all.range_mut(..before).flat_map(|(_, entries)| entries.answers.values_mut());
        let stored = answers.filter(|answer| matches!(answer, Response::Stored(_)));
        Ok(stored.map(|answer| *answer = Response::Trimmed).count() as u64)
    }

    async fn forget(&self, before: Epoch) -> Result<u64, Full> {
        let mut epochs = self.lock();
        let kept = epochs.all.split_off(&before);
        let dropped: usize = epochs.all.values().map(|entries| entries.serials.len()).sum();
        epochs.all = kept;
        epochs.serials -= dropped;
        epochs.first = epochs.first.max(Some(before));
        Ok(dropped as u64)
    }
}
