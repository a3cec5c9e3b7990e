//! Issuance, at the issuer and at the client.

use super::*;

#[test]
fn a_request_has_another_proof() {
    let (run, other, rng) = (Run::new(8), Run::new(10), &mut rand::rng());
    let mixed = [&run.request[..32], &other.request[32..]].concat();
    let request = IssuanceRequest::from_bytes(&mixed).unwrap();
    let refused = run.key.issue(&run.params, &request, run.balance, context(), rng).unwrap_err();
    assert_eq!(refused, Error::Invalid(Invalid::Proof));
}

#[test]
fn an_amount_of_2_to_the_l_is_issued() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    let request = IssuanceRequest::from_bytes(&run.request).unwrap();
    let wide = params(10).credits(256).unwrap();
    let refused = run.key.issue(&run.params, &request, wide, context(), rng).unwrap_err();
    assert_eq!(refused, Error::Misuse(Misuse::Amount));
    let _ = run.key.issue(&run.params, &request, run.balance, context(), rng).unwrap();
}

/// A state that a refused response left behind finishes with the honest one.
fn finishes(run: &Run, state: PreIssuance) {
    let response = IssuanceResponse::from_bytes(&run.params, &run.response).unwrap();
    let token = state.finish(&run.params, run.key.public_key(), context(), run.balance, &response).unwrap();
    assert_eq!(token.into_bytes()[..], run.token);
}

#[test]
fn a_client_gets_other_credits_than_it_asked_for() {
    let run = Run::new(8);
    let response = IssuanceResponse::from_bytes(&run.params, &run.response).unwrap();
    for other in [99, 101] {
        let other = run.params.credits(other).unwrap();
        let refused =
            run.pre_issuance().finish(&run.params, run.key.public_key(), context(), other, &response).unwrap_err();
        assert_eq!(refused.error, Error::Invalid(Invalid::Credits));
        finishes(&run, *refused.state);
    }
}

/// The amount in the message is bound by the proof.
#[test]
fn a_response_names_other_credits_than_it_signs() {
    let run = Run::new(8);
    let response = IssuanceResponse::from_bytes(&run.params, &put(&run.response, 64, &amount(101))).unwrap();
    let wanted = run.params.credits(101).unwrap();
    let refused =
        run.pre_issuance().finish(&run.params, run.key.public_key(), context(), wanted, &response).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
    finishes(&run, *refused.state);
}

#[test]
fn a_response_is_for_another_request() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    let (_, request) = PreIssuance::request(&run.params, rng).unwrap();
    let response = run.key.issue(&run.params, &request, run.balance, context(), rng).unwrap();
    let refused =
        run.pre_issuance().finish(&run.params, run.key.public_key(), context(), run.balance, &response).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
    finishes(&run, *refused.state);
}

#[test]
fn a_response_is_of_another_key() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    let other = SecretKey::generate(&run.params, rng);
    let response = IssuanceResponse::from_bytes(&run.params, &run.response).unwrap();
    let refused =
        run.pre_issuance().finish(&run.params, other.public_key(), context(), run.balance, &response).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
    finishes(&run, *refused.state);
}

#[test]
fn a_response_is_for_another_context() {
    let run = Run::new(8);
    let response = IssuanceResponse::from_bytes(&run.params, &run.response).unwrap();
    let other = Context::from_hash(&[8; 64]);
    let refused =
        run.pre_issuance().finish(&run.params, run.key.public_key(), other, run.balance, &response).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
    finishes(&run, *refused.state);
}

/// X_G = e*G + W is the identity for e = -sk, which only the issuer knows.
#[test]
fn a_response_has_e_of_minus_sk() {
    let run = Run::new(8);
    let sk = Scalar::from_bytes(&run.key.to_bytes()[18..], ByteOrder::Little).unwrap();
    let bytes = put(&run.response, 32, &(-sk).to_bytes(ByteOrder::Little));
    let response = IssuanceResponse::from_bytes(&run.params, &bytes).unwrap();
    let refused =
        run.pre_issuance().finish(&run.params, run.key.public_key(), context(), run.balance, &response).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Identity));
    finishes(&run, *refused.state);
}

/// X_A = G + c*H1 + ctx*H4 + K is the identity for a K that no honest client has: only a changed state holds it.
#[test]
fn a_state_makes_what_is_signed_the_identity() {
    let run = Run::new(8);
    let h: Vec<Element> = run.params.generators().map(|bytes| Ristretto255::decode(&bytes).unwrap().0).collect();
    let ctx = Scalar::from_bytes(&context().to_bytes(), ByteOrder::Little).unwrap();
    let k = -(Ristretto255::generator() + h[0] * &Scalar::from(100) + h[3] * &ctx);
    let saved = put(&run.pre_issuance, 18 + 64, &Ristretto255::encode(&k).unwrap());
    let state = PreIssuance::from_bytes(&run.params, &saved).unwrap();
    let response = IssuanceResponse::from_bytes(&run.params, &run.response).unwrap();
    let refused = state.finish(&run.params, run.key.public_key(), context(), run.balance, &response).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Identity));
}

/// The form of 194 bytes is not read where nobody asked for it: the first bytes of ctx stand where the proof's length is.
#[test]
fn a_response_of_194_bytes_is_read_without_the_option() {
    let run = Run::new(8);
    let form = [&run.response[..96], &[0; 32], &run.response[96..]].concat();
    assert_eq!(form.len(), 194);
    let refused = IssuanceResponse::from_bytes(&run.params, &form).unwrap_err();
    assert_eq!(refused, malformed("pok", Fault::Length { expected: 64, actual: 0 }));
    let form = [&run.response[..96], &[0xff; 2], &[0; 30], &run.response[96..]].concat();
    assert_eq!(IssuanceResponse::from_bytes(&run.params, &form).unwrap_err(), malformed("pok", Fault::Truncated));
}

#[test]
fn a_response_of_194_bytes_has_another_context() {
    let run = Run::new(8);
    let form = |context: Context| [&run.response[..96], &context.to_bytes(), &run.response[96..]].concat();
    let other = Context::from_hash(&[8; 64]);
    let read = |bytes: &[u8]| IssuanceResponse::from_bytes_194(&run.params, context(), bytes);
    assert_eq!(read(&form(other)).unwrap_err(), malformed("ctx", Fault::Parameters));
    assert_eq!(read(&form(context())).unwrap().to_bytes(), run.response);
    let scalar = Fault::Encoding(DecodeError::Scalar);
    assert_eq!(read(&put(&form(context()), 96, &ORDER)).unwrap_err(), malformed("ctx", scalar));
}

#[test]
fn a_response_of_162_bytes_is_read_as_194() {
    let run = Run::new(8);
    let refused = IssuanceResponse::from_bytes_194(&run.params, context(), &run.response).unwrap_err();
    // The bytes after c are a length and a challenge, which is no context.
    assert_eq!(refused.field, "ctx");
}
