//! Responses. A refusal is a status and nothing else, but for what tells the client when or how to come again.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::attest::Refusal;

/// Seconds after which somebody who was turned away may try again.
const SOON: u64 = 1;

/// Why a request ends here. The reason is for the log; it names no client and no part of the message.
#[derive(Debug)]
pub(crate) struct Declined {
    pub(crate) status: StatusCode,
    pub(crate) reason: &'static str,
    retry_after: Option<u64>,
    /// Values of `WWW-Authenticate`.
    challenges: Vec<String>,
}

impl Declined {
    pub(crate) fn new(status: StatusCode, reason: &'static str) -> Self {
        Self { status, reason, retry_after: None, challenges: Vec::new() }
    }

    /// 503: come again soon.
    pub(crate) fn shed(reason: &'static str) -> Self {
        Self { retry_after: Some(SOON), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, reason) }
    }

    /// 429: come again then.
    pub(crate) fn too_many(seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "rate") }
    }

    /// What the attester said. A 401 has the challenges that it would take an answer to.
    pub(crate) fn by_attester(refusal: Refusal, challenges: Vec<String>) -> Self {
        match refusal {
            Refusal::Missing => Self { challenges, ..Self::new(StatusCode::UNAUTHORIZED, "attestation missing") },
            Refusal::Stale => Self { challenges, ..Self::new(StatusCode::UNAUTHORIZED, "attestation stale") },
            Refusal::Malformed => Self::new(StatusCode::BAD_REQUEST, "attestation malformed"),
            Refusal::Refused => Self::new(StatusCode::FORBIDDEN, "attestation refused"),
            Refusal::Busy => Self::shed("attestation in use"),
            Refusal::Unavailable => Self::shed("attestation store"),
        }
    }

    pub(crate) fn into_response(self) -> Response {
        let mut response = empty(self.status);
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        for challenge in self.challenges {
            if let Ok(value) = HeaderValue::try_from(challenge) {
                headers.append(header::WWW_AUTHENTICATE, value);
            }
        }
        // What is left of the body is not waited for.
        if matches!(self.status, StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE) {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// No body, and nothing for a cache.
pub(crate) fn empty(status: StatusCode) -> Response {
    with_body(status, &[], Body::empty())
}

/// A body with some headers, and nothing for a cache.
pub(crate) fn with_body(status: StatusCode, headers: &[(HeaderName, &'static str)], body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    for (name, value) in headers {
        response.headers_mut().insert(name.clone(), HeaderValue::from_static(value));
    }
    uncached(response)
}

/// `no-store`, unless the response says itself how long it lives.
pub(crate) fn uncached(mut response: Response) -> Response {
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
