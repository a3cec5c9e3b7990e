//! One test for each check: what is refused, and by which layer.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod common;

use common::{INFO, Run, lengths, put, rng, slices};
use farebox_group::{DecodeError, Group as _, Scalar as _};
use farebox_voprf::{
    BlindCoins, BlindedElements, ClientState, Error, Evaluation, Fault, Invalid, MAX_BATCH, MAX_INPUT, Malformed,
    Misuse, Oprf, P256Sha256, P384Sha384, Poprf, ProofCoins, PublicKey, Ristretto255Sha512, SecretKey, Suite, Voprf,
};

fn malformed(field: &'static str, fault: impl Into<Fault>) -> Malformed {
    Malformed { field, fault: fault.into() }
}

/// Bytes that are as long as an element and are none.
fn no_element<S: Suite>() -> Vec<u8> {
    vec![0xff; lengths::<S>().0]
}

fn order<S: Suite>() -> Vec<u8> {
    // One more than order - 1, whose last byte is not 0xff.
    let mut bytes = common::scalar_bytes::<S>(&-common::Scalar::<S>::ONE);
    let at = if S::Group::SCALAR_ORDER == farebox_group::ByteOrder::Little { 0 } else { bytes.len() - 1 };
    bytes[at] += 1;
    bytes
}

// ---- blinded elements

fn blinded_elements<S: Suite>() {
    let field = "blindedElement";
    let refused = |bytes: &[u8]| BlindedElements::<S>::from_bytes(bytes).unwrap_err();
    let (ne, _) = lengths::<S>();
    let honest = common::oprf::<S>(3).blinded;
    assert_eq!(refused(&[]), malformed(field, Fault::Count(0)));
    assert_eq!(refused(&honest[1..]), malformed(field, Fault::Ragged(3 * ne - 1)));
    assert_eq!(refused(&put(&honest, ne, &vec![0; ne])), malformed(field, DecodeError::Identity));
    assert_eq!(refused(&put(&honest, 2 * ne, &no_element::<S>())), malformed(field, DecodeError::Element));
}

/// The number is looked at before the first element is decoded.
fn a_batch_of_65536<S: Suite>() {
    let (ne, _) = lengths::<S>();
    let one = common::oprf::<S>(1).blinded;
    let many = one.repeat(MAX_BATCH + 1);
    let expected = malformed("blindedElement", Fault::Count(65_536));
    assert_eq!(BlindedElements::<S>::from_bytes(&many).unwrap_err(), expected);
    assert_eq!(many.len(), 65_536 * ne);
    let proof = vec![0; 2 * lengths::<S>().1];
    let expected = malformed("evaluatedElement", Fault::Count(65_536));
    assert_eq!(Evaluation::<S, Voprf>::from_bytes(&[many, proof].concat()).unwrap_err(), expected);
}

#[test]
fn a_batch_of_65535_is_read() {
    let one = common::oprf::<Ristretto255Sha512>(1).blinded;
    assert_eq!(BlindedElements::<Ristretto255Sha512>::from_bytes(&one.repeat(MAX_BATCH)).unwrap().len(), MAX_BATCH);
}

// ---- evaluations

fn evaluations<S: Suite>() {
    let refused = |bytes: &[u8]| Evaluation::<S, Voprf>::from_bytes(bytes).unwrap_err();
    let (ne, ns) = lengths::<S>();
    let honest = common::voprf::<S>(3).evaluation;
    let field = "evaluatedElement";
    assert_eq!(refused(&[]), malformed("proof", Fault::Truncated));
    assert_eq!(refused(&honest[..2 * ns - 1]), malformed("proof", Fault::Truncated));
    assert_eq!(refused(&honest[3 * ne..]), malformed(field, Fault::Count(0)));
    assert_eq!(refused(&put(&honest, 0, &vec![0; ne])), malformed(field, DecodeError::Identity));
    assert_eq!(refused(&put(&honest, ne, &no_element::<S>())), malformed(field, DecodeError::Element));
    assert_eq!(refused(&put(&honest, 3 * ne, &order::<S>())), malformed("proof c", DecodeError::Scalar));
    assert_eq!(refused(&put(&honest, 3 * ne + ns, &order::<S>())), malformed("proof s", DecodeError::Scalar));
    let ragged = [&honest[..ne], &[0], &honest[3 * ne..]].concat();
    assert_eq!(refused(&ragged), malformed(field, Fault::Ragged(ne + 1)));
    assert_eq!(Evaluation::<S, Oprf>::from_bytes(&[]).unwrap_err(), malformed(field, Fault::Count(0)));
}

// ---- keys

fn keys<S: Suite>() {
    let (ne, ns) = lengths::<S>();
    let public = |bytes: &[u8]| PublicKey::<S, Voprf>::from_bytes(bytes).unwrap_err();
    assert_eq!(public(&vec![0; ne]), malformed("pkS", DecodeError::Identity));
    assert_eq!(public(&no_element::<S>()), malformed("pkS", DecodeError::Element));
    assert_eq!(public(&[2; 7]), malformed("pkS", DecodeError::Length { expected: ne, actual: 7 }));
    let secret = |bytes: &[u8]| SecretKey::<S, Voprf>::from_bytes(bytes).unwrap_err();
    assert_eq!(secret(&vec![0; ns]), malformed("skS", Fault::Zero));
    assert_eq!(secret(&order::<S>()), malformed("skS", DecodeError::Scalar));
    assert_eq!(secret(&vec![1; ns - 1]), malformed("skS", Fault::Truncated));
    assert_eq!(secret(&vec![1; ns + 1]), malformed("end", Fault::Trailing(1)));
}

fn derivation<S: Suite>() {
    let (_, ns) = lengths::<S>();
    let derive = |seed: &[u8], info: &[u8]| SecretKey::<S, Oprf>::derive(seed, info).map(|_| ());
    assert_eq!(derive(&vec![7; ns], &vec![0; MAX_INPUT]), Ok(()));
    assert_eq!(derive(&vec![7; ns], &vec![0; MAX_INPUT + 1]), Err(Misuse::Info));
    assert_eq!(derive(&vec![7; ns - 1], b""), Err(Misuse::Seed));
    assert_eq!(derive(&vec![7; ns + 1], b""), Err(Misuse::Seed));
    let any = |seed: &[u8], info: &[u8]| SecretKey::<S, Oprf>::derive_from_any_seed(seed, info).map(|_| ());
    assert_eq!(any(b"", b""), Ok(()));
    assert_eq!(any(b"", &vec![0; MAX_INPUT + 1]), Err(Misuse::Info));
}

// ---- the caller's inputs

fn inputs<S: Suite>() {
    let rng = &mut rng(1);
    let key = SecretKey::<S, Poprf>::generate(rng);
    let (long, longest) = (vec![0; MAX_INPUT + 1], vec![0; MAX_INPUT]);
    let blind = |inputs: &[&[u8]]| ClientState::<S, Voprf>::blind(inputs, &mut common::rng(2)).map(|_| ());
    assert_eq!(blind(&[]), Err(Misuse::Batch));
    assert_eq!(blind(&vec![&b"x"[..]; MAX_BATCH + 1]), Err(Misuse::Batch));
    assert_eq!(blind(&[b"x", &long]), Err(Misuse::Input));
    assert_eq!(blind(&[b"", &longest]), Ok(()));
    let blind = |inputs: &[&[u8]], info: &[u8]| {
        ClientState::<S, Poprf>::blind(inputs, info, key.public_key(), &mut common::rng(2))
    };
    assert_eq!(blind(&[], b"").err(), Some(Misuse::Batch));
    assert_eq!(blind(&[&long], b"").err(), Some(Misuse::Input));
    assert_eq!(blind(&[b""], &long).err(), Some(Misuse::Info));
    let (_, blinded) = blind(&[b""], &longest).unwrap();
    assert_eq!(key.blind_evaluate(&blinded, &long, rng).err(), Some(Misuse::Info));
    assert_eq!(key.evaluate(b"", &long).err(), Some(Misuse::Info));
    assert_eq!(key.evaluate(&long, b"").err(), Some(Misuse::Input));
    let key = SecretKey::<S, Voprf>::generate(rng);
    assert_eq!(key.evaluate(&long).err(), Some(Misuse::Input));
    assert_eq!(key.verify(&long, b""), Err(Misuse::Input.into()));
}

/// A public input whose tweak is the key's negative, for a key that was made for it.
fn tweaks_to_zero<S: Suite>() {
    let tag: [&[u8]; 3] = [b"HashToScalar-OPRFV1-\x02-", S::ID.as_bytes(), b""];
    let info = [&b"Info"[..], &(INFO.len() as u16).to_be_bytes(), INFO].concat();
    let m = S::Group::hash_to_scalar(&[&info], &tag).unwrap();
    let key = SecretKey::<S, Poprf>::from_bytes(&common::scalar_bytes::<S>(&-m)).unwrap();
    let blind = ClientState::<S, Poprf>::blind(&[b"x"], INFO, key.public_key(), &mut rng(1));
    assert_eq!(blind.err(), Some(Misuse::Tweak));
    let blinded = common::poprf::<S>(1).blinded::<S>();
    assert_eq!(key.blind_evaluate(&blinded, INFO, &mut rng(1)).err(), Some(Misuse::Tweak));
    assert_eq!(key.evaluate(b"x", INFO).err(), Some(Misuse::Tweak));
    assert!(key.evaluate(b"x", b"another").is_ok());
}

// ---- coins

fn coins<S: Suite>() {
    let blind = |blinds| ClientState::<S, Oprf>::blind_with_coins(&[b"a", b"b"], BlindCoins { blinds }).map(|_| ());
    let one = common::Scalar::<S>::ONE;
    assert_eq!(blind(vec![one, one]), Ok(()));
    assert_eq!(blind(vec![one]), Err(Misuse::Coins));
    assert_eq!(blind(vec![one; 3]), Err(Misuse::Coins));
    assert_eq!(blind(vec![one, common::Scalar::<S>::ZERO]), Err(Misuse::Coins));
    let run = common::voprf::<S>(1);
    let zero = ProofCoins::from_nonce(common::Scalar::<S>::ZERO);
    assert_eq!(run.key.blind_evaluate_with_coins(&run.blinded(), zero).err(), Some(Misuse::Coins));
}

// ---- proofs and batches

fn proofs<S: Suite>() {
    let (ne, ns) = lengths::<S>();
    let run = common::voprf::<S>(3);
    let refused = |evaluation: &[u8]| assert_eq!(run.finalize(evaluation).err(), Some(Invalid.into()));
    let honest = &run.evaluation;
    assert_eq!(run.finalize(honest).unwrap().len(), 3);
    // Order.
    let swapped = [&honest[ne..2 * ne], &honest[..ne], &honest[2 * ne..]].concat();
    refused(&swapped);
    // Number.
    refused(&honest[ne..]);
    refused(&[&honest[..ne], honest].concat());
    // Another proof, key, or run.
    let scalar = common::scalar_bytes::<S>(&common::Scalar::<S>::ONE);
    refused(&put(honest, 3 * ne, &scalar));
    refused(&put(honest, 3 * ne + ns, &scalar));
    refused(&put(honest, 3 * ne, &vec![0; 2 * ns]));
    let other = SecretKey::<S, Voprf>::generate(&mut rng(9));
    refused(&other.blind_evaluate(&run.blinded(), &mut rng(9)).unwrap().to_bytes());
    refused(&common::voprf::<S>(4).evaluation[ne..]);
    let refusal = run.state().finalize(other.public_key(), &run.evaluation()).unwrap_err();
    assert_eq!(refusal.error, Invalid.into());
    // Nothing was consumed.
    assert_eq!(refusal.state.finalize(run.public(), &run.evaluation()).unwrap().len(), 3);
}

fn proofs_with_info<S: Suite>() {
    let (ne, _) = lengths::<S>();
    let run = common::poprf::<S>(2);
    let refused = |evaluation: &[u8]| assert_eq!(run.finalize(evaluation).err(), Some(Invalid.into()));
    let honest = &run.evaluation;
    assert_eq!(run.finalize(honest).unwrap().len(), 2);
    refused(&[&honest[ne..2 * ne], &honest[..ne], &honest[2 * ne..]].concat());
    refused(&honest[ne..]);
    refused(&run.key.blind_evaluate(&run.blinded(), b"another", &mut rng(9)).unwrap().to_bytes());
    // The same scalar in the other mode.
    let other = SecretKey::<S, Voprf>::from_bytes(&run.key.to_bytes()).unwrap();
    refused(&other.blind_evaluate(&run.blinded(), &mut rng(9)).unwrap().to_bytes());
    let evaluation = Evaluation::from_bytes(&honest[ne..]).unwrap();
    let refusal = run.state().finalize(&evaluation).unwrap_err();
    assert_eq!(refusal.state.finalize(&run.evaluation()).unwrap().len(), 2);
}

fn counts_without_proofs<S: Suite>() {
    let (ne, _) = lengths::<S>();
    let run: Run<SecretKey<S, Oprf>> = common::oprf(2);
    for bytes in [&run.evaluation[ne..], &run.evaluation.repeat(2)] {
        let evaluation = Evaluation::from_bytes(bytes).unwrap();
        assert_eq!(run.state().finalize(&evaluation).unwrap_err().error, Invalid.into());
    }
}

// ---- outputs

fn outputs<S: Suite>() {
    let run = common::voprf::<S>(2);
    let outputs = run.finalize(&run.evaluation).unwrap();
    let output = outputs[1].as_bytes();
    let input = &slices(&run.inputs)[1];
    assert_eq!(run.key.verify(input, output), Ok(()));
    let invalid: Result<(), Error> = Err(Invalid.into());
    assert_eq!(run.key.verify(b"another", output), invalid);
    assert_eq!(run.key.verify(input, outputs[0].as_bytes()), invalid);
    for bytes in [&output[1..], &output[..output.len() - 1], &[output, &[0]].concat(), b""] {
        assert_eq!(run.key.verify(input, bytes), invalid);
    }
    let other = SecretKey::<S, Oprf>::from_bytes(&run.key.to_bytes()).unwrap();
    assert_eq!(other.verify(input, output), invalid, "the mode is in the hash");
    let run = common::poprf::<S>(1);
    let outputs = run.finalize(&run.evaluation).unwrap();
    assert_eq!(run.key.verify(&run.inputs[0], INFO, outputs[0].as_bytes()), Ok(()));
    assert_eq!(run.key.verify(&run.inputs[0], b"another", outputs[0].as_bytes()), invalid);
}

// ---- saved states

fn states<S: Suite>() {
    let (ne, ns) = lengths::<S>();
    let honest = common::voprf::<S>(2).state;
    let refused = |bytes: &[u8]| ClientState::<S, Voprf>::from_bytes(bytes).unwrap_err();
    for at in 0..4 {
        let other = put(&honest, at, &[honest[at] ^ 0x40]);
        assert_eq!(refused(&other), malformed("version", Fault::Version), "byte {at}");
    }
    assert_eq!(refused(b""), malformed("version", Fault::Truncated));
    assert_eq!(refused(&put(&honest, 4, &[0, 0])), malformed("inputs", Fault::Count(0)));
    assert_eq!(refused(&put(&honest, 4, &[0, 1])).field, "end");
    assert_eq!(refused(&put(&honest, 4, &[0xff, 0xff])), malformed("blind", Fault::Truncated));
    assert_eq!(refused(&put(&honest, 6, &vec![0; ns])), malformed("blind", Fault::Zero));
    assert_eq!(refused(&put(&honest, 6, &order::<S>())), malformed("blind", DecodeError::Scalar));
    assert_eq!(refused(&put(&honest, 6 + ns, &vec![0; ne])), malformed("blindedElement", DecodeError::Identity));
    assert_eq!(refused(&honest[..honest.len() - 1]), malformed("input", Fault::Truncated));
    assert_eq!(refused(&[&honest[..], &[0]].concat()), malformed("end", Fault::Trailing(1)));
    let modes = ClientState::<S, Oprf>::from_bytes(&honest).unwrap_err();
    assert_eq!(modes, malformed("version", Fault::Version));
    let honest = common::poprf::<S>(2).state;
    let refused = |bytes: &[u8]| ClientState::<S, Poprf>::from_bytes(bytes).unwrap_err();
    let at = 8 + INFO.len();
    assert_eq!(refused(&put(&honest, at, &vec![0; ne])), malformed("tweakedKey", DecodeError::Identity));
    assert_eq!(refused(&honest[..10]), malformed("info", Fault::Truncated));
}

#[test]
fn states_of_another_suite() {
    let state = common::oprf::<Ristretto255Sha512>(1).state;
    assert_eq!(ClientState::<P256Sha256, Oprf>::from_bytes(&state).unwrap_err(), malformed("version", Fault::Version));
}

macro_rules! for_every_suite {
    ($($check:ident)*) => {
        mod ristretto255 { $(#[test] fn $check() { super::$check::<super::Ristretto255Sha512>(); })* }
        mod p256 { $(#[test] fn $check() { super::$check::<super::P256Sha256>(); })* }
        mod p384 { $(#[test] fn $check() { super::$check::<super::P384Sha384>(); })* }
    };
}

for_every_suite! {
    blinded_elements
    a_batch_of_65536
    evaluations
    keys
    derivation
    inputs
    tweaks_to_zero
    coins
    proofs
    proofs_with_info
    counts_without_proofs
    outputs
    states
}
