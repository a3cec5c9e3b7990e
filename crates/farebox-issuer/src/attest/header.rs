//! The headers that attestations come in.

use http::HeaderMap;
use http::header::AsHeaderName;

use super::{FAREBOX_ATTESTATION, Refusal};

/// The one value of a header, as text.
pub(crate) fn single(headers: &HeaderMap, name: impl AsHeaderName) -> Result<Option<&str>, Refusal> {
    let mut all = headers.get_all(name).iter();
    match (all.next(), all.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Refusal::Malformed),
        (Some(_), Some(_)) => Err(Refusal::Malformed),
    }
}

/// The value that `Farebox-Attestation` has for this scheme.
///
/// # Errors
/// [`Refusal::Missing`] where it is not there or of another scheme, and [`Refusal::Malformed`] where it stands twice.
pub(super) fn attestation<'h>(headers: &'h HeaderMap, scheme: &str) -> Result<&'h str, Refusal> {
    let value = single(headers, FAREBOX_ATTESTATION)?.ok_or(Refusal::Missing)?;
    match value.trim().split_once(' ') {
        Some((name, value)) if name.eq_ignore_ascii_case(scheme) => Ok(value.trim_start()),
        _ => Err(Refusal::Missing),
    }
}

/// The secret of `Authorization: Bearer`.
///
/// # Errors
/// As [`attestation`].
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let value = single(headers, http::header::AUTHORIZATION)?.ok_or(Refusal::Missing)?;
    match value.trim().split_once(' ') {
        Some((scheme, secret)) if scheme.eq_ignore_ascii_case("bearer") => Ok(secret.trim_start()),
        _ => Err(Refusal::Missing),
    }
}
