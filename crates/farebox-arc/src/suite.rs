//! Suites: a group, its hashes, and the Fiat-Shamir format of its proofs. Which draft is spoken is a type.

use core::fmt::Debug;
use core::hash::Hash;

use farebox_group::Group;
use farebox_sigma::Profile;

use crate::BaseSet;

/// Indices of the fixed bases. `X1` exists in a key's set only.
pub(crate) mod base {
    pub(crate) const G: usize = 0;
    pub(crate) const H: usize = 1;
    pub(crate) const X1: usize = 2;
}

/// A ciphersuite under one Fiat-Shamir format. Keys, credentials and messages of two suites are different types.
pub trait Suite: Copy + Debug + Default + Eq + Hash + Send + Sync + 'static + sealed::Sealed {
    /// The group of elements and scalars.
    type Group: Group;
    /// The format of the proofs.
    type Profile: Profile<Self::Group>;
    /// `contextString` (arc-crypto-01, "Ciphersuites").
    const CONTEXT_STRING: &'static str;
    /// What stands before a proof's own label in its session.
    #[doc(hidden)]
    const SESSION: &'static [&'static str];
    /// Names the suite in saved forms, never on the wire.
    #[doc(hidden)]
    const ID: u8;

    /// The tables of G and H, built once.
    #[doc(hidden)]
    fn bases() -> &'static BaseSet<Self>;
}

/// The suites of arc-crypto-01: hidden nonce, joint range proof.
pub trait Arc01: Suite {}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// The bases G and `H = HashToGroup(SerializeElement(G), "generatorH")`.
#[cfg(any(feature = "p256", feature = "ristretto255"))]
macro_rules! bases {
    ($function:ident, $group:ty, $context:literal) => {
        pub(crate) fn $function() -> &'static farebox_sigma::BaseSet<$group> {
            static BASES: once_cell::race::OnceBox<farebox_sigma::BaseSet<$group>> = once_cell::race::OnceBox::new();
            #[allow(clippy::expect_used, reason = "the same constants in every run")]
            BASES.get_or_init(|| {
                let g = <$group>::encode(&<$group>::generator()).expect("the generator has an encoding");
                let tag: [&[u8]; 3] = [b"HashToGroup-", $context.as_bytes(), b"generatorH"];
                let h = <$group>::hash_to_group(&[g.as_ref()], &tag).expect("the tag is not empty");
                let bases = farebox_sigma::BaseSet::new(&[h]).expect("H is not the identity");
                alloc::boxed::Box::new(bases)
            })
        }
    };
}

#[cfg(any(feature = "p256", feature = "ristretto255"))]
macro_rules! suite {
    ($(#[$doc:meta])* $name:ident, $group:ty, $profile:ty, $context:literal, $session:expr, $id:literal, $bases:path) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name;

        impl $crate::suite::sealed::Sealed for $name {}

        impl $crate::Suite for $name {
            type Group = $group;
            type Profile = $profile;
            const CONTEXT_STRING: &'static str = $context;
            const SESSION: &'static [&'static str] = $session;
            const ID: u8 = $id;

            fn bases() -> &'static $crate::BaseSet<Self> {
                $bases()
            }
        }
    };
}
#[cfg(all(feature = "v1", any(feature = "p256", feature = "ristretto255")))]
pub(crate) use suite;

#[cfg(all(feature = "p256", feature = "v1"))]
pub(crate) use p256::bases as p256_bases;
#[cfg(feature = "p256")]
pub use p256::{P256, P256Draft01};

#[cfg(feature = "p256")]
mod p256 {
    use farebox_group::{Group as _, P256 as Curve};
    use farebox_sigma::{F1b, F2, P256Draft02};

    use super::Arc01;

    bases!(bases, Curve, "ARCV1-P256");
    suite!(
        /// `ARCV1-P256` under F2, as deployed: what Privacy Pass carries as token type 0xE5AC.
        P256, Curve, F2<P256Draft02>, "ARCV1-P256", &["ARCV1-P256"], 1, bases
    );
    suite!(
        /// `ARCV1-P256` under F1b: the format of the draft's own published vectors.
        P256Draft01, Curve, F1b<P256Draft02>, "ARCV1-P256", &["ARCV1-P256"], 2, bases
    );
    impl Arc01 for P256 {}
    impl Arc01 for P256Draft01 {}
}

#[cfg(feature = "ristretto255")]
pub use ristretto255::Ristretto255;
#[cfg(all(feature = "ristretto255", feature = "v1"))]
pub(crate) use ristretto255::bases as ristretto255_bases;

#[cfg(feature = "ristretto255")]
mod ristretto255 {
    use farebox_group::{ByteOrder, Group as _, Ristretto255 as Curve};
    use farebox_sigma::{F2, Legacy, Numbering};

    use super::Arc01;

    /// The conventions of the deployed ristretto255 suite within F2. Its scalars are big-endian, unlike the group's own.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Deployed;

    impl Legacy for Deployed {
        const PROTOCOL_ID: &'static [u8] = b"ietf sigma proof linear relation";
        const NUMBERING: Numbering = Numbering::AsAllocated;
        const SCALAR_ORDER: ByteOrder = ByteOrder::Big;
    }

    bases!(bases, Curve, "ARCV1-Ristretto255");
    suite!(
        /// `ARCV1-Ristretto255` under F2. No draft defines it; the bytes are those of the deployed implementation.
        Ristretto255, Curve, F2<Deployed>, "ARCV1-Ristretto255", &["ARCV1-Ristretto255"], 3, bases
    );
    impl Arc01 for Ristretto255 {}
}

/// The session of a proof.
pub(crate) fn session<S: Suite>(label: &str) -> alloc::vec::Vec<u8> {
    let mut session = S::SESSION.concat().into_bytes();
    session.extend_from_slice(label.as_bytes());
    session
}

/// `HashToGroup(message, info)` and `HashToScalar(message, info)`: the tag is the function's name, the context string, info.
pub(crate) fn tag<S: Suite>(function: &'static [u8], info: &'static [u8]) -> [&'static [u8]; 3] {
    [function, S::CONTEXT_STRING.as_bytes(), info]
}
