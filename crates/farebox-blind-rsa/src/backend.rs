//! Which code computes m^d mod n.

#[cfg(feature = "openssl")]
mod openssl;

use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::number::Pair;
use crate::{SecretKey, Variant};

/// The code that does the private operation. All give the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Backend {
    /// This crate's own, on `crypto-bigint`: constant time, under a blinding pair of the signer's.
    PureRust,
    /// The system's OpenSSL, which blinds by itself.
    #[cfg(feature = "openssl")]
    OpenSsl,
}

impl Default for Backend {
    /// OpenSSL with the feature `openssl`, pure Rust without it.
    fn default() -> Self {
        #[cfg(feature = "openssl")]
        return Self::OpenSsl;
        #[cfg(not(feature = "openssl"))]
        Self::PureRust
    }
}

/// A key, ready for private operations.
pub(crate) struct Engine<V> {
    pub(crate) key: SecretKey<V>,
    #[cfg(feature = "openssl")]
    openssl: Option<openssl::Key>,
}

impl<V: Variant> Engine<V> {
    /// Where the system's OpenSSL does not do the raw operation, as under some policies, it is pure Rust after all.
    #[cfg(feature = "openssl")]
    pub(crate) fn new(key: SecretKey<V>, backend: Backend) -> Self {
        let openssl = match backend {
            Backend::PureRust => None,
            Backend::OpenSsl => openssl::Key::new(&key.private.numbers()),
        };
        Self { key, openssl }
    }

    #[cfg(not(feature = "openssl"))]
    pub(crate) fn new(key: SecretKey<V>, Backend::PureRust: Backend) -> Self {
        Self { key }
    }

    /// The code that is used.
    pub(crate) fn backend(&self) -> Backend {
        #[cfg(feature = "openssl")]
        if self.openssl.is_some() {
            return Backend::OpenSsl;
        }
        Backend::PureRust
    }

    /// Whether [`raise`](Self::raise) wants a blinding pair.
    pub(crate) fn wants_pair(&self) -> bool {
        self.backend() == Backend::PureRust
    }

    /// m^d mod n, where m is below n. Not checked. `None` where OpenSSL fails, or a pair is wanted and missing.
    pub(crate) fn raise(&self, m: &[u8], pair: Option<&Pair>) -> Option<Zeroizing<Vec<u8>>> {
        #[cfg(feature = "openssl")]
        if let Some(openssl) = &self.openssl {
            return openssl.raise(m);
        }
        Some(self.key.private.raise(m, pair?))
    }

    /// s^e mod n.
    pub(crate) fn power(&self, s: &[u8]) -> Option<Vec<u8>> {
        #[cfg(feature = "openssl")]
        if let Some(openssl) = &self.openssl {
            return openssl.power(s);
        }
        Some(self.key.public.ring().power(s, self.key.public.exponent()))
    }
}
