//! Opening: the folder, the engine's replay, the tables, and what a crash has left undone.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use fjall::{Database, Keyspace, PersistMode};
use rand::TryRng as _;
use rand::rngs::SysRng;

use crate::folder::{self, Folder};
use crate::keyed::Keyed;
use crate::options::Report;
use crate::record::{CHECK, FIRST, RECORDS, Record, Unreadable, epoch, name, versioned};
use crate::tables::{Engine, Epoch, Fault, Kind, Tables};
use crate::{OpenError, Options, Progress};

/// How often the replay is reported.
const TICK: Duration = Duration::from_millis(250);
/// The least that the engine takes for all its journals together.
const JOURNALS: u64 = 64 << 20;
/// Threads of the engine that move data into tables and merge those.
const WORKERS: usize = 2;

impl From<Unreadable> for OpenError {
    fn from(_: Unreadable) -> Self {
        Self::Damaged("a value cannot be read")
    }
}

impl From<Fault> for OpenError {
    fn from(Fault(cause): Fault) -> Self {
        Self::Engine(cause)
    }
}

/// Opens the store in a folder, or makes one. Gives its tables and its key.
pub(crate) fn open(root: &Path, options: &Options) -> Result<(Tables, [u8; 32]), OpenError> {
    if options.existing_only && !Folder::has_store(root)? {
        return Err(OpenError::Missing(root.to_path_buf()));
    }
    let folder = Folder::claim(root)?;
    if !Folder::has_store(root)? {
        create(&folder, options)?;
        (options.on_progress)(Progress::Created);
    }
    let key = folder.key()?;
    let start = Instant::now();
    let db = replay(&folder.engine(), options, start)?;
    let tables = load(Engine { db, _lock: folder.lock() }, &Keyed::new(&key), options)?;
    let [epochs, serials] =
        [tables.epochs.len() as u64, tables.epochs.values().map(|epoch| epoch.record.serials).sum()];
    (options.on_progress)(Progress::Ready { elapsed: start.elapsed(), epochs, serials });
    Ok((tables, key))
}

fn create(folder: &Folder, options: &Options) -> Result<(), OpenError> {
    let mut key = [0; 32];
    SysRng.try_fill_bytes(&mut key).map_err(|error| OpenError::System(error.to_string()))?;
    folder.make(&key, |engine| {
        let db = start(engine, options, |_| {})?;
        let meta = Kind::Meta.table(&db, options.journal_bound)?;
        let mut batch = db.batch();
        batch.insert(&meta, CHECK, versioned(&Keyed::new(&key).check()));
        batch.insert(&meta, FIRST, versioned(&0u64.to_be_bytes()));
        Ok(batch.durability(Some(PersistMode::SyncAll)).commit()?)
    })
}

/// Starts the engine. `opened` is told of each table.
pub(crate) fn start(
    path: &Path,
    options: &Options,
    opened: impl Fn(&str) + Send + Sync + 'static,
) -> Result<Database, OpenError> {
    // The engine asks for a filter for each table when it opens it. There is none; but this tells how far it is.
    let filters = Arc::new(move |name: &str| {
        opened(name);
        None
    });
    let builder = Database::builder(path)
        .cache_size(options.cache)
        .worker_threads(WORKERS)
        .max_journaling_size(JOURNALS.max(options.journal_bound))
        .with_compaction_filter_factories(filters);
    // A damaged folder can make the engine panic.
    match catch_unwind(AssertUnwindSafe(|| builder.open())) {
        Ok(Err(fjall::Error::Locked)) => Err(OpenError::Locked(path.to_path_buf())),
        Ok(opened) => Ok(opened?),
        Err(_) => Err(OpenError::Damaged("the engine gave up on its files")),
    }
}

/// Starts the engine on a store that is there, and reports while it works.
fn replay(engine: &Path, options: &Options, since: Instant) -> Result<Database, OpenError> {
    let report: &Report = &options.on_progress;
    report(Progress::Opening { journal: folder::journal_bytes(engine) });
    let (all, opened, tell) = (folder::table_folders(engine), Arc::new(AtomicU64::new(0)), report.clone());
    let count = move |_: &str| {
        let opened = opened.fetch_add(1, Ordering::Relaxed) + 1;
        tell(Progress::Tables { opened, all });
    };
    thread::scope(|scope| {
        let (done, waiting) = channel::<()>();
        let tick = move || {
            while waiting.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                report(Progress::Replaying { elapsed: since.elapsed() });
            }
        };
        thread::Builder::new()
            .name("ledger-progress".into())
            .spawn_scoped(scope, tick)
            .map_err(|error| OpenError::System(error.to_string()))?;
        let db = start(engine, options, count);
        drop(done);
        db
    })
}

/// Finds the tables, checks that none is missing, and drops what a crash has left.
fn load(engine: Engine, keyed: &Keyed, options: &Options) -> Result<Tables, OpenError> {
    let mut found = Found::read(&engine.db, options)?;
    let meta = found.meta.take().ok_or(OpenError::Damaged("the store's own table is missing"))?;
    let check = meta.get(CHECK)?.ok_or(OpenError::Damaged("the check value is missing"))?;
    if name(&check)? != keyed.check() {
        return Err(OpenError::Key);
    }
    let first = epoch(&meta.get(FIRST)?.ok_or(OpenError::Damaged("the first epoch is missing"))?)?;
    let records = records(&meta)?;
    let mut tables = Tables::new(engine, meta, options.journal_bound);
    tables.first = first;
    tables.step_over()?;
    for (number, record) in records.range(first..) {
        tables.epochs.insert(*number, found.epoch(*number, *record)?);
    }
    // What was made before a crash and never written to: no record, so nothing in it.
    let left = found.left();
    if !left.is_empty() {
        (options.on_progress)(Progress::Dropping { tables: left.len() as u64 });
        tables.drop_tables(left)?;
    }
    // Or each crash would add to what the next opening has to insert again.
    tables.flush()?;
    Ok(tables)
}

fn records(meta: &Keyspace) -> Result<BTreeMap<u64, Record>, OpenError> {
    let mut records = BTreeMap::new();
    for item in meta.prefix(RECORDS) {
        let (key, value) = item.into_inner()?;
        records.insert(Record::epoch(&key)?, Record::read(&value)?);
    }
    Ok(records)
}

/// All tables that the engine has.
#[derive(Default)]
struct Found {
    meta: Option<Keyspace>,
    serials: BTreeMap<u64, Keyspace>,
    answers: BTreeMap<(u64, u32), Keyspace>,
}

impl Found {
    fn read(db: &Database, options: &Options) -> Result<Self, OpenError> {
        let mut found = Self::default();
        for name in db.list_keyspace_names() {
            let kind = Kind::parse(&name).ok_or(OpenError::Damaged("there is a table of another store"))?;
            let table = kind.table(db, options.journal_bound)?;
            match kind {
                Kind::Meta => drop(found.meta.insert(table)),
                Kind::Serials(epoch) => drop(found.serials.insert(epoch, table)),
                Kind::Answers(epoch, generation) => drop(found.answers.insert((epoch, generation), table)),
            }
        }
        Ok(found)
    }

    /// Takes an epoch's tables. With serials on record and no table, everything of that epoch could be spent again.
    fn epoch(&mut self, epoch: u64, record: Record) -> Result<Epoch, OpenError> {
        let serials = self.serials.remove(&epoch).ok_or(OpenError::Damaged("the serials of an epoch are missing"))?;
        let answers = self.answers.remove(&(epoch, record.generation));
        if answers.is_none() && record.answers > 0 {
            return Err(OpenError::Damaged("the answers of an epoch are missing"));
        }
        Ok(Epoch { serials, answers, record })
    }

    fn left(self) -> Vec<Keyspace> {
        self.serials.into_values().chain(self.answers.into_values()).collect()
    }
}
