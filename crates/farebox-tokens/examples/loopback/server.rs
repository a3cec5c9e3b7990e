//! Issuer and origin in one axum router. Everything that decides is in the machines; here are routes and status codes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::routing::{get, post};
use farebox_act::{BitLength, DomainSeparator, Params, SecretKey};
use farebox_arc::Limit;
use farebox_blind_rsa::{ModulusSize, SharedSigner};
use farebox_ledger::{Ledger, MemoryStore};
use farebox_tokens::issuer::Issuer;
use farebox_tokens::origin::{Decision, Demand, Offer, Offers, Outcome, Served, Terms};
use farebox_tokens::{ActIssuer, IssuerKey, KeyRing, Validity};
use privacypass_wire::http::{Authorization, Reading, Style, WwwAuthenticate, reverse};
use privacypass_wire::{GenericBatchTokenRequest, Limits, http};

use crate::Failure;

/// This story's only moment.
pub(crate) const NOW: u64 = 1_800_000_000;
/// What a request costs, and what comes back of it.
const COST: u64 = 30;
const RETURNED: u64 = 20;

/// Who runs the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Anybody gets tokens of all types.
    Open,
    /// Members get an ARC credential and its first companion, both in one message, and companions in no other way: else whoever is
    /// refused the next one would fetch another.
    Members,
}

/// How many presentations pass at the members' before the server has had enough of the client.
const PATIENCE: usize = 2;

struct Server {
    kind: Kind,
    presented: AtomicUsize,
    issuer: Issuer,
    /// By route.
    offers: Vec<(&'static str, Offers)>,
    ledger: Ledger<MemoryStore>,
}

/// Listens on a free port of 127.0.0.1.
pub(crate) async fn start(kind: Kind) -> Result<SocketAddr, Failure> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = Arc::new(Server::new(kind, &address.to_string())?);
    let router = Router::new()
        .route(http::DIRECTORY_PATH, get(directory))
        .route("/token-request", post(issue))
        .route("/protected/{route}", get(protected))
        .with_state(server);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

impl Server {
    fn new(kind: Kind, name: &str) -> Result<Self, Failure> {
        let rng = &mut rand::rng();
        let separator = DomainSeparator::new("farebox", "loopback", "example", "2026-01-01")?;
        let params = Arc::new(Params::new(separator, BitLength::new(10)?)?);
        let initial = params.credits(100)?;
        let act = ActIssuer { key: SecretKey::generate(&params, rng), initial, params };
        let rsa = farebox_blind_rsa::SecretKey::generate(ModulusSize::Bits2048, rng);
        let all = [
            IssuerKey::VoprfP384(farebox_voprf::SecretKey::generate(rng)),
            IssuerKey::BlindRsa(SharedSigner::new(rsa)),
            IssuerKey::VoprfRistretto255(farebox_voprf::SecretKey::generate(rng)),
            IssuerKey::Arc(Box::new(farebox_arc::SecretKey::generate(rng))),
            IssuerKey::Act(Box::new(act)),
        ];
        let mut keys = KeyRing::default();
        let used =
            |key: &IssuerKey| kind == Kind::Open || matches!(key, IssuerKey::Arc(_) | IssuerKey::VoprfRistretto255(_));
        for key in all.into_iter().filter(used) {
            keys.register(key, Validity::ALWAYS).map_err(|refused| refused.error)?;
        }
        let mut issuer = Issuer::new(name, keys);
        issuer.act_origin_info = name.to_owned();
        let offers = offers(kind, &issuer, name)?;
        Ok(Self {
            kind,
            presented: AtomicUsize::new(0),
            issuer,
            offers,
            ledger: Ledger::new(MemoryStore::new(100_000)),
        })
    }
}

/// What each route asks for.
fn offers(kind: Kind, issuer: &Issuer, name: &str) -> Result<Vec<(&'static str, Offers)>, Failure> {
    use privacypass_wire::TokenType as T;
    let key = |token_type| Ok::<_, Failure>(issuer.keys().current(token_type, NOW).ok_or("no key")?.clone());
    let terms = |context| Terms {
        issuer_name: name.to_owned(),
        origin_info: name.to_owned(),
        redemption_context: context,
        ..Terms::default()
    };
    let today = Some([7; 32]);
    let limit = Limit::new(1000)?;
    let once = |token_type| Ok::<_, Failure>(Offer::new(&terms(None), Demand::Once(key(token_type)?))?);
    let arc = |context| Ok::<_, Failure>(Offer::new(&terms(context), Demand::Arc(key(T::ARC)?, limit))?);
    if kind == Kind::Members {
        let companion = Offer::new(&terms(Some([9; 32])), Demand::Once(key(T::VOPRF_RISTRETTO255)?))?;
        return Ok(vec![("paired", Offers::new([arc(today)?.with_companion(companion)?]))]);
    }
    let act = Offer::new(&terms(None), Demand::Act(key(T::ACT)?, COST))?;
    Ok(vec![
        ("voprf-p384", Offers::new([once(T::VOPRF_P384)?])),
        ("blind-rsa", Offers::new([once(T::BLIND_RSA)?])),
        ("voprf-ristretto255", Offers::new([once(T::VOPRF_RISTRETTO255)?])),
        ("arc", Offers::new([arc(today)?])),
        ("act", Offers::new([act])),
    ])
}

async fn directory(State(server): State<Arc<Server>>) -> Response<Body> {
    let json = server.issuer.directory("/token-request", NOW).to_json();
    answer(StatusCode::OK, Instant::now(), [(header::CONTENT_TYPE.as_str(), http::ISSUER_DIRECTORY.to_owned())], json)
}

async fn issue(State(server): State<Arc<Server>>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let start = Instant::now();
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if server.kind == Kind::Members && !first_of_both(content_type, &body) {
        return answer(StatusCode::FORBIDDEN, start, None, "");
    }
    let issued = server.issuer.answer(content_type, &body, NOW, &mut rand::rng());
    let status = StatusCode::from_u16(issued.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let media_type = issued.media_type.map(|media_type| (header::CONTENT_TYPE.as_str(), media_type.to_owned()));
    answer(status, start, media_type, issued.body)
}

/// Whether a message asks for one credential and one companion.
fn first_of_both(content_type: &str, body: &[u8]) -> bool {
    use privacypass_wire::TokenType as T;
    let request = GenericBatchTokenRequest::from_bytes(body, &Limits::DEFAULT);
    let types = request.map(|batch| batch.requests.iter().map(|request| request.token_type()).collect::<Vec<_>>());
    content_type == http::GENERIC_BATCH_REQUEST && types.is_ok_and(|types| types == [T::ARC, T::VOPRF_RISTRETTO255])
}

async fn protected(State(server): State<Arc<Server>>, Path(route): Path<String>, headers: HeaderMap) -> Response<Body> {
    let start = Instant::now();
    let Some((_, offers)) = server.offers.iter().find(|(name, _)| *name == route) else {
        return answer(StatusCode::NOT_FOUND, start, None, "");
    };
    match redeem(&server, offers, &headers).await {
        Ok((status, served)) => {
            let reverse = served.reverse.map(|bytes| reverse::to_header_value(&bytes, Style::Quoted));
            answer(status, start, reverse.map(|value| (http::PRIVACYPASS_REVERSE, value)), "served\n")
        }
        // Whoever has no token that is good is told what would be, and nothing else.
        Err(_) => {
            let wire: Vec<_> = offers.iter().map(Offer::to_wire).collect();
            let challenge = WwwAuthenticate::to_header_value(&wire, Style::Quoted).unwrap_or_default();
            answer(StatusCode::UNAUTHORIZED, start, [(http::WWW_AUTHENTICATE, challenge)], "")
        }
    }
}

/// A request's token, through all stages.
async fn redeem(server: &Server, offers: &Offers, headers: &HeaderMap) -> Result<(StatusCode, Served), Failure> {
    let field = headers.get(header::AUTHORIZATION).ok_or("no token")?;
    let authorization = Authorization::parse(field.as_bytes(), Reading::Lenient, &Limits::DEFAULT)?;
    let authorization = authorization.ok_or("another scheme")?;
    let asked = headers.get(http::PRIVACYPASS_REVERSE);
    let asked = asked.map(|value| reverse::parse(value.as_bytes(), Reading::Lenient, &Limits::DEFAULT)).transpose()?;

    let bound = offers.bind(&authorization.token, authorization.companion.as_deref(), NOW)?;
    let verified = bound.verify(|_| false)?;
    match verified.reserve(&server.ledger, asked.as_deref()).await? {
        Outcome::Granted(grant) => {
            // The protected work would be here. What comes back is decided after it.
            let decision = match (grant.charge(), asked) {
                (Some(_), _) => Decision::Return(RETURNED),
                (None, Some(_)) if server.presented.fetch_add(1, Relaxed) < PATIENCE => Decision::Renew,
                (None, Some(_)) => Decision::Nothing,
                (None, None) => Decision::Nothing,
            };
            let ready = grant.decide(decision, &mut rand::rng())?;
            Ok((StatusCode::OK, ready.store(&server.ledger).await.map_err(|unstored| unstored.error)?))
        }
        Outcome::Replayed(served) => Ok((StatusCode::CONFLICT, served)),
        // One process, one handler: what is in flight will be answered by it.
        Outcome::Interrupted(_) => Err("in flight".into()),
        Outcome::Forgotten | Outcome::DoubleSpend | Outcome::Expired => Err("spent".into()),
    }
}

fn answer(
    status: StatusCode,
    start: Instant,
    headers: impl IntoIterator<Item = (&'static str, String)>,
    body: impl Into<Body>,
) -> Response<Body> {
    let milliseconds = start.elapsed().as_secs_f64() * 1e3;
    let mut response = Response::builder()
        .status(status)
        .header(header::CACHE_CONTROL, "no-store")
        .header("Server-Timing", format!("machine;dur={milliseconds:.3}"));
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(body.into()).expect("headers of ours are well formed")
}
