//! All entries in one file, which is replaced whole at each step: write another file, make it durable, rename it over the first,
//! make the folder durable. So what is read is always one whole state, and the one before is gone with the name.
//!
//! ```text
//! "farebox-wallet" | version u16 | next id u64 | ( id u64 | length u64 | entry )* | SHA-256 of all before
//! ```

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::codec::{Reader, Unreadable, Writer};
use crate::journal::{Change, Id, Journal, JournalError, Loaded};

/// The calls of a file system that a step is made of. Each may be the last one before a crash.
pub(crate) trait Disk: Send + Sync + 'static {
    type File;

    /// The whole file, or `None` where there is none.
    fn read(&self, name: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>>;
    /// An empty file in the place of any of that name.
    fn create(&self, name: &str) -> io::Result<Self::File>;
    fn write(&self, file: &mut Self::File, bytes: &[u8]) -> io::Result<()>;
    /// The file's bytes are durable.
    fn sync(&self, file: &Self::File) -> io::Result<()>;
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// The folder's names are durable.
    fn sync_folder(&self) -> io::Result<()>;
}

const NAME: &str = "journal";
const NEXT: &str = "journal.next";
const MAGIC: &[u8] = b"farebox-wallet";
const VERSION: u16 = 1;
const DIGEST: usize = 32;

/// The largest file. A step writes it whole, so a wallet that comes near is slow already.
pub(crate) const MAX_LEN: usize = 16 << 20;

/// A journal on a disk.
pub(crate) struct Snapshot<D> {
    disk: D,
    inner: Mutex<Inner>,
}

struct Inner {
    all: All,
    /// A step failed, so that what is on the disk is not what is here.
    is_broken: bool,
}

#[derive(Clone, Default)]
struct All {
    next: u64,
    entries: BTreeMap<Id, Zeroizing<Vec<u8>>>,
}

impl<D: Disk> Snapshot<D> {
    /// Reads what is on the disk. A step that was cut off left nothing but a file that is not looked at.
    pub(crate) fn open(disk: D) -> Result<Self, JournalError> {
        let all = disk.read(NAME)?.map_or(Ok(All::default()), |bytes| All::parse(&bytes))?;
        // A rename that was seen but is not durable yet would be undone by a power cut, after bytes were sent that only it allows.
        disk.sync_folder()?;
        Ok(Self { disk, inner: Mutex::new(Inner { all, is_broken: false }) })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.disk.create(NEXT)?;
        self.disk.write(&mut file, bytes)?;
        self.disk.sync(&file)?;
        drop(file);
        self.disk.rename(NEXT, NAME)?;
        self.disk.sync_folder()
    }
}

impl<D: Disk> Journal for Snapshot<D> {
    fn load(&self) -> Result<Loaded, JournalError> {
        let inner = self.lock();
        let entries = inner.all.entries.iter().map(|(id, bytes)| (*id, bytes.clone())).collect();
        Ok(Loaded { entries, next: Id(inner.all.next) })
    }

    fn commit(&self, changes: &[Change]) -> Result<(), JournalError> {
        let mut inner = self.lock();
        if inner.is_broken {
            return Err(JournalError::Broken);
        }
        let mut all = inner.all.clone();
        all.apply(changes);
        let bytes = all.to_bytes();
        if bytes.len() > MAX_LEN {
            return Err(JournalError::Full);
        }
        // Until the end it is not known which state is on the disk. A panic on the way leaves it so.
        inner.is_broken = true;
        self.replace(&bytes)?;
        inner.is_broken = false;
        inner.all = all;
        Ok(())
    }
}

impl All {
    fn apply(&mut self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Put(id, bytes) => {
                    self.next = self.next.max(id.0.saturating_add(1));
                    self.entries.insert(*id, bytes.clone());
                }
                Change::Remove(id) => {
                    self.entries.remove(id);
                }
            }
        }
    }

    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let writer = Writer::new().raw(MAGIC).u16(VERSION).u64(self.next);
        let writer = self.entries.iter().fold(writer, |writer, (id, bytes)| writer.u64(id.0).bytes(bytes));
        let bytes = writer.finish();
        let digest = Sha256::digest(&*bytes);
        Writer::new().raw(&bytes).raw(&digest).finish()
    }

    fn parse(bytes: &[u8]) -> Result<Self, JournalError> {
        let corrupt = |_: Unreadable| JournalError::Corrupt;
        let mut reader = Reader::new(bytes);
        if reader.take(MAGIC.len()).map_err(corrupt)? != MAGIC {
            return Err(JournalError::Corrupt);
        }
        let found = reader.u16().map_err(corrupt)?;
        if found != VERSION {
            return Err(JournalError::Version { found, expected: VERSION });
        }
        let content = bytes.len().checked_sub(DIGEST).and_then(|len| bytes.split_at_checked(len));
        let (content, digest) = content.ok_or(JournalError::Corrupt)?;
        if Sha256::digest(content).as_slice() != digest {
            return Err(JournalError::Corrupt);
        }
        let fields = content.get(MAGIC.len() + 2..).ok_or(JournalError::Corrupt)?;
        Self::fields(Reader::new(fields), fields.len()).map_err(corrupt)
    }

    fn fields(mut reader: Reader<'_>, len: usize) -> Result<Self, Unreadable> {
        let mut all = Self { next: reader.u64()?, entries: BTreeMap::new() };
        let mut left = len.checked_sub(8).ok_or(Unreadable)?;
        while left > 0 {
            let (id, bytes) = (Id(reader.u64()?), reader.bytes()?);
            left = left.checked_sub(16 + bytes.len()).ok_or(Unreadable)?;
            let is_new = all.entries.insert(id, Zeroizing::new(bytes.to_vec())).is_none();
            if !is_new || id.0 >= all.next {
                return Err(Unreadable);
            }
        }
        reader.end()?;
        Ok(all)
    }
}

#[cfg(test)]
#[path = "snapshot_tests.rs"]
mod tests;
