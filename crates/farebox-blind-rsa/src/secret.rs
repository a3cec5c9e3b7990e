//! Secret keys.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use rand_core::CryptoRng;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::number::{self, Numbers, Private};
use crate::{Fault, Malformed, PublicKey, Variant, pkcs8};

const FIELD: &str = "secret key";

/// Bits of a modulus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModulusSize {
    /// 2048 bits: what Privacy Pass asks for.
    Bits2048,
    /// 3072 bits.
    Bits3072,
    /// 4096 bits.
    Bits4096,
}

/// A secret key for one variant. A [`Signer`](crate::Signer) signs with it.
#[doc(alias = "skS")]
pub struct SecretKey<V> {
    pub(crate) private: Box<dyn Private>,
    pub(crate) public: PublicKey<V>,
}

impl<V: Variant> SecretKey<V> {
    /// A new key with e = 65537. Takes about a second for 2048 bits and ten for 4096. The search for primes is not constant time;
    /// it tries independent candidates, so its time speaks of those that were thrown away. Does not return while the generator
    /// repeats itself.
    #[must_use]
    pub fn generate<R: CryptoRng + ?Sized>(size: ModulusSize, rng: &mut R) -> Self {
        loop {
            let Some([p, q]) = number::random_primes(size, rng) else { continue };
            if let Ok(key) = Self::from_primes(&p, &q, &[1, 0, 1]) {
                return key;
            }
        }
    }

    /// A key from its primes and the public exponent, big-endian. The rest is computed.
    ///
    /// # Errors
    /// [`Malformed`] where p and q are not two odd integers of one length with a product of 2048, 3072 or 4096 bits, where e does not
    /// fit to them, and where they are no primes.
    pub fn from_primes(p: &[u8], q: &[u8], e: &[u8]) -> Result<Self, Malformed> {
        let malformed = |fault| Malformed { field: FIELD, fault };
        let exponent = number::exponent(trim(e)).map_err(malformed)?;
        let private = number::private(trim(p), trim(q), exponent).map_err(malformed)?;
        let public = PublicKey::from_components(&private.numbers().n, e)?;
        let key = Self { private, public };
        // What is not prime shows here: x^(e*d) is x for every x below n, or the key is none.
        if key.signs() { Ok(key) } else { Err(malformed(Fault::Inconsistent)) }
    }

    /// One private operation, on the public bytes of the key's id, which has no secret in it.
    fn signs(&self) -> bool {
        let mut x = alloc::vec![0; self.public.modulus_len()];
        x.iter_mut().skip(1).zip(self.public.id().iter().cycle()).for_each(|(to, from)| *to = *from);
        let mut one = alloc::vec![0; x.len()];
        if let Some(last) = one.last_mut() {
            *last = 1;
        }
        let Some(pair) = self.private.pair(&one) else { return false };
        let s = self.private.raise(&x, &pair);
        self.public.ring().power(&s, self.public.exponent()) == x
    }

    /// Reads PKCS #8 in DER: `rsaEncryption`, or `id-RSASSA-PSS` with this variant's parameters or none. Two primes.
    ///
    /// # Errors
    /// [`Malformed`], with [`Fault::Inconsistent`] where the numbers do not belong together. All of them are checked.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, Malformed> {
        let given = pkcs8::read(der, V::SALT_LEN)?;
        let key = Self::from_primes(given.p, given.q, given.e)?;
        let ours = key.private.numbers();
        let pairs = [(given.n, &ours.n), (given.dp, &ours.dp), (given.dq, &ours.dq), (given.qinv, &ours.qinv)];
        let same = pairs.iter().all(|(given, ours)| given.ct_eq(trim(ours)).into());
        if same && key.private.is_exponent(given.d) {
            Ok(key)
        } else {
            Err(Malformed { field: FIELD, fault: Fault::Inconsistent })
        }
    }

    /// Writes PKCS #8 in DER, with `rsaEncryption`, which every tool reads. [`from_pkcs8`](Self::from_pkcs8) reads it.
    pub fn to_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        let Numbers { n, e, d, p, q, dp, dq, qinv } = &self.private.numbers();
        pkcs8::write(&pkcs8::Numbers { n, e, d, p, q, dp, dq, qinv })
    }

    /// The public key.
    pub fn public_key(&self) -> &PublicKey<V> {
        &self.public
    }
}

/// Without leading zeros.
fn trim(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

impl<V: Variant> fmt::Debug for SecretKey<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").field("public", &self.public).finish_non_exhaustive()
    }
}
