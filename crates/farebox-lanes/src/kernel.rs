//! The way into the vector code: the only `unsafe` of the workspace.
//!
//! The functions under `vector` are safe functions with `#[target_feature]`. Rust lets any function with the same features
//! call them, and asks for `unsafe` from all others, because on a processor without the instructions they would be undefined
//! behaviour. That is their only condition. The calls below meet it: a [`Kernel`] is made by [`Kernel::detect`] alone,
//! and only after the processor and the operating system were asked for every feature that the functions name.
#![allow(unsafe_code)]

use alloc::vec::Vec;

use crate::Row;
use crate::vector::combine::{self, Fixed};

cpufeatures::new!(has_instructions, "avx512f", "avx512vl", "avx512ifma", "avx512vbmi2");

/// Proof that the processor has the instructions: AVX-512 F, VL, IFMA and VBMI2.
#[derive(Clone, Copy, Debug)]
pub struct Kernel(());

impl Kernel {
    /// Asks the processor, once: later calls read the answer from memory.
    #[must_use]
    pub fn detect() -> Option<Self> {
        has_instructions::get().then_some(Self(()))
    }

    pub(crate) fn fixed(self, bases: &[[u8; 32]]) -> Option<Fixed> {
        // SAFETY: `self` exists, so the processor has the features of the function.
        unsafe { Fixed::new(bases) }
    }

    pub(crate) fn combine(self, fixed: &Fixed, elements: &[[u8; 32]], rows: &[Row]) -> Option<Vec<[u8; 32]>> {
        // SAFETY: `self` exists, so the processor has the features of the function.
        unsafe { combine::combine(fixed, elements, rows) }
    }

    /// Runs a test that has the features.
    #[cfg(test)]
    pub(crate) fn test(self, test: crate::vector::tests::Test) {
        // SAFETY: `self` exists, so the processor has the features of the function.
        unsafe { test() }
    }
}
