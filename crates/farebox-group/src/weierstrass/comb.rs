//! Constant-time multiplication of a fixed base from a table.

use alloc::vec::Vec;

use subtle::{ConditionallySelectable as _, ConstantTimeEq as _};

use super::jacobian::{Jacobian, normalise};
use super::point::{Affine, Point};
use super::window::{ENTRIES, WINDOW, recode, select_affine, split};
use super::{Curve, Field};

/// Every `STEP`th window has a table; the windows between use the same one before the last doublings.
const STEP: usize = 2;

/// The multiples 1 to 16 of `2^(WINDOW STEP i) P`, group after group: 26 kB for P-256. Empty for the identity.
#[derive(Clone)]
pub(crate) struct Comb<F> {
    entries: Vec<Affine<F>>,
}

impl<F: Field> Comb<F> {
    /// For scalars of `bits` bits. Variable time in `point`.
    pub(crate) fn new<C: Curve<Field = F>>(point: &Point<C>, bits: usize) -> Self {
        let mut base = Jacobian::from_point(point);
        if base.is_identity_vartime() {
            return Self { entries: Vec::new() };
        }
        let groups = (bits + 1).div_ceil(WINDOW * STEP);
        let mut multiples = Vec::with_capacity(groups * ENTRIES);
        for _ in 0..groups {
            let mut multiple = base;
            multiples.push(multiple);
            for _ in 1..ENTRIES {
                multiple = multiple.add_vartime(&base);
                multiples.push(multiple);
            }
            base = (0..WINDOW * STEP).fold(base, |base, _| base.double());
        }
        Self { entries: normalise(&multiples) }
    }

    /// `scalar * P`, the scalar little-endian.
    pub(crate) fn mul<C: Curve<Field = F>>(&self, scalar: &[u8]) -> Point<C> {
        let digits = recode(scalar, WINDOW);
        let mut sum = Point::IDENTITY;
        for first in (0..STEP).rev() {
            if first + 1 < STEP {
                sum = sum.double_n(WINDOW);
            }
            for (digit, table) in digits.iter().skip(first).step_by(STEP).zip(self.entries.chunks_exact(ENTRIES)) {
                let (negative, magnitude) = split(*digit);
                let entry = select_affine(table, magnitude, negative);
                // The mixed formula has no identity as its second operand.
                let next = sum.add_affine(&entry);
                sum.conditional_assign(&next, !magnitude.ct_eq(&0));
            }
        }
        sum
    }
}
