//! Prices before, returns after.

use farebox_edge::{Ask, Policy, Price, Return};
use hyper::StatusCode;

use crate::client::{balance, offer, refunded, show, spend, spent};
use crate::site::{Builder, COST, INITIAL, act, site};

fn by_path() -> Policy {
    Policy::new("act").ask(Ask::act()).price_by(|parts| match parts.uri.path() {
        "/ok" => Price(5),
        "/dear" => Price(300),
        "/broken" => panic!("the price"),
        _ => Price(20),
    })
}

#[tokio::test]
async fn the_price_is_the_requests() {
    let site = site(by_path()).await;
    let (cheap, dear) = (offer(&site, "/ok").await, offer(&site, "/error").await);
    assert_eq!(cheap.challenge(), dear.challenge());
    // Paid for the cheap one, shown at the other.
    let spent = spend(balance(&cheap, &site.issuer(), site.now()), &cheap);
    let refused = show(site.address, "/error", spent.token_bytes()).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refused.offers()[0].terms(), dear.terms());
    let served = show(site.address, "/ok", spent.token_bytes()).await;
    assert_eq!((served.status, refunded(spent, &served).balance().get()), (StatusCode::OK, INITIAL - 5));
}

#[tokio::test]
async fn a_price_that_cannot_be_asked_for_serves_nobody() {
    let site = site(by_path()).await;
    for path in ["/dear", "/broken"] {
        let answer = crate::client::get(site.address, path).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
    assert_eq!(crate::client::get(site.address, "/ok").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn benign_requests_get_all_back_and_suspicious_ones_nothing() {
    let policy = act().return_by(|request, response| {
        assert_eq!(request.charge, Some(COST));
        match response.status {
            StatusCode::OK => Return::All,
            StatusCode::NOT_FOUND => Return::Nothing,
            _ => panic!("the hook"),
        }
    });
    let site = site(policy.on_failure(Return::Credits(1))).await;
    for (path, left) in [
        ("/ok", INITIAL),
        ("/scan", INITIAL - COST),
        // The handler's own word counts more, and a hook that panics is a failure.
        ("/used/3", INITIAL - 3),
        ("/error", INITIAL - COST + 1),
    ] {
        let spent = spent(&site, path).await;
        let served = show(site.address, path, spent.token_bytes()).await;
        assert_eq!(refunded(spent, &served).balance().get(), left, "{path}");
    }
}

#[tokio::test]
async fn zero_spends_are_counted() {
    let builder = Builder::new().config(|config| (config.zero_spends, config.zero_spend_seconds) = (2, 60));
    let site = builder.build(act().price(Price(0))).await;
    let offer = offer(&site, "/ok").await;
    let mut idle = balance(&offer, &site.issuer(), site.now());
    for _ in 0..2 {
        let spent = spend(idle, &offer);
        let served = show(site.address, "/ok", spent.token_bytes()).await;
        assert_eq!(served.status, StatusCode::OK);
        // A repeated message is not counted again.
        for _ in 0..5 {
            let again = show(site.address, "/ok", spent.token_bytes()).await;
            assert_eq!(again.status, StatusCode::CONFLICT);
        }
        idle = refunded(spent, &served);
        assert_eq!(idle.balance().get(), INITIAL);
    }
    let spent = spend(idle, &offer);
    let refused = show(site.address, "/ok", spent.token_bytes()).await;
    assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, Some("60")));
    site.pass(60);
    let served = show(site.address, "/ok", spent.token_bytes()).await;
    assert_eq!((served.status, site.runs()), (StatusCode::OK, 3));
    assert_eq!(refunded(spent, &served).balance().get(), INITIAL);
}
