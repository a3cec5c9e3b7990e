//! The older draft's presentation, and its verification.

use alloc::vec::Vec;

use farebox_group::{Group as _, Scalar as _};
use farebox_sigma::{Flavor, Relation as _, Transcript};

use super::V1;
use super::relation::{Shown, ShownPublics};
use crate::codec::{Reader, Writer, element_len, scalar_len};
use crate::error::peer_proof;
use crate::keys::any_identity;
use crate::suite::{base, session};
use crate::{
    Error, Invalid, Limit, Malformed, Misuse, Point, PresentationContext, PublicKey, Refused, RequestContext, Scalar,
    SecretKey, Statement, Tag, VerifiedPresentation,
};

/// `U | U'Commit | m1Commit | tag | proof`, 4 Ne + 5 Ns bytes: 292 on P-256, 288 on ristretto255. The nonce travels beside it.
#[derive(Clone, Debug)]
pub struct Presentation<S: V1> {
    pub(super) nonce: u32,
    pub(super) u: Point<S>,
    pub(super) u_prime_commit: Point<S>,
    pub(super) m1_commit: Point<S>,
    pub(super) tag: Point<S>,
    pub(super) proof: Vec<u8>,
}

impl<S: V1> Presentation<S> {
    /// Bytes of the message.
    pub const LEN: usize = 4 * element_len::<S>() + 5 * scalar_len::<S>();

    /// The nonce, which everyone sees.
    pub fn nonce(&self) -> u32 {
        self.nonce
    }

    /// The tag.
    pub fn tag(&self) -> Tag<S> {
        Tag(self.tag)
    }

    fn points(&self) -> [&Point<S>; 4] {
        [&self.u, &self.u_prime_commit, &self.m1_commit, &self.tag]
    }

    /// The message without the nonce.
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::<S>::new(Self::LEN).points(self.points()).raw(&self.proof).finish()
    }

    /// Reads a message and takes the nonce that came with it.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn from_bytes(nonce: u32, bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::<S>::new("presentation", bytes, Self::LEN)?;
        let (u, u_prime_commit) = (reader.point("U")?, reader.point("U'Commit")?);
        let (m1_commit, tag) = (reader.point("m1Commit")?, reader.point("tag")?);
        Ok(Self { nonce, u, u_prime_commit, m1_commit, tag, proof: reader.rest().to_vec() })
    }

    /// Verifies the presentation. A nonce equal to the limit is refused, although the draft's text lets it pass.
    ///
    /// # Errors
    /// The presentation comes back with [`Invalid`], or [`Malformed`] for a scalar of the proof.
    pub fn verify(
        self,
        key: &SecretKey<S>,
        request: &RequestContext<S>,
        context: &PresentationContext<S>,
        limit: Limit,
    ) -> Result<VerifiedPresentation<S>, Refused<Self>> {
        match self.check(key, request, context, limit) {
            Ok(()) => Ok(VerifiedPresentation::new(self.tag())),
            Err(error) => Err(Refused::new(self, error)),
        }
    }

    fn check(
        &self,
        key: &SecretKey<S>,
        request: &RequestContext<S>,
        context: &PresentationContext<S>,
        limit: Limit,
    ) -> Result<(), Error> {
        if u64::from(self.nonce) >= limit.get() || any_identity::<S>(self.points()) {
            return Err(Invalid.into());
        }
        // m1Tag = T - nonce*tag
        let nonce = Scalar::<S>::from(u64::from(self.nonce));
        let one = Scalar::<S>::ONE;
        let m1_tag = S::Group::multi_mul_vartime(&[(one, context.t.element()), (-nonce, self.tag.element())]);
        let m1_tag = Point::<S>::encode(m1_tag).map_err(|_| Invalid)?;
        let v = key.v(request, self.u, self.m1_commit, self.u_prime_commit)?;
        let statement = statement(key.public_key(), context, v, m1_tag, self)?;
        let transcript = Transcript::<S::Profile>::new().session(session::<S>(Shown::NAME));
        let argument = transcript.statement(statement).map_err(peer_proof)?;
        argument.verify(Flavor::Compact, &self.proof).map_err(peer_proof)
    }
}

pub(super) fn statement<'k, S: V1>(
    key: &'k PublicKey<S>,
    context: &PresentationContext<S>,
    v: Point<S>,
    m1_tag: Point<S>,
    shown: &Presentation<S>,
) -> Result<Statement<'k, S>, Error> {
    let publics = ShownPublics {
        g: key.point(base::G),
        h: key.point(base::H),
        u: shown.u,
        u_prime_commit: shown.u_prime_commit,
        m1_commit: shown.m1_commit,
        v,
        x1: key.x1(),
        tag: shown.tag,
        t: context.t,
        m1_tag,
    };
    Statement::<S>::new(&Shown, key.bases(), &publics).map_err(|_| Misuse::Coins.into())
}
