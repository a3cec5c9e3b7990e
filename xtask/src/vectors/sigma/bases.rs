//! The generator's tables, made once for each group.

use std::sync::OnceLock;

use farebox_group::{Group, P256, Ristretto255};
use farebox_sigma::BaseSet;

/// A group whose generator has shared tables.
pub(crate) trait SharedBases: Group {
    /// The set of the generator alone.
    fn shared() -> &'static BaseSet<Self>;
}

macro_rules! shared_bases {
    ($($group:ty),*) => {
        $(impl SharedBases for $group {
            fn shared() -> &'static BaseSet<Self> {
                static BASES: OnceLock<BaseSet<$group>> = OnceLock::new();
                #[allow(clippy::expect_used, reason = "the only base is the generator, which is not the identity")]
                BASES.get_or_init(|| BaseSet::new(&[]).expect("the generator has an encoding"))
            }
        })*
    };
}

shared_bases!(Ristretto255, P256);
