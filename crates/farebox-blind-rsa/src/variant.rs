//! The four variants of RFC 9474, section 5. A key is for one of them.

use core::fmt::Debug;

mod sealed {
    pub trait Sealed {}
}

/// A variant of RSABSSA with SHA-384 and MGF1 with SHA-384: the salt's length, and how messages are prepared.
///
/// There are four, and no other crate can add one.
pub trait Variant: sealed::Sealed + Copy + Debug + Send + Sync + 'static {
    /// The name in RFC 9474.
    const NAME: &'static str;
    /// sLen: bytes of salt in a signature, 48 or 0.
    const SALT_LEN: usize;
    /// Random bytes in front of a prepared message, 32 or 0.
    const PREFIX_LEN: usize;
    /// The byte that stands for the variant in saved states.
    #[doc(hidden)]
    const ID: u8;
}

macro_rules! variants {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $text:literal, salt $salt:literal, prefix $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[doc(alias = $text)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name;

        impl sealed::Sealed for $name {}

        impl Variant for $name {
            const NAME: &'static str = $text;
            const SALT_LEN: usize = $salt;
            const PREFIX_LEN: usize = $prefix;
            const ID: u8 = $id;
        }
    )+};
}

variants! {
    /// `RSABSSA-SHA384-PSS-Randomized`: 48 bytes of salt, 32 random bytes before the message.
    PssRandomized = 1, "RSABSSA-SHA384-PSS-Randomized", salt 48, prefix 32;
    /// `RSABSSA-SHA384-PSSZERO-Randomized`: no salt, 32 random bytes before the message.
    PssZeroRandomized = 2, "RSABSSA-SHA384-PSSZERO-Randomized", salt 0, prefix 32;
    /// `RSABSSA-SHA384-PSS-Deterministic`: 48 bytes of salt, the message as it is. Only for messages that are hard to guess;
    /// Privacy Pass tokens of type 2 (RFC 9578) are.
    PssDeterministic = 3, "RSABSSA-SHA384-PSS-Deterministic", salt 48, prefix 0;
    /// `RSABSSA-SHA384-PSSZERO-Deterministic`: no salt, the message as it is. One signature for each message. Only for
    /// messages that are hard to guess.
    PssZeroDeterministic = 4, "RSABSSA-SHA384-PSSZERO-Deterministic", salt 0, prefix 0;
}
