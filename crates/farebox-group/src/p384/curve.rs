//! The parameters of P-384 (SP 800-186) and of its hash (RFC 9380, Section 8.3).

use super::field::Fe;
use crate::weierstrass::Curve;
use crate::weierstrass::sswu::Sswu;

#[derive(Clone, Copy, Debug)]
pub(crate) struct P384Curve;

impl Curve for P384Curve {
    type Field = Fe;
    const B: Fe = Fe::new([
        0x2a85_c8ed_d3ec_2aef,
        0xc656_398d_8a2e_d19d,
        0x0314_088f_5013_875a,
        0x181d_9c6e_fe81_4112,
        0x988e_056b_e3f8_2d19,
        0xb331_2fa7_e23e_e7e4,
    ]);
    const GENERATOR: (Fe, Fe) = (
        Fe::new([
            0x3a54_5e38_7276_0ab7,
            0x5502_f25d_bf55_296c,
            0x59f7_41e0_8254_2a38,
            0x6e1d_3b62_8ba7_9b98,
            0x8eb1_c71e_f320_ad74,
            0xaa87_ca22_be8b_0537,
        ]),
        Fe::new([
            0x7a43_1d7c_90ea_0e5f,
            0x0a60_b1ce_1d7e_819d,
            0xe9da_3113_b5f0_b8c0,
            0xf8f4_1dbd_289a_147c,
            0x5d9e_98bf_9292_dc29,
            0x3617_de4a_9626_2c6f,
        ]),
    );
}

impl Sswu for P384Curve {
    /// -12
    const Z: Fe =
        Fe::new([0x0000_0000_ffff_fff3, 0xffff_ffff_0000_0000, 0xffff_ffff_ffff_fffe, u64::MAX, u64::MAX, u64::MAX]);
    const SQRT_MINUS_Z: Fe = Fe::new([
        0x14e2_ec69_f5a6_26b3,
        0x3c0d_e1f8_a80f_7e19,
        0x1f87_2fcb_9ccb_80c5,
        0x7f98_e383_d68b_5387,
        0x71f0_500e_83da_2fdd,
        0x2acc_b4a6_56b0_249c,
    ]);
}
