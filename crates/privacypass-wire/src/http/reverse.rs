//! `PrivacyPass-Reverse`: a request for a credential that travels with a redemption, and the answer that comes back with the
//! response (draft-meunier-privacypass-reverse-flow-http-00).
//!
//! To the origin it carries a [`TokenRequest`](crate::TokenRequest) or an amortized batch, which begin with their token type. Back
//! comes a [`TokenResponse`](crate::TokenResponse), the answer to the batch, or ACT's [`Refund`](crate::Refund); the client knows
//! which. The draft says neither quotes nor padding: both are written here, as its examples have quotes, and neither is needed when
//! reading leniently.

use alloc::string::String;
use alloc::vec::Vec;

use super::syntax::Value;
use super::{Reading, Style, write};
use crate::{Fault, Limits, Malformed};

/// The value of the field.
pub fn to_header_value(message: &[u8], style: Style) -> String {
    write::value(message, style)
}

/// Reads the value of the field, of at most `limits.header` bytes. It holds one message, and not an empty one.
///
/// # Errors
/// [`Malformed`].
pub fn parse(field: &[u8], reading: Reading, limits: &Limits) -> Result<Vec<u8>, Malformed> {
    const FIELD: &str = "PrivacyPass-Reverse";
    if field.len() > limits.header {
        return Err(Malformed::new(FIELD, Fault::Limit(limits.header)));
    }
    let value = match field.trim_ascii() {
        [b'"', quoted @ .., b'"'] => Value::Quoted(quoted),
        bare => Value::Bare(bare),
    };
    match write::read_bytes(FIELD, value, reading)? {
        message if message.is_empty() => Err(Malformed::new(FIELD, Fault::Empty)),
        message => Ok(message),
    }
}
