//! What the wallet has: the journal's records in memory, as they are on the disk, and which of them are in use.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use farebox_tokens::client::{Cache, Restored};
use tokio::sync::Notify;

use crate::journal::{Change, Id, Journal, JournalError};
use crate::record::{Credential, Issuer, Record, Spent};

/// Records that are, at every moment, those that were committed last. Only [`transact`](Self::transact) changes them, after the
/// journal has.
pub(crate) struct Shelf<J> {
    journal: J,
    /// One step at a time, so that the journal and the records change in one order.
    writing: Mutex<()>,
    contents: Mutex<Contents>,
    cache: Mutex<Cache>,
    /// Something was put back, or changed.
    pub(crate) changed: Notify,
}

/// The records.
#[derive(Default)]
pub(crate) struct Contents {
    records: BTreeMap<Id, Arc<Record>>,
    /// Ids that a task works on.
    busy: BTreeSet<Id>,
    next: u64,
}

/// A step's changes of records.
pub(crate) type Changes = Vec<(Id, Option<Record>)>;

impl<J: Journal> Shelf<J> {
    /// Reads the journal, and every state in it: one that does not read is found now, and not in the middle of a spend.
    pub(crate) fn open(journal: J) -> Result<Self, JournalError> {
        let loaded = journal.load()?;
        let (mut cache, mut records) = (Cache::default(), BTreeMap::new());
        for (id, bytes) in loaded.entries {
            let record = Record::from_bytes(&bytes).map_err(|_| JournalError::Corrupt)?;
            if let Record::Credential(credential) = &record {
                drop(Restored::from_entry(&credential.state, &mut cache).map_err(|_| JournalError::Corrupt)?);
            }
            records.insert(id, Arc::new(record));
        }
        Ok(Self {
            journal,
            writing: Mutex::new(()),
            contents: Mutex::new(Contents { records, busy: BTreeSet::new(), next: loaded.next.0 }),
            cache: Mutex::new(cache),
            changed: Notify::new(),
        })
    }

    /// The records, for a look. Nothing slow may happen under it.
    pub(crate) fn contents(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keys and parameters that were built.
    pub(crate) fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state of a credential.
    pub(crate) fn restore(&self, credential: &Credential) -> Result<Restored, JournalError> {
        Restored::from_entry(&credential.state, &mut self.cache()).map_err(|_| JournalError::Corrupt)
    }

    /// Makes changes in one durable step. What `plan` sees does not change until they are made. Blocks for the time of a write.
    pub(crate) fn transact<E: From<JournalError>>(
        &self,
        plan: impl FnOnce(&Contents) -> Result<Changes, E>,
    ) -> Result<(), E> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let changes = plan(&self.contents())?;
        let bytes: Vec<Change> = changes
            .iter()
            .map(|(id, record)| match record {
                Some(record) => Change::Put(*id, record.to_bytes()),
                None => Change::Remove(*id),
            })
            .collect();
        self.journal.commit(&bytes)?;
        let mut contents = self.contents();
        for (id, record) in changes {
            match record {
                Some(record) => drop(contents.records.insert(id, Arc::new(record))),
                None => drop(contents.records.remove(&id)),
            }
        }
        drop(contents);
        self.changed.notify_waiters();
        Ok(())
    }

    /// Takes a record, if it is there and nobody works on it.
    pub(crate) fn lease(self: &Arc<Self>, id: Id) -> Option<Lease<J>> {
        let mut contents = self.contents();
        let is_free = contents.records.contains_key(&id) && contents.busy.insert(id);
        is_free.then(|| Lease { shelf: self.clone(), ids: vec![id] })
    }

    /// Takes a record, if it is still the one that was seen and nobody works on it.
    pub(crate) fn lease_as_seen(self: &Arc<Self>, id: Id, seen: &Arc<Record>) -> Option<Lease<J>> {
        let mut contents = self.contents();
        let is_same = contents.records.get(&id).is_some_and(|record| Arc::ptr_eq(record, seen));
        (is_same && contents.busy.insert(id)).then(|| Lease { shelf: self.clone(), ids: vec![id] })
    }

    /// An id for a new record.
    pub(crate) fn lease_new(self: &Arc<Self>) -> Lease<J> {
        let mut contents = self.contents();
        let id = contents.new_id();
        contents.busy.insert(id);
        Lease { shelf: self.clone(), ids: vec![id] }
    }

    /// Two leases as one; the first id is the one that stays.
    pub(crate) fn join(mut first: Lease<J>, mut second: Lease<J>) -> Lease<J> {
        first.ids.append(&mut second.ids);
        first
    }

    /// An id that no record has, for one that is put by a step.
    pub(crate) fn new_id(&self) -> Id {
        self.contents().new_id()
    }
}

impl Contents {
    fn new_id(&mut self) -> Id {
        let id = Id(self.next);
        self.next = self.next.saturating_add(1);
        id
    }

    pub(crate) fn is_busy(&self, id: Id) -> bool {
        self.busy.contains(&id)
    }

    /// All records, for a look that goes on without the lock.
    pub(crate) fn records(&self) -> impl Iterator<Item = (Id, &Arc<Record>)> {
        self.records.iter().map(|(id, record)| (*id, record))
    }

    pub(crate) fn credential(&self, id: Id) -> Option<Credential> {
        match self.records.get(&id).map(|record| &**record) {
            Some(Record::Credential(credential)) => Some(credential.clone()),
            _ => None,
        }
    }

    pub(crate) fn credentials(&self) -> impl Iterator<Item = (Id, &Credential)> {
        self.records.iter().filter_map(|(id, record)| match &**record {
            Record::Credential(credential) => Some((*id, credential)),
            _ => None,
        })
    }

    pub(crate) fn issuer(&self, name: &str) -> Option<(Id, &Issuer)> {
        self.issuers().find(|(_, issuer)| issuer.name == name)
    }

    pub(crate) fn issuers(&self) -> impl Iterator<Item = (Id, &Issuer)> {
        self.records.iter().filter_map(|(id, record)| match &**record {
            Record::Issuer(issuer) => Some((*id, issuer)),
            _ => None,
        })
    }

    pub(crate) fn spent(&self) -> impl Iterator<Item = (Id, &Spent)> {
        self.records.iter().filter_map(|(id, record)| match &**record {
            Record::Spent(spent) => Some((*id, spent)),
            _ => None,
        })
    }
}

/// The right to work on records. It moves into the step that changes them, so that a caller that goes away does not end it early.
pub(crate) struct Lease<J> {
    shelf: Arc<Shelf<J>>,
    ids: Vec<Id>,
}

impl<J> Lease<J> {
    /// The record.
    pub(crate) fn id(&self) -> Id {
        self.ids.first().copied().unwrap_or(Id(u64::MAX))
    }

    /// All records.
    pub(crate) fn ids(&self) -> &[Id] {
        &self.ids
    }

    pub(crate) fn shelf(&self) -> &Arc<Shelf<J>> {
        &self.shelf
    }
}

impl<J> Drop for Lease<J> {
    fn drop(&mut self) {
        let mut contents = self.shelf.contents.lock().unwrap_or_else(PoisonError::into_inner);
        for id in &self.ids {
            contents.busy.remove(id);
        }
        drop(contents);
        self.shelf.changed.notify_waiters();
    }
}
