//! One connection: dialled, checked, driven, and watched for warnings.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;
use tokio_postgres::error::Severity;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{AsyncMessage, Client, Config, Connection, Row, Socket};

use crate::error::Fault;
use crate::{Durability, Error, Options, Refused, schema};

/// A parameter of a statement and its type; naming it saves a question to the server.
pub(crate) type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

/// A checked connection. It is closed when it is dropped.
pub(crate) struct Session {
    client: Client,
    /// The server has warned. A commit whose wait for the standby was cut short is reported as done, with a warning.
    warned: Arc<AtomicBool>,
    driver: JoinHandle<()>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Session {
    pub(crate) fn is_good(&self) -> bool {
        !self.client.is_closed() && !self.warned.load(Ordering::Acquire)
    }

    /// Statements without parameters. Not for a commit: see [`commit`](Self::commit).
    pub(crate) async fn batch(&self, sql: &str) -> Result<(), Fault> {
        Ok(self.client.batch_execute(sql).await?)
    }

    /// Commits the open transaction, durably. A fault says nothing on whether it is there.
    pub(crate) async fn commit(&self) -> Result<(), Fault> {
        self.client.batch_execute("COMMIT").await?;
        self.confirmed()
    }

    /// Leaves the open transaction without a trace.
    pub(crate) async fn rollback(&self) -> Result<(), Fault> {
        self.batch("ROLLBACK").await
    }

    /// At most one row, in the open transaction, or in one of its own that only reads.
    pub(crate) async fn row(&self, sql: &str, parameters: &[Parameter<'_>]) -> Result<Option<Row>, Fault> {
        Ok(self.client.query_typed_opt(sql, parameters).await?)
    }

    /// One statement that is a transaction of its own, durable when this returns. The client waits for the server to be ready
    /// again, which it is after the commit.
    pub(crate) async fn write(&self, sql: &str, parameters: &[Parameter<'_>]) -> Result<Option<Row>, Fault> {
        let row = self.row(sql, parameters).await?;
        self.confirmed()?;
        Ok(row)
    }

    pub(crate) async fn rows(&self, sql: &str) -> Result<Vec<Row>, Fault> {
        Ok(self.client.query_typed(sql, &[]).await?)
    }

    /// Warnings come before the end of the statement that they are about, and in order.
    fn confirmed(&self) -> Result<(), Fault> {
        if self.warned.load(Ordering::Acquire) { Err(Fault::Again(Error::Unconfirmed)) } else { Ok(()) }
    }
}

/// A column of a row.
pub(crate) fn column<'a, T: tokio_postgres::types::FromSql<'a>>(row: &'a Row, index: usize) -> Result<T, Fault> {
    row.try_get(index).map_err(|_| Fault::Stop(Error::Malformed))
}

/// Makes connections. It hides the type of TLS.
pub(crate) trait Dial: Send + Sync {
    fn dial<'a>(&'a self, config: &'a Config) -> Dialled<'a>;
}

pub(crate) type Dialled<'a> = Pin<Box<dyn Future<Output = Result<Session, Refused>> + Send + 'a>>;

/// Dials with this TLS.
pub(crate) struct With<T>(pub(crate) T);

impl<T> Dial for With<T>
where
    T: MakeTlsConnect<Socket> + Clone + Send + Sync,
    T::Stream: Send + 'static,
    T::TlsConnect: Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    fn dial<'a>(&'a self, config: &'a Config) -> Dialled<'a> {
        Box::pin(async move {
            let (client, connection) = config.connect(self.0.clone()).await.map_err(unreachable)?;
            let warned = Arc::new(AtomicBool::new(false));
            let driver = tokio::spawn(drive(connection, Arc::clone(&warned)));
            Ok(Session { client, warned, driver })
        })
    }
}

/// Drives a connection until it ends.
async fn drive<S: AsyncRead + AsyncWrite + Unpin>(mut connection: Connection<Socket, S>, warned: Arc<AtomicBool>) {
    while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
        let AsyncMessage::Notice(notice) = message else { continue };
        let harmless = matches!(
            notice.parsed_severity(),
            Some(Severity::Notice | Severity::Debug | Severity::Info | Severity::Log)
        );
        if !harmless {
            warned.store(true, Ordering::Release);
        }
    }
}

/// What was said before there was a session: it names users, databases and addresses, no row and no password.
fn unreachable(error: tokio_postgres::Error) -> Refused {
    let source = std::error::Error::source(&error).map(ToString::to_string);
    Refused::Unreachable(source.unwrap_or_else(|| error.to_string()))
}

const STATE: &str = "SELECT pg_is_in_recovery(), current_setting('transaction_read_only'), \
     current_setting('synchronous_commit'), coalesce(current_setting('synchronous_standby_names', true), ''), \
     coalesce(current_setting('fsync', true), 'on')";

/// Sets the session's limits and checks its server.
pub(crate) async fn check(session: &Session, options: &Options) -> Result<(), Refused> {
    let failed = |fault: Fault| Refused::Unreachable(fault.into_error().to_string());
    session.batch(&settings(options)).await.map_err(failed)?;
    let row = session.row(STATE, &[]).await.map_err(failed)?;
    let row = row.ok_or_else(|| failed(Fault::Stop(Error::Malformed)))?;
    let text = |index| column::<String>(&row, index).map_err(failed);
    if column::<bool>(&row, 0).map_err(failed)? {
        return Err(Refused::InRecovery);
    }
    if text(1)? != "off" {
        return Err(Refused::ReadOnly);
    }
    let commit = text(2)?;
    judge(options.durability, &commit, &text(3)?, &text(4)?)?;
    // What was checked stays, whatever the server's configuration says later.
    session.batch(&format!("SET synchronous_commit = {commit}")).await.map_err(failed)?;
    let found = schema::version(session).await.map_err(failed)?;
    if found > schema::VERSION {
        return Err(Refused::Newer { found, known: schema::VERSION });
    }
    Ok(())
}

fn judge(durability: Durability, commit: &str, standbys: &str, fsync: &str) -> Result<(), Refused> {
    let enough = match durability {
        Durability::Standby => matches!(commit, "on" | "remote_apply"),
        Durability::Server => matches!(commit, "on" | "remote_apply" | "remote_write" | "local"),
    };
    if !enough {
        return Err(Refused::SynchronousCommit(commit.to_owned()));
    }
    if fsync != "on" {
        return Err(Refused::NoFsync);
    }
    if durability == Durability::Standby && standbys.trim().is_empty() {
        return Err(Refused::NoStandby);
    }
    Ok(())
}

/// Locks are given back by a client that hangs, and statements by a server that does. Warnings have to arrive.
fn settings(options: &Options) -> String {
    let millis = |limit: Duration| limit.as_millis().clamp(1, i32::MAX as u128);
    format!(
        "SET statement_timeout = {}; SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {}; \
         SET client_min_messages = warning; SET default_transaction_isolation = 'read committed'",
        millis(options.limit / 2),
        millis(options.limit / 4),
        millis(options.limit),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_commits_are_refused() {
        let (alone, pair) = (Durability::Server, Durability::Standby);
        assert_eq!(judge(pair, "on", "b", "on"), Ok(()));
        assert_eq!(judge(pair, "remote_apply", "b", "on"), Ok(()));
        assert_eq!(judge(alone, "local", "", "on"), Ok(()));
        assert_eq!(judge(pair, "on", " ", "on"), Err(Refused::NoStandby));
        assert_eq!(judge(alone, "on", "", "off"), Err(Refused::NoFsync));
        for (durability, commit) in
            [(pair, "local"), (pair, "remote_write"), (pair, "off"), (alone, "off"), (alone, "")]
        {
            assert_eq!(judge(durability, commit, "b", "on"), Err(Refused::SynchronousCommit(commit.into())));
        }
    }
}
