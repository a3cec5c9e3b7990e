//! A presentation that is honest, and was made for something else.

use super::*;

/// Refused as invalid; what comes back verifies with what it was made for.
fn refused<S: Tested>(run: &Run<S>, key: &SecretKey<S>, request: &RequestContext<S>, context: &PresentationContext<S>) {
    let refused = key.verify(request, context, run.limit, run.presentation()).unwrap_err();
    assert_eq!(refused.error, INVALID);
    assert_eq!(refused.state.to_bytes(), run.presentation);
    let _ = run.key.verify(&request_context(), &common::context(), run.limit, *refused.state).unwrap();
}

fn the_context_is_another<S: Tested>() {
    for n in [2, 10] {
        let run = Run::<S>::of(n);
        refused(run, &run.key, &request_context(), &tomorrow());
        refused(run, &run.key, &request_context(), &PresentationContext::new(b"").unwrap());
    }
}

fn the_request_context_is_another<S: Tested>() {
    for n in [2, 10] {
        let run = Run::<S>::of(n);
        refused(run, &run.key, &RequestContext::new(b"another issuer"), &context());
        refused(run, &run.key, &RequestContext::new(b""), &context());
    }
}

fn the_key_is_another<S: Tested>() {
    let run = Run::<S>::of(10);
    refused(run, &Run::<S>::of(2).key, &request_context(), &context());
    // One of the four scalars; the last is in X0 only.
    for i in 0..3 {
        let changed = common::bump::<S>(&run.key.to_bytes()[common::HEAD..], 32 * i);
        let key = SecretKey::<S>::from_scalar_bytes(&changed).unwrap();
        refused(run, &key, &request_context(), &context());
    }
}

/// The two contexts are hashed apart.
fn the_contexts_are_exchanged<S: Tested>() {
    let run = Run::<S>::of(2);
    let (request, context) = (RequestContext::new(b"today"), PresentationContext::new(b"issuer and origin").unwrap());
    refused(run, &run.key, &request, &context);
}

crate::on_every_suite!(
    the_context_is_another,
    the_request_context_is_another,
    the_key_is_another,
    the_contexts_are_exchanged,
);

/// Under one key, all messages of one Fiat-Shamir format are refused by the other. They have the same lengths.
#[test]
fn the_suite_is_another() {
    let (run, rng) = (Run::<P256>::of(10), &mut rand::rng());
    let key = SecretKey::<P256Draft01>::from_scalar_bytes(&run.key.to_bytes()[common::HEAD..]).unwrap();
    assert_eq!(key.public_key().to_bytes(), run.public().to_bytes());

    let request = CredentialRequest::<P256Draft01>::from_bytes(&run.request).unwrap();
    assert_eq!(key.issue(&request, rng).unwrap_err(), INVALID);

    let saved = put(&run.pre_issuance, 2, &[2]);
    let state = PreIssuance::<P256Draft01>::from_bytes(&saved).unwrap();
    let response = CredentialResponse::<P256Draft01>::from_bytes(&run.response).unwrap();
    assert_eq!(state.finish(key.public_key(), &response).unwrap_err().error, INVALID);

    let shown = Presentation::<P256Draft01>::from_bytes(run.limit, &run.presentation).unwrap();
    let refused = key.verify(&request_context(), &context(), run.limit, shown).unwrap_err();
    assert_eq!(refused.error, INVALID);
}

/// Nor are messages of the older draft taken, whose issuance states the same equations.
#[test]
fn the_suite_is_of_the_older_draft() {
    let (run, rng) = (Run::<P256>::of(10), &mut rand::rng());
    let key = SecretKey::<v1::P256>::from_scalar_bytes(&run.key.to_bytes()[common::HEAD..]).unwrap();
    assert_eq!(key.public_key().to_bytes(), run.public().to_bytes());

    let request = CredentialRequest::<v1::P256>::from_bytes(&run.request).unwrap();
    assert_eq!(key.issue(&request, rng).unwrap_err(), INVALID);
    let (_state, request) = PreIssuance::<v1::P256>::request(request_context(), rng).unwrap();
    let request = CredentialRequest::<P256>::from_bytes(&request.to_bytes()).unwrap();
    assert_eq!(run.key.issue(&request, rng).unwrap_err(), INVALID);

    let saved = put(&run.pre_issuance, 2, &[4]);
    let state = PreIssuance::<v1::P256>::from_bytes(&saved).unwrap();
    let response = CredentialResponse::<v1::P256>::from_bytes(&run.response).unwrap();
    assert_eq!(state.finish(key.public_key(), &response).unwrap_err().error, INVALID);
}

/// The scalars of a proof are read where the proof is checked; they are bytes all the same.
fn a_proof_has_a_scalar_that_is_not_canonical<S: Tested>() {
    let (run, rng) = (Run::<S>::of(10), &mut rand::rng());
    let expected = Error::Malformed(malformed("proof", Fault::Encoding(DecodeError::Scalar)));
    for bad in [order_bytes::<S>(), vec![0xff; 32]] {
        for i in 0..5 {
            let request = put(&run.request, 2 * common::ne::<S>() + 32 * i, &bad);
            let request = CredentialRequest::from_bytes(&request).unwrap();
            assert_eq!(run.key.issue(&request, rng).unwrap_err(), expected);
        }
        for i in 0..8 {
            let response = put(&run.response, 6 * common::ne::<S>() + 32 * i, &bad);
            let response = CredentialResponse::from_bytes(&response).unwrap();
            assert_eq!(run.pre_issuance().finish(run.public(), &response).unwrap_err().error, expected);
        }
        for i in 0..18 {
            let shown = put(&run.presentation, at::proof::<S>(4) + 32 * i, &bad);
            assert_eq!(run.verify(&shown).unwrap_err(), expected);
        }
    }
}

/// The two parts of a proof that say different things: challenge and responses of another presentation.
fn a_proof_is_of_another_presentation<S: Tested>() {
    let run = Run::<S>::of(10);
    let (other, _) = run.state().present(&mut rand::rng()).unwrap().into_parts();
    let other = other.to_bytes();
    let proof = at::proof::<S>(4);
    assert_eq!(run.verify(&put(&run.presentation, proof, &other[proof..])).unwrap_err(), INVALID);
    assert_eq!(run.verify(&put(&run.presentation, proof, &other[proof..proof + 32])).unwrap_err(), INVALID);
    // The range part of one with the other part of another.
    assert_eq!(
        run.verify(&put(&run.presentation, at::nonce_commit::<S>(), &other[at::nonce_commit::<S>()..])).unwrap_err(),
        INVALID
    );
    run.verify(&other).unwrap();
}

crate::on_every_suite!(a_proof_has_a_scalar_that_is_not_canonical, a_proof_is_of_another_presentation);
