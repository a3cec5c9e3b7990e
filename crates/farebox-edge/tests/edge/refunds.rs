//! The refund is in every answer after the reservation.

use std::io::Write as _;
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use farebox_edge::{GateLayer, Return};
use hyper::{Method, Request, Response, StatusCode};
use tower::{Layer as _, ServiceExt as _, service_fn};

use crate::client::{Answer, balance, field, get, refunded, show, spend, spent};
use crate::site::{Builder, COST, INITIAL, NOW, act, issuer, ring, site};
use crate::store::Shaky;

#[tokio::test]
async fn every_outcome_of_the_handler_brings_the_refund() {
    let policy = act().returns(Return::Credits(10)).on_failure(Return::All).handler_timeout(Duration::from_millis(300));
    for (path, status, returned) in [
        ("/ok", StatusCode::OK, 10),
        ("/missing", StatusCode::NOT_FOUND, 10),
        ("/error", StatusCode::INTERNAL_SERVER_ERROR, 10),
        ("/used/12", StatusCode::OK, COST - 12),
        ("/used/0", StatusCode::OK, COST),
        ("/used/31", StatusCode::OK, 0),
        ("/panic", StatusCode::INTERNAL_SERVER_ERROR, COST),
        ("/hold", StatusCode::GATEWAY_TIMEOUT, COST),
    ] {
        let site = site(policy.clone()).await;
        let spent = spent(&site, path).await;
        let token = spent.token_bytes().to_vec();
        let served = show(site.address, path, &token).await;
        assert_eq!(served.status, status, "{path}");
        assert_eq!(served.header("cache-control"), Some("no-store"), "{path}");
        let again = show(site.address, path, &token).await;
        assert_eq!((again.status, again.reverse()), (StatusCode::CONFLICT, served.reverse()), "{path}");
        let balance = refunded(spent, &served).balance().get();
        assert_eq!(balance, INITIAL - COST + returned, "{path}");
        assert_eq!(site.runs(), 1, "{path}");
    }
}

async fn ask(layer: &GateLayer<Shaky>, token: Option<&[u8]>) -> Answer {
    let service = layer.layer(service_fn(|_: Request<Body>| async {
        Err::<Response<Body>, _>(std::io::Error::other("the service has no answer"))
    }));
    let mut request = Request::get("/ok");
    if let Some(token) = token {
        request = request.header("Authorization", field(token));
    }
    let (parts, _) = service.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().into_parts();
    Answer { status: parts.status, headers: parts.headers, body: String::new() }
}

#[tokio::test]
async fn a_service_that_has_no_answer_brings_the_refund() {
    let gate = Builder::new().gate(&Shaky::new(), &Arc::new(NOW.into()));
    let layer = GateLayer::new(&gate, act().on_failure(Return::Credits(7))).unwrap();
    let offer = ask(&layer, None).await.offers().remove(0);
    let spent = spend(balance(&offer, &issuer(ring()), NOW), &offer);
    let served = ask(&layer, Some(spent.token_bytes())).await;
    assert_eq!(served.status, StatusCode::INTERNAL_SERVER_ERROR);
    let again = ask(&layer, Some(spent.token_bytes())).await;
    assert_eq!((again.status, again.reverse()), (StatusCode::CONFLICT, served.reverse()));
    assert_eq!(refunded(spent, &served).balance().get(), INITIAL - COST + 7);
}

#[tokio::test]
async fn a_chain_of_spends_adds_up() {
    let site = site(act()).await;
    let offer = crate::client::offer(&site, "/used/7").await;
    let mut idle = crate::client::balance(&offer, &site.issuer(), site.now());
    for i in 1..=3 {
        let spent = spend(idle, &offer);
        let served = show(site.address, "/used/7", spent.token_bytes()).await;
        idle = refunded(spent, &served);
        assert_eq!(idle.balance().get(), INITIAL - 7 * i);
    }
}

#[tokio::test]
async fn a_client_that_goes_away_finds_its_refund() {
    let site = site(act()).await;
    let spent = spent(&site, "/hold").await;
    let request = format!("GET /hold HTTP/1.1\r\nHost: a\r\nAuthorization: {}\r\n\r\n", field(spent.token_bytes()));
    let mut stream = TcpStream::connect(site.address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    site.stage.started.notified().await;
    drop(stream);
    // The handler runs on. The same bytes wait for it.
    let early = show(site.address, "/hold", spent.token_bytes()).await;
    assert_eq!((early.status, early.reverse()), (StatusCode::CONFLICT, None));
    assert_eq!(early.header("retry-after"), Some("1"));
    site.stage.release.notify_one();
    site.gate.drained().await;
    let late = show(site.address, "/hold", spent.token_bytes()).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert_eq!(refunded(spent, &late).balance().get(), INITIAL - COST);
    assert_eq!(site.runs(), 1);
}

fn read_to_end(mut stream: &TcpStream) {
    let mut rest = Vec::new();
    let _closed = std::io::Read::read_to_end(&mut stream, &mut rest);
}

#[tokio::test]
async fn a_half_request_reserves_nothing() {
    let site = site(act()).await;
    let mut stream = TcpStream::connect(site.address).unwrap();
    let token = spent(&site, "/ok").await;
    let request = format!("GET /ok HTTP/1.1\r\nHost: a\r\nAuthorization: {}\r\n", field(token.token_bytes()));
    stream.write_all(request.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    tokio::task::spawn_blocking(move || read_to_end(&stream)).await.unwrap();
    assert!(site.store.memory.is_empty());
}

#[tokio::test]
async fn a_head_request_and_a_post_are_paid_in_the_same_way() {
    for method in [Method::HEAD, Method::POST, Method::OPTIONS] {
        let site = site(act()).await;
        let spent = spent(&site, "/ok").await;
        let authorization = field(spent.token_bytes());
        let headers = [("Authorization", authorization.as_str())];
        let served = crate::client::send(site.address, method, "/ok", &headers).await;
        assert_eq!(served.status, StatusCode::OK);
        assert_eq!(refunded(spent, &served).balance().get(), INITIAL - COST);
    }
    // And nothing is free because of its method.
    let site = site(act()).await;
    assert_eq!(get(site.address, "/ok").await.status, StatusCode::UNAUTHORIZED);
}
