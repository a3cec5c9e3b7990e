//! Rows side by side in 512-bit registers, where the processor can (`farebox-lanes`).

use alloc::vec::Vec;

use farebox_lanes::{Kernel, Tables};

use super::{Element, Scalar};
use crate::Row;

/// One row alone is faster with curve25519-dalek.
const FEWEST_ROWS: usize = 2;

/// The tables of farebox-lanes.
#[derive(Clone, Debug)]
pub(crate) struct Lanes(Tables);

impl Lanes {
    /// `None` where the processor lacks the instructions.
    pub(crate) fn new(elements: &[Element]) -> Option<Self> {
        let kernel = Kernel::detect()?;
        let encodings: Vec<_> = elements.iter().map(|element| element.0.compress().0).collect();
        Tables::new(kernel, &encodings).map(Self)
    }

    /// The encoded sums, or `None` where this is not the way.
    pub(crate) fn combine(&self, dynamic: &[(Element, [u8; 32])], rows: &[Row<Scalar>]) -> Option<Vec<[u8; 32]>> {
        if rows.len() < FEWEST_ROWS {
            return None;
        }
        let bytes = |terms: &[(usize, Scalar)]| terms.iter().map(|(i, s)| (*i, s.0.to_bytes())).collect();
        let rows: Vec<_> = rows
            .iter()
            .map(|row| farebox_lanes::Row { fixed: bytes(&row.fixed), dynamic: bytes(&row.dynamic) })
            .collect();
        let elements: Vec<_> = dynamic.iter().map(|(_, encoded)| *encoded).collect();
        self.0.combine(&elements, &rows)
    }
}
