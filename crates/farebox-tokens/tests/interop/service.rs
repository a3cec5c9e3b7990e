//! Our issuer and origin behind HTTP on 127.0.0.1.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response, header};
use axum::routing::{get, post};
use farebox_tokens::Error;
use farebox_tokens::origin::{Decision, Offer, Offers, Outcome};
use privacypass_wire::http::{Authorization, Reading, Style, WwwAuthenticate};
use privacypass_wire::{Limits, TokenType, http};

use crate::common::flow::{Memory, ledger};
use crate::common::{NOW, World};

pub(crate) struct Service {
    world: World,
    offers: Offers,
    ledger: Memory,
    /// How many requests were served, and why tokens were refused.
    pub(crate) served: AtomicUsize,
    pub(crate) refused: std::sync::Mutex<Vec<Error>>,
}

/// An origin that takes each of the single-use types.
pub(crate) async fn start() -> (Arc<Service>, SocketAddr) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let world = World::new();
    let types = [TokenType::VOPRF_P384, TokenType::BLIND_RSA, TokenType::VOPRF_RISTRETTO255];
    let offers = Offers::new(types.map(|token_type| world.offer(token_type)));
    let (served, refused) = Default::default();
    let service = Arc::new(Service { world, offers, ledger: ledger(), served, refused });
    let router = Router::new()
        .route(http::DIRECTORY_PATH, get(directory))
        .route("/token-request", post(issue))
        .route("/protected", get(protected))
        .with_state(service.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (service, address)
}

fn answer(status: u16, name: header::HeaderName, value: &str, body: impl Into<Body>) -> Response<Body> {
    Response::builder().status(status).header(name, value).body(body.into()).unwrap()
}

async fn directory(State(service): State<Arc<Service>>) -> Response<Body> {
    let json = service.world.issuer.directory("/token-request", NOW).to_json();
    answer(200, header::CONTENT_TYPE, http::ISSUER_DIRECTORY, json)
}

async fn issue(State(service): State<Arc<Service>>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let media_type = headers[header::CONTENT_TYPE].to_str().unwrap();
    let issued = service.world.issuer.answer(media_type, &body, NOW, &mut rand::rng());
    answer(issued.status, header::CONTENT_TYPE, issued.media_type.unwrap_or("text/plain"), issued.body)
}

async fn protected(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response<Body> {
    if let Some(field) = headers.get(header::AUTHORIZATION) {
        match redeem(&service, field.as_bytes()).await {
            Ok(status) => return answer(status, header::CACHE_CONTROL, "no-store", ""),
            Err(error) => service.refused.lock().unwrap().push(error),
        }
    }
    let wire: Vec<_> = service.offers.iter().map(Offer::to_wire).collect();
    let challenges = WwwAuthenticate::to_header_value(&wire, Style::Quoted).unwrap();
    answer(401, header::WWW_AUTHENTICATE, &challenges, "")
}

/// 200 for a token that is good, 409 for the same again.
async fn redeem(service: &Service, field: &[u8]) -> Result<u16, Error> {
    let token = Authorization::parse(field, Reading::Lenient, &Limits::DEFAULT)?.unwrap().token;
    let verified = service.offers.bind(&token, None, NOW)?.verify(|_| false)?;
    match verified.reserve(&service.ledger, None).await.unwrap() {
        Outcome::Granted(grant) => {
            service.served.fetch_add(1, Ordering::Relaxed);
            let ready = grant.decide(Decision::Nothing, &mut rand::rng()).unwrap();
            ready.store(&service.ledger).await.map_err(|unstored| unstored.error).unwrap();
            Ok(200)
        }
        Outcome::Replayed(_) => Ok(409),
        other => panic!("{other:?}"),
    }
}
