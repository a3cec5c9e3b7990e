//! Proofs that one key made a whole batch (RFC 9497, Section 2.2): equality of discrete logarithms.
//!
//! The proof is not one of `farebox-sigma`'s, because the RFC has a challenge of its own and the response is `r - c k`.

use alloc::vec::Vec;
use core::fmt;

use farebox_group::Group as _;
use farebox_sigma::{Fresh, Hedge};
use rand_core::CryptoRng;
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize as _, Zeroizing};

use crate::codec::length;
use crate::domain::Domain;
use crate::{Element, Group, Invalid, Misuse, Mode, Point, Proof, Scalar, Suite, parallel};

/// `B = k A` and `D[i] = k C[i]` for all i, where A is the generator. At most 65,535 pairs.
pub(crate) struct Statement<'a, S: Suite> {
    /// B.
    pub(crate) key: &'a Point<S>,
    pub(crate) c: &'a [Point<S>],
    pub(crate) d: &'a [Point<S>],
}

/// The server's nonce. A second proof with the same one reveals the key.
#[cfg_attr(not(feature = "hazmat"), allow(unreachable_pub, reason = "public with `hazmat` only"))]
pub struct ProofCoins<S: Suite>(Source<S>);

enum Source<S: Suite> {
    Hedged(Fresh, core::marker::PhantomData<S>),
    #[cfg(feature = "hazmat")]
    Nonce(Scalar<S>),
}

impl<S: Suite> ProofCoins<S> {
    /// Draws 32 bytes, from which the nonce is derived together with the key and the statement.
    pub(crate) fn draw<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        Self(Source::Hedged(Fresh::draw(rng), core::marker::PhantomData))
    }

    /// Takes the nonce r from outside. For vectors and tests.
    #[cfg(feature = "hazmat")]
    pub fn from_nonce(r: Scalar<S>) -> Self {
        Self(Source::Nonce(r))
    }

    /// The weights stand for C and D in full, because each is a hash of its pair, and so they fix the challenge but for
    /// the nonce itself.
    fn into_nonce<M: Mode>(self, k: &Scalar<S>, key: &Point<S>, weights: &[Scalar<S>]) -> Scalar<S> {
        match self.0 {
            Source::Hedged(fresh, _) => {
                let context = Domain::<S, M>::tag("farebox-voprf proof v1 ").concat();
                let mut hashed = Vec::with_capacity(weights.len() * Group::<S>::SCALAR_LEN);
                weights.iter().for_each(|weight| crate::codec::write_scalar::<S>(&mut hashed, weight));
                Hedge::new(&context, &fresh, core::slice::from_ref(k), &[key.bytes(), &hashed]).nonzero_scalar()
            }
            #[cfg(feature = "hazmat")]
            Source::Nonce(r) => r,
        }
    }
}

impl<S: Suite> fmt::Debug for ProofCoins<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProofCoins(..)")
    }
}

impl<S: Suite> Statement<'_, S> {
    /// Constant time in `k`; everything else is public.
    #[doc(alias = "GenerateProof")]
    pub(crate) fn prove<M: Mode>(&self, k: &Scalar<S>, coins: ProofCoins<S>) -> Result<Proof<S>, Misuse> {
        let weights = self.weights::<M>();
        let mut r = coins.into_nonce::<M>(k, self.key, &weights);
        // M = sum d_i C[i], Z = k M, t2 = r A, t3 = r M; all but M by half
        let half_m = weighted_sum::<S>(&weights, self.c);
        let m = Group::<S>::unhalve(&half_m);
        let (half_k, half_r) = (Zeroizing::new(Group::<S>::halve(k)), Zeroizing::new(Group::<S>::halve(&r)));
        let halves = [half_m, m * &*half_k, Group::<S>::mul_generator(&half_r), m * &*half_r];
        let c = self.challenge::<M>(&halves).ok_or(Misuse::Coins)?;
        // s = r - c k
        let s = r - c * *k;
        r.zeroize();
        Ok(Proof { c, s })
    }

    /// Variable time.
    #[doc(alias = "VerifyProof")]
    pub(crate) fn verify<M: Mode>(&self, proof: &Proof<S>) -> Result<(), Invalid> {
        if self.c.len() != self.d.len() {
            return Err(Invalid);
        }
        let weights = self.weights::<M>();
        // M = sum d_i C[i], Z = sum d_i D[i], t2 = s A + c B, t3 = s M + c Z; all by half
        let (half_m, half_z) = (weighted_sum::<S>(&weights, self.c), weighted_sum::<S>(&weights, self.d));
        let half_t2 = Group::<S>::multi_mul_vartime(&[
            (Group::<S>::halve(&proof.s), Group::<S>::generator()),
            (Group::<S>::halve(&proof.c), self.key.element()),
        ]);
        let half_t3 = Group::<S>::multi_mul_vartime(&[(proof.s, half_m), (proof.c, half_z)]);
        let c = self.challenge::<M>(&[half_m, half_z, half_t2, half_t3]).ok_or(Invalid)?;
        if c.ct_eq(&proof.c).into() { Ok(()) } else { Err(Invalid) }
    }

    /// The halves of d_i, with which both sides make the composites M and Z.
    ///
    /// d_i = HashToScalar(I2OSP(len(seed), 2) || seed || I2OSP(i, 2) || I2OSP(Ne, 2) || C[i] || I2OSP(Ne, 2) || D[i] || "Composite")
    #[doc(alias = "ComputeComposites")]
    fn weights<M: Mode>(&self) -> Vec<Scalar<S>> {
        // seed = Hash(I2OSP(Ne, 2) || B || I2OSP(len(seedDST), 2) || seedDST)
        let seed_tag = Domain::<S, M>::tag("Seed-").concat();
        let seed = S::hash(&[&length(self.key.bytes()), self.key.bytes(), &length(&seed_tag), &seed_tag]);
        let seed = seed.as_ref();
        let pairs: Vec<_> = (0u16..=u16::MAX).zip(self.c.iter().zip(self.d)).collect();
        parallel::map(&pairs, |(i, (c, d))| {
            let (c, d) = (c.bytes(), d.bytes());
            let parts: [&[u8]; 8] = [&length(seed), seed, &i.to_be_bytes(), &length(c), c, &length(d), d, b"Composite"];
            Group::<S>::halve(&Domain::<S, M>::hash_to_scalar("HashToScalar-", &parts))
        })
    }

    /// c = HashToScalar(I2OSP(Ne, 2) || B || .. || M || .. || Z || .. || t2 || .. || t3 || "Challenge"), or `None` where one
    /// of the four is the identity.
    fn challenge<M: Mode>(&self, halves: &[Element<S>; 4]) -> Option<Scalar<S>> {
        let encoded = Group::<S>::encode_batch(halves).ok()?;
        let ne = length(self.key.bytes());
        let mut parts: Vec<&[u8]> = Vec::with_capacity(11);
        parts.extend([&ne, self.key.bytes()]);
        encoded.iter().for_each(|element| parts.extend([&ne, element.as_ref()]));
        parts.push(b"Challenge");
        Some(Domain::<S, M>::hash_to_scalar("HashToScalar-", &parts))
    }
}

/// The sum of `weight * point`, in variable time.
fn weighted_sum<S: Suite>(weights: &[Scalar<S>], points: &[Point<S>]) -> Element<S> {
    let terms: Vec<_> = weights.iter().zip(points).map(|(weight, point)| (*weight, point.element())).collect();
    parallel::sum_vartime::<S>(&terms)
}
