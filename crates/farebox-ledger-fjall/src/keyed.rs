//! Names under a secret key.
//!
//! Clients choose what a serial is the hash of, and can search for serials whose hashes meet in a filter or in one part of a tree.
//! Under a key that they do not have, the names look random to them.

use farebox_ledger::{RequestDigest, Serial};
use sha2::{Digest as _, Sha256};

/// A serial or a digest, as it is stored.
pub(crate) type Name = [u8; 32];

/// `SHA-256(key || 32 zero bytes || tag || value)`: the key fills one block, and all inputs have one length.
#[derive(Clone)]
pub(crate) struct Keyed(Sha256);

impl Keyed {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(Sha256::new().chain_update(key).chain_update([0; 32]))
    }

    pub(crate) fn serial(&self, serial: &Serial) -> Name {
        self.name(b's', serial.as_bytes())
    }

    pub(crate) fn request(&self, digest: &RequestDigest) -> Name {
        self.name(b'r', digest.as_bytes())
    }

    /// Tells whether a key file is the one that a store was made with.
    pub(crate) fn check(&self) -> Name {
        self.name(b'c', &[0; 32])
    }

    fn name(&self, tag: u8, value: &[u8; 32]) -> Name {
        self.0.clone().chain_update([tag]).chain_update(value).finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_depend_on_the_key_the_kind_and_the_value() {
        let (one, two) = (Keyed::new(&[1; 32]), Keyed::new(&[2; 32]));
        let (a, b) = (Serial::from([3; 32]), Serial::from([4; 32]));
        let names = [
            one.serial(&a),
            one.serial(&b),
            two.serial(&a),
            one.request(&RequestDigest::from([3; 32])),
            one.check(),
            two.check(),
        ];
        let distinct: std::collections::BTreeSet<_> = names.into_iter().collect();
        assert_eq!(distinct.len(), names.len());
        assert_eq!(one.serial(&a), Keyed::new(&[1; 32]).serial(&a));
    }
}
