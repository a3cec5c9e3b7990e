//! `expand_message_xmd` of RFC 9380, Section 5.3.1.

use sha2::Digest;
use sha2::digest::Output;
use sha2::digest::common::BlockSizeUser;

use crate::EmptyTag;

/// Fills `out` (at most 255 hash lengths) from a message and a domain separation tag, both given in parts.
pub(crate) fn expand_message_xmd<H: Digest + BlockSizeUser>(
    message: &[&[u8]],
    tag: &[&[u8]],
    out: &mut [u8],
) -> Result<(), EmptyTag> {
    let tag_len: usize = tag.iter().map(|part| part.len()).sum();
    if tag_len == 0 {
        return Err(EmptyTag);
    }
    // RFC 9380, Section 5.3.3: a long tag is replaced by its hash.
    let hashed: Output<H>;
    let hashed_tag: [&[u8]; 1];
    let (tag, tag_len) = if tag_len > 255 {
        let mut hash = H::new_with_prefix(b"H2C-OVERSIZE-DST-");
        tag.iter().for_each(|part| hash.update(part));
        hashed = hash.finalize();
        hashed_tag = [hashed.as_slice()];
        (&hashed_tag[..], hashed.len())
    } else {
        (tag, tag_len)
    };
    let finish = |mut hash: H| {
        tag.iter().for_each(|part| hash.update(part));
        hash.update([tag_len as u8]);
        hash.finalize()
    };

    // b_0 = H(Z_pad || msg || l_i_b_str || 0 || DST_prime)
    let mut hash = H::new();
    const ZEROS: [u8; 128] = [0; 128];
    hash.update(ZEROS.get(..H::block_size()).unwrap_or(&ZEROS));
    message.iter().for_each(|part| hash.update(part));
    hash.update((out.len() as u16).to_be_bytes());
    hash.update([0]);
    let first = finish(hash);

    // b_i = H((b_0 xor b_(i-1)) || i || DST_prime), with b_1 = H(b_0 || 1 || DST_prime)
    let mut block = Output::<H>::default();
    for (i, chunk) in (1u8..).zip(out.chunks_mut(first.len())) {
        block.iter_mut().zip(&first).for_each(|(b, f)| *b ^= f);
        let mut hash = H::new();
        hash.update(&block);
        hash.update([i]);
        block = finish(hash);
        chunk.iter_mut().zip(&block).for_each(|(o, b)| *o = *b);
    }
    Ok(())
}
