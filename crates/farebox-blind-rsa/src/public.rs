//! Public keys, and what everybody does with them.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use sha2::{Digest as _, Sha256};

use crate::number::{self, Modulus};
use crate::{Error, Fault, Invalid, Malformed, PreparedMessage, Variant, pss, spki};

/// n and e, for one variant. Copies share their memory.
///
/// A key of one variant is none of another (E0308, mismatched types):
///
/// ```compile_fail,E0308
/// # use farebox_blind_rsa::{PssDeterministic, PssZeroDeterministic, PublicKey};
/// fn other(key: PublicKey<PssDeterministic>) -> PublicKey<PssZeroDeterministic> {
///     key
/// }
/// ```
pub struct PublicKey<V> {
    inner: Arc<Inner>,
    variant: PhantomData<V>,
}

struct Inner {
    modulus: Box<dyn Modulus>,
    n: Vec<u8>,
    e: u64,
    /// As it came, or by the template.
    spki: Vec<u8>,
    id: [u8; 32],
    /// SHA-256 of the template's SPKI: the same for all encodings of a key.
    fingerprint: [u8; 32],
}

impl<V: Variant> PublicKey<V> {
    /// Reads a SubjectPublicKeyInfo in DER: id-RSASSA-PSS with SHA-384, MGF1 with SHA-384 and the variant's salt length. Its bytes
    /// are kept, for [`as_spki`](Self::as_spki) and [`id`](Self::id).
    ///
    /// # Errors
    /// [`Malformed`]: [`Fault::Algorithm`] for `rsaEncryption` and other parameters, [`Fault::Modulus`] and [`Fault::Exponent`] for
    /// a key that nobody should use, [`Fault::Der`] for all else.
    pub fn from_spki(bytes: &[u8]) -> Result<Self, Malformed> {
        let rsa = spki::read(bytes, V::SALT_LEN)?;
        Self::new(rsa.n, rsa.e, Some(bytes))
    }

    /// A key from its numbers, big-endian.
    ///
    /// # Errors
    /// [`Malformed`], for the modulus or the exponent.
    pub fn from_components(n: &[u8], e: &[u8]) -> Result<Self, Malformed> {
        let trim = |bytes: &'_ [u8]| bytes.iter().take_while(|byte| **byte == 0).count();
        let (n, e) = (n.get(trim(n)..).unwrap_or_default(), e.get(trim(e)..).unwrap_or_default());
        Self::new(n, e, None)
    }

    fn new(n: &[u8], e: &[u8], spki: Option<&[u8]>) -> Result<Self, Malformed> {
        let malformed = |field| move |fault: Fault| Malformed { field, fault };
        let modulus = number::modulus(n).map_err(malformed("n"))?;
        let exponent = number::exponent(e).map_err(malformed("e"))?;
        let template = spki::write(n, e, V::SALT_LEN);
        let fingerprint = Sha256::digest(&template).into();
        let spki = spki.map_or(template, <[u8]>::to_vec);
        let id = Sha256::digest(&spki).into();
        let inner = Inner { modulus, n: n.to_vec(), e: exponent, spki, id, fingerprint };
        Ok(Self { inner: Arc::new(inner), variant: PhantomData })
    }

    /// The SubjectPublicKeyInfo in DER: the bytes that were read, or those of RFC 9578 (342 for 2048 bits and e = 65537).
    pub fn as_spki(&self) -> &[u8] {
        &self.inner.spki
    }

    /// SHA-256 of [`as_spki`](Self::as_spki): the key id of Privacy Pass (RFC 9578, section 6.1).
    #[doc(alias = "token_key_id")]
    pub fn id(&self) -> [u8; 32] {
        self.inner.id
    }

    /// n, big-endian, as long as messages and signatures are.
    pub fn modulus(&self) -> &[u8] {
        &self.inner.n
    }

    /// e.
    pub fn exponent(&self) -> u64 {
        self.inner.e
    }

    /// k: bytes of the modulus, of a blinded message, a blind signature and a signature. 256, 384 or 512.
    pub fn modulus_len(&self) -> usize {
        self.inner.n.len()
    }

    pub(crate) fn fingerprint(&self) -> &[u8; 32] {
        &self.inner.fingerprint
    }

    pub(crate) fn ring(&self) -> &dyn Modulus {
        self.inner.modulus.as_ref()
    }

    /// Length, then range: k bytes for an integer below n.
    pub(crate) fn check(&self, field: &'static str, bytes: &[u8]) -> Result<(), Malformed> {
        let (expected, actual) = (self.modulus_len(), bytes.len());
        let fault = if expected != actual {
            Fault::Length { expected, actual }
        } else if !self.ring().contains(bytes) {
            Fault::Range
        } else {
            return Ok(());
        };
        Err(Malformed { field, fault })
    }

    /// Verifies a signature of k bytes (RFC 9474, section 4.5): RSASSA-PSS with exactly the variant's salt length.
    ///
    /// # Errors
    /// [`Malformed`] for another length and for an integer that is not below n; [`Invalid::Signature`].
    #[doc(alias = "Verify")]
    #[doc(alias = "RSASSA-PSS-VERIFY")]
    pub fn verify(&self, message: &PreparedMessage<V>, signature: &[u8]) -> Result<(), Error> {
        self.verify_hash(&pss::hash(message.as_bytes()), signature)
    }

    pub(crate) fn verify_hash(&self, m_hash: &pss::Hash, signature: &[u8]) -> Result<(), Error> {
        self.check("signature", signature)?;
        // EM = I2OSP(s^e mod n, k)
        let em = self.ring().power(signature, self.inner.e);
        if pss::holds(m_hash, &em, V::SALT_LEN) { Ok(()) } else { Err(Invalid::Signature.into()) }
    }
}

impl<V> Clone for PublicKey<V> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), variant: PhantomData }
    }
}

impl<V: Variant> PartialEq for PublicKey<V> {
    /// Whether the numbers are the same, however the keys were encoded.
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint() == other.fingerprint()
    }
}

impl<V: Variant> Eq for PublicKey<V> {}

impl<V: Variant> fmt::Debug for PublicKey<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({}, {} bits, id ", V::NAME, 8 * self.modulus_len())?;
        self.inner.id.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}
