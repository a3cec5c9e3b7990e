//! Keys, amounts, domain separators, and what belongs to other parameters.

use super::*;

mod w_of_a_public_key {
    use super::*;

    #[test]
    fn is_the_identity() {
        let refused = PublicKey::from_bytes(&[0; 32]).unwrap_err();
        assert_eq!(refused, malformed("W", Fault::Encoding(DecodeError::Identity)));
    }

    #[test]
    fn is_not_canonical() {
        let refused = PublicKey::from_bytes(&put(&[0; 32], 0, &[1])).unwrap_err();
        assert_eq!(refused, malformed("W", Fault::Encoding(DecodeError::Element)));
    }

    #[test]
    fn has_another_length() {
        for actual in [0, 31, 33] {
            let refused = PublicKey::from_bytes(&vec![1; actual]).unwrap_err();
            assert_eq!(refused, malformed("W", Fault::Encoding(DecodeError::Length { expected: 32, actual })));
        }
    }
}

mod a_secret_key {
    use super::*;

    #[test]
    fn is_zero() {
        let params = params(8);
        let refused = SecretKey::from_scalar_bytes(&params, &[0; 32]).unwrap_err();
        assert_eq!(refused, malformed("sk", Fault::Zero));
        let saved = Run::new(8).key.to_bytes();
        let refused = SecretKey::from_bytes(&params, &put(&saved, 18, &[0; 32])).unwrap_err();
        assert_eq!(refused, malformed("sk", Fault::Zero));
    }

    #[test]
    fn is_not_canonical() {
        let params = params(8);
        let refused = SecretKey::from_scalar_bytes(&params, &ORDER).unwrap_err();
        assert_eq!(refused, malformed("sk", Fault::Encoding(DecodeError::Scalar)));
    }

    #[test]
    fn has_another_length() {
        let params = params(8);
        for actual in [0, 31, 33] {
            let refused = SecretKey::from_scalar_bytes(&params, &vec![1; actual]).unwrap_err();
            assert_eq!(refused, malformed("sk", Fault::Encoding(DecodeError::Length { expected: 32, actual })));
        }
    }
}

#[test]
fn l_is_0_or_above_64() {
    for bits in [0, 65, 126, 252, 255] {
        assert_eq!(BitLength::new(bits), Err(Misuse::BitLength));
    }
}

#[test]
fn an_amount_is_2_to_the_l() {
    assert_eq!(params(1).credits(2).unwrap_err(), Misuse::Amount);
    assert_eq!(params(8).credits(256).unwrap_err(), Misuse::Amount);
    assert_eq!(params(8).credits(u64::MAX).unwrap_err(), Misuse::Amount);
    assert_eq!(params(63).credits(1 << 63).unwrap_err(), Misuse::Amount);
    assert_eq!(params(64).credits(u64::MAX).unwrap().get(), u64::MAX);
}

#[test]
fn a_domain_separator_has_another_form() {
    let long = format!("ACT-v1:{}:s:d:2026-03-02", "o".repeat(1000));
    for separator in [
        "",
        "ACT-v1",
        "ACT-v2:o:s:d:2026-03-02",
        "ACT-v1:o:s:2026-03-02",
        "ACT-v1:o:s:d:e:2026-03-02",
        "ACT-v1::s:d:2026-03-02",
        "ACT-v1:o:s:d:",
        "ACT-v1:ö:s:d:2026-03-02",
        &long,
    ] {
        assert_eq!(DomainSeparator::parse(separator).unwrap_err(), Misuse::DomainSeparator, "{separator}");
    }
    assert_eq!(DomainSeparator::new("o", "s:t", "d", "2026-03-02").unwrap_err(), Misuse::DomainSeparator);
}

/// The longest separator, whose tag is longer than RFC 9380 takes as it is.
#[test]
fn a_domain_separator_of_1000_bytes_is_none_of_them() {
    let ds = format!("ACT-v1:{}:s:d:2026-03-02", "o".repeat(1000 - 22));
    assert_eq!(ds.len(), 1000);
    let run =
        Run::with(Params::new(DomainSeparator::parse(&ds).unwrap(), BitLength::new(2).unwrap()).unwrap(), 3, 2, 1);
    let _ = run.verified();
}

/// The draft joins the separator with what follows it without a length, so no separator may be the start of another. Only
/// a date of one length sees to that.
#[test]
fn the_date_of_a_domain_separator_has_another_form() {
    for date in
        ["2026", "2026-03", "2026-3-02", "2026-03-02 ", "2026-03-021", "2026/03/02", "2026-03-02request", "today"]
    {
        assert_eq!(DomainSeparator::new("o", "s", "d", date).unwrap_err(), Misuse::DomainSeparator, "{date}");
    }
    assert!(DomainSeparator::new("o", "s", "d", "2026-03-02").is_ok());
}

/// Keys and states of one L are refused under another, and under another domain separator.
#[test]
fn a_key_or_state_belongs_to_other_parameters() {
    let run = Run::new(8);
    let ds = DomainSeparator::new("test", "vectors", "vnext", "2026-03-03").unwrap();
    for other in [params(10), Params::new(ds, BitLength::new(8).unwrap()).unwrap()] {
        let expected = malformed("parameters", Fault::Parameters);
        assert_eq!(SecretKey::from_bytes(&other, &run.key.to_bytes()).unwrap_err(), expected);
        assert_eq!(PreIssuance::from_bytes(&other, &run.pre_issuance).unwrap_err(), expected);
        assert_eq!(CreditToken::from_bytes(&other, &run.token).unwrap_err(), expected);
        assert_eq!(PreRefund::from_bytes(&other, &run.pre_refund).unwrap_err(), expected);
    }
}

/// The same for those that are in memory; and each of them works afterwards.
#[test]
fn a_step_is_called_with_other_parameters() {
    let (run, other, rng) = (Run::new(8), params(10), &mut rand::rng());
    let (key, misuse) = (&run.key, Error::Misuse(Misuse::Parameters));

    let request = IssuanceRequest::from_bytes(&run.request).unwrap();
    assert_eq!(key.issue(&other, &request, run.balance, context(), rng).unwrap_err(), misuse);
    let response = IssuanceResponse::from_bytes(&run.params, &run.response).unwrap();
    let finish = |state: PreIssuance, params| state.finish(params, key.public_key(), context(), run.balance, &response);
    let refused = finish(run.pre_issuance(), &other).unwrap_err();
    assert_eq!(refused.error, misuse);
    let token = finish(*refused.state, &run.params).unwrap();
    let refused = token.spend(&other, run.charge, rng).unwrap_err();
    assert_eq!(refused.error, misuse);
    let (spend, next) = refused.state.spend(&run.params, run.charge, rng).unwrap();
    let refused = key.verify(&other, spend, &run.expected(), |_| true).unwrap_err();
    assert_eq!(refused.error, misuse);
    let verified = key.verify(&run.params, *refused.state, &run.expected(), |_| true).unwrap();
    let refused = verified.refund(&other, key, run.returned, rng).unwrap_err();
    assert_eq!(refused.error, misuse);
    let refund = refused.state.refund(&run.params, key, run.returned, rng).unwrap();
    let refused = next.finish(&other, key.public_key(), &refund).unwrap_err();
    assert_eq!(refused.error, misuse);
    assert_eq!(refused.state.finish(&run.params, key.public_key(), &refund).unwrap().balance().get(), 90);
}

/// The same secret scalar under another L: the spend has another number of commitments.
#[test]
fn a_spend_of_l_8_is_read_or_verified_with_l_10() {
    let (run, other) = (Run::new(8), params(10));
    let refused = SpendProof::from_bytes(&other, &run.spend).unwrap_err();
    assert!(["Com", "pok"].contains(&refused.field), "{refused}");
    let key = SecretKey::from_scalar_bytes(&other, &run.key.to_bytes()[18..]).unwrap();
    let refused = key.verify(&other, run.spend(), &run.expected(), |_| true).unwrap_err();
    assert_eq!(refused.error, Error::Misuse(Misuse::Parameters));
    let _ = run.key.verify(&run.params, *refused.state, &run.expected(), |_| true).unwrap();
}

/// What stands after the eighth commitment is one more, whose first bytes are no proof's length.
#[test]
fn a_spend_of_l_10_is_read_with_l_8() {
    let refused = SpendProof::from_bytes(&params(8), &Run::new(10).spend).unwrap_err();
    assert_eq!(refused.field, "pok");
}

/// An amount that L = 10 lets pass and L = 8 does not.
#[test]
fn a_response_read_with_l_10_is_finished_with_l_8() {
    let (run, wide) = (Run::new(8), params(10));
    let response = IssuanceResponse::from_bytes(&wide, &put(&run.response, 64, &amount(300))).unwrap();
    let expected = wide.credits(300).unwrap();
    let refused = run.pre_issuance().finish(&run.params, run.key.public_key(), context(), expected, &response);
    assert_eq!(refused.unwrap_err().error, Error::Misuse(Misuse::Amount));
}

/// The same secret scalar under another domain separator: no proof holds.
#[test]
fn a_message_belongs_to_another_domain_separator() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    let ds = DomainSeparator::new("test", "vectors", "vnext", "2026-03-03").unwrap();
    let other = Params::new(ds, BitLength::new(8).unwrap()).unwrap();
    let key = SecretKey::from_scalar_bytes(&other, &run.key.to_bytes()[18..]).unwrap();
    let invalid = Error::Invalid(Invalid::Proof);
    let request = IssuanceRequest::from_bytes(&run.request).unwrap();
    assert_eq!(key.issue(&other, &request, run.balance, context(), rng).unwrap_err(), invalid);
    let refused = key.verify(&other, run.spend(), &run.expected(), |_| true).unwrap_err();
    assert_eq!(refused.error, invalid);
    let _ = run.key.verify(&run.params, *refused.state, &run.expected(), |_| true).unwrap();
}

/// A verified spend remembers its parameters: with the same scalar under another separator it is not signed.
#[test]
fn a_refund_is_signed_under_another_domain_separator() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    let ds = DomainSeparator::new("test", "vectors", "vnext", "2026-03-03").unwrap();
    let other = Params::new(ds, BitLength::new(8).unwrap()).unwrap();
    let key = SecretKey::from_scalar_bytes(&other, &run.key.to_bytes()[18..]).unwrap();
    let refused = run.verified().refund(&other, &key, run.returned, rng).unwrap_err();
    assert_eq!(refused.error, Error::Misuse(Misuse::Parameters));
    let _ = refused.state.refund(&run.params, &run.key, run.returned, rng).unwrap();
}
