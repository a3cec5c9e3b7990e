//! The arithmetic with one value in each of eight 64-bit lanes. Every function here wants the instructions that
//! [`crate::Kernel`] stands for.

pub(crate) mod combine;
pub(crate) mod field;
pub(crate) mod point;
pub(crate) mod ristretto;
pub(crate) mod tables;
#[cfg(test)]
pub(crate) mod tests;
