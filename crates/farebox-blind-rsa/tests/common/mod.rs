//! What several test files share.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::path::PathBuf;
use std::sync::OnceLock;

use farebox_blind_rsa::{ModulusSize, PreparedMessage, SecretKey, Signer, Variant};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

pub type Failure = Box<dyn std::error::Error>;

/// PKCS #8 of a key of 2048 bits, one for a test program.
pub fn pkcs8() -> &'static [u8] {
    static KEY: OnceLock<Vec<u8>> = OnceLock::new();
    KEY.get_or_init(|| {
        let key = SecretKey::<farebox_blind_rsa::PssRandomized>::generate(ModulusSize::Bits2048, &mut rand::rng());
        key.to_pkcs8().to_vec()
    })
}

/// The same numbers for any variant, which only tests want.
pub fn key<V: Variant>() -> SecretKey<V> {
    SecretKey::from_pkcs8(pkcs8()).unwrap()
}

pub fn signer<V: Variant>() -> Signer<V> {
    Signer::new(key())
}

/// A key of another size, from a seed.
pub fn key_of<V: Variant>(size: ModulusSize) -> SecretKey<V> {
    SecretKey::generate(size, &mut StdRng::seed_from_u64(3))
}

pub fn prepared<V: Variant>(message: &[u8]) -> PreparedMessage<V> {
    PreparedMessage::prepare(message, &mut rand::rng())
}

/// A signature of a message by the key of all tests.
pub fn signature<V: Variant>(message: &PreparedMessage<V>) -> Vec<u8> {
    let mut signer = signer::<V>();
    let public = signer.public_key().clone();
    let (state, blinded) = public.blind(message, &mut rand::rng()).unwrap();
    state.finalize(&public, &signer.blind_sign(&blinded, &mut rand::rng()).unwrap()).unwrap()
}

/// The folder of published vectors.
pub fn published() -> Option<PathBuf> {
    let sibling = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let named = std::env::var_os("FAREBOX_PUBLISHED_VECTORS").map(PathBuf::from);
    let folder = named.or_else(|| sibling.is_dir().then_some(sibling));
    if folder.is_none() {
        println!("skipped: FAREBOX_PUBLISHED_VECTORS does not name the folder of published vectors");
    }
    folder
}

/// A DER value.
pub fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let contents = parts.concat();
    let len = contents.len();
    let head = match len {
        0..=0x7f => vec![tag, len as u8],
        0x80..=0xff => vec![tag, 0x81, len as u8],
        _ => vec![tag, 0x82, (len >> 8) as u8, len as u8],
    };
    [head, contents].concat()
}

/// EMSA-PSS with a salt of any length, for 2048 bits.
pub fn emsa_pss(message: &[u8], salt: &[u8]) -> Vec<u8> {
    use sha2::{Digest as _, Sha384};
    let h = Sha384::digest([&[0; 8][..], &Sha384::digest(message), salt].concat());
    let mut db = vec![0; 256 - 49 - salt.len() - 1];
    db.push(1);
    db.extend_from_slice(salt);
    let mask = (0u32..).flat_map(|i| Sha384::digest([&h[..], &i.to_be_bytes()].concat()));
    db.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    db[0] &= 0x7f;
    [&db[..], &h, &[0xbc]].concat()
}

/// The private operation on bytes of one's choice, which is what blind signing is.
pub fn raw(m: &[u8]) -> Vec<u8> {
    signer::<farebox_blind_rsa::PssDeterministic>().blind_sign(m, &mut rand::rng()).unwrap()
}
