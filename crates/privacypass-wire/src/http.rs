//! Headers, media types and paths: RFC 9577, RFC 9578, RFC 9110 section 11, and the reverse flow.
//!
//! Headers are read leniently by default, as origins in the field write them, and strictly on wish. They are written in one way,
//! as RFC 9577 asks: base64url in quotes and with padding, numbers bare.

mod authorization;
pub(crate) mod base64;
pub mod reverse;
mod syntax;
mod write;
mod www_authenticate;

pub use authorization::Authorization;
pub use syntax::{AuthChallenge, AuthParam, AuthParams, Challenges};
pub use write::Style;
pub use www_authenticate::{PrivateTokenChallenge, WwwAuthenticate};

use alloc::string::String;
use alloc::vec::Vec;

/// The authentication scheme. Scheme and parameter names are compared without regard to letter case.
pub const SCHEME: &str = "PrivateToken";

/// The header of challenges, in a response of status 401.
pub const WWW_AUTHENTICATE: &str = "WWW-Authenticate";
/// The header of tokens.
pub const AUTHORIZATION: &str = "Authorization";
/// The header of the reverse flow (draft-meunier-privacypass-reverse-flow-http-00), in requests and responses.
pub const PRIVACYPASS_REVERSE: &str = "PrivacyPass-Reverse";

/// A TokenRequest.
pub const TOKEN_REQUEST: &str = "application/private-token-request";
/// A TokenResponse.
pub const TOKEN_RESPONSE: &str = "application/private-token-response";
/// An amortized batch of requests.
pub const AMORTIZED_BATCH_REQUEST: &str = "application/private-token-amortized-batch-request";
/// The answer to an amortized batch.
pub const AMORTIZED_BATCH_RESPONSE: &str = "application/private-token-amortized-batch-response";
/// A generic batch of requests.
pub const GENERIC_BATCH_REQUEST: &str = "application/private-token-generic-batch-request";
/// The answer to a generic batch.
pub const GENERIC_BATCH_RESPONSE: &str = "application/private-token-generic-batch-response";
/// A TokenRequest of ARC or ACT.
pub const CREDENTIAL_REQUEST: &str = "application/private-credential-request";
/// A TokenResponse of ARC or ACT.
pub const CREDENTIAL_RESPONSE: &str = "application/private-credential-response";
/// An issuer directory.
pub const ISSUER_DIRECTORY: &str = "application/private-token-issuer-directory";

/// Where an issuer's directory is.
pub const DIRECTORY_PATH: &str = "/.well-known/private-token-issuer-directory";

/// How a header is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// As the field writes: values with or without quotes, base64url with or without padding, `=` behind an unquoted value. In
    /// `WWW-Authenticate`, a challenge that is not usable is left out and the others stay.
    #[default]
    Lenient,
    /// As RFC 9577 and RFC 9110 ask: base64url in quotes and with padding, no parameter twice. The first fault refuses all.
    Strict,
}

/// A parameter that is not known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name, as it came.
    pub name: String,
    /// Its value, out of its quotes.
    pub value: Vec<u8>,
}

impl Param {
    /// A parameter whose value is base64url with padding, as those that are known here have it.
    pub fn base64url(name: &str, bytes: &[u8]) -> Self {
        Self { name: name.into(), value: base64::encode(bytes).into_bytes() }
    }

    /// The bytes that the value stands for, with padding or without.
    ///
    /// # Errors
    /// [`Malformed`](crate::Malformed).
    pub fn bytes(&self) -> Result<Vec<u8>, crate::Malformed> {
        base64::decode("parameter", &self.value, Reading::Lenient)
    }
}

impl crate::TokenType {
    /// The media types of a request and its answer, for one token of this type.
    pub const fn media_types(self) -> (&'static str, &'static str) {
        if self.is_credential() { (CREDENTIAL_REQUEST, CREDENTIAL_RESPONSE) } else { (TOKEN_REQUEST, TOKEN_RESPONSE) }
    }
}
