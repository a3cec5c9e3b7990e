//! What a request brings, found in its headers before anything is decoded.

use std::sync::Arc;

use farebox_ledger::Store;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use privacypass_wire::Limits;
use privacypass_wire::http::{Authorization, Reading, SCHEME, reverse};

use crate::offers::Priced;
use crate::pool::Permit;
use crate::redeemed::{Challenges, Redeemed, Unmetered};
use crate::refusal::Refusal;
use crate::route::Route;
use crate::verdict;

const REVERSE: HeaderName = HeaderName::from_static("privacypass-reverse");

/// A request without a token, or with one.
pub(crate) enum Arrival {
    Plain(Arc<Priced>),
    Token(Box<Shown>),
}

/// A token that was not looked at, and a place in the queue.
pub(crate) struct Shown {
    pub(crate) token: Vec<u8>,
    pub(crate) companion: Option<Vec<u8>>,
    pub(crate) reverse: Option<Vec<u8>>,
    pub(crate) offers: Arc<Priced>,
    pub(crate) permit: Permit,
}

impl<S: Store> Route<S> {
    /// Reads the headers. What is ours is gone from them afterwards: a handler has no use for a token, and its logs less.
    pub(crate) fn arrive(&self, parts: &mut Parts) -> Result<Arrival, Refusal> {
        verdict::strip(&mut parts.headers);
        parts.extensions.remove::<Redeemed>();
        parts.extensions.remove::<Unmetered>();
        parts.extensions.remove::<Challenges>();
        self.check_length(&parts.headers)?;
        let fields = take(&mut parts.headers, &AUTHORIZATION);
        let reversed = take(&mut parts.headers, &REVERSE);
        let offers = self.offers(parts)?;
        let token = match fields.as_slice() {
            [field] if is_ours(field) => field,
            several if several.iter().any(is_ours) => return Err(Refusal::Malformed),
            others => {
                // Of another scheme: for whoever comes next.
                for field in others {
                    parts.headers.append(AUTHORIZATION, field.clone());
                }
                return Ok(Arrival::Plain(offers));
            }
        };
        let reversed = match reversed.as_slice() {
            [] => None,
            [field] => Some(field),
            _ => return Err(Refusal::Malformed),
        };
        self.read(token, reversed, offers).map(Box::new).map(Arrival::Token)
    }

    fn check_length(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let Some(most) = self.policy.max_body else { return Ok(()) };
        for field in headers.get_all(CONTENT_LENGTH) {
            let announced = field.to_str().ok().and_then(|text| text.trim().parse::<u64>().ok());
            if announced.ok_or(Refusal::Malformed)? > most {
                return Err(Refusal::BodyTooLong);
            }
        }
        Ok(())
    }

    fn read(&self, token: &HeaderValue, reversed: Option<&HeaderValue>, offers: Arc<Priced>) -> Result<Shown, Refusal> {
        let limits = &self.gate().config.limits;
        if [Some(token), reversed].into_iter().flatten().any(|field| field.len() > limits.header) {
            return Err(Refusal::HeaderTooLong);
        }
        let permit = self.gate().pool.admit().ok_or(Refusal::Busy)?;
        let Authorization { token, companion, .. } = authorization(token, limits)?;
        let reverse = reversed.map(|field| reverse::parse(field.as_bytes(), Reading::Lenient, limits)).transpose();
        let reverse = reverse.map_err(|error| malformed(&error))?;
        Ok(Shown { token, companion, reverse, offers, permit })
    }
}

fn authorization(field: &HeaderValue, limits: &Limits) -> Result<Authorization, Refusal> {
    let read = Authorization::parse(field.as_bytes(), Reading::Lenient, limits).map_err(|error| malformed(&error))?;
    read.ok_or(Refusal::Malformed)
}

fn malformed(error: &privacypass_wire::Malformed) -> Refusal {
    tracing::debug!(%error, "a header does not read");
    Refusal::Malformed
}

fn take(headers: &mut HeaderMap, name: &HeaderName) -> Vec<HeaderValue> {
    let fields = headers.get_all(name).iter().cloned().collect();
    headers.remove(name);
    fields
}

/// Whether the first word is our scheme.
fn is_ours(field: &HeaderValue) -> bool {
    let word = field.as_bytes().trim_ascii_start().split(|byte| matches!(byte, b' ' | b'\t' | b',')).next();
    word.unwrap_or_default().eq_ignore_ascii_case(SCHEME.as_bytes())
}
