//! From a session and a statement to proofs and their verification.

use alloc::vec::Vec;
use core::marker::PhantomData;

use farebox_group::{Group, Scalar as _};
use rand_core::CryptoRng;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::verifier::recompute_commitments;
use crate::{Coins, Error, Flavor, Malformed, Misuse, Profile, Record, Relation, Secrets, Statement, prover};

/// A transcript that has no session yet.
#[derive(Clone, Copy, Debug)]
pub struct NoSession;

/// A transcript's session.
#[derive(Clone, Debug)]
pub struct Session(Vec<u8>);

/// The start of a proof: needs a session, then a statement.
///
/// ```
/// # use farebox_group::{Group, Ristretto255, Scalar};
/// # use farebox_sigma::relations::{DiscreteLogarithm, DiscreteLogarithmPublics};
/// # use farebox_sigma::{BaseSet, F3, Point, Ristretto255Shake128, Statement, Transcript};
/// # let bases = BaseSet::<Ristretto255>::new(&[]).unwrap();
/// # let x = Point::encode(Ristretto255::generator()).unwrap();
/// # let publics = DiscreteLogarithmPublics { g: bases.points()[0], x };
/// # let statement = Statement::new(&DiscreteLogarithm, &bases, &publics).unwrap();
/// let argument = Transcript::<F3<Ristretto255Shake128>>::new()
///     .session(b"example-v1")
///     .statement(statement)?;
/// # Ok::<(), farebox_sigma::Error>(())
/// ```
///
/// Without a session there is no proof (E0599, no method `statement`):
///
/// ```compile_fail,E0599
/// # use farebox_group::{Group, Ristretto255, Scalar};
/// # use farebox_sigma::relations::{DiscreteLogarithm, DiscreteLogarithmPublics};
/// # use farebox_sigma::{BaseSet, F3, Point, Ristretto255Shake128, Statement, Transcript};
/// # let bases = BaseSet::<Ristretto255>::new(&[]).unwrap();
/// # let x = Point::encode(Ristretto255::generator()).unwrap();
/// # let publics = DiscreteLogarithmPublics { g: bases.points()[0], x };
/// # let statement = Statement::new(&DiscreteLogarithm, &bases, &publics).unwrap();
/// let argument = Transcript::<F3<Ristretto255Shake128>>::new()
///     .statement(statement)?;
/// # Ok::<(), farebox_sigma::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Transcript<P, S = NoSession> {
    state: S,
    profile: PhantomData<P>,
}

impl<P> Default for Transcript<P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P> Transcript<P> {
    /// A transcript of the profile `P`.
    #[must_use]
    pub fn new() -> Self {
        Self { state: NoSession, profile: PhantomData }
    }

    /// Binds the session: the application, its version and its context.
    #[must_use]
    pub fn session(self, session: impl Into<Vec<u8>>) -> Transcript<P, Session> {
        Transcript { state: Session(session.into()), profile: PhantomData }
    }
}

impl<P> Transcript<P, Session> {
    /// Binds the statement.
    ///
    /// # Errors
    /// [`Error::Statement`] where the profile refuses it, [`Misuse::Inexpressible`] where it cannot be written.
    pub fn statement<G: Group>(self, statement: Statement<'_, G>) -> Result<Argument<'_, P, G>, Error>
    where
        P: Profile<G>,
    {
        Ok(Argument { label: P::label(&statement)?, session: self.state.0, statement, profile: PhantomData })
    }
}

/// The secret scalars of a statement, in order. Erased when dropped.
pub type Witness<S> = Zeroizing<Vec<S>>;

/// The witness of a typed relation.
pub fn witness<R: Relation, S: farebox_group::Scalar>(secrets: &Secrets<R, S>) -> Witness<S> {
    let mut witness = Zeroizing::new(Vec::new());
    // A vector that grows leaves copies behind.
    let mut len = 0;
    R::Secrets::map(secrets, |_, _| len += 1);
    witness.reserve_exact(len);
    R::Secrets::map(secrets, |_, scalar: &S| witness.push(*scalar));
    witness
}

/// A session and a statement: what is proved and verified.
///
/// A statement alone proves nothing; it has to be bound to a session first:
///
/// ```
/// # use farebox_group::{Group, Ristretto255, Scalar};
/// # use farebox_sigma::relations::{DiscreteLogarithm, DiscreteLogarithmPublics};
/// # use farebox_sigma::{BaseSet, F3, Flavor, Point, Ristretto255Shake128, Statement, Transcript};
/// # let bases = BaseSet::<Ristretto255>::new(&[]).unwrap();
/// # let witness = [<Ristretto255 as Group>::Scalar::random(&mut rand::rng())];
/// # let x = Point::encode(Ristretto255::mul_generator(&witness[0])).unwrap();
/// # let publics = DiscreteLogarithmPublics { g: bases.points()[0], x };
/// # let statement = Statement::new(&DiscreteLogarithm, &bases, &publics).unwrap();
/// let transcript = Transcript::<F3<Ristretto255Shake128>>::new().session(b"example-v1");
/// let transcript = transcript.statement(statement)?;
/// let proof = transcript.prove(Flavor::Compact, &witness, &mut rand::rng())?;
/// # transcript.verify(Flavor::Compact, &proof)?;
/// # Ok::<(), farebox_sigma::Error>(())
/// ```
///
/// Without the statement there is nothing to prove (E0599, no method `prove`):
///
/// ```compile_fail,E0599
/// # use farebox_group::{Group, Ristretto255, Scalar};
/// # use farebox_sigma::relations::{DiscreteLogarithm, DiscreteLogarithmPublics};
/// # use farebox_sigma::{BaseSet, F3, Flavor, Point, Ristretto255Shake128, Statement, Transcript};
/// # let bases = BaseSet::<Ristretto255>::new(&[]).unwrap();
/// # let witness = [<Ristretto255 as Group>::Scalar::random(&mut rand::rng())];
/// # let x = Point::encode(Ristretto255::mul_generator(&witness[0])).unwrap();
/// # let publics = DiscreteLogarithmPublics { g: bases.points()[0], x };
/// # let statement = Statement::new(&DiscreteLogarithm, &bases, &publics).unwrap();
/// let transcript = Transcript::<F3<Ristretto255Shake128>>::new().session(b"example-v1");
/// let proof = transcript.prove(Flavor::Compact, &witness, &mut rand::rng())?;
/// # transcript.verify(Flavor::Compact, &proof)?;
/// # Ok::<(), farebox_sigma::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Argument<'b, P, G: Group> {
    pub(crate) session: Vec<u8>,
    pub(crate) label: Vec<u8>,
    pub(crate) statement: Statement<'b, G>,
    profile: PhantomData<P>,
}

impl<P: Profile<G>, G: Group> Argument<'_, P, G> {
    /// The statement as it is hashed.
    pub fn label(&self) -> &[u8] {
        &self.label
    }

    /// Bytes of a proof.
    pub fn proof_len(&self, flavor: Flavor) -> usize {
        match flavor {
            Flavor::Compact => self.statement.compact_len(),
            Flavor::Batchable => self.statement.batchable_len(),
        }
    }

    /// Proves the statement, in constant time in the witness. The witness is not checked against the statement: a wrong one
    /// gives a proof that does not verify.
    ///
    /// # Errors
    /// [`Misuse::WitnessLength`]; [`Error::Invalid`] where a commitment is the identity, which fresh nonces do not give.
    pub fn prove<R: CryptoRng + ?Sized>(
        &self,
        flavor: Flavor,
        witness: &[G::Scalar],
        rng: &mut R,
    ) -> Result<Vec<u8>, Error> {
        self.prove_with_coins(flavor, witness, Coins::draw(rng))
    }

    /// [`prove`](Self::prove) with coins that were drawn before.
    ///
    /// # Errors
    /// As [`prove`](Self::prove), and [`Misuse::CoinsLength`].
    pub fn prove_with_coins(
        &self,
        flavor: Flavor,
        witness: &[G::Scalar],
        coins: Coins<G::Scalar>,
    ) -> Result<Vec<u8>, Error> {
        let expected = self.statement.scalars;
        if witness.len() != expected {
            return Err(Misuse::WitnessLength { expected, actual: witness.len() }.into());
        }
        let mut sponge = self.begin(flavor);
        let nonces = coins.into_nonces(&P::challenge(&sponge), witness);
        if nonces.len() != expected {
            return Err(Misuse::CoinsLength { expected, actual: nonces.len() }.into());
        }
        let halves = Zeroizing::new(prover::commitments(&self.statement, witness, &nonces));
        let commitments = G::encode_batch(&halves).map_err(|_| Error::Invalid)?;
        commitments.iter().for_each(|commitment| P::commit(&mut sponge, commitment.as_ref()));
        let challenge = P::challenge(&sponge);

        let mut proof = Vec::with_capacity(self.proof_len(flavor));
        match flavor {
            Flavor::Compact => proof.extend_from_slice(challenge.to_bytes(P::SCALAR_ORDER).as_ref()),
            Flavor::Batchable => commitments.iter().for_each(|c| proof.extend_from_slice(c.as_ref())),
        }
        let factor = P::factor(challenge);
        for (nonce, secret) in nonces.iter().zip(witness) {
            // r = k + c * w
            let response = *nonce + factor * *secret;
            proof.extend_from_slice(response.to_bytes(P::SCALAR_ORDER).as_ref());
        }
        Ok(proof)
    }

    /// Verifies a proof, in variable time.
    ///
    /// # Errors
    /// [`Error::Malformed`] or [`Error::Invalid`].
    pub fn verify(&self, flavor: Flavor, proof: &[u8]) -> Result<(), Error> {
        match flavor {
            Flavor::Compact => self.verify_compact(proof),
            Flavor::Batchable => crate::verify_batch(&[(self, proof)]).map_err(|refused| refused.error),
        }
    }

    fn verify_compact(&self, proof: &[u8]) -> Result<(), Error> {
        self.check_len(Flavor::Compact, proof)?;
        let scalars = self.scalars(proof)?;
        let Some((challenge, responses)) = scalars.split_first() else { return Err(Error::Invalid) };
        let commitments = recompute_commitments(&self.statement, &P::factor(*challenge), responses)?;
        let expected = self.challenge(Flavor::Compact, commitments.iter().map(AsRef::as_ref));
        if expected.ct_eq(challenge).into() { Ok(()) } else { Err(Error::Invalid) }
    }

    pub(crate) fn check_len(&self, flavor: Flavor, proof: &[u8]) -> Result<(), Malformed> {
        let expected = self.proof_len(flavor);
        if proof.len() == expected { Ok(()) } else { Err(Malformed::ProofLength { expected, actual: proof.len() }) }
    }

    pub(crate) fn scalars(&self, bytes: &[u8]) -> Result<Vec<G::Scalar>, Malformed> {
        let decode = |(index, chunk)| {
            G::Scalar::from_bytes(chunk, P::SCALAR_ORDER).map_err(|source| Malformed::Scalar { index, source })
        };
        bytes.chunks(G::SCALAR_LEN).enumerate().map(decode).collect()
    }

    fn begin(&self, flavor: Flavor) -> P::Xof {
        P::begin(&self.session, flavor, &self.label)
    }

    pub(crate) fn challenge<'c>(&self, flavor: Flavor, commitments: impl Iterator<Item = &'c [u8]>) -> G::Scalar {
        let mut sponge = self.begin(flavor);
        commitments.for_each(|commitment| P::commit(&mut sponge, commitment));
        P::challenge(&sponge)
    }
}
