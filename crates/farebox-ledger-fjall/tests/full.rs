//! A disk that takes no more: the store refuses from then on, and has lost nothing when it is opened again.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::path::Path;
use std::process::Command;

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

/// Not a test: the process whose files may not grow. It ends well when the store has failed as it should.
#[test]
#[ignore = "is run by the other test"]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let store = FjallStore::open(folder, options()).unwrap();
    let mut failed = None;
    for i in 0..2000 {
        let (serials, request) = names(i);
        let verdict = block_on(store.reserve(NOW, &serials, &request));
        let stored = match verdict {
            Ok(verdict) => {
                assert_eq!(verdict, Verdict::Fresh);
                block_on(store.complete(NOW, &request, &answer(i)))
            }
            Err(error) => Err(error),
        };
        match stored {
            Ok(completion) => assert_eq!(completion, Completion::Stored),
            Err(error) => {
                failed = Some((i, error));
                break;
            }
        }
    }
    let (count, error) = failed.unwrap();
    assert!(matches!(error, Error::Failed { .. }), "{error}");
    std::fs::write(Path::new(&std::env::var(FOLDER).unwrap()).with_extension("count"), count.to_string()).unwrap();
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
    let count: u64 = std::fs::read_to_string(path.with_extension("count")).unwrap().parse().unwrap();
    assert!(count > 100, "{count}");
    let store = FjallStore::open(&path, options().existing_only()).unwrap();
    for i in 0..count {
        let (serials, request) = names(i);
        let verdict = block_on(store.reserve(NOW, &serials, &request)).unwrap();
        assert_eq!(verdict, Verdict::Replay(answer(i)), "{i} of {count}");
    }
    // The call that failed is there or not, and can be tried again.
    let (serials, request) = names(count);
    let verdict = block_on(store.reserve(NOW, &serials, &request)).unwrap();
    assert!([Verdict::Fresh, Verdict::InFlight, Verdict::Replay(answer(count))].contains(&verdict));
}
