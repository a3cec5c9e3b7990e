//! The issuer directory (RFC 9578, section 4): where requests go, and the keys. It is JSON.
//!
//! ```json
//! {
//!   "issuer-request-uri": "/token-request",
//!   "token-keys": [
//!     { "token-type": 1, "token-key": "<base64url>", "not-before": 1767225600 },
//!     { "token-type": 58797, "token-key": "<base64url>",
//!       "farebox-act": { "domain-separator": "ACT-v1:example:api:production:2026-03-02", "bit-length": 10, "initial-credits": 100 } }
//!   ]
//! }
//! ```
//!
//! No draft says where a client learns ACT's domain separator, L, and how many credits it gets. The member `farebox-act` of a key
//! is our own way to say it; [`ActParameters`] describes it. A client pins what it read to the key's id: an issuer that changed
//! them for one key could tell its clients apart.

mod read;
mod uri;

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde_json::json;
pub use serde_json::{Map, Value};

use crate::http::base64;
use crate::{KeyId, Limits, Malformed, TokenType};

/// What an issuer says about itself.
#[derive(Clone, Debug, PartialEq)]
pub struct IssuerDirectory {
    /// Where token requests go: a URI, or a reference relative to where the directory is. See
    /// [`request_url`](Self::request_url).
    #[doc(alias = "issuer-request-uri")]
    pub request_uri: String,
    /// The keys, the preferred one first.
    #[doc(alias = "token-keys")]
    pub token_keys: Vec<TokenKey>,
    /// Members that are not known here.
    pub others: Map<String, Value>,
}

/// One key of an issuer.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenKey {
    /// The token type. It need not be known here.
    #[doc(alias = "token-type")]
    pub token_type: TokenType,
    /// The public key, as its type writes it.
    #[doc(alias = "token-key")]
    pub public_key: Vec<u8>,
    /// From when on clients use it, in seconds of Unix time.
    #[doc(alias = "not-before")]
    pub not_before: Option<u64>,
    /// Our own member for ACT.
    pub act: Option<ActParameters>,
    /// Members that are not known here.
    pub others: Map<String, Value>,
}

/// The member `farebox-act` of a key: what an ACT client has to know beside it. Our own, in no draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActParameters {
    /// `domain-separator`: a string, `ACT-v1:organization:service:deployment:date`. Its form is judged by the scheme.
    pub domain_separator: String,
    /// `bit-length`: a number from 1 to 64, ACT's L. Amounts are below 2^L.
    pub bit_length: u8,
    /// `initial-credits`: a number below 2^L, what a new token holds.
    pub initial_credits: u64,
}

impl IssuerDirectory {
    /// A directory with these keys.
    pub fn new(request_uri: &str, token_keys: Vec<TokenKey>) -> Self {
        Self { request_uri: request_uri.into(), token_keys, others: Map::new() }
    }

    /// Reads a directory of at most `limits.directory` bytes and `limits.keys` keys. Members that are not known are kept. Of two
    /// members with one name the later counts.
    ///
    /// # Errors
    /// [`Malformed`], with the member.
    pub fn from_json(text: &[u8], limits: &Limits) -> Result<Self, Malformed> {
        read::directory(text, limits)
    }

    /// The directory, with keys in padded base64url.
    pub fn to_json(&self) -> String {
        let keys: Vec<Value> = self.token_keys.iter().map(TokenKey::to_value).collect();
        let mut members = self.others.clone();
        members.insert("issuer-request-uri".into(), json!(self.request_uri));
        members.insert("token-keys".into(), Value::Array(keys));
        Value::Object(members).to_string()
    }

    /// The URL for token requests, as an absolute one: `request_uri` as seen from the directory's own URL (RFC 3986, section 5).
    ///
    /// # Errors
    /// [`Malformed`] unless both lead to `http` or `https` and name a host, without user names and spaces. An issuer may name
    /// another host than its own; whether that is welcome is for the client to say.
    pub fn request_url(&self, directory_url: &str) -> Result<String, Malformed> {
        uri::resolve(directory_url, &self.request_uri)
    }

    /// The key that a client uses now (seconds of Unix time): the first of its type that is not for later.
    pub fn key_for(&self, token_type: TokenType, now: u64) -> Option<&TokenKey> {
        let is_now = |key: &&TokenKey| key.not_before.is_none_or(|not_before| not_before <= now);
        self.token_keys.iter().filter(|key| key.token_type == token_type).find(is_now)
    }

    /// The key of that id.
    pub fn key_by_id(&self, token_type: TokenType, id: &KeyId) -> Option<&TokenKey> {
        self.token_keys.iter().find(|key| key.token_type == token_type && key.id() == *id)
    }
}

impl TokenKey {
    /// A key that is good from now on.
    pub fn new(token_type: TokenType, public_key: &[u8]) -> Self {
        Self { token_type, public_key: public_key.to_vec(), not_before: None, act: None, others: Map::new() }
    }

    /// SHA-256 of the key.
    pub fn id(&self) -> KeyId {
        KeyId::of_public_key(&self.public_key)
    }

    fn to_value(&self) -> Value {
        let mut members = self.others.clone();
        members.insert("token-type".into(), json!(self.token_type.code()));
        members.insert("token-key".into(), json!(base64::encode(&self.public_key)));
        if let Some(not_before) = self.not_before {
            members.insert("not-before".into(), json!(not_before));
        }
        if let Some(act) = &self.act {
            members.insert("farebox-act".into(), act.to_value());
        }
        Value::Object(members)
    }
}

impl ActParameters {
    fn to_value(&self) -> Value {
        json!({
            "domain-separator": self.domain_separator,
            "bit-length": self.bit_length,
            "initial-credits": self.initial_credits,
        })
    }
}
