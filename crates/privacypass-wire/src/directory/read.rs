//! Reading the JSON, one named member at a time.

use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::{ActParameters, IssuerDirectory, TokenKey};
use crate::http::{Reading, base64};
use crate::{Fault, Limits, Malformed, TokenType};

pub(super) fn directory(text: &[u8], limits: &Limits) -> Result<IssuerDirectory, Malformed> {
    if text.len() > limits.directory {
        return Err(Malformed::new("directory", Fault::Limit(limits.directory)));
    }
    let value = serde_json::from_slice(text).map_err(|_| Malformed::new("directory", Fault::Json))?;
    let mut members = object("directory", value)?;
    let request_uri = string("issuer-request-uri", take(&mut members, "issuer-request-uri")?)?;
    let Value::Array(keys) = take(&mut members, "token-keys")? else {
        return Err(Malformed::new("token-keys", Fault::Kind));
    };
    if keys.len() > limits.keys {
        return Err(Malformed::new("token-keys", Fault::Limit(limits.keys)));
    }
    let token_keys = keys.into_iter().map(key).collect::<Result<Vec<_>, _>>()?;
    Ok(IssuerDirectory { request_uri, token_keys, others: members })
}

fn key(value: Value) -> Result<TokenKey, Malformed> {
    let mut members = object("token-keys", value)?;
    let token_type = number("token-type", &take(&mut members, "token-type")?)?;
    let token_type = u16::try_from(token_type).map_err(|_| Malformed::new("token-type", Fault::Number))?;
    let public_key = string("token-key", take(&mut members, "token-key")?)?;
    let public_key = base64::decode("token-key", public_key.as_bytes(), Reading::Lenient)?;
    if public_key.is_empty() {
        return Err(Malformed::new("token-key", Fault::Empty));
    }
    let not_before = members.remove("not-before").map(|value| number("not-before", &value)).transpose()?;
    let act = members.remove("farebox-act").map(act).transpose()?;
    Ok(TokenKey { token_type: TokenType::new(token_type), public_key, not_before, act, others: members })
}

/// Members that are not known are dropped: the member is our own.
fn act(value: Value) -> Result<ActParameters, Malformed> {
    let mut members = object("farebox-act", value)?;
    let domain_separator = string("domain-separator", take(&mut members, "domain-separator")?)?;
    let bit_length = match number("bit-length", &take(&mut members, "bit-length")?)? {
        bits @ 1..=64 => bits as u8,
        _ => return Err(Malformed::new("bit-length", Fault::Number)),
    };
    let initial_credits = number("initial-credits", &take(&mut members, "initial-credits")?)?;
    if bit_length < 64 && initial_credits >> bit_length != 0 {
        return Err(Malformed::new("initial-credits", Fault::Number));
    }
    Ok(ActParameters { domain_separator, bit_length, initial_credits })
}

fn object(field: &'static str, value: Value) -> Result<Map<String, Value>, Malformed> {
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(Malformed::new(field, Fault::Kind)),
    }
}

fn take(members: &mut Map<String, Value>, field: &'static str) -> Result<Value, Malformed> {
    members.remove(field).ok_or(Malformed::new(field, Fault::Missing))
}

fn string(field: &'static str, value: Value) -> Result<String, Malformed> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(Malformed::new(field, Fault::Kind)),
    }
}

/// A whole number from 0.
fn number(field: &'static str, value: &Value) -> Result<u64, Malformed> {
    let fault = if value.is_number() { Fault::Number } else { Fault::Kind };
    value.as_u64().ok_or(Malformed::new(field, fault))
}
