//! Decoding and encoding of ristretto255 (RFC 9496, Section 4.3), eight at a time.

use super::field::{Fe, from_lanes, to_lanes};
use super::point::Extended;

const ONE: [u64; 5] = [1, 0, 0, 0, 0];
/// p - 1.
const MINUS_ONE: [u64; 5] = [(1 << 52) - 20, (1 << 52) - 1, (1 << 52) - 1, (1 << 52) - 1, (1 << 47) - 1];
/// -d.
const MINUS_D: [u64; 5] =
    [0x0004_b235_eca6_874a, 0x000b_2beb_e275_48a1, 0x0008_8617_67ff_8ff5, 0x0000_18c7_338b_f868, 0x0000_2dfc_9311_d490];
/// SQRT_M1: the even root of -1.
const SQRT_M1: [u64; 5] =
    [0x000e_1b27_4a0e_a0b0, 0x0000_6ad2_fe47_8c4e, 0x000d_fbd7_a72f_4318, 0x000d_f0b2_b4d0_0993, 0x0000_2b83_2480_4fc1];
/// -SQRT_M1.
const MINUS_SQRT_M1: [u64; 5] =
    [0x0001_e4d8_b5f1_5f3d, 0x000f_952d_01b8_73b1, 0x0002_0428_58d0_bce7, 0x0002_0f4d_4b2f_f66c, 0x0000_547c_db7f_b03e];
/// INVSQRT_A_MINUS_D: 1 / sqrt(-1 - d).
const INVSQRT_A_MINUS_D: [u64; 5] =
    [0x0008_fdaa_805d_40ea, 0x0001_75a4_172b_e99c, 0x000e_01d8_409d_2f16, 0x000f_ca21_6c27_b91f, 0x0000_786c_8905_cfaf];

/// `x^((p - 5) / 8) = x^(2^252 - 3)`.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
#[inline]
fn pow_p58<const N: usize>(x: &[Fe; N]) -> [Fe; N] {
    let x2 = squared(x, 1);
    let x9 = product(x, &squared(&x2, 2));
    let x11 = product(&x9, &x2);
    // Names give the number of ones in the exponent.
    let e5 = product(&squared(&x11, 1), &x9);
    let e10 = product(&squared(&e5, 5), &e5);
    let e20 = product(&squared(&e10, 10), &e10);
    let e40 = product(&squared(&e20, 20), &e20);
    let e50 = product(&squared(&e40, 10), &e10);
    let e100 = product(&squared(&e50, 50), &e50);
    let e200 = product(&squared(&e100, 100), &e100);
    let e250 = product(&squared(&e200, 50), &e50);
    product(&squared(&e250, 2), x)
}

/// `1/x` for a single value: `x^(p - 2) = (x^((p - 5) / 8))^8 * x^3`.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
pub(crate) fn invert(x: &Fe) -> Fe {
    let [power] = squared(&pow_p58(&[*x]), 3);
    power.mul(&x.square()).mul(x)
}

#[target_feature(enable = "avx512ifma,avx512vbmi2")]
#[inline]
fn squared<const N: usize>(x: &[Fe; N], times: usize) -> [Fe; N] {
    let mut x = *x;
    for _ in 0..times {
        for value in &mut x {
            *value = value.square();
        }
    }
    x
}

#[target_feature(enable = "avx512ifma,avx512vbmi2")]
#[inline]
fn product<const N: usize>(x: &[Fe; N], y: &[Fe; N]) -> [Fe; N] {
    let mut product = *x;
    for (x, y) in product.iter_mut().zip(y) {
        *x = x.mul(y);
    }
    product
}

/// `1/sqrt(x)` of either sign, and the lanes where x is a square other than 0.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
#[inline]
fn invsqrt<const N: usize>(x: &[Fe; N]) -> ([Fe; N], [u8; N]) {
    let x3 = product(&squared(x, 1), x);
    let x7 = product(&squared(&x3, 1), x);
    let mut r = product(&pow_p58(&x7), &x3);
    let check = product(&squared(&r, 1), x);
    let mut squares = [0; N];
    for ((r, check), square) in r.iter_mut().zip(&check).zip(&mut squares) {
        let check = check.canonical();
        let flipped = check.is(MINUS_ONE);
        *square = flipped | check.is(ONE);
        *r = r.or_where(flipped | check.is(MINUS_SQRT_M1), &r.mul(&Fe::constant(SQRT_M1)));
    }
    (r, squares)
}

/// Decodes eight encodings in each item: little-endian words of integers below p, and even (what the caller has checked).
/// Also the lanes that are encodings.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
pub(crate) fn decode<const N: usize>(words: &[[[u64; 8]; 4]; N]) -> ([Extended; N], [u8; N]) {
    let zero = Extended::neutral();
    let one = zero.z;
    let (mut s, mut u1, mut u2, mut u2_sqr, mut v) = ([zero.x; N], [zero.x; N], [zero.x; N], [zero.x; N], [zero.x; N]);
    let items = s.iter_mut().zip(&mut u1).zip(&mut u2).zip(&mut u2_sqr).zip(&mut v);
    for (((((s, u1), u2), u2_sqr), v), words) in items.zip(words) {
        let [a, b, c, d] = *words;
        *s = Fe::from_words([from_lanes(a), from_lanes(b), from_lanes(c), from_lanes(d)]);
        let ss = s.square().tight();
        // u1 = 1 - s^2, u2 = 1 + s^2, v = -(d u1^2) - u2^2
        *u1 = one.tight().biased().minus(&ss).carry();
        *u2 = one.tight().plus(&ss).carry();
        *u2_sqr = u2.square();
        *v = Fe::constant(MINUS_D).mul_wide::<true>(&u1.square()).minus(&u2_sqr.tight()).carry();
    }
    let (invsqrt, mut valid) = invsqrt(&product(&v, &u2_sqr));

    let mut points = [zero; N];
    let items = points.iter_mut().zip(&mut valid).zip(&invsqrt).zip(s.iter().zip(&u1).zip(u2.iter().zip(&v)));
    for (((point, valid), i), ((s, u1), (u2, v))) in items {
        let den_x = i.mul(u2);
        let den_y = i.mul(&den_x).mul(v);
        // x = |2 s den_x|, y = u1 den_y, t = x y
        let x = s.tight().doubled().carry().mul(&den_x);
        let x = x.negate_where(x.negative());
        let y = u1.mul(&den_y);
        let t = x.mul(&y);
        *valid &= !(t.negative() | y.canonical().is([0; 5]));
        *point = Extended { x, y, z: one, t };
    }
    (points, valid)
}

/// The encodings of eight points in each item, as little-endian words.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
pub(crate) fn encode<const N: usize>(points: &[Extended; N]) -> [[[u64; 8]; 4]; N] {
    let zero = Extended::neutral().x;
    let (mut u1, mut u2, mut v) = ([zero; N], [zero; N], [zero; N]);
    for (((u1, u2), v), point) in u1.iter_mut().zip(&mut u2).zip(&mut v).zip(points) {
        // u1 = (Z + Y)(Z - Y), u2 = X Y
        let (y, z) = (point.y.tight(), point.z.tight());
        *u1 = z.plus(&y).carry().mul(&z.biased().minus(&y).carry());
        *u2 = point.x.mul(&point.y);
        *v = u1.mul(&u2.square());
    }
    let (invsqrt, _) = invsqrt(&v);

    let mut words = [[[0; 8]; 4]; N];
    for ((words, point), ((u1, u2), i)) in words.iter_mut().zip(points).zip(u1.iter().zip(&u2).zip(&invsqrt)) {
        let Extended { x, y, z, t } = point;
        let (den1, den2) = (i.mul(u1), i.mul(u2));
        let z_inv = den1.mul(&den2).mul(t);
        // Another point of the coset where T z_inv is negative.
        let rotate = t.mul(&z_inv).negative();
        let root = Fe::constant(SQRT_M1);
        let (ix, iy) = (x.mul(&root), y.mul(&root));
        let (x, y) = (x.or_where(rotate, &iy), y.or_where(rotate, &ix));
        let den = den2.or_where(rotate, &den1.mul(&Fe::constant(INVSQRT_A_MINUS_D)));
        let y = y.negate_where(x.mul(&z_inv).negative());
        let s = z.tight().biased().minus(&y.tight()).carry().mul(&den);
        let s = s.negate_where(s.negative()).canonical();
        let [a, b, c, d] = s.to_words();
        *words = [to_lanes(a), to_lanes(b), to_lanes(c), to_lanes(d)];
    }
    words
}
