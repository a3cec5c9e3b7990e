//! The Privacy Pass files as bytes: structures are read, joined with each other and written again byte for byte. `tokens` runs
//! the cryptography in them.

use farebox_act::Context;
use farebox_sigma::{Shake128, Xof as _};
use privacypass_wire::http::{Reading, WwwAuthenticate};
use privacypass_wire::{
    AmortizedBatchTokenRequest, AmortizedBatchTokenResponse, Any, AuthenticatorInput, GenericBatchTokenRequest,
    GenericBatchTokenResponse, KeyId, Limits, SingleUseToken, Token, TokenChallenge, TokenRequest, TokenResponse,
    TokenType,
};
use serde_json::Value;

use super::Report;
use super::json::{at, bytes, list, same, text};

const LIMITS: &Limits = &Limits::DEFAULT;

pub(super) type Checked = Result<(), String>;

pub(super) fn each(file: &Value, report: &mut Report, check: fn(&Value) -> Checked) -> Checked {
    for (i, record) in list(file)?.iter().enumerate() {
        report.record(&i.to_string(), check(record));
    }
    Ok(())
}

pub(super) fn error(error: impl ToString) -> String {
    error.to_string()
}

fn array(record: &Value, name: &str) -> Result<[u8; 32], String> {
    bytes(record, name)?.try_into().map_err(|_| format!("{name} has not 32 bytes"))
}

pub(super) fn that(holds: bool, what: &str) -> Checked {
    if holds { Ok(()) } else { Err(format!("{what} differs")) }
}

fn code(value: &Value) -> Result<TokenType, String> {
    let code = match value {
        Value::String(text) => u16::from_str_radix(text.trim_start_matches("0x"), 16).ok(),
        number => number.as_u64().and_then(|number| u16::try_from(number).ok()),
    };
    code.map(TokenType::new).ok_or_else(|| "not a token type".to_owned())
}

/// A name as pat-go, privacypass-ts or the Rust crate spell it.
pub(super) fn either<'a>(record: &Value, names: [&'a str; 2]) -> &'a str {
    let [first, second] = names;
    if record.get(first).is_some() { first } else { second }
}

/// A list of bytes.
pub(super) fn hexes(record: &Value, name: &str) -> Result<Vec<Vec<u8>>, String> {
    list(at(record, name)?)?.iter().map(|text| hex::decode(text.as_str().unwrap_or("-")).map_err(error)).collect()
}

pub(super) fn token_structures(file: &Value, report: &mut Report) -> Checked {
    each(file, report, |record| {
        let token_type = code(at(record, "token_type")?)?;
        let input = bytes(record, "token_authenticator_input")?;
        if !token_type.is_known() {
            let token = Any::<Token>::from_bytes(&input, LIMITS).map_err(error)?;
            return same("token", &token.to_bytes(), &input);
        }
        let name = |name: &str| String::from_utf8(bytes(record, name)?).map_err(error);
        let builder = TokenChallenge::builder(token_type, &name("issuer_name")?).origin_info(&name("origin_info")?);
        let builder = match text(record, "redemption_context")? {
            "" => builder,
            _ => builder.redemption_context(array(record, "redemption_context")?),
        };
        let ours = AuthenticatorInput {
            token_type,
            nonce: array(record, "nonce")?,
            challenge_digest: builder.build().map_err(error)?.digest(),
            key_id: KeyId::new(array(record, "token_key_id")?),
        };
        same("token_authenticator_input", &ours.to_bytes(), &input)
    })
}

pub(super) fn strict_headers(file: &Value, report: &mut Report) -> Checked {
    each(file, report, |record| header(record, Reading::Strict))
}

pub(super) fn lenient_headers(file: &Value, report: &mut Report) -> Checked {
    each(file, report, |record| header(record, Reading::Lenient))
}

fn header(record: &Value, reading: Reading) -> Checked {
    let parsed = WwwAuthenticate::parse([text(record, "WWW-Authenticate")?], reading, LIMITS).map_err(error)?;
    that(parsed.refused.is_empty(), "the number of challenges that were left out")?;
    let count = record.as_object().map_or(0, |all| all.keys().filter(|key| key.starts_with("token-type-")).count());
    that(parsed.challenges.len() == count, "the number of challenges")?;
    for (i, challenge) in parsed.challenges.iter().enumerate() {
        same("challenge", &challenge.challenge, &bytes(record, &format!("token-challenge-{i}"))?)?;
        let key = challenge.token_key.as_deref().unwrap_or_default();
        same("token-key", key, &bytes(record, &format!("token-key-{i}"))?)?;
        let decoded = challenge.decode().map_err(error)?;
        same("challenge, written again", &decoded.to_bytes(), &challenge.challenge)?;
        that(decoded.token_type() == code(at(record, &format!("token-type-{i}"))?)?, "token-type")?;
        let max_age = record.get(format!("max-age-{i}")).map(|age| age.to_string().replace('"', ""));
        that(challenge.max_age.map(|age| age.to_string()) == max_age, "max-age")?;
    }
    Ok(())
}

fn key_id(record: &Value) -> Result<KeyId, String> {
    bytes(record, either(record, ["pkS", "pk_s"])).map(|key| KeyId::of_public_key(&key))
}

/// Nonce, challenge and key stand in the token.
fn token(record: &Value, nonce: &[u8], token: &[u8]) -> Checked {
    let challenge = TokenChallenge::from_bytes(&bytes(record, "token_challenge")?).map_err(error)?;
    let parsed = SingleUseToken::from_bytes(token).map_err(error)?;
    same("token", &parsed.to_bytes(), token)?;
    let input = parsed.input();
    same("nonce", &input.nonce, nonce)?;
    same("challenge_digest", input.challenge_digest.as_bytes(), challenge.digest().as_bytes())?;
    same("token_key_id", input.key_id.as_bytes(), key_id(record)?.as_bytes())?;
    that(input.token_type == challenge.token_type(), "token_type")
}

pub(super) fn single(file: &Value, report: &mut Report) -> Checked {
    each(file, report, |record| {
        let published = bytes(record, "token_request")?;
        let request = TokenRequest::from_bytes(&published).map_err(error)?;
        same("token_request", &request.to_bytes(), &published)?;
        that(request.truncated_key_id() == key_id(record)?.truncated(), "truncated_token_key_id")?;
        let published = bytes(record, "token_response")?;
        let response = TokenResponse::from_bytes(request.token_type(), &published).map_err(error)?;
        same("token_response", &response.to_bytes(), &published)?;
        token(record, &bytes(record, "nonce")?, &bytes(record, "token")?)
    })
}

pub(super) fn amortized(file: &Value, report: &mut Report) -> Checked {
    each(file, report, |record| {
        let published = bytes(record, "token_request")?;
        let request = AmortizedBatchTokenRequest::from_bytes(&published, LIMITS).map_err(error)?;
        same("token_request", &request.to_bytes(), &published)?;
        that(request.truncated_key_id() == key_id(record)?.truncated(), "truncated_token_key_id")?;
        let published = bytes(record, "token_response")?;
        let read = AmortizedBatchTokenResponse::from_bytes(request.token_type(), &published, LIMITS);
        let response = read.map_err(error)?;
        same("token_response", &response.to_bytes(), &published)?;
        let (nonces, tokens) = (hexes(record, "nonces")?, hexes(record, "tokens")?);
        that([request.count(), response.count(), tokens.len()] == [nonces.len(); 3], "Nr")?;
        nonces.iter().zip(&tokens).try_for_each(|(nonce, bytes)| token(record, nonce, bytes))
    })
}

pub(super) fn generic(file: &Value, report: &mut Report) -> Checked {
    each(file, report, |record| {
        let (asked, answered) = (bytes(record, "token_request")?, bytes(record, "token_response")?);
        let request = GenericBatchTokenRequest::from_bytes(&asked, LIMITS).map_err(error)?;
        same("token_request", &request.to_bytes(), &asked)?;
        let response = GenericBatchTokenResponse::from_bytes(&answered, LIMITS).map_err(error)?;
        same("token_response", &response.to_bytes(), &answered)?;
        that(response.answers(&request) && response.status() == 200, "the list of answers")?;
        let issuance = list(at(record, "issuance")?)?;
        that(issuance.len() == request.requests.len(), "the number of requests")?;
        for (request, record) in request.requests.iter().zip(issuance) {
            that(request.token_type() == code(at(record, either(record, ["type", "token_type"]))?)?, "token_type")?;
            that(request.truncated_key_id() == key_id(record)?.truncated(), "truncated_token_key_id")?;
            token(record, &bytes(record, "nonce")?, &bytes(record, "token")?)?;
        }
        Ok(())
    })
}

/// The binding of ACT: challenge, digest, key id, and the context with its scalar.
pub(super) fn act_binding(file: &Value, report: &mut Report) -> Checked {
    let key = KeyId::of_public_key(&bytes(file, "public_key")?);
    report.record("issuer_key_id", same("id", key.as_bytes(), &bytes(file, "issuer_key_id")?));
    let truncated = same("id", &[key.truncated()], &bytes(file, "truncated_issuer_key_id")?);
    report.record("truncated_issuer_key_id", truncated);
    let builder = TokenChallenge::builder(TokenType::ACT, text(file, "issuer_name")?)
        .origin_info(text(file, "origin_info")?)
        .redemption_context(array(file, "redemption_context")?);
    let without = builder.clone().build().map_err(error)?;
    let challenge = builder.credential_context(array(file, "credential_context")?).build().map_err(error)?;
    report.record("token_challenge", same("challenge", challenge.as_bytes(), &bytes(file, "token_challenge")?));
    let digest = same("digest", challenge.digest().as_bytes(), &bytes(file, "challenge_digest")?);
    report.record("challenge_digest", digest);
    for (challenge, suffix) in [(challenge, ""), (without, "_empty_cc")] {
        let input = challenge.act_context_input(&key).map_err(error)?;
        let name = format!("context_input{suffix}");
        report.record(&name, same("input", &input, &bytes(file, &name)?));
        // ctx = SHAKE128(input)[0..64] mod q
        let mut xof = Shake128::default();
        xof.absorb(&input);
        let context = Context::from_hash(&xof.squeeze::<64>());
        let name = format!("request_context_scalar{suffix}");
        report.record(&name, same("ctx", &context.to_bytes(), &bytes(file, &name)?));
    }
    Ok(())
}
