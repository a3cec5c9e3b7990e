//! BlindSign (RFC 9474, section 4.3): the signer's side.

use alloc::vec::Vec;
use core::fmt;

use rand_core::CryptoRng;
use subtle::ConstantTimeEq as _;

use crate::backend::Engine;
use crate::number::Pair;
use crate::{Backend, Error, PublicKey, SecretKey, Variant};

/// A pair serves so many operations, squared from one to the next. Then a new one is drawn.
const USES: u32 = 64;

/// Signs blinded messages with one key.
///
/// A signer chooses nothing of what it signs, so the messages may be made to find out the key. Against that, the private operation is
/// constant time, it is blinded with a factor that the sender does not know, and its result is checked before it leaves.
///
/// A signer needs itself mutably, since the blinding changes from one operation to the next. `SharedSigner` (feature `std`) does
/// not.
pub struct Signer<V> {
    engine: Engine<V>,
    blinding: Blinding,
}

impl<V: Variant> Signer<V> {
    /// Signs with the default backend.
    pub fn new(key: SecretKey<V>) -> Self {
        Self::with_backend(key, Backend::default())
    }

    /// Signs with this backend.
    pub fn with_backend(key: SecretKey<V>, backend: Backend) -> Self {
        Self { engine: Engine::new(key, backend), blinding: Blinding::default() }
    }

    /// The blind signature of a blinded message, k bytes of each. Draws k bytes or a few times as many in each 64th operation of the
    /// pure Rust backend.
    ///
    /// # Errors
    /// [`Malformed`](crate::Malformed) for another length and for an integer that is not below n; [`Error::SigningFailure`].
    #[doc(alias = "BlindSign")]
    pub fn blind_sign<R: CryptoRng + ?Sized>(&mut self, blinded_msg: &[u8], rng: &mut R) -> Result<Vec<u8>, Error> {
        self.engine.key.public.check("blinded_msg", blinded_msg)?;
        let pair = self.blinding.next(&self.engine, rng);
        self.engine.sign(blinded_msg, pair.as_ref()).inspect_err(|_| self.blinding.left = 0)
    }

    /// The key's public part.
    pub fn public_key(&self) -> &PublicKey<V> {
        &self.engine.key.public
    }

    /// The code that is used: pure Rust also where OpenSSL was asked for and does not do the operation.
    pub fn backend(&self) -> Backend {
        self.engine.backend()
    }
}

/// Signs blinded messages with one key, from any number of threads. The lock is held for the change of the blinding only.
#[cfg(feature = "std")]
pub struct SharedSigner<V> {
    engine: Engine<V>,
    blinding: std::sync::Mutex<Blinding>,
}

#[cfg(feature = "std")]
impl<V: Variant> SharedSigner<V> {
    /// Signs with the default backend.
    pub fn new(key: SecretKey<V>) -> Self {
        Signer::new(key).into()
    }

    /// As [`Signer::blind_sign`].
    ///
    /// # Errors
    /// As [`Signer::blind_sign`].
    pub fn blind_sign<R: CryptoRng + ?Sized>(&self, blinded_msg: &[u8], rng: &mut R) -> Result<Vec<u8>, Error> {
        self.engine.key.public.check("blinded_msg", blinded_msg)?;
        // A thread that panicked in there left an older pair, which the next use squares.
        let mut blinding = self.blinding.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let pair = blinding.next(&self.engine, rng);
        drop(blinding);
        let signed = self.engine.sign(blinded_msg, pair.as_ref());
        signed.inspect_err(|_| self.blinding.lock().unwrap_or_else(std::sync::PoisonError::into_inner).left = 0)
    }

    /// The key's public part.
    pub fn public_key(&self) -> &PublicKey<V> {
        &self.engine.key.public
    }

    /// As [`Signer::backend`].
    pub fn backend(&self) -> Backend {
        self.engine.backend()
    }
}

#[cfg(feature = "std")]
impl<V> From<Signer<V>> for SharedSigner<V> {
    fn from(signer: Signer<V>) -> Self {
        Self { engine: signer.engine, blinding: signer.blinding.into() }
    }
}

/// The pair of the last operation, and how many more it serves: none after a failure, since the pair may be at fault.
#[derive(Default)]
struct Blinding {
    pair: Option<Pair>,
    left: u32,
}

impl Blinding {
    /// The pair for one operation: no two operations have the same.
    fn next<V: Variant, R: CryptoRng + ?Sized>(&mut self, engine: &Engine<V>, rng: &mut R) -> Option<Pair> {
        if !engine.wants_pair() {
            return None;
        }
        let (private, public) = (&engine.key.private, &engine.key.public);
        match self.pair.as_ref().filter(|_| self.left > 0) {
            Some(last) => {
                self.pair = Some(private.square(last));
                self.left -= 1;
            }
            None => {
                // A factor that is no unit has a prime of n in it; nobody draws that.
                self.pair = private.pair(&public.random_factor(rng));
                self.left = USES - 1;
            }
        }
        self.pair.clone()
    }
}

impl<V: Variant> Engine<V> {
    /// s = m^d mod n, and only if s^e mod n = m.
    fn sign(&self, m: &[u8], pair: Option<&Pair>) -> Result<Vec<u8>, Error> {
        let s = self.raise(m, pair).ok_or(Error::SigningFailure)?;
        // One wrong half would give the primes away: gcd(s^e - m, n).
        let again = self.power(&s).ok_or(Error::SigningFailure)?;
        if again.ct_eq(m).into() { Ok(s.to_vec()) } else { Err(Error::SigningFailure) }
    }
}

impl<V: Variant> fmt::Debug for Signer<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let public = self.public_key();
        f.debug_struct("Signer").field("public", public).field("backend", &self.backend()).finish_non_exhaustive()
    }
}

#[cfg(feature = "std")]
impl<V: Variant> fmt::Debug for SharedSigner<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let public = self.public_key();
        f.debug_struct("SharedSigner").field("public", public).field("backend", &self.backend()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
