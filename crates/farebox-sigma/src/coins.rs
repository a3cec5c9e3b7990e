//! The prover's coins: one nonce for each scalar, hedged.

use alloc::vec::Vec;
use core::fmt;

use farebox_group::{ByteOrder, Scalar};
use rand_core::CryptoRng;
use sha3::digest::{ExtendableOutput, Update, XofReader};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The nonces of one proof. They are used up by it; a second proof with the same nonces reveals the witness.
pub struct Coins<S: Scalar> {
    pub(crate) nonces: Vec<S>,
}

impl<S: Scalar> Coins<S> {
    /// Takes the nonces from outside, one for each scalar in witness order. For vectors and tests.
    #[cfg(feature = "hazmat")]
    pub fn from_nonces(nonces: Vec<S>) -> Self {
        Self { nonces }
    }

    /// Derives the nonces from 32 fresh bytes, what is proved and the witness: a generator that repeats or is known gives
    /// no nonce away as long as the witness is secret, and no nonce meets two challenges.
    ///
    /// `SHAKE256("farebox-sigma nonces v1" || rng[0..32] || context || witness)`, read as one stream of 64 bytes a nonce.
    /// The context is the challenge that the same profile, flavour, session and statement give without commitments. So
    /// whatever could change the challenge changes the nonces as well; nonces that met two challenges would reveal the
    /// witness.
    pub(crate) fn hedged<R: CryptoRng + ?Sized>(rng: &mut R, context: &S, witness: &[S]) -> Self {
        let mut fresh = Zeroizing::new([0u8; 32]);
        rng.fill_bytes(fresh.as_mut());
        let mut hash = sha3::Shake256::default();
        hash.update(b"farebox-sigma nonces v1");
        hash.update(fresh.as_ref());
        for scalar in core::iter::once(context).chain(witness) {
            let bytes = Zeroizing::new(scalar.to_bytes(ByteOrder::Little));
            hash.update(bytes.as_ref());
        }
        let mut stream = hash.finalize_xof();
        let mut wide = Zeroizing::new([0u8; 64]);
        let mut next = |_| {
            stream.read(wide.as_mut());
            S::reduce(wide.as_ref(), ByteOrder::Little)
        };
        Self { nonces: (0..witness.len()).map(&mut next).collect() }
    }
}

impl<S: Scalar> Drop for Coins<S> {
    fn drop(&mut self) {
        self.nonces.zeroize();
    }
}

impl<S: Scalar> ZeroizeOnDrop for Coins<S> {}

impl<S: Scalar> fmt::Debug for Coins<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Coins(..)")
    }
}
