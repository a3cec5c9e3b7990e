//! What callers see: bytes in and bytes out.

use alloc::vec::Vec;

use crate::Kernel;
#[cfg(not(target_arch = "x86_64"))]
use crate::kernel::Fixed;
#[cfg(target_arch = "x86_64")]
use crate::vector::combine::Fixed;

/// One sum: scalars times fixed bases plus scalars times other elements, both by index.
///
/// Scalars are 32 bytes, little-endian, below the group order. An index that does not exist counts as zero.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// `(index into the fixed bases, scalar)`.
    pub fixed: Vec<(usize, [u8; 32])>,
    /// `(index into the elements handed over with the rows, scalar)`.
    pub dynamic: Vec<(usize, [u8; 32])>,
}

/// Tables of fixed bases: 32 kB for each, built in some 300 microseconds for up to eight.
#[derive(Clone, Debug)]
pub struct Tables {
    kernel: Kernel,
    fixed: Fixed,
}

impl Tables {
    /// Builds the tables from the encodings of the bases. `None` if one of them is not a ristretto255 encoding.
    #[must_use]
    pub fn new(kernel: Kernel, bases: &[[u8; 32]]) -> Option<Self> {
        Some(Self { kernel, fixed: kernel.fixed(bases)? })
    }

    /// The ristretto255 encoding of each row's sum, in variable time: public input only. The identity is 32 zero bytes.
    ///
    /// `None` if an element that a row uses is not a ristretto255 encoding, or a scalar is 2^253 or more. Elements that no row
    /// uses are not looked at.
    #[must_use]
    pub fn combine(&self, elements: &[[u8; 32]], rows: &[Row]) -> Option<Vec<[u8; 32]>> {
        self.kernel.combine(&self.fixed, elements, rows)
    }
}
