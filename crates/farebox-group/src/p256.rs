//! P-256 (SP 800-186; SEC 1 encodings) over own curve arithmetic: `docs/decisions/p256-backend.md` says why.

mod curve;
mod field;
mod residue;

use alloc::vec::Vec;

use sha2::Sha256;
use zeroize::Zeroizing;

use crate::weierstrass::bases::nist_bases;
use crate::weierstrass::group::nist_group;
use crate::weierstrass::point::{self, Point};
use crate::weierstrass::scalar::nist_scalar;
use crate::weierstrass::sswu::map_to_curve;
use crate::weierstrass::{Field as _, invert_batch, pippenger, straus, window};
use crate::xmd::expand_message_xmd;

use curve::P256Curve;
use field::Fe;
use residue::Residue;

/// The P-256 group: elements of 33 bytes (SEC 1, compressed), scalars of 32 bytes, big-endian.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct P256;

nist_scalar!("P-256", 32);
nist_bases!("P-256", P256, P256Curve, 32);
nist_group!(
    P256, "P256", P256Curve, 33, 32, 48, Sha256,
    /// `P256_XMD:SHA-256_SSWU_RO_` of RFC 9380, Section 8.2.
);
