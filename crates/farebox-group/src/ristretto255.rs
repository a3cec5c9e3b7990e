//! ristretto255 (RFC 9496) over curve25519-dalek.

mod bases;
mod element;
#[cfg(feature = "lanes")]
mod lanes;
mod scalar;

use alloc::vec::Vec;

use curve25519_dalek::constants::{RISTRETTO_BASEPOINT_POINT, RISTRETTO_BASEPOINT_TABLE};
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar as Inner;
use curve25519_dalek::traits::{MultiscalarMul, VartimeMultiscalarMul};
use sha2::Sha512;
use subtle::{ConditionallySelectable as _, ConstantTimeEq as _};
use zeroize::Zeroizing;

use crate::xmd::expand_message_xmd;
use crate::{ByteOrder, DecodeError, EmptyTag, Group, IdentityError};

pub use bases::Bases;
pub use element::Element;
pub use scalar::Scalar;

/// The ristretto255 group: elements and scalars of 32 bytes, scalars little-endian (RFC 9496).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ristretto255;

const IDENTITY: [u8; 32] = [0; 32];

/// curve25519-dalek's AVX-512 code takes 25 and 53 µs for constant-time sums of two and eight terms, 33 and 57 µs for those in
/// variable time, whose steps are calls. Its AVX2 code has it the other way round.
const CONSTANT_TIME_IS_FASTER: bool = cfg!(curve25519_dalek_backend = "avx512");
/// The most terms for which that holds.
const FEW_TERMS: usize = 8;

impl Group for Ristretto255 {
    const NAME: &'static str = "ristretto255";
    const ELEMENT_LEN: usize = 32;
    const SCALAR_LEN: usize = 32;
    const SCALAR_ORDER: ByteOrder = ByteOrder::Little;

    type Scalar = Scalar;
    type Element = Element;
    type Encoded = [u8; 32];
    type Bases = Bases;

    fn generator() -> Element {
        Element(RISTRETTO_BASEPOINT_POINT)
    }

    fn encode(element: &Element) -> Result<[u8; 32], IdentityError> {
        refuse_identity(element.0.compress())
    }

    fn decode(bytes: &[u8]) -> Result<(Element, [u8; 32]), DecodeError> {
        let bytes: [u8; 32] =
            bytes.try_into().map_err(|_| DecodeError::Length { expected: 32, actual: bytes.len() })?;
        if bytes == IDENTITY {
            return Err(DecodeError::Identity);
        }
        let point = CompressedRistretto(bytes).decompress().ok_or(DecodeError::Element)?;
        Ok((Element(point), bytes))
    }

    fn halve(scalar: &Scalar) -> Scalar {
        Scalar(scalar.0.div_by_2())
    }

    fn unhalve(halved: &Element) -> Element {
        Element(halved.0 + halved.0)
    }

    fn encode_batch(halved: &[Element]) -> Result<Vec<[u8; 32]>, IdentityError> {
        RistrettoPoint::double_and_compress_batch(halved.iter().map(|element| &element.0))
            .into_iter()
            .map(refuse_identity)
            .collect()
    }

    fn mul_generator(scalar: &Scalar) -> Element {
        Element(RISTRETTO_BASEPOINT_TABLE * &scalar.0)
    }

    fn multi_mul(terms: &[(Scalar, Element)]) -> Element {
        match terms {
            [(scalar, element)] => *element * scalar,
            _ => Element(RistrettoPoint::multiscalar_mul(
                terms.iter().map(|(scalar, _)| &scalar.0),
                terms.iter().map(|(_, element)| &element.0),
            )),
        }
    }

    fn multi_mul_vartime(terms: &[(Scalar, Element)]) -> Element {
        if CONSTANT_TIME_IS_FASTER && terms.len() <= FEW_TERMS {
            return Self::multi_mul(terms);
        }
        Element(RistrettoPoint::vartime_multiscalar_mul(
            terms.iter().map(|(scalar, _)| &scalar.0),
            terms.iter().map(|(_, element)| &element.0),
        ))
    }

    fn invert_batch(scalars: &mut [Scalar]) {
        // curve25519-dalek's takes no zeros: 1 stands for them.
        let nonzero = |scalar: &Scalar| Inner::conditional_select(&scalar.0, &Inner::ONE, scalar.0.ct_eq(&Inner::ZERO));
        let mut inverses: Zeroizing<Vec<Inner>> = Zeroizing::new(scalars.iter().map(nonzero).collect());
        Inner::invert_batch_alloc(&mut inverses);
        for (scalar, inverse) in scalars.iter_mut().zip(inverses.iter()) {
            scalar.0 = Inner::conditional_select(inverse, &Inner::ZERO, scalar.0.ct_eq(&Inner::ZERO));
        }
    }

    /// `ristretto255_XMD:SHA-512_R255MAP_RO_` of RFC 9380, Appendix B.
    fn hash_to_group(message: &[&[u8]], tag: &[&[u8]]) -> Result<Element, EmptyTag> {
        let mut uniform = Zeroizing::new([0u8; 64]);
        expand_message_xmd::<Sha512>(message, tag, uniform.as_mut())?;
        Ok(Self::one_way_map(&uniform))
    }

    /// 64 bytes of `expand_message_xmd` with SHA-512, little-endian, reduced (RFC 9497, Section 4.1).
    fn hash_to_scalar(message: &[&[u8]], tag: &[&[u8]]) -> Result<Scalar, EmptyTag> {
        let mut uniform = Zeroizing::new([0u8; 64]);
        expand_message_xmd::<Sha512>(message, tag, uniform.as_mut())?;
        Ok(<Scalar as crate::Scalar>::reduce(uniform.as_ref(), ByteOrder::Little))
    }
}

impl Ristretto255 {
    /// The one-way map of RFC 9496, Section 4.3.4, from 64 uniform bytes.
    #[must_use]
    #[doc(alias = "MAP")]
    pub fn one_way_map(uniform: &[u8; 64]) -> Element {
        Element(RistrettoPoint::from_uniform_bytes(uniform))
    }
}

fn refuse_identity(bytes: CompressedRistretto) -> Result<[u8; 32], IdentityError> {
    if bytes.0 == IDENTITY { Err(IdentityError) } else { Ok(bytes.0) }
}
