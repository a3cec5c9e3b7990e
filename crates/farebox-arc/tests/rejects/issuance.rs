//! Issuance, at the issuer and at the client.

use super::*;

fn issue<S: Tested>(run: &Run<S>, bytes: &[u8]) -> Result<(), Error> {
    run.key.issue(&CredentialRequest::from_bytes(bytes).unwrap(), &mut rand::rng()).map(drop)
}

/// A response that is refused; the state that comes back finishes with the honest one.
fn refuses<S: Tested>(run: &Run<S>, key: &PublicKey<S>, bytes: &[u8]) {
    let response = CredentialResponse::from_bytes(bytes).unwrap();
    let refused = run.pre_issuance().finish(key, &response).unwrap_err();
    assert_eq!(refused.error, INVALID);
    let credential = refused.state.finish(run.public(), &run.response()).unwrap();
    assert_eq!(credential.into_bytes()[..], run.credential);
}

fn a_request_has_another_proof<S: Tested>() {
    let (run, other) = (Run::<S>::of(2), Run::<S>::of(10));
    let proof = 2 * common::ne::<S>();
    assert_eq!(issue(run, &put(&run.request, proof, &other.request[proof..])), Err(INVALID));
    assert_eq!(issue(run, &run.request), Ok(()));
}

fn a_request_has_another_element<S: Tested>() {
    let (run, ne) = (Run::<S>::of(2), common::ne::<S>());
    for at in [0, ne] {
        assert_eq!(issue(run, &shift::<S>(&run.request, at)), Err(INVALID));
    }
    let swapped = [&run.request[ne..2 * ne], &run.request[..ne], &run.request[2 * ne..]].concat();
    assert_eq!(issue(run, &swapped), Err(INVALID));
}

fn a_response_has_another_element<S: Tested>() {
    let (run, ne) = (Run::<S>::of(2), common::ne::<S>());
    for i in 0..6 {
        refuses(run, run.public(), &shift::<S>(&run.response, i * ne));
    }
    // X1Aux and X2Aux.
    let (head, rest) = run.response.split_at(3 * ne);
    refuses(run, run.public(), &[head, &rest[ne..2 * ne], &rest[..ne], &rest[2 * ne..]].concat());
}

fn a_response_has_another_proof<S: Tested>() {
    let (run, proof) = (Run::<S>::of(2), 6 * common::ne::<S>());
    let other = run.key.issue(&run.request(), &mut rand::rng()).unwrap().to_bytes();
    refuses(run, run.public(), &put(&run.response, proof, &other[proof..]));
    refuses(run, run.public(), &put(&other, proof, &run.response[proof..]));
}

fn a_response_is_for_another_request<S: Tested>() {
    let (run, rng) = (Run::<S>::of(2), &mut rand::rng());
    let (_state, request) = PreIssuance::request(request_context(), rng).unwrap();
    refuses(run, run.public(), &run.key.issue(&request, rng).unwrap().to_bytes());
}

/// The client pinned a key. An issuer that answers with another, to know this client again, is refused.
fn a_response_is_of_another_key<S: Tested>() {
    let (run, other) = (Run::<S>::of(2), Run::<S>::of(10));
    let response = other.key.issue(&run.request(), &mut rand::rng()).unwrap().to_bytes();
    refuses(run, run.public(), &response);
    refuses(run, other.public(), &run.response);
    // One scalar of the key at a time.
    for i in 0..4 {
        let changed = common::bump::<S>(&run.key.to_bytes()[common::HEAD..], 32 * i);
        let key = SecretKey::<S>::from_scalar_bytes(&changed).unwrap();
        refuses(run, run.public(), &key.issue(&run.request(), &mut rand::rng()).unwrap().to_bytes());
    }
}

/// The saved state of a request does not know whether its elements and scalars fit; the response does, or the issuer.
fn a_state_is_of_another_request<S: Tested>() {
    let (run, ne) = (Run::<S>::of(2), common::ne::<S>());
    let elements = run.pre_issuance.len() - 2 * ne;
    for at in [elements, elements + ne] {
        let state = PreIssuance::<S>::from_bytes(&shift::<S>(&run.pre_issuance, at)).unwrap();
        assert_eq!(state.finish(run.public(), &run.response()).unwrap_err().error, INVALID);
    }
    // m1, r1 and r2; m2 is not used again.
    for i in [0, 2, 3] {
        let state = PreIssuance::<S>::from_bytes(&common::bump::<S>(&run.pre_issuance, common::HEAD + 32 * i)).unwrap();
        let mut credential = state.finish(run.public(), &run.response()).unwrap();
        let state = credential.open(context(), run.limit).unwrap();
        let (shown, _) = state.present(&mut rand::rng()).unwrap().into_parts();
        assert_eq!(run.verify(&shown.to_bytes()).unwrap_err(), INVALID);
    }
}

crate::on_every_suite!(
    a_request_has_another_proof,
    a_request_has_another_element,
    a_response_has_another_element,
    a_response_has_another_proof,
    a_response_is_for_another_request,
    a_response_is_of_another_key,
    a_state_is_of_another_request,
);
