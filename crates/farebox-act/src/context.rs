//! The request context: what a token is bound to.

use core::fmt;

use farebox_group::{ByteOrder, DecodeError, Scalar as _};

use crate::Scalar;

/// `ctx`: a public scalar that issuer and client compute on their own, and that every spend shows in clear. Make it coarse:
/// a context of one client links all that it does.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Context(pub(crate) Scalar);

impl Context {
    /// Reads 32 bytes, little-endian, below the group order.
    ///
    /// # Errors
    /// As [`farebox_group::Scalar::from_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        Scalar::from_bytes(bytes, ByteOrder::Little).map(Self)
    }

    /// Reduces a hash of 64 bytes, little-endian: `HashToScalar` of the Privacy Pass binding is this over SHAKE128.
    #[must_use]
    pub fn from_hash(hash: &[u8; 64]) -> Self {
        Self(Scalar::reduce(hash, ByteOrder::Little))
    }

    /// 32 bytes, little-endian.
    pub fn to_bytes(self) -> [u8; 32] {
        self.0.to_bytes(ByteOrder::Little)
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Context(")?;
        self.to_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}
