//! Points in homogeneous coordinates under the complete formulas of Renes, Costello and Batina (2016) for `a = -3`.

use core::ops::{Add, Neg, Sub};

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroize;

use super::jacobian::Jacobian;
use super::{Curve, Field};

/// The point `(X/Z, Y/Z)`, or with `Z = 0` the identity, which is `(0 : Y : 0)` with a nonzero `Y`.
#[derive(Clone, Copy)]
pub(crate) struct Point<C: Curve> {
    pub(crate) x: C::Field,
    pub(crate) y: C::Field,
    pub(crate) z: C::Field,
}

/// A point other than the identity. `(0, 0)` is no point of a curve here and stands for "none" in tables.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Affine<F> {
    pub(crate) x: F,
    pub(crate) y: F,
}

impl<C: Curve> Point<C> {
    pub(crate) const IDENTITY: Self = Self { x: C::Field::ZERO, y: C::Field::ONE, z: C::Field::ZERO };
    pub(crate) const GENERATOR: Self = Self { x: C::GENERATOR.0, y: C::GENERATOR.1, z: C::Field::ONE };

    pub(crate) fn from_affine(affine: &Affine<C::Field>) -> Self {
        Self { x: affine.x, y: affine.y, z: C::Field::ONE }
    }

    /// Algorithm 4.
    #[inline]
    fn add_complete(&self, other: &Self) -> Self {
        let xx = self.x.mul(&other.x);
        let yy = self.y.mul(&other.y);
        let zz = self.z.mul(&other.z);
        // the mixed products X1 Y2 + X2 Y1, Y1 Z2 + Y2 Z1, X1 Z2 + X2 Z1
        let xy = self.x.add(&self.y).mul(&other.x.add(&other.y)).sub(&xx.add(&yy));
        let yz = self.y.add(&self.z).mul(&other.y.add(&other.z)).sub(&yy.add(&zz));
        let xz = self.x.add(&self.z).mul(&other.x.add(&other.z)).sub(&xx.add(&zz));
        finish_add(&xx, &yy, &zz, &xy, &yz, &xz)
    }

    /// Algorithm 5: `other` is not the identity.
    #[inline]
    pub(crate) fn add_affine(&self, other: &Affine<C::Field>) -> Self {
        let xx = self.x.mul(&other.x);
        let yy = self.y.mul(&other.y);
        let xy = self.x.add(&self.y).mul(&other.x.add(&other.y)).sub(&xx.add(&yy));
        let yz = other.y.mul(&self.z).add(&self.y);
        let xz = other.x.mul(&self.z).add(&self.x);
        finish_add(&xx, &yy, &self.z, &xy, &yz, &xz)
    }

    /// `2^n * self`. Doubling in Jacobian coordinates is cheaper, and complete where the order is odd.
    pub(crate) fn double_n(&self, n: usize) -> Self {
        (0..n).fold(Jacobian::from_point(self), |point, _| point.double()).to_point()
    }

    pub(crate) fn double(&self) -> Self {
        self.double_n(1)
    }
}

/// The point with this x and with a y that is odd or not, if there is one.
pub(crate) fn decompress<C: Curve>(x: &C::Field, odd: Choice) -> Option<Point<C>> {
    // y^2 = x^3 - 3x + b
    let (on_curve, y) = x.square().mul(x).sub(&x.triple()).add(&C::B).sqrt();
    let y = C::Field::conditional_select(&y, &y.neg(), y.is_odd() ^ odd);
    bool::from(on_curve).then(|| Point::from_affine(&Affine { x: *x, y }))
}

/// What Algorithms 4 and 5 share.
#[inline(always)]
fn finish_add<C: Curve<Field = F>, F: Field>(xx: &F, yy: &F, zz: &F, xy: &F, yz: &F, xz: &F) -> Point<C> {
    let zz3 = zz.triple();
    // 3 (X1 Z2 + X2 Z1 - b Z1 Z2)
    let bzz3 = xz.sub(&C::B.mul(zz)).triple();
    // 3 (b (X1 Z2 + X2 Z1) - 3 Z1 Z2 - X1 X2)
    let bxz3 = C::B.mul(xz).sub(&zz3.add(xx)).triple();
    let minus = yy.sub(&bzz3);
    let plus = yy.add(&bzz3);
    let slope = xx.triple().sub(&zz3);
    Point {
        x: plus.mul(xy).sub(&yz.mul(&bxz3)),
        y: plus.mul(&minus).add(&slope.mul(&bxz3)),
        z: minus.mul(yz).add(&xy.mul(&slope)),
    }
}

impl<C: Curve> Default for Point<C> {
    fn default() -> Self {
        Self::IDENTITY
    }
}

impl<C: Curve> Add for Point<C> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.add_complete(&other)
    }
}

impl<C: Curve> Sub for Point<C> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.add_complete(&-other)
    }
}

impl<C: Curve> Neg for Point<C> {
    type Output = Self;
    fn neg(self) -> Self {
        Self { y: self.y.neg(), ..self }
    }
}

impl<C: Curve> ConstantTimeEq for Point<C> {
    fn ct_eq(&self, other: &Self) -> Choice {
        // X1 Z2 = X2 Z1 and Y1 Z2 = Y2 Z1; where one Z is 0, the second equation asks for the other to be 0.
        self.x.mul(&other.z).ct_eq(&other.x.mul(&self.z)) & self.y.mul(&other.z).ct_eq(&other.y.mul(&self.z))
    }
}

impl<C: Curve> ConditionallySelectable for Point<C> {
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self {
            x: C::Field::conditional_select(&a.x, &b.x, choice),
            y: C::Field::conditional_select(&a.y, &b.y, choice),
            z: C::Field::conditional_select(&a.z, &b.z, choice),
        }
    }
}

impl<C: Curve> Zeroize for Point<C> {
    /// Leaves the identity.
    fn zeroize(&mut self) {
        self.x.zeroize();
        self.y.zeroize();
        self.z.zeroize();
        self.y = C::Field::ONE;
    }
}
