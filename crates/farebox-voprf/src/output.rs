//! The value of the function.

use core::fmt;

use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize as _, ZeroizeOnDrop};

use crate::Suite;

/// The function's value for one input: Nh bytes, 64 for SHA-512. Whoever has it holds the token, so it is compared in constant
/// time, erased when dropped and not printed.
#[derive(Clone)]
pub struct Output<S: Suite>(pub(crate) S::Digest);

impl<S: Suite> Output<S> {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_ref()
    }
}

impl<S: Suite> PartialEq for Output<S> {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl<S: Suite> Eq for Output<S> {}

impl<S: Suite> Drop for Output<S> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<S: Suite> ZeroizeOnDrop for Output<S> {}

impl<S: Suite> fmt::Debug for Output<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Output(..)")
    }
}
