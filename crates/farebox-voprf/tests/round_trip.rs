//! Honest runs of any size, and what a tweak of them does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod common;

use common::{INFO, lengths, rng, slices};
use farebox_voprf::{
    BlindedElements, ClientState, Evaluation, Oprf, Output, P256Sha256, P384Sha384, Poprf, Ristretto255Sha512,
    SecretKey, Suite, Voprf,
};
use proptest::prelude::*;

fn bytes<S: Suite>(outputs: &[Output<S>]) -> Vec<Vec<u8>> {
    outputs.iter().map(|output| output.as_bytes().to_vec()).collect()
}

fn batch() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..9)
}

/// All three modes: the client's outputs are those of the inputs, each has its own, and the modes have nothing in common.
fn run<S: Suite>(inputs: &[Vec<u8>], seed: u64) {
    let rng = &mut rng(seed);
    let inputs = slices(inputs);
    let (_, ns) = lengths::<S>();
    let secret = vec![seed as u8; ns];

    let key = SecretKey::<S, Oprf>::derive(&secret, INFO).unwrap();
    let (state, blinded) = ClientState::<S, Oprf>::blind(&inputs, rng).unwrap();
    let blinded = BlindedElements::from_bytes(&blinded.to_bytes()).unwrap();
    let evaluation = Evaluation::from_bytes(&key.blind_evaluate(&blinded).unwrap().to_bytes()).unwrap();
    let oprf = bytes(&ClientState::<S, Oprf>::from_bytes(&state.into_bytes()).unwrap().finalize(&evaluation).unwrap());
    assert_eq!(oprf, bytes(&key.evaluate_batch(&inputs).unwrap()));

    let key = SecretKey::<S, Voprf>::derive(&secret, INFO).unwrap();
    let (state, blinded) = ClientState::<S, Voprf>::blind(&inputs, rng).unwrap();
    let blinded = BlindedElements::from_bytes(&blinded.to_bytes()).unwrap();
    let evaluation = Evaluation::from_bytes(&key.blind_evaluate(&blinded, rng).unwrap().to_bytes()).unwrap();
    let state = ClientState::<S, Voprf>::from_bytes(&state.into_bytes()).unwrap();
    let voprf = bytes(&state.finalize(key.public_key(), &evaluation).unwrap());
    assert_eq!(voprf, bytes(&key.evaluate_batch(&inputs).unwrap()));

    let key = SecretKey::<S, Poprf>::derive(&secret, INFO).unwrap();
    let (state, blinded) = ClientState::<S, Poprf>::blind(&inputs, INFO, key.public_key(), rng).unwrap();
    let blinded = BlindedElements::from_bytes(&blinded.to_bytes()).unwrap();
    let evaluation = Evaluation::from_bytes(&key.blind_evaluate(&blinded, INFO, rng).unwrap().to_bytes()).unwrap();
    let state = ClientState::<S, Poprf>::from_bytes(&state.into_bytes()).unwrap();
    let poprf = bytes(&state.finalize(&evaluation).unwrap());
    assert_eq!(poprf, bytes(&key.evaluate_batch(&inputs, INFO).unwrap()));
    assert_ne!(poprf, bytes(&key.evaluate_batch(&inputs, b"another").unwrap()));

    for i in 0..inputs.len() {
        assert!(oprf[i] != voprf[i] && voprf[i] != poprf[i] && poprf[i] != oprf[i]);
        for j in 0..i {
            assert_eq!(voprf[i] == voprf[j], inputs[i] == inputs[j]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn ristretto255(inputs in batch(), seed in any::<u64>()) {
        run::<Ristretto255Sha512>(&inputs, seed);
    }

    #[test]
    fn p256(inputs in batch(), seed in any::<u64>()) {
        run::<P256Sha256>(&inputs, seed);
    }

    #[test]
    fn p384(inputs in batch(), seed in any::<u64>()) {
        run::<P384Sha384>(&inputs, seed);
    }
}

/// Enough for every algorithm that sums many terms.
fn large<S: Suite>(count: usize) {
    let run = common::voprf::<S>(count);
    let outputs = bytes(&run.finalize(&run.evaluation).unwrap());
    assert_eq!(outputs, bytes(&run.key.evaluate_batch(&slices(&run.inputs)).unwrap()));
    let (ne, _) = lengths::<S>();
    let mut swapped = run.evaluation.clone();
    let (first, last) = swapped.split_at_mut((count - 1) * ne);
    first[..ne].swap_with_slice(&mut last[..ne]);
    assert!(run.finalize(&swapped).is_err());
}

#[test]
fn large_batches() {
    large::<Ristretto255Sha512>(400);
    large::<P256Sha256>(150);
    large::<P384Sha384>(150);
}

/// The composites have an index of two bytes: the last one is 65,534. Here every input is the same.
#[test]
fn the_largest_batch() {
    type S = Ristretto255Sha512;
    let run = common::voprf::<S>(1);
    let (head, entry) = run.state.split_at(6);
    let state = [&head[..4], &[0xff, 0xff], &entry.repeat(farebox_voprf::MAX_BATCH)].concat();
    let state = ClientState::<S, Voprf>::from_bytes(&state).unwrap();
    let blinded = BlindedElements::from_bytes(&run.blinded.repeat(farebox_voprf::MAX_BATCH)).unwrap();
    let evaluation = run.key.blind_evaluate(&blinded, &mut rng(1)).unwrap();
    let outputs = state.finalize(run.public(), &evaluation).unwrap();
    assert_eq!(outputs.len(), 65_535);
    let one = run.key.evaluate(&run.inputs[0]).unwrap();
    assert!(outputs.iter().all(|output| *output == one));
}
