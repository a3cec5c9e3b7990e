//! A server behind the gate.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use farebox_edge::Return;
use http::header::{AUTHORIZATION, CONNECTION, HOST};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri, Version};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower::service_fn;
use tower::util::BoxCloneSyncService;
use tower_http::timeout::TimeoutBody;
use url::Url;

use super::origin::Backend;
use crate::config::Origin;
use crate::exit::{Code, Failure};

/// Headers that are for one connection (RFC 9110, section 7.6.1), and those that old software takes for such.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
/// Headers that say where a client is.
const CLIENT_ADDRESS: [&str; 7] = [
    "forwarded",
    "x-forwarded-for",
    "x-real-ip",
    "x-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "x-cluster-client-ip",
];

#[derive(Clone)]
struct Proxy {
    client: Client<HttpConnector, Body>,
    authority: Authority,
    /// Put in front of every path; without a slash at its end.
    base: String,
    forward_client_address: bool,
    body_timeout: Duration,
}

/// Passes requests on to the upstream, with streaming bodies. What goes wrong is 502.
///
/// # Errors
/// [`Code::Config`] for a URL that does not serve.
pub(crate) fn service(origin: &Origin, body_timeout: Duration) -> Result<Backend, Failure> {
    let bad = || Failure::new(Code::Config, "origin.upstream: http://host:port is wanted");
    let url = Url::parse(&origin.upstream).map_err(|_| bad())?;
    let host = url.host_str().ok_or_else(bad)?;
    let port = url.port_or_known_default().ok_or_else(bad)?;
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(Duration::from_secs(origin.connect_timeout.into())));
    connector.set_nodelay(true);
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_idle_timeout(Duration::from_secs(30)).pool_timer(TokioTimer::new());
    // A request that may have arrived is not sent again: its handler would run twice.
    builder.retry_canceled_requests(false);
    let proxy = Proxy {
        client: builder.build(connector),
        authority: format!("{host}:{port}").parse().map_err(|_| bad())?,
        base: url.path().trim_end_matches('/').to_owned(),
        forward_client_address: origin.forward_client_address,
        body_timeout,
    };
    Ok(BoxCloneSyncService::new(service_fn(move |request| {
        let proxy = proxy.clone();
        async move { Ok::<_, Infallible>(proxy.pass(request).await) }
    })))
}

impl Proxy {
    async fn pass(&self, request: Request<Body>) -> Response<Body> {
        let used_header = request.extensions().get::<UsedHeader>().cloned();
        let on_failure = request.extensions().get::<OnFailure>().copied();
        let Some(request) = self.outgoing(request) else { return status(StatusCode::BAD_REQUEST) };
        match self.client.request(request).await {
            Ok(response) => {
                let bounded = |body| Body::new(Box::pin(TimeoutBody::new(self.body_timeout, body)));
                incoming(response.map(bounded), used_header)
            }
            Err(error) => {
                // Its text can have the address of the upstream, and nothing of the client.
                tracing::warn!(connect = error.is_connect(), "the upstream did not answer");
                let mut response = status(StatusCode::BAD_GATEWAY);
                if let Some(OnFailure(returned)) = on_failure {
                    response.extensions_mut().insert(returned);
                }
                response
            }
        }
    }

    fn outgoing(&self, request: Request<Body>) -> Option<Request<Body>> {
        let (mut parts, body) = request.into_parts();
        let tail = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
        let path = format!("{}{tail}", self.base);
        let host = parts.headers.get(HOST).cloned();
        parts.uri =
            Uri::builder().scheme(Scheme::HTTP).authority(self.authority.clone()).path_and_query(path).build().ok()?;
        parts.version = Version::HTTP_11;
        parts.headers.remove(AUTHORIZATION);
        parts.headers.remove("privacypass-reverse");
        if !self.forward_client_address {
            CLIENT_ADDRESS.iter().for_each(|name| drop(parts.headers.remove(*name)));
        }
        if let Some(host) = host {
            parts.headers.insert(HOST, host);
        }
        parts.extensions.clear();
        Some(Request::from_parts(parts, body))
    }
}

/// Among a request's extensions: what comes back where the upstream does not answer.
#[derive(Clone, Copy)]
pub(crate) struct OnFailure(pub(crate) Return);

/// Among a request's extensions: the answer may say in this header how many credits were used.
#[derive(Clone)]
pub(crate) struct UsedHeader(pub(crate) HeaderName);

fn incoming(mut response: Response<Body>, used_header: Option<UsedHeader>) -> Response<Body> {
    strip(response.headers_mut());
    // Refunds are the gate's to give.
    response.headers_mut().remove("privacypass-reverse");
    if let Some(UsedHeader(name)) = used_header
        && let Some(value) = response.headers_mut().remove(name)
    {
        match used(&value) {
            Some(used) => drop(response.extensions_mut().insert(Return::Used(used))),
            None => tracing::warn!("the upstream's number of credits used does not read"),
        }
    }
    response
}

fn used(value: &HeaderValue) -> Option<u64> {
    value.to_str().ok()?.trim().parse().ok()
}

/// Takes away what is for one connection, also where `Connection` names it.
pub(crate) fn strip(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    named.into_iter().for_each(|name| drop(headers.remove(name)));
    HOP_BY_HOP.iter().for_each(|name| drop(headers.remove(*name)));
}

fn status(code: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = code;
    response
}
