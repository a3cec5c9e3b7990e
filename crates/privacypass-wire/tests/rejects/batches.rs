use privacypass_wire::{
    AmortizedBatchTokenRequest as Request, AmortizedBatchTokenResponse as Response, Fault, GenericBatchTokenRequest,
    GenericBatchTokenResponse, Limits, TokenType,
};

use crate::common::{self, AMORTIZED, UNKNOWN};
use crate::{malformed, misuse};

const LIMITS: &Limits = &Limits::DEFAULT;
const FIELD: &str = "blinded_msgs";

#[test]
fn an_amortized_batch_of_another_type() {
    for token_type in [TokenType::BLIND_RSA, TokenType::ARC, TokenType::ACT] {
        misuse(Request::new(token_type, &common::key(), &[[0; 256]]), "token_type", Fault::OtherType);
        misuse(Response::new(token_type, &[[0; 256]], &[]), "token_type", Fault::OtherType);
        let bytes = [&token_type.code().to_be_bytes()[..], &[0, 1, 0]].concat();
        malformed(Request::from_bytes(&bytes, LIMITS), "token_type", Fault::OtherType);
        malformed(Response::from_bytes(token_type, &bytes, LIMITS), "token_type", Fault::OtherType);
    }
    malformed(Request::from_bytes(&[0x11, 0x32, 0, 1, 0], LIMITS), "token_type", Fault::UnknownType);
    malformed(Response::from_bytes(UNKNOWN, &[1, 0], LIMITS), "token_type", Fault::UnknownType);
}

#[test]
fn an_empty_amortized_batch() {
    for token_type in AMORTIZED {
        misuse(Request::new::<[u8; 32]>(token_type, &common::key(), &[]), FIELD, Fault::Empty);
        let bytes = [&token_type.code().to_be_bytes()[..], &[0, 0]].concat();
        malformed(Request::from_bytes(&bytes, LIMITS), FIELD, Fault::Empty);
        let proof = common::scheme_lengths(token_type).1 - common::scheme_lengths(token_type).0;
        misuse(Response::new::<[u8; 32]>(token_type, &[], &vec![0; proof]), "evaluated_msgs", Fault::Empty);
        let bytes = [&[0][..], &vec![0; proof]].concat();
        malformed(Response::from_bytes(token_type, &bytes, LIMITS), "evaluated_msgs", Fault::Empty);
    }
}

#[test]
fn elements_of_another_length() {
    let ristretto255 = TokenType::VOPRF_RISTRETTO255;
    let fault = Fault::Length { expected: 32, actual: 33 };
    misuse(Request::new(ristretto255, &common::key(), &[&[0; 32][..], &[0; 33]]), FIELD, fault);
    misuse(Response::new(ristretto255, &[[0; 33]], &[0; 64]), "evaluated_msgs", fault);
    for len in [1, 31, 33, 63] {
        let bytes = [&[0, 5, 0, len][..], &vec![0; len.into()]].concat();
        malformed(Request::from_bytes(&bytes, LIMITS), FIELD, Fault::Elements(32));
        let bytes = [&[len][..], &vec![0; usize::from(len) + 64]].concat();
        malformed(Response::from_bytes(ristretto255, &bytes, LIMITS), "evaluated_msgs", Fault::Elements(32));
    }
}

#[test]
fn a_proof_of_another_length() {
    for (token_type, expected) in [(TokenType::VOPRF_P384, 96), (TokenType::VOPRF_RISTRETTO255, 64)] {
        let element = vec![0; common::scheme_lengths(token_type).0];
        for actual in [0, expected - 1, expected + 1] {
            let response = Response::new(token_type, &[&element], &vec![0; actual]);
            misuse(response, "evaluated_proof", Fault::Length { expected, actual });
        }
        let bytes = common::amortized_response(token_type, 2).to_bytes();
        let cut = Response::from_bytes(token_type, &bytes[..bytes.len() - 1], LIMITS);
        malformed(cut, "evaluated_proof", Fault::Truncated);
        let longer = [&bytes[..], &[0]].concat();
        malformed(Response::from_bytes(token_type, &longer, LIMITS), "end", Fault::Trailing(1));
    }
}

#[test]
fn more_than_the_batch_limit() {
    let limits = Limits { batch: 2, ..Limits::DEFAULT };
    for token_type in AMORTIZED {
        let request = |count| common::amortized_request(token_type, count).to_bytes();
        assert_eq!(Request::from_bytes(&request(2), &limits).unwrap().count(), 2);
        malformed(Request::from_bytes(&request(3), &limits), FIELD, Fault::Limit(2));
        let response = common::amortized_response(token_type, 3).to_bytes();
        malformed(Response::from_bytes(token_type, &response, &limits), "evaluated_msgs", Fault::Limit(2));
    }
    let (request, response) = (common::generic_request().to_bytes(), common::generic_response().to_bytes());
    malformed(GenericBatchTokenRequest::from_bytes(&request, &limits), "token_requests", Fault::Limit(2));
    malformed(GenericBatchTokenResponse::from_bytes(&response, &limits), "optional_token_responses", Fault::Limit(2));
    // The proof counts with two bytes, whatever the limit says.
    let many = vec![[0; 32]; 65536];
    misuse(Request::new(TokenType::VOPRF_RISTRETTO255, &common::key(), &many), FIELD, Fault::Limit(65535));
    let all = Limits { batch: usize::MAX, ..Limits::DEFAULT };
    let bytes = [&[0, 5, 0, 0x80, 0x20, 0, 0][..], &many.concat()].concat();
    malformed(Request::from_bytes(&bytes, &all), FIELD, Fault::Limit(65535));
    assert!(Request::new(TokenType::VOPRF_RISTRETTO255, &common::key(), &many[1..]).is_ok());
}

#[test]
fn more_than_the_body_limit() {
    let (request, response) = (common::generic_request().to_bytes(), common::generic_response().to_bytes());
    let limits = |body| Limits { body, ..Limits::DEFAULT };
    let read = GenericBatchTokenRequest::from_bytes(&request, &limits(request.len() - 1));
    malformed(read, "token_requests", Fault::Limit(request.len() - 1));
    assert!(GenericBatchTokenRequest::from_bytes(&request, &limits(request.len())).is_ok());
    let read = GenericBatchTokenResponse::from_bytes(&response, &limits(response.len() - 1));
    malformed(read, "optional_token_responses", Fault::Limit(response.len() - 1));
    assert!(GenericBatchTokenResponse::from_bytes(&response, &limits(response.len())).is_ok());
}

#[test]
fn lengths_that_are_not_minimal() {
    let request = common::amortized_request(TokenType::VOPRF_RISTRETTO255, 1).to_bytes();
    assert_eq!(request[3], 32);
    let longer = [&request[..3], &[0x40, 32], &request[4..]].concat();
    malformed(Request::from_bytes(&longer, LIMITS), FIELD, Fault::Varint);
    malformed(GenericBatchTokenRequest::from_bytes(&[0x40, 0], LIMITS), "token_requests", Fault::Varint);
    let field = "optional_token_responses";
    malformed(GenericBatchTokenResponse::from_bytes(&[0x80, 0, 0, 0], LIMITS), field, Fault::Varint);
    malformed(GenericBatchTokenRequest::from_bytes(&[0xff; 8], LIMITS), "token_requests", Fault::Truncated);
}

#[test]
fn generic_elements() {
    let read = |body: &[u8]| {
        let bytes = [&[body.len() as u8][..], body].concat();
        (GenericBatchTokenRequest::from_bytes(&bytes, LIMITS), GenericBatchTokenResponse::from_bytes(&bytes, LIMITS))
    };
    malformed(read(&[0, 3, 1, 2]).0, "token_type", Fault::UnknownType);
    malformed(read(&[0, 5, 1, 2]).0, "blinded_msg", Fault::Truncated);
    malformed(read(&[0]).0, "token_type", Fault::Truncated);
    malformed(read(&[2]).1, "optional_token_response", Fault::Flag);
    malformed(read(&[1]).1, "token_type", Fault::Truncated);
    malformed(read(&[1, 0, 3]).1, "token_type", Fault::UnknownType);
    malformed(read(&[0, 0, 1, 0, 5, 1]).1, "token_response", Fault::Truncated);
    malformed(GenericBatchTokenRequest::from_bytes(&[0, 0], LIMITS), "end", Fault::Trailing(1));
    malformed(GenericBatchTokenRequest::from_bytes(&[], LIMITS), "token_requests", Fault::Truncated);
}

#[test]
fn answers_that_do_not_fit() {
    let (request, response) = (common::generic_request(), common::generic_response());
    assert!(response.answers(&request));
    let mut fewer = response.clone();
    fewer.responses.pop();
    assert!(!fewer.answers(&request));
    let mut swapped = response.clone();
    swapped.responses.swap(0, 2);
    assert!(!swapped.answers(&request));
    let none = GenericBatchTokenResponse { responses: vec![None; 5] };
    assert!(none.answers(&request));
    let status = |responses: Vec<_>| GenericBatchTokenResponse { responses }.status();
    assert_eq!([none.status(), response.status(), status(vec![])], [400, 206, 200]);
    assert_eq!(status(vec![Some(common::response(TokenType::ACT))]), 200);
}
