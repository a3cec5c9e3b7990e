//! Integers modulo p = 2^255 - 19, one in each lane.
//!
//! A value has five limbs of 52 bits, which is what the multiplier takes. 2^260 is 608 modulo p.
//!
//! Two forms keep carries rare:
//! - [`Fe`] goes into multiplications. Limbs 0 to 3 count modulo 2^52: the multiplier ignores what stands above, and so
//!   does everything here. Limb 4 is exact and at most `2^47 + 2^13`.
//! - [`Wide`] comes out of multiplications, and sums and differences are formed of it. Limbs are below 2^60.

use core::arch::x86_64::{
    __m512i, _mm256_extract_epi64, _mm512_add_epi64, _mm512_alignr_epi64, _mm512_and_si512, _mm512_castsi512_si256,
    _mm512_cmpeq_epi64_mask, _mm512_extracti64x4_epi64, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64,
    _mm512_mask_blend_epi64, _mm512_or_si512, _mm512_set_epi64, _mm512_set1_epi64, _mm512_setzero_si512,
    _mm512_shrdi_epi64, _mm512_slli_epi64, _mm512_srli_epi64, _mm512_sub_epi64, _mm512_test_epi64_mask,
};

pub(crate) type Lanes = __m512i;

const MASK_52: u64 = (1 << 52) - 1;
const MASK_47: u64 = (1 << 47) - 1;

/// 2^9 * p with every limb close to 2^56: `2^56 - 19 * 2^9`, then four times `2^56 - 2^4`. It is above every limb of a
/// product and so keeps differences positive.
const BIAS: [u64; 5] = [(1 << 56) - 19 * 512, (1 << 56) - 16, (1 << 56) - 16, (1 << 56) - 16, (1 << 56) - 16];

/// A factor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fe(pub(crate) [Lanes; 5]);

/// A product, or a sum of products.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wide([Lanes; 5]);

#[target_feature(enable = "avx512ifma,avx512vbmi2")]
#[inline]
fn splat(value: u64) -> Lanes {
    _mm512_set1_epi64(value.cast_signed())
}

/// The eight lanes as a vector.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
#[inline]
pub(crate) fn from_lanes(lanes: [u64; 8]) -> Lanes {
    let [a, b, c, d, e, f, g, h] = lanes.map(u64::cast_signed);
    _mm512_set_epi64(h, g, f, e, d, c, b, a)
}

/// The vector as eight lanes.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
#[inline]
pub(crate) fn to_lanes(v: Lanes) -> [u64; 8] {
    let (low, high) = (_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64::<1>(v));
    [
        _mm256_extract_epi64::<0>(low),
        _mm256_extract_epi64::<1>(low),
        _mm256_extract_epi64::<2>(low),
        _mm256_extract_epi64::<3>(low),
        _mm256_extract_epi64::<0>(high),
        _mm256_extract_epi64::<1>(high),
        _mm256_extract_epi64::<2>(high),
        _mm256_extract_epi64::<3>(high),
    ]
    .map(i64::cast_unsigned)
}

/// The low 52 bits of `x * y`, added to `z`.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
#[inline]
fn lo(z: Lanes, x: Lanes, y: Lanes) -> Lanes {
    _mm512_madd52lo_epu64(z, x, y)
}

/// The high 52 bits of `x * y`, added to `z`.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
#[inline]
fn hi(z: Lanes, x: Lanes, y: Lanes) -> Lanes {
    _mm512_madd52hi_epu64(z, x, y)
}

#[target_feature(enable = "avx512ifma,avx512vbmi2")]
#[inline]
fn add(x: Lanes, y: Lanes) -> Lanes {
    _mm512_add_epi64(x, y)
}

#[target_feature(enable = "avx512ifma,avx512vbmi2")]
#[inline]
fn shr52(x: Lanes) -> Lanes {
    _mm512_srli_epi64::<52>(x)
}

/// Columns 5 to 9 of a product folded into columns 0 to 4.
///
/// Column k of a product has at most five low halves and four or five high halves, each below 2^52, so it is below
/// 2^55.4. Column 9 is the high half of limb 4 times limb 4 and a carry: `(2^47 + 2^13)^2 / 2^52 + 2^4 < 2^42.1`, so
/// that 608 times it is below 2^52 and has no high half.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
#[inline]
fn fold(low: [Lanes; 5], high: [Lanes; 5]) -> Wide {
    let [z0, z1, z2, z3, z4] = low;
    let [u5, u6, u7, u8, u9] = high;
    let c = splat(608);
    let u6 = add(u6, shr52(u5));
    let z0 = lo(z0, u5, c);
    let z1 = hi(z1, u5, c);
    let u7 = add(u7, shr52(u6));
    let z1 = lo(z1, u6, c);
    let z2 = hi(z2, u6, c);
    let u8 = add(u8, shr52(u7));
    let z2 = lo(z2, u7, c);
    let z3 = hi(z3, u7, c);
    let u9 = add(u9, shr52(u8));
    let z3 = lo(z3, u8, c);
    let z4 = hi(z4, u8, c);
    let z4 = lo(z4, u9, c);
    Wide([z0, z1, z2, z3, z4])
}

impl Fe {
    /// The same small integer in every lane.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn constant(limbs: [u64; 5]) -> Self {
        let [a, b, c, d, e] = limbs;
        Self([splat(a), splat(b), splat(c), splat(d), splat(e)])
    }

    /// From four words a lane, little-endian. The value must be below `2^255 + 2^220`.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn from_words(words: [Lanes; 4]) -> Self {
        let [w0, w1, w2, w3] = words;
        Self([
            w0,
            _mm512_shrdi_epi64::<52>(w0, w1),
            _mm512_shrdi_epi64::<40>(w1, w2),
            _mm512_shrdi_epi64::<28>(w2, w3),
            _mm512_srli_epi64::<16>(w3),
        ])
    }

    /// Four words a lane. The value is below 2^256, but not reduced.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn to_words(self) -> [Lanes; 4] {
        let Wide([a, b, c, d, e]) = self.tight();
        [
            _mm512_or_si512(a, _mm512_slli_epi64::<52>(b)),
            _mm512_or_si512(_mm512_srli_epi64::<12>(b), _mm512_slli_epi64::<40>(c)),
            _mm512_or_si512(_mm512_srli_epi64::<24>(c), _mm512_slli_epi64::<28>(d)),
            _mm512_or_si512(_mm512_srli_epi64::<36>(d), _mm512_slli_epi64::<16>(e)),
        ]
    }

    /// The limbs without what stands above 52 bits: a summand.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn tight(&self) -> Wide {
        let [a, b, c, d, e] = self.0;
        let m = splat(MASK_52);
        Wide([_mm512_and_si512(a, m), _mm512_and_si512(b, m), _mm512_and_si512(c, m), _mm512_and_si512(d, m), e])
    }

    /// The product, plus a multiple of p if it is to be subtracted from.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn mul_wide<const BIASED: bool>(&self, other: &Self) -> Wide {
        let [x0, x1, x2, x3, x4] = self.0;
        let [y0, y1, y2, y3, y4] = other.0;
        let zero = _mm512_setzero_si512();
        let Wide([z0, z1, z2, z3, z4]) = if BIASED { Wide::bias() } else { Wide([zero; 5]) };
        let (u5, u6, u7, u8, u9) = (zero, zero, zero, zero, zero);

        // The columns that the fold waits for come first.
        let u5 = lo(u5, x1, y4);
        let z4 = lo(z4, x0, y4);
        let u6 = lo(u6, x2, y4);
        let u7 = lo(u7, x3, y4);
        let u8 = lo(u8, x4, y4);
        let u9 = hi(u9, x4, y4);
        let z3 = lo(z3, x0, y3);
        let z2 = lo(z2, x0, y2);
        let z1 = lo(z1, x0, y1);
        let z0 = lo(z0, x0, y0);

        let u5 = hi(u5, x0, y4);
        let u6 = hi(u6, x1, y4);
        let u7 = hi(u7, x2, y4);
        let u8 = hi(u8, x3, y4);
        let z4 = hi(z4, x0, y3);
        let z3 = hi(z3, x0, y2);
        let z2 = hi(z2, x0, y1);
        let z1 = hi(z1, x0, y0);

        let u5 = lo(u5, x2, y3);
        let u6 = lo(u6, x3, y3);
        let u7 = lo(u7, x4, y3);
        let u8 = hi(u8, x4, y3);
        let z4 = lo(z4, x1, y3);
        let z3 = lo(z3, x1, y2);
        let z2 = lo(z2, x1, y1);
        let z1 = lo(z1, x1, y0);

        let u5 = hi(u5, x1, y3);
        let u6 = hi(u6, x2, y3);
        let u7 = hi(u7, x3, y3);
        let z4 = hi(z4, x1, y2);
        let z3 = hi(z3, x1, y1);
        let z2 = hi(z2, x1, y0);

        let u5 = lo(u5, x3, y2);
        let u6 = lo(u6, x4, y2);
        let u7 = hi(u7, x4, y2);
        let z4 = lo(z4, x2, y2);
        let z3 = lo(z3, x2, y1);
        let z2 = lo(z2, x2, y0);

        let u5 = hi(u5, x2, y2);
        let u6 = hi(u6, x3, y2);
        let z4 = hi(z4, x2, y1);
        let z3 = hi(z3, x2, y0);

        let u5 = lo(u5, x4, y1);
        let u6 = hi(u6, x4, y1);
        let z4 = lo(z4, x3, y1);
        let z3 = lo(z3, x3, y0);

        let u5 = hi(u5, x3, y1);
        let z4 = hi(z4, x3, y0);

        let u5 = hi(u5, x4, y0);
        let z4 = lo(z4, x4, y0);

        fold([z0, z1, z2, z3, z4], [u5, u6, u7, u8, u9])
    }

    /// The square, plus a multiple of p if it is to be subtracted from.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn square_wide<const BIASED: bool>(&self) -> Wide {
        let [x0, x1, x2, x3, x4] = self.0;
        let zero = _mm512_setzero_si512();
        // Products of different limbs occur twice: their columns are doubled, and with them half of the bias.
        let (z0, z1, z2, z3, z4) = if BIASED {
            let [b0, b1, b2, b3, b4] = BIAS;
            (splat(b0), splat(b1 / 2), splat(b2 / 2), splat(b3 / 2), splat(b4 / 2))
        } else {
            (zero, zero, zero, zero, zero)
        };
        let (u5, u6, u7, u8) = (zero, zero, zero, zero);

        let u5 = lo(u5, x1, x4);
        let u6 = lo(u6, x2, x4);
        let u7 = lo(u7, x3, x4);
        let u8 = hi(u8, x3, x4);
        let z4 = lo(z4, x0, x4);
        let z3 = lo(z3, x0, x3);
        let z2 = lo(z2, x0, x2);
        let z1 = lo(z1, x0, x1);

        let u5 = hi(u5, x0, x4);
        let u6 = hi(u6, x1, x4);
        let u7 = hi(u7, x2, x4);
        let z4 = hi(z4, x0, x3);
        let z3 = hi(z3, x0, x2);
        let z2 = hi(z2, x0, x1);

        let u5 = lo(u5, x2, x3);
        let u6 = hi(u6, x2, x3);
        let z4 = lo(z4, x1, x3);
        let z3 = lo(z3, x1, x2);
        let u5 = hi(u5, x1, x3);
        let z4 = hi(z4, x1, x2);

        let (u5, u6, u7, u8) = (add(u5, u5), add(u6, u6), add(u7, u7), add(u8, u8));
        let (z1, z2, z3, z4) = (add(z1, z1), add(z2, z2), add(z3, z3), add(z4, z4));

        let u5 = hi(u5, x2, x2);
        let u6 = lo(u6, x3, x3);
        let u7 = hi(u7, x3, x3);
        let u8 = lo(u8, x4, x4);
        let u9 = hi(zero, x4, x4);
        let z0 = lo(z0, x0, x0);
        let z1 = hi(z1, x0, x0);
        let z2 = lo(z2, x1, x1);
        let z3 = hi(z3, x1, x1);
        let z4 = lo(z4, x2, x2);

        fold([z0, z1, z2, z3, z4], [u5, u6, u7, u8, u9])
    }

    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn mul(&self, other: &Self) -> Self {
        self.mul_wide::<false>(other).carry()
    }

    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn square(&self) -> Self {
        self.square_wide::<false>().carry()
    }

    /// `-self` in the lanes of `mask`.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn negate_where(&self, mask: u8) -> Self {
        let negative = Wide::bias().minus(&self.tight()).carry();
        self.or_where(mask, &negative)
    }

    /// In each lane what the next one has; in the last lane what the first has.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    pub(crate) fn next_lane(&self) -> Self {
        let [a, b, c, d, e] = self.0;
        Self([
            _mm512_alignr_epi64::<1>(a, a),
            _mm512_alignr_epi64::<1>(b, b),
            _mm512_alignr_epi64::<1>(c, c),
            _mm512_alignr_epi64::<1>(d, d),
            _mm512_alignr_epi64::<1>(e, e),
        ])
    }

    /// `other` in the lanes of `mask`, `self` elsewhere.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn or_where(&self, mask: u8, other: &Self) -> Self {
        let [a, b, c, d, e] = self.0;
        let [f, g, h, i, j] = other.0;
        Self([
            _mm512_mask_blend_epi64(mask, a, f),
            _mm512_mask_blend_epi64(mask, b, g),
            _mm512_mask_blend_epi64(mask, c, h),
            _mm512_mask_blend_epi64(mask, d, i),
            _mm512_mask_blend_epi64(mask, e, j),
        ])
    }

    /// The limbs of the one representative below p. The value must be below 2p, which every [`Fe`] is: the form's bound is
    /// `2^255 + 2^221`.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn canonical(&self) -> Self {
        let m = splat(MASK_52);
        let Wide([a, b, c, d, e]) = self.tight();
        // The quotient by p, 0 or 1: whether adding 19 reaches 2^255.
        let q = add(a, splat(19));
        let q = add(b, shr52(q));
        let q = add(c, shr52(q));
        let q = add(d, shr52(q));
        let q = add(e, shr52(q));
        let q = _mm512_srli_epi64::<47>(q);
        let a = lo(a, q, splat(19));
        let b = add(b, shr52(a));
        let c = add(c, shr52(b));
        let d = add(d, shr52(c));
        let e = add(e, shr52(d));
        Self([
            _mm512_and_si512(a, m),
            _mm512_and_si512(b, m),
            _mm512_and_si512(c, m),
            _mm512_and_si512(d, m),
            _mm512_and_si512(e, splat(MASK_47)),
        ])
    }

    /// The lanes with an odd representative.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn negative(&self) -> u8 {
        let Self([a, ..]) = self.canonical();
        _mm512_test_epi64_mask(a, splat(1))
    }

    /// The lanes where a [canonical](Self::canonical) value is that constant.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn is(&self, limbs: [u64; 5]) -> u8 {
        let [a, b, c, d, e] = self.0;
        let [f, g, h, i, j] = limbs;
        _mm512_cmpeq_epi64_mask(a, splat(f))
            & _mm512_cmpeq_epi64_mask(b, splat(g))
            & _mm512_cmpeq_epi64_mask(c, splat(h))
            & _mm512_cmpeq_epi64_mask(d, splat(i))
            & _mm512_cmpeq_epi64_mask(e, splat(j))
    }
}

impl Wide {
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    fn bias() -> Self {
        Self(Fe::constant(BIAS).0)
    }

    /// A multiple of p more, so that something below it can be subtracted.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn biased(&self) -> Self {
        self.plus(&Self::bias())
    }

    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn plus(&self, other: &Self) -> Self {
        let [a, b, c, d, e] = self.0;
        let [f, g, h, i, j] = other.0;
        Self([add(a, f), add(b, g), add(c, h), add(d, i), add(e, j)])
    }

    /// No limb of `other` may be above that of `self`.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn minus(&self, other: &Self) -> Self {
        let [a, b, c, d, e] = self.0;
        let [f, g, h, i, j] = other.0;
        Self([
            _mm512_sub_epi64(a, f),
            _mm512_sub_epi64(b, g),
            _mm512_sub_epi64(c, h),
            _mm512_sub_epi64(d, i),
            _mm512_sub_epi64(e, j),
        ])
    }

    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn doubled(&self) -> Self {
        self.plus(self)
    }

    /// Carries, and folds what is above 2^255.
    ///
    /// With limbs below 2^60: what is above bit 47 of limb 4 is below 2^13, limb 0 grows by less than 2^18, each carry
    /// is at most 2^8, and limb 4 ends below `2^47 + 2^9`.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn carry(&self) -> Fe {
        let [a, b, c, d, e] = self.0;
        #[cfg(debug_assertions)]
        for limb in self.0 {
            debug_assert_eq!(_mm512_test_epi64_mask(limb, splat(u64::MAX << 60)), 0, "a limb is 2^60 or more");
        }
        let a = lo(a, _mm512_srli_epi64::<47>(e), splat(19));
        let e = _mm512_and_si512(e, splat(MASK_47));
        let b = add(b, shr52(a));
        let c = add(c, shr52(b));
        let d = add(d, shr52(c));
        let e = add(e, shr52(d));
        Fe([a, b, c, d, e])
    }
}
