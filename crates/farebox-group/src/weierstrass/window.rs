//! Constant-time multiplication by signed windows.

use alloc::vec::Vec;

use subtle::{Choice, ConditionallySelectable as _};
use zeroize::{Zeroize as _, Zeroizing};

use super::point::{Affine, Point};
use super::{Curve, Field};

/// Bits of a window. A table holds the multiples 1 to 2^(WINDOW - 1).
pub(crate) const WINDOW: usize = 5;
pub(crate) const ENTRIES: usize = 1 << (WINDOW - 1);

/// The digits of a little-endian integer to the base `2^window`, each in `(-2^(window-1), 2^(window-1)]`, least
/// significant first. `window <= 14`.
pub(crate) fn recode(bytes: &[u8], window: usize) -> Zeroizing<Vec<i16>> {
    let count = (8 * bytes.len()).div_ceil(window) + usize::from((8 * bytes.len()).is_multiple_of(window));
    let byte = |i: usize| u32::from(bytes.get(i).copied().unwrap_or(0));
    let mut digits = Zeroizing::new(Vec::with_capacity(count));
    let mut carry = 0;
    for bit in (0..count).map(|i| i * window) {
        let bits = byte(bit / 8) | byte(bit / 8 + 1) << 8 | byte(bit / 8 + 2) << 16;
        let digit = ((bits >> (bit % 8)) & ((1 << window) - 1)) + carry;
        // 1 where the digit is above 2^(window - 1)
        carry = (digit + (1 << (window - 1)) - 1) >> window;
        digits.push(digit as i16 - ((carry as i16) << window));
    }
    digits
}

/// The sum of `scalar * point`, scalars little-endian. Complete for every input; the number of terms is public.
pub(crate) fn multi_mul<C: Curve, B: AsRef<[u8]>>(terms: impl Iterator<Item = (B, Point<C>)>) -> Point<C> {
    let mut terms: Vec<_> = terms.map(|(scalar, point)| (recode(scalar.as_ref(), WINDOW), multiples(&point))).collect();
    let count = terms.first().map_or(0, |(digits, _)| digits.len());
    let mut sum = Point::IDENTITY;
    for i in (0..count).rev() {
        if i + 1 < count {
            sum = sum.double_n(WINDOW);
        }
        for (digits, table) in &terms {
            sum = sum + select(table, digits.get(i).copied().unwrap_or(0));
        }
    }
    terms.iter_mut().for_each(|(_, table)| table.zeroize());
    sum
}

/// `point, 2 point, ...`
#[allow(clippy::indexing_slicing)] // i < ENTRIES
fn multiples<C: Curve>(point: &Point<C>) -> [Point<C>; ENTRIES] {
    let mut table = [*point; ENTRIES];
    for i in 1..ENTRIES {
        table[i] = if i % 2 == 1 { table[i / 2].double() } else { table[i - 1] + *point };
    }
    table
}

/// Sign and magnitude.
pub(crate) fn split(digit: i16) -> (Choice, u64) {
    let sign = digit >> 15;
    (Choice::from((sign & 1) as u8), ((digit ^ sign) - sign) as u64)
}

/// All ones where `a = b`, for small values.
#[inline(always)]
pub(crate) fn mask_eq(a: u64, b: u64) -> u64 {
    // The barrier keeps the compiler from turning masks into branches.
    core::hint::black_box(((a ^ b).wrapping_sub(1) >> 63).wrapping_neg())
}

/// `digit * point` from the table of its multiples, reading every entry.
fn select<C: Curve>(table: &[Point<C>; ENTRIES], digit: i16) -> Point<C> {
    let (negative, magnitude) = split(digit);
    let mut entry = Point::<C> { x: C::Field::ZERO, y: C::Field::ZERO, z: C::Field::ZERO };
    entry.y.or_masked(&C::Field::ONE, mask_eq(magnitude, 0));
    for (i, point) in (1..).zip(table) {
        let mask = mask_eq(magnitude, i);
        entry.x.or_masked(&point.x, mask);
        entry.y.or_masked(&point.y, mask);
        entry.z.or_masked(&point.z, mask);
    }
    entry.y.conditional_assign(&entry.y.neg(), negative);
    entry
}

/// The same for a table of affine points. Digit 0 gives `(0, 0)`.
pub(crate) fn select_affine<F: Field>(table: &[Affine<F>], magnitude: u64, negative: Choice) -> Affine<F> {
    let mut entry = Affine { x: F::ZERO, y: F::ZERO };
    for (i, point) in (1..).zip(table) {
        let mask = mask_eq(magnitude, i);
        entry.x.or_masked(&point.x, mask);
        entry.y.or_masked(&point.y, mask);
    }
    entry.y.conditional_assign(&entry.y.neg(), negative);
    entry
}
