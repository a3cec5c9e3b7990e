//! Spending: the client's proof.

use alloc::vec::Vec;

use farebox_group::{ByteOrder, Element as _, Group as _, Ristretto255, Scalar as _};
use farebox_sigma::{Coins, Flavor, Fresh, Hedge, Point, witness};
use rand_core::CryptoRng;
use subtle::{Choice, ConditionallySelectable as _};
use zeroize::{Zeroize, Zeroizing};

use crate::error::own_proof;
use crate::params::{base, multiple_vartime, weighted_by_powers_of_two};
use crate::relation::spend::{Spend, SpendPublics, SpendSecrets};
use crate::relation::{Statement, Transcript};
use crate::{CreditToken, Credits, Element, Error, Misuse, Params, PreRefund, Refused, Scalar, SpendProof};

/// What the client draws for a spend, in the draft's order.
#[derive(Debug)]
#[cfg_attr(not(feature = "hazmat"), allow(unreachable_pub, reason = "public with `hazmat` only"))]
pub struct SpendCoins {
    /// Randomises the signature; not 0.
    pub r1: Scalar,
    /// Randomises the signature; not 0.
    pub r2: Scalar,
    /// The next token's nullifier.
    pub kstar: Scalar,
    /// The blindings of the L commitments to bits, least significant first.
    pub sigma: Vec<Scalar>,
    /// The proof's coins.
    pub proof: Coins<Scalar>,
}

/// The coins without those of the proof; erased when dropped.
struct Blinds {
    r1: Scalar,
    r2: Scalar,
    kstar: Scalar,
    sigma: Vec<Scalar>,
}

impl Drop for Blinds {
    fn drop(&mut self) {
        [&mut self.r1, &mut self.r2, &mut self.kstar].into_iter().for_each(Zeroize::zeroize);
        self.sigma.zeroize();
    }
}

impl CreditToken {
    /// Spends `charge` of the balance (draft, "Client: Spend Proof Generation"). A charge of 0 refreshes the token: the same
    /// balance under a new nullifier. Draws 64 bytes.
    ///
    /// Save the [`PreRefund`] and the message's bytes before the message leaves; after a lost answer the same bytes are sent
    /// again.
    ///
    /// # Errors
    /// The token comes back with [`Misuse::Overdraft`], [`Misuse::Amount`] or [`Misuse::Parameters`].
    #[doc(alias = "ProveSpend")]
    pub fn spend<R: CryptoRng + ?Sized>(
        self,
        params: &Params,
        charge: Credits,
        rng: &mut R,
    ) -> Result<(SpendProof, PreRefund), Refused<Self>> {
        let coins = self.draw(params, charge, Flavor::Compact, rng);
        self.spend_body(params, charge, Flavor::Compact, coins)
    }

    /// [`spend`](Self::spend) in the experimental batchable form.
    ///
    /// # Errors
    /// As [`spend`](Self::spend).
    #[cfg(feature = "batchable")]
    pub fn spend_batchable<R: CryptoRng + ?Sized>(
        self,
        params: &Params,
        charge: Credits,
        rng: &mut R,
    ) -> Result<(SpendProof, PreRefund), Refused<Self>> {
        let coins = self.draw(params, charge, Flavor::Batchable, rng);
        self.spend_body(params, charge, Flavor::Batchable, coins)
    }

    /// [`spend`](Self::spend) with coins from outside, in either form.
    ///
    /// # Errors
    /// As [`spend`](Self::spend), and [`Misuse::Coins`].
    #[cfg(feature = "hazmat")]
    pub fn spend_with_coins(
        self,
        params: &Params,
        charge: Credits,
        flavor: Flavor,
        coins: SpendCoins,
    ) -> Result<(SpendProof, PreRefund), Refused<Self>> {
        self.spend_body(params, charge, flavor, coins)
    }

    /// Hedged with the token and with what the spend says, so that a generator that repeats gives two different spends of one
    /// token nothing in common.
    fn draw<R: CryptoRng + ?Sized>(&self, params: &Params, charge: Credits, flavor: Flavor, rng: &mut R) -> SpendCoins {
        let secrets = Zeroizing::new([self.k, self.r, self.e]);
        let said = [self.params.as_slice(), &charge.get().to_le_bytes(), &[flavor as u8]];
        let mut hedge = Hedge::new(b"farebox-act spend v1", &Fresh::draw(rng), secrets.as_ref(), &said);
        let (r1, r2, kstar) = (hedge.nonzero_scalar(), hedge.nonzero_scalar(), hedge.scalar());
        let sigma = hedge.scalars(params.bits().get());
        SpendCoins { r1, r2, kstar, sigma, proof: Coins::draw(rng) }
    }

    fn spend_body(
        self,
        params: &Params,
        charge: Credits,
        flavor: Flavor,
        coins: SpendCoins,
    ) -> Result<(SpendProof, PreRefund), Refused<Self>> {
        match self.prove(params, charge, flavor, coins) {
            Ok(spent) => Ok(spent),
            Err(error) => Err(Refused::new(self, error)),
        }
    }

    fn prove(
        &self,
        params: &Params,
        charge: Credits,
        flavor: Flavor,
        coins: SpendCoins,
    ) -> Result<(SpendProof, PreRefund), Error> {
        let SpendCoins { r1, r2, kstar, sigma, proof } = coins;
        let coins = Blinds { r1, r2, kstar, sigma };
        let bits = params.bits();
        if self.params != params.id() {
            return Err(Misuse::Parameters.into());
        }
        charge.fits(bits)?;
        let remaining = self.credits.checked_sub(charge).ok_or(Misuse::Overdraft)?;
        let degenerate = bool::from(coins.r1.is_zero() | coins.r2.is_zero()) || coins.sigma.len() != bits.get();
        if degenerate {
            return Err(Misuse::Coins.into());
        }

        // rstar = sum of 2^j * sigma_j
        let weighted = coins.sigma.iter().enumerate().map(|(j, sigma)| Scalar::from(1u64 << j) * *sigma);
        let rstar = weighted.fold(Scalar::ZERO, |sum, term| sum + term);
        let digits = Bits::of(remaining, bits.get());
        let halves = Zeroizing::new(self.halves(params, charge, &coins, &digits));
        let points = Point::encode_batch(&halves).map_err(|_| Misuse::Coins)?;
        let [a_prime, neg_a_prime, b_bar, a_bar, h1_prime, com_total, commitment, com @ ..] = points.as_slice() else {
            return Err(Misuse::Coins.into());
        };

        let statement = statement(
            params,
            Computed {
                neg_a_prime: *neg_a_prime,
                b_bar: *b_bar,
                a_bar: *a_bar,
                h1_prime: *h1_prime,
                com_total: *com_total,
            },
            com,
        )?;
        let session = session(params, &self.k, &self.context.0, flavor);
        let argument = Transcript::new().session(session).statement(statement).map_err(own_proof)?;
        let secrets = self.secrets(&coins, &digits);
        let pok = argument.prove_with_coins(flavor, &secrets, proof).map_err(own_proof)?;

        let (context, kstar) = (self.context, coins.kstar);
        let next = PreRefund { kstar, rstar, remaining, charge, context, commitment: *commitment, params: self.params };
        let (nullifier, a_prime, b_bar, com) = (self.k, *a_prime, *b_bar, com.to_vec());
        Ok((SpendProof { nullifier, charge, context, a_prime, b_bar, com, pok, flavor }, next))
    }

    /// Halves of A', -A', B_bar, A_bar, H1', Com_total, K', Com_0, .., Com_(L-1), for one batch encoding.
    fn halves(&self, params: &Params, charge: Credits, coins: &Blinds, digits: &Bits) -> Vec<Element> {
        let half = Ristretto255::halve;
        let mul = |base, scalar: &Scalar| params.bases.mul(base, &half(scalar));
        // H1' = G + k*H2 + ctx*H4
        let h1_prime = params.half_g + mul(base::H2, &self.k) + mul(base::H4, &self.context.0);
        // B = H1' + c*H1 + r*H3
        let b = h1_prime + mul(base::H1, &self.credits.scalar()) + mul(base::H3, &self.r);
        let b = Ristretto255::unhalve(&b);
        // A' = (r1*r2)*A, B_bar = r1*B, A_bar = r2*B_bar - e*A'
        let r1_r2 = Zeroizing::new(half(&(coins.r1 * coins.r2)));
        let a_prime = self.a.element() * &r1_r2;
        let b_bar = b * &half(&coins.r1);
        let a_bar = Ristretto255::multi_mul(&[(*r1_r2, b), (-(*r1_r2 * self.e), self.a.element())]);

        let mut halves = Vec::with_capacity(7 + digits.0.len());
        halves.extend([a_prime, -a_prime, b_bar, a_bar, h1_prime]);
        // Com_j = b_j*H1 + sigma_j*H3, and kstar*H2 in Com_0
        let mut com = Zeroizing::new(Vec::with_capacity(digits.0.len()));
        for (bit, sigma) in digits.choices().zip(&coins.sigma) {
            com.push(Element::conditional_select(&Element::identity(), &params.half_h1, bit) + mul(base::H3, sigma));
        }
        if let Some(first) = com.first_mut() {
            *first += mul(base::H2, &coins.kstar);
        }
        // K' = sum of 2^j * Com_j, Com_total = s*H1 + K'; the charge is public.
        let commitment = weighted_by_powers_of_two(com.iter().copied());
        halves.extend([commitment + multiple_vartime(params.half_h1, charge), commitment]);
        halves.extend_from_slice(&com);
        halves
    }

    fn secrets(&self, coins: &Blinds, digits: &Bits) -> farebox_sigma::Witness<Scalar> {
        // u_j = (1 - b_j) * sigma_j, k2 = (1 - b_0) * kstar
        let unless = |scalar: &Scalar, bit: Choice| Scalar::conditional_select(scalar, &Scalar::ZERO, bit);
        let b = digits.choices().map(|bit| Scalar::conditional_select(&Scalar::ZERO, &Scalar::ONE, bit)).collect();
        let u = coins.sigma.iter().zip(digits.choices()).map(|(sigma, bit)| unless(sigma, bit)).collect();
        let k2 = digits.choices().next().map_or(Scalar::ZERO, |bit| unless(&coins.kstar, bit));
        let mut secrets = SpendSecrets {
            e: self.e,
            r2: coins.r2,
            r3: coins.r1.invert(),
            c: self.credits.scalar(),
            r: self.r,
            b,
            sigma: coins.sigma.clone(),
            u,
            kstar: coins.kstar,
            k2,
        };
        let witness = witness::<Spend, _>(&secrets);
        let SpendSecrets { e, r2, r3, c, r, b, sigma, u, kstar, k2 } = &mut secrets;
        [e, r2, r3, c, r, kstar, k2].into_iter().for_each(Zeroize::zeroize);
        [b, sigma, u].into_iter().for_each(Zeroize::zeroize);
        witness
    }
}

/// The bits of an amount, least significant first; their number is public.
struct Bits(Zeroizing<Vec<u8>>);

impl Bits {
    fn of(amount: Credits, count: usize) -> Self {
        Self(Zeroizing::new((0..count).map(|j| (amount.get() >> j & 1) as u8).collect()))
    }

    fn choices(&self) -> impl Iterator<Item = Choice> {
        self.0.iter().map(|bit| Choice::from(*bit))
    }
}

/// The session of a spend: the batchable form has a suffix of its own.
pub(crate) fn session(params: &Params, nullifier: &Scalar, context: &Scalar, flavor: Flavor) -> Vec<u8> {
    let (k, ctx) = (nullifier.to_bytes(ByteOrder::Little), context.to_bytes(ByteOrder::Little));
    let suffix: &[u8] = match flavor {
        Flavor::Compact => b"",
        Flavor::Batchable => b"batchable",
    };
    params.session(b"spend", &[&k, &ctx, suffix])
}

/// What both sides compute and no message carries, and B_bar.
pub(crate) struct Computed {
    pub(crate) neg_a_prime: Point<Ristretto255>,
    pub(crate) b_bar: Point<Ristretto255>,
    pub(crate) a_bar: Point<Ristretto255>,
    pub(crate) h1_prime: Point<Ristretto255>,
    pub(crate) com_total: Point<Ristretto255>,
}

pub(crate) fn statement<'b>(
    params: &'b Params,
    computed: Computed,
    com: &[Point<Ristretto255>],
) -> Result<Statement<'b>, Error> {
    let Computed { neg_a_prime, b_bar, a_bar, h1_prime, com_total } = computed;
    let (h1, h2, h3) = (params.point(base::H1), params.point(base::H2), params.point(base::H3));
    let publics = SpendPublics {
        neg_a_prime,
        b_bar,
        a_bar,
        neg_h1: params.neg_h1,
        neg_h3: params.neg_h3,
        h1_prime,
        h1,
        h2,
        h3,
        com: com.to_vec(),
        h1_total: h1,
        h2_total: h2,
        h3_powers: params.h3_powers.clone(),
        com_total,
    };
    Statement::new(&Spend { bits: params.bits() }, &params.bases, &publics).map_err(|_| Misuse::Parameters.into())
}
