//! The client's token, and what it becomes when a part of it is spent.

use core::fmt;

use alloc::vec::Vec;

use farebox_group::Ristretto255;
use farebox_sigma::Point;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::codec::{Kind, Reader, Writer};
use crate::params::ParamsId;
use crate::{Context, Credits, Malformed, Params, Scalar};

/// A balance, signed by the issuer. It is spent once, as a whole or in part; the change is a new token.
///
/// There is no way to have it twice. Spending takes the token:
///
/// ```
/// # use farebox_act::{CreditToken, Credits, Params, Refused};
/// fn spend(token: CreditToken, params: &Params, charge: Credits) -> Result<(), Refused<CreditToken>> {
///     let first = token.spend(params, charge, &mut rand::rng())?;
///     Ok(())
/// }
/// ```
///
/// A second spend does not compile (E0382, use of a moved value):
///
/// ```compile_fail,E0382
/// # use farebox_act::{CreditToken, Credits, Params, Refused};
/// fn spend(token: CreditToken, params: &Params, charge: Credits) -> Result<(), Refused<CreditToken>> {
///     let first = token.spend(params, charge, &mut rand::rng())?;
///     let second = token.spend(params, charge, &mut rand::rng())?;
///     Ok(())
/// }
/// ```
///
/// Neither does a copy for later (E0599, no method `clone`):
///
/// ```compile_fail,E0599
/// # use farebox_act::{CreditToken, Credits, Params, Refused};
/// fn spend(token: CreditToken, params: &Params, charge: Credits) -> Result<(), Refused<CreditToken>> {
///     let copy = token.clone();
///     let first = token.spend(params, charge, &mut rand::rng())?;
///     Ok(())
/// }
/// ```
#[must_use = "the credits are lost with the token"]
pub struct CreditToken {
    pub(crate) a: Point<Ristretto255>,
    pub(crate) e: Scalar,
    pub(crate) k: Scalar,
    pub(crate) r: Scalar,
    pub(crate) credits: Credits,
    pub(crate) context: Context,
    pub(crate) params: ParamsId,
}

impl CreditToken {
    /// The credits.
    pub fn balance(&self) -> Credits {
        self.credits
    }

    /// The context that the token is bound to.
    pub fn context(&self) -> Context {
        self.context
    }

    /// The saved form: version, kind, parameters, then the draft's `A | e | k | r | c | ctx`; 18 + 192 bytes.
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        let writer = Writer::state(Kind::CreditToken, self.params, 192).point(&self.a).scalar(&self.e).scalar(&self.k);
        Zeroizing::new(writer.scalar(&self.r).credits(self.credits).scalar(&self.context.0).finish())
    }

    /// Reads the saved form.
    ///
    /// # Errors
    /// [`Malformed`], also for a token of other parameters.
    pub fn from_bytes(params: &Params, bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader(bytes);
        reader.head(Kind::CreditToken, params)?;
        let (a, e, k) = (reader.point("A")?, reader.scalar("e")?, reader.scalar("k")?);
        let (r, credits) = (reader.scalar("r")?, reader.credits("c", params.bits())?);
        let context = reader.context("ctx")?;
        reader.end()?;
        Ok(Self { a, e, k, r, credits, context, params: params.id() })
    }
}

impl Drop for CreditToken {
    fn drop(&mut self) {
        // e would tell which issuance this was. So would A, which stays: a point has no erasure of its own.
        [&mut self.e, &mut self.k, &mut self.r].into_iter().for_each(Zeroize::zeroize);
        self.credits = Credits::ZERO;
    }
}

impl ZeroizeOnDrop for CreditToken {}

impl fmt::Debug for CreditToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CreditToken(..)")
    }
}

/// The client between spend and refund. The remaining balance lives here until the refund arrives: save it before the spend
/// leaves.
///
/// One state takes one refund:
///
/// ```
/// # use farebox_act::{Params, PreRefund, PublicKey, Refund, Refused};
/// fn finish(state: PreRefund, params: &Params, key: &PublicKey, refund: &Refund) -> Result<(), Refused<PreRefund>> {
///     let token = state.finish(params, key, refund)?;
///     Ok(())
/// }
/// ```
///
/// A second one does not compile (E0382, use of a moved value):
///
/// ```compile_fail,E0382
/// # use farebox_act::{Params, PreRefund, PublicKey, Refund, Refused};
/// fn finish(state: PreRefund, params: &Params, key: &PublicKey, refund: &Refund) -> Result<(), Refused<PreRefund>> {
///     let token = state.finish(params, key, refund)?;
///     let again = state.finish(params, key, refund)?;
///     Ok(())
/// }
/// ```
#[must_use = "the remaining balance lives here until the refund arrives"]
pub struct PreRefund {
    pub(crate) kstar: Scalar,
    pub(crate) rstar: Scalar,
    /// m = c - s.
    pub(crate) remaining: Credits,
    /// s, above which no refund is accepted.
    pub(crate) charge: Credits,
    pub(crate) context: Context,
    /// K' = m*H1 + kstar*H2 + rstar*H3.
    pub(crate) commitment: Point<Ristretto255>,
    pub(crate) params: ParamsId,
}

impl PreRefund {
    /// The credits that were not spent.
    pub fn remaining(&self) -> Credits {
        self.remaining
    }

    /// The credits that were spent, the most that a refund can return.
    pub fn charge(&self) -> Credits {
        self.charge
    }

    /// The saved form: version, kind, parameters, `kstar | rstar | m | s | ctx | K'`; 18 + 192 bytes.
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        let writer = Writer::state(Kind::PreRefund, self.params, 192).scalar(&self.kstar).scalar(&self.rstar);
        let writer = writer.credits(self.remaining).credits(self.charge).scalar(&self.context.0);
        Zeroizing::new(writer.point(&self.commitment).finish())
    }

    /// Reads the saved form.
    ///
    /// # Errors
    /// [`Malformed`], also for a state of other parameters.
    pub fn from_bytes(params: &Params, bytes: &[u8]) -> Result<Self, Malformed> {
        let bits = params.bits();
        let mut reader = Reader(bytes);
        reader.head(Kind::PreRefund, params)?;
        let (kstar, rstar) = (reader.scalar("kstar")?, reader.scalar("rstar")?);
        let (remaining, charge) = (reader.credits("m", bits)?, reader.credits("s", bits)?);
        let (context, commitment) = (reader.context("ctx")?, reader.point("K'")?);
        reader.end()?;
        Ok(Self { kstar, rstar, remaining, charge, context, commitment, params: params.id() })
    }
}

impl Drop for PreRefund {
    fn drop(&mut self) {
        [&mut self.kstar, &mut self.rstar].into_iter().for_each(Zeroize::zeroize);
        self.remaining = Credits::ZERO;
    }
}

impl ZeroizeOnDrop for PreRefund {}

impl fmt::Debug for PreRefund {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PreRefund(..)")
    }
}
