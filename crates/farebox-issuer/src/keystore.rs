//! Keys in a folder: one private file for each, changed in whole files, by one writer at a time.
//!
//! ```text
//! keys/                           mode 0700
//!   act-9f03c1d2a4b5e677.json     mode 0600: version, type, id, times, epoch, parameters, secret in hex
//!   arc-17d0...json
//!   retired/                      what is known of keys that are gone, without their secrets
//!   .lock                         held by the one process that changes something
//! ```
//!
//! A server reads the folder at its start and when it is told to; a command changes it meanwhile. A file that does not read
//! refuses the whole folder: an issuer that went on without one of its keys would refuse honest clients.

mod error;
pub(crate) mod folder;
mod record;
mod schedule;
pub(crate) mod spec;

use std::path::Path;

use farebox_tokens::{KeyRing, Validity};
use privacypass_wire::{KeyId, TokenType};
use rand_core::CryptoRng;

pub use error::KeyStoreError;
pub use schedule::{Schedule, validity};
pub use spec::KeySpec;

use folder::{Folder, Writing};
use record::Record;
use spec::Forge;

/// With fewer keys of a type than this, a free last byte of an id is found soon.
const MOST_OF_A_TYPE: usize = 64;
const RETIRED: &str = "retired";

/// A folder of keys. It is read anew by each call, so several processes may have it open.
#[derive(Clone, Debug)]
pub struct KeyStore {
    folder: Folder,
}

/// What is told of a key. There is no secret in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// What it is for.
    pub spec: KeySpec,
    /// Its id.
    pub id: KeyId,
    /// Its times.
    pub validity: Validity,
    /// Where it stands in them.
    pub state: KeyState,
}

/// Where a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyState {
    /// In the directory, for later.
    Announced,
    /// Issues.
    Issuing,
    /// Issues no more; its tokens are good.
    Accepting,
    /// Over. [`KeyStore::retire`] takes it away.
    Over,
}

impl KeyState {
    fn of(validity: &Validity, now: u64) -> Self {
        match now {
            now if now >= validity.accept_until => Self::Over,
            now if now >= validity.issue_until => Self::Accepting,
            now if now >= validity.not_before => Self::Issuing,
            _ => Self::Announced,
        }
    }
}

impl KeyStore {
    /// Makes the folder where there is none, and opens it.
    ///
    /// # Errors
    /// [`KeyStoreError::Io`] and [`KeyStoreError::Permissions`].
    pub fn create(path: impl AsRef<Path>) -> Result<Self, KeyStoreError> {
        Ok(Self { folder: Folder::create(path.as_ref())? })
    }

    /// Opens a folder.
    ///
    /// # Errors
    /// [`KeyStoreError::Io`], and [`KeyStoreError::Permissions`] where others than the owner may enter it.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, KeyStoreError> {
        Ok(Self { folder: Folder::open(path.as_ref())? })
    }

    /// Makes a key. See [`validity`] and [`Schedule::validity`] for its times.
    ///
    /// # Errors
    /// [`KeyStoreError`]; nothing was added.
    pub fn generate<R: CryptoRng + ?Sized>(
        &self,
        spec: &KeySpec,
        validity: Validity,
        rng: &mut R,
    ) -> Result<KeyId, KeyStoreError> {
        schedule::check(&validity)?;
        let writing = self.folder.writing()?;
        self.add(&writing, spec, validity, rng)
    }

    /// The keys, by type and then by their beginning.
    ///
    /// # Errors
    /// [`KeyStoreError`], also where a single file does not read.
    pub fn list(&self, now: u64) -> Result<Vec<KeyInfo>, KeyStoreError> {
        let _lock = self.folder.reading()?;
        let info = |Record { spec, id, validity, .. }: Record| {
            let state = KeyState::of(&validity, now);
            KeyInfo { spec, id, validity, state }
        };
        Ok(self.records()?.into_iter().map(info).collect())
    }

    /// Makes the key that follows the newest one of this type, with the same parameters. It begins after the overlap, so that all
    /// who keep a directory have seen it; the old one issues for an overlap more, and its tokens are good for the schedule's time
    /// after that. Where the next key is there already, as after a crash, the old one's times are put right and nothing is made.
    ///
    /// # Errors
    /// [`KeyStoreError::NoKey`] where there is none to follow, and others.
    pub fn rotate<R: CryptoRng + ?Sized>(
        &self,
        token_type: TokenType,
        now: u64,
        schedule: &Schedule,
        rng: &mut R,
    ) -> Result<KeyId, KeyStoreError> {
        schedule.validity(now)?;
        let writing = self.folder.writing()?;
        let mut keys = self.records()?;
        keys.retain(|key| key.spec.token_type() == token_type);
        let newest = keys.last().ok_or(KeyStoreError::NoKey(token_type))?;
        let (next, begins) = if newest.validity.not_before > now {
            (newest.id, newest.validity.not_before)
        } else {
            let begins = schedule.next_begins(&newest.validity, now);
            (self.add(&writing, &newest.spec, schedule.validity(begins)?, rng)?, begins)
        };
        // The new one is there first: a crash in between leaves two keys that issue, never none.
        for mut old in keys.into_iter().filter(|key| key.id != next && now < key.validity.issue_until) {
            old.validity = schedule.superseded(&old.validity, begins);
            writing.put(&old.file_name(), old.to_json().as_bytes(), rng)?;
        }
        Ok(next)
    }

    /// Takes away keys whose time is over, and says which. Their secrets are overwritten and removed; what is public is kept in
    /// `retired`.
    ///
    /// # Errors
    /// [`KeyStoreError`]; some may be gone, and the rest goes with the next call.
    pub fn retire(&self, now: u64) -> Result<Vec<KeyId>, KeyStoreError> {
        let writing = self.folder.writing()?;
        let mut gone = Vec::new();
        for key in self.records()?.into_iter().filter(|key| KeyState::of(&key.validity, now) == KeyState::Over) {
            let retired = writing.inside(RETIRED)?;
            retired.writing()?.put(&key.file_name(), key.to_public_json().as_bytes(), &mut rand::rng())?;
            writing.erase(&key.file_name())?;
            gone.push(key.id);
        }
        Ok(gone)
    }

    /// All keys, ready for use. Takes some milliseconds for each, and waits for a process that changes them, so do it on a thread that
    /// may wait. Keys that are over are in it until they are retired; a ring knows their times.
    ///
    /// # Errors
    /// [`KeyStoreError`], also where a single file does not read.
    pub fn ring(&self) -> Result<KeyRing, KeyStoreError> {
        let _lock = self.folder.reading()?;
        let (mut ring, mut forge) = (KeyRing::default(), Forge::default());
        for record in self.records()? {
            let path = self.folder.path(&record.file_name());
            let key = record.key(&mut forge, &path)?;
            let error = |refused: farebox_tokens::Refused<_>| KeyStoreError::Ring { path, error: refused.error };
            ring.register(key, record.validity).map_err(error)?;
        }
        Ok(ring)
    }

    fn records(&self) -> Result<Vec<Record>, KeyStoreError> {
        let read = |name: String| Record::from_json(&self.folder.read(&name)?, &self.folder.path(&name));
        let mut records = self.folder.names()?.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        records.sort_by_key(|key| (key.spec.token_type(), key.validity.not_before, key.id));
        Ok(records)
    }

    fn add<R: CryptoRng + ?Sized>(
        &self,
        writing: &Writing<'_>,
        spec: &KeySpec,
        validity: Validity,
        rng: &mut R,
    ) -> Result<KeyId, KeyStoreError> {
        let token_type = spec.token_type();
        let taken: Vec<u8> =
            self.records()?.iter().filter(|key| key.spec.token_type() == token_type).map(last).collect();
        if taken.len() >= MOST_OF_A_TYPE {
            return Err(KeyStoreError::Full(token_type));
        }
        let mut forge = Forge::default();
        // Three of four last bytes are free at the worst, so that this many tries fail as good as never.
        for _ in 0..64 {
            let secret = forge.secret(spec, rng)?;
            let record = Record::new(spec, validity, secret, &mut forge)?;
            if !taken.contains(&last(&record)) {
                writing.put(&record.file_name(), record.to_json().as_bytes(), rng)?;
                return Ok(record.id);
            }
        }
        Err(KeyStoreError::Full(token_type))
    }
}

fn last(record: &Record) -> u8 {
    record.id.truncated()
}
