//! Prints how many requests per second are reserved and completed durably, for 1, 16 and 256 callers, and how long a store takes to
//! open after it was left without being closed.
//!
//! `cargo run --release -p farebox-ledger-fjall --example speed [FOLDER] [SECONDS]`
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use farebox_ledger::{Completion, Epoch, RequestDigest, Serial, Store as _, Verdict};
use farebox_ledger_fjall::{FjallStore, Options};
use futures_executor::block_on;

const NOW: Epoch = Epoch(20_000);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let root = arguments.next().map_or_else(std::env::temp_dir, Into::into);
    let seconds = arguments.next().map_or(3, |seconds| seconds.parse().unwrap());
    let folder = tempfile::tempdir_in(root).unwrap();
    let store = FjallStore::open(folder.path(), Options::default()).unwrap();
    let next = AtomicU64::new(0);
    println!("callers  requests/s  calls per group  ms per commit");
    for callers in [1, 16, 256] {
        let (before, start) = (store.stats(), Instant::now());
        let until = start + Duration::from_secs(seconds);
        let count: u64 = std::thread::scope(|scope| {
            let caller = || work(&store, &next, until);
            let threads: Vec<_> = (0..callers).map(|_| scope.spawn(caller)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        let (after, elapsed) = (store.stats(), start.elapsed().as_secs_f64());
        let commits = (after.commits - before.commits) as f64;
        let group = (after.calls - before.calls) as f64 / commits;
        let commit = (after.commit_micros - before.commit_micros) as f64 / commits / 1000.0;
        println!("{callers:7}  {:10.0}  {group:15.1}  {commit:13.2}", count as f64 / elapsed);
    }
    let serials = store.stats().serials;
    drop(store);
    let start = Instant::now();
    drop(FjallStore::open(folder.path(), Options::default()).unwrap());
    println!("opened again with {serials} serials in {} ms", start.elapsed().as_millis());
}

/// Reserves one serial and stores an answer of 160 bytes, again and again.
fn work(store: &FjallStore, next: &AtomicU64, until: Instant) -> u64 {
    let mut count = 0;
    while Instant::now() < until {
        let i = next.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let (serials, request) = ([Serial::new(b"speed", &[], &i)], RequestDigest::new(&[&i]));
        assert_eq!(block_on(store.reserve(NOW, &serials, &request)).unwrap(), Verdict::Fresh);
        assert_eq!(block_on(store.complete(NOW, &request, &[7; 160])).unwrap(), Completion::Stored);
        count += 1;
    }
    count
}
