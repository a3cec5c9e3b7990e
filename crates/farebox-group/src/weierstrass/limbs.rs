//! Integers as limbs of 64 bits, least significant first.

/// `a + b + carry`, and the carry out.
#[inline(always)]
pub(crate) const fn adc(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(carry as u64);
    (sum, first | second)
}

/// `a - b - borrow`, and the borrow out.
#[inline(always)]
pub(crate) const fn sbb(a: u64, b: u64, borrow: bool) -> (u64, bool) {
    let (difference, first) = a.overflowing_sub(b);
    let (difference, second) = difference.overflowing_sub(borrow as u64);
    (difference, first | second)
}

/// The limbs of a big-endian integer of `8 L` bytes.
pub(crate) fn limbs_be<const L: usize>(bytes: &[u8]) -> [u64; L] {
    let mut limbs = [0; L];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.rchunks_exact(8)) {
        *limb = chunk.iter().fold(0, |limb, byte| limb << 8 | u64::from(*byte));
    }
    limbs
}

/// Whether `a < b`, in a time that does not depend on them.
pub(crate) fn below<const L: usize>(a: &[u64; L], b: &[u64; L]) -> bool {
    a.iter().zip(b).fold(false, |borrow, (a, b)| sbb(*a, *b, borrow).1)
}
