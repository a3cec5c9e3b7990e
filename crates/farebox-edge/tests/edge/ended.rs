//! Tokens of windows and keys that are over.

use std::sync::atomic::Ordering::SeqCst;

use farebox_arc::Limit;
use farebox_edge::{Ask, Policy, Prefilter, Price, Return, Window};
use farebox_tokens::KeyRing;
use hyper::StatusCode;
use privacypass_wire::TokenType;

use crate::client::{offer, refunded, show, spent, token};
use crate::site::{Builder, COST, DAY, INITIAL, NOW, act, key, once, ring, validity};

const HOUR: u64 = 3600;
const WINDOW: Window = Window { seconds: HOUR, late: 2 };

/// An ended key, and one that issues.
fn two_keys() -> KeyRing {
    let mut keys = KeyRing::default();
    for token_type in [TokenType::VOPRF_RISTRETTO255, TokenType::ACT] {
        keys.register(key(token_type), validity(NOW - DAY, NOW + HOUR, NOW + 2 * HOUR)).unwrap();
        while keys.register(key(token_type), validity(NOW + HOUR, NOW + 3 * DAY, NOW + 4 * DAY)).is_err() {}
    }
    keys
}

/// A token that came to the ledger once would be looked for once more when it is reserved, which is after its proof was verified; and
/// one that does not hold never gets so far. So both ask the ledger once, if proofs are not looked at.
#[tokio::test]
async fn what_cannot_be_granted_is_refused_before_its_proof() {
    let arc = Policy::new("arc").ask(Ask::arc(Limit::new(10).unwrap()).windowed(WINDOW));
    let act_window = Policy::new("act").ask(Ask::act().windowed(WINDOW)).price(Price(COST));
    for (policy, keys) in
        [(arc, ring()), (act_window, ring()), (act(), two_keys()), (once(TokenType::VOPRF_RISTRETTO255), two_keys())]
    {
        for prefilter in [Prefilter::Look, Prefilter::Skip] {
            let site = Builder::new().keys(keys.clone()).build(policy.clone().prefilter(prefilter)).await;
            let [good, used] = [token(&site, "/ok").await, token(&site, "/ok").await];
            let mut forged = good.clone();
            *forged.last_mut().unwrap() ^= 1;
            let served = show(site.address, "/ok", &used).await;
            assert_eq!(served.status, StatusCode::OK);
            site.pass(2 * HOUR);
            for shown in [&good, &forged] {
                let before = site.store.faults.peeks.load(SeqCst);
                let refused = show(site.address, "/ok", shown).await;
                assert_eq!((refused.status, refused.reverse()), (StatusCode::UNAUTHORIZED, None));
                assert_eq!(refused.offers().len(), 1, "it is told what would be good");
                assert_eq!(site.store.faults.peeks.load(SeqCst) - before, 1, "{prefilter:?}");
            }
            let again = show(site.address, "/ok", &used).await;
            assert_eq!((again.status, again.reverse()), (StatusCode::CONFLICT, served.reverse()));
            assert_eq!((site.runs(), site.store.memory.len(), site.gate.running()), (1, 1, 0));
        }
    }
}

#[tokio::test]
async fn a_store_that_is_away_is_no_refusal() {
    let site = Builder::new().keys(two_keys()).build(act().prefilter(Prefilter::Skip)).await;
    let used = token(&site, "/ok").await;
    assert_eq!(show(site.address, "/ok", &used).await.status, StatusCode::OK);
    site.pass(2 * HOUR);
    site.store.faults.peek.store(1, SeqCst);
    assert_eq!(show(site.address, "/ok", &used).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(show(site.address, "/ok", &used).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn what_was_cut_off_in_time_is_recovered_after_it() {
    for prefilter in [Prefilter::Look, Prefilter::Skip] {
        let policy = act().on_failure(Return::Credits(5)).prefilter(prefilter);
        let site = Builder::new().keys(two_keys()).build(policy).await;
        let ended = offer(&site, "/ok").await;
        let spent = spent(&site, "/ok").await;
        site.store.faults.reserve_unheard.store(1, SeqCst);
        assert_eq!(show(site.address, "/ok", spent.token_bytes()).await.status, StatusCode::SERVICE_UNAVAILABLE);
        site.pass(2 * HOUR);
        assert_ne!(offer(&site, "/ok").await.key_id(), ended.key_id());
        let told = show(site.address, "/ok", spent.token_bytes()).await;
        assert_eq!((told.status, site.runs()), (StatusCode::CONFLICT, 0));
        assert_eq!(refunded(spent, &told).balance().get(), INITIAL - COST + 5);
    }
}
