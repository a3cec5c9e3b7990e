//! Why the store is away. Nothing here prints a message of the server that could hold a row, a serial or a password.

use std::fmt;

/// Why a call has no verdict. What it wanted may have been written all the same; the same bytes find out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// All connections are in use.
    #[error("all connections to the server are busy")]
    Busy,
    /// No host takes us as it has to.
    #[error("no server can be used: {0}")]
    Refused(#[from] Refused),
    /// The connection broke.
    #[error("the connection to the server was lost")]
    Lost,
    /// The call took longer than [`Options::limit`](crate::Options::limit).
    #[error("the server did not answer in time")]
    Late,
    /// The server committed and did not wait for its standby.
    #[error("the commit was not confirmed by a standby")]
    Unconfirmed,
    /// The server said no, with this code.
    #[error("the server answered with {0}")]
    Server(Code),
    /// A row is not what this store writes.
    #[error("the database holds a row that this store did not write")]
    Malformed,
}

/// An SQLSTATE: five characters that PostgreSQL's documentation lists.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// The five characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({})", self.0)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SQLSTATE {}", self.0)
    }
}

/// Why a server is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// It cannot be reached, or does not let us in. What it or the system said.
    #[error("{0}")]
    Unreachable(String),
    /// It took longer than [`Options::connect`](crate::Options::connect).
    #[error("it does not answer")]
    Silent,
    /// It is a standby, or recovers after a crash.
    #[error("it is in recovery")]
    InRecovery,
    /// Its transactions are read-only.
    #[error("it is read-only")]
    ReadOnly,
    /// Its commits do not wait as they have to; this is its `synchronous_commit`.
    #[error("synchronous_commit is {0}")]
    SynchronousCommit(String),
    /// [`Durability::Standby`](crate::Durability::Standby) was asked for, and `synchronous_standby_names` is empty.
    #[error("synchronous_standby_names is empty")]
    NoStandby,
    /// A crash would lose commits: `fsync` is off.
    #[error("fsync is off")]
    NoFsync,
    /// The database was made by a later release.
    #[error("the schema has version {found}, and this release knows versions up to {known}")]
    Newer {
        /// In the database.
        found: i32,
        /// In this release.
        known: i32,
    },
}

/// Why a store did not open.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The connection string does not read, or names no host. It is not repeated here: it holds a password.
    #[error("the connection string does not read")]
    Config,
    /// An option is out of its range; this one.
    #[error("the option {0} is out of range")]
    Option(&'static str),
    /// No server, or one that refuses the migrations.
    #[error(transparent)]
    Store(#[from] Error),
}

/// What a failed attempt means for the next one.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It may have been written or not, and can be tried again.
    Again(Error),
    /// The epoch has no tables.
    NoTable,
    /// It will not be better.
    Stop(Error),
}

impl Fault {
    pub(crate) fn into_error(self) -> Error {
        match self {
            Self::Again(error) | Self::Stop(error) => error,
            // The tables went while the call ran.
            Self::NoTable => Error::Server(Code("42P01".into())),
        }
    }
}

impl From<tokio_postgres::Error> for Fault {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(state) = error.code().map(|code| code.code()) else {
            return Self::Again(Error::Lost);
        };
        match state {
            "42P01" => Self::NoTable,
            state if passes(state) => Self::Again(Error::Server(Code(state.into()))),
            state => Self::Stop(Error::Server(Code(state.into()))),
        }
    }
}

/// Whether another attempt can fare better: broken connections, lost races, cancelled statements, a server that goes down or
/// has become a standby, and two that make one table.
fn passes(state: &str) -> bool {
    state.starts_with("08")
        || state.starts_with("40")
        || matches!(
            state,
            "57P01"
                | "57P02"
                | "57P03"
                | "57P05"
                | "57014"
                | "55P03"
                | "55006"
                | "25006"
                | "25P03"
                | "25P04"
                | "23505"
                | "42P07"
                | "42710"
        )
}

#[cfg(test)]
mod tests {
    use super::passes;

    #[test]
    fn lost_races_pass_and_broken_schemas_do_not() {
        for state in ["40001", "40003", "40P01", "08006", "57P01", "57014", "25006"] {
            assert!(passes(state), "{state}");
        }
        for state in ["42501", "42703", "53100", "22003", "XX000"] {
            assert!(!passes(state), "{state}");
        }
    }
}
