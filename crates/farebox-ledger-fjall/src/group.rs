//! A group: calls that are decided one after the other and made durable together.
//!
//! A call sees what the calls before it in the group have written, though nothing of it is on the disk yet. So no reply leaves
//! before the group's one write has.

use std::collections::{BTreeSet, HashMap};
use std::time::Instant;

use farebox_ledger::{Completion, Verdict};
use fjall::{Keyspace, OwnedWriteBatch};
use tokio::sync::oneshot;

use crate::Error;
use crate::keyed::Name;
use crate::record::{Slot, Stage, versioned};
use crate::stats::Counters;
use crate::tables::{Epoch, Fault, Tables};
use crate::verdict::{self, Look};

pub(crate) type Reply<T> = oneshot::Sender<Result<T, Error>>;

/// Sends a reply.
pub(crate) type Send = Box<dyn FnOnce()>;

/// A group is closed early when it has so many items, so that one write stays short.
const MOST_ITEMS: usize = 8192;

pub(crate) struct Group {
    batch: OwnedWriteBatch,
    bytes: u64,
    touched: BTreeSet<u64>,
    /// What the batch writes, by epoch and slot.
    written: HashMap<(u64, Slot), Vec<u8>>,
    replies: Vec<Send>,
    reserved: u64,
    serials: u64,
    answers: u64,
    conflicts: u64,
}

impl Group {
    pub(crate) fn new(tables: &Tables) -> Self {
        Self {
            batch: tables.engine.db.batch(),
            bytes: 0,
            touched: BTreeSet::new(),
            written: HashMap::new(),
            replies: Vec::new(),
            reserved: 0,
            serials: 0,
            answers: 0,
            conflicts: 0,
        }
    }

    pub(crate) fn is_large(&self) -> bool {
        self.batch.len() >= MOST_ITEMS
    }

    /// Decides about a reservation. `most` epochs may be there.
    pub(crate) fn reserve(
        &mut self,
        tables: &mut Tables,
        most: usize,
        (epoch, serials, request): (u64, &[Name], Name),
    ) -> Result<Result<Verdict, Error>, Fault> {
        if epoch < tables.first {
            return Ok(Ok(Verdict::Expired));
        }
        let look = Open { group: self, epoch, tables: tables.epochs.get(&epoch) };
        let verdict = verdict::verdict(&look, serials, request)?;
        self.conflicts += u64::from(verdict == Verdict::Conflict);
        if verdict != Verdict::Fresh {
            return Ok(Ok(verdict));
        }
        if !tables.epochs.contains_key(&epoch) && tables.epochs.len() >= most {
            return Ok(Err(Error::TooManyEpochs));
        }
        let tables = tables.epoch(epoch)?;
        // A serial that stands twice in a request is one.
        let serials: BTreeSet<&Name> = serials.iter().collect();
        for serial in &serials {
            self.put(&tables.serials, epoch, Slot::Serial(**serial), versioned(&request));
        }
        self.put(&tables.serials, epoch, Slot::Request(request), Stage::Reserved.to_bytes());
        tables.record.serials += serials.len() as u64;
        self.serials += serials.len() as u64;
        self.reserved += 1;
        Ok(Ok(Verdict::Fresh))
    }

    /// Decides about an answer.
    pub(crate) fn complete(
        &mut self,
        tables: &mut Tables,
        epoch: u64,
        request: Name,
        response: &[u8],
    ) -> Result<Completion, Fault> {
        let look = Open { group: self, epoch, tables: tables.epochs.get(&epoch) };
        if let Some(completion) = verdict::completion(&look, request)? {
            return Ok(completion);
        }
        let Some(tables) = tables.answers(epoch)? else { return Ok(Completion::Unknown) };
        let Some(answers) = &tables.answers else { return Ok(Completion::Unknown) };
        self.put(answers, epoch, Slot::Answer(request), versioned(response));
        self.put(&tables.serials, epoch, Slot::Request(request), Stage::Answered.to_bytes());
        tables.record.answers += 1;
        self.answers += 1;
        Ok(Completion::Stored)
    }

    /// Sends this when the group is durable. Where it never is, the caller finds the channel closed.
    pub(crate) fn later<T: 'static>(&mut self, reply: Reply<T>, value: Result<T, Error>) {
        // A caller that went away does not want to know.
        self.replies.push(Box::new(move || drop(reply.send(value))));
    }

    /// Makes the group durable. What comes back sends its replies.
    pub(crate) fn commit(self, tables: &mut Tables, counters: &Counters) -> Result<Vec<Send>, Fault> {
        if !self.batch.is_empty() {
            let start = Instant::now();
            tables.commit(self.batch, self.bytes, self.touched)?;
            counters.commits.add(1);
            counters.commit_micros.add(start.elapsed().as_micros().try_into().unwrap_or(u64::MAX));
        }
        counters.reserved.add(self.reserved);
        counters.serials.add(self.serials);
        counters.answers.add(self.answers);
        counters.conflicts.add(self.conflicts);
        Ok(self.replies)
    }

    fn put(&mut self, table: &Keyspace, epoch: u64, slot: Slot, value: Vec<u8>) {
        let key = slot.key();
        // The engine writes some twenty bytes with each item.
        self.bytes += (key.len() + value.len() + 24) as u64;
        self.batch.insert(table, key, value.clone());
        self.written.insert((epoch, slot), value);
        self.touched.insert(epoch);
    }
}

/// An epoch with what the open group writes to it.
struct Open<'a> {
    group: &'a Group,
    epoch: u64,
    tables: Option<&'a Epoch>,
}

impl Look for Open<'_> {
    fn get(&self, slot: Slot) -> Result<Option<Vec<u8>>, Fault> {
        if let Some(value) = self.group.written.get(&(self.epoch, slot)) {
            return Ok(Some(value.clone()));
        }
        let Some(tables) = self.tables else { return Ok(None) };
        let table = match slot {
            Slot::Answer(_) => tables.answers.as_ref(),
            _ => Some(&tables.serials),
        };
        let Some(table) = table else { return Ok(None) };
        Ok(table.get(slot.key())?.map(|value| value.to_vec()))
    }
}
