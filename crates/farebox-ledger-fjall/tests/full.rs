//! A disk that takes no more: the store refuses from then on, and has lost nothing when it is opened again.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use farebox_ledger::{Completion, Epoch, RequestDigest, Serial, Store as _, Verdict};
use farebox_ledger_fjall::{Error, FjallStore, LONGEST_ANSWER, Options};
use futures_executor::block_on;
use tempfile::tempdir;

const FOLDER: &str = "FAREBOX_FULL_FOLDER";
const NOW: Epoch = Epoch(1);

fn options() -> Options {
    // Nothing is moved into tables, so that the journal grows until it may not.
    Options::default().journal_bound(1 << 30)
}

fn names(i: u64) -> ([Serial; 1], RequestDigest) {
    ([Serial::new(b"full", &[], &i.to_be_bytes())], RequestDigest::new(&[&i.to_be_bytes()]))
}

/// Bytes that do not compress.
fn answer(i: u64) -> Vec<u8> {
    let blocks = (0..(LONGEST_ANSWER / 32) as u64)
        .flat_map(|j| *RequestDigest::new(&[&[i, j].map(u64::to_be_bytes).concat()]).as_bytes());
    blocks.collect()
}

/// Gives the number back when all of it was acknowledged. The store fails before it has a hundred megabytes.
fn answer_one(store: &FjallStore, i: u64) -> Result<u64, Error> {
    assert!(i < 1600, "the limit was never met");
    let (serials, request) = names(i);
    let failed = |error: &Error| assert!(matches!(error, Error::Failed { .. }), "{error}");
    assert_eq!(block_on(store.reserve(NOW, &serials, &request)).inspect_err(failed)?, Verdict::Fresh);
    assert_eq!(block_on(store.complete(NOW, &request, &answer(i))).inspect_err(failed)?, Completion::Stored);
    Ok(i)
}

/// Where the child notes what was acknowledged.
fn list(folder: impl AsRef<Path>) -> PathBuf {
    folder.as_ref().with_extension("acknowledged")
}

/// Not a test: the process whose files may not grow. It ends well when the store has failed as it should.
#[test]
#[ignore = "is run by the other test"]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let store = FjallStore::open(&folder, options()).unwrap();
    let (next, acknowledged) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Ok(i) = answer_one(&store, next.fetch_add(1, Ordering::Relaxed)) {
                    acknowledged.lock().unwrap().push(i.to_string());
                }
            });
        }
    });
    std::fs::write(list(&folder), acknowledged.into_inner().unwrap().join(" ")).unwrap();
    // Everything is refused now, what would only look as well.
    let (serials, request) = names(0);
    assert!(matches!(block_on(store.reserve(NOW, &serials, &request)), Err(Error::Failed { .. })));
    assert!(matches!(block_on(store.peek(NOW, &serials, &request)), Err(Error::Failed { .. })));
    assert!(matches!(block_on(store.complete(NOW, &request, b"")), Err(Error::Failed { .. })));
    assert!(matches!(block_on(store.forget(NOW)), Err(Error::Failed { .. })));
    assert!(store.stats().failed);
    assert!(matches!(store.close(), Err(Error::Failed { .. })));
}

#[test]
fn a_failed_write_ends_the_store_and_loses_nothing() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("ledger");
    drop(FjallStore::open(&path, options()).unwrap());
    // The limit is the 64 MiB that the engine reserves for its journal. Beyond it, a write fails rather than kills.
    let script = r#"trap "" XFSZ; ulimit -f 131072; exec "$0" child --exact --ignored"#;
    let status =
        Command::new("sh").arg("-c").arg(script).arg(std::env::current_exe().unwrap()).env(FOLDER, &path).status();
    assert!(status.unwrap().success());
    let acknowledged = std::fs::read_to_string(list(&path)).unwrap();
    let acknowledged: Vec<u64> = acknowledged.split(' ').map(|i| i.parse().unwrap()).collect();
    assert!(acknowledged.len() > 100, "{}", acknowledged.len());
    let store = FjallStore::open(&path, options().existing_only()).unwrap();
    for i in &acknowledged {
        let (serials, request) = names(*i);
        let verdict = block_on(store.reserve(NOW, &serials, &request)).unwrap();
        assert_eq!(verdict, Verdict::Replay(answer(*i)), "{i}");
    }
    // A call that failed is there or not, and can be tried again.
    for i in (0..1600).filter(|i| !acknowledged.contains(i)).take(16) {
        let (serials, request) = names(i);
        let verdict = block_on(store.reserve(NOW, &serials, &request)).unwrap();
        assert!([Verdict::Fresh, Verdict::InFlight, Verdict::Replay(answer(i))].contains(&verdict), "{i}");
    }
}
