//! The server: it evaluates blinded elements, and inputs that it is shown.

use alloc::vec::Vec;

use farebox_group::{Group as _, Scalar as _};
use rand_core::CryptoRng;
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize as _, Zeroizing};

use crate::dleq::{ProofCoins, Statement};
use crate::domain::Domain;
use crate::{
    BlindedElements, Error, Evaluation, Group, Invalid, Misuse, Mode, NoProof, Oprf, Output, Point, Poprf, Scalar,
    SecretKey, Suite, Voprf, WithoutInfo, parallel,
};

/// `scalar * point` for every point; constant time in the scalar.
fn multiply<S: Suite>(scalar: &Scalar<S>, points: &[Point<S>]) -> Result<Vec<Point<S>>, Misuse> {
    let half = Zeroizing::new(Group::<S>::halve(scalar));
    let halves = parallel::map(points, |point| point.element() * &*half);
    // Neither the scalar nor a point is zero.
    parallel::encode::<S>(&halves).map_err(|_| Misuse::Tweak)
}

/// The function's values of inputs, for a scalar that is the key or what a public input makes of it.
fn values<S: Suite, M: Mode>(
    scalar: &Scalar<S>,
    inputs: &[&[u8]],
    info: Option<&[u8]>,
) -> Result<Vec<Output<S>>, Misuse> {
    let half = Zeroizing::new(Group::<S>::halve(scalar));
    let halves = parallel::map(inputs, |input| {
        let element = Zeroizing::new(Domain::<S, M>::hash_to_group(input)?);
        Ok(*element * &*half)
    });
    let halves = Zeroizing::new(halves.into_iter().collect::<Result<Vec<_>, Misuse>>()?);
    let issued = parallel::encode::<S>(&halves).map_err(|_| Misuse::Tweak)?;
    let pairs: Vec<_> = inputs.iter().zip(&issued).collect();
    Ok(parallel::map(&pairs, |(input, issued)| Domain::<S, M>::finalize(input, info, issued.bytes())))
}

/// One value of one input.
fn only<S: Suite>(values: Vec<Output<S>>) -> Result<Output<S>, Misuse> {
    values.into_iter().next().ok_or(Misuse::Batch)
}

/// In constant time where the lengths agree.
fn compare<S: Suite>(value: &Output<S>, output: &[u8]) -> Result<(), Error> {
    if value.as_bytes().ct_eq(output).into() { Ok(()) } else { Err(Invalid.into()) }
}

impl<S: Suite> SecretKey<S, Oprf> {
    /// Evaluates the client's elements (RFC 9497, Section 3.3.1).
    #[doc(alias = "BlindEvaluate")]
    ///
    /// # Errors
    /// None that a caller can cause.
    pub fn blind_evaluate(&self, blinded: &BlindedElements<S>) -> Result<Evaluation<S, Oprf>, Misuse> {
        Ok(Evaluation { points: multiply::<S>(&self.scalar, &blinded.points)?, proof: NoProof })
    }
}

impl<S: Suite> SecretKey<S, Voprf> {
    /// Evaluates the client's elements and proves it (RFC 9497, Section 3.3.2). Draws 32 bytes.
    ///
    /// # Errors
    /// [`Misuse::Coins`] where the generator gives values that make an element of the proof the identity, which no working one
    /// does.
    #[doc(alias = "BlindEvaluate")]
    pub fn blind_evaluate<R: CryptoRng + ?Sized>(
        &self,
        blinded: &BlindedElements<S>,
        rng: &mut R,
    ) -> Result<Evaluation<S, Voprf>, Misuse> {
        self.evaluate_body(blinded, ProofCoins::draw(rng))
    }

    /// [`blind_evaluate`](Self::blind_evaluate) with coins from outside.
    ///
    /// # Errors
    /// [`Misuse::Coins`].
    #[cfg(feature = "hazmat")]
    pub fn blind_evaluate_with_coins(
        &self,
        blinded: &BlindedElements<S>,
        coins: ProofCoins<S>,
    ) -> Result<Evaluation<S, Voprf>, Misuse> {
        self.evaluate_body(blinded, coins)
    }

    fn evaluate_body(
        &self,
        blinded: &BlindedElements<S>,
        coins: ProofCoins<S>,
    ) -> Result<Evaluation<S, Voprf>, Misuse> {
        let points = multiply::<S>(&self.scalar, &blinded.points)?;
        let statement = Statement { key: &self.public.point, c: &blinded.points, d: &points };
        let proof = statement.prove::<Voprf>(&self.scalar, coins)?;
        Ok(Evaluation { points, proof })
    }
}

/// The key for one public input.
struct Tweaked<S: Suite> {
    /// t = sk + m
    t: Scalar<S>,
    /// 1/t
    inverse: Scalar<S>,
}

impl<S: Suite> Drop for Tweaked<S> {
    fn drop(&mut self) {
        self.t.zeroize();
        self.inverse.zeroize();
    }
}

impl<S: Suite> SecretKey<S, Poprf> {
    /// Evaluates the client's elements for the public input `info` of at most 65,535 bytes, and proves it (RFC 9497, Section
    /// 3.3.3). Draws 32 bytes.
    ///
    /// # Errors
    /// [`Misuse::Info`]; [`Misuse::Tweak`] for an `info` that gives the key away; [`Misuse::Coins`] as in the mode [`Voprf`].
    #[doc(alias = "BlindEvaluate")]
    pub fn blind_evaluate<R: CryptoRng + ?Sized>(
        &self,
        blinded: &BlindedElements<S>,
        info: &[u8],
        rng: &mut R,
    ) -> Result<Evaluation<S, Poprf>, Misuse> {
        self.evaluate_body(blinded, info, ProofCoins::draw(rng))
    }

    /// [`blind_evaluate`](Self::blind_evaluate) with coins from outside.
    ///
    /// # Errors
    /// As [`blind_evaluate`](Self::blind_evaluate).
    #[cfg(feature = "hazmat")]
    pub fn blind_evaluate_with_coins(
        &self,
        blinded: &BlindedElements<S>,
        info: &[u8],
        coins: ProofCoins<S>,
    ) -> Result<Evaluation<S, Poprf>, Misuse> {
        self.evaluate_body(blinded, info, coins)
    }

    fn evaluate_body(
        &self,
        blinded: &BlindedElements<S>,
        info: &[u8],
        coins: ProofCoins<S>,
    ) -> Result<Evaluation<S, Poprf>, Misuse> {
        let tweaked = self.tweak(info)?;
        let points = multiply::<S>(&tweaked.inverse, &blinded.points)?;
        // tweakedKey = t*G, and the blinded element is its multiple of the evaluated one.
        let key = farebox_sigma::Point::encode(Group::<S>::mul_generator(&tweaked.t)).map_err(|_| Misuse::Tweak)?;
        let statement = Statement { key: &key, c: &points, d: &blinded.points };
        let proof = statement.prove::<Poprf>(&tweaked.t, coins)?;
        Ok(Evaluation { points, proof })
    }

    fn tweak(&self, info: &[u8]) -> Result<Tweaked<S>, Misuse> {
        let t = self.scalar + Domain::<S, Poprf>::tweak(info)?;
        if t.is_zero().into() {
            return Err(Misuse::Tweak);
        }
        Ok(Tweaked { t, inverse: t.invert() })
    }

    /// The output of an input that is shown (RFC 9497, Section 3.3.3). Input and `info` have at most 65,535 bytes.
    ///
    /// # Errors
    /// [`Misuse::Input`], [`Misuse::Info`], [`Misuse::Tweak`].
    #[doc(alias = "Evaluate")]
    pub fn evaluate(&self, input: &[u8], info: &[u8]) -> Result<Output<S>, Misuse> {
        only(self.evaluate_batch(&[input], info)?)
    }

    /// The outputs of inputs that are shown.
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate).
    pub fn evaluate_batch(&self, inputs: &[&[u8]], info: &[u8]) -> Result<Vec<Output<S>>, Misuse> {
        values::<S, Poprf>(&self.tweak(info)?.inverse, inputs, Some(info))
    }

    /// Whether `output` is the input's, compared in constant time.
    ///
    /// # Errors
    /// [`Invalid`], and [`Misuse`] as in [`evaluate`](Self::evaluate).
    pub fn verify(&self, input: &[u8], info: &[u8], output: &[u8]) -> Result<(), Error> {
        compare(&self.evaluate(input, info)?, output)
    }
}

impl<S: Suite, M: WithoutInfo> SecretKey<S, M> {
    /// The output of an input that is shown (RFC 9497, Section 3.3.1): at most 65,535 bytes.
    ///
    /// # Errors
    /// [`Misuse::Input`].
    #[doc(alias = "Evaluate")]
    pub fn evaluate(&self, input: &[u8]) -> Result<Output<S>, Misuse> {
        only(self.evaluate_batch(&[input])?)
    }

    /// The outputs of inputs that are shown.
    ///
    /// # Errors
    /// [`Misuse::Input`].
    pub fn evaluate_batch(&self, inputs: &[&[u8]]) -> Result<Vec<Output<S>>, Misuse> {
        values::<S, M>(&self.scalar, inputs, None)
    }

    /// Whether `output` is the input's, compared in constant time: how a server redeems a token.
    ///
    /// # Errors
    /// [`Invalid`], or [`Misuse::Input`].
    pub fn verify(&self, input: &[u8], output: &[u8]) -> Result<(), Error> {
        compare(&self.evaluate(input)?, output)
    }
}
