//! Equations as ordinary Rust over handles: `eq(p.k, w.x * p.h2 + w.r * p.h3)`.

use alloc::vec;
use alloc::vec::Vec;
use core::iter;
use core::ops::{Add, Mul, Neg};

/// A public element of a statement, by its place in allocation order. Two handles are two variables, whatever their values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ElementVar(pub(crate) u32);

/// A secret scalar of a statement, by its place in the witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScalarVar(pub(crate) u32);

/// A public coefficient of a typed relation.
pub type Coefficient = i128;

/// `coefficient * scalar * element`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    pub(crate) scalar: ScalarVar,
    pub(crate) element: ElementVar,
    pub(crate) coefficient: Coefficient,
}

/// The right side of an equation, in the order written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms(pub(crate) Vec<Term>);

/// The left side of an equation: public multiples of elements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image(pub(crate) Vec<(ElementVar, Coefficient)>);

/// `image = terms`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equation {
    pub(crate) image: Image,
    pub(crate) terms: Terms,
}

/// The equation `image = terms`.
pub fn eq(image: impl Into<Image>, terms: impl Into<Terms>) -> Equation {
    Equation { image: image.into(), terms: terms.into() }
}

impl Mul<ElementVar> for ScalarVar {
    type Output = Term;
    fn mul(self, element: ElementVar) -> Term {
        Term { scalar: self, element, coefficient: 1 }
    }
}

impl Mul<Term> for Coefficient {
    type Output = Term;
    fn mul(self, term: Term) -> Term {
        Term { coefficient: self * term.coefficient, ..term }
    }
}

impl Neg for Term {
    type Output = Term;
    fn neg(self) -> Term {
        Term { coefficient: -self.coefficient, ..self }
    }
}

impl From<Term> for Terms {
    fn from(term: Term) -> Self {
        Self(vec![term])
    }
}

impl<T: Into<Terms>> Add<T> for Term {
    type Output = Terms;
    fn add(self, other: T) -> Terms {
        Terms::from(self) + other
    }
}

impl<T: Into<Terms>> Add<T> for Terms {
    type Output = Terms;
    fn add(mut self, other: T) -> Terms {
        self.0.extend(other.into().0);
        self
    }
}

impl iter::Sum<Term> for Terms {
    fn sum<I: Iterator<Item = Term>>(terms: I) -> Self {
        Self(terms.collect())
    }
}

impl From<ElementVar> for Image {
    fn from(element: ElementVar) -> Self {
        Self(vec![(element, 1)])
    }
}

impl Mul<ElementVar> for Coefficient {
    type Output = Image;
    fn mul(self, element: ElementVar) -> Image {
        Image(vec![(element, self)])
    }
}

impl<T: Into<Image>> Add<T> for Image {
    type Output = Image;
    fn add(mut self, other: T) -> Image {
        self.0.extend(other.into().0);
        self
    }
}
