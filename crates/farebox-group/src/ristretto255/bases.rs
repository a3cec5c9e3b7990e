//! Fixed bases of ristretto255.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

#[cfg(feature = "lanes")]
use curve25519_dalek::ristretto::CompressedRistretto;
use curve25519_dalek::ristretto::{RistrettoBasepointTable, RistrettoPoint, VartimeRistrettoPrecomputation};
use curve25519_dalek::scalar::Scalar as Inner;
use curve25519_dalek::traits::{Identity, VartimePrecomputedMultiscalarMul};

#[cfg(feature = "lanes")]
use super::lanes::Lanes;
use super::{CONSTANT_TIME_IS_FASTER, Element, Ristretto255, Scalar};
use crate::group::combine_then_encode;
use crate::{FixedBases, Group, IdentityError, Row};

/// Fixed bases with their tables.
pub struct Bases {
    elements: Vec<Element>,
    /// Constant-time tables, 30 kB each.
    tables: Vec<Box<RistrettoBasepointTable>>,
    /// Variable-time tables, 10 kB each.
    precomputed: VartimeRistrettoPrecomputation,
    /// For sums in lanes, 32 kB each, where the processor can.
    #[cfg(feature = "lanes")]
    lanes: Option<Lanes>,
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
        Self {
            #[cfg(feature = "lanes")]
            lanes: Lanes::new(&elements),
            elements,
            tables,
            precomputed,
        }
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

    fn combine_encode_vartime(
        &self,
        dynamic: &[(Element, [u8; 32])],
        rows: &[Row<Scalar>],
    ) -> Result<Vec<[u8; 32]>, IdentityError> {
        #[cfg(feature = "lanes")]
        if let Some(sums) = self.lanes.as_ref().and_then(|lanes| lanes.combine(dynamic, rows)) {
            return sums.into_iter().map(|sum| super::refuse_identity(CompressedRistretto(sum))).collect();
        }
        combine_then_encode(self, dynamic, rows)
    }
}

impl Bases {
    fn row_vartime(&self, dynamic: &[Element], row: &Row<Scalar>) -> Element {
        if CONSTANT_TIME_IS_FASTER {
            let fixed = row.fixed.iter().filter_map(|(i, s)| Some((*s, *self.elements.get(*i)?)));
            let others = row.dynamic.iter().filter_map(|(i, s)| Some((*s, *dynamic.get(*i)?)));
            return Ristretto255::multi_mul(&fixed.chain(others).collect::<Vec<_>>());
        }
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
