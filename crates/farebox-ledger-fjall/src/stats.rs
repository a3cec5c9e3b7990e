//! Counters for metrics. They say how much, never what.

use std::sync::atomic::{AtomicU64, Ordering};

/// What the store did since it was opened, and how it is now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Calls that wait for the writer now.
    pub queued: u64,
    /// So many may wait.
    pub queue_capacity: u64,
    /// Calls that were refused as busy.
    pub busy: u64,
    /// Calls that the writer took.
    pub calls: u64,
    /// Requests that got their serials.
    pub reserved: u64,
    /// Serials written.
    pub serials: u64,
    /// Answers written.
    pub answers: u64,
    /// Requests refused as a double spend, looks included.
    pub conflicts: u64,
    /// Writes that were made durable, each for a group of calls.
    pub commits: u64,
    /// Time that the commits took together, in microseconds.
    pub commit_micros: u64,
    /// Calls per group.
    pub groups: GroupSizes,
    /// Epochs in the store now.
    pub epochs: u64,
    /// Whether the store has failed and refuses.
    pub failed: bool,
}

/// A histogram of group sizes: `counts[i]` groups had from 2^i to 2^(i+1) - 1 calls, the last one that or more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupSizes {
    /// Groups by size.
    pub counts: [u64; 10],
}

#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) busy: Counter,
    pub(crate) calls: Counter,
    pub(crate) reserved: Counter,
    pub(crate) serials: Counter,
    pub(crate) answers: Counter,
    pub(crate) conflicts: Counter,
    pub(crate) commits: Counter,
    pub(crate) commit_micros: Counter,
    pub(crate) epochs: Counter,
    groups: [Counter; 10],
}

#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Counters {
    /// A group of so many calls.
    pub(crate) fn group(&self, calls: usize) {
        self.calls.add(calls as u64);
        let class = calls.checked_ilog2().unwrap_or(0) as usize;
        if let Some(counter) = self.groups.get(class).or(self.groups.last()) {
            counter.add(1);
        }
    }

    pub(crate) fn stats(&self) -> Stats {
        Stats {
            busy: self.busy.value(),
            calls: self.calls.value(),
            reserved: self.reserved.value(),
            serials: self.serials.value(),
            answers: self.answers.value(),
            conflicts: self.conflicts.value(),
            commits: self.commits.value(),
            commit_micros: self.commit_micros.value(),
            epochs: self.epochs.value(),
            groups: GroupSizes { counts: self.groups.each_ref().map(Counter::value) },
            ..Stats::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_classed_by_powers_of_two() {
        let counters = Counters::default();
        [1, 2, 3, 4, 255, 256, 512, 100_000].into_iter().for_each(|calls| counters.group(calls));
        assert_eq!(counters.stats().groups.counts, [1, 2, 1, 0, 0, 0, 0, 1, 1, 2]);
        assert_eq!(counters.stats().calls, 101_033);
    }
}
