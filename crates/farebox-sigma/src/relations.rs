//! Relations that many protocols share.

use alloc::vec;
use alloc::vec::Vec;

use crate::{ElementVar, Equation, Publics, Relation, ScalarVar, Secrets, eq};

/// Knowledge of a discrete logarithm: `x = x_scalar * g`.
#[derive(Clone, Copy, Debug)]
pub struct DiscreteLogarithm;

/// Public elements of [`DiscreteLogarithm`].
#[derive(Clone, Copy, Debug)]
pub struct DiscreteLogarithmPublics<T> {
    /// The base.
    pub g: T,
    /// The image.
    pub x: T,
}
crate::record!(DiscreteLogarithmPublics { one g, one x });

/// The secret scalar of [`DiscreteLogarithm`] and [`Dleq`].
#[derive(Clone, Copy, Debug)]
pub struct Logarithm<T> {
    /// The logarithm.
    pub log: T,
}
crate::record!(Logarithm { one log });

impl Relation for DiscreteLogarithm {
    const NAME: &'static str = "discrete_logarithm";
    type Publics = DiscreteLogarithmPublics<()>;
    type Secrets = Logarithm<()>;

    fn shape(&self) -> (Publics<Self, ()>, Secrets<Self, ()>) {
        (DiscreteLogarithmPublics { g: (), x: () }, Logarithm { log: () })
    }

    fn equations(&self, p: &Publics<Self, ElementVar>, w: &Secrets<Self, ScalarVar>) -> Vec<Equation> {
        vec![eq(p.x, w.log * p.g)]
    }
}

/// Equality of two discrete logarithms: `x = log * g`, `y = log * h`.
#[derive(Clone, Copy, Debug)]
pub struct Dleq;

/// Public elements of [`Dleq`].
#[derive(Clone, Copy, Debug)]
pub struct DleqPublics<T> {
    /// The first base.
    pub g: T,
    /// The first image.
    pub x: T,
    /// The second base.
    pub h: T,
    /// The second image.
    pub y: T,
}
crate::record!(DleqPublics { one g, one x, one h, one y });

impl Relation for Dleq {
    const NAME: &'static str = "dleq";
    type Publics = DleqPublics<()>;
    type Secrets = Logarithm<()>;

    fn shape(&self) -> (Publics<Self, ()>, Secrets<Self, ()>) {
        (DleqPublics { g: (), x: (), h: (), y: () }, Logarithm { log: () })
    }

    fn equations(&self, p: &Publics<Self, ElementVar>, w: &Secrets<Self, ScalarVar>) -> Vec<Equation> {
        vec![eq(p.x, w.log * p.g), eq(p.y, w.log * p.h)]
    }
}
