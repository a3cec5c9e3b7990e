//! Keys come and go.

use farebox_arc::Limit;
use farebox_edge::{Ask, Policy};
use farebox_tokens::KeyRing;
use hyper::StatusCode;
use privacypass_wire::TokenType;

use crate::client::{balance, get, offer, show, spend, token};
use crate::site::{Builder, DAY, NOW, act, issuer, key, once, site, validity};

fn rotating(token_type: TokenType) -> KeyRing {
    let mut ring = KeyRing::default();
    ring.register(key(token_type), validity(NOW - DAY, NOW + DAY, NOW + 2 * DAY)).unwrap();
    // Its truncated id may be taken: then another one.
    while ring.register(key(token_type), validity(NOW + DAY - 100, NOW + 3 * DAY, NOW + 4 * DAY)).is_err() {}
    ring
}

#[tokio::test]
async fn an_old_key_is_taken_until_its_end() {
    let arc = Policy::new("arc").ask(Ask::arc(Limit::new(10).unwrap()));
    for (token_type, policy) in [
        (TokenType::VOPRF_P384, once(TokenType::VOPRF_P384)),
        (TokenType::VOPRF_RISTRETTO255, once(TokenType::VOPRF_RISTRETTO255)),
        (TokenType::ARC, arc),
        (TokenType::ACT, act()),
    ] {
        let site = Builder::new().keys(rotating(token_type)).build(policy).await;
        let old = offer(&site, "/ok").await;
        let [first, second] = [token(&site, "/ok").await, token(&site, "/ok").await];
        let third = token(&site, "/ok").await;
        site.pass(DAY - 100);
        let new = offer(&site, "/ok").await;
        assert_ne!(old.key_id(), new.key_id(), "{token_type}");
        assert_eq!(old.challenge(), new.challenge());
        assert_eq!(show(site.address, "/ok", &first).await.status, StatusCode::OK, "{token_type}");
        assert_eq!(show(site.address, "/ok", &token(&site, "/ok").await).await.status, StatusCode::OK);
        site.pass(DAY + 99);
        assert_eq!(show(site.address, "/ok", &second).await.status, StatusCode::OK);
        site.pass(1);
        let refused = show(site.address, "/ok", &third).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert_eq!(refused.offers()[0].key_id(), new.key_id());
    }
}

#[tokio::test]
async fn keys_are_replaced_while_a_request_runs() {
    let site = site(act()).await;
    let before = offer(&site, "/hold").await;
    let spent = spend(balance(&before, &site.issuer(), site.now()), &before);
    let running = tokio::spawn({
        let (address, token) = (site.address, spent.token_bytes().to_vec());
        async move { show(address, "/hold", &token).await }
    });
    site.stage.started.notified().await;
    let mut ring = KeyRing::default();
    ring.register(key(TokenType::ACT), validity(NOW, NOW + DAY, NOW + 2 * DAY)).unwrap();
    site.gate.replace_keys(ring.clone());
    site.stage.release.notify_one();
    let served = running.await.unwrap();
    assert_eq!(served.status, StatusCode::OK);
    assert!(crate::client::refunded(spent, &served).balance().get() > 0);

    let after = offer(&site, "/ok").await;
    assert_ne!(before.key_id(), after.key_id());
    let spent = spend(balance(&after, &issuer(ring), site.now()), &after);
    assert_eq!(show(site.address, "/ok", spent.token_bytes()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn with_no_key_there_is_nothing_to_ask_for() {
    let site = Builder::new().keys(KeyRing::default()).build(act()).await;
    let answer = get(site.address, "/ok").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(site.runs(), 0);
}
