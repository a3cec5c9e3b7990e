//! P-256 (SP 800-186; SEC 1 encodings) over own curve arithmetic: `docs/decisions/p256-backend.md` says why.

mod bases;
mod curve;
mod element;
mod field;
mod residue;
mod scalar;

use alloc::vec::Vec;

use sha2::Sha256;
use subtle::{Choice, ConditionallySelectable as _};
use zeroize::Zeroizing;

use crate::weierstrass::point::{Affine, Point};
use crate::weierstrass::sswu::map_to_curve;
use crate::weierstrass::{Curve as _, Field as _, invert_batch, pippenger, straus, window};
use crate::xmd::expand_message_xmd;
use crate::{ByteOrder, DecodeError, Element as _, EmptyTag, Group, IdentityError};

use curve::P256Curve;
use field::Fe;

pub use bases::Bases;
pub use element::Element;
pub use scalar::Scalar;

/// The P-256 group: elements of 33 bytes (SEC 1, compressed), scalars of 32 bytes, big-endian.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct P256;

impl Group for P256 {
    const NAME: &'static str = "P256";
    const ELEMENT_LEN: usize = 33;
    const SCALAR_LEN: usize = 32;
    const SCALAR_ORDER: ByteOrder = ByteOrder::Big;

    type Scalar = Scalar;
    type Element = Element;
    type Encoded = [u8; 33];
    type Bases = Bases;

    fn generator() -> Element {
        Element(Point::GENERATOR)
    }

    fn encode(element: &Element) -> Result<[u8; 33], IdentityError> {
        if element.is_identity().into() {
            return Err(IdentityError);
        }
        Ok(compress(element, &element.0.z.invert()))
    }

    fn decode(bytes: &[u8]) -> Result<(Element, [u8; 33]), DecodeError> {
        let bytes: [u8; 33] =
            bytes.try_into().map_err(|_| DecodeError::Length { expected: 33, actual: bytes.len() })?;
        if bytes == [0; 33] {
            return Err(DecodeError::Identity);
        }
        let [tag @ (2 | 3), x @ ..] = bytes else { return Err(DecodeError::Element) };
        let x = Fe::from_bytes(&x).ok_or(DecodeError::Element)?;
        // y^2 = x^3 - 3x + b
        let (on_curve, y) = x.square().mul(&x).sub(&x.triple()).add(&P256Curve::B).sqrt();
        if !bool::from(on_curve) {
            return Err(DecodeError::Element);
        }
        let y = Fe::conditional_select(&y, &y.neg(), y.is_odd() ^ Choice::from(tag & 1));
        Ok((Element(Point::from_affine(&Affine { x, y })), bytes))
    }

    /// Returns the scalar as it is.
    fn halve(scalar: &Scalar) -> Scalar {
        *scalar
    }

    /// Returns the element as it is.
    fn unhalve(halved: &Element) -> Element {
        *halved
    }

    fn encode_batch(halved: &[Element]) -> Result<Vec<[u8; 33]>, IdentityError> {
        if halved.iter().any(|element| element.is_identity().into()) {
            return Err(IdentityError);
        }
        let mut inverses: Vec<Fe> = halved.iter().map(|element| element.0.z).collect();
        invert_batch(&mut inverses);
        Ok(halved.iter().zip(&inverses).map(|(element, inverse)| compress(element, inverse)).collect())
    }

    fn mul_generator(scalar: &Scalar) -> Element {
        let scalar = Zeroizing::new(scalar.0.to_bytes());
        Element(bases::generator_comb().mul(&scalar[..]))
    }

    fn multi_mul(terms: &[(Scalar, Element)]) -> Element {
        Element(window::multi_mul(
            terms.iter().map(|(scalar, element)| (Zeroizing::new(scalar.0.to_bytes()), element.0)),
        ))
    }

    fn multi_mul_vartime(terms: &[(Scalar, Element)]) -> Element {
        let terms: Vec<_> = terms.iter().map(|(scalar, element)| (scalar.0.to_bytes(), element.0)).collect();
        Element(if terms.len() < pippenger::THRESHOLD {
            straus::multi_mul_vartime(&terms)
        } else {
            pippenger::multi_mul_vartime(&terms)
        })
    }

    /// `P256_XMD:SHA-256_SSWU_RO_` of RFC 9380, Section 8.2.
    fn hash_to_group(message: &[&[u8]], tag: &[&[u8]]) -> Result<Element, EmptyTag> {
        let mut uniform = Zeroizing::new([0u8; 96]);
        expand_message_xmd::<Sha256>(message, tag, uniform.as_mut())?;
        let points = uniform.as_chunks::<48>().0.iter().map(|bytes| map_to_curve(&Fe::reduce_wide(bytes)));
        Ok(Element(points.fold(Point::IDENTITY, |sum, point| sum + point)))
    }

    /// 48 bytes of `expand_message_xmd` with SHA-256, big-endian, reduced (RFC 9497, Section 4.3).
    fn hash_to_scalar(message: &[&[u8]], tag: &[&[u8]]) -> Result<Scalar, EmptyTag> {
        let mut uniform = Zeroizing::new([0u8; 48]);
        expand_message_xmd::<Sha256>(message, tag, uniform.as_mut())?;
        Ok(<Scalar as crate::Scalar>::reduce(uniform.as_ref(), ByteOrder::Big))
    }
}

/// SEC 1, compressed: 02 or 03 by the parity of y, and x. `inverse` is `1/Z`.
fn compress(element: &Element, inverse: &Fe) -> [u8; 33] {
    let y = element.0.y.mul(inverse);
    let mut bytes = [0; 33];
    let [tag, x @ ..] = &mut bytes;
    *tag = 2 + y.is_odd().unwrap_u8();
    *x = element.0.x.mul(inverse).to_bytes();
    bytes
}
