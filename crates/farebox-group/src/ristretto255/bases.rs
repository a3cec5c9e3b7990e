//! Fixed bases of ristretto255.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use curve25519_dalek::ristretto::{RistrettoBasepointTable, RistrettoPoint, VartimeRistrettoPrecomputation};
use curve25519_dalek::scalar::Scalar as Inner;
use curve25519_dalek::traits::{Identity, VartimePrecomputedMultiscalarMul};

use super::{Element, Ristretto255, Scalar};
use crate::{FixedBases, Group, Row};

/// Fixed bases with their tables.
pub struct Bases {
    elements: Vec<Element>,
    /// Constant-time tables, 30 kB each.
    tables: Vec<Box<RistrettoBasepointTable>>,
    /// Variable-time tables, 10 kB each.
    precomputed: VartimeRistrettoPrecomputation,
}

impl fmt::Debug for Bases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bases").field("len", &self.elements.len()).finish_non_exhaustive()
    }
}

impl FixedBases<Ristretto255> for Bases {
    fn new(others: &[Element]) -> Self {
        let mut elements = Vec::with_capacity(others.len() + 1);
        elements.push(Ristretto255::generator());
        elements.extend_from_slice(others);
        let tables = elements.iter().map(|element| Box::new(RistrettoBasepointTable::create(&element.0))).collect();
        let precomputed = VartimeRistrettoPrecomputation::new(elements.iter().map(|element| &element.0));
        Self { elements, tables, precomputed }
    }

    fn elements(&self) -> &[Element] {
        &self.elements
    }

    fn mul(&self, base: usize, scalar: &Scalar) -> Element {
        Element(self.tables.get(base).map_or_else(RistrettoPoint::identity, |table| &**table * &scalar.0))
    }

    fn combine_vartime(&self, dynamic: &[Element], rows: &[Row<Scalar>]) -> Vec<Element> {
        rows.iter().map(|row| self.row_vartime(dynamic, row)).collect()
    }
}

impl Bases {
    fn row_vartime(&self, dynamic: &[Element], row: &Row<Scalar>) -> Element {
        // The table wants one scalar for each base, so terms of the same base are added up.
        let mut fixed = vec![Inner::ZERO; self.elements.len()];
        for (index, scalar) in &row.fixed {
            if let Some(sum) = fixed.get_mut(*index) {
                *sum += scalar.0;
            }
        }
        let others = row.dynamic.iter().filter_map(|(i, s)| Some((s.0, dynamic.get(*i)?.0)));
        let (scalars, points): (Vec<_>, Vec<_>) = others.unzip();
        Element(self.precomputed.vartime_mixed_multiscalar_mul(&fixed, &scalars, &points))
    }
}
