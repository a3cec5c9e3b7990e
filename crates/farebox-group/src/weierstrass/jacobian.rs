//! Points in Jacobian coordinates: doublings for every path, additions in variable time.

use alloc::vec::Vec;

use super::point::{Affine, Point};
use super::{Curve, Field, invert_batch};

/// The point `(X/Z^2, Y/Z^3)`, or with `Z = 0` the identity.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Jacobian<F> {
    x: F,
    y: F,
    z: F,
}

impl<F: Field> Jacobian<F> {
    pub(crate) const IDENTITY: Self = Self { x: F::ONE, y: F::ONE, z: F::ZERO };

    #[inline]
    pub(crate) fn from_point<C: Curve<Field = F>>(point: &Point<C>) -> Self {
        // X/Z = XZ/Z^2 and Y/Z = YZ^2/Z^3
        Self { x: point.x.mul(&point.z), y: point.y.mul(&point.z.square()), z: point.z }
    }

    pub(crate) fn from_affine(affine: &Affine<F>) -> Self {
        Self { x: affine.x, y: affine.y, z: F::ONE }
    }

    /// Constant time.
    #[inline]
    pub(crate) fn to_point<C: Curve<Field = F>>(self) -> Point<C> {
        // X/Z^2 = XZ/Z^3; the identity needs a nonzero Y.
        let y = F::conditional_select(&self.y, &F::ONE, self.z.ct_eq(&F::ZERO));
        Point { x: self.x.mul(&self.z), y, z: self.z.square().mul(&self.z) }
    }

    /// Constant time. There is no exceptional point: `Z = 0` stays so, and `Y = 0` would have order 2.
    #[inline]
    pub(crate) fn double(&self) -> Self {
        // S = 4XY^2, M = 3(X - Z^2)(X + Z^2), X' = M^2 - 2S, Y' = M(S - X') - 8Y^4, Z' = 2YZ
        let zz = self.z.square();
        let m = self.x.sub(&zz).mul(&self.x.add(&zz)).triple();
        let y2 = self.y.double();
        let yy4 = y2.square();
        let s = yy4.mul(&self.x);
        let x = m.square().sub(&s.double());
        let y = m.mul(&s.sub(&x)).sub(&yy4.square().halve());
        Self { x, y, z: y2.mul(&self.z) }
    }

    pub(crate) fn is_identity_vartime(&self) -> bool {
        self.z.is_zero_vartime()
    }

    /// `self + other`, where `other` is no identity.
    #[inline]
    pub(crate) fn add_affine_vartime(&self, other: &Affine<F>) -> Self {
        if self.is_identity_vartime() {
            return Self::from_affine(other);
        }
        let zz = self.z.square();
        let h = other.x.mul(&zz).sub(&self.x);
        let r = other.y.mul(&zz.mul(&self.z)).sub(&self.y);
        self.chord_vartime(&self.x, &self.y, &self.z, &h, &r)
    }

    /// `self - other`, where `other` is no identity.
    #[inline]
    pub(crate) fn sub_affine_vartime(&self, other: &Affine<F>) -> Self {
        self.add_affine_vartime(&Affine { x: other.x, y: other.y.neg() })
    }

    /// `self + other`.
    pub(crate) fn add_vartime(&self, other: &Self) -> Self {
        if self.is_identity_vartime() {
            return *other;
        }
        if other.is_identity_vartime() {
            return *self;
        }
        // U1 = X1 Z2^2, S1 = Y1 Z2^3, H = X2 Z1^2 - U1, R = Y2 Z1^3 - S1
        let (zz1, zz2) = (self.z.square(), other.z.square());
        let u = self.x.mul(&zz2);
        let s = self.y.mul(&zz2.mul(&other.z));
        let h = other.x.mul(&zz1).sub(&u);
        let r = other.y.mul(&zz1.mul(&self.z)).sub(&s);
        self.chord_vartime(&u, &s, &self.z.mul(&other.z), &h, &r)
    }

    /// The sum of `self = (U, S)` over the denominator `Z` and a point at the distance `(H, R)` of it.
    #[inline(always)]
    fn chord_vartime(&self, u: &F, s: &F, z: &F, h: &F, r: &F) -> Self {
        if h.is_zero_vartime() {
            // Same x: the same point, or its inverse.
            return if r.is_zero_vartime() { self.double() } else { Self::IDENTITY };
        }
        // V = U H^2, X' = R^2 - H^3 - 2V, Y' = R(V - X') - S H^3, Z' = Z H
        let hh = h.square();
        let hhh = hh.mul(h);
        let v = u.mul(&hh);
        let x = r.square().sub(&hhh).sub(&v.double());
        let y = r.mul(&v.sub(&x)).sub(&s.mul(&hhh));
        Self { x, y, z: z.mul(h) }
    }
}

/// The affine points, with one inversion. The identity gives `(0, 0)`.
pub(crate) fn normalise<F: Field>(points: &[Jacobian<F>]) -> Vec<Affine<F>> {
    let mut inverses: Vec<F> = points.iter().map(|point| point.z).collect();
    invert_batch(&mut inverses);
    let affine = |(point, inverse): (&Jacobian<F>, &F)| {
        let square = inverse.square();
        Affine { x: point.x.mul(&square), y: point.y.mul(&square.mul(inverse)) }
    };
    points.iter().zip(&inverses).map(affine).collect()
}
