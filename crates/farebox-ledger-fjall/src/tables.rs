//! The engine's tables: one of serials for each epoch, one of its answers, and one for the store itself.
//!
//! Dropping an epoch drops its tables whole. What is dropped is first written down durably, so that opening can finish it: the
//! bound of a forget, or the new generation of answers of a trim.

use std::collections::BTreeMap;

use fjall::config::CompressionPolicy;
use fjall::{Database, Keyspace, KeyspaceCreateOptions, OwnedWriteBatch, PersistMode, Snapshot};

use crate::folder::Lock;
use crate::record::{FIRST, Record, STEP, Unreadable, versioned};

/// More sequence numbers than the engine spends on tables between two durable writes. Making or dropping one takes a handful.
const GAP: usize = 1024;

/// The engine failed, or what it gave cannot be ours. The store refuses from then on.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Fault(pub(crate) String);

impl From<fjall::Error> for Fault {
    fn from(error: fjall::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<Unreadable> for Fault {
    fn from(error: Unreadable) -> Self {
        Self(error.to_string())
    }
}

/// The engine, and the lock that goes after it.
#[derive(Clone)]
pub(crate) struct Engine {
    pub(crate) db: Database,
    pub(crate) _lock: Lock,
}

/// All tables. The writer alone has them.
pub(crate) struct Tables {
    /// The first epoch that is not forgotten.
    pub(crate) first: u64,
    pub(crate) epochs: BTreeMap<u64, Epoch>,
    pub(crate) meta: Keyspace,
    /// Whether tables came or went since [`Tables::shape`].
    pub(crate) changed: bool,
    /// Bytes that stand in the journal alone.
    unflushed: u64,
    journal_bound: u64,
    pub(crate) engine: Engine,
}

/// An epoch's tables.
#[derive(Clone)]
pub(crate) struct Epoch {
    pub(crate) serials: Keyspace,
    pub(crate) answers: Option<Keyspace>,
    pub(crate) record: Record,
}

/// Which tables there are, for readers. It changes only when tables come or go.
#[derive(Clone, Default)]
pub(crate) struct Shape {
    pub(crate) first: u64,
    /// Serials and answers by epoch.
    pub(crate) epochs: BTreeMap<u64, (Keyspace, Option<Keyspace>)>,
}

/// The store at one moment.
pub(crate) struct Frozen {
    pub(crate) snapshot: Snapshot,
    /// Tables by name.
    pub(crate) tables: Vec<(Kind, Keyspace)>,
    /// Keeps the engine open while the tables are read.
    pub(crate) _engine: Engine,
}

/// What a table is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Meta,
    Serials(u64),
    Answers(u64, u32),
}

impl Kind {
    pub(crate) fn name(self) -> String {
        match self {
            Self::Meta => "meta".into(),
            Self::Serials(epoch) => format!("serials-{epoch}"),
            Self::Answers(epoch, generation) => format!("answers-{epoch}-{generation}"),
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        let parts: Vec<&str> = name.split('-').collect();
        let kind = match parts.as_slice() {
            ["meta"] => Self::Meta,
            ["serials", epoch] => Self::Serials(epoch.parse().ok()?),
            ["answers", epoch, generation] => Self::Answers(epoch.parse().ok()?, generation.parse().ok()?),
            _ => return None,
        };
        // Each table has one name.
        (kind.name() == name).then_some(kind)
    }

    /// The table, made where it is not there.
    pub(crate) fn table(self, db: &Database, journal_bound: u64) -> Result<Keyspace, fjall::Error> {
        db.keyspace(&self.name(), || {
            // Names and refunds do not compress.
            KeyspaceCreateOptions::default()
                .data_block_compression_policy(CompressionPolicy::disabled())
                .max_memtable_size(journal_bound)
        })
    }
}

impl Tables {
    pub(crate) fn new(engine: Engine, meta: Keyspace, journal_bound: u64) -> Self {
        Self { first: 0, epochs: BTreeMap::new(), meta, changed: true, unflushed: 0, journal_bound, engine }
    }

    /// The tables of an epoch, made where they are not there.
    pub(crate) fn epoch(&mut self, epoch: u64) -> Result<&mut Epoch, Fault> {
        use std::collections::btree_map::Entry;
        match self.epochs.entry(epoch) {
            Entry::Occupied(there) => Ok(there.into_mut()),
            Entry::Vacant(vacant) => {
                let serials = Kind::Serials(epoch).table(&self.engine.db, self.journal_bound)?;
                self.changed = true;
                Ok(vacant.insert(Epoch { serials, answers: None, record: Record::default() }))
            }
        }
    }

    /// The table of an epoch's answers, made where it is not there. `None` where the epoch is not there.
    pub(crate) fn answers(&mut self, epoch: u64) -> Result<Option<&mut Epoch>, Fault> {
        let Some(tables) = self.epochs.get_mut(&epoch) else { return Ok(None) };
        if tables.answers.is_none() {
            let kind = Kind::Answers(epoch, tables.record.generation);
            tables.answers = Some(kind.table(&self.engine.db, self.journal_bound)?);
            self.changed = true;
        }
        Ok(Some(tables))
    }

    /// Writes a batch with the records of the epochs that it changes. It is durable when this returns.
    pub(crate) fn commit(
        &mut self,
        mut batch: OwnedWriteBatch,
        bytes: u64,
        touched: impl IntoIterator<Item = u64>,
    ) -> Result<(), Fault> {
        for epoch in touched {
            if let Some(tables) = self.epochs.get(&epoch) {
                batch.insert(&self.meta, Record::key(epoch), tables.record.to_bytes());
            }
        }
        batch.durability(Some(PersistMode::SyncData)).commit()?;
        self.unflushed = self.unflushed.saturating_add(bytes);
        if self.unflushed >= self.journal_bound { self.flush() } else { Ok(()) }
    }

    /// Moves everything that is in memory into tables, in the background. Left alone, the engine would keep the journal until
    /// the slowest of many tables is full.
    pub(crate) fn flush(&mut self) -> Result<(), Fault> {
        self.unflushed = 0;
        let epochs = self.epochs.values().flat_map(|epoch| [Some(&epoch.serials), epoch.answers.as_ref()]);
        for table in epochs.flatten().chain([&self.meta]) {
            table.rotate_memtable()?;
        }
        Ok(())
    }

    /// Which tables there are, where that is not what it was.
    pub(crate) fn shape(&mut self) -> Option<Shape> {
        let epochs = |(epoch, tables): (&u64, &Epoch)| (*epoch, (tables.serials.clone(), tables.answers.clone()));
        let shape = || Shape { first: self.first, epochs: self.epochs.iter().map(epochs).collect() };
        core::mem::take(&mut self.changed).then(shape)
    }

    /// All tables that count, at this moment.
    pub(crate) fn freeze(&self) -> Frozen {
        let epochs = self.epochs.iter().flat_map(|(epoch, tables)| {
            let kind = Kind::Answers(*epoch, tables.record.generation);
            let answers = tables.answers.as_ref().map(|table| (kind, table.clone()));
            [Some((Kind::Serials(*epoch), tables.serials.clone())), answers]
        });
        let tables = [(Kind::Meta, self.meta.clone())].into_iter().chain(epochs.flatten()).collect();
        Frozen { snapshot: self.engine.db.snapshot(), tables, _engine: self.engine.clone() }
    }

    /// Drops the answers of all epochs before this one. Gives their number.
    pub(crate) fn trim(&mut self, before: u64) -> Result<u64, Fault> {
        let (mut batch, mut old, mut count) = (self.engine.db.batch(), Vec::new(), 0);
        for (epoch, tables) in self.epochs.range_mut(..before) {
            let Some(answers) = tables.answers.take() else { continue };
            old.push(answers);
            count += tables.record.answers;
            tables.record.generation = tables.record.generation.wrapping_add(1);
            tables.record.answers = 0;
            batch.insert(&self.meta, Record::key(*epoch), tables.record.to_bytes());
        }
        if !old.is_empty() {
            self.commit(batch, 0, [])?;
            self.drop_tables(old)?;
        }
        Ok(count)
    }

    /// Drops all epochs before this one. Gives the number of their serials.
    pub(crate) fn forget(&mut self, before: u64) -> Result<u64, Fault> {
        if before <= self.first {
            return Ok(0);
        }
        let kept = self.epochs.split_off(&before);
        let old = core::mem::replace(&mut self.epochs, kept);
        let mut batch = self.engine.db.batch();
        batch.insert(&self.meta, FIRST, versioned(&before.to_be_bytes()));
        old.keys().for_each(|epoch| batch.remove(&self.meta, Record::key(*epoch)));
        self.commit(batch, 0, [])?;
        self.first = before;
        let count = old.values().map(|epoch| epoch.record.serials).sum();
        self.drop_tables(old.into_values().flat_map(|epoch| [Some(epoch.serials), epoch.answers]).flatten())?;
        Ok(count)
    }

    /// Drops tables whole.
    pub(crate) fn drop_tables(&mut self, old: impl IntoIterator<Item = Keyspace>) -> Result<(), Fault> {
        self.changed = true;
        let old: Vec<Keyspace> = old.into_iter().collect();
        for some in old.chunks(GAP / 64) {
            some.iter().try_for_each(|table| self.engine.db.delete_keyspace(table.clone()))?;
            self.step(1)?;
        }
        Ok(())
    }

    /// Goes past every sequence number that was given before the store was opened.
    ///
    /// The engine counts writes, and notes under these counts when a table was made and dropped. After it was opened it goes on
    /// from the highest count that it finds in data, and may have dropped tables, or made empty ones, under higher ones. It also
    /// numbers tables anew. A table that then gets the number of a dropped one, under a lower count, would be taken for the dropped
    /// one at the next opening, and its data with it.
    pub(crate) fn step_over(&mut self) -> Result<(), Fault> {
        self.step(GAP)
    }

    /// Spends so many sequence numbers, the last one durably.
    fn step(&mut self, count: usize) -> Result<(), Fault> {
        (0..count).try_for_each(|_| self.meta.insert(STEP, versioned(&[])))?;
        Ok(self.engine.db.persist(PersistMode::SyncData)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tables() {
        for kind in [Kind::Meta, Kind::Serials(u64::MAX), Kind::Answers(0, u32::MAX)] {
            assert_eq!(Kind::parse(&kind.name()), Some(kind));
        }
        for name in ["", "serials", "serials-", "serials-01", "serials-+1", "answers-1", "answers-1-2-3", "other-1"] {
            assert_eq!(Kind::parse(name), None, "{name}");
        }
    }
}
