//! Vectors of `privacypass-wire`: messages, headers and directories, as bytes.

mod cases;
mod headers;
mod messages;

use super::inputs::{Inputs, Part};
use super::outcome::{Failure, Outcome};
use super::runner::Operation;
use super::schema::Fields;

pub(crate) use cases::write;
use privacypass_wire::TokenType;
use privacypass_wire::http::Reading;

pub(crate) const SPEC: &str = "privacypass-wire";
pub(crate) const MESSAGES: &str = "messages";
pub(crate) const HTTP: &str = "http";

pub(crate) const OPERATIONS: &[Operation] = &[
    message("challenge", &["bytes"], CHALLENGE, messages::challenge),
    message("build-challenge", BUILD_CHALLENGE, CHALLENGE, messages::build_challenge),
    message("contexts", &["challenge", "public_key"], CONTEXTS, messages::contexts),
    message(
        "token",
        &["bytes"],
        &["bytes", "token_type", "input", "challenge_digest", "key_id", "proof"],
        messages::token,
    ),
    message("token-request", &["bytes"], REQUEST, messages::request),
    message("token-response", &["bytes", "token_type", "form"], &["bytes", "evaluated", "proof"], messages::response),
    message("refund", &["bytes"], &["bytes", "message"], messages::refund),
    message(
        "amortized-request",
        &["bytes"],
        &["bytes", "token_type", "truncated_key_id", "message_N"],
        messages::amortized_request,
    ),
    message(
        "amortized-response",
        &["bytes", "token_type"],
        &["bytes", "message_N", "proof"],
        messages::amortized_response,
    ),
    message("generic-request", &["bytes"], &["bytes", "message_N"], messages::generic_request),
    message("generic-response", &["bytes"], &["bytes", "message_N", "status"], messages::generic_response),
    http("www-authenticate", &["field_N", "reading"], WWW_AUTHENTICATE, headers::www_authenticate),
    http("authorization", &["field", "reading"], &["token", "companion", "written"], headers::authorization),
    http("reverse", &["field", "reading"], &["bytes", "written"], headers::reverse),
    http(
        "directory",
        &["json", "url", "now", "token_type"],
        &["url", "token_key", "key_id", "written"],
        headers::directory,
    ),
];

const CHALLENGE: &[&str] =
    &["bytes", "digest", "token_type", "issuer_name", "redemption_context", "origin_info", "credential_context"];
const BUILD_CHALLENGE: &[&str] =
    &["token_type", "issuer_name", "redemption_context", "origin_info", "credential_context"];
const CONTEXTS: &[&str] = &["key_id", "truncated_key_id", "request_context", "presentation_context", "context_input"];
const REQUEST: &[&str] = &["bytes", "token_type", "truncated_key_id", "message"];
const WWW_AUTHENTICATE: &[&str] =
    &["challenge_N", "token_key_N", "max_age_N", "cost_N", "rate_limit_N", "refused", "other_schemes", "written"];

type Run = fn(&Inputs<'_>) -> Outcome;

const fn message(
    name: &'static str,
    input: &'static [&'static str],
    output: &'static [&'static str],
    run: Run,
) -> Operation {
    Operation { spec: SPEC, suites: &[MESSAGES], name, params: &[], keys: &[], coins: &[], input, output, run }
}

const fn http(
    name: &'static str,
    input: &'static [&'static str],
    output: &'static [&'static str],
    run: Run,
) -> Operation {
    Operation { spec: SPEC, suites: &[HTTP], name, params: &[], keys: &[], coins: &[], input, output, run }
}

/// Four hex digits.
fn token_type(part: Part<'_>) -> Result<TokenType, Failure> {
    let code = part.bytes("token_type")?.try_into().map_err(|_| Failure::Case("in.token_type: not 2 bytes".into()))?;
    Ok(TokenType::new(u16::from_be_bytes(code)))
}

pub(super) fn type_text(token_type: TokenType) -> String {
    hex::encode(token_type.code().to_be_bytes())
}

/// A word; without it reading is lenient.
fn reading(part: Part<'_>) -> Result<Reading, Failure> {
    match part.optional_text("reading") {
        None | Some("lenient") => Ok(Reading::Lenient),
        Some("strict") => Ok(Reading::Strict),
        Some(other) => Err(Failure::Case(format!("in.reading: {other:?} is neither lenient nor strict"))),
    }
}

fn insert(fields: &mut Fields, name: &str, value: impl AsRef<[u8]>) {
    fields.insert(name.to_owned(), hex::encode(value));
}

/// `name_0`, `name_1`, ..
fn numbered<B: AsRef<[u8]>>(fields: &mut Fields, name: &str, values: impl IntoIterator<Item = B>) {
    values.into_iter().enumerate().for_each(|(i, value)| insert(fields, &format!("{name}_{i}"), value));
}
