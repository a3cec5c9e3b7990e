//! Field and point arithmetic at the edges of what the forms allow, and the bounds themselves.

use alloc::vec::Vec;
use std::println;

use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};

use super::field::{Fe, from_lanes, to_lanes};
use super::point::Extended;
use super::ristretto;
use crate::Kernel;

pub(crate) type Test = unsafe fn();

fn run(test: Test) {
    match Kernel::detect() {
        Some(kernel) => kernel.test(test),
        None => println!("skipped: this processor has no AVX-512 IFMA"),
    }
}

/// Integers modulo p for comparison: slow, four words, no tricks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slow([u64; 4]);

const P: [u64; 4] = [u64::MAX - 18, u64::MAX, u64::MAX, u64::MAX >> 1];

impl Slow {
    /// Of limbs of 52 bits, which may be as large as 64 bits.
    fn new(limbs: [u64; 5]) -> Self {
        let two_52 = Self([1 << 52, 0, 0, 0]);
        limbs.iter().rev().fold(Self([0; 4]), |sum, limb| sum.mul(two_52).add(Self([*limb, 0, 0, 0])))
    }

    fn add(self, other: Self) -> Self {
        let mut carry = 0u128;
        let sum = core::array::from_fn(|i| {
            carry += u128::from(self.0[i]) + u128::from(other.0[i]);
            let word = carry as u64;
            carry >>= 64;
            word
        });
        assert_eq!(carry, 0);
        Self(sum).reduced()
    }

    fn reduced(self) -> Self {
        let mut value = self.0;
        while value.iter().rev().ge(P.iter().rev()) {
            let mut borrow = false;
            for (word, p) in value.iter_mut().zip(P) {
                let (a, first) = word.overflowing_sub(p);
                let (b, second) = a.overflowing_sub(u64::from(borrow));
                (*word, borrow) = (b, first | second);
            }
        }
        Self(value)
    }

    fn mul(self, other: Self) -> Self {
        (0..256).rev().fold(Self([0; 4]), |sum, bit| {
            let sum = sum.add(sum);
            if other.0[bit / 64] >> (bit % 64) & 1 == 1 { sum.add(self.reduced()) } else { sum }
        })
    }

    fn neg(self) -> Self {
        // (p - 1) * self
        Self([P[0] - 1, P[1], P[2], P[3]]).mul(self)
    }
}

/// Limbs as an [`Fe`] may have them: some at the upper end, some random; limbs 0 to 3 possibly with rubbish above.
fn factor(rng: &mut StdRng) -> [[u64; 8]; 5] {
    let mut limb = |max: u64| -> [u64; 8] {
        core::array::from_fn(|_| match rng.random_range(0..4u8) {
            0 => max,
            1 => 0,
            _ => rng.random_range(0..=max),
        })
    };
    let low = (1 << 52) - 1;
    [limb(low), limb(low), limb(low), limb(low), limb((1 << 47) + (1 << 13))]
}

fn lane(limbs: &[[u64; 8]; 5], lane: usize) -> Slow {
    Slow::new(limbs.map(|limb| limb[lane]))
}

#[target_feature(enable = "avx512ifma,avx512vbmi2")]
fn load(limbs: &[[u64; 8]; 5]) -> Fe {
    let [a, b, c, d, e] = *limbs;
    Fe([from_lanes(a), from_lanes(b), from_lanes(c), from_lanes(d), from_lanes(e)])
}

#[target_feature(enable = "avx512ifma,avx512vbmi2")]
fn store(value: &Fe) -> [[u64; 8]; 5] {
    let [a, b, c, d, e] = value.0;
    [to_lanes(a), to_lanes(b), to_lanes(c), to_lanes(d), to_lanes(e)]
}

/// Checks an [`Fe`], its canonical form and its words against the expected integer.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
fn expect(got: &Fe, expected: impl Fn(usize) -> Slow) {
    let mut exact = store(got);
    for limb in exact.iter_mut().take(4).flatten() {
        *limb &= (1 << 52) - 1;
    }
    let canonical = store(&got.canonical());
    let [a, b, c, d] = got.canonical().to_words();
    let words = [to_lanes(a), to_lanes(b), to_lanes(c), to_lanes(d)];
    let [a, b, c, d] = got.to_words();
    let again = store(&Fe::from_words([a, b, c, d]).canonical());
    for i in 0..8 {
        assert!(exact[4][i] <= (1 << 47) + (1 << 13), "limb 4 of a factor");
        let expected = expected(i);
        assert_eq!(lane(&exact, i), expected);
        assert_eq!(words.map(|word| word[i]), expected.0, "canonical");
        assert_eq!(canonical.map(|limb| limb[i]), again.map(|limb| limb[i]));
        assert_eq!(got.negative() >> i & 1, (expected.0[0] & 1) as u8);
    }
}

#[target_feature(enable = "avx512ifma,avx512vbmi2")]
fn field() {
    let rng = &mut StdRng::seed_from_u64(1);
    for _ in 0..100 {
        let (a, b, mask) = (factor(rng), factor(rng), rng.random::<u8>());
        // Rubbish above 52 bits changes nothing.
        let mut rubbish = a;
        for limb in rubbish.iter_mut().take(4).flatten() {
            *limb |= u64::from(rng.next_u32()) << 52;
        }
        let (x, y) = (load(&rubbish), load(&b));
        expect(&x.mul(&y), |i| lane(&a, i).mul(lane(&b, i)));
        expect(&x.square(), |i| lane(&a, i).mul(lane(&a, i)));
        expect(&x.tight().plus(&y.tight()).carry(), |i| lane(&a, i).add(lane(&b, i)));
        expect(&y.tight().biased().minus(&x.tight()).carry(), |i| lane(&b, i).add(lane(&a, i).neg()));
        // The longest sums of products that the point formulas form.
        let (p, q) = (x.square_wide::<true>(), y.square_wide::<true>());
        let g = p.minus(&x.mul_wide::<false>(&y));
        expect(&q.doubled().minus(&g).carry(), |i| {
            let (a, b) = (lane(&a, i), lane(&b, i));
            b.mul(b).add(b.mul(b)).add(a.mul(b)).add(a.mul(a).neg())
        });
        expect(&x.mul_wide::<true>(&x).plus(&y.mul_wide::<true>(&y)).carry(), |i| {
            let (a, b) = (lane(&a, i), lane(&b, i));
            a.mul(a).add(b.mul(b))
        });
        expect(&x.negate_where(mask), |i| if mask >> i & 1 == 1 { lane(&a, i).neg() } else { lane(&a, i) });
        expect(&x.or_where(mask, &y), |i| if mask >> i & 1 == 1 { lane(&b, i) } else { lane(&a, i) });
        expect(&ristretto::invert(&x).mul(&x), |i| {
            if lane(&a, i) == Slow([0; 4]) { Slow([0; 4]) } else { Slow([1, 0, 0, 0]) }
        });
    }
}

#[test]
fn field_agrees_with_big_integers() {
    run(field);
}

/// Values around p and 2^255 in every lane.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
fn canonical() {
    let mut all = Vec::new();
    for offset in 0..40 {
        // p - 20 to p + 19, as far as it fits the lowest limb; then small ones and the largest allowed.
        all.push([(1 << 52) - 39 + offset, (1 << 52) - 1, (1 << 52) - 1, (1 << 52) - 1, (1 << 47) - 1]);
        all.push([offset, 0, 0, 0, 0]);
        all.push([offset, 0, 0, 0, 1 << 47]);
        all.push([(1 << 52) - 1, (1 << 52) - 1, (1 << 52) - 1, (1 << 52) - 1, (1 << 47) + offset]);
        all.push([(1 << 52) - 1, (1 << 52) - 1, (1 << 52) - 1, (1 << 52) - 1, (1 << 47) + (1 << 13) - offset]);
    }
    for limbs in all {
        let [a, b, c, d, e] = limbs.map(|limb: u64| limb.min((1 << 52) - 1));
        let limbs = [a, b, c, d, limbs[4].max(e)].map(|limb| [limb; 8]);
        expect(&load(&limbs), |i| lane(&limbs, i));
    }
}

#[test]
fn canonical_form_around_p() {
    run(canonical);
}

/// The largest column sums, as the comments of `field` claim them.
#[test]
fn bounds() {
    let limb = |i: usize| if i < 4 { (1u128 << 52) - 1 } else { (1 << 47) + (1 << 13) };
    let mut columns = [0u128; 10];
    for i in 0..5 {
        for j in 0..5 {
            // A low half is below 2^52, and below the product; a high half is the product's.
            columns[i + j] += (limb(i) * limb(j)).min((1 << 52) - 1);
            columns[i + j + 1] += (limb(i) * limb(j)) >> 52;
        }
    }
    for k in 6..10 {
        columns[k] += columns[k - 1] >> 52;
    }
    // The high half of 608 times column 9 is dropped, so there must be none.
    assert!(608 * columns[9] < 1 << 52);
    let mut product = [0u128; 5];
    for k in 0..5 {
        let low = ((1u128 << 52) - 1).min(608 * columns[k + 5]);
        let high = if k == 0 { 0 } else { (608 * ((1u128 << 52) - 1)) >> 52 };
        product[k] = columns[k] + low + high;
        // 2^55.4 > 47.4 * 10^15
        assert!(product[k] < 47_400_000_000_000_000, "column {k}");
    }
    // The bias is above all of them, and F of a doubling is the largest sum.
    let bias = [(1u128 << 56) - 19 * 512, (1 << 56) - 16, (1 << 56) - 16, (1 << 56) - 16, (1 << 56) - 16];
    for k in 0..5 {
        assert!(product[k] < bias[k]);
        // G = Y^2 + bias - X^2 is below twice (Z^2 + bias) in every limb.
        assert!(product[k] + bias[k] < 2 * bias[k]);
        assert!(2 * (product[k] + bias[k]) + product[k] < 1 << 60);
    }
    // The bias is a multiple of p: its value modulo p is 0.
    assert_eq!(Slow::new(bias.map(|limb| limb as u64)), Slow([0; 4]));
    // Carrying limbs below 2^60.
    let first = ((1u128 << 60) + 19 * (1 << 13)) >> 52;
    let mut carry = first;
    for _ in 1..4 {
        carry = ((1u128 << 60) + carry) >> 52;
    }
    assert!((1 << 47) - 1 + carry <= (1 << 47) + (1 << 9));
}

fn decoded(points: &[RistrettoPoint; 8]) -> [[u64; 8]; 4] {
    let bytes = points.map(|point| point.compress().0);
    core::array::from_fn(|word| {
        bytes.map(|bytes| u64::from_le_bytes(bytes[8 * word..8 * word + 8].try_into().unwrap()))
    })
}

#[target_feature(enable = "avx512ifma,avx512vbmi2")]
fn same(point: &Extended, expected: &[RistrettoPoint; 8]) {
    assert_eq!(ristretto::encode(&[*point]), [decoded(expected)]);
}

/// Random points, the identity, equal and opposite pairs.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
fn points() {
    let rng = &mut StdRng::seed_from_u64(2);
    let mut random = || RistrettoPoint::mul_base(&Scalar::from(rng.next_u64()));
    for _ in 0..20 {
        let mut p: [RistrettoPoint; 8] = core::array::from_fn(|_| random());
        let mut q: [RistrettoPoint; 8] = core::array::from_fn(|_| random());
        p[1] = RistrettoPoint::default();
        q[2] = RistrettoPoint::default();
        (p[3], q[3]) = (RistrettoPoint::default(), RistrettoPoint::default());
        q[4] = p[4];
        q[5] = -p[5];
        let ([a, b], valid) = ristretto::decode(&[decoded(&p), decoded(&q)]);
        assert_eq!(valid, [0xff; 2]);
        same(&a, &p);
        let sum: [_; 8] = core::array::from_fn(|i| p[i] + q[i]);
        let double = p.map(|p| p + p);
        same(&a.add(&b.cached()).extended(), &sum);
        same(&a.add_affine(&b.affine(&b.z)).extended(), &sum);
        same(&a.projective().double().extended(), &double);
        let twice = a.projective().double().projective().double().extended();
        same(&twice, &double.map(|double| double + double));
        let z = twice.z;
        same(
            &a.add_affine(&twice.affine(&ristretto::invert(&z))).extended(),
            &core::array::from_fn(|i| p[i] + double[i] + double[i]),
        );
    }
}

#[test]
fn points_agree() {
    run(points);
}

/// The decoder's flags, lane by lane: an encoding that is none spoils only its own lane.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
fn flags() {
    let good = CompressedRistretto::default();
    let mut words = decoded(&[good.decompress().unwrap(); 8]);
    // s = p - 1 makes y zero, s = 2 gives no square or a negative product: ask curve25519-dalek.
    for (lane, s) in [(1, [P[0] - 1, P[1], P[2], P[3]]), (3, [2, 0, 0, 0]), (4, [4, 0, 0, 0]), (6, [6, 0, 0, 0])] {
        for (word, value) in words.iter_mut().zip(s) {
            word[lane] = value;
        }
    }
    let mut expected = 0u8;
    for lane in 0..8 {
        let mut bytes = [0; 32];
        for (bytes, word) in bytes.chunks_exact_mut(8).zip(&words) {
            bytes.copy_from_slice(&word[lane].to_le_bytes());
        }
        expected |= u8::from(CompressedRistretto(bytes).decompress().is_some()) << lane;
    }
    let (_, valid) = ristretto::decode(&[words]);
    assert_eq!(valid, [expected]);
}

#[test]
fn decoding_flags() {
    run(flags);
}
