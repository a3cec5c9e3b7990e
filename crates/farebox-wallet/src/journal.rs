//! What a journal has to do: keep entries, and change several of them in one durable step.

use core::fmt;
use std::io;

use zeroize::Zeroizing;

/// Names an entry. Ids are not used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub u64);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One change.
pub enum Change {
    /// The entry is this from now on, whether it was there before or not.
    Put(Id, Zeroizing<Vec<u8>>),
    /// The entry is gone.
    Remove(Id),
}

/// All that a journal holds.
pub struct Loaded {
    /// The entries.
    pub entries: Vec<(Id, Zeroizing<Vec<u8>>)>,
    /// The lowest id that no entry ever had.
    pub next: Id,
}

/// Why a journal does not serve. It names no entry and no content.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// Another wallet has it open.
    #[error("another wallet has the journal open")]
    Locked,
    /// Others than its owner may read or write it.
    #[error("others than the owner have rights to {0}: take them away (chmod go-rwx)")]
    Permissions(&'static str),
    /// It is of another version of this software.
    #[error("the journal has version {found}, and this software reads {expected}")]
    Version {
        /// What stands in the file.
        found: u16,
        /// What is read here.
        expected: u16,
    },
    /// It does not read: it was changed by something else, or the disk lost it.
    #[error("the journal does not read")]
    Corrupt,
    /// It holds as much as it may.
    #[error("the journal is full")]
    Full,
    /// An earlier step failed, and it is not known what is on the disk. Open it again.
    #[error("an earlier step of the journal failed: open it again")]
    Broken,
    /// The system refused.
    #[error("the journal's file: {0}")]
    Io(#[from] io::Error),
}

/// Durable entries. There is one wallet at a time on a journal.
pub trait Journal: Send + Sync + 'static {
    /// What it holds.
    ///
    /// # Errors
    /// [`JournalError`].
    fn load(&self) -> Result<Loaded, JournalError>;

    /// Makes all changes in one step: after a crash either all are there or none. They are durable before it returns, and what they
    /// replaced does not come back: a state that comes back is spent twice.
    ///
    /// # Errors
    /// [`JournalError`]. After [`JournalError::Full`] nothing has changed. After any other it is not known whether the step was made,
    /// and all later ones fail until the journal is opened again.
    fn commit(&self, changes: &[Change]) -> Result<(), JournalError>;
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put(id, _) => write!(f, "Put({id}, ..)"),
            Self::Remove(id) => write!(f, "Remove({id})"),
        }
    }
}

impl fmt::Debug for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loaded").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}
