//! The simplified SWU map (RFC 9380, Sections 6.6.2 and F.2), constant time.

use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};

use super::point::Point;
use super::{Curve, Field};

/// The parameters of the map.
pub(crate) trait Sswu: Curve {
    /// `Z`, a non-square.
    const Z: Self::Field;
    /// A root of `-Z`.
    const SQRT_MINUS_Z: Self::Field;
}

/// `map_to_curve_simple_swu`, for `A = -3`.
pub(crate) fn map_to_curve<C: Sswu>(u: &C::Field) -> Point<C> {
    // x1 = (-B/A)(1 + 1/t) with t = Z^2 u^4 + Z u^2, or B/(Z A) where t = 0. As a fraction:
    // x1 = B(t + 1) / (-A t) or B / (Z A), and -A = 3.
    let zu2 = C::Z.mul(&u.square());
    let t = zu2.square().add(&zu2);
    let numerator = C::B.mul(&t.add(&C::Field::ONE));
    let minus_z = C::Z.neg();
    let denominator = C::Field::conditional_select(&t, &minus_z, t.ct_eq(&C::Field::ZERO)).triple();

    // g(x1) = (n^3 - 3 n d^2 + B d^3) / d^3
    let dd = denominator.square();
    let ddd = dd.mul(&denominator);
    let n_cubed = numerator.square().mul(&numerator);
    let gx = n_cubed.sub(&numerator.mul(&dd).triple()).add(&C::B.mul(&ddd));
    let (square, y1) = sqrt_ratio::<C>(&gx, &ddd);

    // x2 = Z u^2 x1, and y2 = Z u^3 sqrt(Z g(x1)/d^3)
    let x = C::Field::conditional_select(&zu2.mul(&numerator), &numerator, square);
    let y = C::Field::conditional_select(&zu2.mul(u).mul(&y1), &y1, square);
    let flip = u.is_odd() ^ y.is_odd();
    let y = C::Field::conditional_select(&y, &y.neg(), flip);
    Point { x, y: y.mul(&denominator), z: denominator }
}

/// `sqrt(u/v)` and 1, or `sqrt(Z u/v)` and 0 where `u/v` is no square (F.2.1.2).
fn sqrt_ratio<C: Sswu>(u: &C::Field, v: &C::Field) -> (Choice, C::Field) {
    // y1 = uv (u v^3)^((p - 3)/4)
    let uv = u.mul(v);
    let root = uv.mul(&v.square()).pow_p34().mul(&uv);
    let square = root.square().mul(v).ct_eq(u);
    (square, C::Field::conditional_select(&root.mul(&C::SQRT_MINUS_Z), &root, square))
}
