//! Statements with coefficients and sums as images (draft-irtf-cfrg-sigma-protocols-03): profile F3.
//!
//! `u32le n_eq`, for each equation `u32le n_image, n_image * (u32le element, coefficient), u32le n_terms,
//! n_terms * (u32le scalar, u32le element, coefficient)`, then the elements from index 1 on. Index 0 is the generator and is not
//! serialised.

use alloc::vec::Vec;

use farebox_group::{ByteOrder, Group, Scalar};

use super::{Reader, put_u32};
use crate::{BaseSet, Error, LinearEquation, Statement};

/// `generator` is the generator's index in the label; the other elements follow.
pub(crate) fn label<G: Group>(statement: &Statement<'_, G>, order: ByteOrder, generator: usize) -> Vec<u8> {
    // The generator comes first wherever it was allocated; the others follow in allocation order.
    let mut next = generator;
    let indices: Vec<usize> = statement
        .points
        .iter()
        .map(|point| {
            if point.is_generator {
                return generator;
            }
            next += 1;
            next
        })
        .collect();
    let index = |element: usize| indices.get(element).copied().unwrap_or_default();
    let mut out = Vec::new();
    put_u32(&mut out, statement.equations.len());
    for equation in &statement.equations {
        put_u32(&mut out, equation.image.len());
        for (element, coefficient) in &equation.image {
            put_u32(&mut out, index(*element));
            out.extend_from_slice(coefficient.to_bytes(order).as_ref());
        }
        put_u32(&mut out, equation.terms.len());
        for (scalar, element, coefficient) in &equation.terms {
            put_u32(&mut out, *scalar);
            put_u32(&mut out, index(*element));
            out.extend_from_slice(coefficient.to_bytes(order).as_ref());
        }
    }
    let others = statement.points.iter().filter(|point| !point.is_generator);
    others.for_each(|point| out.extend_from_slice(point.bytes()));
    out
}

pub(crate) fn parse<'b, G: Group>(
    bases: &'b BaseSet<G>,
    bytes: &[u8],
    order: ByteOrder,
    generator: usize,
) -> Result<Statement<'b, G>, Error> {
    let mut reader = Reader(bytes);
    let mut equations = Vec::new();
    for _ in 0..reader.u32()? {
        let mut image = Vec::new();
        for _ in 0..reader.u32()? {
            image.push((reader.element_from(generator)?, reader.scalar(G::SCALAR_LEN, order)?));
        }
        let mut terms = Vec::new();
        for _ in 0..reader.u32()? {
            terms.push((reader.u32()?, reader.element_from(generator)?, reader.scalar(G::SCALAR_LEN, order)?));
        }
        equations.push(LinearEquation { image, terms });
    }
    let mut points: Vec<_> = bases.points().first().copied().into_iter().collect();
    reader.points(generator + 1, |point| points.push(point))?;
    Statement::from_equations(bases, points, equations)
}
