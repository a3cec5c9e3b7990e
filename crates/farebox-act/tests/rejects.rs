//! One test for each check, named after it, which asserts the exact refusal: the layer that has to refuse, refuses. Where a
//! state was handed in, it comes back and still works.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use common::{Run, amount, context, params, put};
use farebox_act::{
    BitLength, Context, CreditToken, DomainSeparator, Error, Expected, Fault, Invalid, IssuanceRequest,
    IssuanceResponse, Malformed, Misuse, Params, PreIssuance, PreRefund, PublicKey, Refund, RequestCoins, SecretKey,
    SignatureCoins, SpendCoins, SpendProof,
};
use farebox_group::ristretto255::{Element, Scalar};
use farebox_group::{ByteOrder, DecodeError, Element as _, Group as _, Ristretto255, Scalar as _};
use farebox_sigma::{Coins, Flavor};

/// The group order, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// q - 1: the amount "-1".
fn minus_one() -> [u8; 32] {
    put(&ORDER, 0, &[0xec]).try_into().unwrap()
}

fn random() -> Scalar {
    Scalar::random(&mut rand::rng())
}

fn malformed(field: &'static str, fault: Fault) -> Malformed {
    Malformed { field, fault }
}

/// A message with its layout: `(field, bytes)`, the proof's length prefix included.
struct Message {
    bytes: Vec<u8>,
    layout: Vec<(&'static str, usize)>,
    decode: Box<dyn Fn(&[u8]) -> Result<(), Malformed>>,
}

impl Message {
    fn at(&self, field: &str, nth: usize) -> usize {
        let start = |i: usize| self.layout[..i].iter().map(|f| f.1).sum();
        let place = |(i, f): (usize, &(&str, usize))| (f.0 == field).then(|| start(i));
        self.layout.iter().enumerate().filter_map(place).nth(nth).unwrap()
    }

    /// What decoding says when the field is `new`.
    fn with(&self, field: &str, nth: usize, new: &[u8]) -> Malformed {
        (self.decode)(&put(&self.bytes, self.at(field, nth), new)).unwrap_err()
    }

    fn cut_and_lengthened(&self) {
        assert_eq!((self.decode)(&self.bytes), Ok(()));
        let mut ends = self.layout.iter().scan(0, |sum, (field, len)| {
            *sum += len;
            Some((*field, *sum))
        });
        let mut field = ends.next().unwrap();
        for len in 0..self.bytes.len() {
            if len == field.1 {
                field = ends.next().unwrap();
            }
            assert_eq!((self.decode)(&self.bytes[..len]), Err(malformed(field.0, Fault::Truncated)), "{len} bytes");
        }
        for extra in 1..=4 {
            let long = [self.bytes.as_slice(), &[0; 4][..extra]].concat();
            assert_eq!((self.decode)(&long), Err(malformed("end", Fault::Trailing(extra))));
        }
    }

    fn proof_length(&self) {
        let at = self.at("pok", 0);
        let expected = self.bytes.len() - at - 2;
        for actual in [0, 1, 32, expected - 32, expected - 1, expected + 1, expected + 32, 0xffff] {
            let proof = vec![1; actual];
            let other = [&self.bytes[..at], &(actual as u16).to_be_bytes(), &proof].concat();
            assert_eq!((self.decode)(&other), Err(malformed("pok", Fault::Length { expected, actual })));
        }
        // The prefix alone.
        let longer = put(&self.bytes, at, &(expected as u16 + 1).to_be_bytes());
        assert_eq!((self.decode)(&longer), Err(malformed("pok", Fault::Truncated)));
    }
}

fn request() -> Message {
    let decode = |bytes: &[u8]| IssuanceRequest::from_bytes(bytes).map(drop);
    Message { bytes: Run::new(8).request, layout: vec![("K", 32), ("pok", 98)], decode: Box::new(decode) }
}

fn response() -> Message {
    let layout = vec![("A", 32), ("e", 32), ("c", 32), ("pok", 66)];
    let decode = |bytes: &[u8]| IssuanceResponse::from_bytes(&params(8), bytes).map(drop);
    Message { bytes: Run::new(8).response, layout, decode: Box::new(decode) }
}

fn spend() -> Message {
    let mut layout = vec![("k", 32), ("s", 32), ("ctx", 32), ("A'", 32), ("B_bar", 32)];
    layout.extend([("Com", 32); 8]);
    layout.push(("pok", 2 + 32 * 32));
    let params = params(8);
    let decode = move |bytes: &[u8]| SpendProof::from_bytes(&params, bytes).map(drop);
    Message { bytes: Run::new(8).spend, layout, decode: Box::new(decode) }
}

fn refund() -> Message {
    let layout = vec![("A*", 32), ("e*", 32), ("t", 32), ("pok", 66)];
    let decode = |bytes: &[u8]| Refund::from_bytes(&params(8), bytes).map(drop);
    Message { bytes: Run::new(8).refund, layout, decode: Box::new(decode) }
}

/// Two tests for each element of a message.
macro_rules! element {
    ($name:ident, $message:ident, $field:literal) => {
        mod $name {
            use super::*;

            #[test]
            fn is_the_identity() {
                let message = $message();
                for nth in 0..message.layout.iter().filter(|f| f.0 == $field).count() {
                    let fault = Fault::Encoding(DecodeError::Identity);
                    assert_eq!(message.with($field, nth, &[0; 32]), malformed($field, fault));
                }
            }

            #[test]
            fn is_not_canonical() {
                let message = $message();
                let bad = [
                    // Negative, p itself, above p, with the top bit set, not a square (RFC 9496, Appendix A.2).
                    "0100000000000000000000000000000000000000000000000000000000000000",
                    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                    "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                    "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2df6",
                    "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
                ];
                for nth in 0..message.layout.iter().filter(|f| f.0 == $field).count() {
                    for bytes in bad {
                        let fault = Fault::Encoding(DecodeError::Element);
                        let bytes = hex::decode(bytes).unwrap();
                        assert_eq!(message.with($field, nth, &bytes), malformed($field, fault));
                    }
                }
            }
        }
    };
}

element!(k_of_a_request, request, "K");
element!(a_of_a_response, response, "A");
element!(a_prime_of_a_spend, spend, "A'");
element!(b_bar_of_a_spend, spend, "B_bar");
element!(every_com_of_a_spend, spend, "Com");
element!(a_star_of_a_refund, refund, "A*");

/// One test for each scalar of a message.
macro_rules! scalar {
    ($name:ident, $message:ident, $field:literal) => {
        #[test]
        fn $name() {
            let message = $message();
            for bytes in [ORDER, put(&ORDER, 0, &[0xee]).try_into().unwrap(), [0xff; 32]] {
                let fault = Fault::Encoding(DecodeError::Scalar);
                assert_eq!(message.with($field, 0, &bytes), malformed($field, fault));
            }
        }
    };
}

scalar!(e_of_a_response_is_not_canonical, response, "e");
scalar!(c_of_a_response_is_not_canonical, response, "c");
scalar!(k_of_a_spend_is_not_canonical, spend, "k");
scalar!(s_of_a_spend_is_not_canonical, spend, "s");
scalar!(ctx_of_a_spend_is_not_canonical, spend, "ctx");
scalar!(e_star_of_a_refund_is_not_canonical, refund, "e*");
scalar!(t_of_a_refund_is_not_canonical, refund, "t");

#[test]
fn c_is_2_to_the_l_or_more() {
    for value in [amount(256), amount(u128::from(u64::MAX)), amount(1 << 64), minus_one()] {
        assert_eq!(response().with("c", 0, &value), malformed("c", Fault::Amount));
    }
}

#[test]
fn s_is_2_to_the_l() {
    for value in [amount(256), amount(u128::from(u64::MAX)), amount(1 << 64), amount((1 << 64) + 30)] {
        assert_eq!(spend().with("s", 0, &value), malformed("s", Fault::Amount));
    }
}

#[test]
fn s_is_minus_one() {
    assert_eq!(spend().with("s", 0, &minus_one()), malformed("s", Fault::Amount));
}

#[test]
fn t_is_2_to_the_l_or_more() {
    for value in [amount(256), amount(u128::from(u64::MAX)), amount(1 << 64), minus_one()] {
        assert_eq!(refund().with("t", 0, &value), malformed("t", Fault::Amount));
    }
}

/// At L = 64 every `u64` is an amount, and 2^64 is none.
#[test]
fn s_is_2_to_the_64_at_l_64() {
    let run = Run::new(64);
    let most = SpendProof::from_bytes(&run.params, &put(&run.spend, 32, &amount(u128::from(u64::MAX)))).unwrap();
    assert_eq!(most.charge().get(), u64::MAX);
    for value in [amount(1 << 64), minus_one()] {
        let refused = SpendProof::from_bytes(&run.params, &put(&run.spend, 32, &value)).unwrap_err();
        assert_eq!(refused, malformed("s", Fault::Amount));
    }
}

#[test]
fn a_request_is_cut_or_lengthened() {
    request().cut_and_lengthened();
}

#[test]
fn a_response_is_cut_or_lengthened() {
    response().cut_and_lengthened();
}

#[test]
fn a_spend_is_cut_or_lengthened() {
    spend().cut_and_lengthened();
}

#[test]
fn a_refund_is_cut_or_lengthened() {
    refund().cut_and_lengthened();
}

#[test]
fn the_proof_of_a_request_has_another_length() {
    request().proof_length();
}

#[test]
fn the_proof_of_a_response_has_another_length() {
    response().proof_length();
}

#[test]
fn the_proof_of_a_spend_has_another_length() {
    spend().proof_length();
}

#[test]
fn the_proof_of_a_refund_has_another_length() {
    refund().proof_length();
}

/// The scalars of a proof are read by the engine; an issuer and a client see one answer.
#[test]
fn a_proof_has_a_scalar_that_is_not_canonical() {
    let run = Run::new(2);
    let rng = &mut rand::rng();
    let last = |bytes: &[u8]| put(bytes, bytes.len() - 32, &ORDER);

    let request = IssuanceRequest::from_bytes(&last(&run.request)).unwrap();
    let refused = run.key.issue(&run.params, &request, run.balance, context(), rng).unwrap_err();
    assert_eq!(refused, Error::Invalid(Invalid::Proof));

    let response = IssuanceResponse::from_bytes(&run.params, &last(&run.response)).unwrap();
    let finished = run.pre_issuance().finish(&run.params, run.key.public_key(), context(), run.balance, &response);
    assert_eq!(finished.unwrap_err().error, Error::Invalid(Invalid::Proof));

    let spend = SpendProof::from_bytes(&run.params, &last(&run.spend)).unwrap();
    let verified = run.key.verify(&run.params, spend, &run.expected(), |_| true);
    assert_eq!(verified.unwrap_err().error, Error::Invalid(Invalid::Proof));

    let refund = Refund::from_bytes(&run.params, &last(&run.refund)).unwrap();
    let finished = run.pre_refund().finish(&run.params, run.key.public_key(), &refund);
    assert_eq!(finished.unwrap_err().error, Error::Invalid(Invalid::Proof));
}

// ---- keys and parameters

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
    let token = finish(refused.state, &run.params).unwrap();
    let refused = token.spend(&other, run.charge, rng).unwrap_err();
    assert_eq!(refused.error, misuse);
    let (spend, next) = refused.state.spend(&run.params, run.charge, rng).unwrap();
    let refused = key.verify(&other, spend, &run.expected(), |_| true).unwrap_err();
    assert_eq!(refused.error, misuse);
    let verified = key.verify(&run.params, refused.state, &run.expected(), |_| true).unwrap();
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
    let _ = run.key.verify(&run.params, refused.state, &run.expected(), |_| true).unwrap();
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
    let _ = run.key.verify(&run.params, refused.state, &run.expected(), |_| true).unwrap();
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

// ---- issuance

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
        finishes(&run, refused.state);
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
    finishes(&run, refused.state);
}

#[test]
fn a_response_is_for_another_request() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    let (_, request) = PreIssuance::request(&run.params, rng).unwrap();
    let response = run.key.issue(&run.params, &request, run.balance, context(), rng).unwrap();
    let refused =
        run.pre_issuance().finish(&run.params, run.key.public_key(), context(), run.balance, &response).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
    finishes(&run, refused.state);
}

#[test]
fn a_response_is_of_another_key() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    let other = SecretKey::generate(&run.params, rng);
    let response = IssuanceResponse::from_bytes(&run.params, &run.response).unwrap();
    let refused =
        run.pre_issuance().finish(&run.params, other.public_key(), context(), run.balance, &response).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
    finishes(&run, refused.state);
}

#[test]
fn a_response_is_for_another_context() {
    let run = Run::new(8);
    let response = IssuanceResponse::from_bytes(&run.params, &run.response).unwrap();
    let other = Context::from_hash(&[8; 64]);
    let refused =
        run.pre_issuance().finish(&run.params, run.key.public_key(), other, run.balance, &response).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
    finishes(&run, refused.state);
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
    finishes(&run, refused.state);
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

// ---- spending, at the client

#[test]
fn more_is_spent_than_the_token_holds() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    let refused = run.token().spend(&run.params, run.params.credits(101).unwrap(), rng).unwrap_err();
    assert_eq!(refused.error, Error::Misuse(Misuse::Overdraft));
    assert_eq!(refused.state.balance(), run.balance);
    let (spend, _) = refused.state.spend(&run.params, run.balance, rng).unwrap();
    let expected = Expected { charge: run.balance, context: context() };
    let _ = run.key.verify(&run.params, spend, &expected, |_| true).unwrap();
}

#[test]
fn an_amount_of_2_to_the_l_is_spent() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    let refused = run.token().spend(&run.params, params(10).credits(256).unwrap(), rng).unwrap_err();
    assert_eq!(refused.error, Error::Misuse(Misuse::Amount));
    let _ = refused.state.spend(&run.params, run.charge, rng).unwrap();
}

fn spend_coins(bits: usize) -> SpendCoins {
    let proof = Coins::from_nonces((0..3 * bits + 7).map(|_| random()).collect());
    SpendCoins { r1: random(), r2: random(), kstar: random(), sigma: (0..bits).map(|_| random()).collect(), proof }
}

/// A refusal for the coins; the token spends with others.
fn refuses_coins(change: impl FnOnce(&mut SpendCoins)) {
    let run = Run::new(2);
    let mut coins = spend_coins(2);
    change(&mut coins);
    let refused = run.token().spend_with_coins(&run.params, run.charge, Flavor::Compact, coins).unwrap_err();
    assert_eq!(refused.error, Error::Misuse(Misuse::Coins));
    let (spend, _) = refused.state.spend_with_coins(&run.params, run.charge, Flavor::Compact, spend_coins(2)).unwrap();
    let _ = run.key.verify(&run.params, spend, &run.expected(), |_| true).unwrap();
}

#[test]
fn r1_is_zero() {
    refuses_coins(|coins| coins.r1 = Scalar::ZERO);
}

#[test]
fn r2_is_zero() {
    refuses_coins(|coins| coins.r2 = Scalar::ZERO);
}

#[test]
fn there_are_too_few_or_too_many_sigma() {
    refuses_coins(|coins| coins.sigma.truncate(1));
    refuses_coins(|coins| coins.sigma.push(random()));
}

#[test]
fn there_are_too_few_or_too_many_nonces_of_a_spend() {
    refuses_coins(|coins| coins.proof = Coins::from_nonces(vec![random(); 12]));
    refuses_coins(|coins| coins.proof = Coins::from_nonces(vec![random(); 14]));
}

/// m = 2 has b_0 = 0 and b_1 = 1.
#[test]
fn a_commitment_to_a_bit_is_the_identity() {
    refuses_coins(|coins| {
        coins.kstar = Scalar::ZERO;
        coins.sigma[0] = Scalar::ZERO;
    });
}

#[test]
fn every_nonce_is_zero() {
    refuses_coins(|coins| coins.proof = Coins::from_nonces(vec![Scalar::ZERO; 13]));
}

#[test]
fn a_request_commits_to_nothing() {
    let coins = |k, r, nonces| RequestCoins { k, r, proof: Coins::from_nonces(nonces) };
    let request = |coins| PreIssuance::request_with_coins(&params(2), coins).map(drop);
    let misuse = Err(Error::Misuse(Misuse::Coins));
    assert_eq!(request(coins(Scalar::ZERO, Scalar::ZERO, vec![random(), random()])), misuse);
    assert_eq!(request(coins(random(), random(), vec![Scalar::ZERO; 2])), misuse);
    assert_eq!(request(coins(random(), random(), vec![random()])), misuse);
    assert_eq!(request(coins(random(), random(), vec![random(); 3])), misuse);
    assert_eq!(request(coins(random(), random(), vec![random(); 2])), Ok(()));
}

#[test]
fn e_is_minus_sk() {
    let run = Run::new(2);
    let sk = Scalar::from_bytes(&run.key.to_bytes()[18..], ByteOrder::Little).unwrap();
    let coins = |e, nonces| SignatureCoins { e, proof: Coins::from_nonces(nonces) };
    let bad = || [coins(-sk, vec![random()]), coins(random(), vec![]), coins(random(), vec![random(); 2])];
    let misuse = Error::Misuse(Misuse::Coins);
    let request = IssuanceRequest::from_bytes(&run.request).unwrap();
    for coins in bad() {
        let refused = run.key.issue_with_coins(&run.params, &request, run.balance, context(), coins).unwrap_err();
        assert_eq!(refused, misuse);
    }
    let mut verified = run.verified();
    for coins in bad() {
        let refused = verified.refund_with_coins(&run.params, &run.key, run.returned, coins).unwrap_err();
        assert_eq!(refused.error, misuse);
        verified = refused.state;
    }
    let _ = verified.refund_with_coins(&run.params, &run.key, run.returned, coins(random(), vec![random()])).unwrap();
}

// ---- spending, at the issuer

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
        verifies(&run, refused.state);
    }
}

#[test]
fn a_spend_has_another_context_than_the_verifier() {
    let run = Run::new(8);
    let expected = Expected { context: Context::from_hash(&[8; 64]), ..run.expected() };
    let refused = run.key.verify(&run.params, run.spend(), &expected, |_| true).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Context));
    verifies(&run, refused.state);
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
    verifies(&run, refused.state);
}

#[test]
fn a_zero_spend_is_not_admitted() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    let zero = run.params.credits(0).unwrap();
    let expected = Expected { charge: zero, context: context() };
    let (spend, next) = run.token().spend(&run.params, zero, rng).unwrap();
    let refused = run.key.verify(&run.params, spend, &expected, |_| false).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::ZeroSpend));
    let verified = run.key.verify(&run.params, refused.state, &expected, |_| true).unwrap();
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

mod forgery {
    //! What a dishonest client can make with the engine, and where it is stopped.

    use farebox_act::relation::Act02;
    use farebox_act::relation::spend::{Spend, SpendPublics, SpendSecrets};
    use farebox_sigma::{BaseSet, F2, Point, Statement, Transcript, witness};

    use super::*;

    /// The parts of a saved token.
    struct Parts {
        a: Element,
        e: Scalar,
        k: Scalar,
        r: Scalar,
        c: Scalar,
        ctx: Scalar,
    }

    impl Parts {
        fn of(saved: &[u8]) -> Self {
            let scalar = |i: usize| Scalar::from_bytes(&saved[18 + 32 * i..][..32], ByteOrder::Little).unwrap();
            let a = Ristretto255::decode(&saved[18..50]).unwrap().0;
            Self { a, e: scalar(1), k: scalar(2), r: scalar(3), c: scalar(4), ctx: scalar(5) }
        }
    }

    fn bases(params: &Params) -> BaseSet<Ristretto255> {
        let h: Vec<Element> = params.generators().map(|bytes| Ristretto255::decode(&bytes).unwrap().0).collect();
        BaseSet::new(&h).unwrap()
    }

    /// A message with any scalar for s, and any m, made with the engine. The engine's verifier, with the issuer's key and
    /// all that the draft's text asks for, must accept its proof.
    fn spend(run: &Run, s: Scalar, m: u64) -> Vec<u8> {
        let rng = &mut rand::rng();
        let (token, bases, bits) = (Parts::of(&run.token), bases(&run.params), run.params.bits());
        let h = |i: usize| bases.points()[i].element();
        let point = |element| Point::encode(element).unwrap();
        let (r1, r2, kstar) = (random(), random(), random());
        let one = |bit| if bit { Scalar::ONE } else { Scalar::ZERO };
        let b: Vec<Scalar> = (0..bits.get()).map(|j| one(m >> j & 1 == 1)).collect();
        let sigma: Vec<Scalar> = b.iter().map(|_| random()).collect();
        let u = b.iter().zip(&sigma).map(|(b, sigma)| (Scalar::ONE - *b) * *sigma).collect();

        let h1_prime = h(0) + h(2) * &token.k + h(4) * &token.ctx;
        let b_bar = (h1_prime + h(1) * &token.c + h(3) * &token.r) * &r1;
        let a_prime = token.a * &(r1 * r2);
        let mut com: Vec<Element> = b.iter().zip(&sigma).map(|(b, sigma)| h(1) * b + h(3) * sigma).collect();
        com[0] += h(2) * &kstar;
        let total = com.iter().rev().fold(Element::identity(), |sum, com| sum + sum + *com) + h(1) * &s;
        let power = |j| bases.multiple(3, Scalar::from(1u64 << j)).unwrap();

        // The issuer's view: A_bar = sk*A'.
        let sk = Scalar::from_bytes(&run.key.to_bytes()[18..], ByteOrder::Little).unwrap();
        let publics = SpendPublics {
            neg_a_prime: point(-a_prime),
            b_bar: point(b_bar),
            a_bar: point(a_prime * &sk),
            neg_h1: bases.multiple(1, -Scalar::ONE).unwrap(),
            neg_h3: bases.multiple(3, -Scalar::ONE).unwrap(),
            h1_prime: point(h1_prime),
            h1: bases.points()[1],
            h2: bases.points()[2],
            h3: bases.points()[3],
            com: com.iter().map(|com| point(*com)).collect(),
            h1_total: bases.points()[1],
            h2_total: bases.points()[2],
            h3_powers: (0..bits.get()).map(power).collect(),
            com_total: point(total),
        };
        let k2 = (Scalar::ONE - b[0]) * kstar;
        let (e, c, r) = (token.e, token.c, token.r);
        let secrets = SpendSecrets { e, r2, r3: r1.invert(), c, r, b, sigma, u, kstar, k2 };
        let secrets = witness::<Spend, _>(&secrets);
        let statement = Statement::new(&Spend { bits }, &bases, &publics).unwrap();
        assert!(statement.holds_vartime(&secrets));

        let bytes = |scalar: Scalar| scalar.to_bytes(ByteOrder::Little);
        let ds = run.params.domain_separator().as_bytes();
        let session = [ds, b"spend", &bytes(token.k), &bytes(token.ctx)].concat();
        let argument = Transcript::<F2<Act02>>::new().session(session).statement(statement).unwrap();
        let pok = argument.prove(Flavor::Compact, &secrets, rng).unwrap();
        argument.verify(Flavor::Compact, &pok).unwrap();

        let mut message = [bytes(token.k), bytes(s), bytes(token.ctx)].concat();
        let elements = [publics.a_prime(), publics.b_bar].into_iter().chain(publics.com.iter().copied());
        elements.for_each(|point| message.extend_from_slice(point.bytes()));
        message.extend_from_slice(&(pok.len() as u16).to_be_bytes());
        message.extend_from_slice(&pok);
        message
    }

    trait APrime {
        fn a_prime(&self) -> Point<Ristretto255>;
    }

    impl APrime for SpendPublics<Point<Ristretto255>> {
        fn a_prime(&self) -> Point<Ristretto255> {
            Point::encode(-self.neg_a_prime.element()).unwrap()
        }
    }

    /// The tool is sound: with an honest s the issuer accepts what it makes.
    #[test]
    fn an_honest_spend_of_the_same_make_is_accepted() {
        let run = Run::new(8);
        let message = spend(&run, Scalar::from(30), 70);
        let message = SpendProof::from_bytes(&run.params, &message).unwrap();
        let _ = run.key.verify(&run.params, message, &run.expected(), |_| true).unwrap();
    }

    /// 100 credits, s = -1, m = 101: the proof holds, and only the range of s stands between the client and a token of 101
    /// credits.
    #[test]
    fn s_is_minus_one_and_the_proof_holds() {
        let run = Run::new(8);
        assert_eq!(run.balance.get(), 100);
        let message = spend(&run, -Scalar::ONE, 101);
        assert_eq!(message[32..64], minus_one());
        let refused = SpendProof::from_bytes(&run.params, &message).unwrap_err();
        assert_eq!(refused, malformed("s", Fault::Amount));
    }

    /// The same up to the largest m: s = c - (2^L - 1).
    #[test]
    fn s_is_negative_and_the_proof_holds() {
        let run = Run::new(8);
        let message = spend(&run, Scalar::from(100) - Scalar::from(255), 255);
        let refused = SpendProof::from_bytes(&run.params, &message).unwrap_err();
        assert_eq!(refused, malformed("s", Fault::Amount));
    }

    /// With A' = identity and r2 = 0 the first equation says 0 = 0, and the second holds for any c: no signature is needed.
    /// All equations but the first hold for a balance that nobody issued. The first cannot be written down: the identity is
    /// no [`Point`], neither from bytes nor computed, and the message does not decode.
    #[test]
    fn a_prime_is_the_identity_and_needs_no_signature() {
        let run = Run::new(8);
        let (bases, bits) = (bases(&run.params), run.params.bits());
        let h = |i: usize| bases.points()[i].element();
        let point = |element| Point::<Ristretto255>::encode(element).unwrap();
        let (k, r, ctx, kstar) = (random(), random(), random(), random());
        let (c, one, zero) = (Scalar::from(255), Scalar::ONE, Scalar::ZERO);
        let sigma: Vec<Scalar> = (0..8).map(|_| random()).collect();
        let mut com: Vec<Element> = sigma.iter().map(|sigma| h(1) + h(3) * sigma).collect();
        com[0] += h(2) * &kstar;
        let total = com.iter().rev().fold(Element::identity(), |sum, com| sum + sum + *com);
        let h1_prime = h(0) + h(2) * &k + h(4) * &ctx;
        let b_bar = h1_prime + h(1) * &c + h(3) * &r;
        let publics = SpendPublics {
            // Stand-ins, since the identity has no place here.
            neg_a_prime: bases.points()[0],
            a_bar: bases.points()[0],
            b_bar: point(b_bar),
            neg_h1: bases.multiple(1, -one).unwrap(),
            neg_h3: bases.multiple(3, -one).unwrap(),
            h1_prime: point(h1_prime),
            h1: bases.points()[1],
            h2: bases.points()[2],
            h3: bases.points()[3],
            com: com.iter().map(|com| point(*com)).collect(),
            h1_total: bases.points()[1],
            h2_total: bases.points()[2],
            h3_powers: (0..8).map(|j| bases.multiple(3, Scalar::from(1u64 << j)).unwrap()).collect(),
            com_total: point(total),
        };
        let (b, u) = (vec![one; 8], vec![zero; 8]);
        let secrets = SpendSecrets { e: random(), r2: zero, r3: one, c, r, b, sigma, u, kstar, k2: zero };
        let secrets = witness::<Spend, _>(&secrets);
        let whole = Statement::new(&Spend { bits }, &bases, &publics).unwrap();
        assert!(!whole.holds_vartime(&secrets));
        let rest = whole.equations()[1..].to_vec();
        let rest = Statement::from_equations(&bases, whole.points().to_vec(), rest).unwrap();
        assert!(rest.holds_vartime(&secrets));
        // The first equation, A_bar = e*(-A') + r2*B_bar, with A' and A_bar = sk*A' the identity.
        let identity = Element::identity();
        assert_eq!(identity, identity * &secrets[0] + b_bar * &secrets[1]);

        assert!(Point::<Ristretto255>::encode(identity).is_err());
        assert_eq!(Point::<Ristretto255>::decode(&[0; 32]).unwrap_err(), DecodeError::Identity);
        let message = put(&run.spend, 96, &[0; 32]);
        let refused = SpendProof::from_bytes(&run.params, &message).unwrap_err();
        assert_eq!(refused, malformed("A'", Fault::Encoding(DecodeError::Identity)));
    }
}

// ---- refund

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
        takes_the_refund(&run, refused.state);
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
    takes_the_refund(&run, refused.state);
}

#[test]
fn a_refund_is_for_another_spend() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    let (spend, _) = run.token().spend(&run.params, run.charge, rng).unwrap();
    let verified = run.key.verify(&run.params, spend, &run.expected(), |_| true).unwrap();
    let refund = verified.refund(&run.params, &run.key, run.returned, rng).unwrap();
    let refused = run.pre_refund().finish(&run.params, run.key.public_key(), &refund).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
    takes_the_refund(&run, refused.state);
}

#[test]
fn a_refund_is_of_another_key() {
    let (run, rng) = (Run::new(8), &mut rand::rng());
    let other = SecretKey::generate(&run.params, rng);
    let refund = Refund::from_bytes(&run.params, &run.refund).unwrap();
    let refused = run.pre_refund().finish(&run.params, other.public_key(), &refund).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
    takes_the_refund(&run, refused.state);
}

#[test]
fn a_refund_has_e_of_minus_sk() {
    let run = Run::new(8);
    let sk = Scalar::from_bytes(&run.key.to_bytes()[18..], ByteOrder::Little).unwrap();
    let bytes = put(&run.refund, 32, &(-sk).to_bytes(ByteOrder::Little));
    let refund = Refund::from_bytes(&run.params, &bytes).unwrap();
    let refused = run.pre_refund().finish(&run.params, run.key.public_key(), &refund).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Identity));
    takes_the_refund(&run, refused.state);
}

/// A response is no refund, although both have 162 bytes.
#[test]
fn a_response_is_taken_for_a_refund() {
    let run = Run::new(8);
    let bytes = put(&run.response, 64, &amount(20));
    let refund = Refund::from_bytes(&run.params, &bytes).unwrap();
    let refused = run.pre_refund().finish(&run.params, run.key.public_key(), &refund).unwrap_err();
    assert_eq!(refused.error, Error::Invalid(Invalid::Proof));
    takes_the_refund(&run, refused.state);
}
