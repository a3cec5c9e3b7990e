//! The refund, at the issuer and at the client.

use super::*;

#[test]
fn an_issuer_returns_more_than_was_spent() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    for (over, returned) in [(31, 30), (255, 0)] {
        let over = run.params.credits(over).unwrap();
        let refused = run.verified().refund(&run.params, &run.key, over, rng).unwrap_err();
        assert_eq!(refused.error, Error::Misuse(Misuse::RefundAboveCharge));
        let returned = run.params.credits(returned).unwrap();
        let refund = refused.state.refund(&run.params, &run.key, returned, rng).unwrap();
        let token = run.pre_refund().finish(&run.params, run.key.public_key(), &refund).unwrap();
        assert_eq!(token.balance().get(), 70 + returned.get());
    }
}

#[test]
fn an_issuer_returns_with_another_key() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    let other = SecretKey::generate(&run.params, rng);
    let refused = run.verified().refund(&run.params, &other, run.returned, rng).unwrap_err();
    assert_eq!(refused.error, Error::Misuse(Misuse::Parameters));
    let _ = refused.state.refund(&run.params, &run.key, run.returned, rng).unwrap();
}

/// A state that a refused refund left behind finishes with the honest one.
fn takes_the_refund(run: &Run, state: PreRefund) {
    let refund = Refund::from_bytes(&run.params, &run.refund).unwrap();
    let token = state.finish(&run.params, run.key.public_key(), &refund).unwrap();
    assert_eq!(token.into_bytes()[..], run.next);
}

#[test]
fn a_refund_returns_more_than_was_spent() {
    let run = Run::new(8);
    for returned in [31, 255] {
        let refund = Refund::from_bytes(&run.params, &put(&run.refund, 64, &amount(returned))).unwrap();
        let refused = run.pre_refund().finish(&run.params, run.key.public_key(), &refund).unwrap_err();
        assert_eq!(refused.error, Error::Invalid(Invalid::RefundAmount));
        takes_the_refund(&run, *refused.state);
    }
}

/// m + t < 2^L follows from t <= s and s + m = c < 2^L; a changed state can break it, and is refused before the proof.
#[test]
fn a_refund_makes_the_balance_2_to_the_l() {
    let run = Run::new(8);
    let state = PreRefund::from_bytes(&run.params, &put(&run.pre_refund, 18 + 64, &amount(236))).unwrap();
    assert_eq!(state.remaining().get() + run.returned.get(), 256);
    let refund = Refund::from_bytes(&run.params, &run.refund).unwrap();
    let refused = state.finish(&run.params, run.key.public_key(), &refund).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::RefundAmount));
    assert_eq!(refused.state.remaining().get(), 236);
}

/// The same at L = 64, where the sum leaves a `u64`.
#[test]
fn a_refund_makes_the_balance_2_to_the_64() {
    let run = Run::new(64);
    let saved = put(&run.pre_refund, 18 + 64, &amount(u128::from(u64::MAX) - 19));
    let state = PreRefund::from_bytes(&run.params, &saved).unwrap();
    let refund = Refund::from_bytes(&run.params, &run.refund).unwrap();
    let refused = state.finish(&run.params, run.key.public_key(), &refund).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::RefundAmount));
}

#[test]
fn a_refund_names_another_amount_than_it_signs() {
    let run = Run::new(8);
    let refund = Refund::from_bytes(&run.params, &put(&run.refund, 64, &amount(21))).unwrap();
    let refused = run.pre_refund().finish(&run.params, run.key.public_key(), &refund).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
    takes_the_refund(&run, *refused.state);
}

#[test]
fn a_refund_is_for_another_spend() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    let (spend, _) = run.token().spend(&run.params, run.charge, rng).unwrap();
    let verified = run.key.verify(&run.params, spend, &run.expected(), |_| true).unwrap();
    let refund = verified.refund(&run.params, &run.key, run.returned, rng).unwrap();
    let refused = run.pre_refund().finish(&run.params, run.key.public_key(), &refund).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
    takes_the_refund(&run, *refused.state);
}

#[test]
fn a_refund_is_of_another_key() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    let other = SecretKey::generate(&run.params, rng);
    let refund = Refund::from_bytes(&run.params, &run.refund).unwrap();
    let refused = run.pre_refund().finish(&run.params, other.public_key(), &refund).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
    takes_the_refund(&run, *refused.state);
}

#[test]
fn a_refund_has_e_of_minus_sk() {
    let run = Run::new(8);
    let sk = Scalar::from_bytes(&run.key.to_bytes()[18..], ByteOrder::Little).unwrap();
    let bytes = put(&run.refund, 32, &(-sk).to_bytes(ByteOrder::Little));
    let refund = Refund::from_bytes(&run.params, &bytes).unwrap();
    let refused = run.pre_refund().finish(&run.params, run.key.public_key(), &refund).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Identity));
    takes_the_refund(&run, *refused.state);
}

/// A response is no refund, although both have 162 bytes.
#[test]
fn a_response_is_taken_for_a_refund() {
    let run = Run::new(8);
    let bytes = put(&run.response, 64, &amount(20));
    let refund = Refund::from_bytes(&run.params, &bytes).unwrap();
    let refused = run.pre_refund().finish(&run.params, run.key.public_key(), &refund).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
    takes_the_refund(&run, *refused.state);
}
