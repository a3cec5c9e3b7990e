//! Field arithmetic against big integers.

pub(crate) type Test = unsafe fn();
