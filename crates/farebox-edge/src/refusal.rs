//! What a request is told instead of its handler's answer: a status, and never why.

use axum::body::Body;
use farebox_tokens::origin::Served;
use http::header::{CACHE_CONTROL, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use privacypass_wire::http::{PRIVACYPASS_REVERSE, Style, reverse};

/// Why the handler does not run, or why its answer does not leave.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Headers or a token that do not read, or several `Authorization` fields.
    Malformed,
    /// No token, or one that does not hold, is spent, or answers no challenge that is good now.
    Unauthorized,
    /// Behind a proxy, no policy is for the path.
    NoPolicy,
    /// The same bytes were answered before.
    Answered(Served),
    /// The same bytes were answered before, and the answer is no longer kept.
    Forgotten,
    /// The same bytes have no answer yet.
    InFlight,
    /// The body is longer than the route takes.
    BodyTooLong,
    /// A header is longer than the gate reads.
    HeaderTooLong,
    /// No zero spend is admitted now.
    ZeroSpends(u64),
    /// As much is being done as may be.
    Busy,
    /// The ledger is away.
    StoreAway,
    /// This machine failed, or has no key to ask for.
    Machine,
}

impl Refusal {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::NoPolicy => StatusCode::FORBIDDEN,
            Self::Answered(_) | Self::Forgotten | Self::InFlight => StatusCode::CONFLICT,
            Self::BodyTooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::HeaderTooLong => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::ZeroSpends(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::StoreAway | Self::Machine => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Its name in metrics.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unauthorized => "unauthorized",
            Self::NoPolicy => "no_policy",
            Self::Answered(_) => "replayed",
            Self::Forgotten => "forgotten",
            Self::InFlight => "in_flight",
            Self::BodyTooLong => "body_too_long",
            Self::HeaderTooLong => "header_too_long",
            Self::ZeroSpends(_) => "zero_spends",
            Self::Busy => "busy",
            Self::StoreAway => "store_away",
            Self::Machine => "machine",
        }
    }

    /// Seconds after which the same bytes may come again.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::InFlight | Self::Busy => Some(1),
            Self::StoreAway | Self::Machine => Some(5),
            Self::ZeroSpends(seconds) => Some((*seconds).max(1)),
            _ => None,
        }
    }

    /// The answer, with an empty body.
    pub(crate) fn into_response(self, challenges: Option<&HeaderValue>) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status();
        let retry_after = self.retry_after().map(HeaderValue::from);
        let headers = response.headers_mut();
        not_for_caches(headers);
        if let Some(seconds) = retry_after {
            headers.insert(RETRY_AFTER, seconds);
        }
        if let (Self::Unauthorized, Some(challenges)) = (&self, challenges) {
            headers.insert(WWW_AUTHENTICATE, challenges.clone());
        }
        if let Self::Answered(served) = &self {
            attach(headers, served);
        }
        response
    }
}

/// Nothing that has to do with a token is kept by a cache.
pub(crate) fn not_for_caches(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    varies(headers);
}

/// Another `Authorization` gets another answer.
pub(crate) fn varies(headers: &mut HeaderMap) {
    let names = |field: &HeaderValue| field.as_bytes().to_ascii_lowercase();
    let is_said = |field: &HeaderValue| {
        names(field).split(|byte| *byte == b',').any(|name| matches!(name.trim_ascii(), b"authorization" | b"*"))
    };
    if !headers.get_all(VARY).iter().any(is_said) {
        headers.append(VARY, HeaderValue::from_static("Authorization"));
    }
}

/// Puts what comes back into the answer, in the place of whatever stands there.
pub(crate) fn attach(headers: &mut HeaderMap, served: &Served) {
    const REVERSE: HeaderName = HeaderName::from_static("privacypass-reverse");
    debug_assert!(REVERSE.as_str().eq_ignore_ascii_case(PRIVACYPASS_REVERSE));
    headers.remove(REVERSE);
    let value = served.reverse.as_deref().map(|bytes| reverse::to_header_value(bytes, Style::Quoted));
    if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
        headers.insert(REVERSE, value);
    }
}
