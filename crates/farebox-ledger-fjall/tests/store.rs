//! The store passes what every store has to, keeps what it acknowledged, and refuses what it should.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use farebox_ledger::{Completion, Epoch, RequestDigest, Serial, Store as _, Verdict, conformance};
use farebox_ledger_fjall::{Error, FjallStore, LONGEST_ANSWER, MOST_SERIALS, OpenError, Options, Progress};
use futures_executor::block_on;
use tempfile::{TempDir, tempdir};

const NOW: Epoch = Epoch(3);

fn open(path: &Path) -> FjallStore {
    FjallStore::open(path, Options::default()).unwrap()
}

fn fresh() -> (TempDir, FjallStore) {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    (folder, store)
}

fn serial(i: u64) -> Serial {
    Serial::new(b"test", &[], &i.to_be_bytes())
}

fn request(i: u64) -> RequestDigest {
    RequestDigest::new(&[&i.to_be_bytes()])
}

fn reserve(store: &FjallStore, epoch: Epoch, i: u64) -> Verdict {
    block_on(store.reserve(epoch, &[serial(i)], &request(i))).unwrap()
}

fn complete(store: &FjallStore, epoch: Epoch, i: u64) -> Completion {
    block_on(store.complete(epoch, &request(i), &i.to_be_bytes())).unwrap()
}

fn replay(i: u64) -> Verdict {
    Verdict::Replay(i.to_be_bytes().to_vec())
}

#[test]
fn conforms() {
    let mut folders = Vec::new();
    block_on(conformance::all(async || {
        let (folder, store) = fresh();
        folders.push(folder);
        store
    }));
}

#[test]
fn sixty_four_racers() {
    let (_folder, store) = fresh();
    conformance::racers(&store, 64, 10, |race| block_on(race));
}

#[test]
fn all_is_there_after_closing() {
    let (folder, store) = fresh();
    for i in 0..10 {
        assert_eq!(reserve(&store, NOW, i), Verdict::Fresh);
    }
    for i in 0..5 {
        assert_eq!(complete(&store, NOW, i), Completion::Stored);
    }
    let clone = store.clone();
    store.close().unwrap();
    store.close().unwrap();
    assert!(matches!(block_on(clone.reserve(NOW, &[serial(0)], &request(0))), Err(Error::Closed)));
    assert!(matches!(block_on(clone.peek(NOW, &[serial(0)], &request(0))), Err(Error::Closed)));
    // The closed handles are still there, and the folder is free.
    let store = open(folder.path());
    (0..5).for_each(|i| assert_eq!(reserve(&store, NOW, i), replay(i)));
    (5..10).for_each(|i| assert_eq!(reserve(&store, NOW, i), Verdict::InFlight));
    drop(store);
    let store = open(folder.path());
    assert_eq!(reserve(&store, NOW, 0), replay(0));
    assert_eq!(block_on(store.reserve(NOW, &[serial(0)], &request(9))).unwrap(), Verdict::Conflict);
}

/// The engine numbers its tables anew when it opens. What comes after a drop must not fall to what was dropped.
#[test]
fn epochs_that_come_after_a_forgotten_one_stay() {
    let (folder, mut store) = fresh();
    for epoch in (0..12).step_by(2) {
        for i in 0..40 {
            assert_eq!(reserve(&store, Epoch(epoch), i), Verdict::Fresh);
            assert_eq!(complete(&store, Epoch(epoch), i), Completion::Stored);
        }
        // And one of the epoch before.
        let all = if epoch == 0 { 40 } else { 41 };
        assert_eq!(block_on(store.trim(Epoch(epoch + 1))).unwrap(), all);
        assert_eq!(block_on(store.forget(Epoch(epoch + 1))).unwrap(), all);
        drop(store);
        store = open(folder.path());
        assert_eq!(reserve(&store, Epoch(epoch), 1), Verdict::Expired);
        assert_eq!(reserve(&store, Epoch(epoch + 1), 1), Verdict::Fresh);
        assert_eq!(complete(&store, Epoch(epoch + 1), 1), Completion::Stored);
        for _ in 0..2 {
            drop(store);
            store = open(folder.path());
            assert_eq!(reserve(&store, Epoch(epoch + 1), 1), replay(1));
        }
    }
}

#[test]
fn trimmed_answers_do_not_come_back() {
    let (folder, store) = fresh();
    (0..3).for_each(|i| assert_eq!(reserve(&store, NOW, i), Verdict::Fresh));
    complete(&store, NOW, 0);
    assert_eq!(block_on(store.trim(Epoch(4))).unwrap(), 1);
    complete(&store, NOW, 1);
    drop(store);
    let store = open(folder.path());
    assert_eq!(reserve(&store, NOW, 0), Verdict::Trimmed);
    assert_eq!(complete(&store, NOW, 0), Completion::Before(None));
    assert_eq!(reserve(&store, NOW, 1), replay(1));
    assert_eq!(reserve(&store, NOW, 2), Verdict::InFlight);
    assert_eq!(block_on(store.trim(Epoch(4))).unwrap(), 1);
    assert_eq!(reserve(&store, NOW, 1), Verdict::Trimmed);
    assert_eq!(block_on(store.forget(Epoch(4))).unwrap(), 3);
}

#[test]
fn one_store_for_a_folder() {
    let (folder, store) = fresh();
    assert!(matches!(FjallStore::open(folder.path(), Options::default()), Err(OpenError::Locked(_))));
    drop(store);
    open(folder.path());
}

#[test]
fn only_a_store_is_opened() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("ledger");
    assert!(matches!(FjallStore::open(&path, Options::default().existing_only()), Err(OpenError::Missing(_))));
    assert!(!path.exists(), "a refused opening makes nothing");
    fs::create_dir(&path).unwrap();
    fs::write(path.join("notes.txt"), "mine").unwrap();
    assert!(matches!(FjallStore::open(&path, Options::default()), Err(OpenError::Foreign(_))));
    fs::remove_file(path.join("notes.txt")).unwrap();
    drop(open(&path));
    FjallStore::open(&path, Options::default().existing_only()).unwrap();
}

#[test]
fn another_format_is_refused() {
    let (folder, store) = fresh();
    drop(store);
    fs::write(folder.path().join("store/FORMAT"), "farebox-ledger-fjall 2\n").unwrap();
    let error = FjallStore::open(folder.path(), Options::default()).unwrap_err();
    assert!(matches!(&error, OpenError::Format { found, known: 1 } if found == "farebox-ledger-fjall 2\n"), "{error}");
}

#[test]
fn another_key_is_refused() {
    let (folder, store) = fresh();
    reserve(&store, NOW, 1);
    drop(store);
    let path = folder.path().join("store/key");
    let key = fs::read(&path).unwrap();
    for other in [vec![7; 32], vec![7; 31], Vec::new()] {
        fs::write(&path, other).unwrap();
        assert!(matches!(FjallStore::open(folder.path(), Options::default()), Err(OpenError::Key)));
    }
    fs::remove_file(&path).unwrap();
    assert!(matches!(FjallStore::open(folder.path(), Options::default()), Err(OpenError::Key)));
    fs::write(&path, key).unwrap();
    assert_eq!(reserve(&open(folder.path()), NOW, 1), Verdict::InFlight);
}

/// A table that is gone would be an epoch that can be spent again.
#[test]
fn missing_tables_are_refused() {
    let (folder, store) = fresh();
    reserve(&store, NOW, 1);
    drop(store);
    let tables = folder.path().join("store/engine/keyspaces");
    let newest = fs::read_dir(&tables).unwrap().map(|entry| entry.unwrap().path()).max().unwrap();
    fs::remove_dir_all(newest).unwrap();
    assert!(matches!(FjallStore::open(folder.path(), Options::default()), Err(OpenError::Damaged(_))));
    fs::remove_dir_all(folder.path().join("store/engine")).unwrap();
    assert!(matches!(FjallStore::open(folder.path(), Options::default()), Err(OpenError::Damaged(_))));
}

#[cfg(unix)]
#[test]
fn nobody_else_gets_in() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempdir().unwrap();
    let path = folder.path().join("ledger");
    drop(open(&path));
    let mode = |name: &str| fs::metadata(path.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode(""), mode("store"), mode("store/key"), mode("LOCK")], [0o700, 0o700, 0o600, 0o600]);
    fs::set_permissions(path.join("store"), fs::Permissions::from_mode(0o755)).unwrap();
    drop(open(&path));
    assert_eq!(mode("store"), 0o700);
}

#[test]
fn calls_that_are_too_large_are_refused() {
    let (_folder, store) = fresh();
    let many: Vec<_> = (0..=MOST_SERIALS as u64).map(serial).collect();
    assert!(matches!(block_on(store.reserve(NOW, &many, &request(1))), Err(Error::TooManySerials)));
    assert!(matches!(block_on(store.peek(NOW, &many, &request(1))), Err(Error::TooManySerials)));
    assert_eq!(block_on(store.reserve(NOW, &many[1..], &request(1))).unwrap(), Verdict::Fresh);
    let long = vec![1; LONGEST_ANSWER + 1];
    assert!(matches!(block_on(store.complete(NOW, &request(1), &long)), Err(Error::AnswerTooLong)));
    assert_eq!(block_on(store.complete(NOW, &request(1), &long[1..])).unwrap(), Completion::Stored);
    let replay = Verdict::Replay(long[1..].to_vec());
    assert_eq!(block_on(store.reserve(NOW, &many[1..], &request(1))).unwrap(), replay);
}

#[test]
fn epochs_are_bounded() {
    let folder = tempdir().unwrap();
    let store = FjallStore::open(folder.path(), Options::default().epochs(2)).unwrap();
    assert_eq!([reserve(&store, Epoch(1), 1), reserve(&store, Epoch(9), 1)], [Verdict::Fresh, Verdict::Fresh]);
    let refused = block_on(store.reserve(Epoch(5), &[serial(1)], &request(1)));
    assert!(matches!(refused, Err(Error::TooManyEpochs)));
    assert_eq!(reserve(&store, Epoch(9), 1), Verdict::InFlight);
    block_on(store.forget(Epoch(2))).unwrap();
    assert_eq!(reserve(&store, Epoch(5), 1), Verdict::Fresh);
    assert_eq!(store.stats().epochs, 2);
}

/// With room for one waiting call, a crowd is refused rather than kept waiting, and a refused call has changed nothing.
#[test]
fn a_full_queue_is_busy() {
    let folder = tempdir().unwrap();
    let store = FjallStore::open(folder.path(), Options::default().queue(1)).unwrap();
    let busy = Mutex::new(0);
    let taken = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for thread in 0..16u64 {
            let (store, busy, taken) = (&store, &busy, &taken);
            scope.spawn(move || {
                for i in (0..50).map(|i| thread * 50 + i) {
                    match block_on(store.reserve(NOW, &[serial(i)], &request(i))) {
                        Ok(verdict) => taken.lock().unwrap().push((i, verdict)),
                        Err(error) => {
                            assert!(matches!(error, Error::Busy), "{error}");
                            *busy.lock().unwrap() += 1;
                        }
                    }
                }
            });
        }
    });
    let (busy, taken) = (busy.into_inner().unwrap(), taken.into_inner().unwrap());
    assert!(busy > 0, "sixteen threads never met in a queue of one");
    assert_eq!(store.stats().busy, busy);
    assert_eq!(store.stats().serials, taken.len() as u64);
    assert!(taken.iter().all(|(_, verdict)| *verdict == Verdict::Fresh));
    let refused = (0..800).filter(|i| !taken.iter().any(|(taken, _)| taken == i));
    refused.take(20).for_each(|i| assert_eq!(reserve(&store, NOW, i), Verdict::Fresh));
}

#[test]
fn opening_tells_how_far_it_is() {
    let folder = tempdir().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let options = || {
        let seen = seen.clone();
        Options::default().on_progress(move |progress| seen.lock().unwrap().push(progress))
    };
    let store = FjallStore::open(folder.path(), options()).unwrap();
    assert_eq!(seen.lock().unwrap().first(), Some(&Progress::Created));
    (0..3).for_each(|i| drop(reserve(&store, NOW, i)));
    drop(store);
    seen.lock().unwrap().clear();
    drop(FjallStore::open(folder.path(), options()).unwrap());
    let seen = seen.lock().unwrap();
    assert!(matches!(seen.first(), Some(Progress::Opening { journal }) if *journal > 0), "{seen:?}");
    assert!(seen.contains(&Progress::Tables { opened: 2, all: 2 }), "{seen:?}");
    assert!(matches!(seen.last(), Some(Progress::Ready { epochs: 1, serials: 3, .. })), "{seen:?}");
}

#[test]
fn stats_count_and_tell_nothing() {
    let (_folder, store) = fresh();
    (0..4).for_each(|i| drop(reserve(&store, NOW, i)));
    complete(&store, NOW, 0);
    block_on(store.reserve(NOW, &[serial(0)], &request(1))).unwrap();
    let stats = store.stats();
    assert_eq!((stats.calls, stats.reserved, stats.serials, stats.answers, stats.conflicts), (6, 4, 4, 1, 1));
    assert_eq!((stats.commits, stats.groups.counts[0], stats.epochs, stats.failed), (5, 6, 1, false));
    assert!(!format!("{store:?}").contains("key"));
}

/// The first answer of an epoch comes with a table: whoever looks meanwhile sees no answer or that one.
#[test]
fn a_look_beside_the_first_answer_of_an_epoch_never_calls_it_trimmed() {
    let (_folder, store) = fresh();
    let epochs = 40;
    for epoch in 1..=epochs {
        assert_eq!(reserve(&store, Epoch(epoch), epoch), Verdict::Fresh);
        std::thread::scope(|scope| {
            let look = scope.spawn(|| {
                loop {
                    match block_on(store.peek(Epoch(epoch), &[serial(epoch)], &request(epoch))).unwrap() {
                        Verdict::InFlight => {}
                        seen => return seen,
                    }
                }
            });
            assert_eq!(complete(&store, Epoch(epoch), epoch), Completion::Stored);
            assert_eq!(look.join().unwrap(), replay(epoch));
        });
    }
}
