//! The three operations of a request: reserve, peek and complete.

use farebox_ledger::{Completion, Epoch, RequestDigest, Serial, Verdict};
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use crate::error::Fault;
use crate::operation::Operation;
use crate::schema::{self, Hold};
use crate::session::{Session, column};
use crate::tables::{Tables, state};
use crate::{Error, Layout};

/// Serials as parameters: in order and each once.
fn wanted(serials: &[Serial]) -> Vec<&[u8]> {
    let mut wanted: Vec<&[u8]> = serials.iter().map(|serial| &serial.as_bytes()[..]).collect();
    wanted.sort_unstable();
    wanted.dedup();
    wanted
}

fn malformed() -> Fault {
    Fault::Stop(Error::Malformed)
}

/// What the state of a request's own row says.
fn verdict(found: i16, response: Option<&[u8]>) -> Result<Verdict, Fault> {
    match (found, response) {
        (state::IN_FLIGHT, None) => Ok(Verdict::InFlight),
        (state::ANSWERED, Some(response)) => Ok(Verdict::Replay(response.to_vec())),
        (state::TRIMMED, None) => Ok(Verdict::Trimmed),
        _ => Err(malformed()),
    }
}

/// Takes serials.
///
/// Every attempt of one call writes the same random owner. If the outcome of a commit is unknown, the next attempt meets its
/// own row or none: the primary key makes it wait for a transaction that is still under way. A row with our owner was written
/// by this call, and nobody else was told so. A row with another is another call's, with the same bytes.
pub(crate) struct Reserve<'a> {
    tables: Tables,
    layout: Layout,
    digest: &'a [u8],
    serials: Vec<&'a [u8]>,
    owner: [u8; 16],
}

impl<'a> Reserve<'a> {
    pub(crate) fn new(epoch: Epoch, layout: Layout, serials: &'a [Serial], digest: &'a RequestDigest) -> Self {
        let digest = &digest.as_bytes()[..];
        Self { tables: Tables(epoch), layout, digest, serials: wanted(serials), owner: rand::random() }
    }

    async fn take(&self, session: &Session) -> Result<Verdict, Fault> {
        session.batch("BEGIN").await?;
        let parameters = [
            (&self.digest as _, Type::BYTEA),
            (&self.owner.as_slice() as _, Type::BYTEA),
            (&self.serials as _, Type::BYTEA_ARRAY),
        ];
        let row = session.row(&self.tables.reserve(), &parameters).await?.ok_or_else(malformed)?;
        let (request, taken): (i64, i64) = (column(&row, 0)?, column(&row, 1)?);
        if request == 0 {
            return self.again(session).await;
        }
        if self.is_all(taken) {
            session.commit().await?;
            return Ok(Verdict::Fresh);
        }
        session.rollback().await?;
        Ok(Verdict::Conflict)
    }

    /// The request is there. What is said of it counts when the transaction that read it is committed: see
    /// [`Tables::answer`].
    async fn again(&self, session: &Session) -> Result<Verdict, Fault> {
        let parameters = [(&self.digest as _, Type::BYTEA), (&self.serials as _, Type::BYTEA_ARRAY)];
        let row = session.row(&self.tables.own(), &parameters).await?.ok_or_else(malformed)?;
        let verdict = self.judge(&row)?;
        session.commit().await?;
        Ok(verdict)
    }

    fn judge(&self, row: &Row) -> Result<Verdict, Fault> {
        if !self.is_all(column(row, 3)?) {
            return Ok(Verdict::Conflict);
        }
        let verdict = verdict(column(row, 1)?, column(row, 2)?)?;
        // An answer was stored meanwhile if somebody recovered the request; then the handler has no more to do.
        let ours = column::<&[u8]>(row, 0)? == self.owner;
        Ok(if ours && verdict == Verdict::InFlight { Verdict::Fresh } else { verdict })
    }

    fn is_all(&self, count: i64) -> bool {
        usize::try_from(count) == Ok(self.serials.len())
    }
}

impl Operation for Reserve<'_> {
    type Output = Verdict;

    async fn attempt(&mut self, session: &Session) -> Result<Verdict, Fault> {
        match self.take(session).await {
            Err(Fault::NoTable) => {}
            done => return done,
        }
        session.rollback().await?;
        if !schema::open(session, self.tables.0, self.layout).await? {
            return Ok(Verdict::Expired);
        }
        self.take(session).await
    }
}

/// Looks at serials.
pub(crate) struct Peek<'a> {
    tables: Tables,
    digest: &'a [u8],
    serials: Vec<&'a [u8]>,
}

impl<'a> Peek<'a> {
    pub(crate) fn new(epoch: Epoch, serials: &'a [Serial], digest: &'a RequestDigest) -> Self {
        Self { tables: Tables(epoch), digest: &digest.as_bytes()[..], serials: wanted(serials) }
    }

    async fn judge(&self, session: &Session, row: &Row) -> Result<Verdict, Fault> {
        let (found, all, own): (Option<i16>, i64, i64) = (column(row, 0)?, column(row, 1)?, column(row, 2)?);
        match found {
            _ if all != own || self.serials.is_empty() => Ok(Verdict::Conflict),
            None if own == 0 => Ok(Verdict::Fresh),
            Some(found) if usize::try_from(own) == Ok(self.serials.len()) => self.own(session, found).await,
            _ => Ok(Verdict::Conflict),
        }
    }

    /// An answer may leave, so it is read as `reserve` would read it.
    async fn own(&self, session: &Session, found: i16) -> Result<Verdict, Fault> {
        if found != state::ANSWERED {
            return verdict(found, None);
        }
        let row = session.write(&self.tables.answer(), &[(&self.digest as _, Type::BYTEA)]).await?;
        let row = row.ok_or_else(malformed)?;
        verdict(column(&row, 0)?, column(&row, 1)?)
    }
}

impl Operation for Peek<'_> {
    type Output = Verdict;

    async fn attempt(&mut self, session: &Session) -> Result<Verdict, Fault> {
        let parameters = [(&self.digest as _, Type::BYTEA), (&self.serials as _, Type::BYTEA_ARRAY)];
        match session.row(&self.tables.peek(), &parameters).await {
            Ok(row) => self.judge(session, &row.ok_or_else(malformed)?).await,
            Err(Fault::NoTable) if self.tables.0 < schema::first(session, Hold::Nothing).await? => Ok(Verdict::Expired),
            Err(Fault::NoTable) if self.serials.is_empty() => Ok(Verdict::Conflict),
            Err(Fault::NoTable) => Ok(Verdict::Fresh),
            Err(fault) => Err(fault),
        }
    }
}

/// Stores an answer.
pub(crate) struct Complete<'a> {
    tables: Tables,
    digest: &'a [u8],
    response: &'a [u8],
    /// An attempt was made before, and may have stored it.
    tried: bool,
}

impl<'a> Complete<'a> {
    pub(crate) fn new(epoch: Epoch, digest: &'a RequestDigest, response: &'a [u8]) -> Self {
        Self { tables: Tables(epoch), digest: &digest.as_bytes()[..], response, tried: false }
    }

    async fn store(&self, session: &Session) -> Result<Completion, Fault> {
        let digest = (&self.digest as _, Type::BYTEA);
        let parameters = [digest.clone(), (&self.response as _, Type::BYTEA)];
        if session.write(&self.tables.complete(), &parameters).await?.is_some() {
            return Ok(Completion::Stored);
        }
        let Some(row) = session.write(&self.tables.answer(), &[digest]).await? else {
            return Ok(Completion::Unknown);
        };
        match verdict(column(&row, 0)?, column(&row, 1)?)? {
            Verdict::Replay(before) if self.tried && before == self.response => Ok(Completion::Stored),
            Verdict::Replay(before) => Ok(Completion::Before(Some(before))),
            Verdict::Trimmed => Ok(Completion::Before(None)),
            _ => Err(malformed()),
        }
    }
}

impl Operation for Complete<'_> {
    type Output = Completion;

    async fn attempt(&mut self, session: &Session) -> Result<Completion, Fault> {
        let stored = match self.store(session).await {
            Err(Fault::NoTable) => Ok(Completion::Unknown),
            stored => stored,
        };
        self.tried = true;
        stored
    }
}
