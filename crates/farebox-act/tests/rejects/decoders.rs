//! What the decoders refuse, field by field.

use super::*;

type Decode = Box<dyn Fn(&[u8]) -> Result<(), Malformed>>;

/// A message with its layout: `(field, bytes)`, the proof's length prefix included.
struct Message {
    bytes: Vec<u8>,
    layout: Vec<(&'static str, usize)>,
    decode: Decode,
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

/// The scalars of a proof are read where the proof is checked; they are bytes all the same.
#[test]
fn a_proof_has_a_scalar_that_is_not_canonical() {
    let run = Run::new(2);
    let rng = &mut rand::rng();
    let malformed = Error::Malformed(Malformed { field: "pok", fault: Fault::Encoding(DecodeError::Scalar) });
    let last = |bytes: &[u8]| put(bytes, bytes.len() - 32, &ORDER);

    let request = IssuanceRequest::from_bytes(&last(&run.request)).unwrap();
    let refused = run.key.issue(&run.params, &request, run.balance, context(), rng).unwrap_err();
    assert_eq!(refused, malformed);

    let response = IssuanceResponse::from_bytes(&run.params, &last(&run.response)).unwrap();
    let finished = run.pre_issuance().finish(&run.params, run.key.public_key(), context(), run.balance, &response);
    assert_eq!(finished.unwrap_err().error, malformed);

    let spend = SpendProof::from_bytes(&run.params, &last(&run.spend)).unwrap();
    let verified = run.key.verify(&run.params, spend, &run.expected(), |_| true);
    assert_eq!(verified.unwrap_err().error, malformed);

    let refund = Refund::from_bytes(&run.params, &last(&run.refund)).unwrap();
    let finished = run.pre_refund().finish(&run.params, run.key.public_key(), &refund);
    assert_eq!(finished.unwrap_err().error, malformed);
}
