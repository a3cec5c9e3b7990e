//! The suites of RFC 9497, Section 4: a group and a hash.

use core::fmt::Debug;

use sha2::Digest;
use zeroize::Zeroize;

mod sealed {
    pub trait Sealed {}
}

/// A group and a hash, as RFC 9497, Section 4 combines them.
pub trait Suite: sealed::Sealed + Copy + Debug + Default + Eq + Send + Sync + 'static {
    /// The identifier, which is in every hash: `ristretto255-SHA512`.
    const ID: &'static str;
    /// What stands for the suite in saved states.
    #[doc(hidden)]
    const NUMBER: u8;
    /// Elements of [`ELEMENT_LEN`](farebox_group::Group::ELEMENT_LEN) (Ne) and scalars of
    /// [`SCALAR_LEN`](farebox_group::Group::SCALAR_LEN) (Ns) bytes.
    type Group: farebox_group::Group;
    /// Nh bytes: `[u8; 64]` for SHA-512.
    type Digest: AsRef<[u8]> + Clone + Eq + Send + Sync + Zeroize + 'static;

    /// The suite's hash of the parts, one behind the other.
    #[doc(alias = "Hash")]
    fn hash(parts: &[&[u8]]) -> Self::Digest;
}

macro_rules! suite {
    ($feature:literal, $name:ident, $id:literal, $number:literal, $group:ty, $hash:ty, $len:literal, $section:literal) => {
        #[doc = concat!("`", $id, "` (RFC 9497, Section ", $section, ").")]
        #[cfg(feature = $feature)]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name;

        #[cfg(feature = $feature)]
        impl sealed::Sealed for $name {}

        #[cfg(feature = $feature)]
        impl Suite for $name {
            const ID: &'static str = $id;
            const NUMBER: u8 = $number;
            type Group = $group;
            type Digest = [u8; $len];

            fn hash(parts: &[&[u8]]) -> [u8; $len] {
                hash::<$hash>(parts).into()
            }
        }
    };
}

suite!(
    "ristretto255",
    Ristretto255Sha512,
    "ristretto255-SHA512",
    1,
    farebox_group::Ristretto255,
    sha2::Sha512,
    64,
    "4.1"
);
suite!("p256", P256Sha256, "P256-SHA256", 3, farebox_group::P256, sha2::Sha256, 32, "4.3");
suite!("p384", P384Sha384, "P384-SHA384", 4, farebox_group::P384, sha2::Sha384, 48, "4.4");

#[allow(dead_code, reason = "without a suite")]
fn hash<H: Digest>(parts: &[&[u8]]) -> sha2::digest::Output<H> {
    let mut hash = H::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize()
}
