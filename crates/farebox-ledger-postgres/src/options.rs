//! What a store may be told.

use std::time::Duration;

/// Limits of a store, and what it asks of its server. The defaults are for a primary with a synchronous standby.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What makes a commit durable. A server that does less is refused. Default: [`Durability::Standby`].
    pub durability: Durability,
    /// Connections at most, from this store. At least 1. Default: 16.
    pub connections: usize,
    /// How long a call waits for a free connection. Default: 1 s.
    pub wait: Duration,
    /// How long one host may take for a new connection: address, handshake and checks. Default: 2 s.
    pub connect: Duration,
    /// How long a call may take, with all its retries. The server gives up on one statement after half of it, and on one lock
    /// after a quarter; it never gives up on a commit that waits for a standby. Default: 5 s.
    pub limit: Duration,
    /// How long one step of upkeep may take: a migration, one epoch dropped, one page of answers trimmed. Default: 10 min.
    pub upkeep: Duration,
    /// Connections older than this are replaced, and their server is checked again. Default: 10 min.
    pub age: Duration,
    /// How epochs are kept apart, if the tables are yet to be made. `None` is what the server can do.
    pub layout: Option<Layout>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            durability: Durability::Standby,
            connections: 16,
            wait: Duration::from_secs(1),
            connect: Duration::from_secs(2),
            limit: Duration::from_secs(5),
            upkeep: Duration::from_secs(600),
            age: Duration::from_secs(600),
            layout: None,
        }
    }
}

/// What has to have a commit before it counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// The server and a standby. Asks for `synchronous_commit` at `on` or `remote_apply` and for a name in
    /// `synchronous_standby_names`.
    #[default]
    Standby,
    /// The server alone: one machine and its disk, or a service that replicates below. Asks that `synchronous_commit` is not
    /// `off`.
    Server,
}

/// How epochs are kept apart in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One partition for each epoch, of two parent tables.
    Partitions,
    /// Tables of their own for each epoch, on servers without declarative partitioning (CockroachDB).
    Tables,
}
