//! A gate in front of some handlers, behind a listener.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use farebox_act::{BitLength, DomainSeparator, Params};
use farebox_edge::{
    Ask, Clock, Config, Deployment, Gate, GateLayer, Policy, Redeemed, Return, Unmetered, WindowSecret,
};
use farebox_ledger::{Epoch, Ledger};
use farebox_tokens::issuer::Issuer;
use farebox_tokens::{ActIssuer, IssuerKey, KeyRing, Validity};
use privacypass_wire::TokenType;
use tokio::sync::Notify;

use crate::store::Shaky;

pub const NOW: u64 = 1_800_000_000;
pub const DAY: u64 = 86_400;
pub const ISSUER: &str = "issuer.example";
pub const ORIGIN: &str = "origin.example";
/// Credits of a new token, and what a request costs.
pub const INITIAL: u64 = 100;
pub const COST: u64 = 30;

/// What handlers are counted and held by.
#[derive(Clone, Default)]
pub struct Stage {
    pub runs: Arc<AtomicUsize>,
    pub release: Arc<Notify>,
    pub started: Arc<Notify>,
}

pub struct Site {
    pub address: SocketAddr,
    pub gate: Gate<Shaky>,
    pub store: Shaky,
    pub stage: Stage,
    pub time: Arc<AtomicU64>,
    pub keys: KeyRing,
}

impl Site {
    pub fn runs(&self) -> usize {
        self.stage.runs.load(Ordering::SeqCst)
    }

    pub fn now(&self) -> u64 {
        self.time.load(Ordering::SeqCst)
    }

    pub fn pass(&self, seconds: u64) {
        self.time.fetch_add(seconds, Ordering::SeqCst);
    }

    /// An issuer with the keys that the site has.
    pub fn issuer(&self) -> Issuer {
        issuer(self.keys.clone())
    }

    /// Another process over the same store.
    pub async fn restart(&self, policy: Policy) -> Self {
        Builder::new().keys(self.keys.clone()).start(self.store.clone(), Arc::clone(&self.time), policy).await
    }
}

pub fn issuer(keys: KeyRing) -> Issuer {
    let mut issuer = Issuer::new(ISSUER, keys);
    issuer.act_origin_info = ORIGIN.into();
    issuer
}

/// A site with the settings of most tests.
pub async fn site(policy: Policy) -> Site {
    Builder::new().build(policy).await
}

pub struct Builder {
    config: Config,
    keys: KeyRing,
}

impl Builder {
    pub fn new() -> Self {
        let mut config = Config::new(ISSUER, ORIGIN, WindowSecret::new([7; 32]));
        config.workers = 2;
        config.queue = 128;
        config.deployment = Deployment::Alone { grace: 0 };
        config.store_patience = Duration::from_secs(20);
        Self { config, keys: ring() }
    }

    pub fn config(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self
    }

    pub fn keys(self, keys: KeyRing) -> Self {
        Self { keys, ..self }
    }

    pub async fn build(self, policy: Policy) -> Site {
        self.start(Shaky::new(), Arc::new(AtomicU64::new(NOW)), policy).await
    }

    pub fn gate(mut self, store: &Shaky, time: &Arc<AtomicU64>) -> Gate<Shaky> {
        let clock = Arc::clone(time);
        self.config.clock = Clock::new(move || clock.load(Ordering::SeqCst));
        Gate::new(self.config, Ledger::new(store.clone()), self.keys)
    }

    pub async fn start(self, store: Shaky, time: Arc<AtomicU64>, policy: Policy) -> Site {
        let (keys, stage) = (self.keys.clone(), Stage::default());
        let gate = self.gate(&store, &time);
        let layer = GateLayer::new(&gate, policy).unwrap();
        let address = listen(handlers(&stage).layer(layer)).await;
        Site { address, gate, store, stage, time, keys }
    }
}

pub async fn listen(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// `/ok` answers; `/used/N` used so many credits; `/hold` waits to be released; `/error`, `/panic`; everything else is 404.
pub fn handlers(stage: &Stage) -> Router {
    let counted = |stage: &Stage| {
        let stage = stage.clone();
        move || {
            stage.runs.fetch_add(1, Ordering::SeqCst);
            stage.started.notify_one();
        }
    };
    let (ok, error, panics, used, hold, lost) =
        (counted(stage), counted(stage), counted(stage), counted(stage), counted(stage), counted(stage));
    let release = Arc::clone(&stage.release);
    Router::new()
        .route(
            "/ok",
            any(move |request: Request| async move {
                ok();
                describe(&request)
            }),
        )
        .route("/redeemed", any(|redeemed: Redeemed| async move { redeemed.policy().to_owned() }))
        .route(
            "/error",
            any(move || async move {
                error();
                StatusCode::INTERNAL_SERVER_ERROR
            }),
        )
        .route(
            "/panic",
            any(move || async move {
                panics();
                if NOW > 0 {
                    panic!("the handler");
                }
            }),
        )
        .route(
            "/used/{credits}",
            any(move |axum::extract::Path(credits): axum::extract::Path<u64>| async move {
                used();
                let mut response = StatusCode::OK.into_response();
                response.extensions_mut().insert(Return::Used(credits));
                response
            }),
        )
        .route(
            "/hold",
            any(move || async move {
                hold();
                release.notified().await;
                "held"
            }),
        )
        .fallback(move || async move {
            lost();
            StatusCode::NOT_FOUND
        })
}

/// What the handler saw of the gate.
fn describe(request: &Request) -> Response {
    let headers: &HeaderMap = request.headers();
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    let redeemed = request.extensions().get::<Redeemed>().map(|it| format!("{} {:?}", it.token_type(), it.charge()));
    let unmetered = request.extensions().get::<Unmetered>().is_some();
    format!(
        "redeemed={:?} unmetered={unmetered} verdict={:?} authorization={:?} reverse={:?}",
        redeemed,
        text("farebox-verdict"),
        text("authorization"),
        text("privacypass-reverse"),
    )
    .into_response()
}

pub fn params() -> Arc<Params> {
    static PARAMS: OnceLock<Arc<Params>> = OnceLock::new();
    let made = || {
        let separator = DomainSeparator::new("farebox", "edge", "test", "2026-01-01").unwrap();
        Arc::new(Params::new(separator, BitLength::new(8).unwrap()).unwrap())
    };
    PARAMS.get_or_init(made).clone()
}

/// A fresh key; of RSA always the same.
pub fn key(token_type: TokenType) -> IssuerKey {
    let rng = &mut rand::rng();
    match token_type {
        TokenType::VOPRF_P384 => IssuerKey::VoprfP384(farebox_voprf::SecretKey::generate(rng)),
        TokenType::VOPRF_RISTRETTO255 => IssuerKey::VoprfRistretto255(farebox_voprf::SecretKey::generate(rng)),
        TokenType::BLIND_RSA => IssuerKey::BlindRsa(crate::rsa::signer()),
        TokenType::ARC => IssuerKey::Arc(Box::new(farebox_arc::SecretKey::generate(rng))),
        _ => {
            let params = params();
            let key = farebox_act::SecretKey::generate(&params, rng);
            let initial = params.credits(INITIAL).unwrap();
            IssuerKey::Act(Box::new(ActIssuer { params, key, initial }))
        }
    }
}

/// A key that issues and is accepted in these times.
pub fn validity(not_before: u64, issue_until: u64, accept_until: u64) -> Validity {
    Validity { not_before, issue_until, accept_until, epoch: Epoch(accept_until / DAY) }
}

/// A key of each type, for 30 days. The same for all tests.
pub fn ring() -> KeyRing {
    static RING: OnceLock<KeyRing> = OnceLock::new();
    let made = || {
        let mut ring = KeyRing::default();
        for token_type in TokenType::KNOWN {
            ring.register(key(token_type), validity(NOW - DAY, NOW + 20 * DAY, NOW + 30 * DAY)).unwrap();
        }
        ring
    };
    RING.get_or_init(made).clone()
}

/// A policy that asks for a spend of 30 credits.
pub fn act() -> Policy {
    Policy::new("act").ask(Ask::act()).price(farebox_edge::Price(COST))
}

pub fn once(token_type: TokenType) -> Policy {
    Policy::new("once").ask(Ask::single_use(token_type))
}
