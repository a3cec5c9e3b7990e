//! The store: one write transaction per call, durable when it returns. Calls block their thread, which is enough for tests.
//!
//! ```text
//! serials   epoch, 8 || serial, 32   ->  the digest of the request that has it, 32
//! requests  epoch, 8 || digest, 32   ->  0: reserved   1 || answer: answered   2: answered, and trimmed
//! first     ()                       ->  the first epoch that is not forgotten
//! ```

use std::path::Path;

use farebox_ledger::{Completion, Epoch, RequestDigest, Serial, Store, Verdict};
use redb::{Database, Error, ReadableDatabase as _, ReadableTable, TableDefinition};

const SERIALS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("serials");
const REQUESTS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("requests");
const FIRST: TableDefinition<'_, (), u64> = TableDefinition::new("first");

const RESERVED: u8 = 0;
const ANSWERED: u8 = 1;
const TRIMMED: u8 = 2;

pub(crate) struct RedbStore(Database);

impl RedbStore {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let db = Database::create(path)?;
        let transaction = db.begin_write()?;
        transaction.open_table(SERIALS)?;
        transaction.open_table(REQUESTS)?;
        transaction.open_table(FIRST)?.get(())?;
        transaction.commit()?;
        Ok(Self(db))
    }
}

fn key(epoch: Epoch, name: &[u8; 32]) -> Vec<u8> {
    [&epoch.0.to_be_bytes()[..], name].concat()
}

/// What a request meets in these tables.
fn verdict(
    (all, requests, first): (
        &impl ReadableTable<&'static [u8], &'static [u8]>,
        &impl ReadableTable<&'static [u8], &'static [u8]>,
        &impl ReadableTable<(), u64>,
    ),
    (epoch, serials, digest): (Epoch, &[Serial], &RequestDigest),
) -> Result<Verdict, Error> {
    if first.get(())?.is_some_and(|first| epoch.0 < first.value()) {
        return Ok(Verdict::Expired);
    }
    let mut mine = 0;
    for serial in serials {
        match all.get(key(epoch, serial.as_bytes()).as_slice())? {
            Some(owner) if owner.value() == digest.as_bytes() => mine += 1,
            Some(_) => return Ok(Verdict::Conflict),
            None => {}
        }
    }
    let request = requests.get(key(epoch, digest.as_bytes()).as_slice())?;
    let request = request.as_ref().map(|value| value.value());
    Ok(match request.and_then(<[u8]>::split_first) {
        _ if serials.is_empty() => Verdict::Conflict,
        None if mine == 0 => Verdict::Fresh,
        Some((&RESERVED, _)) if mine == serials.len() => Verdict::InFlight,
        Some((&ANSWERED, answer)) if mine == serials.len() => Verdict::Replay(answer.to_vec()),
        Some((&TRIMMED, _)) if mine == serials.len() => Verdict::Trimmed,
        _ => Verdict::Conflict,
    })
}

impl Store for RedbStore {
    type Error = Error;

    async fn reserve(&self, epoch: Epoch, serials: &[Serial], digest: &RequestDigest) -> Result<Verdict, Error> {
        let transaction = self.0.begin_write()?;
        let verdict = {
            let (mut all, mut requests) = (transaction.open_table(SERIALS)?, transaction.open_table(REQUESTS)?);
            let tables = (&all, &requests, &transaction.open_table(FIRST)?);
            let verdict = verdict(tables, (epoch, serials, digest))?;
            if verdict == Verdict::Fresh {
                for serial in serials {
                    all.insert(key(epoch, serial.as_bytes()).as_slice(), &digest.as_bytes()[..])?;
                }
                requests.insert(key(epoch, digest.as_bytes()).as_slice(), &[RESERVED][..])?;
            }
            verdict
        };
        transaction.commit()?;
        Ok(verdict)
    }

    async fn peek(&self, epoch: Epoch, serials: &[Serial], digest: &RequestDigest) -> Result<Verdict, Error> {
        let transaction = self.0.begin_read()?;
        let (all, requests) = (transaction.open_table(SERIALS)?, transaction.open_table(REQUESTS)?);
        verdict((&all, &requests, &transaction.open_table(FIRST)?), (epoch, serials, digest))
    }

    async fn complete(&self, epoch: Epoch, digest: &RequestDigest, response: &[u8]) -> Result<Completion, Error> {
        let transaction = self.0.begin_write()?;
        let completion = {
            let mut requests = transaction.open_table(REQUESTS)?;
            let key = key(epoch, digest.as_bytes());
            let before = requests.get(key.as_slice())?.map(|value| value.value().to_vec());
            match before.as_deref().and_then(<[u8]>::split_first) {
                None => Completion::Unknown,
                Some((&RESERVED, _)) => {
                    requests.insert(key.as_slice(), [&[ANSWERED], response].concat().as_slice())?;
                    Completion::Stored
                }
                Some((&ANSWERED, answer)) => Completion::Before(Some(answer.to_vec())),
                Some(_) => Completion::Before(None),
            }
        };
        transaction.commit()?;
        Ok(completion)
    }

    async fn trim(&self, before: Epoch) -> Result<u64, Error> {
        let transaction = self.0.begin_write()?;
        let mut count = 0;
        {
            let mut requests = transaction.open_table(REQUESTS)?;
            let mut answered = Vec::new();
            for item in requests.range(..&before.0.to_be_bytes()[..])? {
                let (key, value) = item?;
                if value.value().first() == Some(&ANSWERED) {
                    answered.push(key.value().to_vec());
                }
            }
            for key in answered {
                requests.insert(key.as_slice(), &[TRIMMED][..])?;
                count += 1;
            }
        }
        transaction.commit()?;
        Ok(count)
    }

    async fn forget(&self, before: Epoch) -> Result<u64, Error> {
        let transaction = self.0.begin_write()?;
        let mut count = 0;
        {
            let mut first = transaction.open_table(FIRST)?;
            let bound = first.get(())?.map_or(0, |first| first.value()).max(before.0);
            first.insert((), bound)?;
            let bound = before.0.to_be_bytes();
            transaction.open_table(SERIALS)?.retain_in(..&bound[..], |_, _| {
                count += 1;
                false
            })?;
            transaction.open_table(REQUESTS)?.retain_in(..&bound[..], |_, _| false)?;
        }
        transaction.commit()?;
        Ok(count)
    }
}
