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
