//! Values that print nothing of what they hold: states, tokens, serials and answers.

macro_rules! opaque {
    ($($state:ty => $name:literal),+ $(,)?) => {$(
        impl core::fmt::Debug for $state {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!($name, "(..)"))
            }
        }
    )+};
}
pub(crate) use opaque;
