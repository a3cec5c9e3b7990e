//! P-384 (SP 800-186; SEC 1 encodings): fiat-crypto's verified fields under the curve arithmetic of P-256.

mod curve;
mod field;
mod residue;

use alloc::vec::Vec;

use sha2::Sha384;
use zeroize::Zeroizing;

use crate::weierstrass::bases::nist_bases;
use crate::weierstrass::group::nist_group;
use crate::weierstrass::point::{self, Point};
use crate::weierstrass::scalar::nist_scalar;
use crate::weierstrass::sswu::map_to_curve;
use crate::weierstrass::{Field as _, invert_batch, pippenger, straus, window};
use crate::xmd::expand_message_xmd;

use curve::P384Curve;
use field::Fe;
use residue::Residue;

/// The P-384 group: elements of 49 bytes (SEC 1, compressed), scalars of 48 bytes, big-endian.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct P384;

nist_scalar!("P-384", 48);
nist_bases!("P-384", P384, P384Curve, 48);
nist_group!(
    P384, "P384", P384Curve, 49, 48, 72, Sha384,
    /// `P384_XMD:SHA-384_SSWU_RO_` of RFC 9380, Section 8.3.
);
