//! The verifier of compact proofs: recomputes the commitments and compares the challenge.

use alloc::vec;
use alloc::vec::Vec;

use farebox_group::{FixedBases as _, Group, Row, Scalar};

use crate::{Error, Statement};

/// `T = map(responses) - factor * image`, encoded. An identity among them is a refusal, before anything is hashed.
pub(crate) fn recompute_commitments<G: Group>(
    statement: &Statement<'_, G>,
    factor: &G::Scalar,
    responses: &[G::Scalar],
) -> Result<Vec<G::Encoded>, Error> {
    let elements: Vec<_> = statement.points.iter().map(|point| (point.element, point.encoded)).collect();
    let rows: Vec<_> = rows(statement, factor, responses);
    statement.bases.tables().combine_encode_vartime(&elements, &rows).map_err(|_| Error::Invalid)
}

/// One row for each equation; terms on one base are added up.
fn rows<G: Group>(statement: &Statement<'_, G>, factor: &G::Scalar, responses: &[G::Scalar]) -> Vec<Row<G::Scalar>> {
    let mut rows = Vec::with_capacity(statement.equations.len());
    let minus_factor = -*factor;
    // Where a base, and where an element, already stands in the row.
    let mut fixed = vec![None; statement.bases.points().len()];
    let mut dynamic = vec![None; statement.points.len()];
    for equation in &statement.equations {
        let mut row = Row::default();
        let mut put =
            |element: usize, scalar: G::Scalar| match statement.points.get(element).and_then(|p| p.base.as_ref()) {
                Some(multiple) => accumulate(&mut row.fixed, &mut fixed, multiple.base, scalar * multiple.coefficient),
                None => accumulate(&mut row.dynamic, &mut dynamic, element, scalar),
            };
        for &(scalar, element, coefficient) in &equation.terms {
            put(element, coefficient * responses.get(scalar).copied().unwrap_or_default());
        }
        for &(element, coefficient) in &equation.image {
            put(element, coefficient * minus_factor);
        }
        clear(&row.fixed, &mut fixed);
        clear(&row.dynamic, &mut dynamic);
        rows.push(row);
    }
    rows
}

/// Adds to the sum for `index`. `places` says where it is, so that a long row costs no search.
fn accumulate<S: Scalar>(sums: &mut Vec<(usize, S)>, places: &mut [Option<usize>], index: usize, scalar: S) {
    let Some(place) = places.get_mut(index) else { return };
    match place.and_then(|place| sums.get_mut(place)) {
        Some((_, sum)) => *sum += scalar,
        None => {
            *place = Some(sums.len());
            sums.push((index, scalar));
        }
    }
}

fn clear<S>(sums: &[(usize, S)], places: &mut [Option<usize>]) {
    for (index, _) in sums {
        if let Some(place) = places.get_mut(*index) {
            *place = None;
        }
    }
}
