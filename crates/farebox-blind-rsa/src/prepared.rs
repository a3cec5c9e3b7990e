//! Prepare (RFC 9474, section 4.1).

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{Fault, Malformed, Variant};

/// The message that is signed: 32 random bytes and the caller's message, or in the deterministic variants the message alone.
/// Whoever verifies the signature gets these bytes.
#[derive(Clone, PartialEq, Eq)]
#[doc(alias = "input_msg")]
pub struct PreparedMessage<V> {
    bytes: Vec<u8>,
    variant: PhantomData<V>,
}

impl<V: Variant> PreparedMessage<V> {
    /// Prepares a message. Draws 32 bytes in the randomized variants, and nothing in the deterministic ones.
    #[doc(alias = "PrepareRandomize")]
    #[doc(alias = "PrepareIdentity")]
    pub fn prepare<R: CryptoRng + ?Sized>(message: &[u8], rng: &mut R) -> Self {
        let mut prefix = [0; 32];
        let prefix = prefix.get_mut(..V::PREFIX_LEN).unwrap_or_default();
        if V::PREFIX_LEN > 0 {
            rng.fill_bytes(prefix);
        }
        Self::join(prefix, message)
    }

    /// Prepares a message with the prefix given: 32 bytes, or none in the deterministic variants.
    ///
    /// # Errors
    /// [`Misuse::Coins`](crate::Misuse::Coins) for another length.
    #[cfg(feature = "hazmat")]
    pub fn prepare_with_prefix(message: &[u8], prefix: &[u8]) -> Result<Self, crate::Misuse> {
        if prefix.len() == V::PREFIX_LEN { Ok(Self::join(prefix, message)) } else { Err(crate::Misuse::Coins) }
    }

    fn join(prefix: &[u8], message: &[u8]) -> Self {
        Self { bytes: [prefix, message].concat(), variant: PhantomData }
    }

    /// Reads a prepared message, as it came with a signature. In the deterministic variants that is any message, and the same as
    /// to prepare it.
    ///
    /// # Errors
    /// [`Malformed`] where the random prefix is cut.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.len() < V::PREFIX_LEN {
            return Err(Malformed { field: "input_msg", fault: Fault::Prefix });
        }
        Ok(Self::join(&[], bytes))
    }

    /// The bytes that are signed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The caller's message: what follows the prefix.
    pub fn message(&self) -> &[u8] {
        self.bytes.get(V::PREFIX_LEN..).unwrap_or_default()
    }
}

impl<V> Drop for PreparedMessage<V> {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl<V> ZeroizeOnDrop for PreparedMessage<V> {}

impl<V: Variant> fmt::Debug for PreparedMessage<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Until it is redeemed, the message would tell the signer which signature this is.
        f.debug_struct("PreparedMessage").field("len", &self.bytes.len()).finish_non_exhaustive()
    }
}
