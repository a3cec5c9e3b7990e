//! The endpoint for proxies.

use std::net::SocketAddr;
use std::sync::Arc;

use farebox_edge::forward_auth::{Policies, router};
use farebox_edge::{Ask, Fallback, Gate, Policy, Price, Return};
use hyper::{Method, StatusCode};

use crate::client::{Answer, balance, field, refunded, send, spend};
use crate::site::{Builder, INITIAL, NOW, issuer, listen, ring};
use crate::store::Shaky;

pub async fn endpoint() -> (SocketAddr, Gate<Shaky>, Shaky) {
    let store = Shaky::new();
    let gate = Builder::new().gate(&store, &Arc::new(NOW.into()));
    let api = Policy::new("api")
        .ask(Ask::act())
        .returns(Return::Credits(4))
        .price_by(|parts| if parts.method == Method::POST { Price(20) } else { Price(10) });
    let open = Policy::new("open").ask(Ask::act()).fallback(Fallback::AllowUnmetered);
    let handed = Policy::new("handed").ask(Ask::act()).fallback(Fallback::HandOn);
    let policies = Policies::new().at("/api", api).at("/api/open", open).at("/other/", handed);
    let address = listen(router(&gate, policies).unwrap()).await;
    (address, gate, store)
}

async fn check(address: SocketAddr, path: &str, method: &str, uri: &str, authorization: Option<&str>) -> Answer {
    let mut headers = vec![("X-Original-Method", method), ("X-Original-URI", uri)];
    headers.extend(authorization.map(|value| ("Authorization", value)));
    headers.push(("Farebox-Verdict", "redeemed"));
    send(address, Method::GET, path, &headers).await
}

#[tokio::test]
async fn a_proxy_is_told_what_the_client_gets() {
    let (address, gate, _) = endpoint().await;
    for (path, uri) in
        [("/check", "/api/a?b=c"), ("/check/api", "/anything"), ("/nginx", "/api/a"), ("/nginx/api", "/x")]
    {
        let (cheap, dear) =
            (check(address, path, "GET", uri, None).await, check(address, path, "POST", uri, None).await);
        assert_eq!((cheap.status, dear.status), (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED));
        let (cheap, dear) = (cheap.offers().remove(0), dear.offers().remove(0));
        assert_ne!(cheap.terms(), dear.terms(), "the price is the original method's");
        let spent = spend(balance(&dear, &issuer(ring()), NOW), &dear);
        let token = field(spent.token_bytes());
        assert_eq!(check(address, path, "GET", uri, Some(&token)).await.status, StatusCode::UNAUTHORIZED);
        let passed = check(address, path, "POST", uri, Some(&token)).await;
        assert_eq!(passed.status, StatusCode::OK);
        assert_eq!(passed.header("farebox-verdict"), Some("redeemed; type=0xE5AD; charge=20"));
        assert_eq!(passed.header("cache-control"), Some("no-store"));
        let again = check(address, path, "POST", uri, Some(&token)).await;
        assert_eq!((again.reverse(), again.header("farebox-verdict")), (passed.reverse(), None));
        if path.starts_with("/nginx") {
            assert_eq!((again.status, again.header("farebox-status")), (StatusCode::FORBIDDEN, Some("409")));
        } else {
            assert_eq!((again.status, again.header("farebox-status")), (StatusCode::CONFLICT, None));
        }
        assert_eq!(refunded(spent, &passed).balance().get(), INITIAL - 20 + 4);
    }
    assert_eq!(gate.running(), 0);
}

#[tokio::test]
async fn paths_find_their_policy_or_none() {
    let (address, ..) = endpoint().await;
    for (path, uri, status, verdict) in [
        ("/check", "/api", 401, None),
        ("/check", "/api/", 401, None),
        ("/check", "/%61pi/x", 401, None),
        ("/check", "/api/open", 200, Some("unmetered")),
        ("/check", "/api/open/x?y=/api", 200, Some("unmetered")),
        ("/check", "/api/opened", 401, None),
        ("/check", "/other", 200, None),
        ("/check", "/apis", 403, None),
        ("/check", "/", 403, None),
        ("/check", "/api/open/../x", 400, None),
        ("/check", "/api/open/%2e%2e/x", 400, None),
        ("/check", "/api/open%2f..%2fx", 400, None),
        ("/check", "//api/open", 400, None),
        ("/check", "api", 400, None),
        ("/check/none", "/api", 403, None),
        ("/nginx", "//api", 403, None),
    ] {
        let answer = check(address, path, "GET", uri, None).await;
        assert_eq!(answer.status.as_u16(), status, "{path} {uri}");
        assert_eq!(answer.header("farebox-verdict"), verdict, "{path} {uri}");
    }
    // Without the original path there is nothing to check.
    assert_eq!(send(address, Method::GET, "/check", &[]).await.status, StatusCode::BAD_REQUEST);
    let twice = [("X-Original-URI", "/api/open"), ("X-Original-URI", "/api")];
    assert_eq!(send(address, Method::GET, "/check", &twice).await.status, StatusCode::BAD_REQUEST);
    let forwarded = [("X-Forwarded-Uri", "/api/open"), ("X-Forwarded-Method", "GET")];
    assert_eq!(send(address, Method::GET, "/check", &forwarded).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_proxy_is_told_that_the_store_is_away() {
    let (address, _, store) = endpoint().await;
    let offer = check(address, "/check", "GET", "/api", None).await.offers().remove(0);
    let spent = spend(balance(&offer, &issuer(ring()), NOW), &offer);
    let token = field(spent.token_bytes());
    store.faults.peek.store(2, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(check(address, "/check", "GET", "/api", Some(&token)).await.status.as_u16(), 503);
    let nginx = check(address, "/nginx", "GET", "/api", Some(&token)).await;
    assert_eq!((nginx.status.as_u16(), nginx.header("farebox-status")), (403, Some("503")));
    assert_eq!(nginx.header("retry-after"), Some("5"));
    assert_eq!(check(address, "/check", "GET", "/api", Some(&token)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn envoy_asks_by_its_own_path_and_is_told_what_to_remove() {
    let (address, ..) = endpoint().await;
    for (path, status, remove) in [
        ("/envoy/api/x?y=1", 401, None),
        ("/envoy/api/open", 200, Some("authorization,privacypass-reverse,farebox_verdict")),
        ("/envoy/other", 200, Some("authorization,privacypass-reverse,farebox_verdict,farebox-verdict")),
        ("/envoy/", 403, None),
        ("/envoy/api/open/..%2fx", 400, None),
        ("/envoy//api/open", 400, None),
    ] {
        // Where Envoy asks, these are the client's and count nothing.
        let answer = check(address, path, "GET", "/api/open", None).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert_eq!(answer.header("x-envoy-auth-headers-to-remove"), remove, "{path}");
    }
    let dear = send(address, Method::POST, "/envoy/api", &[]).await.offers().remove(0);
    assert_eq!(dear.terms(), farebox_tokens::client::Terms::Act(20));
}
