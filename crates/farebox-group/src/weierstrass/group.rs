//! The group of a NIST curve.

/// [`crate::Group`] for `$group`: `$element` bytes of an element, `$len` of a scalar and of a coordinate, `$wide` bytes
/// hashed to one of either with `$hash`.
macro_rules! nist_group {
    ($group:ident, $name:literal, $curve:ident, $element:literal, $len:literal, $wide:literal, $hash:ident,
     $(#[$hash_doc:meta])*) => {
        impl $crate::Group for $group {
            const NAME: &'static str = $name;
            const ELEMENT_LEN: usize = $element;
            const SCALAR_LEN: usize = $len;
            const SCALAR_ORDER: $crate::ByteOrder = $crate::ByteOrder::Big;

            type Scalar = Scalar;
            type Element = Element;
            type Encoded = [u8; $element];
            type Bases = Bases;

            fn generator() -> Element {
                Element(Point::GENERATOR)
            }

            fn encode(element: &Element) -> Result<[u8; $element], $crate::IdentityError> {
                if $crate::Element::is_identity(element).into() {
                    return Err($crate::IdentityError);
                }
                Ok(compress(element, &element.0.z.invert()))
            }

            fn decode(bytes: &[u8]) -> Result<(Element, [u8; $element]), $crate::DecodeError> {
                use $crate::DecodeError;
                let length = DecodeError::Length { expected: $element, actual: bytes.len() };
                let bytes: [u8; $element] = bytes.try_into().map_err(|_| length)?;
                if bytes == [0; $element] {
                    return Err(DecodeError::Identity);
                }
                let [tag @ (2 | 3), x @ ..] = bytes else { return Err(DecodeError::Element) };
                let x = Fe::from_bytes(&x).ok_or(DecodeError::Element)?;
                let point = point::decompress(&x, subtle::Choice::from(tag & 1)).ok_or(DecodeError::Element)?;
                Ok((Element(point), bytes))
            }

            /// Returns the scalar as it is.
            fn halve(scalar: &Scalar) -> Scalar {
                *scalar
            }

            /// Returns the element as it is.
            fn unhalve(halved: &Element) -> Element {
                *halved
            }

            fn encode_batch(halved: &[Element]) -> Result<Vec<[u8; $element]>, $crate::IdentityError> {
                if halved.iter().any(|element| $crate::Element::is_identity(element).into()) {
                    return Err($crate::IdentityError);
                }
                let mut inverses: Vec<Fe> = halved.iter().map(|element| element.0.z).collect();
                invert_batch(&mut inverses);
                Ok(halved.iter().zip(&inverses).map(|(element, inverse)| compress(element, inverse)).collect())
            }

            fn mul_generator(scalar: &Scalar) -> Element {
                let scalar = Zeroizing::new(scalar.0.to_bytes());
                Element(generator_comb().mul(&scalar[..]))
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

            $(#[$hash_doc])*
            fn hash_to_group(message: &[&[u8]], tag: &[&[u8]]) -> Result<Element, $crate::EmptyTag> {
                let mut uniform = Zeroizing::new([0u8; 2 * $wide]);
                expand_message_xmd::<$hash>(message, tag, uniform.as_mut())?;
                let points = uniform.as_chunks::<$wide>().0.iter().map(|bytes| map_to_curve(&Fe::reduce_wide(bytes)));
                Ok(Element(points.fold(Point::IDENTITY, |sum, point| sum + point)))
            }

            #[doc = concat!(stringify!($wide), " bytes of `expand_message_xmd` with ", stringify!($hash))]
            /// under the tag, big-endian, reduced (RFC 9497, Section 4).
            fn hash_to_scalar(message: &[&[u8]], tag: &[&[u8]]) -> Result<Scalar, $crate::EmptyTag> {
                let mut uniform = Zeroizing::new([0u8; $wide]);
                expand_message_xmd::<$hash>(message, tag, uniform.as_mut())?;
                Ok(<Scalar as $crate::Scalar>::reduce(uniform.as_ref(), $crate::ByteOrder::Big))
            }
        }

        /// SEC 1, compressed: 02 or 03 by the parity of y, and x. `inverse` is `1/Z`.
        fn compress(element: &Element, inverse: &Fe) -> [u8; $element] {
            let y = element.0.y.mul(inverse);
            let mut bytes = [0; $element];
            let [tag, x @ ..] = &mut bytes;
            *tag = 2 + y.is_odd().unwrap_u8();
            *x = element.0.x.mul(inverse).to_be_bytes();
            bytes
        }
    };
}

pub(crate) use nist_group;
