//! Spending, at the issuer.

use super::*;

/// A spend that was refused holds with the right expectations.
fn verifies(run: &Run, spend: SpendProof) {
    assert_eq!(spend.to_bytes(), run.spend);
    let _ = run.key.verify(&run.params, spend, &run.expected(), |_| false).unwrap();
}

#[test]
fn a_spend_charges_another_amount_than_the_request_costs() {
    let run = Run::new(8);
    for charge in [0, 29, 31] {
        let charge = run.params.credits(charge).unwrap();
        let expected = Expected { charge, ..run.expected() };
        let refused = run.key.verify(&run.params, run.spend(), &expected, |_| true).unwrap_err();
        assert_eq!(refused.error, Error::Invalid(Invalid::Charge));
        verifies(&run, *refused.state);
    }
}

#[test]
fn a_spend_has_another_context_than_the_verifier() {
    let run = Run::new(8);
    let expected = Expected { context: Context::from_hash(&[8; 64]), ..run.expected() };
    let refused = run.key.verify(&run.params, run.spend(), &expected, |_| true).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Context));
    verifies(&run, *refused.state);
}

/// The context in the message is bound by the proof.
#[test]
fn a_spend_names_another_context_than_it_proves() {
    let run = Run::new(8);
    let other = Context::from_hash(&[8; 64]);
    let spend = SpendProof::from_bytes(&run.params, &put(&run.spend, 64, &other.to_bytes())).unwrap();
    let expected = Expected { context: other, ..run.expected() };
    let refused = run.key.verify(&run.params, spend, &expected, |_| true).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
}

#[test]
fn a_spend_names_another_charge_than_it_proves() {
    let run = Run::new(8);
    let spend = SpendProof::from_bytes(&run.params, &put(&run.spend, 32, &amount(29))).unwrap();
    let expected = Expected { charge: run.params.credits(29).unwrap(), ..run.expected() };
    let refused = run.key.verify(&run.params, spend, &expected, |_| true).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
}

#[test]
fn a_spend_names_another_nullifier_than_it_proves() {
    let run = Run::new(8);
    let spend = SpendProof::from_bytes(&run.params, &put(&run.spend, 0, &amount(1))).unwrap();
    let refused = run.key.verify(&run.params, spend, &run.expected(), |_| true).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
}

#[test]
fn a_spend_is_of_another_key() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    let other = SecretKey::generate(&run.params, rng);
    let refused = other.verify(&run.params, run.spend(), &run.expected(), |_| true).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
    verifies(&run, *refused.state);
}

#[test]
fn a_zero_spend_is_not_admitted() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    let zero = run.params.credits(0).unwrap();
    let expected = Expected { charge: zero, context: context() };
    let (spend, next) = run.token().spend(&run.params, zero, rng).unwrap();
    let refused = run.key.verify(&run.params, spend, &expected, |_| false).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::ZeroSpend));
    let verified = run.key.verify(&run.params, *refused.state, &expected, |_| true).unwrap();
    let refund = verified.refund(&run.params, &run.key, zero, rng).unwrap();
    assert_eq!(next.finish(&run.params, run.key.public_key(), &refund).unwrap().balance(), run.balance);
}

/// The hook that counts zero spends is asked about them alone, and only when the proof holds.
#[test]
fn a_zero_spend_with_a_false_proof_is_not_counted() {
    let (run, rng) = (Run::new(2), &mut rand::rng());
    let zero = run.params.credits(0).unwrap();
    let (spend, _) = run.token().spend(&run.params, zero, rng).unwrap();
    let bytes = put(&spend.to_bytes(), 0, &amount(1));
    let spend = SpendProof::from_bytes(&run.params, &bytes).unwrap();
    let expected = Expected { charge: zero, context: context() };
    let refused = run.key.verify(&run.params, spend, &expected, |_| panic!("asked")).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
    let _ = run.key.verify(&run.params, run.spend(), &run.expected(), |_| panic!("asked")).unwrap();
}

/// Com_total = s*H1 + Com_0 is the identity for Com_0 = -H1 and s = 1 at L = 1.
#[test]
fn com_total_of_a_spend_is_the_identity() {
    let run = Run::new(1);
    let h1 = Ristretto255::decode(&run.params.generators().next().unwrap()).unwrap().0;
    let bytes = put(&run.spend, 160, &Ristretto255::encode(&-h1).unwrap());
    let spend = SpendProof::from_bytes(&run.params, &bytes).unwrap();
    let refused = run.key.verify(&run.params, spend, &run.expected(), |_| true).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Identity));
}
