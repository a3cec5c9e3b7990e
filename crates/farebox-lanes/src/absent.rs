//! Processors that never have the instructions.

use alloc::vec::Vec;
use core::convert::Infallible;

use crate::Row;

/// Proof that the processor has the instructions. On this architecture there is none.
#[derive(Clone, Copy, Debug)]
pub struct Kernel(Infallible);

/// Tables that are never built.
#[derive(Clone, Debug)]
pub(crate) struct Fixed(Infallible);

impl Kernel {
    /// Always `None` on this architecture.
    #[must_use]
    pub fn detect() -> Option<Self> {
        None
    }

    pub(crate) fn fixed(self, _bases: &[[u8; 32]]) -> Option<Fixed> {
        match self.0 {}
    }

    pub(crate) fn combine(self, fixed: &Fixed, _elements: &[[u8; 32]], _rows: &[Row]) -> Option<Vec<[u8; 32]>> {
        match fixed.0 {}
    }
}
