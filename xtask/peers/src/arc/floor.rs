//! The least work of a step on ristretto255: its group operations, encodings and hashes, on random values.
//!
//! Fixed bases go through curve25519-dalek's tables, elements that share an encoding through its batch, equations of a verifier
//! through its variable-time sums. The counts are those of the protocol's equations; `Counts` has them by name.

use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoBasepointTable, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{MultiscalarMul, VartimeMultiscalarMul};
use rand::SeedableRng;
use rand::rngs::StdRng;
use sha3::Shake128;
use sha3::digest::{ExtendableOutput, Update, XofReader};

use crate::harness::{Cycle, Step};
use crate::suite::{Implementation, NamedStep};

const NAME: &str = "floor on curve25519-dalek 5.0.0";

/// What one step does at least.
#[derive(Clone, Copy, Default)]
struct Counts {
    /// Elements that arrive.
    decode: usize,
    /// Multiplications by a secret scalar, of an element that differs from call to call.
    variable: usize,
    /// Sums of two products with secret scalars.
    variable_pair: usize,
    /// Multiplications by a secret scalar from a table.
    fixed: usize,
    /// Variable-time sums of two and of three products: the equations that a verifier recomputes.
    sums: [usize; 2],
    /// Elements encoded alone.
    encode: usize,
    /// Elements encoded in batches, one number for each batch.
    batches: [usize; 2],
    /// Scalar inversions.
    invert: usize,
    /// Bytes hashed with SHAKE128 for the challenge.
    hashed: usize,
    /// Bytes of the message that leaves, where one does.
    message: Option<usize>,
}

pub(super) fn issuance() -> Implementation {
    let request = Counts { fixed: 8, batches: [2, 2], hashed: 300, message: Some(224), ..Counts::default() };
    let response = Counts {
        decode: 2,
        sums: [0, 2],
        // encU' and the commitment of its equation.
        variable_pair: 2,
        fixed: 20,
        batches: [6, 11],
        hashed: 1100,
        message: Some(448),
        ..Counts::default()
    };
    let finalize = Counts {
        decode: 6,
        // Ten equations have two elements or three, X0 = x0*G + xb*H - c*X0 among them, and encU' has four.
        sums: [9, 2],
        variable_pair: 1,
        encode: 1,
        batches: [11, 0],
        hashed: 900,
        ..Counts::default()
    };
    implementation([("request", request), ("response", response), ("finalize", finalize)])
}

/// `specs` of arc-crypto-01: k bits, 5 + k elements, 4 + 2k equations.
pub(super) fn presentation(limit: u64) -> Implementation {
    let k = (64 - (limit - 1).leading_zeros()) as usize;
    let elements = 10 + if k == 1 { 0 } else { k };
    let equations = 4 + 2 * k;
    let hashed = 4 + equations * 24 + 32 * (elements + equations);
    let present = Counts {
        variable: 6,
        fixed: 10 + 5 * k,
        batches: [6 + k, equations],
        invert: 1,
        hashed,
        message: Some(352 + 128 * k),
        ..Counts::default()
    };
    let verify = Counts {
        decode: 5 + k,
        variable_pair: 1,
        encode: 1,
        // T and the k bit equations have two elements, the others three.
        sums: [1 + k, 3 + k],
        batches: [equations, 0],
        hashed,
        ..Counts::default()
    };
    implementation([("present", present), ("verify", verify)])
}

fn implementation<const N: usize>(steps: [(&'static str, Counts); N]) -> Implementation {
    let step =
        |(name, counts): (&'static str, Counts)| NamedStep { name, message_bytes: counts.message, step: counts.step() };
    Implementation { name: NAME, steps: steps.into_iter().map(step).collect() }
}

/// Random values, enough for the largest step.
struct Values {
    scalars: Vec<Scalar>,
    elements: Vec<RistrettoPoint>,
    encoded: Vec<CompressedRistretto>,
}

impl Values {
    fn new(rng: &mut StdRng) -> Self {
        let elements: Vec<_> = (0..40).map(|_| RistrettoPoint::random(rng)).collect();
        let encoded = elements.iter().map(RistrettoPoint::compress).collect();
        Self { scalars: (0..100).map(|_| Scalar::random(rng)).collect(), elements, encoded }
    }
}

impl Counts {
    fn step(self) -> Step {
        let mut rng = StdRng::seed_from_u64(9);
        let table = RistrettoBasepointTable::create(&RistrettoPoint::random(&mut rng));
        let mut values = Cycle::new((0..4).map(|_| Values::new(&mut rng)).collect());
        Step::new(move || self.run(values.next(), &table))
    }

    fn run(self, values: &Values, table: &RistrettoBasepointTable) -> Scalar {
        let Values { scalars, elements, encoded } = values;
        let mut results: Vec<RistrettoPoint> = Vec::with_capacity(200);
        let mut bytes = Vec::with_capacity(200);
        results.extend(encoded.iter().cycle().take(self.decode).filter_map(CompressedRistretto::decompress));
        let mut scalar = scalars.iter().cycle().copied();
        let mut scalar = || scalar.next().expect("a cycle has no end");
        results.extend(elements.iter().cycle().take(self.variable).map(|element| element * scalar()));
        let pairs = elements.chunks(2).cycle().take(self.variable_pair);
        results.extend(pairs.map(|pair| RistrettoPoint::multiscalar_mul([scalar(), scalar()], pair)));
        results.extend((0..self.fixed).map(|_| table * &scalar()));
        let [twos, threes] = self.sums;
        let sum =
            |terms: &[RistrettoPoint], scalars: &[Scalar]| RistrettoPoint::vartime_multiscalar_mul(scalars, terms);
        results
            .extend(elements.chunks_exact(2).zip(scalars.chunks_exact(2)).cycle().take(twos).map(|(e, s)| sum(e, s)));
        results
            .extend(elements.chunks_exact(3).zip(scalars.chunks_exact(3)).cycle().take(threes).map(|(e, s)| sum(e, s)));
        bytes.extend(elements.iter().cycle().take(self.encode).map(RistrettoPoint::compress));
        for count in self.batches.into_iter().filter(|count| *count > 0) {
            let batch: Vec<_> = elements.iter().cycle().take(count).copied().collect();
            bytes.extend(RistrettoPoint::double_and_compress_batch(&batch));
        }
        let mut last = (0..self.invert).fold(Scalar::ONE, |_, _| scalar().invert());
        let mut hash = Shake128::default();
        (0..self.hashed.div_ceil(32)).for_each(|i| hash.update(encoded[i % encoded.len()].as_bytes()));
        let mut wide = [0; 64];
        hash.finalize_xof().read(&mut wide);
        last += Scalar::from_bytes_mod_order_wide(&wide);
        std::hint::black_box((results, bytes));
        last
    }
}

/// Variable-base multiplications on ristretto255, with AVX2 in every build: what verification on P-256 is held against.
pub(super) fn p256_verify() -> Implementation {
    use curve25519_dalek_4::ristretto::RistrettoPoint as Point4;
    use curve25519_dalek_4::scalar::Scalar as Scalar4;
    let point = |i: u64| Point4::mul_base(&Scalar4::from(i + 2));
    let scalar = |i: u64| (Scalar4::from(i + 3)).invert();
    let mut values = Cycle::new((0..16).map(|i| (point(i), scalar(i))).collect::<Vec<_>>());
    let step = Step::new(move || {
        (0..155).fold(Point4::default(), |sum, _| {
            let (point, scalar) = values.next();
            sum + point * scalar
        })
    });
    let name = "155 variable-base multiplications of curve25519-dalek 4.1.3";
    Implementation { name, steps: vec![NamedStep { name: "verify", message_bytes: None, step }] }
}
