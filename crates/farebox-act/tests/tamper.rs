//! Every bit of every message and saved state flipped, every cut, every extension: refused by the decoder or by the step that
//! uses it, never accepted, never a panic.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use common::{Run, context};
use farebox_act::{
    CreditToken, Error, Fault, Invalid, IssuanceRequest, IssuanceResponse, Malformed, Params, PreIssuance, PreRefund,
    Refund, SecretKey, SpendProof,
};

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

fn issue(run: &Run, bytes: &[u8]) -> Outcome {
    let issue = |m| run.key.issue(&run.params, &m, run.balance, context(), &mut rand::rng()).map(drop);
    Outcome::of(IssuanceRequest::from_bytes(bytes), issue)
}

fn finish(run: &Run, bytes: &[u8]) -> Outcome {
    let state = run.pre_issuance();
    Outcome::of(IssuanceResponse::from_bytes(&run.params, bytes), |m| {
        let token = state.finish(&run.params, run.key.public_key(), context(), run.balance, &m);
        token.map(drop).map_err(|refused| refused.error)
    })
}

fn verify(run: &Run, bytes: &[u8]) -> Outcome {
    Outcome::of(SpendProof::from_bytes(&run.params, bytes), |m| {
        run.key.verify(&run.params, m, &run.expected(), |_| true).map(drop).map_err(|refused| refused.error)
    })
}

fn verify_batchable(run: &Run, bytes: &[u8]) -> Outcome {
    Outcome::of(SpendProof::from_bytes_batchable(&run.params, bytes), |m| {
        run.key.verify(&run.params, m, &run.expected(), |_| true).map(drop).map_err(|refused| refused.error)
    })
}

fn construct(run: &Run, bytes: &[u8]) -> Outcome {
    let state = run.pre_refund();
    Outcome::of(Refund::from_bytes(&run.params, bytes), |m| {
        state.finish(&run.params, run.key.public_key(), &m).map(drop).map_err(|refused| refused.error)
    })
}

fn flipped(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    (0..bytes.len() * 8).map(|bit| {
        let mut bytes = bytes.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        (bit, bytes)
    })
}

/// All changes of one message at each L. None is called the caller's mistake.
fn tamper(lengths: &[u8], message: impl Fn(&Run) -> &Vec<u8>, step: impl Fn(&Run, &[u8]) -> Outcome) {
    for bits in lengths {
        let run = Run::new(*bits);
        let bytes = message(&run);
        assert_eq!(step(&run, bytes), Outcome::Accepted);
        for (bit, changed) in flipped(bytes) {
            match step(&run, &changed) {
                Outcome::Decoder(_) | Outcome::Step(Error::Invalid(_)) => {}
                // What is inside a proof is read where it is checked.
                Outcome::Step(Error::Malformed(Malformed { field: "pok", .. })) => {}
                other => panic!("L = {bits}, bit {bit}: {other:?}"),
            }
        }
        for len in 0..bytes.len() {
            let refused = step(&run, &bytes[..len]);
            assert!(
                matches!(refused, Outcome::Decoder(Malformed { fault: Fault::Truncated, .. })),
                "{len}: {refused:?}"
            );
        }
        for extra in 1..=4 {
            for byte in [0, 1, 0xff] {
                let refused = step(&run, &[bytes.as_slice(), &[byte; 4][..extra]].concat());
                assert_eq!(refused, Outcome::Decoder(Malformed { field: "end", fault: Fault::Trailing(extra) }));
            }
        }
    }
}

#[test]
fn request() {
    tamper(&[1, 2], |run| &run.request, issue);
}

#[test]
fn response() {
    tamper(&[1, 2], |run| &run.response, finish);
}

#[test]
fn spend() {
    tamper(&[1, 2], |run| &run.spend, verify);
}

#[test]
fn batchable_spend() {
    tamper(&[1], |run| &run.batchable, verify_batchable);
}

#[test]
fn refund() {
    tamper(&[1, 2], |run| &run.refund, construct);
}

// ---- saved states

/// The first 18 bytes of a saved state are its version, its kind and its parameters; every change of them is refused by name.
/// So is every cut and every extension.
fn head_and_length<S>(saved: &[u8], read: impl Fn(&[u8]) -> Result<S, Malformed>) {
    let refused = |bytes: &[u8]| read(bytes).map(drop).unwrap_err();
    for (bit, changed) in flipped(saved).take(18 * 8) {
        let expected = match bit / 8 {
            0 | 1 => Malformed { field: "version", fault: Fault::Version },
            _ => Malformed { field: "parameters", fault: Fault::Parameters },
        };
        assert_eq!(refused(&changed), expected, "bit {bit}");
    }
    for len in 0..saved.len() {
        assert_eq!(refused(&saved[..len]).fault, Fault::Truncated);
    }
    for extra in 1..=4 {
        let long = [saved, &[0; 4][..extra]].concat();
        assert_eq!(refused(&long), Malformed { field: "end", fault: Fault::Trailing(extra) });
    }
}

#[test]
fn head_and_length_of_a_secret_key() {
    let run = Run::new(2);
    head_and_length(&run.key.to_bytes(), |bytes| SecretKey::from_bytes(&run.params, bytes));
}

#[test]
fn head_and_length_of_a_pre_issuance() {
    let run = Run::new(2);
    head_and_length(&run.pre_issuance, |bytes| PreIssuance::from_bytes(&run.params, bytes));
}

#[test]
fn head_and_length_of_a_token() {
    let run = Run::new(2);
    head_and_length(&run.token, |bytes| CreditToken::from_bytes(&run.params, bytes));
}

#[test]
fn head_and_length_of_a_pre_refund() {
    let run = Run::new(2);
    head_and_length(&run.pre_refund, |bytes| PreRefund::from_bytes(&run.params, bytes));
}

/// A state of one kind is not read as another, even where the lengths agree.
#[test]
fn states_of_another_kind() {
    let run = Run::new(2);
    let refused = Malformed { field: "version", fault: Fault::Version };
    assert_eq!(run.token.len(), run.pre_refund.len());
    assert_eq!(CreditToken::from_bytes(&run.params, &run.pre_refund).unwrap_err(), refused);
    assert_eq!(PreRefund::from_bytes(&run.params, &run.token).unwrap_err(), refused);
    assert_eq!(PreIssuance::from_bytes(&run.params, &run.token).unwrap_err(), refused);
    assert_eq!(SecretKey::from_bytes(&run.params, &run.pre_issuance).unwrap_err(), refused);
}

/// Whether the issuer takes a spend of what the token holds, in the context that the token says.
fn spends(run: &Run, params: &Params, token: CreditToken) -> bool {
    let charge = token.balance().min(run.charge);
    let expected = farebox_act::Expected { charge, context: token.context() };
    let Ok((spend, _)) = token.spend(params, charge, &mut rand::rng()) else { return false };
    run.key.verify(params, spend, &expected, |_| true).is_ok()
}

/// A changed scalar is another key, which refuses every token of the first.
#[test]
fn body_of_a_secret_key() {
    let run = Run::new(1);
    for (bit, changed) in flipped(&run.key.to_bytes()).skip(18 * 8) {
        let Ok(key) = SecretKey::from_bytes(&run.params, &changed) else { continue };
        assert_ne!(key.public_key(), run.key.public_key(), "bit {bit}");
        let refused = key.verify(&run.params, run.spend(), &run.expected(), |_| true).unwrap_err();
        assert_eq!(refused.error, Error::Invalid(Invalid::Proof), "bit {bit}");
    }
}

/// A changed token is refused when it is read, when it is spent, or by the issuer, whatever balance or context it claims.
#[test]
fn body_of_a_token() {
    let run = Run::new(1);
    assert!(spends(&run, &run.params, run.token()));
    for (bit, changed) in flipped(&run.token).skip(18 * 8) {
        let Ok(token) = CreditToken::from_bytes(&run.params, &changed) else { continue };
        assert!(!spends(&run, &run.params, token), "bit {bit}");
    }
}

/// A changed `k` or `r` is refused when the token is spent, a changed `K` with the response.
#[test]
fn body_of_a_pre_issuance() {
    let run = Run::new(1);
    let response = IssuanceResponse::from_bytes(&run.params, &run.response).unwrap();
    for (bit, changed) in flipped(&run.pre_issuance).skip(18 * 8) {
        let Ok(state) = PreIssuance::from_bytes(&run.params, &changed) else { continue };
        match state.finish(&run.params, run.key.public_key(), context(), run.balance, &response) {
            Err(refused) => assert_eq!(refused.error, Error::Invalid(Invalid::Proof), "bit {bit}"),
            Ok(token) => assert!(!spends(&run, &run.params, token), "bit {bit}"),
        }
    }
}

/// A changed state is refused when it is read or with the refund, or gives a token that the issuer refuses. One field is
/// free: `s` only limits the refund, so a larger `s` gives the honest token.
#[test]
fn body_of_a_pre_refund() {
    let run = Run::with(common::params(2), 2, 1, 1);
    let refund = Refund::from_bytes(&run.params, &run.refund).unwrap();
    let charge = 18 + 3 * 32..18 + 4 * 32;
    for (bit, changed) in flipped(&run.pre_refund).skip(18 * 8) {
        let Ok(state) = PreRefund::from_bytes(&run.params, &changed) else { continue };
        match state.finish(&run.params, run.key.public_key(), &refund) {
            Err(refused) => assert!(matches!(refused.error, Error::Invalid(_)), "bit {bit}"),
            Ok(token) if charge.contains(&(bit / 8)) => assert_eq!(token.into_bytes()[..], run.next),
            Ok(token) => assert!(!spends(&run, &run.params, token), "bit {bit}"),
        }
    }
}
