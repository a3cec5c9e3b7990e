//! The offers of a route, and which of them a token answers.

use std::sync::Arc;

use farebox_act::SpendProof;
use privacypass_wire::{ChallengeDigest, Limits, Token};

use super::{BoundToken, Offer};
use crate::{Error, Invalid};

/// The offers that an origin knows, found by the digests of their challenges and by their keys.
#[derive(Clone, Debug, Default)]
pub struct Offers {
    all: Vec<Known>,
}

#[derive(Clone, Debug)]
struct Known {
    digest: ChallengeDigest,
    offer: Arc<Offer>,
    standing: Standing,
}

/// What an offer is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// It is asked for.
    Offered,
    /// It is not asked for any more; what answers it is granted.
    Accepted,
    /// It is over: only what came before is answered.
    Over,
}

impl Offers {
    /// These offers, asked for in this order.
    pub fn new(offers: impl IntoIterator<Item = Offer>) -> Self {
        let mut all = Self::default();
        offers.into_iter().for_each(|offer| all.insert(offer));
        all
    }

    /// Adds an offer that is asked for.
    pub fn insert(&mut self, offer: Offer) {
        self.put(offer, Standing::Offered);
    }

    /// Adds an offer that is not asked for any more, and that tokens may answer still: of the key before, of the last window.
    pub fn accept(&mut self, offer: Offer) {
        self.put(offer, Standing::Accepted);
    }

    /// Adds an offer that is over, as long as answers are kept: of an ended window, of an old cost. Whoever lost the answer
    /// to a token finds it; nothing is granted.
    pub fn retire(&mut self, offer: Offer) {
        self.put(offer, Standing::Over);
    }

    /// Of two with one challenge and key the later counts; what is over stands beside it, each cost for itself.
    fn put(&mut self, offer: Offer, standing: Standing) {
        let digest = offer.digest();
        self.all.retain(|known| {
            let one_is_over = known.standing == Standing::Over || standing == Standing::Over;
            let same = known.digest == digest && known.offer.key_id == offer.key_id;
            !same || (one_is_over && !known.offer.asks_as(&offer))
        });
        self.all.push(Known { digest, offer: Arc::new(offer), standing });
    }

    /// What is asked for.
    pub fn iter(&self) -> impl Iterator<Item = &Offer> {
        self.all.iter().filter(|known| known.standing == Standing::Offered).map(|known| &*known.offer)
    }

    /// Reads the token of a request, and the one beside it, and finds the offer that they answer. No scheme is asked yet. A token of
    /// a key that is accepted no more, and one for an offer that is over, binds: what it was answered, if it was, is found.
    ///
    /// # Errors
    /// [`Error::Malformed`] for bytes that are no token, [`Invalid::Challenge`] for one that answers no offer,
    /// [`Invalid::TokenType`] and [`Invalid::Key`] where it is not the offer's, [`Invalid::Companion`].
    pub fn bind(&self, token: &[u8], companion: Option<&[u8]>, now: u64) -> Result<BoundToken, Error> {
        if token.len().max(companion.map_or(0, <[u8]>::len)) > Limits::DEFAULT.body {
            return Err(Invalid::Challenge.into());
        }
        let parsed = Token::from_bytes(token)?;
        let known = self.find(&parsed)?;
        let offer = &known.offer;
        let beside = match (offer.companions.is_empty(), companion) {
            (true, None) => None,
            (false, Some(bytes)) => Some(Self::bind_companion(offer, bytes, now)?),
            _ => return Err(Invalid::Companion.into()),
        };
        let grants = known.standing != Standing::Over;
        BoundToken::new(offer.clone(), parsed, token, beside, grants, now)
    }

    fn find(&self, token: &Token) -> Result<&Known, Invalid> {
        let asked = || self.all.iter().filter(|known| known.digest == *token.challenge_digest());
        let first = asked().next().ok_or(Invalid::Challenge)?;
        if first.offer.challenge.token_type() != token.token_type() {
            return Err(Invalid::TokenType);
        }
        let fits = || asked().filter(|known| known.offer.key_id == *token.key_id());
        // The cost is not in the challenge. What the message says only chooses among offers; the offer's cost is what is verified.
        let charge = match token {
            Token::Act(token) => SpendProof::charge_in(token.spend_proof()),
            _ => None,
        };
        fits().find(|known| known.offer.cost() == charge).or_else(|| fits().next()).ok_or(Invalid::Key)
    }

    fn bind_companion(offer: &Offer, bytes: &[u8], now: u64) -> Result<BoundToken, Error> {
        let token = Token::from_bytes(bytes)?;
        let named = offer.companions.iter().find(|companion| companion.key_id == *token.key_id());
        let companion = named.or(offer.companions.first()).ok_or(Invalid::Companion)?;
        BoundToken::new(companion.clone(), token, bytes, None, true, now)
    }
}
