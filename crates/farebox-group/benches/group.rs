//! Group operations, for every group: `cargo bench -p farebox-group`.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use farebox_group::{Element, FixedBases, Group, P256, P384, Ristretto255, Row, Scalar};
use rand::SeedableRng;
use rand::rngs::StdRng;

type Terms<G> = Vec<(<G as Group>::Scalar, <G as Group>::Element)>;

fn terms<G: Group>(rng: &mut StdRng, count: usize) -> Terms<G> {
    (0..count).map(|_| (G::Scalar::random(rng), G::mul_generator(&G::Scalar::random(rng)))).collect()
}

/// Elements as they come off the wire.
fn decoded<G: Group>(rng: &mut StdRng) -> G::Element {
    let element = G::mul_generator(&G::Scalar::random(rng));
    G::decode(G::encode(&element).unwrap().as_ref()).unwrap().0
}

/// The equations of an ARC presentation with a limit of 1000: 24 rows over 3 fixed bases and 16 elements, 35 fixed terms
/// and 28 others. Ten elements are in two rows each, and ten rows need nothing but one of them and a fixed base.
fn arc_rows<G: Group>(rng: &mut StdRng) -> Vec<Row<G::Scalar>> {
    let mut rows = Vec::new();
    let mut scalar = || G::Scalar::random(rng);
    for bit in 0..10 {
        rows.push(Row { fixed: vec![(0, scalar()), (1, scalar())], dynamic: vec![(bit, scalar())] });
        rows.push(Row { fixed: vec![(1, scalar())], dynamic: vec![(bit, scalar())] });
    }
    rows.push(Row { fixed: vec![(0, scalar())], dynamic: vec![(10, scalar()), (11, scalar())] });
    rows.push(Row { fixed: vec![(1, scalar()), (2, scalar())], dynamic: vec![(12, scalar())] });
    rows.push(Row { fixed: vec![(1, scalar())], dynamic: vec![(13, scalar())] });
    rows.push(Row { fixed: vec![(2, scalar())], dynamic: [14, 15, 10, 11].map(|i| (i, scalar())).to_vec() });
    rows
}

fn bench<G: Group>(c: &mut Criterion) {
    let rng = &mut StdRng::seed_from_u64(1);
    let mut group = c.benchmark_group(G::NAME);
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(1000)).sample_size(20);

    let s = G::Scalar::random(rng);
    let p = decoded::<G>(rng);
    let q = G::mul_generator(&s) + p;
    let bases = G::Bases::new(&[q, p]);
    group.bench_function("add", |b| b.iter(|| black_box(q) + p));
    group.bench_function("double", |b| b.iter(|| black_box(q).double()));
    group.bench_function("fixed mul", |b| b.iter(|| bases.mul(1, black_box(&s))));
    group.bench_function("generator mul", |b| b.iter(|| G::mul_generator(black_box(&s))));
    group.bench_function("bases new 2", |b| b.iter(|| G::Bases::new(black_box(&[q, p]))));
    group.bench_function("var mul", |b| b.iter(|| black_box(p) * &s));
    for count in [2, 4] {
        let terms = terms::<G>(rng, count);
        group.bench_function(format!("multi_mul {count}"), |b| b.iter(|| G::multi_mul(black_box(&terms))));
    }
    for count in [1, 2, 4, 8, 32, 128, 256] {
        let terms = terms::<G>(rng, count);
        group.bench_function(format!("vartime msm {count}"), |b| b.iter(|| G::multi_mul_vartime(black_box(&terms))));
    }
    let dynamic: Vec<_> = (0..16).map(|_| decoded::<G>(rng)).collect();
    let rows = arc_rows::<G>(rng);
    group.bench_function("combine arc", |b| b.iter(|| bases.combine_vartime(black_box(&dynamic), &rows)));

    let encoded = G::encode(&q).unwrap();
    let batch: Vec<_> = terms::<G>(rng, 32).into_iter().map(|(_, element)| element).collect();
    group.bench_function("encode", |b| b.iter(|| G::encode(black_box(&q))));
    group.bench_function("encode batch 32", |b| b.iter(|| G::encode_batch(black_box(&batch))));
    group.bench_function("decode", |b| b.iter(|| G::decode(black_box(encoded.as_ref()))));
    group.bench_function("hash to group", |b| b.iter(|| G::hash_to_group(&[black_box(b"message")], &[b"tag"])));
    group.bench_function("scalar mul", |b| b.iter(|| black_box(s) * s));
    group.bench_function("scalar invert", |b| b.iter(|| black_box(s).invert()));
    group.finish();
}

fn groups(c: &mut Criterion) {
    bench::<Ristretto255>(c);
    bench::<P256>(c);
    bench::<P384>(c);
}

criterion_group!(benches, groups);
criterion_main!(benches);
