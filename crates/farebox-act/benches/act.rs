//! Every step, bytes in to bytes out, at several L. States are read from their saved forms outside of the clock.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use farebox_act::{
    BitLength, Context, CreditToken, DomainSeparator, Expected, IssuanceRequest, IssuanceResponse, Params, PreIssuance,
    PreRefund, Refund, SecretKey, SpendProof,
};

fn params(bits: u8) -> Params {
    let ds = DomainSeparator::new("farebox", "bench", "criterion", "2026-01-01").unwrap();
    Params::new(ds, BitLength::new(bits).unwrap()).unwrap()
}

fn steps(c: &mut Criterion) {
    for bits in [8, 10, 16, 32, 64] {
        steps_at(c, bits);
    }
}

fn steps_at(c: &mut Criterion, bits: u8) {
    let rng = &mut rand::rng();
    let params = params(bits);
    let key = SecretKey::generate(&params, rng);
    let public = key.public_key();
    let context = Context::from_hash(&[7; 64]);
    let [balance, charge, returned] = [200, 30, 20].map(|amount| params.credits(amount).unwrap());
    let expected = Expected { charge, context };

    let (state, request) = PreIssuance::request(&params, rng).unwrap();
    let (state, request) = (state.into_bytes(), request.to_bytes());
    let issue = |bytes: &[u8]| {
        let request = IssuanceRequest::from_bytes(bytes).unwrap();
        key.issue(&params, &request, balance, context, &mut rand::rng()).unwrap().to_bytes()
    };
    let response = issue(&request);
    let pre_issuance = || PreIssuance::from_bytes(&params, &state).unwrap();
    let finalize = |state: PreIssuance| {
        let response = IssuanceResponse::from_bytes(&params, &response).unwrap();
        state.finish(&params, public, context, balance, &response).unwrap()
    };
    let saved = finalize(pre_issuance()).into_bytes();
    let token = || CreditToken::from_bytes(&params, &saved).unwrap();
    let spend = |token: CreditToken| {
        let (spend, state) = token.spend(&params, charge, &mut rand::rng()).unwrap();
        (spend.to_bytes(), state)
    };
    let (message, state) = spend(token());
    let state = state.into_bytes();
    let verify = |bytes: &[u8]| {
        let spend = SpendProof::from_bytes(&params, bytes).unwrap();
        key.verify(&params, spend, &expected, |_| false).unwrap()
    };
    let refund = |verified: farebox_act::VerifiedSpend| {
        verified.refund(&params, &key, returned, &mut rand::rng()).unwrap().to_bytes()
    };
    let change = refund(verify(&message));
    let construct = |state: PreRefund| {
        let refund = Refund::from_bytes(&params, &change).unwrap();
        state.finish(&params, public, &refund).unwrap()
    };

    let mut group = c.benchmark_group("act");
    let id = |step: &str| BenchmarkId::new(step, bits);
    group.bench_function(id("request"), |b| {
        b.iter(|| {
            let (state, request) = PreIssuance::request(&params, &mut rand::rng()).unwrap();
            (state, request.to_bytes())
        });
    });
    group.bench_function(id("issue"), |b| b.iter(|| issue(black_box(&request))));
    group.bench_function(id("finalize"), |b| b.iter_batched(pre_issuance, finalize, BatchSize::SmallInput));
    group.bench_function(id("spend"), |b| b.iter_batched(token, spend, BatchSize::SmallInput));
    group.bench_function(id("verify"), |b| b.iter(|| verify(black_box(&message))));
    group.bench_function(id("refund"), |b| b.iter_batched(|| verify(&message), refund, BatchSize::SmallInput));
    group.bench_function(id("verify+refund"), |b| b.iter(|| refund(verify(black_box(&message)))));
    let state = || PreRefund::from_bytes(&params, &state).unwrap();
    group.bench_function(id("construct"), |b| b.iter_batched(state, construct, BatchSize::SmallInput));

    let batch: Vec<Vec<u8>> =
        (0..16).map(|_| token().spend_batchable(&params, charge, &mut rand::rng()).unwrap().0.to_bytes()).collect();
    group.bench_function(id("verify 16 batchable"), |b| {
        b.iter(|| {
            let read = |bytes: &Vec<u8>| (SpendProof::from_bytes_batchable(&params, bytes).unwrap(), expected);
            let spends: Vec<_> = black_box(&batch).iter().map(read).collect();
            key.verify_batch(&params, &spends, |_| false).unwrap()
        });
    });
    group.finish();
}

criterion_group!(benches, steps);
criterion_main!(benches);
