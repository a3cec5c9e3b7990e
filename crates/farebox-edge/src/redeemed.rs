//! What a handler learns of the token that came with its request.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use privacypass_wire::TokenType;

/// A token was verified and its serials are reserved for this request. Only a gate makes one, and puts it into the request's
/// extensions; as an axum extractor it refuses requests that have none. It has no serial, balance or name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redeemed {
    pub(crate) token_type: TokenType,
    pub(crate) charge: Option<u64>,
    pub(crate) policy: Arc<str>,
}

impl Redeemed {
    /// The token's type.
    pub fn token_type(&self) -> TokenType {
        self.token_type
    }

    /// The credits that were spent and are held, for ACT.
    pub fn charge(&self) -> Option<u64> {
        self.charge
    }

    /// The name of the route's policy.
    pub fn policy(&self) -> &str {
        &self.policy
    }
}

/// Among a request's extensions: it came without a token, and the policy lets it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unmetered;

/// Among a request's extensions: it came without a token, the next layer decides, and this is the `WWW-Authenticate` that the
/// route sends. The gate adds it itself to an answer of status 401.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenges(pub(crate) HeaderValue);

impl Challenges {
    /// The value of the header.
    pub fn header(&self) -> &HeaderValue {
        &self.0
    }
}

/// The handler wants a token, and none came: status 401, to which the gate adds its challenges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no token came with the request")]
pub struct NotRedeemed;

impl IntoResponse for NotRedeemed {
    fn into_response(self) -> Response {
        StatusCode::UNAUTHORIZED.into_response()
    }
}

impl<T: Send + Sync> FromRequestParts<T> for Redeemed {
    type Rejection = NotRedeemed;

    async fn from_request_parts(parts: &mut Parts, _: &T) -> Result<Self, NotRedeemed> {
        parts.extensions.get().cloned().ok_or(NotRedeemed)
    }
}

impl<T: Send + Sync> OptionalFromRequestParts<T> for Redeemed {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &T) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get().cloned())
    }
}
