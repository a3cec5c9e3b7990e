//! The gate as an endpoint that a proxy asks before it lets a request through: nginx `auth_request`, Envoy `ext_authz`, Caddy
//! `forward_auth`.
//!
//! | path | asks by | answers with |
//! |---|---|---|
//! | `/check` | the original path | 200 or the status that the client gets |
//! | `/check/{policy}` | the policy's name | the same |
//! | `/nginx`, `/nginx/{policy}` | either | 200, 401, and 403 for every other status, which stands in `Farebox-Status` |
//! | `/envoy/...` | the path behind `/envoy`, and the method | the same as `/check`, and on 200 the names of headers to remove |
//!
//! On 200 there are `Farebox-Verdict` for the upstream, and `PrivacyPass-Reverse` for the client. The method and target of the
//! request are read from `X-Original-Method` and `X-Original-URI`, or `X-Forwarded-Method` and `X-Forwarded-Uri`: here they are the
//! proxy's, so only the proxy may reach this endpoint. For Envoy they are the check's own, and those headers count nothing.
//!
//! There is no handler here. What comes back of a spend is what [`Policy::returns`] says, whatever the upstream answers, and it is
//! stored before the upstream is asked.

mod original;

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::routing::any;
use farebox_ledger::Store;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::arrive::Arrival;
use crate::flow::{Done, redeem};
use crate::layer::refuse;
use crate::refusal::{Refusal, varies};
use crate::route::Route;
use crate::verdict::{self, STATUS, VERDICT};
use crate::{Fallback, Gate, Policy, PolicyError, Redeemed, meter};

/// Which policy is for which paths.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    all: Vec<(String, Policy)>,
}

impl Policies {
    /// None yet. A path without a policy is refused with 403.
    pub fn new() -> Self {
        Self::default()
    }

    /// This policy for a path and all below it. The longest path counts. `/check/{policy}` finds it by its name.
    #[must_use]
    pub fn at(mut self, path: &str, policy: Policy) -> Self {
        self.all.push((path.trim_end_matches('/').to_owned(), policy));
        self
    }
}

/// How a proxy asks, and how it is answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Plain,
    Nginx,
    Envoy,
}

struct Checks<S> {
    routes: Vec<(String, Arc<Route<S>>)>,
}

/// The endpoint. Policies whose fallback is [`Fallback::HandOn`] let requests without a token through, with no verdict.
///
/// # Errors
/// [`PolicyError`].
pub fn router<S: Store + 'static>(gate: &Gate<S>, policies: Policies) -> Result<Router, PolicyError> {
    let routes = policies.all.into_iter().map(|(path, policy)| Ok((path, Route::new(gate.clone(), policy)?)));
    let checks = Arc::new(Checks { routes: routes.collect::<Result<_, _>>()? });
    let by_path = |dialect| {
        any(move |State(checks): State<Arc<Checks<S>>>, request: Request| async move {
            checks.check(dialect, None, request).await
        })
    };
    let by_name = |dialect| {
        any(move |State(checks): State<Arc<Checks<S>>>, Path(name): Path<String>, request: Request| async move {
            checks.check(dialect, Some(name), request).await
        })
    };
    Ok(Router::new()
        .route("/check", by_path(Dialect::Plain))
        .route("/check/{policy}", by_name(Dialect::Plain))
        .route("/nginx", by_path(Dialect::Nginx))
        .route("/nginx/{policy}", by_name(Dialect::Nginx))
        .route("/envoy/", by_path(Dialect::Envoy))
        .route("/envoy/{*target}", by_path(Dialect::Envoy))
        .with_state(checks))
}

impl<S> fmt::Debug for Checks<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checks").finish_non_exhaustive()
    }
}

impl<S: Store + 'static> Checks<S> {
    async fn check(&self, dialect: Dialect, name: Option<String>, request: Request) -> Response<Body> {
        let (mut parts, _) = request.into_parts();
        let target = match dialect {
            Dialect::Plain | Dialect::Nginx => original::restore(&mut parts),
            Dialect::Envoy => original::behind(&mut parts, "/envoy"),
        };
        let response = match target {
            Some(target) => self.answer(name, &target, parts).await,
            None => Refusal::Malformed.into_response(None),
        };
        match dialect {
            Dialect::Plain => response,
            Dialect::Nginx => for_nginx(response),
            Dialect::Envoy => for_envoy(response),
        }
    }

    async fn answer(&self, name: Option<String>, target: &str, mut parts: Parts) -> Response<Body> {
        let route = match name {
            Some(name) => self.routes.iter().find(|(_, route)| route.policy.name() == name).map(|(_, route)| route),
            None => self.by_path(target),
        };
        let Some(route) = route else { return Refusal::NoPolicy.into_response(None) };
        match route.arrive(&mut parts) {
            Ok(Arrival::Token(shown)) => {
                let offers = Arc::clone(&shown.offers);
                let returned = route.policy.returned;
                let work = move |redeemed: Redeemed| async move {
                    Done { response: passed(&redeemed), returned, outcome: "redeemed" }
                };
                redeem(route, *shown, work).await.unwrap_or_else(|refusal| refuse(refusal, &offers))
            }
            Ok(Arrival::Plain(offers)) => match route.policy.fallback {
                Fallback::Deny => {
                    meter::request(&route.policy.name, "challenged");
                    refuse(Refusal::Unauthorized, &offers)
                }
                Fallback::AllowUnmetered => {
                    meter::request(&route.policy.name, "unmetered");
                    let_in(Some(verdict::unmetered()))
                }
                Fallback::HandOn => {
                    meter::request(&route.policy.name, "handed_on");
                    let_in(None)
                }
            },
            Err(refusal) => {
                meter::request(&route.policy.name, refusal.label());
                refusal.into_response(None)
            }
        }
    }

    fn by_path(&self, path: &str) -> Option<&Arc<Route<S>>> {
        let is_above =
            |above: &str| path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let above = self.routes.iter().filter(|(above, _)| is_above(above));
        above.max_by_key(|(above, _)| above.len()).map(|(_, route)| route)
    }
}

fn passed(redeemed: &Redeemed) -> Response<Body> {
    let_in(verdict::redeemed(redeemed))
}

fn let_in(verdict: Option<HeaderValue>) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    varies(response.headers_mut());
    if let Some(verdict) = verdict {
        response.headers_mut().insert(VERDICT, verdict);
    }
    response
}

/// nginx takes 2xx, 401 and 403, and makes 500 of all else.
fn for_nginx(mut response: Response<Body>) -> Response<Body> {
    let status = response.status();
    response.headers_mut().insert(STATUS, HeaderValue::from(status.as_u16()));
    if !status.is_success() && status != StatusCode::UNAUTHORIZED {
        *response.status_mut() = StatusCode::FORBIDDEN;
    }
    response
}

/// Envoy passes on what the client sent, unless it is told to remove it; what is removed and set is set.
fn for_envoy(mut response: Response<Body>) -> Response<Body> {
    const REMOVE: HeaderName = HeaderName::from_static("x-envoy-auth-headers-to-remove");
    if response.status().is_success() {
        // With `_` as well, which Envoy lets through and some upstreams read as `-`.
        let names = if response.headers().contains_key(VERDICT) {
            "authorization,privacypass-reverse,farebox_verdict"
        } else {
            "authorization,privacypass-reverse,farebox_verdict,farebox-verdict"
        };
        response.headers_mut().insert(REMOVE, HeaderValue::from_static(names));
    }
    response
}
