//! Points of the twisted Edwards curve `-x^2 + y^2 = 1 + d x^2 y^2`, one in each lane.
//!
//! The formulas are those of Hisil, Wong, Carter and Dawson (2008). They are complete on this curve: no pair of points is an
//! exception, equal, opposite and neutral ones included.

use super::field::Fe;

/// 2d.
const D2: [u64; 5] =
    [0x0006_9b94_26b2_f159, 0x0009_a828_3b15_6ebd, 0x000e_f3d1_3000_e014, 0x000f_ce71_98e8_0f2e, 0x0000_2406_d9dc_56df];

const ZERO: [u64; 5] = [0; 5];
const ONE: [u64; 5] = [1, 0, 0, 0, 0];

/// `x = X/Z, y = Y/Z`: what a doubling reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Projective {
    pub(crate) x: Fe,
    pub(crate) y: Fe,
    pub(crate) z: Fe,
}

/// `x = X/Z, y = Y/Z, xy = T/Z`: what an addition reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extended {
    pub(crate) x: Fe,
    pub(crate) y: Fe,
    pub(crate) z: Fe,
    pub(crate) t: Fe,
}

/// `x = E/G, y = H/F`: what a doubling or an addition gives, before the products that tell the two forms apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Completed {
    e: Fe,
    f: Fe,
    g: Fe,
    h: Fe,
}

/// A summand with Z = 1: `y + x`, `y - x`, `2d xy`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Affine {
    pub(crate) plus: Fe,
    pub(crate) minus: Fe,
    pub(crate) t2d: Fe,
}

/// A summand: `Y + X`, `Y - X`, `2d T`, `2Z`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cached {
    pub(crate) affine: Affine,
    pub(crate) z2: Fe,
}

impl Completed {
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn projective(&self) -> Projective {
        Projective { x: self.e.mul(&self.f), y: self.g.mul(&self.h), z: self.f.mul(&self.g) }
    }

    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn extended(&self) -> Extended {
        Extended { x: self.e.mul(&self.f), y: self.g.mul(&self.h), z: self.f.mul(&self.g), t: self.e.mul(&self.h) }
    }
}

impl Projective {
    /// Three squarings and one product:
    /// `E = 2XY, G = Y^2 - X^2, F = 2Z^2 - G, H = Y^2 + X^2`.
    ///
    /// Products are below 2^55.4, the bias is below 2^56. So `G, H < 2^56.8`, which is below twice the biased square of Z,
    /// and `F < 2^58`.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn double(&self) -> Completed {
        let xx = self.x.square_wide::<false>();
        let yy = self.y.square_wide::<true>();
        let zz = self.z.square_wide::<true>();
        let xy = self.x.mul_wide::<false>(&self.y);
        let g = yy.minus(&xx);
        let h = yy.plus(&xx);
        let f = zz.doubled().minus(&g);
        Completed { e: xy.doubled().carry(), f: f.carry(), g: g.carry(), h: h.carry() }
    }
}

impl Extended {
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn neutral() -> Self {
        let (zero, one) = (Fe::constant(ZERO), Fe::constant(ONE));
        Self { x: zero, y: one, z: one, t: zero }
    }

    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn projective(&self) -> Projective {
        Projective { x: self.x, y: self.y, z: self.z }
    }

    /// `A = (Y1 - X1)(Y2 - X2), B = (Y1 + X1)(Y2 + X2), C = 2d T1 T2, D = 2 Z1 Z2`, then
    /// `E = B - A, F = D - C, G = D + C, H = B + A`.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn add(&self, other: &Cached) -> Completed {
        let d = self.z.mul_wide::<true>(&other.z2);
        self.add_with(&other.affine, &d)
    }

    /// The same with `Z2 = 1`.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn add_affine(&self, other: &Affine) -> Completed {
        let d = self.z.tight().doubled().biased();
        self.add_with(other, &d)
    }

    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    fn add_with(&self, other: &Affine, d: &super::field::Wide) -> Completed {
        let (x, y) = (self.x.tight(), self.y.tight());
        let a = y.biased().minus(&x).carry().mul_wide::<false>(&other.minus);
        let b = y.plus(&x).carry().mul_wide::<true>(&other.plus);
        let c = self.t.mul_wide::<false>(&other.t2d);
        Completed { e: b.minus(&a).carry(), f: d.minus(&c).carry(), g: d.plus(&c).carry(), h: b.plus(&a).carry() }
    }

    /// `other` in the lanes of `mask`, `self` elsewhere.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    pub(crate) fn or_where(&self, mask: u8, other: &Self) -> Self {
        Self {
            x: self.x.or_where(mask, &other.x),
            y: self.y.or_where(mask, &other.y),
            z: self.z.or_where(mask, &other.z),
            t: self.t.or_where(mask, &other.t),
        }
    }

    /// In each lane what the next one has; in the last lane what the first has.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    pub(crate) fn next_lane(&self) -> Self {
        Self { x: self.x.next_lane(), y: self.y.next_lane(), z: self.z.next_lane(), t: self.t.next_lane() }
    }

    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn cached(&self) -> Cached {
        let affine = affine(&self.x, &self.y, &self.t);
        Cached { affine, z2: self.z.tight().doubled().carry() }
    }

    /// With `1/Z`.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    #[inline]
    pub(crate) fn affine(&self, z_inverse: &Fe) -> Affine {
        let (x, y) = (self.x.mul(z_inverse), self.y.mul(z_inverse));
        affine(&x, &y, &x.mul(&y))
    }
}

#[target_feature(enable = "avx512ifma,avx512vbmi2")]
#[inline]
fn affine(x: &Fe, y: &Fe, t: &Fe) -> Affine {
    let t2d = t.mul(&Fe::constant(D2));
    let (x, y) = (x.tight(), y.tight());
    Affine { plus: y.plus(&x).carry(), minus: y.biased().minus(&x).carry(), t2d }
}
