//! Serialised statements, and proofs of a fixed statement.

use std::sync::OnceLock;

use farebox_group::{ByteOrder, Group, P256, Ristretto255};
use farebox_sigma::relations::{Dleq, DleqPublics, Logarithm};
use farebox_sigma::{
    Argument, BaseSet, F3, Flavor, Legacy, Numbering, P256Shake128, Point, Profile, Ristretto255Shake128, Statement,
    Transcript, witness,
};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

/// F2 for ristretto255, with the numbering that can be read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ristretto255Draft02;

impl Legacy for Ristretto255Draft02 {
    const PROTOCOL_ID: &'static [u8] = b"farebox-fuzz";
    const NUMBERING: Numbering = Numbering::AsAllocated;
    const SCALAR_ORDER: ByteOrder = ByteOrder::Little;
}

/// A statement that is read, and that the profile admits, is written as it was read. Proofs of it can be checked. The
/// first bytes of the statement serve as one.
pub(crate) fn statement<P: Profile<G>, G: Group>(data: &[u8]) -> bool {
    let bases = BaseSet::<G>::new(&[]).expect("the generator is not the identity");
    let Ok(statement) = P::parse(&bases, data) else { return false };
    let lengths = [statement.compact_len(), statement.batchable_len()];
    let Ok(argument) = Transcript::<P>::new().session(b"fuzz".as_slice()).statement(statement) else { return false };
    assert_eq!(argument.label(), data);
    for (flavor, len) in [Flavor::Compact, Flavor::Batchable].into_iter().zip(lengths) {
        // Statements can ask for proofs of 2^37 bytes.
        let _ = argument.verify(flavor, data.get(..len).unwrap_or(data));
        let _ = argument.verify(flavor, &vec![0; len.min(1 << 14)]);
    }
    true
}

pub(crate) fn statements<P: Profile<G>, G: Group>() -> Vec<Vec<u8>> {
    let bases = BaseSet::<G>::new(&[]).expect("the generator is not the identity");
    vec![argument::<P, G>(&bases).label().to_vec()]
}

/// Equal logarithms, of 7.
fn argument<'b, P: Profile<G>, G: Group>(bases: &'b BaseSet<G>) -> Argument<'b, P, G> {
    let multiple = |n| Point::encode(G::mul_generator(&G::Scalar::from(n))).expect("not the identity");
    let publics = DleqPublics { g: bases.points()[0], x: multiple(7), h: multiple(5), y: multiple(35) };
    let statement = Statement::new(&Dleq, bases, &publics).expect("well formed");
    Transcript::new().session(b"fuzz".as_slice()).statement(statement).expect("valid")
}

fn proofs<P: Profile<G>, G: Group>(flavor: Flavor) -> Vec<Vec<u8>> {
    let bases = BaseSet::<G>::new(&[]).expect("the generator is not the identity");
    let witness = witness::<Dleq, _>(&Logarithm { log: G::Scalar::from(7) });
    let rng = &mut StdRng::seed_from_u64(1);
    vec![argument::<P, G>(&bases).prove(flavor, &witness, rng).expect("the witness fits")]
}

pub(crate) fn compact_proofs<P: Profile<G>, G: Group>() -> Vec<Vec<u8>> {
    proofs::<P, G>(Flavor::Compact)
}

pub(crate) fn batchable_proofs<P: Profile<G>, G: Group>() -> Vec<Vec<u8>> {
    proofs::<P, G>(Flavor::Batchable)
}

static RISTRETTO255: OnceLock<BaseSet<Ristretto255>> = OnceLock::new();
static P256_BASES: OnceLock<BaseSet<P256>> = OnceLock::new();

fn ristretto255() -> Argument<'static, F3<Ristretto255Shake128>, Ristretto255> {
    argument(RISTRETTO255.get_or_init(|| BaseSet::new(&[]).expect("the generator is not the identity")))
}

fn p256() -> Argument<'static, F3<P256Shake128>, P256> {
    argument(P256_BASES.get_or_init(|| BaseSet::new(&[]).expect("the generator is not the identity")))
}

pub(crate) fn compact_ristretto255(data: &[u8]) -> bool {
    ristretto255().verify(Flavor::Compact, data).is_ok()
}

pub(crate) fn compact_p256(data: &[u8]) -> bool {
    p256().verify(Flavor::Compact, data).is_ok()
}

pub(crate) fn batchable_ristretto255(data: &[u8]) -> bool {
    ristretto255().verify(Flavor::Batchable, data).is_ok()
}

pub(crate) fn batchable_p256(data: &[u8]) -> bool {
    p256().verify(Flavor::Batchable, data).is_ok()
}
