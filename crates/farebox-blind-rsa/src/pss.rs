//! EMSA-PSS with SHA-384 and MGF1 with SHA-384 (RFC 8017, section 9.1), for moduli whose length is a multiple of 8 bits.
//!
//! emBits = bit_len(n) - 1, so that emLen is the modulus' length k and one bit at the top is clear.

use alloc::vec::Vec;

use sha2::{Digest as _, Sha384};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// hLen: bytes of a SHA-384 hash.
pub(crate) const HASH_LEN: usize = 48;
/// The last byte of an encoded message.
const TRAILER: u8 = 0xbc;

pub(crate) type Hash = [u8; HASH_LEN];

pub(crate) fn hash(message: &[u8]) -> Hash {
    Sha384::digest(message).into()
}

/// H = Hash(00 * 8 || mHash || salt)
fn salted(m_hash: &Hash, salt: &[u8]) -> Hash {
    Sha384::new().chain_update([0; 8]).chain_update(m_hash).chain_update(salt).finalize().into()
}

/// out = out xor MGF1(seed, len(out))
fn mask(seed: &Hash, out: &mut [u8]) {
    for (counter, chunk) in (0u32..).zip(out.chunks_mut(HASH_LEN)) {
        let block = Sha384::new().chain_update(seed).chain_update(counter.to_be_bytes()).finalize();
        chunk.iter_mut().zip(block).for_each(|(byte, mask)| *byte ^= mask);
    }
}

/// EM = maskedDB || H || bc, k bytes.
pub(crate) fn encode(m_hash: &Hash, salt: &[u8], k: usize) -> Zeroizing<Vec<u8>> {
    // DB = PS || 01 || salt
    let h = salted(m_hash, salt);
    let zeros = k.saturating_sub(HASH_LEN + 1 + salt.len() + 1);
    let mut em = Zeroizing::new(Vec::with_capacity(k));
    em.resize(zeros, 0);
    em.push(1);
    em.extend_from_slice(salt);
    mask(&h, &mut em);
    if let Some(first) = em.first_mut() {
        *first &= 0x7f;
    }
    em.extend_from_slice(&h);
    em.push(TRAILER);
    em
}

/// Whether EM encodes the message with a salt of exactly `salt_len` bytes. EM is public: it follows from a signature.
pub(crate) fn holds(m_hash: &Hash, em: &[u8], salt_len: usize) -> bool {
    let Some((TRAILER, em)) = em.split_last().map(|(last, rest)| (*last, rest)) else { return false };
    let Some((masked, h)) = em.split_last_chunk::<HASH_LEN>() else { return false };
    if masked.first().is_none_or(|first| *first >= 0x80) {
        return false;
    }
    let mut db = masked.to_vec();
    mask(h, &mut db);
    if let Some(first) = db.first_mut() {
        *first &= 0x7f;
    }
    let Some((padding, salt)) = db.len().checked_sub(salt_len).and_then(|at| db.split_at_checked(at)) else {
        return false;
    };
    let Some((1, zeros)) = padding.split_last().map(|(last, rest)| (*last, rest)) else { return false };
    zeros.iter().all(|byte| *byte == 0) && bool::from(salted(m_hash, salt).ct_eq(h))
}
