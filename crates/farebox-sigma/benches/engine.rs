//! Ten Pedersen commitments in one statement: prove, verify, and a batch of 16.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use criterion::{Criterion, criterion_group, criterion_main};
use farebox_group::{Group, P256, Ristretto255, Scalar as _};
use farebox_sigma::{
    BaseSet, Ciphersuite, ElementVar, Equation, F3, Flavor, P256Shake128, Point, Publics, Relation,
    Ristretto255Shake128, ScalarVar, Secrets, Statement, Transcript, eq, verify_batch, witness,
};

const COUNT: usize = 10;

/// `com[i] = value[i] * g + blind[i] * h`.
struct Pedersen;

struct Commitments<T> {
    g: T,
    h: T,
    com: Vec<T>,
}
farebox_sigma::record!(Commitments { one g, one h, many com });

struct Openings<T> {
    value: Vec<T>,
    blind: Vec<T>,
}
farebox_sigma::record!(Openings { many value, many blind });

impl Relation for Pedersen {
    const NAME: &'static str = "pedersen";
    type Publics = Commitments<()>;
    type Secrets = Openings<()>;

    fn shape(&self) -> (Publics<Self, ()>, Secrets<Self, ()>) {
        let list = || vec![(); COUNT];
        (Commitments { g: (), h: (), com: list() }, Openings { value: list(), blind: list() })
    }

    fn equations(&self, p: &Publics<Self, ElementVar>, w: &Secrets<Self, ScalarVar>) -> Vec<Equation> {
        let openings = w.value.iter().zip(&w.blind);
        p.com.iter().zip(openings).map(|(com, (value, blind))| eq(*com, *value * p.g + *blind * p.h)).collect()
    }
}

fn engine<C: Ciphersuite<G>, G: Group>(c: &mut Criterion) {
    let rng = &mut rand::rng();
    let bases = BaseSet::<G>::new(&[G::hash_to_group(&[b"H"], &[b"bench"]).unwrap()]).unwrap();
    let mut scalars = || (0..COUNT).map(|_| G::Scalar::random(rng)).collect();
    let secrets: Openings<G::Scalar> = Openings { value: scalars(), blind: scalars() };
    let opening = secrets.value.iter().zip(&secrets.blind);
    let com = opening.map(|(v, b)| Point::encode(bases.mul(0, v) + bases.mul(1, b)).unwrap()).collect();
    let publics = Commitments { g: bases.points()[0], h: bases.points()[1], com };
    let witness = witness::<Pedersen, _>(&secrets);
    let statement = || Statement::new(&Pedersen, &bases, &publics).unwrap();
    let argument = Transcript::<F3<C>>::new().session(b"bench").statement(statement()).unwrap();
    let rng = &mut rand::rng();
    let compact = argument.prove(Flavor::Compact, &witness, rng).unwrap();
    let batchable = argument.prove(Flavor::Batchable, &witness, rng).unwrap();

    let mut group = c.benchmark_group(format!("pedersen10/{}", G::NAME));
    group.bench_function("statement", |b| {
        b.iter(|| Transcript::<F3<C>>::new().session(b"bench").statement(statement()).unwrap());
    });
    group.bench_function("prove", |b| b.iter(|| argument.prove(Flavor::Compact, &witness, rng).unwrap()));
    group.bench_function("verify compact", |b| b.iter(|| argument.verify(Flavor::Compact, &compact).unwrap()));
    group.bench_function("verify batchable", |b| b.iter(|| argument.verify(Flavor::Batchable, &batchable).unwrap()));
    let batch = vec![(&argument, batchable.as_slice()); 16];
    group.bench_function("batch of 16", |b| b.iter(|| verify_batch(&batch).unwrap()));
    group.finish();
}

criterion_group!(benches, engine::<Ristretto255Shake128, Ristretto255>, engine::<P256Shake128, P256>);
criterion_main!(benches);
