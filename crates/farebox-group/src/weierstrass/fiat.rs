//! Integers modulo a prime on fiat-crypto's verified arithmetic, for any of its moduli.

/// `struct $name`: an integer modulo `$modulus` of `$limbs` limbs, in Montgomery form. `$functions` are fiat-crypto's.
macro_rules! montgomery_integer {
    ($(#[$meta:meta])* $name:ident, $limbs:literal, $modulus:expr,
     $inner:ident $plain:ident $add:ident $sub:ident $opp:ident $mul:ident $square:ident $to:ident $from:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Default)]
        pub(crate) struct $name([u64; $limbs]);

        #[allow(dead_code, reason = "coordinates and scalars do not need the same operations")]
        impl $name {
            /// Bytes of an encoding.
            pub(crate) const LEN: usize = 8 * $limbs;
            pub(crate) const ZERO: Self = Self([0; $limbs]);
            pub(crate) const ONE: Self = Self::from_u64(1);
            /// Bytes that are below the modulus whatever their value: all limbs but the highest.
            const CHUNK: usize = Self::LEN - 8;
            /// `2^(8 CHUNK)`
            const RADIX: Self = {
                let mut limbs = [0; $limbs];
                limbs[$limbs - 1] = 1;
                Self::new(limbs)
            };

            /// `limbs` are below the modulus.
            pub(crate) const fn new(limbs: [u64; $limbs]) -> Self {
                let mut out = $inner([0; $limbs]);
                $to(&mut out, &$plain(limbs));
                Self(out.0)
            }

            pub(crate) const fn from_u64(value: u64) -> Self {
                let mut limbs = [0; $limbs];
                limbs[0] = value;
                Self::new(limbs)
            }

            /// None at or above the modulus. Big-endian.
            pub(crate) fn from_bytes(bytes: &[u8; 8 * $limbs]) -> Option<Self> {
                let mut limbs = $crate::weierstrass::limbs::limbs_be(bytes);
                let value = $crate::weierstrass::limbs::below(&limbs, &$modulus).then(|| Self::new(limbs));
                zeroize::Zeroize::zeroize(&mut limbs);
                value
            }

            /// The limbs of the integer below the modulus.
            pub(crate) fn limbs(&self) -> [u64; $limbs] {
                let mut plain = $plain([0; $limbs]);
                $from(&mut plain, &$inner(self.0));
                plain.0
            }

            /// Little-endian.
            pub(crate) fn to_bytes(self) -> [u8; 8 * $limbs] {
                let mut limbs = self.limbs();
                let mut bytes = [0; 8 * $limbs];
                for (chunk, limb) in bytes.chunks_exact_mut(8).zip(&limbs) {
                    chunk.copy_from_slice(&limb.to_le_bytes());
                }
                zeroize::Zeroize::zeroize(&mut limbs);
                bytes
            }

            /// The integer of any length modulo the modulus.
            pub(crate) fn reduce(bytes: &[u8], order: $crate::ByteOrder) -> Self {
                // Horner's rule over chunks, the most significant first; only that one can be short.
                let horner = |sum: Self, chunk: Self| sum * Self::RADIX + chunk;
                match order {
                    $crate::ByteOrder::Big => bytes
                        .rchunks(Self::CHUNK)
                        .rev()
                        .map(|chunk| Self::from_chunk(chunk.iter()))
                        .fold(Self::ZERO, horner),
                    $crate::ByteOrder::Little => bytes
                        .chunks(Self::CHUNK)
                        .rev()
                        .map(|chunk| Self::from_chunk(chunk.iter().rev()))
                        .fold(Self::ZERO, horner),
                }
            }

            /// At most `CHUNK` bytes, the most significant first.
            fn from_chunk<'a>(bytes: impl DoubleEndedIterator<Item = &'a u8>) -> Self {
                let mut limbs = zeroize::Zeroizing::new([0u64; $limbs]);
                for (i, byte) in bytes.rev().take(Self::CHUNK).enumerate() {
                    if let Some(limb) = limbs.get_mut(i / 8) {
                        *limb |= u64::from(*byte) << (8 * (i % 8));
                    }
                }
                Self::new(*limbs)
            }

            #[inline]
            pub(crate) fn square(&self) -> Self {
                let mut out = $inner([0; $limbs]);
                $square(&mut out, &$inner(self.0));
                Self(out.0)
            }

            /// The inverse, `self^(modulus - 2)`, four bits at a time; the exponent is public. 0 gives 0.
            pub(crate) fn invert(&self) -> Self {
                // The moduli are odd and their lowest limb is not 1.
                const EXPONENT: [u64; $limbs] = {
                    let mut limbs = $modulus;
                    limbs[0] -= 2;
                    limbs
                };
                let mut powers = [Self::ONE; 16];
                let mut power = Self::ONE;
                for entry in powers.iter_mut().skip(1) {
                    power = power * *self;
                    *entry = power;
                }
                let mut result = Self::ONE;
                for bit in (0..16 * $limbs).rev().map(|digit| 4 * digit) {
                    result = result.square().square().square().square();
                    let digit = EXPONENT.get(bit / 64).map_or(0, |limb| limb >> (bit % 64) & 15);
                    if let (1.., Some(power)) = (digit, powers.get(digit as usize)) {
                        result = result * *power;
                    }
                }
                powers.iter_mut().for_each(zeroize::Zeroize::zeroize);
                result
            }
        }

        impl core::ops::Add for $name {
            type Output = Self;
            #[inline]
            fn add(self, other: Self) -> Self {
                let mut out = $inner([0; $limbs]);
                $add(&mut out, &$inner(self.0), &$inner(other.0));
                Self(out.0)
            }
        }

        impl core::ops::Sub for $name {
            type Output = Self;
            #[inline]
            fn sub(self, other: Self) -> Self {
                let mut out = $inner([0; $limbs]);
                $sub(&mut out, &$inner(self.0), &$inner(other.0));
                Self(out.0)
            }
        }

        impl core::ops::Neg for $name {
            type Output = Self;
            #[inline]
            fn neg(self) -> Self {
                let mut out = $inner([0; $limbs]);
                $opp(&mut out, &$inner(self.0));
                Self(out.0)
            }
        }

        impl core::ops::Mul for $name {
            type Output = Self;
            #[inline]
            fn mul(self, other: Self) -> Self {
                let mut out = $inner([0; $limbs]);
                $mul(&mut out, &$inner(self.0), &$inner(other.0));
                Self(out.0)
            }
        }

        impl subtle::ConstantTimeEq for $name {
            fn ct_eq(&self, other: &Self) -> subtle::Choice {
                self.0.ct_eq(&other.0)
            }
        }

        impl subtle::ConditionallySelectable for $name {
            #[inline]
            fn conditional_select(a: &Self, b: &Self, choice: subtle::Choice) -> Self {
                Self(<[u64; $limbs]>::conditional_select(&a.0, &b.0, choice))
            }
        }

        impl zeroize::Zeroize for $name {
            fn zeroize(&mut self) {
                self.0.zeroize();
            }
        }
    };
}

pub(crate) use montgomery_integer;
