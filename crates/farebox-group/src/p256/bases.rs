//! Fixed bases of P-256.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use once_cell::race::OnceBox;
use zeroize::Zeroizing;

use super::curve::P256Curve;
use super::field::Fe;
use super::{Element, P256, Scalar};
use crate::weierstrass::comb::Comb;
use crate::weierstrass::point::Point;
use crate::weierstrass::straus::{Shape, Sum, Tables, lengths};
use crate::{FixedBases, Group, Row};

/// Bits of a scalar.
const BITS: usize = 256;

/// Fixed bases with their tables.
pub struct Bases {
    elements: Vec<Element>,
    /// Constant-time tables of all but the generator, 26 kB each.
    combs: Vec<Comb<Fe>>,
    /// Variable-time tables, 16 kB each.
    odd: Tables<Fe>,
}

impl fmt::Debug for Bases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bases").field("len", &self.elements.len()).finish_non_exhaustive()
    }
}

/// The generator's table, built at its first use. Threads that come at the same time build it each and keep one.
pub(super) fn generator_comb() -> &'static Comb<Fe> {
    static COMB: OnceBox<Comb<Fe>> = OnceBox::new();
    COMB.get_or_init(|| Box::new(Comb::new(&Point::<P256Curve>::GENERATOR, BITS)))
}

impl FixedBases<P256> for Bases {
    fn new(others: &[Element]) -> Self {
        let mut elements = Vec::with_capacity(others.len() + 1);
        elements.push(P256::generator());
        elements.extend_from_slice(others);
        let combs = others.iter().map(|element| Comb::new(&element.0, BITS)).collect();
        let odd = Tables::new(elements.iter().map(|element| (element.0, Some(Shape::FIXED))), BITS);
        Self { elements, combs, odd }
    }

    fn elements(&self) -> &[Element] {
        &self.elements
    }

    fn mul(&self, base: usize, scalar: &Scalar) -> Element {
        let comb = match base.checked_sub(1) {
            None => Some(generator_comb()),
            Some(other) => self.combs.get(other),
        };
        let scalar = Zeroizing::new(scalar.0.to_bytes());
        Element(comb.map_or(Point::IDENTITY, |comb| comb.mul(&scalar[..])))
    }

    fn combine_vartime(&self, dynamic: &[Element], rows: &[Row<Scalar>]) -> Vec<Element> {
        let rows: Vec<_> =
            rows.iter().map(|row| Row { fixed: bytes(&row.fixed), dynamic: bytes(&row.dynamic) }).collect();

        // One table for each dynamic element, whatever the number of rows it is in.
        let lengths = lengths(rows.iter().flat_map(|row| &row.dynamic), dynamic.len());
        let shapes = lengths.into_iter().map(|lengths| Shape::for_lengths(lengths.into_iter(), BITS / 8));
        let tables = Tables::new(dynamic.iter().map(|element| element.0).zip(shapes), BITS);

        let row_sum = |row: &Row<[u8; 32]>| {
            let mut sum = Sum::new();
            row.fixed.iter().for_each(|(index, scalar)| sum.push(&self.odd, *index, scalar));
            row.dynamic.iter().for_each(|(index, scalar)| sum.push(&tables, *index, scalar));
            Element(sum.finish().to_point())
        };
        rows.iter().map(row_sum).collect()
    }
}

/// Little-endian.
fn bytes(terms: &[(usize, Scalar)]) -> Vec<(usize, [u8; 32])> {
    terms.iter().map(|(index, scalar)| (*index, scalar.0.to_bytes())).collect()
}
