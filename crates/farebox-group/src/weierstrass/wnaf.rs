//! The width-w non-adjacent form, in variable time.

use alloc::vec;
use alloc::vec::Vec;

/// Digits by position: zero, or odd and below `2^(window - 1)` in magnitude. The integer is little-endian;
/// `2 <= window <= 8`.
pub(crate) fn wnaf_vartime(bytes: &[u8], window: u32) -> Vec<i8> {
    let mut digits = vec![0i8; 8 * bytes.len() + 1];
    let limbs: Vec<u64> = bytes.chunks(8).map(little_endian).collect();
    let limb = |i: usize| limbs.get(i).copied().unwrap_or(0);
    let mut position = 0;
    // The integer that is left is (bits from `position` on) + carry.
    let mut carry = 0u64;
    loop {
        let (index, shift) = (position / 64, position % 64);
        let bits = limb(index) >> shift | (limb(index + 1) << 1) << (63 - shift);
        // Even so far: with a carry, ones count as zeros.
        let zeros = (bits ^ carry.wrapping_neg()).trailing_zeros();
        if zeros > 0 {
            position += zeros as usize;
            if position >= digits.len() {
                return digits;
            }
            continue;
        }
        let Some(digit) = digits.get_mut(position) else { return digits };
        let value = (bits & ((1 << window) - 1)) + carry;
        carry = value >> (window - 1);
        *digit = (value as i16 - ((carry as i16) << window)) as i8;
        position += window as usize;
    }
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |limb, byte| limb << 8 | u64::from(*byte))
}
