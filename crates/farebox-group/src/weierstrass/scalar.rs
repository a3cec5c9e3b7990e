//! Scalars of a NIST curve around its [residues](super::fiat).

/// `struct Scalar` of `$len` bytes around `Residue`, with [`crate::Scalar`].
macro_rules! nist_scalar {
    ($name:literal, $len:literal) => {
        #[doc = concat!("An integer modulo the order of ", $name, ".")]
        #[derive(Clone, Copy, Default)]
        pub struct Scalar(pub(crate) Residue);

        $crate::ops::additive_newtype!(Scalar);

        impl From<u64> for Scalar {
            fn from(value: u64) -> Self {
                Self(Residue::from_u64(value))
            }
        }

        impl core::ops::Mul for Scalar {
            type Output = Self;
            fn mul(self, other: Self) -> Self {
                Self(self.0 * other.0)
            }
        }

        impl core::ops::MulAssign for Scalar {
            fn mul_assign(&mut self, other: Self) {
                *self = *self * other;
            }
        }

        impl $crate::Scalar for Scalar {
            const ZERO: Self = Self(Residue::ZERO);
            const ONE: Self = Self(Residue::ONE);
            type Bytes = [u8; $len];

            fn invert(&self) -> Self {
                Self(self.0.invert())
            }

            fn reduce(bytes: &[u8], order: $crate::ByteOrder) -> Self {
                Self(Residue::reduce(bytes, order))
            }

            fn to_bytes(&self, order: $crate::ByteOrder) -> [u8; $len] {
                let mut bytes = self.0.to_bytes();
                if order == $crate::ByteOrder::Big {
                    bytes.reverse();
                }
                bytes
            }

            fn from_bytes(bytes: &[u8], order: $crate::ByteOrder) -> Result<Self, $crate::DecodeError> {
                let length = $crate::DecodeError::Length { expected: $len, actual: bytes.len() };
                let mut bytes: [u8; $len] = bytes.try_into().map_err(|_| length)?;
                if order == $crate::ByteOrder::Little {
                    bytes.reverse();
                }
                let residue = Residue::from_bytes(&bytes);
                zeroize::Zeroize::zeroize(&mut bytes);
                residue.map(Self).ok_or($crate::DecodeError::Scalar)
            }
        }
    };
}

pub(crate) use nist_scalar;
