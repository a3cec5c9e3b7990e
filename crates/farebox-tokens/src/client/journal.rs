//! What has to be on disk before bytes leave.

use core::fmt;

use zeroize::Zeroizing;

use super::Cache;
use crate::opaque::opaque;
use crate::{Error, Misuse};

/// The next state, behind the entry that has to be durable first. Where writing fails, drop it: nothing was sent, and the
/// state before is in the entry before.
///
/// The state, and with it the bytes to send, comes out once:
///
/// ```compile_fail,E0382
/// # use farebox_tokens::client::Unwritten;
/// fn twice<T>(step: Unwritten<T>) -> (T, T) {
///     (step.written(), step.written())
/// }
/// ```
#[must_use = "write the entry, then take the state"]
pub struct Unwritten<T> {
    entry: JournalEntry,
    state: T,
}

impl<T> Unwritten<T> {
    pub(crate) fn new(state: T) -> Self
    where
        T: State,
    {
        Self { entry: state.entry(), state }
    }

    pub(crate) fn with_entry(entry: JournalEntry, state: T) -> Self {
        Self { entry, state }
    }

    /// What to write in the place of the entry of the state before, in one transaction.
    pub fn entry(&self) -> &JournalEntry {
        &self.entry
    }

    /// The entry is durable: the state.
    pub fn written(self) -> T {
        self.state
    }
}

impl<T> fmt::Debug for Unwritten<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unwritten").field("entry", &self.entry).finish_non_exhaustive()
    }
}

/// A saved state: version, kind, fields. It holds secrets and is erased when dropped; encrypt it at rest.
pub struct JournalEntry(Zeroizing<Vec<u8>>);

impl JournalEntry {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, which are erased when dropped.
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.0
    }

    /// What it is the state of, by its first bytes.
    ///
    /// # Errors
    /// [`Misuse::Journal`] for another version or no kind.
    pub fn kind_of(bytes: &[u8]) -> Result<EntryKind, Misuse> {
        match bytes {
            [VERSION, kind, ..] => EntryKind::ALL.into_iter().find(|known| *known as u8 == *kind),
            _ => None,
        }
        .ok_or(Misuse::Journal)
    }
}

opaque!(JournalEntry => "JournalEntry");

const VERSION: u8 = 1;

/// What an entry is the state of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EntryKind {
    /// [`single::Pending`](super::single::Pending)
    SinglePending = 1,
    /// [`batch::Pending`](super::batch::Pending)
    BatchPending = 2,
    /// [`generic::Pending`](super::generic::Pending)
    GenericPending = 3,
    /// [`single::Held`](super::single::Held)
    Held = 4,
    /// [`single::Redeeming`](super::single::Redeeming)
    Redeeming = 5,
    /// [`arc::Pending`](super::arc::Pending)
    ArcPending = 6,
    /// [`arc::Holder`](super::arc::Holder)
    ArcHolder = 7,
    /// [`arc::Presented`](super::arc::Presented)
    ArcPresented = 8,
    /// [`act::Pending`](super::act::Pending)
    ActPending = 9,
    /// [`act::Idle`](super::act::Idle)
    ActIdle = 10,
    /// [`act::InFlight`](super::act::InFlight)
    ActInFlight = 11,
    /// [`paired::Pair`](super::paired::Pair)
    Pair = 12,
    /// [`paired::InFlight`](super::paired::InFlight)
    PairInFlight = 13,
    /// What a batch brought: entries in an entry.
    Several = 14,
}

impl EntryKind {
    /// All kinds.
    pub const ALL: [Self; 14] = [
        Self::SinglePending,
        Self::BatchPending,
        Self::GenericPending,
        Self::Held,
        Self::Redeeming,
        Self::ArcPending,
        Self::ArcHolder,
        Self::ArcPresented,
        Self::ActPending,
        Self::ActIdle,
        Self::ActInFlight,
        Self::Pair,
        Self::PairInFlight,
        Self::Several,
    ];
}

/// A state that can be written and read.
pub(crate) trait State: Sized {
    const KIND: EntryKind;

    fn write(&self, writer: Writer) -> Writer;

    fn read(reader: &mut Reader<'_>, cache: &mut Cache) -> Result<Self, Error>;

    fn entry(&self) -> JournalEntry {
        self.write(Writer::new(Self::KIND)).finish()
    }

    /// Reads an entry of this kind and no other. Whatever is wrong with it, it is one fault: it cannot be restored.
    fn restore(bytes: &[u8], cache: &mut Cache) -> Result<Self, Misuse> {
        let mut reader = Reader::new(bytes, Self::KIND)?;
        let state = Self::read(&mut reader, cache).map_err(|_| Misuse::Journal)?;
        reader.end()?;
        Ok(state)
    }
}

/// Writes the fields of an entry. It leaves no copy of a secret behind when it grows.
pub(crate) struct Writer(Zeroizing<Vec<u8>>);

impl Writer {
    pub(crate) fn new(kind: EntryKind) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(1024))).raw(&[VERSION, kind as u8])
    }

    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(2 * needed));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn u64(self, value: u64) -> Self {
        self.raw(&value.to_be_bytes())
    }

    /// A field behind its length in 8 bytes.
    pub(crate) fn bytes(self, bytes: &[u8]) -> Self {
        self.u64(bytes.len() as u64).raw(bytes)
    }

    /// A state as a field.
    pub(crate) fn state<S: State>(self, state: &S) -> Self {
        self.bytes(state.entry().as_bytes())
    }

    pub(crate) fn finish(self) -> JournalEntry {
        JournalEntry(self.0)
    }
}

/// Reads the fields of an entry. Nothing is allocated from a length.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8], kind: EntryKind) -> Result<Self, Misuse> {
        match bytes {
            [VERSION, found, rest @ ..] if *found == kind as u8 => Ok(Self(rest)),
            _ => Err(Misuse::Journal),
        }
    }

    pub(crate) fn take(&mut self, len: usize) -> Result<&'a [u8], Misuse> {
        let (bytes, rest) = self.0.split_at_checked(len).ok_or(Misuse::Journal)?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Misuse> {
        self.take(N)?.try_into().map_err(|_| Misuse::Journal)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Misuse> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Misuse> {
        let len = usize::try_from(self.u64()?).map_err(|_| Misuse::Journal)?;
        self.take(len)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, Misuse> {
        core::str::from_utf8(self.bytes()?).map_err(|_| Misuse::Journal)
    }

    /// A context of 32 bytes, or none.
    pub(crate) fn context(&mut self) -> Result<Option<[u8; 32]>, Misuse> {
        match self.bytes()? {
            [] => Ok(None),
            bytes => bytes.try_into().map(Some).map_err(|_| Misuse::Journal),
        }
    }

    pub(crate) fn state<S: State>(&mut self, cache: &mut Cache) -> Result<S, Misuse> {
        S::restore(self.bytes()?, cache)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn end(self) -> Result<(), Misuse> {
        if self.0.is_empty() { Ok(()) } else { Err(Misuse::Journal) }
    }
}
