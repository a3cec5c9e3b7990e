//! Statements: linear equations over points, ready to be serialised, proved and verified.

use alloc::vec::Vec;
use core::fmt;

use farebox_group::{ByteOrder, Group, Scalar};

use crate::relation::{FieldName, allocate, names};
use crate::{
    BaseSet, Coefficient, ElementVar, Equation, Error, InvalidStatement, Misuse, Point, Publics, Record, Relation,
    ScalarVar,
};

/// `sum of coefficient * element = sum of coefficient * scalar * element`, over indices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinearEquation<S> {
    /// `(element, coefficient)`.
    pub image: Vec<(usize, S)>,
    /// `(scalar, element, coefficient)`.
    pub terms: Vec<(usize, usize, S)>,
}

/// A statement with its public values. Made from a typed [`Relation`], or from equations over indices.
#[derive(Clone, Debug)]
pub struct Statement<'b, G: Group> {
    pub(crate) bases: &'b BaseSet<G>,
    pub(crate) points: Vec<Point<G>>,
    pub(crate) scalars: usize,
    pub(crate) equations: Vec<LinearEquation<G::Scalar>>,
}

impl<'b, G: Group> Statement<'b, G> {
    /// The statement that a relation makes of these public values.
    ///
    /// # Errors
    /// [`Misuse::Shape`] where a list has another length than the relation says or an equation uses a handle of another
    /// relation, and [`Misuse::ForeignBases`].
    pub fn new<R: Relation>(
        relation: &R,
        bases: &'b BaseSet<G>,
        publics: &Publics<R, Point<G>>,
    ) -> Result<Self, Misuse> {
        let mut points = Vec::new();
        R::Publics::map(publics, |_, point| points.push(*point));
        let (shape, secrets) = relation.shape();
        if names::<R::Publics, _>(publics) != names::<R::Publics, _>(&shape) {
            return Err(Misuse::Shape);
        }
        if !points.iter().all(|point| bases.owns(point)) {
            return Err(Misuse::ForeignBases);
        }
        let scalars = names::<R::Secrets, _>(&secrets).len();
        let compiled = compile(relation, &shape, &secrets);
        let equations: Vec<LinearEquation<G::Scalar>> = compiled.iter().map(resolve).collect();
        let known = |(s, e): (usize, usize)| s < scalars && e < points.len();
        if !equations.iter().all(|equation| {
            equation.terms.iter().all(|term| known((term.0, term.1)))
                && equation.image.iter().all(|term| term.0 < points.len())
        }) {
            return Err(Misuse::Shape);
        }
        Ok(Self { bases, points, scalars, equations })
    }

    /// A statement over indices into `points` and the witness.
    ///
    /// # Errors
    /// [`InvalidStatement::UnknownElement`], [`InvalidStatement::TooLarge`] and [`Misuse::ForeignBases`].
    pub fn from_equations(
        bases: &'b BaseSet<G>,
        points: Vec<Point<G>>,
        equations: Vec<LinearEquation<G::Scalar>>,
    ) -> Result<Self, Error> {
        if !points.iter().all(|point| bases.owns(point)) {
            return Err(Misuse::ForeignBases.into());
        }
        let mut scalars = 0;
        for (i, equation) in equations.iter().enumerate() {
            let elements = equation.image.iter().map(|t| t.0).chain(equation.terms.iter().map(|t| t.1));
            if elements.into_iter().any(|element| element >= points.len()) {
                return Err(InvalidStatement::UnknownElement(i).into());
            }
            scalars = equation.terms.iter().map(|term| term.0.saturating_add(1)).fold(scalars, usize::max);
        }
        let small = |n: usize| u32::try_from(n).is_ok();
        if !(small(points.len()) && small(equations.len()) && small(scalars)) {
            return Err(InvalidStatement::TooLarge.into());
        }
        Ok(Self { bases, points, scalars, equations })
    }

    /// The number of scalars in a witness.
    pub fn scalars(&self) -> usize {
        self.scalars
    }

    /// The equations.
    pub fn equations(&self) -> &[LinearEquation<G::Scalar>] {
        &self.equations
    }

    /// The public elements, in allocation order.
    pub fn points(&self) -> &[Point<G>] {
        &self.points
    }

    /// Whether the equations hold for a witness. For tests and debugging: variable time.
    pub fn holds_vartime(&self, witness: &[G::Scalar]) -> bool {
        witness.len() == self.scalars
            && self.equations.iter().all(|equation| {
                let image = equation.image.iter().filter_map(|(e, c)| Some((*c, self.points.get(*e)?.element)));
                let terms = equation
                    .terms
                    .iter()
                    .filter_map(|(s, e, c)| Some((-(*c * *witness.get(*s)?), self.points.get(*e)?.element)));
                let sum = G::multi_mul_vartime(&image.chain(terms).collect::<Vec<_>>());
                farebox_group::Element::is_identity(&sum).into()
            })
    }

    /// Bytes of a compact proof: a challenge and a response for each scalar.
    pub fn compact_len(&self) -> usize {
        G::SCALAR_LEN.saturating_mul(self.scalars.saturating_add(1))
    }

    /// Bytes of a batchable proof: a commitment for each equation and a response for each scalar.
    pub fn batchable_len(&self) -> usize {
        let commitments = G::ELEMENT_LEN.saturating_mul(self.equations.len());
        commitments.saturating_add(G::SCALAR_LEN.saturating_mul(self.scalars))
    }
}

/// A relation's equations over fresh handles.
fn compile<R: Relation>(relation: &R, publics: &Publics<R, ()>, secrets: &crate::Secrets<R, ()>) -> Vec<Equation> {
    let publics = allocate::<R::Publics, _, _>(publics, ElementVar);
    let secrets = allocate::<R::Secrets, _, _>(secrets, ScalarVar);
    relation.equations(&publics, &secrets)
}

fn resolve<S: Scalar>(equation: &Equation) -> LinearEquation<S> {
    LinearEquation {
        image: equation.image.0.iter().map(|(e, c)| (e.0 as usize, coefficient(*c))).collect(),
        terms: equation
            .terms
            .0
            .iter()
            .map(|t| (t.scalar.0 as usize, t.element.0 as usize, coefficient(t.coefficient)))
            .collect(),
    }
}

fn coefficient<S: Scalar>(value: Coefficient) -> S {
    if value == 1 {
        return S::ONE;
    }
    let magnitude = S::reduce(&value.unsigned_abs().to_le_bytes(), ByteOrder::Little);
    if value < 0 { -magnitude } else { magnitude }
}

/// A relation without values: prints its equations, one a line, and knows the lengths of its proofs.
#[derive(Clone, Debug)]
pub struct Shape {
    elements: Vec<FieldName>,
    secrets: Vec<FieldName>,
    equations: Vec<Equation>,
}

impl Shape {
    /// Reads the relation.
    pub fn of<R: Relation>(relation: &R) -> Self {
        let (publics, secrets) = relation.shape();
        Self {
            equations: compile(relation, &publics, &secrets),
            elements: names::<R::Publics, _>(&publics),
            secrets: names::<R::Secrets, _>(&secrets),
        }
    }

    /// The names of the scalars, in the order of the responses.
    pub fn secrets(&self) -> &[FieldName] {
        &self.secrets
    }

    /// The names of the elements, in allocation order.
    pub fn elements(&self) -> &[FieldName] {
        &self.elements
    }

    /// The number of equations, which is the number of commitments.
    pub fn equations(&self) -> usize {
        self.equations.len()
    }

    /// Bytes of a compact proof in the group `G`.
    pub fn compact_len<G: Group>(&self) -> usize {
        G::SCALAR_LEN * (self.secrets.len() + 1)
    }

    /// Bytes of a batchable proof in the group `G`.
    pub fn batchable_len<G: Group>(&self) -> usize {
        G::ELEMENT_LEN * self.equations.len() + G::SCALAR_LEN * self.secrets.len()
    }

    /// One printed equation for each line of [`Display`](fmt::Display).
    pub fn lines(&self) -> Vec<alloc::string::String> {
        use alloc::string::ToString;
        self.equations.iter().map(|equation| Printed { shape: self, equation }.to_string()).collect()
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines().iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

struct Printed<'a> {
    shape: &'a Shape,
    equation: &'a Equation,
}

impl fmt::Display for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |names: &[FieldName], i: u32| names.get(i as usize).copied();
        let element = |i| name(&self.shape.elements, i).unwrap_or(FieldName { field: "?", index: None });
        let scalar = |i| name(&self.shape.secrets, i).unwrap_or(FieldName { field: "?", index: None });
        for (i, (e, c)) in self.equation.image.0.iter().enumerate() {
            write_sign(f, i, *c)?;
            write!(f, "{}", element(e.0))?;
        }
        f.write_str(" = ")?;
        for (i, t) in self.equation.terms.0.iter().enumerate() {
            write_sign(f, i, t.coefficient)?;
            write!(f, "{} * {}", scalar(t.scalar.0), element(t.element.0))?;
        }
        Ok(())
    }
}

/// The sign and the size of a coefficient, before the rest of its term.
fn write_sign(f: &mut fmt::Formatter<'_>, position: usize, c: Coefficient) -> fmt::Result {
    f.write_str(match (position, c < 0) {
        (0, false) => "",
        (0, true) => "-",
        (_, false) => " + ",
        (_, true) => " - ",
    })?;
    if c.unsigned_abs() == 1 { Ok(()) } else { write!(f, "{} * ", c.unsigned_abs()) }
}
