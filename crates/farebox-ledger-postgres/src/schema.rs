//! The schema: numbered migrations, the bound below which epochs are forgotten, and the tables of an epoch.

use farebox_ledger::Epoch;
use tokio_postgres::types::Type;

use crate::error::Fault;
use crate::operation::Operation;
use crate::session::{Session, column};
use crate::tables::Tables;
use crate::{Error, Layout, Refused};

/// The version of the schema that this release writes.
pub(crate) const VERSION: i32 = 1;

/// What leads to each version from the one before: for every layout, and for partitions.
const MIGRATIONS: [(&str, &str); VERSION as usize] =
    [(include_str!("../migrations/0001_ledger.sql"), include_str!("../migrations/0001_partitions.sql"))];

const CREATE: &str = "CREATE TABLE IF NOT EXISTS farebox_schema \
     (id integer PRIMARY KEY CHECK (id = 1), version integer NOT NULL, layout text NOT NULL)";

/// The version of the database's schema; 0 where there is none.
pub(crate) async fn version(session: &Session) -> Result<i32, Fault> {
    match session.row("SELECT version FROM farebox_schema WHERE id = 1", &[]).await {
        Ok(Some(row)) => column(&row, 0),
        Ok(None) | Err(Fault::NoTable) => Ok(0),
        Err(fault) => Err(fault),
    }
}

/// Brings the schema to this release's version, and gives its layout. Each step is a transaction; the row that names the
/// version is the lock that keeps others out.
pub(crate) struct Migrate {
    pub(crate) layout: Option<Layout>,
    pub(crate) settings: String,
}

impl Operation for Migrate {
    type Output = Layout;

    async fn attempt(&mut self, session: &Session) -> Result<Layout, Fault> {
        if version(session).await? == 0 {
            self.start(session).await?;
        }
        loop {
            session.batch("BEGIN").await?;
            session.batch(&self.settings).await?;
            let (version, layout) = locked(session).await?;
            if version > VERSION {
                return Err(Fault::Stop(Error::Refused(Refused::Newer { found: version, known: VERSION })));
            }
            let Some((all, partitions)) = usize::try_from(version).ok().and_then(|version| MIGRATIONS.get(version))
            else {
                session.rollback().await?;
                return Ok(layout);
            };
            session.batch(all).await?;
            if layout == Layout::Partitions {
                session.batch(partitions).await?;
            }
            session.batch(&format!("UPDATE farebox_schema SET version = {} WHERE id = 1", version + 1)).await?;
            session.commit().await?;
        }
    }
}

impl Migrate {
    /// Makes the table that names the version. Who comes second finds it made.
    async fn start(&self, session: &Session) -> Result<(), Fault> {
        let layout = match self.layout {
            Some(layout) => layout,
            None => able(session).await?,
        };
        session.batch(CREATE).await?;
        let insert = "INSERT INTO farebox_schema (id, version, layout) VALUES (1, 0, $1) ON CONFLICT DO NOTHING";
        session.write(insert, &[(&name(layout), Type::TEXT)]).await?;
        Ok(())
    }
}

fn name(layout: Layout) -> &'static str {
    match layout {
        Layout::Partitions => "partitions",
        Layout::Tables => "tables",
    }
}

async fn able(session: &Session) -> Result<Layout, Fault> {
    let row = session.row("SELECT version()", &[]).await?.ok_or(Fault::Stop(Error::Malformed))?;
    let version: String = column(&row, 0)?;
    Ok(if version.contains("CockroachDB") { Layout::Tables } else { Layout::Partitions })
}

async fn locked(session: &Session) -> Result<(i32, Layout), Fault> {
    let row = session.row("SELECT version, layout FROM farebox_schema WHERE id = 1 FOR UPDATE", &[]).await?;
    let row = row.ok_or(Fault::Stop(Error::Malformed))?;
    let layout = match column::<&str>(&row, 1)? {
        "partitions" => Layout::Partitions,
        "tables" => Layout::Tables,
        _ => return Err(Fault::Stop(Error::Malformed)),
    };
    Ok((column(&row, 0)?, layout))
}

/// What a transaction wants from the row of the bound.
pub(crate) enum Hold {
    Nothing,
    ForUpdate,
}

/// The first epoch that is not forgotten.
pub(crate) async fn first(session: &Session, hold: Hold) -> Result<Epoch, Fault> {
    let lock = match hold {
        Hold::Nothing => "",
        Hold::ForUpdate => " FOR UPDATE",
    };
    let row = session.row(&format!("SELECT CAST(first AS text) FROM farebox_bound WHERE id = 1{lock}"), &[]).await?;
    epoch(column(&row.ok_or(Fault::Stop(Error::Malformed))?, 0)?)
}

/// An epoch as the database prints it.
pub(crate) fn epoch(text: &str) -> Result<Epoch, Fault> {
    text.parse().map(Epoch).map_err(|_| Fault::Stop(Error::Malformed))
}

/// Makes the tables of an epoch, unless it was forgotten. `false` says that it was.
///
/// Whoever forgets takes the same row first, so no table comes back behind its back; and two who open one epoch take turns.
pub(crate) async fn open(session: &Session, epoch: Epoch, layout: Layout) -> Result<bool, Fault> {
    session.batch("BEGIN").await?;
    if epoch < first(session, Hold::ForUpdate).await? {
        session.rollback().await?;
        return Ok(false);
    }
    let list = format!("INSERT INTO farebox_epochs (epoch) VALUES ({}) ON CONFLICT DO NOTHING", epoch.0);
    session.batch(&list).await?;
    session.batch(&Tables(epoch).create(layout)).await?;
    session.commit().await?;
    Ok(true)
}
