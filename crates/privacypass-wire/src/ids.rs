//! The two SHA-256 digests of the protocols.

use core::fmt;

use sha2::{Digest as _, Sha256};

/// `token_key_id`, or `issuer_key_id` of ARC and ACT: SHA-256 of the public key as it stands on the wire.
///
/// The key is 49 bytes for `0x0001`, the DER of an SPKI for `0x0002` (hash the bytes that came, an encoder may write others),
/// 32 bytes for `0x0005`, `X0 | X1 | X2` (99 bytes) for ARC, `W` (32 bytes) for ACT.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "token_key_id")]
#[doc(alias = "issuer_key_id")]
pub struct KeyId([u8; 32]);

impl KeyId {
    /// The id of a public key.
    pub fn of_public_key(public_key: &[u8]) -> Self {
        Self(Sha256::digest(public_key).into())
    }

    /// An id that is known.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The last byte, which is all that a token request says of the key.
    #[doc(alias = "truncated_token_key_id")]
    #[doc(alias = "truncated_issuer_key_id")]
    pub const fn truncated(&self) -> u8 {
        let [.., last] = self.0;
        last
    }
}

/// `challenge_digest`: SHA-256 of a TokenChallenge as it was received.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "challenge_digest")]
pub struct ChallengeDigest([u8; 32]);

impl ChallengeDigest {
    /// The digest of a challenge's bytes.
    pub fn of_challenge(challenge: &[u8]) -> Self {
        Self(Sha256::digest(challenge).into())
    }

    /// A digest that is known.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// In hex, as logs have them.
macro_rules! hex {
    ($($type:ident),*) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($type))
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    )*};
}

hex!(KeyId, ChallengeDigest);
