//! What every store has to do, on a server.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use common::{patient, with_server};
use farebox_ledger::*;
use farebox_ledger_postgres::{Layout, Options, PostgresStore};
use tokio::task::JoinSet;

const LAYOUTS: [Layout; 2] = [Layout::Partitions, Layout::Tables];

fn laid_out(layout: Layout) -> Options {
    Options { layout: Some(layout), connections: 4, ..patient() }
}

fn serial(i: u64) -> Serial {
    Serial::new(b"test", &[], &i.to_be_bytes())
}

fn digest(i: u64) -> RequestDigest {
    RequestDigest::new(&[&i.to_be_bytes()])
}

#[test]
fn conformance() {
    with_server(async |node| {
        for layout in LAYOUTS {
            farebox_ledger::conformance::all(async || {
                PostgresStore::connect(&node.place().await, laid_out(layout)).await.unwrap()
            })
            .await;
        }
    });
}

#[test]
fn one_of_64_racers_wins() {
    with_server(async |node| {
        for layout in LAYOUTS {
            let store = PostgresStore::connect(&node.place().await, laid_out(layout)).await.unwrap();
            let handle = tokio::runtime::Handle::current();
            let race = move || conformance::racers(&store, 64, 4, |race| handle.block_on(race));
            tokio::task::spawn_blocking(race).await.unwrap();
        }
    });
}

/// Stores on several machines open one empty database at once and race for the same serials, in orders that would lock each
/// other out.
#[test]
fn stores_race_on_one_server() {
    with_server(async |node| {
        for layout in LAYOUTS {
            let place = node.place().await;
            let mut opening = JoinSet::new();
            for _ in 0..4 {
                let place = place.clone();
                opening.spawn(async move { PostgresStore::connect(&place, laid_out(layout)).await.unwrap() });
            }
            let stores = opening.join_all().await;
            let fresh = Arc::new([const { AtomicU64::new(0) }; 30]);
            let mut race = JoinSet::new();
            for i in 0..240u64 {
                let (store, fresh) = (stores[(i % 4) as usize].clone(), Arc::clone(&fresh));
                race.spawn(async move {
                    let round = i / 8;
                    let mut serials: Vec<_> = (0..5).map(|n| serial(round * 5 + n)).collect();
                    serials.rotate_left((i % 5) as usize);
                    match store.reserve(Epoch(round % 3), &serials, &digest(i / 2)).await.unwrap() {
                        Verdict::Fresh => _ = fresh[round as usize].fetch_add(1, Ordering::Relaxed),
                        Verdict::InFlight | Verdict::Conflict => {}
                        other => panic!("{other:?}"),
                    }
                });
            }
            race.join_all().await;
            assert!(fresh.iter().all(|fresh| fresh.load(Ordering::Relaxed) == 1), "one for each round");
        }
    });
}

/// Random histories: every verdict, completion and count is the one that the store in memory gives.
#[test]
fn as_the_store_in_memory() {
    with_server(async |node| {
        for (layout, seed) in LAYOUTS.into_iter().zip(1u64..) {
            let store = PostgresStore::connect(&node.place().await, laid_out(layout)).await.unwrap();
            let memory = MemoryStore::new(1_000_000);
            let mut state = seed;
            let mut next = |below: u64| {
                // Knuth's linear congruence, its high half.
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % below
            };
            for step in 0..600u64 {
                // The epochs move on slowly, as forgotten ones are of little use.
                let epoch = Epoch(step / 60 + next(4));
                let request = digest(next(6));
                match next(24) {
                    0 => {
                        let before = Epoch(step / 60 + next(2));
                        assert_eq!(store.trim(before).await.unwrap(), memory.trim(before).await.unwrap());
                    }
                    1 => {
                        let before = Epoch(step / 60 + next(2));
                        assert_eq!(store.forget(before).await.unwrap(), memory.forget(before).await.unwrap());
                    }
                    2..8 => {
                        let response = vec![next(256) as u8; next(40) as usize];
                        let ours = store.complete(epoch, &request, &response).await.unwrap();
                        assert_eq!(ours, memory.complete(epoch, &request, &response).await.unwrap());
                    }
                    _ => {
                        let serials: Vec<_> = (0..next(4)).map(|_| serial(next(8))).collect();
                        let seen = store.peek(epoch, &serials, &request).await.unwrap();
                        assert_eq!(seen, memory.peek(epoch, &serials, &request).await.unwrap(), "step {step}");
                        let verdict = store.reserve(epoch, &serials, &request).await.unwrap();
                        assert_eq!(verdict, memory.reserve(epoch, &serials, &request).await.unwrap(), "step {step}");
                    }
                }
            }
        }
    });
}

/// Reservations and forgetting of the same epochs at once: whatever was told `Fresh` is counted when it goes, and afterwards
/// nothing is accepted.
#[test]
fn forgetting_excludes_reserving() {
    with_server(async |node| {
        for layout in LAYOUTS {
            let place = node.place().await;
            let stores = [
                PostgresStore::connect(&place, laid_out(layout)).await.unwrap(),
                PostgresStore::connect(&place, laid_out(layout)).await.unwrap(),
            ];
            for epoch in (0..8).map(Epoch) {
                let mut race = JoinSet::new();
                for i in 0..24u64 {
                    let store = stores[(i % 2) as usize].clone();
                    race.spawn(async move {
                        let mut fresh = 0;
                        for n in 0..6 {
                            match store.reserve(epoch, &[serial(i * 6 + n)], &digest(i * 6 + n)).await.unwrap() {
                                Verdict::Fresh => fresh += 1,
                                Verdict::Expired => {}
                                other => panic!("{other:?}"),
                            }
                        }
                        fresh
                    });
                }
                let forget = stores[0].clone();
                race.spawn(async move {
                    tokio::time::sleep(std::time::Duration::from_millis(5 * epoch.0)).await;
                    let gone = forget.forget(Epoch(epoch.0 + 1)).await.unwrap();
                    assert_eq!(forget.reserve(epoch, &[serial(0)], &digest(9_999)).await.unwrap(), Verdict::Expired);
                    -i64::try_from(gone).unwrap()
                });
                let sum: i64 = race.join_all().await.into_iter().sum();
                // `Tables` counts without a lock; what is told `Fresh` in between is dropped all the same.
                assert!(sum == 0 || (layout == Layout::Tables && sum > 0), "{sum} in {epoch:?}");
                for store in &stores {
                    assert_eq!(store.reserve(epoch, &[serial(0)], &digest(0)).await.unwrap(), Verdict::Expired);
                }
            }
            let left = common::ask(&place, "SELECT count(*) FROM farebox_epochs").await.unwrap();
            assert_eq!(left, ["0"]);
        }
    });
}

/// Pages of trimming: more requests than one page, and none twice.
#[test]
fn trimming_goes_by_pages() {
    with_server(async |node| {
        let place = node.place().await;
        let store = PostgresStore::connect(&place, laid_out(Layout::Partitions)).await.unwrap();
        assert_eq!(store.reserve(Epoch(1), &[serial(1)], &digest(1)).await.unwrap(), Verdict::Fresh);
        // Rows as the store writes them, many at once.
        let fill = "INSERT INTO farebox_requests (epoch, digest, owner, state, response) \
                    SELECT 1, sha256(i::text::bytea), '', 1, 'answer' FROM generate_series(1, 4500) i";
        common::ask(&place, fill).await.unwrap();
        assert_eq!(store.trim(Epoch(2)).await.unwrap(), 4500);
        assert_eq!(store.trim(Epoch(2)).await.unwrap(), 0);
        assert_eq!(store.reserve(Epoch(1), &[serial(1)], &digest(1)).await.unwrap(), Verdict::InFlight);
    });
}
