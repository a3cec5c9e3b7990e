//! Scalars as signed digits.

/// Bits in a digit of a scalar that multiplies an element that comes with the rows.
pub(crate) const WINDOW: u32 = 5;
/// Digits of such a scalar: 255 bits.
pub(crate) const DIGITS: usize = 51;
/// Bits in a digit of a scalar that multiplies a fixed base.
pub(crate) const FIXED_WINDOW: u32 = 8;
/// Digits of such a scalar: 256 bits.
pub(crate) const FIXED_DIGITS: usize = 32;

/// Whether the scalar is below 2^253, as every reduced one is.
pub(crate) fn in_range(scalar: &[u8; 32]) -> bool {
    let [.., last] = scalar;
    last >> 5 == 0
}

/// `N` digits of `width` bits, least significant first, each from `1 - 2^(width - 1)` to `2^(width - 1)`.
///
/// A scalar below 2^253 leaves no carry, if the digits hold 254 bits or more.
pub(crate) fn signed<const N: usize>(scalar: &[u8; 32], width: u32) -> [i16; N] {
    let mut words = [0u64; 4];
    for (word, bytes) in words.iter_mut().zip(scalar.chunks_exact(8)) {
        *word = bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    let [mut a, mut b, mut c, mut d] = words;
    let (half, radix) = (1i16 << (width - 1), 1i16 << width);
    let mut carry = 0;
    [(); N].map(|()| {
        // Below 2^width, which is 2^8 at most.
        let digit = (a & ((1 << width) - 1)) as i16 + carry;
        a = a >> width | b << (64 - width);
        b = b >> width | c << (64 - width);
        c = c >> width | d << (64 - width);
        d >>= width;
        carry = i16::from(digit > half);
        digit - carry * radix
    })
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::scalar::Scalar;
    use proptest::prelude::*;

    use super::*;

    fn value<const N: usize>(digits: [i16; N], width: u32) -> Scalar {
        let half = 1 << (width - 1);
        let radix = Scalar::from(1u64 << width);
        digits.iter().rev().fold(Scalar::ZERO, |sum, digit| {
            assert!((1 - half..=half).contains(digit), "digit {digit}");
            let magnitude = Scalar::from(u64::from(digit.unsigned_abs()));
            sum * radix + if *digit < 0 { -magnitude } else { magnitude }
        })
    }

    fn check(scalar: Scalar) {
        let bytes = scalar.to_bytes();
        assert!(in_range(&bytes));
        assert_eq!(value(signed::<DIGITS>(&bytes, WINDOW), WINDOW), scalar);
        assert_eq!(value(signed::<FIXED_DIGITS>(&bytes, FIXED_WINDOW), FIXED_WINDOW), scalar);
    }

    #[test]
    fn edges() {
        for small in [0, 1, 8, 15, 16, 17, 31, 32, 127, 128, 129, 255, 256] {
            check(Scalar::from(small as u64));
            check(-Scalar::from(small as u64));
        }
        let mut top = [0xff; 32];
        top[31] = 0x1f;
        assert_eq!(signed::<DIGITS>(&top, WINDOW)[50], 8);
        assert_eq!(signed::<FIXED_DIGITS>(&top, FIXED_WINDOW)[31], 32);
        top[31] = 0x20;
        assert!(!in_range(&top));
    }

    proptest! {
        #[test]
        fn digits_are_the_scalar(bytes: [u8; 32]) {
            check(Scalar::from_bytes_mod_order(bytes));
        }
    }
}
