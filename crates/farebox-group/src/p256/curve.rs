//! The parameters of P-256 (SP 800-186) and of its hash (RFC 9380, Section 8.2).

use super::field::Fe;
use crate::weierstrass::Curve;
use crate::weierstrass::sswu::Sswu;

#[derive(Clone, Copy, Debug)]
pub(crate) struct P256Curve;

impl Curve for P256Curve {
    type Field = Fe;
    const B: Fe = Fe::new([0x3bce_3c3e_27d2_604b, 0x651d_06b0_cc53_b0f6, 0xb3eb_bd55_7698_86bc, 0x5ac6_35d8_aa3a_93e7]);
    const GENERATOR: (Fe, Fe) = (
        Fe::new([0xf4a1_3945_d898_c296, 0x7703_7d81_2deb_33a0, 0xf8bc_e6e5_63a4_40f2, 0x6b17_d1f2_e12c_4247]),
        Fe::new([0xcbb6_4068_37bf_51f5, 0x2bce_3357_6b31_5ece, 0x8ee7_eb4a_7c0f_9e16, 0x4fe3_42e2_fe1a_7f9b]),
    );
}

impl Sswu for P256Curve {
    /// -10
    const Z: Fe = Fe::new([0xffff_ffff_ffff_fff5, 0x0000_0000_ffff_ffff, 0, 0xffff_ffff_0000_0001]);
    const SQRT_MINUS_Z: Fe =
        Fe::new([0x2ccd_3427_e433_c47f, 0x7b8d_1ff8_4c55_d5b6, 0xc978_fc67_5180_aab2, 0xda53_8e3b_e1d8_9b99]);
}
