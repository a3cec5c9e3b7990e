//! The directory over HTTP: its bytes, its tag, and how long a copy may be kept.

use axum::body::{Body, Bytes};
use axum::response::Response;
use farebox_tokens::issuer::Issuer;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use privacypass_wire::http::ISSUER_DIRECTORY;
use sha2::{Digest as _, Sha256};

use crate::IssuerConfig;

/// The directory as it is from one change to the next.
pub(crate) struct Listing {
    body: Bytes,
    tag: String,
    /// Times in which these are the bytes.
    from: u64,
    until: u64,
    /// Seconds for which a copy may be kept, away from changes.
    longest: u64,
}

impl Listing {
    pub(crate) fn new(issuer: &Issuer, config: &IssuerConfig, now: u64) -> Self {
        let body = Bytes::from(issuer.directory(&config.request_path, now).to_json());
        let tag = Sha256::digest(&body).iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>();
        let longest = config.directory_max_age.as_secs().min(shortest_overlap(issuer, now) / 2).max(1);
        Self { body, tag: format!("\"{tag}\""), from: now, until: next_change(issuer, now), longest }
    }

    /// Whether it is still right.
    pub(crate) fn holds(&self, now: u64) -> bool {
        (self.from..self.until).contains(&now)
    }

    /// 200 or 304. A copy lives no longer than to the next change, and less than keys overlap, so that nobody who keeps to it asks
    /// with a key that ended.
    pub(crate) fn respond(&self, headers: &HeaderMap, now: u64) -> Response {
        let known = headers.get_all(header::IF_NONE_MATCH).iter().any(|value| names(value, &self.tag));
        let body = if known { Body::empty() } else { Body::from(self.body.clone()) };
        let mut response = Response::new(body);
        let max_age = self.longest.min(self.until.saturating_sub(now)).max(1);
        let headers = response.headers_mut();
        let mut insert = |name, value: &str| HeaderValue::from_str(value).map(|value| headers.insert(name, value));
        let _ = insert(header::CACHE_CONTROL, &format!("public, max-age={max_age}"));
        let _ = insert(header::ETAG, &self.tag);
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            let _ = insert(header::CONTENT_TYPE, ISSUER_DIRECTORY);
        }
        response
    }
}

/// Whether a value of `If-None-Match` has this tag, by the weak comparison that RFC 9110 asks for.
fn names(value: &HeaderValue, tag: &str) -> bool {
    let Ok(value) = value.to_str() else { return false };
    value.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

/// When a key begins or ends issuing.
fn next_change(issuer: &Issuer, now: u64) -> u64 {
    let times = issuer.keys().iter().flat_map(|key| [key.validity.not_before, key.validity.issue_until]);
    times.filter(|time| *time > now).min().unwrap_or(u64::MAX)
}

/// For how long at least a key goes on issuing after the next of its type began, of those that are listed.
fn shortest_overlap(issuer: &Issuer, now: u64) -> u64 {
    let listed: Vec<_> = issuer.keys().iter().filter(|key| now < key.validity.issue_until).collect();
    let overlaps = listed.iter().filter_map(|old| {
        let of_type = |key: &&&farebox_tokens::Registered| key.key().token_type() == old.key().token_type();
        let after = listed.iter().filter(of_type).map(|key| key.validity.not_before);
        let next = after.filter(|begins| *begins > old.validity.not_before).min()?;
        old.validity.issue_until.checked_sub(next).filter(|overlap| *overlap > 0)
    });
    overlaps.min().unwrap_or(u64::MAX)
}
