//! The client's presentation.

use alloc::vec::Vec;

use farebox_group::{Element as _, Group as _, Scalar as _};
use farebox_sigma::{Flavor, Fresh, Hedge, Relation as _, Transcript, Witness, witness};
use rand_core::CryptoRng;
use subtle::ConditionallySelectable as _;
use zeroize::{Zeroize, Zeroizing};

use crate::bits::{choices, decompose};
use crate::credential::Holder;
use crate::error::own_proof;
use crate::relation::presentation::{Presentation as Shown, PresentationPublics, PresentationSecrets};
use crate::suite::{base, session};
use crate::{
    Arc01, Coins, Element, Error, Limit, Misuse, Point, Presentation, PresentationContext, PublicKey, Scalar,
    Statement, Suite,
};

/// What the client draws for a presentation, in the draft's order.
#[derive(Debug)]
#[cfg_attr(not(feature = "hazmat"), allow(unreachable_pub, reason = "public with `hazmat` only"))]
pub struct PresentationCoins<S: Arc01> {
    /// Randomises U; not 0.
    pub a: Scalar<S>,
    /// The blinding of U'Commit.
    pub r: Scalar<S>,
    /// The blinding of m1Commit.
    pub z: Scalar<S>,
    /// The blinding of nonceCommit.
    pub nonce_blinding: Scalar<S>,
    /// The blindings of all D but the last, whose blinding follows from the others: k - 1.
    pub s: Vec<Scalar<S>>,
    /// The proof's coins: 5 + 3k nonces.
    pub proof: Coins<S>,
}

impl<S: Arc01> PresentationCoins<S> {
    /// Hedged with the credential and with what is presented, so that a generator that repeats gives two presentations
    /// nothing in common.
    pub(crate) fn draw<R: CryptoRng + ?Sized>(
        holder: &Holder<S>,
        context: &PresentationContext<S>,
        limit: Limit,
        nonce: u64,
        rng: &mut R,
    ) -> Self {
        let shown = [context.as_bytes(), &limit.get().to_le_bytes(), &nonce.to_le_bytes()];
        let secrets = core::slice::from_ref(&holder.m1);
        let mut hedge = Hedge::new(b"farebox-arc present v1", &Fresh::draw(rng), secrets, &shown);
        Self {
            a: hedge.nonzero_scalar(),
            r: hedge.scalar(),
            z: hedge.scalar(),
            nonce_blinding: hedge.scalar(),
            s: hedge.scalars(limit.bits() - 1),
            proof: Coins::<S>::draw(rng),
        }
    }
}

/// The coins without those of the proof, and the blindings of all D; erased when dropped.
struct Blinds<S: Arc01> {
    a: Scalar<S>,
    r: Scalar<S>,
    z: Scalar<S>,
    nonce_blinding: Scalar<S>,
    s: Vec<Scalar<S>>,
}

impl<S: Arc01> Blinds<S> {
    fn new(coins: PresentationCoins<S>, bases: &[u64]) -> Result<(Self, Coins<S>), Misuse> {
        let PresentationCoins { a, r, z, nonce_blinding, s, proof } = coins;
        let mut blinds = Self { a, r, z, nonce_blinding, s: Vec::with_capacity(bases.len()) };
        let mut s = Zeroizing::new(s);
        if s.len() + 1 != bases.len() || bool::from(blinds.a.is_zero()) {
            return Err(Misuse::Coins);
        }
        // nonceBlinding = sum of base_i * s_i, and the last base is 1
        let weighted = bases.iter().zip(s.iter()).map(|(base, s)| Scalar::<S>::from(*base) * *s);
        let last = weighted.fold(nonce_blinding, |rest, term| rest - term);
        blinds.s.append(&mut s);
        blinds.s.push(last);
        Ok((blinds, proof))
    }
}

impl<S: Arc01> Drop for Blinds<S> {
    fn drop(&mut self) {
        [&mut self.a, &mut self.r, &mut self.z, &mut self.nonce_blinding].into_iter().for_each(Zeroize::zeroize);
        self.s.zeroize();
    }
}

impl<S: Arc01> Holder<S> {
    /// Presents the credential with a nonce below the limit. The state has counted it.
    pub(crate) fn present(
        &self,
        context: &PresentationContext<S>,
        limit: Limit,
        nonce: u64,
        coins: PresentationCoins<S>,
    ) -> Result<Presentation<S>, Error> {
        let bases = limit.bases();
        let (blinds, coins) = Blinds::<S>::new(coins, &bases)?;
        let bits = decompose(nonce, &bases);
        let nonce = Zeroizing::new(Scalar::<S>::from(nonce));
        let halves = Zeroizing::new(self.halves(context, &nonce, &blinds, &bits));
        let points = Point::<S>::encode_batch(&halves).map_err(|_| Misuse::Coins)?;
        let &[u, u_prime_commit, m1_commit, v, tag, nonce_commit, ref d @ ..] = points.as_slice() else {
            return Err(Misuse::Coins.into());
        };
        let d = d.to_vec();
        let mut shown = Presentation { u, u_prime_commit, m1_commit, tag, nonce_commit, d, proof: Vec::new() };
        let statement = statement(&self.key, context, limit, v, &shown)?;
        let transcript = Transcript::<S::Profile>::new().session(session::<S>(Shown::NAME));
        let argument = transcript.statement(statement).map_err(own_proof)?;
        let witness = self.witness(&nonce, &blinds, &bits);
        shown.proof = argument.prove_with_coins(Flavor::Compact, &witness, coins).map_err(own_proof)?;
        Ok(shown)
    }

    /// Halves of U, U'Commit, m1Commit, V, tag, nonceCommit, D_0, .., D_(k-1), for one batch encoding.
    fn halves(
        &self,
        context: &PresentationContext<S>,
        nonce: &Scalar<S>,
        blinds: &Blinds<S>,
        bits: &[u8],
    ) -> Vec<Element<S>> {
        let half = S::Group::halve;
        let bases = self.key.bases();
        let mut halves = Vec::with_capacity(6 + bits.len());
        halves.extend(self.shared_halves(context, nonce, [&blinds.a, &blinds.r, &blinds.z]));
        // nonceCommit = nonce*G + nonceBlinding*H
        halves.push(bases.mul(base::G, &half(nonce)) + bases.mul(base::H, &half(&blinds.nonce_blinding)));
        // D_i = b_i*G + s_i*H
        let half_g = bases.mul(base::G, &half(&Scalar::<S>::ONE));
        for (bit, s) in choices(bits).zip(&blinds.s) {
            let b_g = Element::<S>::conditional_select(&Element::<S>::identity(), &half_g, bit);
            halves.push(b_g + bases.mul(base::H, &half(s)));
        }
        halves
    }

    fn witness(&self, nonce: &Scalar<S>, blinds: &Blinds<S>, bits: &[u8]) -> Witness<Scalar<S>> {
        let select = Scalar::<S>::conditional_select;
        let (zero, one) = (Scalar::<S>::ZERO, Scalar::<S>::ONE);
        let mut secrets = PresentationSecrets {
            m1: self.m1,
            z: blinds.z,
            neg_r: -blinds.r,
            nonce: *nonce,
            nonce_blinding: blinds.nonce_blinding,
            b: choices(bits).map(|bit| select(&zero, &one, bit)).collect(),
            s: blinds.s.clone(),
            // s2_i = (1 - b_i) * s_i
            s2: choices(bits).zip(&blinds.s).map(|(bit, s)| select(s, &zero, bit)).collect(),
        };
        let witness = witness::<Shown, _>(&secrets);
        let PresentationSecrets { m1, z, neg_r, nonce, nonce_blinding, b, s, s2 } = &mut secrets;
        [m1, z, neg_r, nonce, nonce_blinding].into_iter().for_each(Zeroize::zeroize);
        [b, s, s2].into_iter().for_each(Zeroize::zeroize);
        witness
    }
}

impl<S: Suite> Holder<S> {
    /// Halves of U, U'Commit, m1Commit, V and tag, which both drafts present.
    pub(crate) fn shared_halves(
        &self,
        context: &PresentationContext<S>,
        nonce: &Scalar<S>,
        [a, r, z]: [&Scalar<S>; 3],
    ) -> [Element<S>; 5] {
        let half = S::Group::halve;
        let bases = self.key.bases();
        let scaled = Zeroizing::new([half(a), half(&(*a * self.m1)), (self.m1 + *nonce).invert()]);
        let [half_a, half_am1, inverse] = &*scaled;
        let r_g = bases.mul(base::G, &half(r));
        let (u, u_prime) = (self.u.element(), self.u_prime.element());
        [
            // U = a*U
            u * half_a,
            // U'Commit = a*U' + r*G
            u_prime * half_a + r_g,
            // m1Commit = m1*U + z*H, with the new U
            u * half_am1 + bases.mul(base::H, &half(z)),
            // V = z*X1 - r*G
            bases.mul(base::X1, &half(z)) - r_g,
            // tag = 1 / (m1 + nonce) * T
            context.t.element() * &half(inverse),
        ]
    }
}

/// What both sides state. With one bit D_0 is nonceCommit: the verifier has compared them before.
pub(crate) fn statement<'k, S: Arc01>(
    key: &'k PublicKey<S>,
    context: &PresentationContext<S>,
    limit: Limit,
    v: Point<S>,
    shown: &Presentation<S>,
) -> Result<Statement<'k, S>, Error> {
    let publics = PresentationPublics {
        g: key.point(base::G),
        h: key.point(base::H),
        u: shown.u,
        u_prime_commit: shown.u_prime_commit,
        m1_commit: shown.m1_commit,
        v,
        x1: key.x1(),
        tag: shown.tag,
        t: context.t,
        nonce_commit: shown.nonce_commit,
        d: if limit.bits() == 1 { Vec::new() } else { shown.d.clone() },
    };
    Statement::<S>::new(&Shown { limit }, key.bases(), &publics).map_err(|_| Misuse::OtherLimit.into())
}
