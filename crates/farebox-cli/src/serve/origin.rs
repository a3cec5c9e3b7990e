//! The origin: routes, each with its policy, in front of what is served.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::body::Body;
use farebox_arc::Limit;
use farebox_edge::{
    Ask, Fallback, Gate, GateLayer, Policy, Price, Return, STATUS_HEADER, VERDICT_HEADER, VerdictHeader, Window,
};
use http::{HeaderMap, HeaderName, Request, Response, StatusCode};
use http_body_util::Limited;
use privacypass_wire::TokenType;
use tower::util::BoxCloneSyncService;
use tower::{Layer as _, ServiceExt as _};
use tower_http::timeout::TimeoutBody;

use super::path::{is_below, plain};
use super::proxy::{self, OnFailure, UsedHeader};
use super::{AnyStore, folder};
use crate::config::{Config, Returned, ReturnedWord, Route, Scheme, WithoutToken};
use crate::exit::{Code, Failure};

/// What answers requests, behind the gate or with it.
pub(crate) type Backend = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

/// The origin. Its routes can be replaced while it runs.
pub(crate) struct Origin {
    gate: Gate<AnyStore>,
    backend: Backend,
    routes: ArcSwap<Vec<Served>>,
    max_body: usize,
    body_timeout: Duration,
}

pub(crate) struct Served {
    path: String,
    used_header: Option<HeaderName>,
    on_failure: Return,
    service: Backend,
}

impl Origin {
    /// An origin with the routes of the configuration.
    ///
    /// # Errors
    /// [`Code::Config`].
    pub(crate) fn new(config: &Config, gate: Gate<AnyStore>) -> Result<Self, Failure> {
        let origin = &config.origin;
        let body_timeout = Duration::from_secs(config.server.body_timeout.into());
        let backend = match (origin.folder.as_os_str().is_empty(), origin.upstream.is_empty()) {
            (true, true) => {
                return Err(Failure::new(
                    Code::Config,
                    "origin.folder: this or origin.upstream is wanted, to have something to serve",
                ));
            }
            (false, _) if !origin.folder.is_dir() => {
                let reason = format!("origin.folder: {} is not a folder", origin.folder.display());
                return Err(Failure::new(Code::Config, reason));
            }
            (false, _) => folder::service(&origin.folder),
            (true, false) => proxy::service(origin, body_timeout)?,
        };
        let made = Self {
            gate,
            backend,
            routes: ArcSwap::default(),
            max_body: usize::try_from(origin.max_body).unwrap_or(usize::MAX),
            body_timeout,
        };
        made.routes.store(Arc::new(made.routes(config)?));
        Ok(made)
    }

    /// The routes of a configuration, ready to be used.
    ///
    /// # Errors
    /// [`Code::Config`].
    pub(crate) fn routes(&self, config: &Config) -> Result<Vec<Served>, Failure> {
        let mut routes = Vec::new();
        for route in &config.origin.routes {
            let service = if route.schemes.is_empty() {
                self.backend.clone()
            } else {
                let policy = policy(route, config.origin.max_body)?;
                let layer = GateLayer::new(&self.gate, policy);
                let layer = layer.map_err(Failure::at(Code::Config, format!("the route {}", route.path)))?;
                BoxCloneSyncService::new(layer.layer(self.backend.clone()))
            };
            let on_failure = returned(route.returned_on_failure);
            let used_header = route.used_header.parse().ok();
            routes.push(Served { path: route.path.clone(), used_header, on_failure, service });
        }
        // The longest path first.
        routes.sort_by_key(|route| std::cmp::Reverse(route.path.len()));
        Ok(routes)
    }

    /// Takes other routes. Requests that run keep theirs.
    pub(crate) fn replace(&self, routes: Vec<Served>) {
        self.routes.store(Arc::new(routes));
    }

    pub(crate) async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let Some(path) = plain(request.uri().path()) else { return status(StatusCode::BAD_REQUEST) };
        let routes = self.routes.load();
        let Some(route) = routes.iter().find(|route| is_below(&path, &route.path)) else {
            return status(StatusCode::NOT_FOUND);
        };
        let service = route.service.clone();
        let mut request = request;
        clean(request.headers_mut());
        request.extensions_mut().insert(OnFailure(route.on_failure));
        if let Some(name) = &route.used_header {
            request.extensions_mut().insert(UsedHeader(name.clone()));
        }
        drop(routes);
        // It announces more than it may: refused before anything is spent for it.
        let length = request.headers().get(http::header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        if length.and_then(|length| length.parse::<u64>().ok()).is_some_and(|length| length > self.max_body as u64) {
            return status(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let request = request.map(|body| {
            let bounded = Limited::new(body, self.max_body);
            Body::new(Box::pin(TimeoutBody::new(self.body_timeout, bounded)))
        });
        match service.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// Before the gate adds anything: takes away what a client must not say to the server behind, on free routes too. What `Connection`
/// names goes here and not later, or it could name the gate's own verdict.
fn clean(headers: &mut HeaderMap) {
    proxy::strip(headers);
    // Servers that read headers as variables take `_` for `-`.
    let ours = |name: &&HeaderName| [VERDICT_HEADER, STATUS_HEADER].contains(&name.as_str().replace('_', "-").as_str());
    let ours: Vec<HeaderName> = headers.keys().filter(ours).cloned().collect();
    ours.into_iter().for_each(|name| drop(headers.remove(name)));
}

fn policy(route: &Route, max_body: u64) -> Result<Policy, Failure> {
    let name = if route.name.is_empty() { &route.path } else { &route.name };
    let mut policy = Policy::new(name)
        .price(Price(route.cost))
        .returns(returned(route.returned))
        .on_failure(returned(route.returned_on_failure))
        .handler_timeout(Duration::from_secs(route.timeout.into()))
        .max_body(max_body);
    if route.verdict_header {
        policy = policy.verdict_header(VerdictHeader::Forward);
    }
    if route.without_token == WithoutToken::Allow {
        policy = policy.fallback(Fallback::AllowUnmetered);
    }
    for scheme in &route.schemes {
        let ask = match scheme {
            Scheme::Act => Ask::act(),
            Scheme::Arc => {
                let limit = Limit::new(route.limit);
                Ask::arc(limit.map_err(Failure::at(Code::Config, format!("the route {}: limit", route.path)))?)
            }
            Scheme::BlindRsa => Ask::single_use(TokenType::BLIND_RSA),
            Scheme::VoprfP384 => Ask::single_use(TokenType::VOPRF_P384),
            Scheme::VoprfRistretto255 => Ask::single_use(TokenType::VOPRF_RISTRETTO255),
        };
        let windowed = route.window > 0 && *scheme != Scheme::Act;
        policy = policy.ask(if windowed { ask.windowed(Window { seconds: route.window, late: 2 }) } else { ask });
    }
    Ok(policy)
}

fn returned(returned: Returned) -> Return {
    match returned {
        Returned::Number(credits) => Return::Credits(credits),
        Returned::Word(ReturnedWord::Nothing) => Return::Nothing,
        Returned::Word(ReturnedWord::All) => Return::All,
    }
}

fn status(code: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = code;
    response
}
