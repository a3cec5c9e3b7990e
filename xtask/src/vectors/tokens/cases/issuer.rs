//! Requests to an issuer.

use farebox_voprf::{P384Sha384, Ristretto255Sha512};
use privacypass_wire::{AmortizedBatchTokenRequest, GenericBatchTokenRequest, TokenRequest, TokenType, http};

use super::client::blinded;
use super::{World, act_params, cut_and_longer, flipped};
use crate::vectors::outcome::fields;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{ACCEPT, INVALID, MALFORMED, Want};

type Written = Result<(), String>;

pub(super) fn write(world: &mut World<'_>) -> Written {
    for token_type in TokenType::KNOWN {
        single(world, token_type)?;
    }
    amortized(world, TokenType::VOPRF_P384, &blinded::<P384Sha384>(2)?)?;
    amortized(world, TokenType::VOPRF_RISTRETTO255, &blinded::<Ristretto255Sha512>(2)?)?;
    generic(world)
}

fn said(error: impl ToString) -> String {
    error.to_string()
}

/// A case for an issuer that has the keys of these types.
fn ask(
    world: &mut World<'_>,
    types: &[TokenType],
    (comment, flag): (&str, Option<&'static str>),
    (media_type, body): (&str, &[u8]),
    want: Want,
) -> Written {
    let mut params = fields([("issuer_name", "issuer.example".to_owned())]);
    if types.contains(&TokenType::ACT) {
        params.extend(act_params());
        params.extend(binding());
    }
    let input = fields([("media_type", media_type.to_owned()), ("body", hex::encode(body))]);
    world.add((&params, types), comment, flag, input, want)
}

/// What ACT tokens are bound to.
fn binding() -> Fields {
    fields([("origin_info", "origin.example".to_owned()), ("credential_context", "bb".repeat(32))])
}

fn single(world: &mut World<'_>, token_type: TokenType) -> Written {
    let (honest, types) = (world.keys.request(token_type)?.to_bytes(), &[token_type]);
    let (media_type, _) = token_type.media_types();
    let name = |what: &str| format!("{token_type}, {what}");
    ask(world, types, (&name("a request"), None), (media_type, &honest), ACCEPT)?;
    for (what, bytes) in cut_and_longer(&honest) {
        ask(world, types, (&name(what), Some("length")), (media_type, &bytes), MALFORMED)?;
    }
    ask(world, types, (&name("no such key"), Some("other-key")), (media_type, &flipped(&honest, 2)), INVALID)?;
    let other = (media_type, &[&[0x12, 0x34], honest.get(2..).unwrap_or_default()].concat()[..]);
    ask(world, types, (&name("sent as an unknown type"), Some("token-type")), other, MALFORMED)?;
    // The message is the last that a request has: of all ones it is no element and no integer below n.
    let message = world.keys.request(token_type)?.message().len();
    let head = honest.get(..honest.len() - message).unwrap_or_default();
    let ones = [head, &vec![0xff; message]].concat();
    ask(world, types, (&name("a message of all ones"), Some("non-canonical-element")), (media_type, &ones), INVALID)?;
    let other = if media_type == http::TOKEN_REQUEST { http::CREDENTIAL_REQUEST } else { http::TOKEN_REQUEST };
    ask(world, types, (&name("under another media type"), Some("media-type")), (other, &honest), INVALID)?;
    if token_type == TokenType::VOPRF_RISTRETTO255 {
        let spelled = " Application/Private-Token-Request; charset=utf-8";
        ask(world, types, ("a media type with a parameter", Some("media-type")), (spelled, &honest), ACCEPT)?;
        ask(world, types, ("an unknown media type", Some("media-type")), ("text/plain", &honest), INVALID)?;
        ask(world, types, ("no body", Some("length")), (media_type, &[]), MALFORMED)?;
    }
    Ok(())
}

fn amortized(world: &mut World<'_>, token_type: TokenType, elements: &[Vec<u8>]) -> Written {
    let (types, media_type) = (&[token_type], http::AMORTIZED_BATCH_REQUEST);
    let request = AmortizedBatchTokenRequest::new(token_type, &world.keys.id(token_type), elements).map_err(said)?;
    let honest = request.to_bytes();
    let name = |what: &str| format!("{token_type}, amortized: {what}");
    ask(world, types, (&name("two tokens"), None), (media_type, &honest), ACCEPT)?;
    for (what, bytes) in cut_and_longer(&honest) {
        ask(world, types, (&name(what), Some("length")), (media_type, &bytes), MALFORMED)?;
    }
    ask(world, types, (&name("no such key"), Some("other-key")), (media_type, &flipped(&honest, 2)), INVALID)?;
    let length = elements.first().map_or(0, Vec::len);
    let last = [honest.get(..honest.len() - length).unwrap_or_default(), &vec![0xff; length]].concat();
    let flag = Some("non-canonical-element");
    ask(world, types, (&name("one element does not decode"), flag), (media_type, &last), INVALID)?;
    let other = [&[0, 2], honest.get(2..).unwrap_or_default()].concat();
    ask(world, types, (&name("of a type without it"), Some("token-type")), (media_type, &other), MALFORMED)?;
    let empty = [honest.get(..3).unwrap_or_default(), &[0]].concat();
    ask(world, types, (&name("no tokens"), Some("batch")), (media_type, &empty), MALFORMED)
}

fn generic(world: &mut World<'_>) -> Written {
    let (types, media_type) = (&[TokenType::BLIND_RSA, TokenType::VOPRF_RISTRETTO255], http::GENERIC_BATCH_REQUEST);
    let one = world.keys.request(TokenType::BLIND_RSA)?;
    let other = world.keys.request(TokenType::VOPRF_RISTRETTO255)?;
    let unknown = TokenRequest::from_bytes(&flipped(&one.to_bytes(), 2)).map_err(said)?;
    for (comment, flag, requests) in [
        ("generic: a token of each type", None, vec![one.clone(), other]),
        ("generic: one of two is issued", Some("other-key"), vec![unknown.clone(), one.clone()]),
        ("generic: none of two is issued", Some("other-key"), vec![unknown.clone(), unknown]),
        ("generic: no requests", Some("batch"), vec![]),
    ] {
        let batch = GenericBatchTokenRequest { requests }.to_bytes();
        ask(world, types, (comment, flag), (media_type, &batch), ACCEPT)?;
    }
    let honest = GenericBatchTokenRequest { requests: vec![one] }.to_bytes();
    for (what, bytes) in cut_and_longer(&honest) {
        ask(world, types, (&format!("generic: {what}"), Some("length")), (media_type, &bytes), MALFORMED)?;
    }
    // Behind a length of two bytes.
    let unknown = flipped(&honest, 2);
    ask(world, types, ("generic: a member of an unknown type", Some("token-type")), (media_type, &unknown), MALFORMED)
}
