//! What the tests share: the published folder, hex, and the drafts' test generators.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::PathBuf;

use farebox_group::{ByteOrder, Group, Scalar};
use farebox_sigma::{
    BaseSet, Coins, DuplexSponge, Error, Flavor, Profile, Shake128, Transcript, Xof, derive_session_id,
};
use sha3::digest::XofReader;

/// The bytes of a hex string.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

/// The records of a published file: `None`, with a line that says so, where the folder is not at hand.
pub(crate) fn published(file: &str) -> Option<serde_json::Value> {
    let folder = std::env::var_os("FAREBOX_PUBLISHED_VECTORS").map(PathBuf::from).or_else(|| {
        let sibling = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
        sibling.is_dir().then_some(sibling)
    });
    let Some(folder) = folder else {
        println!("skipped {file}: FAREBOX_PUBLISHED_VECTORS does not name the folder of published vectors");
        return None;
    };
    let text = std::fs::read_to_string(folder.join(file)).expect(file);
    Some(serde_json::from_str(&text).unwrap())
}

/// A string field of a record.
pub(crate) fn field<'a>(record: &'a serde_json::Value, name: &str) -> &'a str {
    record[name].as_str().expect(name)
}

/// A field that holds hex.
pub(crate) fn bytes(record: &serde_json::Value, name: &str) -> Vec<u8> {
    hex(field(record, name))
}

/// Scalars behind each other, in the group's byte order.
pub(crate) fn scalars<G: Group>(bytes: &[u8]) -> Vec<G::Scalar> {
    bytes.chunks(G::SCALAR_LEN).map(|chunk| G::Scalar::from_bytes(chunk, G::SCALAR_ORDER).unwrap()).collect()
}

/// The test generator of draft -03: a sponge that starts from a tag; 48 bytes a scalar, little-endian.
pub(crate) fn drng_03<G: Group>(tag: &str, count: usize) -> Vec<G::Scalar> {
    let mut sponge = DuplexSponge::<Shake128>::new(&derive_session_id::<Shake128>(&[tag.as_bytes()]));
    let mut next = || {
        let mut wide = [0; 48];
        sponge.squeeze(&mut wide);
        G::Scalar::reduce(&wide, ByteOrder::Little)
    };
    (0..count).map(|_| next()).collect()
}

/// The test generator of draft -02: a stream that starts from a seed of 32 bytes; big-endian.
pub(crate) struct Drng02(<Shake128 as Xof>::Reader);

impl Drng02 {
    pub(crate) fn new(seed: &[u8]) -> Self {
        let mut xof = Shake128::default();
        let mut block = [0; 168];
        block[..30].copy_from_slice(b"sigma-proofs/TestDRNG/SHAKE128");
        xof.absorb(&block);
        let mut padded = [0; 32];
        padded[..seed.len()].copy_from_slice(seed);
        xof.absorb(&padded);
        Self(xof.reader())
    }

    /// One scalar from `len` bytes.
    pub(crate) fn scalar<G: Group>(&mut self, len: usize) -> G::Scalar {
        let mut wide = vec![0; len];
        self.0.read(&mut wide);
        G::Scalar::reduce(&wide, ByteOrder::Big)
    }
}

/// Parses a statement and verifies a proof of it.
pub(crate) fn check<P: Profile<G>, G: Group>(
    flavor: Flavor,
    session: &[u8],
    statement: &[u8],
    proof: &[u8],
) -> Result<(), Error> {
    let bases = BaseSet::<G>::new(&[]).unwrap();
    let argument = Transcript::<P>::new().session(session).statement(P::parse(&bases, statement)?)?;
    assert_eq!(argument.label(), statement, "a parsed statement is written as it was read");
    argument.verify(flavor, proof)
}

/// Parses a statement and proves it with the nonces given.
pub(crate) fn regenerate<P: Profile<G>, G: Group>(
    flavor: Flavor,
    session: &[u8],
    statement: &[u8],
    witness: &[G::Scalar],
    nonces: Vec<G::Scalar>,
) -> Vec<u8> {
    let bases = BaseSet::<G>::new(&[]).unwrap();
    let statement = P::parse(&bases, statement).unwrap();
    assert!(statement.holds_vartime(witness));
    let argument = Transcript::<P>::new().session(session).statement(statement).unwrap();
    argument.prove_with_coins(flavor, witness, Coins::from_nonces(nonces)).unwrap()
}
