//! The nonces that a credential has used in one context of the older draft.

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use farebox_group::Scalar as _;
use farebox_sigma::{Flavor, Fresh, Hedge, Relation as _, Transcript, witness};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::V1;
use super::presentation::{Presentation, statement};
use super::relation::{Shown, ShownSecrets};
use crate::credential::Holder;
use crate::error::own_proof;
use crate::suite::session;
use crate::{Coins, Credential, Error, Limit, Misuse, Point, PresentationContext, Refused, Scalar};

/// What the client draws for a presentation.
#[derive(Debug)]
#[cfg_attr(not(feature = "hazmat"), allow(unreachable_pub, reason = "public with `hazmat` only"))]
pub struct PresentationCoins<S: V1> {
    /// A nonce below the limit that was not used before.
    pub nonce: u32,
    /// Randomises U; not 0.
    pub a: Scalar<S>,
    /// The blinding of U'Commit.
    pub r: Scalar<S>,
    /// The blinding of m1Commit.
    pub z: Scalar<S>,
    /// The proof's coins: 4 nonces.
    pub proof: Coins<S>,
}

/// A credential in one context, and the nonces that are left. It has no saved form: this draft is for comparison.
#[must_use = "the nonces that were used are known here only"]
pub struct PresentationState<S: V1> {
    holder: Arc<Holder<S>>,
    context: PresentationContext<S>,
    limit: Limit,
    /// Nonces that are left, in no order.
    left: Vec<u16>,
}

impl<S: V1> PresentationState<S> {
    /// The largest limit: a state holds two bytes for each nonce.
    pub const MAX_LIMIT: u64 = 1 << 16;

    /// Opens a context of a credential.
    ///
    /// # Errors
    /// [`Misuse::Limit`], [`Misuse::AlreadyOpen`], [`Misuse::TooManyContexts`].
    pub fn open(credential: &mut Credential<S>, context: PresentationContext<S>, limit: Limit) -> Result<Self, Misuse> {
        if limit.get() > Self::MAX_LIMIT {
            return Err(Misuse::Limit);
        }
        credential.note(&context)?;
        let left = (0..=u16::MAX).take_while(|nonce| u64::from(*nonce) < limit.get()).collect();
        Ok(Self { holder: credential.holder.clone(), context, limit, left })
    }

    /// N.
    pub fn limit(&self) -> Limit {
        self.limit
    }

    /// Presents the credential with a random nonce that was not used. There is no state after the last one. Draws 72 bytes.
    ///
    /// # Errors
    /// The state comes back with [`Misuse::Coins`] where the generator gives values that make an element the identity, which
    /// no working one does.
    pub fn present<R: CryptoRng + ?Sized>(self, rng: &mut R) -> Result<(Presentation<S>, Option<Self>), Refused<Self>> {
        let mut random = [0; 8];
        rng.fill_bytes(&mut random);
        let at = u64::from_le_bytes(random).checked_rem(self.left.len() as u64).unwrap_or_default();
        let nonce = self.left.get(at as usize).copied().unwrap_or_default();
        let shown = [self.context.as_bytes(), &nonce.to_le_bytes()];
        let secrets = core::slice::from_ref(&self.holder.m1);
        let mut hedge = Hedge::new(b"farebox-arc v1 present v1", &Fresh::draw(rng), secrets, &shown);
        let (a, r, z) = (hedge.nonzero_scalar(), hedge.scalar(), hedge.scalar());
        self.present_body(PresentationCoins { nonce: nonce.into(), a, r, z, proof: Coins::<S>::draw(rng) })
    }

    /// [`present`](Self::present) with coins from outside.
    ///
    /// # Errors
    /// As [`present`](Self::present), also for a nonce that was used or is not below the limit.
    #[cfg(feature = "hazmat")]
    pub fn present_with_coins(
        self,
        coins: PresentationCoins<S>,
    ) -> Result<(Presentation<S>, Option<Self>), Refused<Self>> {
        self.present_body(coins)
    }

    fn present_body(mut self, coins: PresentationCoins<S>) -> Result<(Presentation<S>, Option<Self>), Refused<Self>> {
        let nonce = coins.nonce;
        let Some(at) = self.left.iter().position(|left| u32::from(*left) == nonce) else {
            return Err(Refused::new(self, Misuse::Coins));
        };
        match self.prove(coins) {
            Ok(presentation) => {
                self.left.swap_remove(at);
                let more = !self.left.is_empty();
                Ok((presentation, more.then_some(self)))
            }
            Err(error) => Err(Refused::new(self, error)),
        }
    }

    fn prove(&self, coins: PresentationCoins<S>) -> Result<Presentation<S>, Error> {
        let PresentationCoins { nonce, a, r, z, proof } = coins;
        let blinds = Zeroizing::new([a, r, z]);
        let [a, r, z] = &*blinds;
        let (holder, context) = (&self.holder, &self.context);
        if a.is_zero().into() {
            return Err(Misuse::Coins.into());
        }
        let scalar = Scalar::<S>::from(u64::from(nonce));
        let shared = holder.shared_halves(context, &scalar, [a, r, z]);
        let [.., half_tag] = shared;
        // m1Tag = m1 * tag
        let halves: Vec<_> = shared.into_iter().chain([half_tag * &holder.m1]).collect();
        let points = Point::<S>::encode_batch(&halves).map_err(|_| Misuse::Coins)?;
        let &[u, u_prime_commit, m1_commit, v, tag, m1_tag] = points.as_slice() else {
            return Err(Misuse::Coins.into());
        };
        let mut shown = Presentation { nonce, u, u_prime_commit, m1_commit, tag, proof: vec![] };
        let statement = statement(&holder.key, context, v, m1_tag, &shown)?;
        let transcript = Transcript::<S::Profile>::new().session(session::<S>(Shown::NAME));
        let argument = transcript.statement(statement).map_err(own_proof)?;
        let mut secrets = ShownSecrets { m1: holder.m1, z: *z, neg_r: -*r, nonce: scalar };
        let witness = witness::<Shown, _>(&secrets);
        let ShownSecrets { m1, z, neg_r, .. } = &mut secrets;
        [m1, z, neg_r].into_iter().for_each(Zeroize::zeroize);
        shown.proof = argument.prove_with_coins(Flavor::Compact, &witness, proof).map_err(own_proof)?;
        Ok(shown)
    }
}

impl<S: V1> ZeroizeOnDrop for PresentationState<S> {}

impl<S: V1> fmt::Debug for PresentationState<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PresentationState(..)")
    }
}
