//! Why the store refuses, and why it does not open. No error names a serial, a digest or an answer.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why the store refuses a call. Nothing is known to be written then, except after [`Failed`](Self::Failed), where the call may
/// or may not have reached the disk: the same bytes find out after the store is opened again.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// As many calls wait as may wait. Try again later.
    #[error("the store is busy")]
    Busy,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// A write or a read failed, so memory and disk may differ. The store refuses everything until it is opened again.
    #[error("the store has failed and refuses until it is opened again: {cause}")]
    Failed {
        /// What the engine said first.
        cause: Arc<str>,
    },
    /// More than [`MOST_SERIALS`](crate::MOST_SERIALS) in one request.
    #[error("a request has too many serials")]
    TooManySerials,
    /// Longer than [`LONGEST_ANSWER`](crate::LONGEST_ANSWER).
    #[error("an answer is too long")]
    AnswerTooLong,
    /// A new epoch, where there are as many as [`Options::epochs`](crate::Options::epochs) allows.
    #[error("the store has too many epochs")]
    TooManyEpochs,
}

impl Error {
    pub(crate) fn failed(cause: impl core::fmt::Display) -> Self {
        Self::Failed { cause: cause.to_string().into() }
    }
}

/// Why a store does not open, or a copy is not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process, or another handle in this one, has the folder.
    #[error("{} is in use by another store", .0.display())]
    Locked(PathBuf),
    /// There is no store in the folder, and [`Options::existing_only`](crate::Options::existing_only) was asked for.
    #[error("there is no store in {}", .0.display())]
    Missing(PathBuf),
    /// The folder has something in it that is not a store. A new store wants an empty folder, or none.
    #[error("{} is not empty and has no store", .0.display())]
    Foreign(PathBuf),
    /// The store was written in another format.
    #[error("the store's format is {found:?}, and this version reads {known}")]
    Format {
        /// What the store's folder says.
        found: String,
        /// What is read here.
        known: u32,
    },
    /// The file `key` is not the one that the store was made with. With another key every serial would seem new.
    #[error("the store's key is missing, has a wrong length, or belongs to another store")]
    Key,
    /// Something in the store cannot be read.
    #[error("the store is damaged: {0}")]
    Damaged(&'static str),
    /// The file system refused.
    #[error("{}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The engine refused.
    #[error("the engine refused: {0}")]
    Engine(String),
    /// The system gave no randomness for the store's key, or no thread.
    #[error("the system refused: {0}")]
    System(String),
}

impl OpenError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_path_buf();
        move |source| Self::Io { path, source }
    }
}

impl From<fjall::Error> for OpenError {
    fn from(error: fjall::Error) -> Self {
        // The engine's type stays inside.
        Self::Engine(error.to_string())
    }
}
