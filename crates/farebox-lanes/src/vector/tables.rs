//! Tables of multiples, stored one value after the other, and how eight lanes read them.

use alloc::vec::Vec;
use core::arch::x86_64::{
    __m256i, _mm512_castsi256_si512, _mm512_castsi512_si256, _mm512_extracti64x4_epi64, _mm512_inserti64x4,
    _mm512_permutex2var_epi64, _mm512_set_epi64, _mm512_shuffle_i64x2, _mm512_unpackhi_epi64, _mm512_unpacklo_epi64,
};

use super::field::{Fe, Lanes};
use super::point::{Affine, Cached, Extended};
use super::ristretto;

/// A field element in 32 bytes.
type Packed = __m256i;

/// `y + x`, `y - x`, `2d xy` and `-2d xy`. With these the opposite point needs no arithmetic.
#[derive(Clone, Copy, Debug)]
#[repr(align(128))]
pub(crate) struct AffineEntry([Packed; 4]);

/// `Y + X`, `Y - X`, `2d T`, `-2d T`, `2Z`.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub(crate) struct CachedEntry([Packed; 5]);

/// Where a lane's summand is: twice the index of its entry, plus 1 for the opposite point. Entry 0 of every list is the
/// neutral point.
pub(crate) type Place = u32;

/// The field element of each lane, from eight places.
///
/// Four registers with two lanes each, then two rounds that exchange words.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
#[inline]
fn gather(of: [&Packed; 8]) -> Fe {
    let [l0, l1, l2, l3, l4, l5, l6, l7] = of;
    let a = pair(l0, l2);
    let b = pair(l1, l3);
    let c = pair(l4, l6);
    let d = pair(l5, l7);
    // a, b: words 0 of lanes 0 and 1, words 2 of lanes 0 and 1, words 0 of lanes 2 and 3, words 2 of lanes 2 and 3.
    let (even_ab, odd_ab) = (_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
    let (even_cd, odd_cd) = (_mm512_unpacklo_epi64(c, d), _mm512_unpackhi_epi64(c, d));
    Fe::from_words([
        _mm512_shuffle_i64x2::<0b10_00_10_00>(even_ab, even_cd),
        _mm512_shuffle_i64x2::<0b10_00_10_00>(odd_ab, odd_cd),
        _mm512_shuffle_i64x2::<0b11_01_11_01>(even_ab, even_cd),
        _mm512_shuffle_i64x2::<0b11_01_11_01>(odd_ab, odd_cd),
    ])
}

#[target_feature(enable = "avx512ifma,avx512vbmi2")]
#[inline]
fn pair(low: &Packed, high: &Packed) -> Lanes {
    _mm512_inserti64x4::<1>(_mm512_castsi256_si512(*low), *high)
}

/// The other way: each lane's field element in 32 bytes.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
#[inline]
fn scatter(value: Fe) -> [Packed; 8] {
    let [w0, w1, w2, w3] = value.to_words();
    let low = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0);
    let high = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
    // Words 0 and 1, and words 2 and 3, of lanes 0, 2, 4, 6 or of lanes 1, 3, 5, 7.
    let (even_01, odd_01) = (_mm512_unpacklo_epi64(w0, w1), _mm512_unpackhi_epi64(w0, w1));
    let (even_23, odd_23) = (_mm512_unpacklo_epi64(w2, w3), _mm512_unpackhi_epi64(w2, w3));
    let (l0, l2) = halves(_mm512_permutex2var_epi64(even_01, low, even_23));
    let (l1, l3) = halves(_mm512_permutex2var_epi64(odd_01, low, odd_23));
    let (l4, l6) = halves(_mm512_permutex2var_epi64(even_01, high, even_23));
    let (l5, l7) = halves(_mm512_permutex2var_epi64(odd_01, high, odd_23));
    [l0, l1, l2, l3, l4, l5, l6, l7]
}

#[target_feature(enable = "avx512ifma,avx512vbmi2")]
#[inline]
fn halves(v: Lanes) -> (Packed, Packed) {
    (_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64::<1>(v))
}

/// Entries with the neutral point in front.
#[derive(Clone, Debug)]
pub(crate) struct List<E> {
    neutral: E,
    entries: Vec<E>,
}

impl<E> List<E> {
    /// The entry of a place. One that does not exist is the neutral point.
    #[inline(always)]
    fn at(&self, place: Place) -> (&E, bool) {
        (self.entries.get(place as usize / 2).unwrap_or(&self.neutral), place % 2 == 1)
    }
}

impl List<AffineEntry> {
    /// The list of the neutral point.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    pub(crate) fn affine() -> Self {
        let neutral = Extended::neutral();
        let [neutral, ..] = affine_entries(&neutral.affine(&neutral.z));
        Self { neutral, entries: Vec::from([neutral]) }
    }

    /// The summand of each lane.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn summands(&self, places: [Place; 8]) -> Affine {
        let [l0, l1, l2, l3, l4, l5, l6, l7] = places.map(|place| {
            let (AffineEntry([plus, minus, t2d, neg_t2d]), negative) = self.at(place);
            if negative { [minus, plus, neg_t2d] } else { [plus, minus, t2d] }
        });
        Affine {
            plus: gather([l0[0], l1[0], l2[0], l3[0], l4[0], l5[0], l6[0], l7[0]]),
            minus: gather([l0[1], l1[1], l2[1], l3[1], l4[1], l5[1], l6[1], l7[1]]),
            t2d: gather([l0[2], l1[2], l2[2], l3[2], l4[2], l5[2], l6[2], l7[2]]),
        }
    }

    /// Adds the multiples 1 to `count` of the points in the first `lanes` lanes: all of the first, then all of the second,
    /// and so on. One inversion.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    pub(crate) fn extend(&mut self, point: &Extended, lanes: usize, count: usize) {
        let multiples = multiples(point, count);
        // Montgomery's trick: prefix products, one inversion, and back.
        let mut prefixes = Vec::with_capacity(count);
        let mut product = Extended::neutral().z;
        for multiple in &multiples {
            prefixes.push(product);
            product = product.mul(&multiple.z);
        }
        let mut inverse = ristretto::invert(&product);
        let mut rows = Vec::with_capacity(count);
        for (multiple, prefix) in multiples.iter().zip(&prefixes).rev() {
            rows.push(affine_entries(&multiple.affine(&inverse.mul(prefix))));
            inverse = inverse.mul(&multiple.z);
        }
        for lane in 0..lanes {
            self.entries.extend(rows.iter().rev().filter_map(|row| row.get(lane)));
        }
    }
}

impl List<CachedEntry> {
    /// The list of the neutral point, with room for `count` more.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    pub(crate) fn cached(count: usize) -> Self {
        let [neutral, ..] = cached_entries(&Extended::neutral().cached());
        let mut entries = Vec::with_capacity(count + 1);
        entries.push(neutral);
        Self { neutral, entries }
    }

    /// The summand of each lane.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn summands(&self, places: [Place; 8]) -> Cached {
        let [l0, l1, l2, l3, l4, l5, l6, l7] = places.map(|place| {
            let (CachedEntry([plus, minus, t2d, neg_t2d, z2]), negative) = self.at(place);
            if negative { [minus, plus, neg_t2d, z2] } else { [plus, minus, t2d, z2] }
        });
        let affine = Affine {
            plus: gather([l0[0], l1[0], l2[0], l3[0], l4[0], l5[0], l6[0], l7[0]]),
            minus: gather([l0[1], l1[1], l2[1], l3[1], l4[1], l5[1], l6[1], l7[1]]),
            t2d: gather([l0[2], l1[2], l2[2], l3[2], l4[2], l5[2], l6[2], l7[2]]),
        };
        Cached { affine, z2: gather([l0[3], l1[3], l2[3], l3[3], l4[3], l5[3], l6[3], l7[3]]) }
    }

    /// Adds the multiples 1 to `count` of the points in the first `lanes` lanes: all of the first, then all of the second,
    /// and so on.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    pub(crate) fn extend(&mut self, point: &Extended, lanes: usize, count: usize) {
        let mut rows = Vec::with_capacity(count);
        for multiple in &multiples(point, count) {
            rows.push(cached_entries(&multiple.cached()));
        }
        for lane in 0..lanes {
            self.entries.extend(rows.iter().filter_map(|row| row.get(lane)));
        }
    }
}

/// 1, 2 and so on times the point.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
fn multiples(point: &Extended, count: usize) -> Vec<Extended> {
    let step = point.cached();
    let mut multiples = Vec::with_capacity(count);
    let mut multiple = *point;
    for _ in 0..count {
        multiples.push(multiple);
        multiple = multiple.add(&step).extended();
    }
    multiples
}

#[target_feature(enable = "avx512ifma,avx512vbmi2")]
fn affine_entries(point: &Affine) -> [AffineEntry; 8] {
    let minus = scatter(point.minus).into_iter().zip(scatter(point.t2d));
    let rest = minus.zip(scatter(point.t2d.negate_where(u8::MAX)));
    let mut entries = scatter(point.plus).map(|plus| AffineEntry([plus; 4]));
    for (AffineEntry([_, entry @ ..]), ((minus, t2d), neg_t2d)) in entries.iter_mut().zip(rest) {
        *entry = [minus, t2d, neg_t2d];
    }
    entries
}

#[target_feature(enable = "avx512ifma,avx512vbmi2")]
fn cached_entries(point: &Cached) -> [CachedEntry; 8] {
    let mut entries = scatter(point.z2).map(|z2| CachedEntry([z2; 5]));
    for (CachedEntry([entry @ .., _]), AffineEntry(affine)) in entries.iter_mut().zip(affine_entries(&point.affine)) {
        *entry = affine;
    }
    entries
}
