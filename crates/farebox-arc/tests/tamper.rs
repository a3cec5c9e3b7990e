//! Every bit of every message flipped, every cut, every extension: refused by the decoder or by the step that uses it, never
//! accepted, never a panic. Saved states as well.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use common::{HEAD, HOLDER, Run, Tested, context, limit};
use farebox_arc::*;

/// Where changed bytes were refused.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Decoder(Malformed),
    Step(Error),
    Accepted,
}

impl Outcome {
    fn of<M>(decoded: Result<M, Malformed>, step: impl FnOnce(M) -> Result<(), Error>) -> Self {
        match decoded.map(step) {
            Err(malformed) => Self::Decoder(malformed),
            Ok(Err(error)) => Self::Step(error),
            Ok(Ok(())) => Self::Accepted,
        }
    }
}

fn issue<S: Tested>(run: &Run<S>, bytes: &[u8]) -> Outcome {
    Outcome::of(CredentialRequest::from_bytes(bytes), |m| run.key.issue(&m, &mut rand::rng()).map(drop))
}

fn finish<S: Tested>(run: &Run<S>, bytes: &[u8]) -> Outcome {
    Outcome::of(CredentialResponse::from_bytes(bytes), |m| {
        run.pre_issuance().finish(run.public(), &m).map(drop).map_err(|refused| refused.error)
    })
}

fn verify<S: Tested>(run: &Run<S>, bytes: &[u8]) -> Outcome {
    Outcome::of(Presentation::from_bytes(run.limit, bytes), |m| {
        let verified = run.key.verify(&common::request_context(), &context(), run.limit, m);
        verified.map(drop).map_err(|refused| refused.error)
    })
}

/// Which bits of a message are flipped.
#[derive(Clone, Copy)]
enum Bits {
    All,
    /// One in each byte, another in the next.
    EveryByte,
    /// One in each seventh byte, and so in every field and in every bit.
    Sample,
}

fn flipped(bytes: &[u8], bits: Bits) -> impl Iterator<Item = (usize, Vec<u8>)> {
    let step = match bits {
        Bits::All => 1,
        Bits::EveryByte => 9,
        Bits::Sample => 57,
    };
    (0..bytes.len() * 8).step_by(step).map(|bit| {
        let mut bytes = bytes.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        (bit, bytes)
    })
}

/// All changes of one message. None is called the caller's mistake.
fn tamper<S: Tested>(n: u64, bits: Bits, message: fn(&Run<S>) -> &Vec<u8>, step: fn(&Run<S>, &[u8]) -> Outcome) {
    let run = Run::<S>::of(n);
    let bytes = message(run);
    assert_eq!(step(run, bytes), Outcome::Accepted);
    for (bit, changed) in flipped(bytes, bits) {
        match step(run, &changed) {
            Outcome::Decoder(_) | Outcome::Step(Error::Invalid(Invalid)) => {}
            // What is inside a proof is read where it is checked.
            Outcome::Step(Error::Malformed(Malformed { field: "proof", fault: Fault::Encoding(_) })) => {}
            other => panic!("N = {n}, bit {bit}: {other:?}"),
        }
    }
    let expected = bytes.len();
    for actual in (0..expected).chain(expected + 1..expected + 5) {
        let mut changed = bytes.clone();
        changed.resize(actual, 1);
        let Outcome::Decoder(Malformed { fault, .. }) = step(run, &changed) else { panic!("{actual} bytes") };
        assert_eq!(fault, Fault::Length { expected, actual });
    }
}

#[test]
fn request_on_ristretto255() {
    tamper::<Ristretto255>(2, Bits::All, |run| &run.request, issue);
}

#[test]
fn response_on_ristretto255() {
    tamper::<Ristretto255>(2, Bits::All, |run| &run.response, finish);
}

#[test]
fn presentation_with_one_bit_on_ristretto255() {
    tamper::<Ristretto255>(2, Bits::All, |run| &run.presentation, verify);
}

#[test]
fn presentation_with_four_bits_on_ristretto255() {
    tamper::<Ristretto255>(10, Bits::EveryByte, |run| &run.presentation, verify);
}

#[test]
fn request_on_p256() {
    tamper::<P256>(2, Bits::EveryByte, |run| &run.request, issue);
}

#[test]
fn response_on_p256() {
    tamper::<P256>(2, Bits::EveryByte, |run| &run.response, finish);
}

#[test]
fn presentation_with_one_bit_on_p256() {
    tamper::<P256>(2, Bits::EveryByte, |run| &run.presentation, verify);
    tamper::<P256Draft01>(2, Bits::Sample, |run| &run.presentation, verify);
}

#[test]
fn presentation_with_four_bits_on_p256() {
    tamper::<P256>(10, Bits::EveryByte, |run| &run.presentation, verify);
}

// ---- saved states

type S = Ristretto255;

/// A changed scalar is another key, which refuses every presentation of the first. xb is in X0 only, and so not in V.
#[test]
fn body_of_a_secret_key() {
    let run = Run::<S>::of(2);
    for (bit, changed) in flipped(&run.key.to_bytes(), Bits::EveryByte).skip_while(|(bit, _)| bit / 8 < HEAD) {
        let Ok(key) = SecretKey::<S>::from_bytes(&changed) else { continue };
        assert_ne!(key.public_key(), run.public(), "bit {bit}");
        let verified = key.verify(&common::request_context(), &context(), run.limit, run.presentation());
        assert_eq!(verified.is_ok(), bit / 8 >= HEAD + 3 * 32, "bit {bit}");
        // Nor are its states those of the first.
        assert!(Credential::from_bytes(key.public_key(), &run.credential).is_err());
    }
}

/// A changed m1, U or U' is refused when it is read, when it is presented, or by the verifier.
#[test]
fn body_of_a_presentation_state() {
    let run = Run::<S>::of(2);
    let elements = HOLDER + 3 * 32;
    for (bit, changed) in flipped(&run.state, Bits::All).take_while(|(bit, _)| bit / 8 < elements + 32) {
        let Ok(state) = PresentationState::<S>::from_bytes(run.public(), &changed) else { continue };
        let Ok(presented) = state.present(&mut rand::rng()) else { continue };
        let refused = run.verify(&presented.into_parts().0.to_bytes()).unwrap_err();
        assert_eq!(refused, Error::Invalid(Invalid), "bit {bit}");
    }
}

/// Counter and limit: a state whose numbers fit is as good as another, and the issuer has a limit of its own.
#[test]
fn numbers_of_a_presentation_state() {
    let run = Run::<S>::of(10);
    let from = run.state.len() - 16;
    for (bit, changed) in flipped(&run.state, Bits::All).skip(from * 8) {
        let number = |at: usize| u64::from_be_bytes(changed[at..at + 8].try_into().unwrap());
        let (next, n) = (number(from), number(from + 8));
        let fits = (2..=1 << 32).contains(&n) && next < n;
        match PresentationState::<S>::from_bytes(run.public(), &changed) {
            Ok(state) => {
                assert!(fits, "bit {bit}");
                assert_eq!((state.used(), state.limit()), (next, limit(n)));
                let shown = state.present(&mut rand::rng()).unwrap().into_parts().0.to_bytes();
                // N is 10 for the issuer: the changed counter is below it, or the changed N is another.
                assert_eq!(run.verify(&shown).is_ok(), n == 10, "bit {bit}");
            }
            Err(refused) => assert!(!fits && refused.fault == Fault::Counter, "bit {bit}: {refused}"),
        }
    }
}

/// A changed m1, r1, r2 or element is refused when it is read, with the response, or by the verifier. m2 is not used again.
#[test]
fn body_of_an_issuance_state() {
    let run = Run::<S>::of(2);
    let m2 = HEAD + 32..HEAD + 64;
    for (bit, changed) in flipped(&run.pre_issuance, Bits::EveryByte).skip_while(|(bit, _)| bit / 8 < HEAD) {
        let Ok(state) = PreIssuance::<S>::from_bytes(&changed) else { continue };
        let Ok(mut credential) = state.finish(run.public(), &run.response()) else { continue };
        let state = credential.open(context(), run.limit).unwrap();
        let (shown, _) = state.present(&mut rand::rng()).unwrap().into_parts();
        assert_eq!(run.verify(&shown.to_bytes()).is_ok(), m2.contains(&(bit / 8)), "bit {bit}");
    }
}
