//! Sums of very many multiples in variable time: buckets by digit (Pippenger).

use alloc::vec;
use alloc::vec::Vec;

use super::Curve;
use super::jacobian::{Jacobian, normalise};
use super::point::Point;
use super::window::recode;

/// Terms from which buckets beat [Straus](super::straus).
pub(crate) const THRESHOLD: usize = 110;

/// The sum of `scalar * element`, scalars little-endian.
pub(crate) fn multi_mul_vartime<C: Curve, B: AsRef<[u8]>>(terms: &[(B, Point<C>)]) -> Point<C> {
    // The cost of a window is about one addition for each term and two for each bucket.
    let window = (terms.len().max(2).ilog2() as usize).clamp(4, 14) - 1;
    let jacobian: Vec<_> = terms.iter().map(|(_, element)| Jacobian::from_point(element)).collect();
    let points = normalise(&jacobian);
    let terms: Vec<_> = terms
        .iter()
        .zip(&points)
        .zip(&jacobian)
        .filter(|(_, jacobian)| !jacobian.is_identity_vartime())
        .map(|(((scalar, _), point), _)| (recode(scalar.as_ref(), window), point))
        .collect();
    let count = terms.first().map_or(0, |(digits, _)| digits.len());

    let mut sum = Jacobian::IDENTITY;
    let mut buckets = vec![Jacobian::IDENTITY; 1 << (window - 1)];
    for i in (0..count).rev() {
        sum = (0..window).fold(sum, |sum, _| sum.double());
        buckets.fill(Jacobian::IDENTITY);
        for (digits, point) in &terms {
            let digit = digits.get(i).copied().unwrap_or(0);
            // Digit 0 has no bucket.
            let bucket = usize::from(digit.unsigned_abs()).wrapping_sub(1);
            if let Some(bucket) = buckets.get_mut(bucket) {
                *bucket = if digit < 0 { bucket.sub_affine_vartime(point) } else { bucket.add_affine_vartime(point) };
            }
        }
        // sum over d of d * bucket[d], from the top
        let mut running = Jacobian::IDENTITY;
        for bucket in buckets.iter().rev() {
            running = running.add_vartime(bucket);
            sum = sum.add_vartime(&running);
        }
    }
    sum.to_point()
}
