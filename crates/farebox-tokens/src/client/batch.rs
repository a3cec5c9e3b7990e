//! Many single-use tokens of one VOPRF key under one proof: the amortized batch (draft-ietf-privacypass-batched-tokens-07).

use privacypass_wire::{AmortizedBatchTokenRequest, AmortizedBatchTokenResponse, Limits, TokenChallenge, http};
use rand_core::CryptoRng;

use super::journal::{EntryKind, Reader, State, Writer};
use super::single::{BlindedTokens, Held};
use super::single_key::{Coins, Drawn};
use super::{Cache, Offer, Outgoing, Unwritten, generic};
use crate::opaque::opaque;
use crate::{Error, Invalid, Misuse, Refused};

const MEDIA_TYPES: (&str, &str) = (http::AMORTIZED_BATCH_REQUEST, http::AMORTIZED_BATCH_RESPONSE);

/// Asks for `count` tokens, from 1 to what [`Limits::DEFAULT`] reads in a batch. Each has a nonce of its own.
///
/// # Errors
/// [`Misuse::TokenType`] for other types than `0x0001` and `0x0005`, [`Misuse::Parameter`] for the count, and
/// [`Invalid::Key`] for a key that does not read.
pub fn request<R: CryptoRng + ?Sized>(offer: &Offer, count: usize, rng: &mut R) -> Result<Unwritten<Pending>, Error> {
    Ok(Unwritten::new(Pending::new(offer, count, &mut Drawn(rng))?))
}

/// [`request`] with coins from outside, one for each token.
///
/// # Errors
/// As [`request`], and [`Misuse::Parameter`] for coins that the scheme does not take.
#[cfg(feature = "hazmat")]
pub fn request_with_coins(offer: &Offer, coins: &[super::TokenCoins]) -> Result<Unwritten<Pending>, Error> {
    Ok(Unwritten::new(Pending::new(offer, coins.len(), &mut super::single_key::Given { coins, nonces: 0 })?))
}

/// Tokens that were asked for.
#[must_use = "the tokens can only be taken with this state"]
pub struct Pending {
    blinded: BlindedTokens,
    body: Vec<u8>,
}

opaque!(Pending => "batch::Pending");

impl Pending {
    fn new<C: Coins>(offer: &Offer, count: usize, coins: &mut C) -> Result<Self, Error> {
        if !offer.token_type().is_amortizable() {
            return Err(Misuse::TokenType.into());
        }
        if !(1..=Limits::DEFAULT.batch).contains(&count) {
            return Err(Misuse::Parameter.into());
        }
        let (blinded, messages) = BlindedTokens::new(offer, count, coins)?;
        let messages: Vec<_> = messages.chunks(blinded.key.message_len()).collect();
        let body = AmortizedBatchTokenRequest::new(offer.token_type(), &offer.key_id(), &messages)?.to_bytes();
        Ok(Self { blinded, body })
    }

    /// The challenge that the tokens will answer.
    pub fn challenge(&self) -> &TokenChallenge {
        &self.blinded.challenge
    }

    /// How many tokens were asked for.
    pub fn count(&self) -> usize {
        self.blinded.nonces.len()
    }

    /// The request, an `AmortizedBatchTokenRequest`.
    pub fn outgoing(&self) -> Outgoing<'_> {
        Outgoing::new(&self.body, MEDIA_TYPES)
    }

    /// Takes the tokens out of the answer, an `AmortizedBatchTokenResponse`. The entry holds them all.
    ///
    /// # Errors
    /// The state comes back: with [`Malformed`](privacypass_wire::Malformed) for an answer that does not read,
    /// [`Invalid::Answer`] for one of another count, and [`Invalid::Scheme`] for one that does not hold under the key.
    pub fn finish(self, response: &[u8]) -> Result<Unwritten<Vec<Held>>, Refused<Self>> {
        match self.take(response) {
            Ok(held) => Ok(Unwritten::with_entry(generic::several(held.iter().map(Some)), held)),
            Err(error) => Err(Refused::new(self, error)),
        }
    }

    fn take(&self, response: &[u8]) -> Result<Vec<Held>, Error> {
        let response =
            AmortizedBatchTokenResponse::from_bytes(self.blinded.key.token_type(), response, &Limits::DEFAULT)?;
        if response.count() != self.count() {
            return Err(Invalid::Answer.into());
        }
        let answer: Vec<u8> = response.evaluated_messages().chain([response.proof()]).flatten().copied().collect();
        self.blinded.finish(&answer)
    }
}

impl State for Pending {
    const KIND: EntryKind = EntryKind::BatchPending;

    fn write(&self, writer: Writer) -> Writer {
        self.blinded.write(writer).bytes(&self.body)
    }

    fn read(reader: &mut Reader<'_>, _: &mut Cache) -> Result<Self, Error> {
        let blinded = BlindedTokens::read(reader)?;
        let body = reader.bytes()?.to_vec();
        let request = AmortizedBatchTokenRequest::from_bytes(&body, &Limits::DEFAULT)?;
        if request.count() != blinded.nonces.len() || request.token_type() != blinded.key.token_type() {
            return Err(Misuse::Journal.into());
        }
        Ok(Self { blinded, body })
    }
}
