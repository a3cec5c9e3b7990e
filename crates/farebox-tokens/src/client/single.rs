//! Single-use tokens: VOPRF (`0x0001`, `0x0005`) and Blind RSA (`0x0002`).

use privacypass_wire::{SingleUseToken, TokenChallenge, TokenRequest, TokenResponse, TokenType};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::journal::{EntryKind, Reader, State, Writer};
use super::single_key::{Coins, Drawn, SingleKey};
use super::{Cache, Declined, Offer, Outgoing, Reason, Unwritten};
use crate::opaque::opaque;
use crate::{Error, Misuse, Refused};

/// Asks for a token. The nonce is 32 bytes of the generator.
///
/// # Errors
/// [`Misuse::TokenType`] for ARC and ACT, and [`Invalid::Key`](crate::Invalid::Key) for a key that does not read; of Blind RSA,
/// also one that has not 2048 bits.
pub fn request<R: CryptoRng + ?Sized>(offer: &Offer, rng: &mut R) -> Result<Unwritten<Pending>, Error> {
    Ok(Unwritten::new(Pending::new(offer, &mut Drawn(rng))?))
}

/// [`request`] with coins from outside.
///
/// # Errors
/// As [`request`], and [`Misuse::Parameter`] for coins that the scheme does not take.
#[cfg(feature = "hazmat")]
pub fn request_with_coins(offer: &Offer, coins: super::TokenCoins) -> Result<Unwritten<Pending>, Error> {
    let mut given = super::single_key::Given { coins: &[coins], nonces: 0 };
    Ok(Unwritten::new(Pending::new(offer, &mut given)?))
}

/// A token that was asked for. The answer may come late: the same bytes are sent again.
#[must_use = "the token can only be taken with this state"]
pub struct Pending {
    pub(crate) blinded: BlindedTokens,
    body: Vec<u8>,
}

opaque!(Pending => "single::Pending");

impl Pending {
    pub(crate) fn new<C: Coins>(offer: &Offer, coins: &mut C) -> Result<Self, Error> {
        let (blinded, message) = BlindedTokens::new(offer, 1, coins)?;
        let body = TokenRequest::new(offer.token_type(), &offer.key_id(), &message)?.to_bytes();
        Ok(Self { blinded, body })
    }

    /// The challenge that the token will answer.
    pub fn challenge(&self) -> &TokenChallenge {
        &self.blinded.challenge
    }

    /// The request, a `TokenRequest`.
    pub fn outgoing(&self) -> Outgoing<'_> {
        Outgoing::new(&self.body, self.blinded.key.token_type().media_types())
    }

    /// Takes the token out of the answer, a `TokenResponse`. The token is in the entry.
    ///
    /// # Errors
    /// The state comes back, so that another answer can be tried: with [`Malformed`](privacypass_wire::Malformed) for an answer of
    /// another length, and [`Invalid::Scheme`](crate::Invalid::Scheme) for one that does not hold under the key.
    pub fn finish(self, response: &[u8]) -> Result<Unwritten<Held>, Refused<Self>> {
        let token_type = self.blinded.key.token_type();
        let response = TokenResponse::from_bytes(token_type, response).map_err(Error::from);
        match response.and_then(|response| self.take(&response)) {
            Ok(held) => Ok(Unwritten::new(held)),
            Err(error) => Err(Refused::new(self, error)),
        }
    }

    pub(crate) fn take(&self, response: &TokenResponse) -> Result<Held, Error> {
        let held = self.blinded.finish(response.message())?;
        held.into_iter().next().ok_or(crate::Invalid::Answer.into())
    }
}

impl State for Pending {
    const KIND: EntryKind = EntryKind::SinglePending;

    fn write(&self, writer: Writer) -> Writer {
        self.blinded.write(writer).bytes(&self.body)
    }

    fn read(reader: &mut Reader<'_>, _: &mut Cache) -> Result<Self, Error> {
        let blinded = BlindedTokens::read(reader)?;
        let body = reader.bytes()?.to_vec();
        let request = TokenRequest::from_bytes(&body)?;
        if blinded.nonces.len() != 1 || request.token_type() != blinded.key.token_type() {
            return Err(Misuse::Journal.into());
        }
        Ok(Self { blinded, body })
    }
}

/// What is kept of tokens that were asked for with one key and for one challenge.
pub(crate) struct BlindedTokens {
    pub(crate) challenge: TokenChallenge,
    pub(crate) key: SingleKey,
    /// They join what was asked for with what will be shown.
    pub(crate) nonces: Zeroizing<Vec<[u8; 32]>>,
    state: Zeroizing<Vec<u8>>,
}

impl BlindedTokens {
    /// The state, and the blinded messages one behind the other.
    pub(crate) fn new<C: Coins>(offer: &Offer, count: usize, coins: &mut C) -> Result<(Self, Vec<u8>), Error> {
        let key = SingleKey::read(offer.token_type(), offer.key())?;
        let challenge = offer.challenge().clone();
        let nonces = Zeroizing::new((0..count).map(|_| coins.nonce()).collect::<Result<Vec<_>, _>>()?);
        let digest = challenge.digest();
        let inputs: Vec<_> = nonces.iter().map(|nonce| key.input(*nonce, digest)).collect();
        let blinded = key.blind(&inputs, coins)?;
        Ok((Self { challenge, key, nonces, state: blinded.state }, blinded.messages))
    }

    pub(crate) fn finish(&self, answer: &[u8]) -> Result<Vec<Held>, Error> {
        let authenticators = self.key.finish(&self.state, answer)?;
        let digest = self.challenge.digest();
        let tokens = self.nonces.iter().zip(authenticators).map(|(nonce, authenticator)| {
            let input = self.key.input(*nonce, digest).to_bytes();
            let mut token = Zeroizing::new(Vec::with_capacity(input.len() + authenticator.len()));
            token.extend_from_slice(&input);
            token.extend_from_slice(&authenticator);
            Held { token, challenge: self.challenge.clone() }
        });
        Ok(tokens.collect())
    }

    pub(crate) fn write(&self, writer: Writer) -> Writer {
        let writer = writer.bytes(self.challenge.as_bytes()).bytes(self.key.as_bytes());
        let writer = writer.u64(self.nonces.len() as u64);
        self.nonces.iter().fold(writer, |writer, nonce| writer.raw(nonce)).bytes(&self.state)
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let challenge = TokenChallenge::from_bytes(reader.bytes()?)?;
        let key = SingleKey::read(challenge.token_type(), reader.bytes()?)?;
        let count = reader.u64()?;
        let nonces = Zeroizing::new((0..count).map(|_| reader.array()).collect::<Result<Vec<_>, _>>()?);
        let state = Zeroizing::new(reader.bytes()?.to_vec());
        key.check(&state, nonces.len())?;
        Ok(Self { challenge, key, nonces, state })
    }
}

/// A token, good once, and the challenge that it answers.
#[must_use = "a token costs an issuance"]
pub struct Held {
    /// The token's bytes. Whoever has them can redeem it.
    token: Zeroizing<Vec<u8>>,
    challenge: TokenChallenge,
}

opaque!(Held => "single::Held");

impl Held {
    /// The token type.
    pub fn token_type(&self) -> TokenType {
        self.challenge.token_type()
    }

    /// The challenge that it answers.
    pub fn challenge(&self) -> &TokenChallenge {
        &self.challenge
    }

    /// Whether it answers the offer: the challenge is the same, byte for byte. The key may be another one that the origin accepts
    /// still.
    pub fn answers(&self, offer: &Offer) -> bool {
        self.challenge == *offer.challenge()
    }

    /// The entry of this token alone. To keep the tokens of a batch apart, write an entry for each in the place of the batch's, in
    /// one transaction.
    pub fn entry(&self) -> super::JournalEntry {
        State::entry(self)
    }

    /// Shows the token to the origin of the offer.
    ///
    /// # Errors
    /// The token comes back with [`Reason::OtherBinding`] where it answers another challenge.
    pub fn redeem(self, offer: &Offer) -> Result<Unwritten<Redeeming>, Declined<Self>> {
        if !self.answers(offer) {
            return Err(Declined::new(self, Reason::OtherBinding));
        }
        match self.token() {
            Ok(_) => Ok(Unwritten::new(Redeeming(self))),
            Err(error) => Err(Declined::new(self, error)),
        }
    }

    pub(crate) fn token(&self) -> Result<SingleUseToken, Error> {
        Ok(SingleUseToken::from_bytes(&self.token)?)
    }
}

impl State for Held {
    const KIND: EntryKind = EntryKind::Held;

    fn write(&self, writer: Writer) -> Writer {
        writer.bytes(self.challenge.as_bytes()).bytes(&self.token)
    }

    fn read(reader: &mut Reader<'_>, _: &mut Cache) -> Result<Self, Error> {
        let challenge = TokenChallenge::from_bytes(reader.bytes()?)?;
        let token = Zeroizing::new(reader.bytes()?.to_vec());
        let parsed = SingleUseToken::from_bytes(&token)?;
        let input = parsed.input();
        if input.challenge_digest != challenge.digest() || input.token_type != challenge.token_type() {
            return Err(Misuse::Journal.into());
        }
        Ok(Self { token, challenge })
    }
}

/// A token that was shown, or is about to be, to the origin of its challenge and to no other. When the answer is there, the entry
/// can go.
#[must_use = "the token's bytes are here"]
pub struct Redeeming(Held);

opaque!(Redeeming => "single::Redeeming");

impl Redeeming {
    /// The challenge that it answers.
    pub fn challenge(&self) -> &TokenChallenge {
        &self.0.challenge
    }

    /// The token, for [`Authorization`](privacypass_wire::http::Authorization).
    ///
    /// # Errors
    /// None for a state that was made here.
    pub fn token(&self) -> Result<privacypass_wire::Token, Error> {
        Ok(privacypass_wire::Token::SingleUse(self.0.token()?))
    }

    /// Its bytes, the same each time.
    pub fn token_bytes(&self) -> Vec<u8> {
        self.0.token.to_vec()
    }
}

impl State for Redeeming {
    const KIND: EntryKind = EntryKind::Redeeming;

    fn write(&self, writer: Writer) -> Writer {
        self.0.write(writer)
    }

    fn read(reader: &mut Reader<'_>, cache: &mut Cache) -> Result<Self, Error> {
        Ok(Self(Held::read(reader, cache)?))
    }
}
