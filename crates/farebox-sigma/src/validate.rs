//! The ten checks of an instance (draft-irtf-cfrg-sigma-protocols-03, ValidateInstance).

use alloc::vec;
use alloc::vec::Vec;

use farebox_group::{Element, Group, Scalar};

use crate::{InvalidStatement, Statement};

impl<G: Group> Statement<'_, G> {
    /// Runs the ten checks. Checks 3 and 4, and 8 by decoding, were made when the statement was.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn validate(&self) -> Result<(), InvalidStatement> {
        if self.equations.is_empty() {
            return Err(InvalidStatement::Empty);
        }
        for (i, equation) in self.equations.iter().enumerate() {
            if equation.image.is_empty() || equation.terms.is_empty() {
                return Err(InvalidStatement::EmptySide(i));
            }
        }
        self.every_element_is_used()?;
        self.every_scalar_is_used()?;
        if !self.starts_with_generator() {
            return Err(InvalidStatement::Generator);
        }
        for (i, equation) in self.equations.iter().enumerate() {
            if self.is_identity(&equation.image) {
                return Err(InvalidStatement::IdentityImage(i));
            }
        }
        self.no_column_is_the_identity()
    }

    pub(crate) fn starts_with_generator(&self) -> bool {
        self.points.first().is_some_and(|point| point.is_generator)
    }

    pub(crate) fn every_element_is_used(&self) -> Result<(), InvalidStatement> {
        let mut elements = vec![false; self.points.len()];
        let images = self.equations.iter().flat_map(|equation| equation.image.iter().map(|(e, _)| *e));
        for element in images.chain(self.terms().map(|(_, (_, e, _))| *e)) {
            if let Some(used) = elements.get_mut(element) {
                *used = true;
            }
        }
        // Element 0 is the generator, which need not be used.
        match elements.iter().skip(1).position(|used| !used) {
            Some(i) => Err(InvalidStatement::UnusedElement(i + 1)),
            None => Ok(()),
        }
    }

    fn every_scalar_is_used(&self) -> Result<(), InvalidStatement> {
        // A hostile statement can name scalar 2^32 - 2 and no other, so nothing of that length is allocated.
        let mut used: Vec<usize> = self.terms().map(|(_, (scalar, _, _))| *scalar).collect();
        used.sort_unstable();
        used.dedup();
        match used.iter().enumerate().find(|(i, scalar)| i != *scalar) {
            Some((i, _)) => Err(InvalidStatement::UnusedScalar(i)),
            None if used.len() < self.scalars => Err(InvalidStatement::UnusedScalar(used.len())),
            None => Ok(()),
        }
    }

    /// A column is all that multiplies one scalar: a sum for each equation.
    fn no_column_is_the_identity(&self) -> Result<(), InvalidStatement> {
        let mut terms: Vec<_> = self.terms().map(|(row, (scalar, e, c))| ((*scalar, row), (*e, *c))).collect();
        terms.sort_by_key(|(place, _)| *place);
        for column in terms.chunk_by(|a, b| a.0.0 == b.0.0) {
            let mut entries = column.chunk_by(|a, b| a.0 == b.0);
            if entries.all(|entry| self.is_identity(&entry.iter().map(|(_, term)| *term).collect::<Vec<_>>())) {
                return Err(InvalidStatement::IdentityColumn(column.first().map_or(0, |(place, _)| place.0)));
            }
        }
        Ok(())
    }

    /// All terms, each with the number of its equation.
    fn terms(&self) -> impl Iterator<Item = (usize, &(usize, usize, G::Scalar))> {
        self.equations.iter().enumerate().flat_map(|(row, equation)| equation.terms.iter().map(move |term| (row, term)))
    }

    fn is_identity(&self, sum: &[(usize, G::Scalar)]) -> bool {
        match sum {
            [] => true,
            // A point is never the identity, and the order is prime.
            [(_, coefficient)] => coefficient.is_zero().into(),
            _ => {
                let terms = sum.iter().filter_map(|(e, c)| Some((*c, self.points.get(*e)?.element)));
                G::multi_mul_vartime(&terms.collect::<Vec<_>>()).is_identity().into()
            }
        }
    }
}
