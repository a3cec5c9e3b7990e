//! The store goes away, and processes do.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use farebox_arc::Limit;
use farebox_edge::{Ask, Deployment, Policy, Prefilter, Return};
use hyper::StatusCode;
use privacypass_wire::TokenType;

use crate::client::{refunded, show, spent, token};
use crate::site::{Builder, COST, INITIAL, act, once, site};
use crate::store::Shaky;

#[tokio::test]
async fn away_before_the_reservation_nothing_is_served_or_lost() {
    for prefilter in [Prefilter::Look, Prefilter::Skip] {
        let site = site(act().prefilter(prefilter)).await;
        let spent = spent(&site, "/ok").await;
        let faults = &site.store.faults;
        let kind = if prefilter == Prefilter::Look { &faults.peek } else { &faults.reserve };
        kind.store(1, SeqCst);
        let refused = show(site.address, "/ok", spent.token_bytes()).await;
        assert_eq!((refused.status, refused.reverse()), (StatusCode::SERVICE_UNAVAILABLE, None));
        assert_eq!(refused.header("retry-after"), Some("5"));
        assert_eq!((site.runs(), site.gate.running()), (0, 0));
        assert!(refused.body.is_empty());
        let served = show(site.address, "/ok", spent.token_bytes()).await;
        assert_eq!(served.status, StatusCode::OK);
        assert_eq!(refunded(spent, &served).balance().get(), INITIAL - COST);
    }
}

#[tokio::test]
async fn away_when_the_answer_is_stored_the_answer_waits() {
    let site = site(act().returns(Return::Credits(11))).await;
    let spent = spent(&site, "/ok").await;
    site.store.faults.complete.store(3, SeqCst);
    let refused = show(site.address, "/ok", spent.token_bytes()).await;
    assert_eq!((refused.status, refused.reverse()), (StatusCode::SERVICE_UNAVAILABLE, None));
    assert!(refused.body.is_empty(), "what the handler said does not leave");
    // The answer is tried again, and is the handler's.
    site.gate.drained().await;
    assert_eq!(site.store.faults.completions.load(SeqCst), 4);
    let again = show(site.address, "/ok", spent.token_bytes()).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(refunded(spent, &again).balance().get(), INITIAL - COST + 11);
    assert_eq!(site.runs(), 1);
}

/// There is nothing in such an answer but that it was given, and it is stored all the same before it leaves.
#[tokio::test]
async fn an_answer_without_a_refund_waits_as_well() {
    let arc = Policy::new("arc").ask(Ask::arc(Limit::new(10).unwrap()));
    for policy in [once(TokenType::VOPRF_RISTRETTO255), once(TokenType::BLIND_RSA), arc] {
        let site = site(policy).await;
        let token = token(&site, "/ok").await;
        site.store.faults.complete.store(3, SeqCst);
        let refused = show(site.address, "/ok", &token).await;
        assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, Some("5")));
        assert!(refused.body.is_empty(), "what the handler said does not leave");
        site.gate.drained().await;
        assert_eq!(site.store.faults.completions.load(SeqCst), 4);
        let again = show(site.address, "/ok", &token).await;
        assert_eq!((again.status, again.header("retry-after"), site.runs()), (StatusCode::CONFLICT, None, 1));
    }
}

/// An answer that was given up, as by a crash: reserved, its handler run, nothing stored.
async fn cut_off(policy: &farebox_edge::Policy) -> (crate::site::Site, farebox_tokens::client::act::InFlight) {
    let builder = Builder::new().config(|config| config.store_patience = std::time::Duration::ZERO);
    let site = builder.build(policy.clone()).await;
    let spent = spent(&site, "/ok").await;
    site.store.faults.complete.store(1, SeqCst);
    assert_eq!(show(site.address, "/ok", spent.token_bytes()).await.status, StatusCode::SERVICE_UNAVAILABLE);
    site.gate.drained().await;
    assert_eq!((site.runs(), site.store.memory.len()), (1, 1));
    (site, spent)
}

#[tokio::test]
async fn after_a_crash_the_retry_gets_what_the_policy_says() {
    let policy = act().returns(Return::Nothing).on_failure(Return::Credits(5));
    let (first, spent) = cut_off(&policy).await;
    let second = first.restart(policy).await;
    let recovered = show(second.address, "/ok", spent.token_bytes()).await;
    assert_eq!((recovered.status, recovered.header("retry-after")), (StatusCode::CONFLICT, None));
    let again = show(second.address, "/ok", spent.token_bytes()).await;
    assert_eq!((again.status, again.reverse()), (StatusCode::CONFLICT, recovered.reverse()));
    assert_eq!((first.runs(), second.runs()), (1, 0));
    assert_eq!(refunded(spent, &recovered).balance().get(), INITIAL - COST + 5);
}

#[tokio::test]
async fn a_young_process_waits_before_it_recovers() {
    let (first, spent) = cut_off(&act()).await;
    let builder = Builder::new().keys(first.keys.clone());
    let builder = builder.config(|config| config.deployment = Deployment::Alone { grace: 5 });
    let second = builder.start(first.store.clone(), Arc::clone(&first.time), act()).await;
    for seconds in [0, 4] {
        second.pass(seconds);
        let early = show(second.address, "/ok", spent.token_bytes()).await;
        assert_eq!((early.status, early.header("retry-after")), (StatusCode::CONFLICT, Some("1")));
        assert_eq!(early.reverse(), None);
    }
    second.pass(1);
    assert!(show(second.address, "/ok", spent.token_bytes()).await.reverse().is_some());
}

#[tokio::test]
async fn with_others_at_the_ledger_a_request_has_its_time() {
    let (first, spent) = cut_off(&act()).await;
    let builder = Builder::new().keys(first.keys.clone());
    let builder = builder.config(|config| config.deployment = Deployment::Shared { patience: 40 });
    let second = builder.start(first.store.clone(), Arc::clone(&first.time), act()).await;
    second.pass(1000);
    for seconds in [0, 39] {
        second.pass(seconds);
        assert_eq!(show(second.address, "/ok", spent.token_bytes()).await.reverse(), None);
    }
    second.pass(1);
    assert!(show(second.address, "/ok", spent.token_bytes()).await.reverse().is_some());
}

#[tokio::test]
async fn a_handler_elsewhere_is_answered_by_what_was_stored_first() {
    let policy = act().returns(Return::Credits(9)).on_failure(Return::All);
    let first = site(policy.clone()).await;
    let spent = spent(&first, "/hold").await;
    let running = tokio::spawn({
        let (address, token) = (first.address, spent.token_bytes().to_vec());
        async move { show(address, "/hold", &token).await }
    });
    first.stage.started.notified().await;
    // Another process, which does not know that it is not alone.
    let second = first.restart(policy).await;
    let recovered = show(second.address, "/hold", spent.token_bytes()).await;
    first.stage.release.notify_one();
    let served = running.await.unwrap();
    assert_eq!(served.status, StatusCode::OK);
    assert_eq!(served.reverse(), recovered.reverse());
    assert_eq!(refunded(spent, &served).balance().get(), INITIAL);
}

#[tokio::test]
async fn a_reservation_whose_answer_is_lost_runs_no_handler_twice() {
    let site = site(act().on_failure(Return::All)).await;
    let spent = spent(&site, "/ok").await;
    site.store.faults.reserve_unheard.store(1, SeqCst);
    assert_eq!(show(site.address, "/ok", spent.token_bytes()).await.status, StatusCode::SERVICE_UNAVAILABLE);
    let again = show(site.address, "/ok", spent.token_bytes()).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!((refunded(spent, &again).balance().get(), site.runs()), (INITIAL, 0));
}

#[tokio::test]
async fn a_full_store_serves_nobody() {
    let store = Shaky { memory: Arc::new(farebox_ledger::MemoryStore::new(1)), ..Shaky::new() };
    let time = Arc::new(crate::site::NOW.into());
    let site = Builder::new().start(store, time, act()).await;
    let (first, second) = (token(&site, "/ok").await, token(&site, "/ok").await);
    assert_eq!(show(site.address, "/ok", &first).await.status, StatusCode::OK);
    assert_eq!(show(site.address, "/ok", &second).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(site.runs(), 1);
}
