//! ARC credentials: some presentations in each context, which nobody can link.

use std::collections::BTreeMap;

use farebox_arc::{
    ContextState, Credential, CredentialResponse, Limit, P256, PreIssuance, Presentation, PresentationState, PublicKey,
};
use privacypass_wire::{ArcToken, KeyId, TokenChallenge, TokenRequest, TokenResponse, TokenType};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::journal::{EntryKind, Reader, State, Writer};
use super::{Binding, Cache, Declined, Offer, Outgoing, Reason, Terms, Unwritten};
use crate::opaque::opaque;
use crate::{Error, Invalid, Misuse, Refused, contexts};

/// Asks for a credential.
///
/// # Errors
/// [`Misuse::TokenType`] for another type, and [`Invalid::Key`] for a key that does not read.
pub fn request<R: CryptoRng + ?Sized>(offer: &Offer, rng: &mut R) -> Result<Unwritten<Pending>, Error> {
    if offer.token_type() != TokenType::ARC {
        return Err(Misuse::TokenType.into());
    }
    let key = PublicKey::from_bytes(offer.key()).map_err(|_| Invalid::Key)?;
    let context = contexts::arc_request(offer.challenge(), &offer.key_id())?;
    let (state, message) = PreIssuance::request(context, rng)?;
    let body = TokenRequest::new(TokenType::ARC, &offer.key_id(), &message.to_bytes())?.to_bytes();
    Ok(Unwritten::new(Pending { binding: Binding::of(offer), key, state: state.into_bytes(), body }))
}

/// A credential that was asked for.
#[must_use = "the credential can only be taken with this state"]
pub struct Pending {
    binding: Binding,
    key: PublicKey<P256>,
    state: Zeroizing<Vec<u8>>,
    body: Vec<u8>,
}

opaque!(Pending => "arc::Pending", Holder => "arc::Holder", Presented => "arc::Presented");

impl Pending {
    /// What the credential will be bound to.
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// The request, a `CredentialRequest`.
    pub fn outgoing(&self) -> Outgoing<'_> {
        Outgoing::new(&self.body, TokenType::ARC.media_types())
    }

    /// Takes the credential out of the answer.
    ///
    /// # Errors
    /// The state comes back: with [`Malformed`](privacypass_wire::Malformed) for an answer of another length, and
    /// [`Invalid::Scheme`] for one that does not hold under the key.
    pub fn finish(self, response: &[u8]) -> Result<Unwritten<Holder>, Refused<Self>> {
        let response = TokenResponse::from_bytes(TokenType::ARC, response).map_err(Error::from);
        match response.and_then(|response| self.take(&response)) {
            Ok(holder) => Ok(Unwritten::new(holder)),
            Err(error) => Err(Refused::new(self, error)),
        }
    }

    pub(crate) fn take(&self, response: &TokenResponse) -> Result<Holder, Error> {
        let response = CredentialResponse::from_bytes(response.message())?;
        let state = PreIssuance::<P256>::from_bytes(&self.state)?;
        let credential = state.finish(&self.key, &response).map_err(|refused| refused.error)?;
        let (binding, key) = (self.binding.clone(), self.key.clone());
        Ok(Holder { binding, key, credential: credential.into_bytes(), used: BTreeMap::new() })
    }
}

impl State for Pending {
    const KIND: EntryKind = EntryKind::ArcPending;

    fn write(&self, writer: Writer) -> Writer {
        self.binding.write(writer.bytes(&self.key.to_bytes())).bytes(&self.state).bytes(&self.body)
    }

    fn read(reader: &mut Reader<'_>, cache: &mut Cache) -> Result<Self, Error> {
        let key = reader.bytes()?;
        let binding = Binding::read(reader, TokenType::ARC, key)?;
        let state = Zeroizing::new(reader.bytes()?.to_vec());
        drop(PreIssuance::<P256>::from_bytes(&state)?);
        let body = reader.bytes()?.to_vec();
        if TokenRequest::from_bytes(&body)?.token_type() != TokenType::ARC {
            return Err(Misuse::Journal.into());
        }
        Ok(Self { binding, key: cache.arc_key(key)?, state, body })
    }
}

/// A credential, and for each context that it was shown in how often.
///
/// A copy that is shown elsewhere would use the same numbers again, which links the presentations and has them refused. There is
/// no way to make one.
#[must_use = "a credential costs an issuance"]
pub struct Holder {
    binding: Binding,
    key: PublicKey<P256>,
    /// As it was issued: in no context yet.
    credential: Zeroizing<Vec<u8>>,
    /// Presentations by context. Of what makes a presentation context, only this differs within a binding.
    used: BTreeMap<RedemptionContext, u64>,
}

type RedemptionContext = Option<[u8; 32]>;

impl Holder {
    /// The contexts that a credential remembers. It can be shown in no other after so many.
    pub const MAX_CONTEXTS: usize = Credential::<P256>::MAX_CONTEXTS;

    /// What the credential is bound to.
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// How many presentations were made in the context of this challenge.
    pub fn used(&self, challenge: &TokenChallenge) -> u64 {
        self.used.get(&challenge.redemption_context().copied()).copied().unwrap_or(0)
    }

    /// How many contexts it was shown in.
    pub fn contexts(&self) -> usize {
        self.used.len()
    }

    /// The entry of the credential alone.
    pub fn entry(&self) -> super::JournalEntry {
        State::entry(self)
    }

    /// Makes a presentation for the offer, in its context and under its limit. The counter of a context follows no limit: it goes
    /// on where a limit was raised.
    ///
    /// # Errors
    /// The holder comes back, with [`Reason::OtherBinding`], [`Reason::LimitReached`] or [`Reason::TooManyContexts`].
    pub fn present<R: CryptoRng + ?Sized>(
        self,
        offer: &Offer,
        rng: &mut R,
    ) -> Result<Unwritten<Presented>, Declined<Self>> {
        self.present_now(offer, rng).map(Unwritten::new)
    }

    pub(crate) fn present_now<R: CryptoRng + ?Sized>(
        mut self,
        offer: &Offer,
        rng: &mut R,
    ) -> Result<Presented, Declined<Self>> {
        match self.check(offer).and_then(|limit| Ok(self.show(offer, limit, rng)?)) {
            Ok(token) => {
                *self.used.entry(offer.challenge().redemption_context().copied()).or_insert(0) += 1;
                Ok(Presented { token, holder: self })
            }
            Err(reason) => Err(Declined::new(self, reason)),
        }
    }

    fn check(&self, offer: &Offer) -> Result<Limit, Reason> {
        let Terms::Arc(limit) = offer.terms() else { return Err(Reason::OtherBinding) };
        if !self.binding.fits(offer) {
            return Err(Reason::OtherBinding);
        }
        match self.used(offer.challenge()) {
            0 if self.used.len() >= Self::MAX_CONTEXTS => Err(Reason::TooManyContexts),
            used if used >= limit.get() => Err(Reason::LimitReached { limit: limit.get(), used }),
            _ => Ok(limit),
        }
    }

    fn show<R: CryptoRng + ?Sized>(&self, offer: &Offer, limit: Limit, rng: &mut R) -> Result<Vec<u8>, Error> {
        let state = self.counter(offer.challenge(), limit)?;
        let (presentation, _) = state.present(rng).map_err(|refused| refused.error)?.into_parts();
        token(offer, &presentation)
    }

    /// The state of the context, at the presentation that is next.
    fn counter(&self, challenge: &TokenChallenge, limit: Limit) -> Result<PresentationState<P256>, Error> {
        let context = contexts::arc_presentation(challenge, &self.binding.key_id)?;
        let mut credential = Credential::<P256>::from_bytes(&self.key, &self.credential)?;
        let state = credential.open(context, limit)?.skip_to(self.used(challenge));
        match state.map_err(|refused| refused.error)? {
            ContextState::Open(state) => Ok(state),
            ContextState::Closed(_) => Err(Misuse::Parameter.into()),
        }
    }
}

/// The token, whose field for the nonce is 0.
fn token(offer: &Offer, presentation: &Presentation<P256>) -> Result<Vec<u8>, Error> {
    let digest = offer.challenge().digest();
    Ok(ArcToken::new(digest, offer.key_id(), &presentation.to_bytes())?.to_bytes())
}

impl State for Holder {
    const KIND: EntryKind = EntryKind::ArcHolder;

    fn write(&self, writer: Writer) -> Writer {
        let writer = self.binding.write(writer.bytes(&self.key.to_bytes())).bytes(&self.credential);
        self.used.iter().fold(writer.u64(self.used.len() as u64), |writer, (context, used)| {
            writer.bytes(context.as_ref().map_or(&[], |context| context.as_slice())).u64(*used)
        })
    }

    fn read(reader: &mut Reader<'_>, cache: &mut Cache) -> Result<Self, Error> {
        let key_bytes = reader.bytes()?;
        let binding = Binding::read(reader, TokenType::ARC, key_bytes)?;
        let key = cache.arc_key(key_bytes)?;
        let credential = Zeroizing::new(reader.bytes()?.to_vec());
        if Credential::from_bytes(&key, &credential)?.contexts() != 0 {
            return Err(Misuse::Journal.into());
        }
        let mut used = BTreeMap::new();
        for _ in 0..reader.u64()? {
            let (context, count) = (reader.context()?, reader.u64()?);
            let is_next = used.last_key_value().is_none_or(|(last, _)| *last < context);
            if !is_next || used.len() >= Self::MAX_CONTEXTS || !(1..=Limit::MAX.get()).contains(&count) {
                return Err(Misuse::Journal.into());
            }
            used.insert(context, count);
        }
        Ok(Self { binding, key, credential, used })
    }
}

/// A presentation that was shown, or is about to be, and the credential behind it.
#[must_use = "the credential is in here"]
pub struct Presented {
    token: Vec<u8>,
    holder: Holder,
}

impl Presented {
    /// The token, the same bytes each time: sent again after a lost answer it is the same presentation, and counts once.
    pub fn token_bytes(&self) -> &[u8] {
        &self.token
    }

    /// The token, for [`Authorization`](privacypass_wire::http::Authorization).
    ///
    /// # Errors
    /// None for a state that was made here.
    pub fn token(&self) -> Result<privacypass_wire::Token, Error> {
        Ok(privacypass_wire::Token::Arc(ArcToken::from_bytes(&self.token)?))
    }

    /// The credential, which counts this presentation.
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// The credential, when the answer is there. The entry on disk may stay until the next step overwrites it.
    pub fn into_holder(self) -> Holder {
        self.holder
    }
}

impl State for Presented {
    const KIND: EntryKind = EntryKind::ArcPresented;

    fn write(&self, writer: Writer) -> Writer {
        writer.bytes(&self.token).state(&self.holder)
    }

    fn read(reader: &mut Reader<'_>, cache: &mut Cache) -> Result<Self, Error> {
        let token = reader.bytes()?.to_vec();
        let holder: Holder = reader.state(cache)?;
        let key: KeyId = *ArcToken::from_bytes(&token)?.issuer_key_id();
        if key != holder.binding.key_id {
            return Err(Misuse::Journal.into());
        }
        Ok(Self { token, holder })
    }
}
