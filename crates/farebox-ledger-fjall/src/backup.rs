//! A copy of the store at one moment, while it runs.

use std::path::Path;
use std::sync::mpsc::sync_channel;

use fjall::{Database, Keyspace, PersistMode, Readable as _, Snapshot};

use crate::folder::Folder;
use crate::tables::Frozen;
use crate::writer::Command;
use crate::{FjallStore, OpenError, opening};

/// The copy is written in parts of so many bytes.
const PART: usize = 4 << 20;

impl FjallStore {
    /// Copies the store, as it is at one moment, into a folder that is empty or not there. The copy is a store that can be opened.
    /// The store serves meanwhile; the copying itself blocks the calling thread until it is done.
    ///
    /// A copy does not know the serials that came after it. Whoever opens it as the ledger accepts those again, so the keys that
    /// they were issued under have to go first.
    ///
    /// # Errors
    /// [`OpenError`], also where this store is closed or has failed. No store is in the folder then.
    pub fn backup(&self, to: impl AsRef<Path>) -> Result<(), OpenError> {
        let folder = Folder::claim(to.as_ref())?;
        if Folder::has_store(folder.root())? {
            return Err(OpenError::Foreign(folder.root().to_path_buf()));
        }
        let (reply, frozen) = sync_channel(1);
        let refused = |error: crate::Error| OpenError::Engine(error.to_string());
        self.inner.push(Command::Freeze { reply }).map_err(refused)?;
        let frozen = frozen.recv().map_err(|_| refused(self.inner.gone()))?;
        folder.make(&self.inner.secret, |engine| {
            let db = opening::start(engine, &self.inner.options, |_| {})?;
            copy_all(&db, frozen, self.inner.options.journal_bound)?;
            Ok(db.persist(PersistMode::SyncAll)?)
        })
    }
}

fn copy_all(db: &Database, frozen: Frozen, journal_bound: u64) -> Result<(), OpenError> {
    for (kind, from) in frozen.tables {
        copy(db, &frozen.snapshot, &from, &kind.table(db, journal_bound)?)?;
    }
    Ok(())
}

fn copy(db: &Database, snapshot: &Snapshot, from: &Keyspace, to: &Keyspace) -> Result<(), OpenError> {
    let (mut batch, mut bytes) = (db.batch(), 0);
    for item in snapshot.iter(from) {
        let (key, value) = item.into_inner()?;
        bytes += key.len() + value.len();
        batch.insert(to, key, value);
        if bytes >= PART {
            core::mem::replace(&mut batch, db.batch()).commit()?;
            bytes = 0;
        }
    }
    Ok(batch.commit()?)
}
