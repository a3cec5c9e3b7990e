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
        self.every_index_is_used()?;
        if !self.points.first().is_some_and(|point| point.is_generator) {
            return Err(InvalidStatement::Generator);
        }
        for (i, equation) in self.equations.iter().enumerate() {
            if self.is_identity(&equation.image) {
                return Err(InvalidStatement::IdentityImage(i));
            }
        }
        (0..self.scalars).try_for_each(|scalar| self.column_is_not_identity(scalar))
    }

    fn every_index_is_used(&self) -> Result<(), InvalidStatement> {
        let mut elements = vec![false; self.points.len()];
        let mut scalars = vec![false; self.scalars];
        let mark = |used: &mut Vec<bool>, index: usize| {
            if let Some(slot) = used.get_mut(index) {
                *slot = true;
            }
        };
        for equation in &self.equations {
            equation.image.iter().for_each(|(e, _)| mark(&mut elements, *e));
            equation.terms.iter().for_each(|(_, e, _)| mark(&mut elements, *e));
            equation.terms.iter().for_each(|(s, _, _)| mark(&mut scalars, *s));
        }
        // Element 0 is the generator, which need not be used.
        if let Some(i) = elements.iter().skip(1).position(|used| !used) {
            return Err(InvalidStatement::UnusedElement(i + 1));
        }
        scalars.iter().position(|used| !used).map_or(Ok(()), |i| Err(InvalidStatement::UnusedScalar(i)))
    }

    /// A column is all of a scalar's coefficients, one sum for each equation.
    fn column_is_not_identity(&self, scalar: usize) -> Result<(), InvalidStatement> {
        let is_identity = self.equations.iter().all(|equation| {
            let entry = equation.terms.iter().filter(|term| term.0 == scalar).map(|term| (term.1, term.2));
            self.is_identity(&entry.collect::<Vec<_>>())
        });
        if is_identity { Err(InvalidStatement::IdentityColumn(scalar)) } else { Ok(()) }
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
