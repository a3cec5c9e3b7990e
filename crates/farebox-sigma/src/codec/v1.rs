//! Statements without coefficients (draft-irtf-cfrg-sigma-protocols-01 and -02): profiles F1b and F2.
//!
//! `u32le n_eq`, for each equation `u32le image, u32le n_terms, n_terms * (u32le scalar, u32le element)`, then all elements in
//! index order. The generator is an element like any other.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use farebox_group::{Group, Scalar};

use super::{Reader, put_u32};
use crate::{BaseSet, Error, LinearEquation, Misuse, Point, Statement};

/// How elements get their indices in the label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// In allocation order, each element once, used or not.
    AsAllocated,
    /// Equation by equation: a term's element gets an index when a term first names it; an image always gets a new index,
    /// which no term uses.
    FirstUse,
}

pub(crate) fn label<G: Group>(statement: &Statement<'_, G>, numbering: Numbering) -> Result<Vec<u8>, Misuse> {
    let terms: usize = statement.equations.iter().map(|equation| equation.terms.len()).sum();
    let mut out =
        Vec::with_capacity(4 + (8 + 2 * G::ELEMENT_LEN) * statement.equations.len() + (8 + G::ELEMENT_LEN) * terms);
    let mut indices = Indices { numbering, seen: BTreeMap::new(), order: Vec::new() };
    put_u32(&mut out, statement.equations.len());
    for equation in &statement.equations {
        let [(image, one)] = equation.image.as_slice() else { return Err(Misuse::Inexpressible) };
        if *one != G::Scalar::ONE || equation.terms.iter().any(|(_, _, c)| *c != G::Scalar::ONE) {
            return Err(Misuse::Inexpressible);
        }
        let at = out.len();
        put_u32(&mut out, 0);
        put_u32(&mut out, equation.terms.len());
        for (scalar, element, _) in &equation.terms {
            put_u32(&mut out, *scalar);
            put_u32(&mut out, indices.of_term(*element));
        }
        let image = indices.of_image(*image) as u32;
        if let Some(slot) = out.get_mut(at..at + 4) {
            slot.copy_from_slice(&image.to_le_bytes());
        }
    }
    let mut put = |point: &Point<G>| out.extend_from_slice(point.bytes());
    match numbering {
        Numbering::AsAllocated => statement.points.iter().for_each(&mut put),
        Numbering::FirstUse => indices.order.iter().filter_map(|i| statement.points.get(*i)).for_each(&mut put),
    }
    Ok(out)
}

struct Indices {
    numbering: Numbering,
    seen: BTreeMap<usize, usize>,
    /// The element that stands at each index.
    order: Vec<usize>,
}

impl Indices {
    fn of_term(&mut self, element: usize) -> usize {
        match self.numbering {
            Numbering::AsAllocated => element,
            Numbering::FirstUse => match self.seen.get(&element) {
                Some(index) => *index,
                None => {
                    let index = self.of_image(element);
                    self.seen.insert(element, index);
                    index
                }
            },
        }
    }

    fn of_image(&mut self, element: usize) -> usize {
        match self.numbering {
            Numbering::AsAllocated => element,
            Numbering::FirstUse => {
                self.order.push(element);
                self.order.len() - 1
            }
        }
    }
}

/// Reads a label whose elements are numbered as allocated.
pub(crate) fn parse<'b, G: Group>(bases: &'b BaseSet<G>, bytes: &[u8]) -> Result<Statement<'b, G>, Error> {
    let mut reader = Reader(bytes);
    let mut equations = Vec::new();
    for _ in 0..reader.u32()? {
        let image = alloc::vec![(reader.u32()?, G::Scalar::ONE)];
        let mut terms = Vec::new();
        for _ in 0..reader.u32()? {
            terms.push((reader.u32()?, reader.u32()?, G::Scalar::ONE));
        }
        equations.push(LinearEquation { image, terms });
    }
    let mut points = Vec::new();
    reader.points(0, |point: Point<G>| {
        // The generator is recognised by its bytes, so that its table is used.
        let generator = bases.points().first().filter(|generator| generator.encoded == point.encoded);
        points.push(*generator.unwrap_or(&point));
    })?;
    Statement::from_equations(bases, points, equations)
}
