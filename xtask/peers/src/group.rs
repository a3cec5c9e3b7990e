//! ristretto255: the wrappers of farebox-group beside curve25519-dalek's own functions.
//!
//! Scalars and elements are random and prepared. Decode takes bytes, encode gives bytes.

use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar as PeerScalar;
use curve25519_dalek::traits::{MultiscalarMul, VartimeMultiscalarMul};
use farebox_group::{ByteOrder, Group, Ristretto255, Scalar as _};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::harness::{Cycle, Row, Side, Step};

type Scalar = <Ristretto255 as Group>::Scalar;
type Element = <Ristretto255 as Group>::Element;

/// Inputs that a step takes in turn.
const INPUTS: usize = 16;

const OURS: &str = "farebox-group";
const PEER: &str = "curve25519-dalek 5.0.0";

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = vec![fixed_base(), variable_base()];
    rows.extend([2, 4, 8].map(multi));
    rows.extend([2, 4, 8, 32].map(multi_vartime));
    rows.extend([encode(), decode(), encode_batch(), invert(), invert_batch()]);
    rows
}

fn row(id: &str, ours: Step, peer: Step) -> Row {
    let side = |name, step| Some(Side { name, message_bytes: None, step });
    Row { id: format!("group/{id}"), ours: side(OURS, ours), peer: side(PEER, peer) }
}

fn fixed_base() -> Row {
    let (mut ours, mut peer) = values(0, |values| (values.scalar(), values.peer_scalar()));
    let ours = Step::new(move || Ristretto255::mul_generator(ours.next()));
    row("fixed-base-mul", ours, Step::new(move || RistrettoPoint::mul_base(peer.next())))
}

fn variable_base() -> Row {
    let (mut ours, mut peer) =
        values(1, |values| ((values.scalar(), values.element()), (values.peer_scalar(), values.peer_element())));
    let ours = Step::new(move || {
        let (scalar, element) = ours.next();
        *element * scalar
    });
    let peer = Step::new(move || {
        let (scalar, element) = peer.next();
        element * scalar
    });
    row("variable-base-mul", ours, peer)
}

/// Sums of `n` products. Ours takes pairs, the peer two lists, which is what each asks for.
struct Sums {
    ours: Cycle<Vec<(Scalar, Element)>>,
    peer: Cycle<(Vec<PeerScalar>, Vec<RistrettoPoint>)>,
}

impl Sums {
    fn new(n: usize) -> Self {
        let (ours, peer) = values(2, |values| {
            let terms = (0..n).map(|_| (values.scalar(), values.element())).collect();
            (terms, (0..n).map(|_| (values.peer_scalar(), values.peer_element())).unzip())
        });
        Self { ours, peer }
    }
}

fn multi(n: usize) -> Row {
    let Sums { mut ours, mut peer } = Sums::new(n);
    let ours = Step::new(move || Ristretto255::multi_mul(ours.next()));
    let peer = Step::new(move || {
        let (scalars, elements) = peer.next();
        RistrettoPoint::multiscalar_mul(scalars, elements)
    });
    row(&format!("msm/{n}"), ours, peer)
}

fn multi_vartime(n: usize) -> Row {
    let Sums { mut ours, mut peer } = Sums::new(n);
    let ours = Step::new(move || Ristretto255::multi_mul_vartime(ours.next()));
    let peer = Step::new(move || {
        let (scalars, elements) = peer.next();
        RistrettoPoint::vartime_multiscalar_mul(scalars, elements)
    });
    row(&format!("msm-vartime/{n}"), ours, peer)
}

fn encode() -> Row {
    let (mut ours, mut peer) = values(3, |values| (values.element(), values.peer_element()));
    let ours = Step::new(move || Ristretto255::encode(ours.next()));
    row("encode", ours, Step::new(move || peer.next().compress()))
}

fn decode() -> Row {
    let (mut ours, mut peer) = values(4, |values| {
        let bytes = values.peer_element().compress().to_bytes();
        (bytes, bytes)
    });
    let ours = Step::new(move || Ristretto255::decode(ours.next()));
    row("decode", ours, Step::new(move || CompressedRistretto(*peer.next()).decompress()))
}

/// Both encode the doubles of 32 elements.
fn encode_batch() -> Row {
    let (mut ours, mut peer) = values(5, |values| {
        let ours: Vec<_> = (0..32).map(|_| values.element()).collect();
        let peer: Vec<_> = (0..32).map(|_| values.peer_element()).collect();
        (ours, peer)
    });
    let ours = Step::new(move || Ristretto255::encode_batch(ours.next()));
    row("encode-batch/32", ours, Step::new(move || RistrettoPoint::double_and_compress_batch(peer.next())))
}

fn invert() -> Row {
    let (mut ours, mut peer) = values(6, |values| (values.scalar(), values.peer_scalar()));
    let ours = Step::new(move || ours.next().invert());
    row("scalar-invert", ours, Step::new(move || peer.next().invert()))
}

fn invert_batch() -> Row {
    let (mut ours, mut peer) = values(7, |values| {
        let ours: [Scalar; 32] = std::array::from_fn(|_| values.scalar());
        let peer: [PeerScalar; 32] = std::array::from_fn(|_| values.peer_scalar());
        (ours, peer)
    });
    let ours = Step::new(move || {
        let mut scalars = *ours.next();
        Ristretto255::invert_batch(&mut scalars);
        scalars
    });
    let peer = Step::new(move || {
        let mut scalars = *peer.next();
        PeerScalar::invert_batch(&mut scalars);
        scalars
    });
    row("scalar-invert-batch/32", ours, peer)
}

/// Random inputs in the types of both sides.
struct Values(StdRng);

impl Values {
    fn peer_scalar(&mut self) -> PeerScalar {
        PeerScalar::random(&mut self.0)
    }

    fn peer_element(&mut self) -> RistrettoPoint {
        RistrettoPoint::random(&mut self.0)
    }

    fn scalar(&mut self) -> Scalar {
        Scalar::reduce(self.peer_scalar().as_bytes(), ByteOrder::Little)
    }

    fn element(&mut self) -> Element {
        Ristretto255::mul_generator(&self.scalar())
    }
}

/// Inputs for ours and for the peer, from a fixed seed.
fn values<A, B>(seed: u64, mut make: impl FnMut(&mut Values) -> (A, B)) -> (Cycle<A>, Cycle<B>) {
    let mut values = Values(StdRng::seed_from_u64(seed));
    let (ours, peer): (Vec<A>, Vec<B>) = (0..INPUTS).map(|_| make(&mut values)).unzip();
    (Cycle::new(ours), Cycle::new(peer))
}
