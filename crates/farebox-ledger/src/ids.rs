//! What a ledger keeps: serials, under digests of requests, within epochs.

use core::fmt;

use sha2::{Digest as _, Sha256};

/// A span of time after which all serials in it are dropped together: the life of a key, or of a context. What a number stands
/// for is the caller's: days, or the count of a key. It never goes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

/// Something that counts once: a nullifier, a tag, a token's nonce, hashed together with the scope in which it counts once.
///
/// `SHA-256(len || "farebox-ledger serial v1" || len || scheme || n || len || scope || .. || len || value)`; lengths and n are 8
/// bytes, big-endian. So a serial of one scheme or scope is never that of another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial([u8; 32]);

impl Serial {
    /// The serial of `value` in a scope: issuer key id, contexts, whatever a value is unique within.
    pub fn new(scheme: &[u8], scope: &[&[u8]], value: &[u8]) -> Self {
        let mut hash = Sha256::new();
        part(&mut hash, b"farebox-ledger serial v1");
        part(&mut hash, scheme);
        hash.update((scope.len() as u64).to_be_bytes());
        scope.iter().for_each(|bytes| part(&mut hash, bytes));
        part(&mut hash, value);
        Self(hash.finalize().into())
    }

    /// The 32 bytes that a store keeps.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for Serial {
    /// What a store kept.
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// Names a request by its bytes: the same bytes again are a retry, others with the same serial are a double spend.
///
/// `SHA-256(len || "farebox-ledger request v1" || len || part || ..)`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestDigest([u8; 32]);

impl RequestDigest {
    /// The digest of what the client sent: its token, and whatever else the answer depends on, in parts.
    pub fn new(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        part(&mut hash, b"farebox-ledger request v1");
        parts.iter().for_each(|bytes| part(&mut hash, bytes));
        Self(hash.finalize().into())
    }

    /// The 32 bytes that a store keeps.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for RequestDigest {
    /// What a store kept.
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

fn part(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

/// Serials and digests of one client must not be joined in a log, so neither is printed.
macro_rules! silent {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}
silent!(Serial);
silent!(RequestDigest);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_do_not_run_into_each_other() {
        let all = [
            Serial::new(b"arc", &[b"ab", b"c"], b"d"),
            Serial::new(b"arc", &[b"a", b"bc"], b"d"),
            Serial::new(b"arc", &[b"abc"], b"d"),
            Serial::new(b"arc", &[b"ab"], b"cd"),
            Serial::new(b"arc", &[], b"abcd"),
            Serial::new(b"ar", &[b"cab", b"c"], b"d"),
        ];
        let distinct: alloc::collections::BTreeSet<_> = all.into_iter().collect();
        assert_eq!(distinct.len(), all.len());
        assert_ne!(RequestDigest::new(&[b"ab"]), RequestDigest::new(&[b"a", b"b"]));
        assert_ne!(RequestDigest::new(&[]), RequestDigest::new(&[b""]));
    }

    #[test]
    fn nothing_is_printed() {
        extern crate std;
        assert_eq!(std::format!("{:?}", Serial::new(b"", &[], b"")), "Serial(..)");
        assert_eq!(std::format!("{:?}", RequestDigest::new(&[])), "RequestDigest(..)");
    }
}
