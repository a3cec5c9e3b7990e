//! Tokens that belong to an offer, and tokens that hold.

use std::sync::Arc;

use farebox_act::{Expected, SpendProof, VerifiedSpend};
use farebox_arc::{P256, Presentation};
use farebox_blind_rsa::PreparedMessage;
use farebox_ledger::{Ledger, RequestDigest, Reservation, Serial, Store, Unavailable};
use privacypass_wire::{SingleUseToken, Token};

use super::Served;
use super::offer::{Check, Offer};
use crate::keys::IssuerKey;
use crate::{Error, Invalid, Misuse};

/// A token whose type, key and challenge are those of an offer. Its proof was not looked at.
#[derive(Debug)]
#[must_use = "verify it"]
pub struct BoundToken {
    offer: Arc<Offer>,
    token: Token,
    bytes: Vec<u8>,
    companion: Option<Box<BoundToken>>,
}

impl BoundToken {
    pub(super) fn new(
        offer: Arc<Offer>,
        token: Token,
        bytes: &[u8],
        companion: Option<BoundToken>,
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
        Ok(Self { offer, token, bytes: bytes.to_vec(), companion: companion.map(Box::new) })
    }

    /// The offer.
    pub fn offer(&self) -> &Offer {
        &self.offer
    }

    /// The stored answer, where these very bytes came before and were answered: they held then, so nothing is verified again. A
    /// look at the ledger that saves work; what is not found goes on to [`verify`](Self::verify). `reverse` is as in
    /// [`VerifiedToken::reserve`].
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn answered<S: Store>(
        &self,
        ledger: &Ledger<S>,
        reverse: Option<&[u8]>,
    ) -> Result<Option<Served>, Unavailable<S::Error>> {
        let all = [Some(self), self.companion.as_deref()];
        let serials: Option<Vec<Serial>> = all.iter().flatten().map(|bound| bound.claimed()).collect();
        let Some(serials) = serials else { return Ok(None) };
        let digest = digest(all.iter().flatten().map(|bound| bound.bytes.as_slice()), reverse);
        Ok(match ledger.seen(self.offer.epoch, &serials, digest).await? {
            Some(Reservation::Replay(answer)) => Some(answer.into()),
            _ => None,
        })
    }

    /// The serial of a token that holds, from its bytes alone.
    fn claimed(&self) -> Option<Serial> {
        match &self.token {
            Token::SingleUse(token) => Some(nonce(token)),
            Token::Arc(token) => tag(&self.offer, Presentation::<P256>::tag_in(token.presentation())?).ok(),
            Token::Act(token) => Some(nullifier(&self.offer, &SpendProof::nullifier_in(token.spend_proof())?)),
        }
    }

    /// Verifies the token, and the one beside it. `admit_zero` is asked about an ACT spend of 0 credits, which costs its client
    /// nothing and the ledger a row.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a presentation or spend proof of another length than limit or L ask for, and
    /// [`Invalid::Scheme`]. Nothing was recorded: the token can still be used by whoever holds it.
    pub fn verify(self, admit_zero: impl FnOnce(&SpendProof) -> bool) -> Result<VerifiedToken, Error> {
        let Self { offer, token, bytes, companion } = self;
        let companion = companion.map(|companion| companion.verify_one(|_| false)).transpose()?;
        let alone = Self { offer, token, bytes, companion: None }.verify_one(admit_zero)?;
        let mut serials = alone.serials;
        serials.extend(companion.iter().flat_map(|companion| companion.serials.iter().copied()));
        let mut parts = vec![alone.bytes];
        parts.extend(companion.map(|companion| companion.bytes));
        Ok(VerifiedToken { offer: alone.offer, serials, parts, spend: alone.spend })
    }

    fn verify_one(self, admit_zero: impl FnOnce(&SpendProof) -> bool) -> Result<One, Error> {
        let Self { offer, token, bytes, .. } = self;
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
#[derive(Debug)]
#[must_use = "reserve it before the request is served"]
pub struct VerifiedToken {
    pub(super) offer: Arc<Offer>,
    pub(super) serials: Vec<Serial>,
    /// What the client sent: the token, the one beside it.
    pub(super) parts: Vec<Vec<u8>>,
    pub(super) spend: Option<VerifiedSpend>,
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
