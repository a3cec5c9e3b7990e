//! TokenChallenge: what an origin asks for (RFC 9577, section 2.1; ARC and ACT add a credential context).

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::any::{Message, sealed};
use crate::codec::{Reader, Writer};
use crate::{ChallengeDigest, Fault, Malformed, Misuse, TokenType};

/// What an origin asks for. Its bytes are kept as they came, since the digest in a token is over them.
///
/// `token_type | issuer_name<1..2^16-1> | redemption_context<0..32> | origin_info<0..2^16-1>`, and for ARC and ACT
/// `| credential_context<0..32>`. A context has 0 or 32 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenChallenge {
    bytes: Vec<u8>,
    token_type: TokenType,
    issuer_name: String,
    redemption_context: Option<[u8; 32]>,
    origin_info: String,
    credential_context: Option<[u8; 32]>,
}

impl TokenChallenge {
    /// Starts a challenge for tokens of this type from this issuer: `host` or `host:port`, where 443 is implied.
    pub fn builder(token_type: TokenType, issuer_name: &str) -> ChallengeBuilder {
        ChallengeBuilder {
            token_type,
            issuer_name: issuer_name.to_owned(),
            redemption_context: None,
            origin_info: String::new(),
            credential_context: None,
        }
    }

    /// Reads a challenge of a known type. [`Any::from_bytes`](crate::Any::from_bytes) keeps others, which an origin may send
    /// as grease.
    ///
    /// # Errors
    /// [`Malformed`], with the field. A client ignores such a challenge.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let token_type = reader.token_type()?;
        if !token_type.is_known() {
            return Err(Malformed::new("token_type", Fault::UnknownType));
        }
        let issuer_name = text("issuer_name", reader.opaque16("issuer_name")?)?;
        if issuer_name.is_empty() {
            return Err(Malformed::new("issuer_name", Fault::Empty));
        }
        let redemption_context = reader.context("redemption_context")?;
        let origin_info = text("origin_info", reader.opaque16("origin_info")?)?;
        let credential_context = if token_type.is_credential() { reader.context("credential_context")? } else { None };
        reader.end()?;
        let bytes = bytes.to_vec();
        Ok(Self { bytes, token_type, issuer_name, redemption_context, origin_info, credential_context })
    }

    /// The bytes, as they came.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of the bytes as they came.
    #[doc(alias = "challenge_digest")]
    pub fn digest(&self) -> ChallengeDigest {
        ChallengeDigest::of_challenge(&self.bytes)
    }

    /// The token type.
    pub fn token_type(&self) -> TokenType {
        self.token_type
    }

    /// The issuer, `host` or `host:port`, as it came: printable ASCII. Ask [`directory_url`](Self::directory_url) before you
    /// connect to it.
    pub fn issuer_name(&self) -> &str {
        &self.issuer_name
    }

    /// What the token is bound to beside issuer and origin, such as a session or a time window.
    pub fn redemption_context(&self) -> Option<&[u8; 32]> {
        self.redemption_context.as_ref()
    }

    /// The origins, joined by commas; empty if the token is not bound to any.
    pub fn origin_info(&self) -> &str {
        &self.origin_info
    }

    /// The origins, one by one.
    pub fn origins(&self) -> impl Iterator<Item = &str> {
        self.origin_info.split(',').filter(|name| !name.is_empty())
    }

    /// Whether an origin may send this challenge: it is among the origins, letter case aside, or there are none.
    pub fn is_for_origin(&self, origin_name: &str) -> bool {
        self.origin_info.is_empty() || self.origins().any(|name| name.eq_ignore_ascii_case(origin_name))
    }

    /// What an ARC or ACT credential is bound to; always `None` for other types.
    pub fn credential_context(&self) -> Option<&[u8; 32]> {
        self.credential_context.as_ref()
    }

    /// Where the issuer's directory is: `https://<issuer_name>/.well-known/private-token-issuer-directory`.
    ///
    /// # Errors
    /// [`Malformed`] for a name that is not `host` or `host:port`. The name comes from an origin: it must not smuggle a path, a
    /// query or a user name into the client's request.
    pub fn directory_url(&self) -> Result<String, Malformed> {
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
        if self.issuer_name.bytes().all(is_host) {
            Ok(format!("https://{}{}", self.issuer_name, crate::http::DIRECTORY_PATH))
        } else {
            Err(Malformed::new("issuer_name", Fault::Characters))
        }
    }
}

impl sealed::Sealed for TokenChallenge {}

impl Message for TokenChallenge {
    fn token_type(&self) -> TokenType {
        self.token_type
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        Self::from_bytes(bytes)
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.bytes.clone()
    }
}

/// Names are printable ASCII: they go into URLs, logs and prompts.
fn text(field: &'static str, bytes: &[u8]) -> Result<String, Malformed> {
    match core::str::from_utf8(bytes) {
        Ok(text) if bytes.iter().all(|byte| matches!(byte, 0x20..=0x7e)) => Ok(text.to_owned()),
        _ => Err(Malformed::new(field, Fault::Characters)),
    }
}

/// A challenge in the making, from [`TokenChallenge::builder`].
#[derive(Clone, Debug)]
#[must_use]
pub struct ChallengeBuilder {
    token_type: TokenType,
    issuer_name: String,
    redemption_context: Option<[u8; 32]>,
    origin_info: String,
    credential_context: Option<[u8; 32]>,
}

impl ChallengeBuilder {
    /// Binds the token to a session, a time window or the like.
    pub fn redemption_context(mut self, context: [u8; 32]) -> Self {
        self.redemption_context = Some(context);
        self
    }

    /// The origins at which the token is good, joined by commas without spaces.
    pub fn origin_info(mut self, origins: &str) -> Self {
        origins.clone_into(&mut self.origin_info);
        self
    }

    /// Binds the credential, not only the token. ARC and ACT only.
    pub fn credential_context(mut self, context: [u8; 32]) -> Self {
        self.credential_context = Some(context);
        self
    }

    /// The challenge.
    ///
    /// # Errors
    /// [`Misuse`] for an unknown type, an empty issuer name, a name that is not printable ASCII or has a space, a name above
    /// 65535 bytes, and a credential context for a type that has none.
    pub fn build(self) -> Result<TokenChallenge, Misuse> {
        if self.credential_context.is_some() && !self.token_type.is_credential() {
            return Err(Misuse::new("credential_context", Fault::OtherType));
        }
        for (field, name) in [("issuer_name", &self.issuer_name), ("origin_info", &self.origin_info)] {
            if name.len() > usize::from(u16::MAX) {
                return Err(Misuse::new(field, Fault::Limit(usize::from(u16::MAX))));
            }
            if name.contains(' ') {
                return Err(Misuse::new(field, Fault::Characters));
            }
        }
        let context = |context: &Option<[u8; 32]>| context.map_or(Vec::new(), |context| context.to_vec());
        let writer = Writer::new(self.issuer_name.len() + self.origin_info.len() + 72)
            .token_type(self.token_type)
            .opaque16(self.issuer_name.as_bytes())
            .opaque8(&context(&self.redemption_context))
            .opaque16(self.origin_info.as_bytes());
        let writer = match self.token_type.is_credential() {
            true => writer.opaque8(&context(&self.credential_context)),
            false => writer,
        };
        // One set of rules for both directions.
        Ok(TokenChallenge::from_bytes(&writer.finish())?)
    }
}
