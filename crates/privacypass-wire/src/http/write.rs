//! Writing parameters, and reading the values of those that are known.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::syntax::{AuthParam, AuthParams, Value, is_tchar, unescape};
use super::{Param, Reading, base64};
use crate::{Fault, Limits, Malformed, Misuse};

/// How values in base64url are written. Numbers are always bare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// In quotes and with padding, as RFC 9577 asks.
    #[default]
    Quoted,
    /// With padding and without quotes. It is not what RFC 9110 allows; some readers take nothing else.
    Unquoted,
}

/// Parameters of a challenge or credential, one behind the other.
pub(super) struct ParamWriter {
    text: String,
    style: Style,
    first: bool,
}

impl ParamWriter {
    pub(super) fn new(style: Style) -> Self {
        Self { text: super::SCHEME.into(), style, first: true }
    }

    fn push(&mut self, name: &str, value: &str) {
        self.text.push_str(if self.first { " " } else { ", " });
        self.first = false;
        self.text.push_str(name);
        self.text.push('=');
        self.text.push_str(value);
    }

    pub(super) fn bytes(&mut self, name: &str, bytes: &[u8]) {
        self.push(name, &value(bytes, self.style));
    }

    pub(super) fn number(&mut self, name: &str, number: Option<u64>) {
        if let Some(number) = number {
            self.push(name, &number.to_string());
        }
    }

    /// Parameters that are not known here, in quotes.
    pub(super) fn others(&mut self, others: &[Param], known: &[&str]) -> Result<(), Misuse> {
        for (at, Param { name, value }) in others.iter().enumerate() {
            let is_twice = |name: &str| {
                let mut before = others.iter().take(at).map(|other| other.name.as_str());
                before.any(|other| other.eq_ignore_ascii_case(name))
            };
            if name.is_empty() || !name.bytes().all(is_tchar) {
                return Err(Misuse::new("parameter name", Fault::Characters));
            }
            if known.iter().any(|known| known.eq_ignore_ascii_case(name)) || is_twice(name) {
                return Err(Misuse::new("parameter name", Fault::Duplicate));
            }
            self.push(name, &quoted(value)?);
        }
        Ok(())
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// A value in base64url.
pub(super) fn value(bytes: &[u8], style: Style) -> String {
    match style {
        Style::Quoted => format!("\"{}\"", base64::encode(bytes)),
        Style::Unquoted => base64::encode(bytes),
    }
}

/// `quoted-string` of printable ASCII.
fn quoted(value: &[u8]) -> Result<String, Misuse> {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    for byte in value {
        match byte {
            b'"' | b'\\' => text.extend(['\\', char::from(*byte)]),
            b'\t' | 0x20..=0x7e => text.push(char::from(*byte)),
            _ => return Err(Misuse::new("parameter value", Fault::Characters)),
        }
    }
    text.push('"');
    Ok(text)
}

/// The parameters of a challenge or credential, sorted into those that are known and others.
pub(super) struct Known<'a, 'b> {
    params: &'b [AuthParam<'a>],
    reading: Reading,
}

impl<'a, 'b> Known<'a, 'b> {
    /// # Errors
    /// [`Malformed`] for a parameter that stands twice: if it is known, or in strict reading. At most `limits.parameters` are
    /// compared with each other.
    pub(super) fn new(
        params: &'b AuthParams<'a>,
        known: &[&'static str],
        reading: Reading,
        limits: &Limits,
    ) -> Result<Self, Malformed> {
        let params = match params {
            AuthParams::List(list) => list.as_slice(),
            AuthParams::Token68(_) => return Err(Malformed::new("parameters", Fault::Syntax)),
        };
        if params.len() > limits.parameters {
            return Err(Malformed::new("parameters", Fault::Limit(limits.parameters)));
        }
        for (at, param) in params.iter().enumerate() {
            let is_twice = params.iter().take(at).any(|other| other.name.eq_ignore_ascii_case(param.name));
            let field = known.iter().find(|known| known.eq_ignore_ascii_case(param.name));
            match field {
                Some(field) if is_twice => return Err(Malformed::new(field, Fault::Duplicate)),
                None if is_twice && reading == Reading::Strict => {
                    return Err(Malformed::new("parameters", Fault::Duplicate));
                }
                _ => {}
            }
        }
        Ok(Self { params, reading })
    }

    fn find(&self, name: &str) -> Option<&AuthParam<'a>> {
        self.params.iter().find(|param| param.name.eq_ignore_ascii_case(name))
    }

    /// A value in base64url.
    pub(super) fn bytes(&self, field: &'static str) -> Result<Option<Vec<u8>>, Malformed> {
        self.find(field).map(|param| read_bytes(field, param.value, self.reading)).transpose()
    }

    /// A number, bare or in quotes: RFC 9577's own examples have quotes.
    pub(super) fn number(&self, field: &'static str) -> Result<Option<u64>, Malformed> {
        self.find(field).map(|param| number(&param.value()).ok_or(Malformed::new(field, Fault::Number))).transpose()
    }

    /// The others, as they came; the first where one stands twice.
    pub(super) fn others(&self, known: &[&str]) -> Vec<Param> {
        let is_other = |param: &&AuthParam<'_>| {
            let is_first = self.find(param.name).is_some_and(|first| core::ptr::eq(first, *param));
            is_first && !known.iter().any(|known| known.eq_ignore_ascii_case(param.name))
        };
        let others = self.params.iter().filter(is_other);
        others.map(|param| Param { name: param.name.into(), value: param.value() }).collect()
    }
}

/// A value in base64url.
pub(super) fn read_bytes(field: &'static str, value: Value<'_>, reading: Reading) -> Result<Vec<u8>, Malformed> {
    match value {
        Value::Bare(_) if reading == Reading::Strict => Err(Malformed::new(field, Fault::Unquoted)),
        Value::Bare(text) => base64::decode(field, text, reading),
        Value::Quoted(text) if text.contains(&b'\\') => base64::decode(field, &unescape(text), reading),
        Value::Quoted(text) => base64::decode(field, text, reading),
    }
}

/// Decimal digits and nothing else, below 2^64.
fn number(text: &[u8]) -> Option<u64> {
    let digits = core::str::from_utf8(text).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok()
}
