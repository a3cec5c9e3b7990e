//! Redemption at the issuer, and the change that comes back.

use alloc::vec::Vec;

use farebox_group::{ByteOrder, Element as _, Group as _, Ristretto255, Scalar as _};
#[cfg(feature = "batchable")]
use farebox_sigma::Flavor;
use farebox_sigma::{Argument, Point};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::error::peer_proof;
use crate::issuance::{SignatureCoins, message_point};
use crate::params::{ParamsId, base, multiple_vartime, weighted_by_powers_of_two};
use crate::relation::{Profile, Transcript};
use crate::signature::{Signature, sign, verify};
use crate::spend::{Computed, session, statement};
use crate::{
    Context, CreditToken, Credits, Element, Error, Invalid, Misuse, Params, PreRefund, PublicKey, Refund, Refused,
    Scalar, SecretKey, SpendProof,
};

/// What the issuer expects of a spend. All of it is its own configuration, nothing is taken from the message.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// The credits that the request costs.
    pub charge: Credits,
    /// The context that the request belongs to.
    pub context: Context,
}

/// A spend that holds: the nullifier can be recorded, the request served, and up to the charge returned.
#[derive(Debug)]
#[must_use = "record the nullifier, serve the request, then return the change"]
pub struct VerifiedSpend {
    nullifier: [u8; 32],
    charge: Credits,
    context: Context,
    /// G + K' + ctx*H4: what is signed, but for what comes back.
    message: Element,
    issuer: PublicKey,
    params: ParamsId,
}

impl SecretKey {
    /// Verifies a spend (draft, "Spend Proof Verification"). `admit_zero` is asked about a spend of 0 credits, when all else
    /// holds: such a refresh costs the client nothing and the issuer a ledger row, so it has to be limited; see
    /// [`ZeroSpendWindow`](crate::ZeroSpendWindow).
    ///
    /// Amounts and context are compared before any proof work.
    ///
    /// # Errors
    /// The spend comes back with [`Invalid`], or with [`Misuse::Parameters`] where key or spend belong to other parameters.
    #[doc(alias = "VerifySpendProof")]
    #[doc(alias = "VerifyAndRefund")]
    pub fn verify(
        &self,
        params: &Params,
        spend: SpendProof,
        expected: &Expected,
        admit_zero: impl FnOnce(&SpendProof) -> bool,
    ) -> Result<VerifiedSpend, Refused<SpendProof>> {
        match self.verify_body(params, &spend, expected, admit_zero) {
            Ok(verified) => Ok(verified),
            Err(error) => Err(Refused::new(spend, error)),
        }
    }

    fn verify_body(
        &self,
        params: &Params,
        spend: &SpendProof,
        expected: &Expected,
        admit_zero: impl FnOnce(&SpendProof) -> bool,
    ) -> Result<VerifiedSpend, Error> {
        let (argument, verified) = self.argument(params, spend, expected)?;
        argument.verify(spend.flavor, &spend.pok).map_err(peer_proof)?;
        if spend.charge == Credits::ZERO && !admit_zero(spend) {
            return Err(Invalid::ZeroSpend.into());
        }
        Ok(verified)
    }

    /// Verifies many spends of the batchable form at once, with one multi-scalar multiplication; a hostile member is
    /// named by its index. `admit_zero` is asked about each spend of 0 credits when all proofs hold, up to the first that it
    /// refuses. Two members with one nullifier are not told apart here; the ledger does that.
    ///
    /// # Errors
    /// The index of a member that does not hold, and why. Nothing is consumed: the same spends can be tried without it, but a
    /// zero spend that `admit_zero` has counted is asked about again.
    #[cfg(feature = "batchable")]
    pub fn verify_batch(
        &self,
        params: &Params,
        spends: &[(SpendProof, Expected)],
        mut admit_zero: impl FnMut(&SpendProof) -> bool,
    ) -> Result<Vec<VerifiedSpend>, (usize, Error)> {
        let mut arguments = Vec::with_capacity(spends.len());
        let mut verified = Vec::with_capacity(spends.len());
        for (index, (spend, expected)) in spends.iter().enumerate() {
            if spend.flavor != Flavor::Batchable {
                return Err((index, Invalid::Proof.into()));
            }
            let (argument, spend) = self.argument(params, spend, expected).map_err(|error| (index, error))?;
            arguments.push(argument);
            verified.push(spend);
        }
        let batch: Vec<_> = arguments.iter().zip(spends).map(|(a, (spend, _))| (a, spend.pok.as_slice())).collect();
        farebox_sigma::verify_batch(&batch).map_err(|refused| (refused.index, peer_proof(refused.error)))?;
        match spends.iter().position(|(spend, _)| spend.charge == Credits::ZERO && !admit_zero(spend)) {
            None => Ok(verified),
            Some(index) => Err((index, Invalid::ZeroSpend.into())),
        }
    }

    /// The checks before the proof, and the statement that it has to prove.
    fn argument<'p>(
        &self,
        params: &'p Params,
        spend: &SpendProof,
        expected: &Expected,
    ) -> Result<(Argument<'p, Profile, Ristretto255>, VerifiedSpend), Error> {
        self.check(params)?;
        if spend.com.len() != params.bits().get() {
            return Err(Misuse::Parameters.into());
        }
        spend.charge.fits(params.bits())?;
        if spend.charge != expected.charge {
            return Err(Invalid::Charge.into());
        }
        if spend.context != expected.context {
            return Err(Invalid::Context.into());
        }
        // With A' = identity a proof of any balance needs no signature. Decoding refused it; it is refused again.
        let elements = [&spend.a_prime, &spend.b_bar].into_iter().chain(&spend.com);
        if elements.into_iter().any(|point| point.element().is_identity().into()) {
            return Err(Invalid::Identity.into());
        }

        // K' = sum of 2^j * Com_j, Com_total = s*H1 + K'
        let commitment = weighted_by_powers_of_two(spend.com.iter().map(Point::element));
        let total = commitment + multiple_vartime(params.point(base::H1).element(), spend.charge);
        let encode = |element| Point::encode(element).map_err(|_| Invalid::Identity);
        let half = Ristretto255::halve;
        // A_bar = sk*A' in constant time; H1' = G + k*H2 + ctx*H4 of public scalars.
        let half_sk = Zeroizing::new(half(&self.scalar));
        let half_context = params.bases.mul(base::H4, &half(&spend.context.0));
        let halves = [
            spend.a_prime.element() * &half_sk,
            params.half_g + params.bases.mul(base::H2, &half(&spend.nullifier)) + half_context,
        ];
        let encoded = Point::encode_batch(&halves).map_err(|_| Invalid::Identity)?;
        let &[a_bar, h1_prime] = encoded.as_slice() else { return Err(Invalid::Identity.into()) };
        let computed = Computed {
            neg_a_prime: encode(-spend.a_prime.element())?,
            b_bar: spend.b_bar,
            a_bar,
            h1_prime,
            com_total: encode(total)?,
        };
        let session = session(params, &spend.nullifier, &spend.context.0, spend.flavor);
        let statement = statement(params, computed, &spend.com)?;
        let argument = Transcript::new().session(session).statement(statement).map_err(peer_proof)?;
        let verified = VerifiedSpend {
            nullifier: spend.nullifier(),
            charge: spend.charge,
            context: spend.context,
            message: Ristretto255::generator() + commitment + Ristretto255::unhalve(&half_context),
            issuer: self.public,
            params: params.id(),
        };
        Ok((argument, verified))
    }
}

impl VerifiedSpend {
    /// The nullifier k, 32 bytes: what the ledger records before the request is served.
    pub fn nullifier(&self) -> [u8; 32] {
        self.nullifier
    }

    /// The credits that were spent, equal to what was expected.
    pub fn charge(&self) -> Credits {
        self.charge
    }

    /// The context, equal to what was expected.
    pub fn context(&self) -> Context {
        self.context
    }

    /// Signs the change (draft, "Refund Issuance"): the client's remainder and `returned` of the charge. Draws 64 bytes. Store
    /// the message before it leaves, and send the same bytes again to a client that asks again.
    ///
    /// # Errors
    /// The spend comes back with [`Misuse::RefundAboveCharge`], with [`Misuse::Parameters`] for another key or other
    /// parameters than it was verified with, or with [`Invalid::Identity`], which no spend that holds gives.
    #[doc(alias = "VerifyAndRefund")]
    pub fn refund<R: CryptoRng + ?Sized>(
        self,
        params: &Params,
        key: &SecretKey,
        returned: Credits,
        rng: &mut R,
    ) -> Result<Refund, Refused<Self>> {
        // e is hedged with all that is signed: two signatures with one e add up to signatures on other balances.
        let coins = |x_a: &Point<_>| SignatureCoins::draw(rng, key, b"farebox-act refund v1", &[x_a.bytes()]);
        self.refund_with(params, key, returned, coins)
    }

    /// [`refund`](Self::refund) with coins from outside.
    ///
    /// # Errors
    /// As [`refund`](Self::refund), and [`Misuse::Coins`].
    #[cfg(feature = "hazmat")]
    pub fn refund_with_coins(
        self,
        params: &Params,
        key: &SecretKey,
        returned: Credits,
        coins: SignatureCoins,
    ) -> Result<Refund, Refused<Self>> {
        self.refund_with(params, key, returned, |_| coins)
    }

    fn refund_with(
        self,
        params: &Params,
        key: &SecretKey,
        returned: Credits,
        coins: impl FnOnce(&Point<Ristretto255>) -> SignatureCoins,
    ) -> Result<Refund, Refused<Self>> {
        match self.refund_body(params, key, returned, coins) {
            Ok(refund) => Ok(refund),
            Err(error) => Err(Refused::new(self, error)),
        }
    }

    fn refund_body(
        &self,
        params: &Params,
        key: &SecretKey,
        returned: Credits,
        coins: impl FnOnce(&Point<Ristretto255>) -> SignatureCoins,
    ) -> Result<Refund, Error> {
        key.check(params)?;
        if key.public != self.issuer || self.params != params.id() {
            return Err(Misuse::Parameters.into());
        }
        if returned > self.charge {
            return Err(Misuse::RefundAboveCharge.into());
        }
        // X_A = G + K' + t*H1 + ctx*H4
        let x_a = self.message + multiple_vartime(params.point(base::H1).element(), returned);
        let x_a = Point::encode(x_a).map_err(|_| Invalid::Identity)?;
        let SignatureCoins { e, proof } = coins(&x_a);
        let session = refund_session(params, &e, returned, self.context);
        let Signature { a, pok } = sign(params, key, session, x_a, e, proof)?;
        Ok(Refund { a, e, returned, pok })
    }
}

impl PreRefund {
    /// Checks the refund and takes the new token (draft, "Client: Refund Token Construction"), with the remainder and what
    /// came back. `key` is the one that the client pinned.
    ///
    /// # Errors
    /// The state comes back with [`Invalid::RefundAmount`], [`Invalid::Proof`], [`Invalid::Identity`] or
    /// [`Misuse::Parameters`]: a bad refund is thrown away, and the spend's bytes are sent again.
    #[doc(alias = "ConstructRefundToken")]
    pub fn finish(self, params: &Params, key: &PublicKey, refund: &Refund) -> Result<CreditToken, Refused<Self>> {
        match self.check(params, key, refund) {
            Ok(credits) => {
                let (a, e, k, r) = (refund.a, refund.e, self.kstar, self.rstar);
                Ok(CreditToken { a, e, k, r, credits, context: self.context, params: self.params })
            }
            Err(error) => Err(Refused::new(self, error)),
        }
    }

    fn check(&self, params: &Params, key: &PublicKey, refund: &Refund) -> Result<Credits, Error> {
        if self.params != params.id() {
            return Err(Misuse::Parameters.into());
        }
        if refund.returned > self.charge {
            return Err(Invalid::RefundAmount.into());
        }
        let credits = self.remaining.checked_add(refund.returned, params.bits()).ok_or(Invalid::RefundAmount)?;
        let x_a = message_point(params, refund.returned, self.context) + self.commitment.element();
        let session = refund_session(params, &refund.e, refund.returned, self.context);
        verify(params, key, session, x_a, &refund.e, refund.a, &refund.pok)?;
        Ok(credits)
    }
}

fn returned_bytes(returned: Credits) -> [u8; 32] {
    returned.scalar().to_bytes(ByteOrder::Little)
}

fn refund_session(params: &Params, e: &Scalar, returned: Credits, context: Context) -> Vec<u8> {
    params.session(b"refund", &[&e.to_bytes(ByteOrder::Little), &returned_bytes(returned), &context.to_bytes()])
}
