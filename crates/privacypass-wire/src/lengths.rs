//! Lengths that depend on a parameter of the deployment: an ARC presentation on the limit N, an ACT spend proof on L.

/// Bytes of an ARC presentation on P-256 for a presentation limit N: `357 + 129k`, where k is ceil(log2 N), at least 1
/// (draft-ietf-privacypass-arc-crypto-01). `None` for N below 2, which has no presentation.
///
/// Five elements of 33 bytes and one for each bit; a challenge and 5 + 3k responses of 32 bytes.
pub const fn arc_presentation(limit: u64) -> Option<usize> {
    match limit {
        0 | 1 => None,
        _ => {
            let bits = u64::BITS - (limit - 1).leading_zeros();
            Some(357 + 129 * bits as usize)
        }
    }
}

/// The longest ARC presentation, of a limit above 2^63.
pub const ARC_PRESENTATION_MAX: usize = 357 + 129 * 64;

/// Bytes of an ACT spend proof for amounts below 2^L: `128L + 418`. `None` for L outside of 1 to 64.
///
/// `k | s | ctx | A' | B_bar | Com[L] | pok<0..2^16-1>`, with a proof of `32(3L + 8)` bytes.
pub const fn act_spend_proof(bits: u8) -> Option<usize> {
    match bits {
        1..=64 => Some(128 * bits as usize + 418),
        _ => None,
    }
}
