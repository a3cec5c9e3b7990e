//! The prover's coins, and the hedged derivation that all random choices of a scheme can use.

use alloc::vec::Vec;
use core::fmt;

use farebox_group::{ByteOrder, Scalar};
use rand_core::CryptoRng;
use sha3::digest::{ExtendableOutput, Update, XofReader};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// 32 fresh bytes: all that one operation takes from a generator.
#[derive(ZeroizeOnDrop)]
pub struct Fresh([u8; 32]);

impl Fresh {
    /// Draws 32 bytes.
    pub fn draw<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut fresh = Self([0; 32]);
        rng.fill_bytes(&mut fresh.0);
        fresh
    }
}

impl fmt::Debug for Fresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fresh(..)")
    }
}

/// A stream of scalars from fresh bytes, secrets and public data: a generator that repeats or is known gives no scalar away
/// as long as a secret is unknown, and no scalar twice for two inputs.
///
/// `SHAKE128(domain || fresh || secrets || public)`, every part behind a little-endian `u32` length, 64 bytes a scalar.
pub struct Hedge {
    stream: sha3::Shake128Reader,
}

impl Hedge {
    /// Starts a stream.
    pub fn new<S: Scalar>(domain: &[u8], fresh: &Fresh, secrets: &[S], public: &[&[u8]]) -> Self {
        let mut hash = sha3::Shake128::default();
        let mut part = |bytes: &[u8]| {
            hash.update(&(bytes.len() as u32).to_le_bytes());
            hash.update(bytes);
        };
        part(domain);
        part(&fresh.0);
        for secret in secrets {
            let mut bytes = secret.to_bytes(ByteOrder::Little);
            part(bytes.as_ref());
            bytes.zeroize();
        }
        public.iter().for_each(|bytes| part(bytes));
        Self { stream: hash.finalize_xof() }
    }

    /// The next scalar, uniform up to 2^-250; it can be 0 with about that probability.
    pub fn scalar<S: Scalar>(&mut self) -> S {
        let mut wide = Zeroizing::new([0u8; 64]);
        self.stream.read(wide.as_mut());
        S::reduce(wide.as_ref(), ByteOrder::Little)
    }

    /// The next scalar that is not 0.
    pub fn nonzero_scalar<S: Scalar>(&mut self) -> S {
        loop {
            let scalar: S = self.scalar();
            if !bool::from(scalar.is_zero()) {
                return scalar;
            }
        }
    }

    /// The next scalars.
    pub fn scalars<S: Scalar>(&mut self, count: usize) -> Vec<S> {
        (0..count).map(|_| self.scalar()).collect()
    }
}

impl fmt::Debug for Hedge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hedge(..)")
    }
}

/// The coins of one proof. They are used up by it: a second proof with the same nonces reveals the witness.
pub struct Coins<S: Scalar>(Source<S>);

enum Source<S: Scalar> {
    Hedged(Fresh),
    #[cfg(feature = "hazmat")]
    Nonces(Vec<S>),
    #[cfg(not(feature = "hazmat"))]
    #[allow(dead_code, reason = "keeps the type parameter in use")]
    Never(core::convert::Infallible, core::marker::PhantomData<S>),
}

impl<S: Scalar> Coins<S> {
    /// Draws 32 bytes, from which the nonces are derived together with the witness and the statement.
    pub fn draw<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        Self(Source::Hedged(Fresh::draw(rng)))
    }

    /// Takes the nonces from outside, one for each scalar in witness order. For vectors and tests.
    #[cfg(feature = "hazmat")]
    pub fn from_nonces(nonces: Vec<S>) -> Self {
        Self(Source::Nonces(nonces))
    }

    /// The nonces for a proof, from the fresh bytes, what is proved and the witness.
    ///
    /// The context is the challenge that the same profile, flavour, session and statement give without commitments. So
    /// whatever could change the challenge changes the nonces as well; nonces that met two challenges would reveal the
    /// witness.
    pub(crate) fn into_nonces(self, context: &S, witness: &[S]) -> Zeroizing<Vec<S>> {
        Zeroizing::new(match self.0 {
            Source::Hedged(fresh) => {
                let context = context.to_bytes(ByteOrder::Little);
                Hedge::new(b"sigma nonces v1", &fresh, witness, &[context.as_ref()]).scalars(witness.len())
            }
            #[cfg(feature = "hazmat")]
            Source::Nonces(nonces) => nonces,
            #[cfg(not(feature = "hazmat"))]
            Source::Never(never, _) => match never {},
        })
    }
}

impl<S: Scalar> fmt::Debug for Coins<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Coins(..)")
    }
}
