//! Each step of a signature, for the three sizes and, with the feature `openssl`, both backends.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use farebox_blind_rsa::{Backend, ModulusSize, PreparedMessage, PssDeterministic, SecretKey, Signer};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

type Key = SecretKey<PssDeterministic>;

fn steps(c: &mut Criterion) {
    for (bits, size) in [(2048, ModulusSize::Bits2048), (3072, ModulusSize::Bits3072), (4096, ModulusSize::Bits4096)] {
        of_size(c, bits, size);
    }
}

fn of_size(c: &mut Criterion, bits: usize, size: ModulusSize) {
    let mut rng = StdRng::seed_from_u64(1);
    let pkcs8 = Key::generate(size, &mut rng).to_pkcs8();
    let secret = || Key::from_pkcs8(&pkcs8).unwrap();
    let public = secret().public_key().clone();
    let message = PreparedMessage::prepare(&[7; 98], &mut rng);
    let (state, blinded) = public.blind(&message, &mut rng).unwrap();
    let saved = state.into_bytes();
    let answer = Signer::new(secret()).blind_sign(&blinded, &mut rng).unwrap();
    let state = || farebox_blind_rsa::PreSignature::from_bytes(&public, &saved).unwrap();
    let signature = state().finalize(&public, &answer).unwrap();

    let mut group = c.benchmark_group(format!("blind-rsa-{bits}"));
    group.bench_function("blind", |b| b.iter(|| public.blind(black_box(&message), &mut rng).unwrap()));
    for backend in [Backend::PureRust, Backend::default()] {
        let mut signer = Signer::with_backend(secret(), backend);
        let name = format!("blind_sign {backend:?}");
        group.bench_function(name, |b| b.iter(|| signer.blind_sign(black_box(&blinded), &mut rng).unwrap()));
        if backend == Backend::default() {
            break;
        }
    }
    group.bench_function("finalize", |b| {
        b.iter_batched(
            state,
            |state| state.finalize(&public, black_box(&answer)).unwrap(),
            criterion::BatchSize::SmallInput,
        );
    });
    group.bench_function("verify", |b| b.iter(|| public.verify(&message, black_box(&signature)).unwrap()));
    group.bench_function("read a public key", |b| {
        b.iter(|| farebox_blind_rsa::PublicKey::<PssDeterministic>::from_spki(black_box(public.as_spki())).unwrap());
    });
    group.finish();
}

criterion_group!(benches, steps);
criterion_main!(benches);
