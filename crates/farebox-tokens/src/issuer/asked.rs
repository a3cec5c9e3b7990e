//! What was asked for, between reading and issuing.

use core::fmt;

use privacypass_wire::{
    AmortizedBatchTokenRequest, Fault, GenericBatchTokenRequest, KeyId, Malformed, TokenRequest, TokenType, http,
};
use sha2::{Digest as _, Sha256};

use super::{Answer, Issuer};
use crate::{Error, Invalid};

/// A request that reads well, and whose key issues now. In a generic batch, single keys may be unknown. Nothing was computed with a
/// secret yet, so that who asks and for how much can be looked at first.
pub struct Asked {
    pub(super) message: Message,
    binding: [u8; 32],
}

pub(super) enum Message {
    One(TokenRequest),
    Amortized(AmortizedBatchTokenRequest),
    Generic(GenericBatchTokenRequest),
}

impl Asked {
    /// How many tokens or credentials are asked for. An empty generic batch asks for none.
    pub fn tokens(&self) -> usize {
        match &self.message {
            Message::One(_) => 1,
            Message::Amortized(batch) => batch.count(),
            Message::Generic(batch) => batch.requests.len(),
        }
    }

    /// The token type, where all that is asked for is of one type.
    pub fn token_type(&self) -> Option<TokenType> {
        match &self.message {
            Message::One(request) => Some(request.token_type()),
            Message::Amortized(batch) => Some(batch.token_type()),
            Message::Generic(batch) => {
                let first = batch.requests.first()?.token_type();
                batch.requests.iter().all(|request| request.token_type() == first).then_some(first)
            }
        }
    }

    /// A digest of the request's bytes, of the whole ids of the keys that answer it, and of what ACT tokens are bound to.
    ///
    /// Two requests with one binding bring no more than one of them. VOPRF and Blind RSA give the same token again. Two ARC
    /// credentials have the same secrets, and so the same tags. Two ACT tokens have the same nullifier, and only one of them can be
    /// spent. The bytes alone would not do: under a later key with the same truncated id, or for another credential context, the same
    /// request brings another credential.
    pub fn binding(&self) -> &[u8; 32] {
        &self.binding
    }
}

/// Neither messages nor digests belong in a log.
impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked").field("token_type", &self.token_type()).field("tokens", &self.tokens()).finish()
    }
}

impl Issuer {
    /// Whether a POST of this media type is a request for tokens. What it may hold is seen by [`read`](Self::read).
    pub fn takes(media_type: &str) -> bool {
        let types =
            [http::TOKEN_REQUEST, http::CREDENTIAL_REQUEST, http::AMORTIZED_BATCH_REQUEST, http::GENERIC_BATCH_REQUEST];
        types.contains(&essence(media_type).as_str())
    }

    /// Reads a POST of this media type, as the first half of [`answer`](Self::answer).
    ///
    /// # Errors
    /// The answer of a refused request: 415 or 422.
    pub fn read(&self, media_type: &str, body: &[u8], now: u64) -> Result<Asked, Answer> {
        let essence = essence(media_type);
        let message = match essence.as_str() {
            http::TOKEN_REQUEST | http::CREDENTIAL_REQUEST => self.read_one(&essence, body)?,
            http::AMORTIZED_BATCH_REQUEST => {
                AmortizedBatchTokenRequest::from_bytes(body, &self.limits).map(Message::Amortized).map_err(refused)?
            }
            http::GENERIC_BATCH_REQUEST => {
                GenericBatchTokenRequest::from_bytes(body, &self.limits).map(Message::Generic).map_err(refused)?
            }
            _ => return Err(Answer::refused(415, Invalid::TokenType.into())),
        };
        let binding = self.bind(&message, body, now).map_err(refused)?;
        Ok(Asked { message, binding })
    }

    fn read_one(&self, media_type: &str, body: &[u8]) -> Result<Message, Answer> {
        if body.len() > self.limits.body {
            return Err(refused(Malformed { field: "token_request", fault: Fault::Limit(self.limits.body) }));
        }
        let request = TokenRequest::from_bytes(body).map_err(refused)?;
        match request.token_type().media_types() {
            (expected, _) if expected == media_type => Ok(Message::One(request)),
            _ => Err(Answer::refused(415, Invalid::TokenType.into())),
        }
    }

    fn bind(&self, message: &Message, body: &[u8], now: u64) -> Result<[u8; 32], Error> {
        let key = |token_type, truncated_id| self.key(token_type, truncated_id, now).map(|key| (token_type, key.id()));
        let hash = Sha256::new().chain_update(b"farebox-tokens asked v1").chain_update(Sha256::digest(body));
        let hash = match message {
            Message::One(one) => self.bind_key(hash, 1, Some(key(one.token_type(), one.truncated_key_id())?)),
            Message::Amortized(batch) => {
                self.bind_key(hash, 2, Some(key(batch.token_type(), batch.truncated_key_id())?))
            }
            Message::Generic(batch) => {
                let keys = batch.requests.iter().map(|one| key(one.token_type(), one.truncated_key_id()).ok());
                keys.fold(hash, |hash, key| self.bind_key(hash, 3, key))
            }
        };
        Ok(hash.finalize().into())
    }

    fn bind_key(&self, hash: Sha256, kind: u8, key: Option<(TokenType, KeyId)>) -> Sha256 {
        let Some((token_type, id)) = key else { return hash.chain_update([kind, 0]) };
        let hash = hash.chain_update([kind, 1]).chain_update(id.as_bytes());
        match self.act_binding() {
            Ok(challenge) if token_type == TokenType::ACT => hash.chain_update(challenge.digest().as_bytes()),
            _ => hash,
        }
    }
}

/// The media type without its parameters.
fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn refused(error: impl Into<Error>) -> Answer {
    Answer::refused(422, error.into())
}
