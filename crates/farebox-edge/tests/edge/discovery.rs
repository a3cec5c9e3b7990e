//! The keys of another issuer.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::HeaderMap;
use axum::response::IntoResponse as _;
use axum::routing::get as route;
use farebox_blind_rsa::{ModulusSize, SecretKey, SharedSigner};
use farebox_edge::{Ask, Directories, Discovery, Fetched, HttpDirectories, NotFetched, Policy, Schedule, Window};
use farebox_tokens::issuer::Issuer;
use farebox_tokens::{IssuerKey, KeyRing, Validity};
use hyper::StatusCode;

use crate::client::{get, held, offer, show};
use crate::site::{Builder, DAY, NOW, Site, listen};

const OTHER: &str = "other.example";

/// An issuer whose directory is served over HTTP, and can be changed and taken away.
#[derive(Clone, Default)]
struct Other {
    body: Arc<Mutex<Vec<u8>>>,
    away: Arc<AtomicBool>,
    fetches: Arc<AtomicUsize>,
    unchanged: Arc<AtomicUsize>,
}

impl Other {
    fn lists(&self, issuer: &Issuer, now: u64) {
        *self.body.lock().unwrap() = issuer.directory("/token-request", now).to_json().into_bytes();
    }

    fn says(&self, body: &[u8]) {
        *self.body.lock().unwrap() = body.to_vec();
    }

    async fn serve(&self) -> HttpDirectories {
        let other = self.clone();
        let directory = move |headers: HeaderMap| async move {
            other.fetches.fetch_add(1, SeqCst);
            if other.away.load(SeqCst) {
                return StatusCode::BAD_GATEWAY.into_response();
            }
            let body = other.body.lock().unwrap().clone();
            let etag = format!("\"{}-{}\"", body.len(), body.iter().map(|byte| u64::from(*byte)).sum::<u64>());
            let fresh = [("etag", etag.clone()), ("cache-control", "max-age=600".to_owned())];
            if headers.get("if-none-match").is_some_and(|known| *known == etag) {
                other.unchanged.fetch_add(1, SeqCst);
                return (StatusCode::NOT_MODIFIED, fresh).into_response();
            }
            (fresh, body).into_response()
        };
        let router = Router::new().route(privacypass_wire::http::DIRECTORY_PATH, route(directory));
        HttpDirectories::new([(OTHER.to_owned(), listen(router).await)]).unwrap()
    }
}

fn other_issuer(signer: SharedSigner<farebox_blind_rsa::PssDeterministic>) -> Issuer {
    let mut ring = KeyRing::default();
    ring.register(IssuerKey::BlindRsa(signer), Validity::ALWAYS).unwrap();
    Issuer::new(OTHER, ring)
}

const SCHEDULE: Schedule =
    Schedule { shortest: 60, longest: DAY, retry: 30, timeout: 5, overlap: 2 * DAY, stale: 7 * DAY };

async fn found() -> (Site, Other, Discovery<crate::store::Shaky, HttpDirectories>) {
    let window = Window { seconds: 30 * DAY, late: 0 };
    let policy = Policy::new("rsa").ask(Ask::issuer(OTHER).windowed(window));
    let site = Builder::new().keys(KeyRing::default()).build(policy).await;
    let other = Other::default();
    let discovery = Discovery::new(&site.gate, other.serve().await, SCHEDULE, [OTHER]);
    (site, other, discovery)
}

#[tokio::test]
async fn keys_are_found_rotated_and_kept_for_the_overlap() {
    let (site, other, discovery) = found().await;
    assert_eq!(get(site.address, "/ok").await.status, StatusCode::SERVICE_UNAVAILABLE, "nothing was fetched yet");
    let old = other_issuer(crate::rsa::signer());
    other.lists(&old, NOW);
    assert_eq!(discovery.refresh().await, 0);
    let challenge = offer(&site, "/ok").await;
    assert_eq!(challenge.challenge().issuer_name(), OTHER);
    let token = |issuer: &Issuer, offer: &_| held(offer, issuer, NOW).redeem(offer).unwrap().written().token_bytes();
    let tokens = [(); 3].map(|()| token(&old, &challenge));
    assert_eq!(show(site.address, "/ok", &tokens[0]).await.status, StatusCode::OK);
    assert_eq!(show(site.address, "/ok", &tokens[0]).await.status, StatusCode::CONFLICT);

    // Not before it is due; then unchanged; then another key.
    assert_eq!((discovery.refresh().await, other.fetches.load(SeqCst)), (0, 1));
    site.pass(600);
    assert_eq!((discovery.refresh().await, other.unchanged.load(SeqCst)), (0, 1));
    let new = other_issuer(SharedSigner::new(SecretKey::generate(ModulusSize::Bits2048, &mut rand::rng())));
    other.lists(&new, NOW);
    site.pass(600);
    assert_eq!(discovery.refresh().await, 0);
    let renewed = offer(&site, "/ok").await;
    assert_ne!(renewed.key_id(), challenge.key_id());
    assert_eq!(show(site.address, "/ok", &token(&new, &renewed)).await.status, StatusCode::OK);
    assert_eq!(show(site.address, "/ok", &tokens[1]).await.status, StatusCode::OK, "within the overlap");
    // The overlap counts from the last listing.
    site.pass(2 * DAY - 600);
    assert_eq!(show(site.address, "/ok", &tokens[2]).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_issuer_that_is_away_or_lies_keeps_its_keys_for_a_while() {
    let (site, other, discovery) = found().await;
    other.lists(&other_issuer(crate::rsa::signer()), NOW);
    assert_eq!(discovery.refresh().await, 0);
    let mut passed = 0;
    for body in [b"".as_slice(), b"{", b"{\"token-keys\":[]}", &[b'x'; 70 << 10]] {
        other.says(body);
        site.pass(600);
        passed += 600;
        assert_eq!(discovery.refresh().await, 1);
        assert_eq!(get(site.address, "/ok").await.status, StatusCode::UNAUTHORIZED);
    }
    other.away.store(true, SeqCst);
    let fetches = other.fetches.load(SeqCst);
    site.pass(29);
    assert_eq!((discovery.refresh().await, other.fetches.load(SeqCst)), (0, fetches), "not before the retry is due");
    site.pass(1);
    assert_eq!((discovery.refresh().await, other.fetches.load(SeqCst)), (1, fetches + 1));
    // Up to the end of what is known, though nobody refreshes.
    site.pass(7 * DAY - passed - 30 - 1);
    assert_eq!(get(site.address, "/ok").await.status, StatusCode::UNAUTHORIZED);
    site.pass(1);
    assert_eq!(get(site.address, "/ok").await.status, StatusCode::SERVICE_UNAVAILABLE);
    other.away.store(false, SeqCst);
    other.lists(&other_issuer(crate::rsa::signer()), NOW);
    assert_eq!(discovery.refresh().await, 0);
    assert_eq!(get(site.address, "/ok").await.status, StatusCode::UNAUTHORIZED);
}

/// A transport that never answers.
struct Silent;

impl Directories for Silent {
    async fn fetch(&self, _: &str, _: Option<&http::HeaderValue>) -> Result<Fetched, NotFetched> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_silent_issuer_is_given_up() {
    let gate = Builder::new().gate(&crate::store::Shaky::new(), &Arc::new(NOW.into()));
    let schedule = Schedule { timeout: 0, ..SCHEDULE };
    assert_eq!(Discovery::new(&gate, Silent, schedule, [OTHER]).refresh().await, 1);
}

#[tokio::test]
async fn own_and_other_issuers_are_trusted_side_by_side() {
    let policy = Policy::new("rsa")
        .ask(Ask::single_use(privacypass_wire::TokenType::BLIND_RSA))
        .ask(Ask::issuer(OTHER))
        .ask(Ask::issuer("third.example"));
    let site = Builder::new().build(policy).await;
    let other = Other::default();
    let issuer = other_issuer(crate::rsa::signer());
    other.lists(&issuer, NOW);
    let discovery = Discovery::new(&site.gate, other.serve().await, SCHEDULE, [OTHER, "third.example"]);
    assert_eq!(discovery.refresh().await, 1, "the third has no address");
    let offers = get(site.address, "/ok").await.offers();
    let names: Vec<_> = offers.iter().map(|offer| offer.challenge().issuer_name().to_owned()).collect();
    assert_eq!(names, [crate::site::ISSUER, OTHER]);
    let theirs = held(&offers[1], &issuer, NOW).redeem(&offers[1]).unwrap().written().token_bytes();
    let ours = held(&offers[0], &site.issuer(), NOW).redeem(&offers[0]).unwrap().written().token_bytes();
    for token in [theirs, ours] {
        assert_eq!(show(site.address, "/ok", &token).await.status, StatusCode::OK);
    }
}
