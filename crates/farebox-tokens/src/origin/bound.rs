//! Tokens that belong to an offer, and tokens that hold.

use std::sync::Arc;

use farebox_act::{Expected, SpendProof, VerifiedSpend};
use farebox_arc::{P256, Presentation};
use farebox_blind_rsa::PreparedMessage;
use farebox_ledger::{RequestDigest, Serial};
use privacypass_wire::{SingleUseToken, Token};

use super::offer::{Check, Offer};
use crate::keys::IssuerKey;
use crate::opaque::opaque;
use crate::{Error, Invalid, Misuse};

/// A token whose type, key and challenge are those of an offer. Its proof was not looked at.
#[must_use = "verify it"]
pub struct BoundToken {
    offer: Arc<Offer>,
    token: Token,
    bytes: Vec<u8>,
    companion: Option<Box<BoundToken>>,
    /// Whether the handler may run for it, if it did not come before.
    grants: bool,
    now: u64,
}

opaque!(BoundToken => "BoundToken", VerifiedToken => "VerifiedToken");

impl BoundToken {
    pub(super) fn new(
        offer: Arc<Offer>,
        token: Token,
        bytes: &[u8],
        companion: Option<BoundToken>,
        grants: bool,
        now: u64,
    ) -> Result<Self, Error> {
        if token.token_type() != offer.challenge.token_type() {
            return Err(Invalid::TokenType.into());
        }
        if *token.key_id() != offer.key_id {
            return Err(Invalid::Key.into());
        }
        if *token.challenge_digest() != offer.digest() {
            return Err(Invalid::Challenge.into());
        }
        let grants =
            grants && offer.validity.accepts(now) && companion.as_ref().is_none_or(|companion| companion.grants);
        Ok(Self { offer, token, bytes: bytes.to_vec(), companion: companion.map(Box::new), grants, now })
    }

    /// The offer.
    pub fn offer(&self) -> &Offer {
        &self.offer
    }

    /// Whether the handler may run for it, if it holds and did not come before. `false` for an offer that is over
    /// ([`Offers::retire`](super::Offers::retire)) and for a key, its own or the companion's, whose time is over: then only what came
    /// before is answered, and one that [`seen`](Self::seen) does not find need not be verified.
    pub fn grants(&self) -> bool {
        self.grants
    }

    /// The serials that the token and the one beside it have if they hold, from their bytes alone: for a look at the ledger.
    ///
    /// # Errors
    /// [`Invalid::Scheme`] for a message that is too short to have one.
    pub fn claimed(&self) -> Result<Vec<Serial>, Error> {
        let all = [Some(self), self.companion.as_deref()];
        all.into_iter().flatten().map(Self::claimed_one).collect()
    }

    fn claimed_one(&self) -> Result<Serial, Error> {
        match &self.token {
            Token::SingleUse(token) => Ok(nonce(token)),
            Token::Arc(token) => {
                let shown = Presentation::<P256>::tag_in(token.presentation()).ok_or(Invalid::Scheme)?;
                tag(&self.offer, shown)
            }
            Token::Act(token) => {
                let spent = SpendProof::nullifier_in(token.spend_proof()).ok_or(Invalid::Scheme)?;
                Ok(nullifier(&self.offer, &spent))
            }
        }
    }

    /// The digest of what the client sent, with what came in `PrivacyPass-Reverse`: the same after [`verify`](Self::verify).
    pub fn digest(&self, reverse: Option<&[u8]>) -> RequestDigest {
        let all = [Some(self), self.companion.as_deref()];
        digest(all.into_iter().flatten().map(|bound| bound.bytes.as_slice()), reverse)
    }

    /// Verifies the token, and the one beside it. `admit_zero` is asked about an ACT spend of 0 credits, which costs its client
    /// nothing and the ledger a row.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a presentation or spend proof of another length than limit or L ask for, and
    /// [`Invalid::Scheme`]. Nothing was recorded: the token can still be used by whoever holds it.
    pub fn verify(self, admit_zero: impl FnOnce(&SpendProof) -> bool) -> Result<VerifiedToken, Error> {
        let Self { offer, token, bytes, companion, grants, now } = self;
        let companion = companion.map(|companion| verify(companion.offer, companion.token, companion.bytes, |_| false));
        let companion = companion.transpose()?;
        let alone = verify(offer, token, bytes, admit_zero)?;
        let mut serials = alone.serials;
        serials.extend(companion.iter().flat_map(|companion| companion.serials.iter().copied()));
        let mut parts = vec![alone.bytes];
        parts.extend(companion.map(|companion| companion.bytes));
        Ok(VerifiedToken { offer: alone.offer, serials, parts, spend: alone.spend, grants, now })
    }
}

fn verify(
    offer: Arc<Offer>,
    token: Token,
    bytes: Vec<u8>,
    admit_zero: impl FnOnce(&SpendProof) -> bool,
) -> Result<One, Error> {
    let mut spend = None;
    let serial = match (&offer.demand, &token) {
        (Check::Once(key), Token::SingleUse(token)) => {
            verify_once(key, token)?;
            nonce(token)
        }
        (Check::BlindRsa(key), Token::SingleUse(token)) => {
            key.verify(&PreparedMessage::from_bytes(&token.input().to_bytes())?, token.authenticator())?;
            nonce(token)
        }
        (Check::Arc { key, limit, request, presentation }, Token::Arc(token)) => {
            let IssuerKey::Arc(secret) = &**key else { return Err(Misuse::TokenType.into()) };
            let shown = Presentation::from_bytes(*limit, token.presentation_for(limit.get())?)?;
            let verified = secret.verify(request, presentation, *limit, shown).map_err(|refused| refused.error)?;
            tag(&offer, verified.tag().as_bytes())?
        }
        (Check::Act { key, cost, context }, Token::Act(token)) => {
            let IssuerKey::Act(act) = &**key else { return Err(Misuse::TokenType.into()) };
            let proof = token.spend_proof_for(act.params.bits().get() as u8)?;
            let proof = SpendProof::from_bytes(&act.params, proof)?;
            let expected = Expected { charge: *cost, context: *context };
            let verified = act.key.verify(&act.params, proof, &expected, admit_zero);
            let verified = verified.map_err(|refused| refused.error)?;
            let serial = nullifier(&offer, &verified.nullifier());
            spend = Some(verified);
            serial
        }
        _ => return Err(Invalid::TokenType.into()),
    };
    Ok(One { offer, serials: vec![serial], bytes, spend })
}

/// One token of a request.
struct One {
    offer: Arc<Offer>,
    serials: Vec<Serial>,
    bytes: Vec<u8>,
    spend: Option<VerifiedSpend>,
}

fn verify_once(key: &IssuerKey, token: &SingleUseToken) -> Result<(), Error> {
    let input = token.input().to_bytes();
    match key {
        IssuerKey::VoprfP384(secret) => secret.verify(&input, token.authenticator())?,
        IssuerKey::VoprfRistretto255(secret) => secret.verify(&input, token.authenticator())?,
        IssuerKey::BlindRsa(signer) => {
            signer.public_key().verify(&PreparedMessage::from_bytes(&input)?, token.authenticator())?;
        }
        IssuerKey::Arc(_) | IssuerKey::Act(_) => return Err(Misuse::TokenType.into()),
    }
    Ok(())
}

/// A nonce counts once within key and challenge.
fn nonce(token: &SingleUseToken) -> Serial {
    let input = token.input();
    Serial::new(b"once", &[input.key_id.as_bytes(), input.challenge_digest.as_bytes()], &input.nonce)
}

/// A tag counts once within key, request context and presentation context, which the challenge names.
fn tag(offer: &Offer, tag: &[u8]) -> Result<Serial, Error> {
    let scope = offer.challenge.arc_presentation_context(&offer.key_id)?;
    let bound = offer.challenge.arc_request_context(&offer.key_id)?;
    Ok(Serial::new(b"arc", &[&bound, &scope], tag))
}

/// A nullifier counts once for its key, whatever it was spent for.
fn nullifier(offer: &Offer, nullifier: &[u8]) -> Serial {
    Serial::new(b"act", &[offer.key_id.as_bytes()], nullifier)
}

/// Names what the client sent: its token, the one beside it, and the request for a fresh companion where there is one.
fn digest<'a>(tokens: impl Iterator<Item = &'a [u8]>, reverse: Option<&'a [u8]>) -> RequestDigest {
    let mark: &[u8] = if reverse.is_some() { b"reverse" } else { b"" };
    let parts: Vec<&[u8]> = tokens.chain([mark]).chain(reverse).collect();
    RequestDigest::new(&parts)
}

/// A token that holds. It counts once the ledger has its serials.
#[must_use = "reserve it before the request is served"]
pub struct VerifiedToken {
    pub(super) offer: Arc<Offer>,
    pub(super) serials: Vec<Serial>,
    /// What the client sent: the token, the one beside it.
    pub(super) parts: Vec<Vec<u8>>,
    pub(super) spend: Option<VerifiedSpend>,
    pub(super) grants: bool,
    pub(super) now: u64,
}

impl VerifiedToken {
    /// The offer that it answers.
    pub fn offer(&self) -> &Offer {
        &self.offer
    }

    /// What counts once.
    pub fn serials(&self) -> &[Serial] {
        &self.serials
    }

    /// The credits that were spent, for ACT.
    pub fn charge(&self) -> Option<u64> {
        self.spend.as_ref().map(|spend| spend.charge().get())
    }

    /// The digest of what the client sent, with the request for a fresh companion where there is one.
    pub(super) fn digest(&self, reverse: Option<&[u8]>) -> RequestDigest {
        digest(self.parts.iter().map(Vec::as_slice), reverse)
    }
}
