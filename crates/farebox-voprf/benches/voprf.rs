//! Every step in VOPRF mode, bytes in to bytes out, for each suite and several batches. The figures are for a whole batch.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use farebox_voprf::{
    BlindedElements, ClientState, Evaluation, P256Sha256, P384Sha384, Ristretto255Sha512, SecretKey, Suite, Voprf,
};

fn steps<S: Suite>(c: &mut Criterion) {
    let rng = &mut rand::rng();
    let key = SecretKey::<S, Voprf>::generate(rng);
    let mut group = c.benchmark_group(S::ID);
    for count in [1, 10, 100] {
        let inputs: Vec<Vec<u8>> = (0..count).map(|i| vec![i as u8; 98]).collect();
        let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
        let (state, blinded) = ClientState::<S, Voprf>::blind(&inputs, rng).unwrap();
        let (state, blinded) = (state.into_bytes(), blinded.to_bytes());
        let evaluate = |blinded: &[u8]| {
            let blinded = BlindedElements::from_bytes(blinded).unwrap();
            key.blind_evaluate(&blinded, &mut rand::rng()).unwrap().to_bytes()
        };
        let evaluation = evaluate(&blinded);
        let finalize = |state: ClientState<S, Voprf>| {
            let evaluation = Evaluation::from_bytes(&evaluation).unwrap();
            state.finalize(key.public_key(), &evaluation).unwrap()
        };
        let saved = || ClientState::<S, Voprf>::from_bytes(&state).unwrap();

        group.throughput(Throughput::Elements(count));
        let id = |step: &str| BenchmarkId::new(step, count);
        group.bench_function(id("blind"), |b| {
            b.iter(|| {
                let (state, blinded) = ClientState::<S, Voprf>::blind(black_box(&inputs), &mut rand::rng()).unwrap();
                (state, blinded.to_bytes())
            });
        });
        group.bench_function(id("evaluate"), |b| b.iter(|| evaluate(black_box(&blinded))));
        group.bench_function(id("finalize"), |b| b.iter_batched(saved, finalize, BatchSize::SmallInput));
        group.bench_function(id("redeem"), |b| b.iter(|| key.evaluate_batch(black_box(&inputs)).unwrap()));
    }
    group.finish();
}

fn suites(c: &mut Criterion) {
    steps::<Ristretto255Sha512>(c);
    steps::<P256Sha256>(c);
    steps::<P384Sha384>(c);
}

criterion_group!(benches, suites);
criterion_main!(benches);
