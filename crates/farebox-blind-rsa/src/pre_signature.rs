//! Blind and Finalize (RFC 9474, sections 4.2 and 4.4): the client's side.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use rand_core::CryptoRng;
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

use crate::number::{Blinded, NoUnit};
use crate::{Error, Fault, Invalid, Malformed, Misuse, PreparedMessage, PublicKey, Refused, Variant, pss};

/// The version of saved states.
const VERSION: u8 = 1;
/// Bytes of version, variant and key in front of a saved state.
const HEAD: usize = 2 + 32;
/// More factors in a row that are no units mean a modulus of small factors, or a broken generator.
const TRIES: usize = 16;

/// What the client draws to blind a message, k bytes or fewer in each integer.
#[cfg(feature = "hazmat")]
pub struct BlindCoins {
    /// The salt of the signature: 48 bytes or none, as the variant says.
    pub salt: Vec<u8>,
    /// The blinding.
    pub factor: Factor,
}

/// The blinding, as vectors give it: big-endian, of the modulus' length.
#[cfg(feature = "hazmat")]
pub enum Factor {
    /// r.
    R(Vec<u8>),
    /// inv = r^-1 mod n.
    Inverse(Vec<u8>),
}

/// The client between its blinded message and the signer's answer. One answer makes a signature of it:
///
/// ```
/// # use farebox_blind_rsa::{PreSignature, PssRandomized, PublicKey, Refused};
/// type State = PreSignature<PssRandomized>;
/// fn finish(state: State, key: &PublicKey<PssRandomized>, answer: &[u8]) -> Result<(), Refused<State>> {
///     let signature = state.finalize(key, answer)?;
///     Ok(())
/// }
/// ```
///
/// A second one does not compile (E0382, use of a moved value):
///
/// ```compile_fail,E0382
/// # use farebox_blind_rsa::{PreSignature, PssRandomized, PublicKey, Refused};
/// type State = PreSignature<PssRandomized>;
/// fn finish(state: State, key: &PublicKey<PssRandomized>, answer: &[u8]) -> Result<(), Refused<State>> {
///     let signature = state.finalize(key, answer)?;
///     let again = state.finalize(key, answer)?;
///     Ok(())
/// }
/// ```
///
/// Neither does a copy for later (E0599, no method `clone`):
///
/// ```compile_fail,E0599
/// # use farebox_blind_rsa::{PreSignature, PssRandomized};
/// fn copy(state: PreSignature<PssRandomized>) {
///     let copy = state.clone();
/// }
/// ```
#[must_use = "the signature can only be taken with this state"]
pub struct PreSignature<V> {
    /// r^-1 mod n, k bytes.
    inv: Zeroizing<Vec<u8>>,
    /// SHA-384 of the prepared message.
    m_hash: pss::Hash,
    key: [u8; 32],
    variant: PhantomData<V>,
}

impl<V: Variant> PublicKey<V> {
    /// Blinds a prepared message: the state to keep, and the k bytes for the signer. Draws the salt and the blinding factor.
    ///
    /// # Errors
    /// [`Invalid::Representative`], which no honest key gives.
    #[doc(alias = "Blind")]
    pub fn blind<R: CryptoRng + ?Sized>(
        &self,
        message: &PreparedMessage<V>,
        rng: &mut R,
    ) -> Result<(PreSignature<V>, Vec<u8>), Error> {
        let mut salt = Zeroizing::new(vec![0; V::SALT_LEN]);
        if V::SALT_LEN > 0 {
            rng.fill_bytes(&mut salt);
        }
        for _ in 0..TRIES {
            match self.blind_with(message, &salt, &self.random_factor(rng)) {
                Err(Error::Misuse(Misuse::Coins)) => {}
                done => return done,
            }
        }
        Err(Invalid::Representative.into())
    }

    /// Blinds with coins from outside. Whoever knows or repeats them links signatures to blinded messages.
    ///
    /// # Errors
    /// As [`blind`](Self::blind), and [`Misuse::Coins`] for a salt of another length and for a factor that is 0, not below n, or no
    /// unit.
    #[cfg(feature = "hazmat")]
    pub fn blind_with_coins(
        &self,
        message: &PreparedMessage<V>,
        coins: BlindCoins,
    ) -> Result<(PreSignature<V>, Vec<u8>), Error> {
        let salt = Zeroizing::new(coins.salt);
        let (Factor::R(factor) | Factor::Inverse(factor)) = &coins.factor;
        if salt.len() != V::SALT_LEN || !self.is_factor(factor) {
            return Err(Misuse::Coins.into());
        }
        match &coins.factor {
            Factor::R(r) => self.blind_with(message, &salt, r),
            Factor::Inverse(inv) => {
                let r = self.ring().invert(inv).ok_or(Misuse::Coins)?;
                self.blind_with(message, &salt, &r)
            }
        }
    }

    /// The body: r is k bytes, below n and not 0.
    fn blind_with(
        &self,
        message: &PreparedMessage<V>,
        salt: &[u8],
        r: &[u8],
    ) -> Result<(PreSignature<V>, Vec<u8>), Error> {
        let m_hash = pss::hash(message.as_bytes());
        let em = pss::encode(&m_hash, salt, self.modulus_len());
        // z = m * r^e mod n, with gcd(m, n) = gcd(r, n) = 1
        let Blinded { z, inv } = self.ring().blind(&em, r, self.exponent()).map_err(|no_unit| match no_unit {
            NoUnit::Message => Error::from(Invalid::Representative),
            NoUnit::Factor => Misuse::Coins.into(),
        })?;
        Ok((PreSignature { inv, m_hash, key: *self.fingerprint(), variant: PhantomData }, z))
    }

    /// r, uniform in [1, n). n has its highest bit set, so every second draw fits.
    pub(crate) fn random_factor<R: CryptoRng + ?Sized>(&self, rng: &mut R) -> Zeroizing<Vec<u8>> {
        let mut r = Zeroizing::new(vec![0; self.modulus_len()]);
        loop {
            rng.fill_bytes(&mut r);
            if self.is_factor(&r) {
                return r;
            }
        }
    }

    fn is_factor(&self, r: &[u8]) -> bool {
        // Without a look at where r's first byte is that is not 0.
        self.ring().contains(r) && r.iter().fold(0, |all, byte| all | byte) != 0
    }
}

impl<V: Variant> PreSignature<V> {
    /// Unblinds the signer's answer and verifies it: a signature of k bytes, for the message that was blinded.
    ///
    /// # Errors
    /// [`Refused`] with the state, and [`Malformed`] for another length or an integer that is not below n;
    /// [`Invalid::Signature`] for an answer that gives no valid signature; [`Misuse::Key`] for another key.
    #[doc(alias = "Finalize")]
    pub fn finalize(self, key: &PublicKey<V>, blind_sig: &[u8]) -> Result<Vec<u8>, Refused<Self>> {
        match self.finish(key, blind_sig) {
            Ok(signature) => Ok(signature),
            Err(error) => Err(Refused::new(self, error)),
        }
    }

    fn finish(&self, key: &PublicKey<V>, blind_sig: &[u8]) -> Result<Vec<u8>, Error> {
        if self.key != *key.fingerprint() {
            return Err(Misuse::Key.into());
        }
        key.check("blind_sig", blind_sig)?;
        // s = blind_sig * inv mod n
        let signature = key.ring().multiply(blind_sig, &self.inv);
        key.verify_hash(&self.m_hash, &signature)?;
        Ok(signature.to_vec())
    }

    /// The saved form: version, variant, SHA-256 of the key, SHA-384 of the prepared message, `inv`; 82 + k bytes.
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(HEAD + pss::HASH_LEN + self.inv.len()));
        bytes.extend([VERSION, V::ID]);
        bytes.extend(self.key);
        bytes.extend(self.m_hash);
        bytes.extend_from_slice(&self.inv);
        bytes
    }

    /// Reads the saved form.
    ///
    /// # Errors
    /// [`Malformed`], also for a state of another variant or key.
    pub fn from_bytes(key: &PublicKey<V>, bytes: &[u8]) -> Result<Self, Malformed> {
        let malformed = |field| move |fault: Fault| Malformed { field, fault };
        let (expected, actual) = (HEAD + pss::HASH_LEN + key.modulus_len(), bytes.len());
        let length = || malformed("state")(Fault::Length { expected, actual });
        let (head, rest) = bytes.split_first_chunk::<2>().ok_or_else(length)?;
        if *head != [VERSION, V::ID] {
            return Err(malformed("version")(Fault::Version));
        }
        let (fingerprint, rest) = rest.split_first_chunk::<32>().ok_or_else(length)?;
        if fingerprint != key.fingerprint() {
            return Err(malformed("key")(Fault::Key));
        }
        let (m_hash, inv) = rest.split_first_chunk().ok_or_else(length)?;
        if expected != actual {
            return Err(length());
        }
        key.check("inv", inv)?;
        let inv = Zeroizing::new(inv.to_vec());
        Ok(Self { inv, m_hash: *m_hash, key: *fingerprint, variant: PhantomData })
    }
}

impl<V> Drop for PreSignature<V> {
    fn drop(&mut self) {
        // With `inv`, the hash would tell which signature this becomes.
        self.m_hash.zeroize();
    }
}

impl<V> ZeroizeOnDrop for PreSignature<V> {}

impl<V: Variant> fmt::Debug for PreSignature<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PreSignature({}, ..)", V::NAME)
    }
}
