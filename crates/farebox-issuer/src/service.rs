//! The service: an issuer with its limits, behind a router.

use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwap;
use axum::Router;
use axum::extract::State;
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{get, post};
use farebox_tokens::issuer::Issuer;
use http::{HeaderMap, StatusCode, header};
use privacypass_wire::http::DIRECTORY_PATH;
use tokio::sync::Semaphore;

use crate::directory::Listing;
use crate::pool::CpuPool;
use crate::rate::RateTable;
use crate::{Attester, ConfigError, IssuerConfig, meter, pow, reply, request};

/// Seconds of Unix time, from wherever the operator takes it.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// An issuer over HTTP. A clone is the same service.
#[derive(Clone)]
pub struct IssuerService {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    current: ArcSwap<Current>,
    pub(crate) config: IssuerConfig,
    pub(crate) attester: Box<dyn Attester>,
    pub(crate) rate: Option<RateTable>,
    pub(crate) pool: CpuPool,
    pub(crate) in_flight: Semaphore,
    pub(crate) started: Instant,
    clock: Clock,
}

/// An issuer with its directory.
struct Current {
    issuer: Arc<Issuer>,
    listing: ArcSwap<Listing>,
}

impl IssuerService {
    /// A service by the clock of this machine.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn new(issuer: Issuer, config: IssuerConfig, attester: impl Attester) -> Result<Self, ConfigError> {
        Self::with_clock(issuer, config, attester, Arc::new(system_time))
    }

    /// A service by another clock.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn with_clock(
        issuer: Issuer,
        config: IssuerConfig,
        attester: impl Attester,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        config.check()?;
        let shared = Shared {
            current: ArcSwap::from_pointee(Current::new(issuer, &config, clock())),
            attester: Box::new(attester),
            rate: config.rate.as_ref().map(RateTable::new),
            pool: CpuPool::new(config.cpu_threads, config.cpu_queue),
            in_flight: Semaphore::new(config.concurrency),
            started: Instant::now(),
            clock,
            config,
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Puts another issuer in the place of this one, as after a change of keys. Requests that are being answered are answered by the
    /// old one.
    pub fn replace(&self, issuer: Issuer) {
        let current = Current::new(issuer, &self.shared.config, self.shared.now());
        self.shared.current.store(Arc::new(current));
    }

    /// The issuer of now.
    pub fn issuer(&self) -> Arc<Issuer> {
        self.shared.issuer()
    }

    /// The routes. To limit by peer address, serve it with
    /// [`into_make_service_with_connect_info::<SocketAddr>`](axum::Router::into_make_service_with_connect_info).
    pub fn router(&self) -> Router {
        Router::new()
            .route(DIRECTORY_PATH, get(directory))
            .route(pow::PATH, get(puzzle))
            .route(&self.shared.config.request_path, post(request::answer))
            .with_state(self.shared.clone())
            // 405 is made by the router.
            .layer(map_response(async |response: Response| reply::uncached(response)))
    }
}

impl Shared {
    pub(crate) fn now(&self) -> u64 {
        (self.clock)()
    }

    pub(crate) fn issuer(&self) -> Arc<Issuer> {
        self.current.load().issuer.clone()
    }
}

impl Current {
    fn new(issuer: Issuer, config: &IssuerConfig, now: u64) -> Self {
        let listing = ArcSwap::from_pointee(Listing::new(&issuer, config, now));
        Self { issuer: Arc::new(issuer), listing }
    }

    /// The directory of now: made anew where a key began or ended since.
    fn listing(&self, config: &IssuerConfig, now: u64) -> Arc<Listing> {
        let listing = self.listing.load();
        if listing.holds(now) {
            return listing.clone();
        }
        let listing = Arc::new(Listing::new(&self.issuer, config, now));
        self.listing.store(listing.clone());
        listing
    }
}

async fn directory(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let now = shared.now();
    let response = shared.current.load().listing(&shared.config, now).respond(&headers, now);
    meter::directory(response.status().as_u16());
    response
}

async fn puzzle(State(shared): State<Arc<Shared>>) -> Response {
    match shared.attester.puzzle(shared.now()) {
        None => reply::empty(StatusCode::NOT_FOUND),
        Some(challenge) => {
            let text = [(header::CONTENT_TYPE, "text/plain")];
            reply::with_body(StatusCode::OK, &text, challenge.to_hex().into())
        }
    }
}

/// A clock before 1970 gives 0: keys with a beginning do not issue then.
fn system_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
