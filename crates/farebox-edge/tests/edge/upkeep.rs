//! What the ledger drops, and what it must not.

use farebox_arc::Limit;
use farebox_edge::{Ask, Policy, Upkeep, Window};
use farebox_ledger::Epoch;
use hyper::StatusCode;

use crate::client::{show, token};
use crate::site::{DAY, NOW, act, site};

const HOUR: u64 = 3600;

#[tokio::test]
async fn a_window_goes_when_it_is_over_and_a_key_stays() {
    let policy = Policy::new("both")
        .ask(Ask::arc(Limit::new(10).unwrap()).windowed(Window { seconds: HOUR, late: 2 }))
        .ask(Ask::act());
    let both = site(policy).await;
    let presented = token(&both, "/ok").await;
    assert_eq!(show(both.address, "/ok", &presented).await.status, StatusCode::OK);
    let spends = both.restart(act()).await;
    let spent = token(&spends, "/ok").await;
    assert_eq!(show(spends.address, "/ok", &spent).await.status, StatusCode::OK);
    assert_eq!(both.store.memory.len(), 2);
    // The context ends in four hours, so its epoch is the day of that.
    let end = NOW + 4 * HOUR;
    let after = |retention: u64| (end / DAY + 1) * DAY + retention;
    for (now, trimmed, forgotten) in [
        (NOW, 0, 0),
        (after(DAY) - 1, 0, 0),
        (after(DAY), 1, 0),
        (after(2 * DAY) - 1, 0, 0),
        (after(2 * DAY), 0, 1),
        (after(2 * DAY) + DAY, 0, 0),
    ] {
        both.pass(now - both.now());
        assert_eq!(both.gate.maintain(now).await.unwrap(), Upkeep { trimmed, forgotten }, "{}", now - NOW);
    }
    // The balance's key lives for 30 days, and its spend is remembered.
    assert_eq!(show(spends.address, "/ok", &spent).await.status, StatusCode::CONFLICT);
    assert_eq!(both.store.memory.len(), 1);
}

#[tokio::test]
async fn nothing_live_is_forgotten_whatever_is_asked_for() {
    let site = site(act()).await;
    let spent = token(&site, "/ok").await;
    assert_eq!(show(site.address, "/ok", &spent).await.status, StatusCode::OK);
    assert_eq!(site.gate.forget_before(Epoch(u64::MAX)).await.unwrap(), 0);
    // Nor by a clock that is far ahead for once.
    for ahead in [29, 400, 100_000] {
        site.pass(ahead * DAY);
        assert_eq!(site.gate.maintain(NOW + ahead * DAY).await.unwrap(), Upkeep::default());
        assert_eq!(site.gate.forget_before(Epoch(u64::MAX)).await.unwrap(), 0);
        site.time.fetch_sub(ahead * DAY, std::sync::atomic::Ordering::SeqCst);
    }
    assert_eq!(show(site.address, "/ok", &spent).await.status, StatusCode::CONFLICT);
    // A fresh one is still taken.
    assert_eq!(show(site.address, "/ok", &token(&site, "/ok").await).await.status, StatusCode::OK);
}

/// A key that is taken out of the ring takes its epoch along, when that is over.
#[tokio::test]
async fn the_epoch_of_a_retired_key_goes() {
    let site = site(act()).await;
    let spent = token(&site, "/ok").await;
    assert_eq!(show(site.address, "/ok", &spent).await.status, StatusCode::OK);
    site.pass(400 * DAY);
    site.gate.replace_keys(farebox_tokens::KeyRing::default());
    assert_eq!(site.gate.maintain(site.now()).await.unwrap(), Upkeep { trimmed: 1, forgotten: 1 });
    assert!(site.store.memory.is_empty());
}

#[tokio::test]
async fn a_live_window_survives_every_upkeep() {
    for seconds in [60, HOUR, 5 * DAY / 2] {
        let policy = Policy::new("arc").ask(Ask::arc(Limit::new(10).unwrap()).windowed(Window { seconds, late: 1 }));
        let site = site(policy).await;
        for _ in 0..12 {
            let presented = token(&site, "/ok").await;
            assert_eq!(show(site.address, "/ok", &presented).await.status, StatusCode::OK);
            site.pass(seconds.min(DAY));
            site.gate.maintain(site.now()).await.unwrap();
            site.gate.forget_before(Epoch(u64::MAX)).await.unwrap();
            assert_eq!(show(site.address, "/ok", &presented).await.status, StatusCode::CONFLICT, "{seconds}");
        }
    }
}
