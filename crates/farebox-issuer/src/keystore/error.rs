//! Why the folder was refused. Paths, types and fields are named; no byte of a key is.

use std::io;
use std::path::{Path, PathBuf};

use privacypass_wire::TokenType;

/// Why a key store refused. Nothing was changed, or what was changed is whole.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyStoreError {
    /// The file system refused.
    #[error("{path}: {action}: {source}", path = path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Others than the owner may read or write.
    #[error("{path}: mode {mode:03o} lets others in; it must be {wanted:03o}", path = path.display())]
    Permissions {
        /// The folder or file.
        path: PathBuf,
        /// The mode that it has.
        mode: u32,
        /// The mode that it should have.
        wanted: u32,
    },
    /// A symbolic link, a folder or a device where a file belongs.
    #[error("{path}: not a plain file", path = .0.display())]
    NotAFile(PathBuf),
    /// Another process writes to the folder.
    #[error("{path}: another process is changing the keys", path = .0.display())]
    Locked(PathBuf),
    /// A key file that does not read, or whose parts do not belong together.
    #[error("{path}: {reason}", path = path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: &'static str,
    },
    /// ACT parameters that the scheme does not take.
    #[error("the ACT parameters are not good: {0}")]
    Parameters(&'static str),
    /// Times that are not in order, or that pass the end of the epoch's day.
    #[error("the times of a key: {0}")]
    Times(&'static str),
    /// A schedule that leaves gaps.
    #[error("the schedule: {0}")]
    Schedule(&'static str),
    /// There is no key of this type to follow.
    #[error("no key of type {0} to follow; generate one")]
    NoKey(TokenType),
    /// There are so many keys of this type that no free last byte of an id was found.
    #[error("too many keys of type {0}: retire some")]
    Full(TokenType),
    /// The ring does not take the key.
    #[error("{path}: {error}", path = path.display())]
    Ring {
        /// The file.
        path: PathBuf,
        /// Why.
        error: farebox_tokens::Error,
    },
}

impl KeyStoreError {
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    pub(super) fn record(path: &Path, reason: &'static str) -> Self {
        Self::Record { path: path.to_owned(), reason }
    }
}
