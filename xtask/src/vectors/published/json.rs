//! Reading other people's files.

use serde_json::Value;

/// A value by its path, such as `issuance.ctx`.
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> Result<&'a Value, String> {
    path.split('.').try_fold(value, |value, key| value.get(key)).ok_or_else(|| format!("{path} is missing"))
}

pub(crate) fn text<'a>(value: &'a Value, path: &str) -> Result<&'a str, String> {
    at(value, path)?.as_str().ok_or_else(|| format!("{path} is no text"))
}

pub(crate) fn bytes(value: &Value, path: &str) -> Result<Vec<u8>, String> {
    hex::decode(text(value, path)?).map_err(|error| format!("{path}: {error}"))
}

pub(crate) fn list(value: &Value) -> Result<&[Value], String> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| "not a list".to_owned())
}

/// `"0x..."` of any length up to 32 bytes, as 32 bytes, big-endian.
pub(crate) fn integer(value: &Value, path: &str) -> Result<Vec<u8>, String> {
    let digits = text(value, path)?.trim_start_matches("0x");
    hex::decode(format!("{digits:0>64}")).map_err(|error| format!("{path}: {error}"))
}

/// Whether two byte strings are the same.
pub(crate) fn same(what: &str, ours: &[u8], published: &[u8]) -> Result<(), String> {
    if ours == published {
        return Ok(());
    }
    Err(format!("{what}: we have {}, published is {}", hex::encode(ours), hex::encode(published)))
}
