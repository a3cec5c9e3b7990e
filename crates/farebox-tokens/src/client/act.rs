//! ACT balances: spent in parts, with change.

use std::sync::Arc;

use farebox_act::{Context, CreditToken, Credits, IssuanceResponse, Params, PreIssuance, PreRefund, PublicKey};
use privacypass_wire::directory::ActParameters;
use privacypass_wire::{ActToken, TokenChallenge, TokenRequest, TokenResponse, TokenType};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::journal::{EntryKind, Reader, State, Writer};
use super::{Binding, Cache, Declined, Offer, Outgoing, Reason, Terms, Unwritten, reversed};
use crate::opaque::opaque;
use crate::{Error, Invalid, Misuse, Refused, contexts};

/// What a client knows of an ACT key beside the key: pin it to the key's id.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// Domain separator and L.
    pub params: Arc<Params>,
    /// The credits of a new token.
    pub initial: Credits,
}

impl Parameters {
    /// Reads those of an issuer's directory.
    ///
    /// # Errors
    /// [`Misuse::Parameter`] for a domain separator, an L or an amount that the scheme does not take.
    pub fn from_directory(entry: &ActParameters, cache: &mut Cache) -> Result<Self, Misuse> {
        let params = cache.act_params(&entry.domain_separator, entry.bit_length)?;
        let initial = params.credits(entry.initial_credits).map_err(|_| Misuse::Parameter)?;
        Ok(Self { params, initial })
    }
}

/// Asks for a new token.
///
/// # Errors
/// [`Misuse::TokenType`] for another type, [`Invalid::Key`] for a key that does not read, and [`Misuse::Parameter`] for initial
/// credits that are not below 2^L.
pub fn request<R: CryptoRng + ?Sized>(
    offer: &Offer,
    parameters: &Parameters,
    rng: &mut R,
) -> Result<Unwritten<Pending>, Error> {
    if offer.token_type() != TokenType::ACT {
        return Err(Misuse::TokenType.into());
    }
    let key = PublicKey::from_bytes(offer.key()).map_err(|_| Invalid::Key)?;
    let initial = parameters.params.credits(parameters.initial.get())?;
    let context = contexts::act(offer.challenge(), &offer.key_id())?;
    let (state, message) = PreIssuance::request(&parameters.params, rng)?;
    let body = TokenRequest::new(TokenType::ACT, &offer.key_id(), &message.to_bytes())?.to_bytes();
    let account = Account { binding: Binding::of(offer), key, params: parameters.params.clone() };
    Ok(Unwritten::new(Pending { account, context, initial, state: state.into_bytes(), body }))
}

/// What all states of one chain of tokens have.
struct Account {
    binding: Binding,
    key: PublicKey,
    params: Arc<Params>,
}

impl Account {
    fn write(&self, writer: Writer) -> Writer {
        let writer = self.binding.write(writer.bytes(self.key.as_bytes()));
        writer.bytes(self.params.domain_separator().as_bytes()).u64(self.params.bits().get() as u64)
    }

    fn read(reader: &mut Reader<'_>, cache: &mut Cache) -> Result<Self, Error> {
        let bytes = reader.bytes()?;
        let binding = Binding::read(reader, TokenType::ACT, bytes)?;
        let (separator, bits) = (reader.text()?, reader.u64()?);
        let params = cache.act_params(separator, u8::try_from(bits).map_err(|_| Misuse::Journal)?)?;
        Ok(Self { binding, key: PublicKey::from_bytes(bytes)?, params })
    }
}

/// A token that was asked for.
#[must_use = "the credits can only be taken with this state"]
pub struct Pending {
    account: Account,
    context: Context,
    initial: Credits,
    state: Zeroizing<Vec<u8>>,
    body: Vec<u8>,
}

opaque!(Pending => "act::Pending", Idle => "act::Idle", InFlight => "act::InFlight");

impl Pending {
    /// What the token will be bound to.
    pub fn binding(&self) -> &Binding {
        &self.account.binding
    }

    /// The request, a `TokenRequest`.
    pub fn outgoing(&self) -> Outgoing<'_> {
        Outgoing::new(&self.body, TokenType::ACT.media_types())
    }

    /// Takes the token out of the answer. Its context is the client's own, and its credits are those that were expected.
    ///
    /// # Errors
    /// The state comes back: with [`Malformed`](privacypass_wire::Malformed) for an answer of another length, and
    /// [`Invalid::Scheme`] for one that does not hold, or that grants another amount.
    pub fn finish(self, response: &[u8]) -> Result<Unwritten<Idle>, Refused<Self>> {
        match TokenResponse::from_bytes(TokenType::ACT, response).map_err(Error::from).and_then(|it| self.check(&it)) {
            Ok(token) => Ok(Unwritten::new(Idle::new(self.account, token))),
            Err(error) => Err(Refused::new(self, error)),
        }
    }

    fn check(&self, response: &TokenResponse) -> Result<CreditToken, Error> {
        let Account { key, params, .. } = &self.account;
        let response = IssuanceResponse::from_bytes(params, response.message())?;
        let state = PreIssuance::from_bytes(params, &self.state)?;
        let token = state.finish(params, key, self.context, self.initial, &response);
        token.map_err(|refused| refused.error.into())
    }

    pub(crate) fn take(&self, response: &TokenResponse) -> Result<Idle, Error> {
        let Account { binding, key, params } = &self.account;
        let account = Account { binding: binding.clone(), key: *key, params: params.clone() };
        Ok(Idle::new(account, self.check(response)?))
    }
}

impl State for Pending {
    const KIND: EntryKind = EntryKind::ActPending;

    fn write(&self, writer: Writer) -> Writer {
        let writer = self.account.write(writer).raw(&self.context.to_bytes()).u64(self.initial.get());
        writer.bytes(&self.state).bytes(&self.body)
    }

    fn read(reader: &mut Reader<'_>, cache: &mut Cache) -> Result<Self, Error> {
        let account = Account::read(reader, cache)?;
        let context = Context::from_bytes(reader.take(32)?).map_err(|_| Misuse::Journal)?;
        let initial = account.params.credits(reader.u64()?)?;
        let state = Zeroizing::new(reader.bytes()?.to_vec());
        drop(PreIssuance::from_bytes(&account.params, &state)?);
        let body = reader.bytes()?.to_vec();
        if TokenRequest::from_bytes(&body)?.token_type() != TokenType::ACT {
            return Err(Misuse::Journal.into());
        }
        Ok(Self { account, context, initial, state, body })
    }
}

/// A balance that can be spent.
#[must_use = "the credits are lost with the token"]
pub struct Idle {
    account: Account,
    token: Zeroizing<Vec<u8>>,
    balance: Credits,
}

impl Idle {
    fn new(account: Account, token: CreditToken) -> Self {
        let balance = token.balance();
        Self { account, token: token.into_bytes(), balance }
    }

    /// What the balance is bound to.
    pub fn binding(&self) -> &Binding {
        &self.account.binding
    }

    /// The credits.
    pub fn balance(&self) -> Credits {
        self.balance
    }

    /// The entry of the balance alone.
    pub fn entry(&self) -> super::JournalEntry {
        State::entry(self)
    }

    /// Spends what the offer asks for. A cost of 0 refreshes the token, if the issuer admits that.
    ///
    /// # Errors
    /// The balance comes back, with [`Reason::OtherBinding`] or [`Reason::Overdraft`].
    pub fn spend<R: CryptoRng + ?Sized>(
        self,
        offer: &Offer,
        rng: &mut R,
    ) -> Result<Unwritten<InFlight>, Declined<Self>> {
        match self.check(offer).and_then(|cost| Ok(self.prove(offer.challenge(), cost, rng)?)) {
            Ok((message, state)) => {
                let (remaining, charge) = (state.remaining(), state.charge());
                let (account, state) = (self.account, state.into_bytes());
                Ok(Unwritten::new(InFlight { account, message, remaining, charge, state }))
            }
            Err(reason) => Err(Declined::new(self, reason)),
        }
    }

    fn check(&self, offer: &Offer) -> Result<Credits, Reason> {
        let Terms::Act(cost) = offer.terms() else { return Err(Reason::OtherBinding) };
        if !self.account.binding.fits(offer) {
            return Err(Reason::OtherBinding);
        }
        let balance = self.balance.get();
        // What is above 2^L is above the balance.
        let cost = self.account.params.credits(cost).ok().filter(|cost| cost.get() <= balance).ok_or(cost);
        cost.map_err(|cost| Reason::Overdraft { cost, balance })
    }

    fn prove<R: CryptoRng + ?Sized>(
        &self,
        challenge: &TokenChallenge,
        cost: Credits,
        rng: &mut R,
    ) -> Result<(Vec<u8>, PreRefund), Error> {
        let Account { binding, params, .. } = &self.account;
        let token = CreditToken::from_bytes(params, &self.token)?;
        let (proof, state) = token.spend(params, cost, rng).map_err(|refused| refused.error)?;
        let message = ActToken::new(challenge.digest(), binding.key_id, &proof.to_bytes())?;
        Ok((message.to_bytes(), state))
    }
}

impl State for Idle {
    const KIND: EntryKind = EntryKind::ActIdle;

    fn write(&self, writer: Writer) -> Writer {
        self.account.write(writer).bytes(&self.token)
    }

    fn read(reader: &mut Reader<'_>, cache: &mut Cache) -> Result<Self, Error> {
        let account = Account::read(reader, cache)?;
        let token = CreditToken::from_bytes(&account.params, reader.bytes()?)?;
        Ok(Self::new(account, token))
    }
}

/// A spend that was sent, or is about to be. What was not spent lives here until the refund comes.
#[must_use = "the remaining balance lives here until the refund arrives"]
pub struct InFlight {
    account: Account,
    message: Vec<u8>,
    remaining: Credits,
    charge: Credits,
    state: Zeroizing<Vec<u8>>,
}

impl InFlight {
    /// What the balance is bound to.
    pub fn binding(&self) -> &Binding {
        &self.account.binding
    }

    /// The token, the same bytes each time: sent again after a lost answer it brings the same refund.
    pub fn token_bytes(&self) -> &[u8] {
        &self.message
    }

    /// The token, for [`Authorization`](privacypass_wire::http::Authorization).
    ///
    /// # Errors
    /// None for a state that was made here.
    pub fn token(&self) -> Result<privacypass_wire::Token, Error> {
        Ok(privacypass_wire::Token::Act(ActToken::from_bytes(&self.message)?))
    }

    /// What was not spent.
    pub fn remaining(&self) -> Credits {
        self.remaining
    }

    /// What was spent, of which the refund gives a part back.
    pub fn charge(&self) -> Credits {
        self.charge
    }

    /// Takes the new balance out of the refund in a header `PrivacyPass-Reverse`.
    ///
    /// # Errors
    /// As [`refund`](Self::refund).
    pub fn refund_header(self, field: &[u8]) -> Result<Unwritten<Idle>, Refused<Self>> {
        match reversed(field) {
            Ok(refund) => self.refund(&refund),
            Err(error) => Err(Refused::new(self, error)),
        }
    }

    /// Takes the new balance out of the refund, a `Refund` of 164 bytes.
    ///
    /// # Errors
    /// The state comes back: throw the refund away, and send the token again. With [`Malformed`](privacypass_wire::Malformed) for a
    /// refund of another length, and [`Invalid::Scheme`] for one that does not hold or returns more than was spent.
    pub fn refund(self, refund: &[u8]) -> Result<Unwritten<Idle>, Refused<Self>> {
        match self.check(refund) {
            Ok(token) => Ok(Unwritten::new(Idle::new(self.account, token))),
            Err(error) => Err(Refused::new(self, error)),
        }
    }

    fn check(&self, refund: &[u8]) -> Result<CreditToken, Error> {
        let Account { key, params, .. } = &self.account;
        let refund = privacypass_wire::Refund::from_bytes(refund)?;
        let refund = farebox_act::Refund::from_bytes(params, refund.message())?;
        let token = PreRefund::from_bytes(params, &self.state)?.finish(params, key, &refund);
        token.map_err(|refused| refused.error.into())
    }
}

impl State for InFlight {
    const KIND: EntryKind = EntryKind::ActInFlight;

    fn write(&self, writer: Writer) -> Writer {
        self.account.write(writer).bytes(&self.state).bytes(&self.message)
    }

    fn read(reader: &mut Reader<'_>, cache: &mut Cache) -> Result<Self, Error> {
        let account = Account::read(reader, cache)?;
        let state = Zeroizing::new(reader.bytes()?.to_vec());
        let kept = PreRefund::from_bytes(&account.params, &state)?;
        let (remaining, charge) = (kept.remaining(), kept.charge());
        let message = reader.bytes()?.to_vec();
        if *ActToken::from_bytes(&message)?.issuer_key_id() != account.binding.key_id {
            return Err(Misuse::Journal.into());
        }
        Ok(Self { account, message, remaining, charge, state })
    }
}
