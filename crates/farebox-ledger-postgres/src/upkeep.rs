//! Trimming answers and forgetting epochs.

use farebox_ledger::Epoch;
use tokio_postgres::types::Type;

use crate::error::Fault;
use crate::operation::Operation;
use crate::session::{Session, column};
use crate::tables::Tables;
use crate::{Error, Layout, schema};

/// The epochs before this one that have tables, in order.
pub(crate) struct Before(pub(crate) Epoch);

impl Operation for Before {
    type Output = Vec<Epoch>;

    async fn attempt(&mut self, session: &Session) -> Result<Vec<Epoch>, Fault> {
        let Self(Epoch(before)) = *self;
        let list = format!("SELECT CAST(epoch AS text) FROM farebox_epochs WHERE epoch < {before} ORDER BY epoch");
        session.rows(&list).await?.iter().map(|row| schema::epoch(column(row, 0)?)).collect()
    }
}

/// Raises the bound. From then on no table is made below it.
pub(crate) struct Raise(pub(crate) Epoch);

impl Operation for Raise {
    type Output = ();

    async fn attempt(&mut self, session: &Session) -> Result<(), Fault> {
        let Self(Epoch(first)) = *self;
        let raise = format!("UPDATE farebox_bound SET first = {first} WHERE id = 1 AND first < {first}");
        session.write(&raise, &[]).await?;
        Ok(())
    }
}

/// Drops the tables of an epoch below the bound, and gives the number of its serials.
///
/// Calls that are under way in it end first; those that come after find no table, and then the bound.
pub(crate) struct DropEpoch {
    pub(crate) epoch: Epoch,
    pub(crate) layout: Layout,
    /// Time for a count of many rows.
    pub(crate) settings: String,
    /// Counted by an attempt whose commit was in doubt.
    pub(crate) counted: u64,
}

impl Operation for DropEpoch {
    type Output = u64;

    async fn attempt(&mut self, session: &Session) -> Result<u64, Fault> {
        session.batch("BEGIN").await?;
        session.batch(&self.settings).await?;
        let (tables, Epoch(epoch)) = (Tables(self.epoch), self.epoch);
        let listed = format!("SELECT 1 FROM farebox_epochs WHERE epoch = {epoch} FOR UPDATE");
        if session.row(&listed, &[]).await?.is_none() {
            // Gone: by ourselves, or by somebody who counts it.
            session.commit().await?;
            return Ok(self.counted);
        }
        if let Some(lock) = tables.lock(self.layout) {
            session.batch(&lock).await?;
        }
        let row = session.row(&tables.count(), &[]).await?.ok_or(Fault::Stop(Error::Malformed))?;
        self.counted = column::<i64>(&row, 0)?.unsigned_abs();
        session.batch(&tables.drop()).await?;
        session.commit().await?;
        Ok(self.counted)
    }
}

/// Requests looked at in one transaction.
const PAGE: u32 = 2_000;

/// Drops the answers of one page of an epoch's requests. Gives their number, and where the next page starts.
pub(crate) struct TrimPage {
    pub(crate) epoch: Epoch,
    pub(crate) after: Vec<u8>,
}

impl Operation for TrimPage {
    type Output = (u64, Option<Vec<u8>>);

    async fn attempt(&mut self, session: &Session) -> Result<Self::Output, Fault> {
        let trim = Tables(self.epoch).trim(PAGE);
        match session.write(&trim, &[(&self.after as _, Type::BYTEA)]).await {
            Ok(row) => {
                let row = row.ok_or(Fault::Stop(Error::Malformed))?;
                Ok((column::<i64>(&row, 0)?.unsigned_abs(), column(&row, 1)?))
            }
            // Forgotten meanwhile.
            Err(Fault::NoTable) => Ok((0, None)),
            Err(fault) => Err(fault),
        }
    }
}
