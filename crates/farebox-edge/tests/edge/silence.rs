//! A store that takes a call and never answers it.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use farebox_edge::{Policy, Prefilter, Return};
use hyper::StatusCode;

use crate::client::{Answer, refunded, show, spent};
use crate::site::{Builder, COST, INITIAL, Site, act};
use crate::store::Silent;

/// Which calls are silent.
type Kind = fn(&Silent) -> &AtomicU64;

/// A gate with one place, that waits for its store for a moment only.
async fn impatient(policy: Policy, patience: Duration) -> Site {
    let builder = Builder::new().config(|config| {
        (config.workers, config.queue, config.max_running) = (1, 0, 1);
        (config.store_timeout, config.store_patience) = (Duration::from_millis(50), patience);
    });
    builder.build(policy).await
}

/// An answer, in some time or other.
async fn told(site: &Site, token: &[u8]) -> Answer {
    let answer = tokio::time::timeout(Duration::from_secs(30), show(site.address, "/ok", token));
    answer.await.expect("the gate answers")
}

async fn drained(site: &Site) {
    let drained = tokio::time::timeout(Duration::from_secs(30), site.gate.drained());
    drained.await.expect("the gate drains");
}

fn is_away(answer: &Answer) -> bool {
    assert!(answer.body.is_empty());
    (answer.status, answer.reverse(), answer.header("retry-after"))
        == (StatusCode::SERVICE_UNAVAILABLE, None, Some("5"))
}

#[tokio::test]
async fn before_the_reservation_nothing_is_served_or_lost_and_no_place_is_held() {
    let kinds: [(Prefilter, Kind); 3] = [
        (Prefilter::Look, |silent| &silent.peek),
        (Prefilter::Look, |silent| &silent.reserve),
        (Prefilter::Skip, |silent| &silent.reserve),
    ];
    for (prefilter, kind) in kinds {
        let site = impatient(act().prefilter(prefilter), Duration::from_secs(20)).await;
        let spent = spent(&site, "/ok").await;
        kind(&site.store.faults.silent).store(3, SeqCst);
        for _ in 0..3 {
            assert!(is_away(&told(&site, spent.token_bytes()).await));
            assert!(site.store.memory.is_empty());
            drained(&site).await;
        }
        let served = told(&site, spent.token_bytes()).await;
        assert_eq!((served.status, site.runs()), (StatusCode::OK, 1));
        assert_eq!(refunded(spent, &served).balance().get(), INITIAL - COST);
    }
}

#[tokio::test]
async fn a_reservation_that_was_written_is_found_again() {
    let site = impatient(act().on_failure(Return::All), Duration::from_secs(20)).await;
    let spent = spent(&site, "/ok").await;
    site.store.faults.silent.reserve_unheard.store(1, SeqCst);
    assert!(is_away(&told(&site, spent.token_bytes()).await));
    assert_eq!(site.store.memory.len(), 1);
    let again = told(&site, spent.token_bytes()).await;
    assert_eq!((again.status, site.runs()), (StatusCode::CONFLICT, 0));
    assert_eq!(refunded(spent, &again).balance().get(), INITIAL);
}

#[tokio::test]
async fn an_answer_waits_for_a_store_that_is_silent() {
    let kinds: [Kind; 2] = [|silent| &silent.complete, |silent| &silent.complete_unheard];
    for kind in kinds {
        let site = impatient(act().returns(Return::Credits(11)), Duration::from_secs(20)).await;
        let spent = spent(&site, "/ok").await;
        kind(&site.store.faults.silent).store(3, SeqCst);
        assert!(is_away(&told(&site, spent.token_bytes()).await), "what the handler said does not leave");
        drained(&site).await;
        assert_eq!(site.store.faults.completions.load(SeqCst), 4);
        let again = told(&site, spent.token_bytes()).await;
        assert_eq!((again.status, site.runs()), (StatusCode::CONFLICT, 1));
        assert_eq!(refunded(spent, &again).balance().get(), INITIAL - COST + 11);
    }
}

#[tokio::test]
async fn an_answer_that_is_given_up_holds_no_place() {
    let site = impatient(act().on_failure(Return::Credits(5)), Duration::ZERO).await;
    let first = spent(&site, "/ok").await;
    site.store.faults.silent.complete.store(1, SeqCst);
    assert!(is_away(&told(&site, first.token_bytes()).await));
    drained(&site).await;
    // One request runs at most here, and another one does.
    assert_eq!(told(&site, spent(&site, "/ok").await.token_bytes()).await.status, StatusCode::OK);
    let again = told(&site, first.token_bytes()).await;
    assert_eq!((again.status, site.runs()), (StatusCode::CONFLICT, 2));
    assert_eq!(refunded(first, &again).balance().get(), INITIAL - COST + 5);
}
