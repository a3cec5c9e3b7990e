//! A challenge that this client can answer.

use farebox_arc::Limit;
use privacypass_wire::http::{Param, PrivateTokenChallenge};
use privacypass_wire::{Any, KeyId, TokenChallenge, TokenType};

use crate::{Error, Invalid, Misuse};

/// A received challenge, of a known type, for the origin that sent it, with the key and what its type asks beside it.
#[derive(Clone, Debug)]
pub struct Offer {
    challenge: TokenChallenge,
    key: Vec<u8>,
    key_id: KeyId,
    terms: Terms,
}

/// What a challenge asks for beside its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Terms {
    /// A single-use token.
    SingleUse,
    /// A presentation of an ARC credential, one of so many in the context.
    Arc(Limit),
    /// So many credits of an ACT balance.
    Act(u64),
}

impl Offer {
    /// Reads a challenge that came from the origin of this name (`host`, or `host:port` for another port than 443).
    ///
    /// `pinned` is the public key that the client knows from the issuer's directory, or from before. Give it: an origin that names
    /// a key of its own choice to one client would know that client again. Without it the key of the challenge is taken.
    ///
    /// # Errors
    /// * [`Malformed`](privacypass_wire::Malformed) for a challenge that does not read.
    /// * [`Invalid::TokenType`] for a type that is not known here: skip the challenge.
    /// * [`Invalid::Challenge`] for a challenge of other origins: nothing may be fetched for it, and nothing shown.
    /// * [`Invalid::Key`] for another key than the pinned one: ask the directory again.
    /// * [`Misuse::Challenge`] where there is no key, for ARC no `rate-limit`, or for ACT no `cost`.
    /// * [`Misuse::Parameter`] for a `rate-limit` that is not from 2 to 2^32. A cost is compared with the balance.
    pub fn new(received: &PrivateTokenChallenge, origin: &str, pinned: Option<&[u8]>) -> Result<Self, Error> {
        let Any::Known(challenge) = received.decode()? else { return Err(Invalid::TokenType.into()) };
        if !challenge.is_for_origin(origin) {
            return Err(Invalid::Challenge.into());
        }
        let key = match (received.token_key.as_deref(), pinned) {
            (Some(named), Some(pinned)) if named != pinned => return Err(Invalid::Key.into()),
            (_, Some(key)) | (Some(key), None) => key.to_vec(),
            (None, None) => return Err(Misuse::Challenge.into()),
        };
        let terms = match challenge.token_type() {
            TokenType::ARC => {
                let limit = received.rate_limit.ok_or(Misuse::Challenge)?;
                Terms::Arc(Limit::new(limit).map_err(|_| Misuse::Parameter)?)
            }
            TokenType::ACT => Terms::Act(received.cost.ok_or(Misuse::Challenge)?),
            _ => Terms::SingleUse,
        };
        Ok(Self { challenge, key_id: KeyId::of_public_key(&key), key, terms })
    }

    /// The single-use token that the challenge asks for beside an ARC presentation, if it does: its parameters
    /// `companion-challenge` and `companion-key`. **Experimental**, in no draft.
    ///
    /// # Errors
    /// As [`new`](Self::new), and [`Misuse::TokenType`] for a companion that is not single-use.
    pub fn companion(
        &self,
        received: &PrivateTokenChallenge,
        origin: &str,
        pinned: Option<&[u8]>,
    ) -> Result<Option<Self>, Error> {
        let param = |name: &str| received.others.iter().find(|param| param.name.eq_ignore_ascii_case(name));
        let Some(challenge) = param("companion-challenge") else { return Ok(None) };
        let token_key = param("companion-key").map(Param::bytes).transpose()?;
        let beside = PrivateTokenChallenge { challenge: challenge.bytes()?, token_key, ..Default::default() };
        let offer = Self::new(&beside, origin, pinned)?;
        let paired = self.token_type() == TokenType::ARC && offer.terms == Terms::SingleUse;
        if paired { Ok(Some(offer)) } else { Err(Misuse::TokenType.into()) }
    }

    /// The token type.
    pub fn token_type(&self) -> TokenType {
        self.challenge.token_type()
    }

    /// The challenge, as it came.
    pub fn challenge(&self) -> &TokenChallenge {
        &self.challenge
    }

    /// The issuer's public key.
    pub fn key(&self) -> &[u8] {
        &self.key
    }

    /// Its id.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// What is asked for.
    pub fn terms(&self) -> Terms {
        self.terms
    }
}
