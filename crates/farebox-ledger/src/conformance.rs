//! What every store has to pass. Each function takes a fresh, empty store and panics where it does not behave.
#![allow(clippy::panic, reason = "these are tests for use in other crates' tests")]

use std::sync::Barrier;
use std::thread;

use alloc::vec::Vec;

use crate::{Completion, Epoch, RequestDigest, Serial, Store, Verdict};

const NOW: Epoch = Epoch(7);

fn serial(i: u64) -> Serial {
    Serial::new(b"conformance", &[b"scope"], &i.to_be_bytes())
}

fn request(i: u64) -> RequestDigest {
    RequestDigest::new(&[&i.to_be_bytes()])
}

fn ok<T, E: core::error::Error>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("the store is away: {error}"))
}

/// All that one thread can tell. `make` gives a fresh store each time.
pub async fn all<S: Store>(mut make: impl AsyncFnMut() -> S) {
    first_wins(&make().await).await;
    all_or_nothing(&make().await).await;
    same_bytes_same_serials(&make().await).await;
    answers_are_kept(&make().await).await;
    peeking_writes_nothing(&make().await).await;
    epochs_are_apart(&make().await).await;
    trimming_keeps_serials(&make().await).await;
    forgotten_is_refused(&make().await).await;
}

/// A serial belongs to the first request that asks for it.
pub async fn first_wins<S: Store>(store: &S) {
    assert_eq!(ok(store.reserve(NOW, &[serial(1)], &request(1)).await), Verdict::Fresh);
    assert_eq!(ok(store.reserve(NOW, &[serial(1)], &request(1)).await), Verdict::InFlight);
    assert_eq!(ok(store.reserve(NOW, &[serial(1)], &request(2)).await), Verdict::Conflict);
    assert_eq!(ok(store.reserve(NOW, &[serial(2)], &request(2)).await), Verdict::Fresh);
    assert_eq!(ok(store.reserve(NOW, &[], &request(3)).await), Verdict::Conflict, "a request has a serial");
}

/// A request with several serials gets all or none.
pub async fn all_or_nothing<S: Store>(store: &S) {
    assert_eq!(ok(store.reserve(NOW, &[serial(1), serial(2)], &request(1)).await), Verdict::Fresh);
    for pair in [[3, 1], [2, 3], [1, 2]] {
        let pair = pair.map(serial);
        assert_eq!(ok(store.reserve(NOW, &pair, &request(2)).await), Verdict::Conflict);
    }
    // The conflicts left 3 alone, and no trace of their request.
    assert_eq!(ok(store.complete(NOW, &request(2), b"no").await), Completion::Unknown);
    assert_eq!(ok(store.reserve(NOW, &[serial(3)], &request(3)).await), Verdict::Fresh);
    assert_eq!(ok(store.reserve(NOW, &[serial(2), serial(1)], &request(1)).await), Verdict::InFlight, "in any order");
}

/// The same digest with other serials is no retry.
pub async fn same_bytes_same_serials<S: Store>(store: &S) {
    assert_eq!(ok(store.reserve(NOW, &[serial(1)], &request(1)).await), Verdict::Fresh);
    assert_eq!(ok(store.reserve(NOW, &[serial(1), serial(2)], &request(1)).await), Verdict::Conflict);
    assert_eq!(ok(store.reserve(NOW, &[serial(2)], &request(1)).await), Verdict::Conflict);
    assert_eq!(ok(store.reserve(NOW, &[serial(2)], &request(2)).await), Verdict::Fresh);
}

/// The first answer stays, byte for byte, the empty one and a long one too.
pub async fn answers_are_kept<S: Store>(store: &S) {
    assert_eq!(ok(store.complete(NOW, &request(1), b"early").await), Completion::Unknown);
    let long: Vec<u8> = (0..20_000u32).map(|i| i as u8).collect();
    for (i, response) in [(1, b"first".to_vec()), (2, Vec::new()), (3, long)] {
        assert_eq!(ok(store.reserve(NOW, &[serial(i)], &request(i)).await), Verdict::Fresh);
        assert_eq!(ok(store.complete(NOW, &request(i), &response).await), Completion::Stored);
        let before = Completion::Before(Some(response.clone()));
        assert_eq!(ok(store.complete(NOW, &request(i), b"second").await), before);
        assert_eq!(ok(store.reserve(NOW, &[serial(i)], &request(i)).await), Verdict::Replay(response.clone()));
        assert_eq!(ok(store.reserve(NOW, &[serial(i)], &request(9)).await), Verdict::Conflict);
    }
}

/// A look changes nothing.
pub async fn peeking_writes_nothing<S: Store>(store: &S) {
    let serials = [serial(1)];
    assert_eq!(ok(store.peek(NOW, &serials, &request(1)).await), Verdict::Fresh);
    assert_eq!(ok(store.peek(NOW, &serials, &request(2)).await), Verdict::Fresh);
    assert_eq!(ok(store.reserve(NOW, &serials, &request(2)).await), Verdict::Fresh);
    assert_eq!(ok(store.peek(NOW, &serials, &request(1)).await), Verdict::Conflict);
    assert_eq!(ok(store.peek(NOW, &serials, &request(2)).await), Verdict::InFlight);
    assert_eq!(ok(store.complete(NOW, &request(2), b"done").await), Completion::Stored);
    assert_eq!(ok(store.peek(NOW, &serials, &request(2)).await), Verdict::Replay(b"done".to_vec()));
}

/// Epochs know nothing of each other, and come in any order.
pub async fn epochs_are_apart<S: Store>(store: &S) {
    for epoch in [Epoch(u64::MAX), Epoch(0), NOW] {
        assert_eq!(ok(store.reserve(epoch, &[serial(1)], &request(1)).await), Verdict::Fresh);
    }
    assert_eq!(ok(store.complete(NOW, &request(1), b"now").await), Completion::Stored);
    assert_eq!(ok(store.reserve(Epoch(0), &[serial(1)], &request(1)).await), Verdict::InFlight);
    assert_eq!(ok(store.reserve(Epoch(u64::MAX), &[serial(1)], &request(2)).await), Verdict::Conflict);
}

/// Answers go earlier than serials.
pub async fn trimming_keeps_serials<S: Store>(store: &S) {
    for (epoch, i) in [(6, 1), (6, 2), (7, 3)] {
        assert_eq!(ok(store.reserve(Epoch(epoch), &[serial(i)], &request(i)).await), Verdict::Fresh);
    }
    for (epoch, i) in [(6, 1), (7, 3)] {
        assert_eq!(ok(store.complete(Epoch(epoch), &request(i), b"answer").await), Completion::Stored);
    }
    assert_eq!(ok(store.trim(NOW).await), 1);
    assert_eq!(ok(store.trim(NOW).await), 0);
    assert_eq!(ok(store.reserve(Epoch(6), &[serial(1)], &request(1)).await), Verdict::Trimmed);
    assert_eq!(ok(store.reserve(Epoch(6), &[serial(1)], &request(9)).await), Verdict::Conflict);
    assert_eq!(ok(store.complete(Epoch(6), &request(1), b"again").await), Completion::Before(None));
    // What was in flight can still be answered.
    assert_eq!(ok(store.reserve(Epoch(6), &[serial(2)], &request(2)).await), Verdict::InFlight);
    assert_eq!(ok(store.complete(Epoch(6), &request(2), b"late").await), Completion::Stored);
    assert_eq!(ok(store.reserve(NOW, &[serial(3)], &request(3)).await), Verdict::Replay(b"answer".to_vec()));
}

/// Whole epochs go, and do not come back.
pub async fn forgotten_is_refused<S: Store>(store: &S) {
    for epoch in 5..9 {
        assert_eq!(ok(store.reserve(Epoch(epoch), &[serial(epoch)], &request(epoch)).await), Verdict::Fresh);
    }
    assert_eq!(ok(store.forget(NOW).await), 2);
    for epoch in [0, 5, 6] {
        let epoch = Epoch(epoch);
        assert_eq!(ok(store.reserve(epoch, &[serial(5)], &request(5)).await), Verdict::Expired);
        assert_eq!(ok(store.peek(epoch, &[serial(1)], &request(1)).await), Verdict::Expired);
        assert_eq!(ok(store.complete(epoch, &request(5), b"").await), Completion::Unknown);
    }
    assert_eq!(ok(store.forget(Epoch(3)).await), 0, "a lower bound brings nothing back");
    assert_eq!(ok(store.reserve(Epoch(6), &[serial(6)], &request(6)).await), Verdict::Expired);
    assert_eq!(ok(store.reserve(NOW, &[serial(7)], &request(7)).await), Verdict::InFlight);
}

/// So many threads want one serial at once, `rounds` times, some with the same request: one is told [`Verdict::Fresh`], its twins
/// [`Verdict::InFlight`] and the others [`Verdict::Conflict`]. `run` drives a future to its end on the calling thread.
pub fn racers<S: Store>(store: &S, racers: u64, rounds: u64, run: impl Fn(Race<'_>) + Sync) {
    for round in 0..rounds {
        let barrier = Barrier::new(racers as usize);
        let verdicts: Vec<(u64, Verdict)> = thread::scope(|scope| {
            let race = |racer: u64| {
                let (barrier, run) = (&barrier, &run);
                move || {
                    let digest = request((round << 32) | (racer / 2));
                    let serials = [serial(round << 32)];
                    let mut verdict = None;
                    barrier.wait();
                    run(alloc::boxed::Box::pin(async {
                        verdict = Some(ok(store.reserve(NOW, &serials, &digest).await));
                    }));
                    (racer / 2, verdict.unwrap_or_else(|| panic!("the future was not driven to its end")))
                }
            };
            let threads: Vec<_> = (0..racers).map(|racer| scope.spawn(race(racer))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| panic!("a racer died"))).collect()
        });
        let fresh: Vec<u64> =
            verdicts.iter().filter(|(_, v)| *v == Verdict::Fresh).map(|(request, _)| *request).collect();
        let [winner] = fresh.as_slice() else { panic!("{} racers were told that they are first", fresh.len()) };
        for (request, verdict) in &verdicts {
            let expected = if request == winner { Verdict::InFlight } else { Verdict::Conflict };
            assert!(*verdict == Verdict::Fresh || *verdict == expected, "{verdict:?} for request {request}");
        }
    }
}

/// What a racer waits for.
pub type Race<'a> = core::pin::Pin<alloc::boxed::Box<dyn Future<Output = ()> + Send + 'a>>;
