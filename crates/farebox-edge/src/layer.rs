//! The tower layer.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::Body;
use bytes::Bytes;
use farebox_ledger::Store;
use http::header::WWW_AUTHENTICATE;
use http::{Request, Response, StatusCode};
use tower::{BoxError, Layer, Service, ServiceExt as _};

use crate::arrive::{Arrival, Shown};
use crate::flow::{Done, redeem};
use crate::offers::Priced;
use crate::redeemed::{Challenges, Unmetered};
use crate::refusal::{Refusal, varies};
use crate::route::Route;
use crate::verdict::{self, VERDICT};
use crate::{Fallback, Gate, Policy, PolicyError, Redeemed, RequestSummary, Return, VerdictHeader, meter};

/// Puts a gate with a policy in front of a service.
pub struct GateLayer<S> {
    route: Arc<Route<S>>,
}

/// A service behind a gate. It never fails: what its service fails with is status 500, with the refund.
pub struct GateService<I, S> {
    inner: I,
    route: Arc<Route<S>>,
}

impl<S: Store> GateLayer<S> {
    /// A layer. The routes of one policy share the layer, or copies of it.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn new(gate: &Gate<S>, policy: Policy) -> Result<Self, PolicyError> {
        Route::new(gate.clone(), policy).map(|route| Self { route })
    }
}

impl<S> Clone for GateLayer<S> {
    fn clone(&self) -> Self {
        Self { route: Arc::clone(&self.route) }
    }
}

impl<I: Clone, S> Clone for GateService<I, S> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), route: Arc::clone(&self.route) }
    }
}

impl<S> fmt::Debug for GateLayer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GateLayer").field("policy", &self.route.policy).finish_non_exhaustive()
    }
}

impl<I, S> fmt::Debug for GateService<I, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GateService").field("policy", &self.route.policy).finish_non_exhaustive()
    }
}

impl<I, S> Layer<I> for GateLayer<S> {
    type Service = GateService<I, S>;

    fn layer(&self, inner: I) -> GateService<I, S> {
        GateService { inner, route: Arc::clone(&self.route) }
    }
}

impl<I, S, B, R> Service<Request<B>> for GateService<I, S>
where
    I: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    I::Future: Send + 'static,
    I::Error: Send + 'static,
    B: Send + 'static,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
    S: Store + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    /// The handler is waited for when a request has paid, not before: who brings no token is answered though it is busy.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (route, inner) = (Arc::clone(&self.route), self.inner.clone());
        Box::pin(async move { Ok(pass(&route, inner, request).await) })
    }
}

async fn pass<I, S, B, R>(route: &Arc<Route<S>>, inner: I, request: Request<B>) -> Response<Body>
where
    I: Service<Request<B>, Response = Response<R>> + Send + 'static,
    I::Future: Send + 'static,
    I::Error: Send + 'static,
    B: Send + 'static,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
    S: Store + 'static,
{
    let (mut parts, body) = request.into_parts();
    match route.arrive(&mut parts) {
        Err(refusal) => {
            meter::request(&route.policy.name, refusal.label());
            refusal.into_response(None)
        }
        Ok(Arrival::Plain(offers)) => plain(route, inner, Request::from_parts(parts, body), &offers).await,
        Ok(Arrival::Token(shown)) => metered(route, inner, Request::from_parts(parts, body), *shown).await,
    }
}

async fn metered<I, S, B, R>(route: &Arc<Route<S>>, inner: I, request: Request<B>, shown: Shown) -> Response<Body>
where
    I: Service<Request<B>, Response = Response<R>> + Send + 'static,
    I::Future: Send + 'static,
    I::Error: Send + 'static,
    B: Send + 'static,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
    S: Store + 'static,
{
    let offers = Arc::clone(&shown.offers);
    let work = {
        let route = Arc::clone(route);
        move |redeemed| handle(route, inner, request, redeemed)
    };
    redeem(route, shown, work).await.unwrap_or_else(|refusal| refuse(refusal, &offers))
}

/// A refusal with the route's challenges. Without any, 401 would say nothing.
pub(crate) fn refuse(refusal: Refusal, offers: &Priced) -> Response<Body> {
    match refusal {
        Refusal::Unauthorized if offers.challenges.is_none() => {
            tracing::error!("no key issues now: there is nothing to challenge with");
            Refusal::Machine.into_response(None)
        }
        refusal => refusal.into_response(offers.challenges.as_ref()),
    }
}

/// A request without a token.
async fn plain<I, S, B, R>(route: &Route<S>, inner: I, mut request: Request<B>, offers: &Priced) -> Response<Body>
where
    I: Service<Request<B>, Response = Response<R>>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    let outcome = match (route.policy.fallback, &offers.challenges) {
        (Fallback::Deny, _) => {
            meter::request(&route.policy.name, "challenged");
            return refuse(Refusal::Unauthorized, offers);
        }
        (Fallback::AllowUnmetered, _) => {
            request.extensions_mut().insert(Unmetered);
            if route.policy.verdict_header == VerdictHeader::Forward {
                request.headers_mut().insert(VERDICT, verdict::unmetered());
            }
            "unmetered"
        }
        (Fallback::HandOn, challenges) => {
            if let Some(challenges) = challenges {
                request.extensions_mut().insert(Challenges(challenges.clone()));
            }
            "handed_on"
        }
    };
    meter::request(&route.policy.name, outcome);
    let mut response = match inner.oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(_) => status(StatusCode::INTERNAL_SERVER_ERROR),
    };
    varies(response.headers_mut());
    if let (StatusCode::UNAUTHORIZED, Some(challenges)) = (response.status(), &offers.challenges) {
        response.headers_mut().append(WWW_AUTHENTICATE, challenges.clone());
    }
    response
}

/// The handler, with a time limit, in a task that may panic.
async fn handle<I, S, B, R>(route: Arc<Route<S>>, inner: I, mut request: Request<B>, redeemed: Redeemed) -> Done
where
    I: Service<Request<B>, Response = Response<R>> + Send + 'static,
    I::Future: Send + 'static,
    I::Error: Send + 'static,
    B: Send + 'static,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
    S: Store + 'static,
{
    let (policy, start) = (&route.policy, Instant::now());
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let Redeemed { token_type, charge, .. } = redeemed;
    if let (VerdictHeader::Forward, Some(value)) = (policy.verdict_header, verdict::redeemed(&redeemed)) {
        request.headers_mut().insert(VERDICT, value);
    }
    request.extensions_mut().insert(redeemed);
    let task = tokio::spawn(inner.oneshot(request));
    let abort = task.abort_handle();
    let ran = tokio::time::timeout(policy.handler_timeout, task).await;
    let elapsed = start.elapsed();
    meter::handled(&policy.name, elapsed);
    let failed = |code, outcome| {
        tracing::error!(route = policy.name(), outcome, "a handler did not answer");
        Done { response: status(code), returned: policy.on_failure, outcome }
    };
    match ran {
        Err(_) => {
            abort.abort();
            failed(StatusCode::GATEWAY_TIMEOUT, "handler_timeout")
        }
        Ok(Err(_)) => failed(StatusCode::INTERNAL_SERVER_ERROR, "handler_panic"),
        Ok(Ok(Err(_))) => failed(StatusCode::INTERNAL_SERVER_ERROR, "handler_failed"),
        Ok(Ok(Ok(response))) => {
            let summary = RequestSummary { method, uri, token_type, charge, elapsed };
            let (mut parts, body) = response.into_parts();
            let returned = returned(policy, &summary, &mut parts);
            Done { response: Response::from_parts(parts, Body::new(body)), returned, outcome: "redeemed" }
        }
    }
}

/// The handler's word, or the hook's, or the policy's.
fn returned(policy: &Policy, summary: &RequestSummary, parts: &mut http::response::Parts) -> Return {
    if let Some(returned) = parts.extensions.remove::<Return>() {
        return returned;
    }
    let Some(hook) = &policy.return_hook else { return policy.returned };
    catch_unwind(AssertUnwindSafe(|| hook(summary, parts))).unwrap_or_else(|_| {
        tracing::error!(route = policy.name(), "the return hook panicked");
        policy.on_failure
    })
}

fn status(code: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = code;
    response
}
