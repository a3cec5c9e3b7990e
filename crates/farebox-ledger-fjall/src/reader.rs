//! Readers: threads that look without writing, so that neither the writer nor an async runtime waits for the disk.

use std::sync::{Arc, PoisonError};

use farebox_ledger::Verdict;
use fjall::{Keyspace, Readable as _, Snapshot};

use crate::group::Reply;
use crate::keyed::Name;
use crate::queue::Queue;
use crate::record::Slot;
use crate::stats::Counters;
use crate::tables::{Engine, Fault};
use crate::verdict::{self, Look};
use crate::writer::Shared;

/// A look at what a request would meet.
pub(crate) struct Peek {
    pub(crate) epoch: u64,
    pub(crate) serials: Vec<Name>,
    pub(crate) request: Name,
    pub(crate) reply: Reply<Verdict>,
}

pub(crate) struct Reader {
    pub(crate) shape: Shared,
    pub(crate) queue: Arc<Queue<Peek>>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) engine: Engine,
}

impl Reader {
    /// Works until the queue is closed and empty.
    pub(crate) fn run(self) -> Result<(), Fault> {
        while let Some(peek) = self.queue.next() {
            let verdict = self.verdict(peek.epoch, &peek.serials, peek.request)?;
            self.counters.conflicts.add(u64::from(verdict == Verdict::Conflict));
            drop(peek.reply.send(Ok(verdict)));
        }
        Ok(())
    }

    fn verdict(&self, epoch: u64, serials: &[Name], request: Name) -> Result<Verdict, Fault> {
        // In this order. A table that came after the moment reads as empty; the other way round, answers that are there would be
        // missed for want of their table, and the request called trimmed.
        let snapshot = self.engine.db.snapshot();
        let shape = self.shape.read().unwrap_or_else(PoisonError::into_inner).clone();
        if epoch < shape.first {
            return Ok(Verdict::Expired);
        }
        verdict::verdict(&Moment { snapshot, tables: shape.epochs.get(&epoch) }, serials, request)
    }
}

/// An epoch at one moment.
struct Moment<'a> {
    snapshot: Snapshot,
    tables: Option<&'a (Keyspace, Option<Keyspace>)>,
}

impl Look for Moment<'_> {
    fn get(&self, slot: Slot) -> Result<Option<Vec<u8>>, Fault> {
        let Some((serials, answers)) = self.tables else { return Ok(None) };
        let table = match slot {
            Slot::Answer(_) => answers.as_ref(),
            _ => Some(serials),
        };
        let Some(table) = table else { return Ok(None) };
        Ok(self.snapshot.get(table, slot.key())?.map(|value| value.to_vec()))
    }
}
