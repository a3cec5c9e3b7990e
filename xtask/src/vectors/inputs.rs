//! The named values that a case hands to its operation.

use super::coins::Stream;
use super::outcome::Failure;
use super::schema::{Case, Fields, Group, VectorFile};

/// One part of a case, such as `in`.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    name: &'static str,
    fields: &'a Fields,
}

/// All that an operation reads.
pub(crate) struct Inputs<'a> {
    pub(crate) suite: &'a str,
    pub(crate) params: Part<'a>,
    pub(crate) keys: Part<'a>,
    pub(crate) input: Part<'a>,
    coins: Part<'a>,
}

impl<'a> Inputs<'a> {
    pub(crate) fn new(file: &'a VectorFile, group: &'a Group, case: &'a Case) -> Self {
        let part = |name, fields| Part { name, fields };
        Self {
            suite: &file.suite,
            params: part("params", &group.params),
            keys: part("keys", &group.keys),
            input: part("in", &case.input),
            coins: part("coins", &case.coins),
        }
    }

    /// Bytes among the coins, where coins are not scalars.
    pub(crate) fn coin_bytes(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        self.coins.optional(name)
    }

    /// The coins, for scalars of any group: a seed, or the scalars themselves.
    pub(crate) fn coins(&self) -> Result<Stream, Failure> {
        match (self.coins.optional("seed")?, self.coins.optional("scalars")?) {
            (Some(seed), None) => Ok(Stream::from_seed(&seed)),
            (None, Some(scalars)) => Ok(Stream::from_scalars(scalars)),
            _ => Err(Failure::Case("coins has neither or both of seed and scalars".into())),
        }
    }
}

impl<'a> Part<'a> {
    /// Plain text.
    pub(crate) fn text(&self, name: &str) -> Result<&'a str, Failure> {
        self.optional_text(name).ok_or_else(|| self.error(name, "is missing"))
    }

    pub(crate) fn optional_text(&self, name: &str) -> Option<&'a str> {
        self.fields.get(name).map(String::as_str)
    }

    /// Bytes in hex.
    pub(crate) fn bytes(&self, name: &str) -> Result<Vec<u8>, Failure> {
        hex::decode(self.text(name)?).map_err(|error| self.error(name, error))
    }

    pub(crate) fn optional(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        self.optional_text(name).map(|_| self.bytes(name)).transpose()
    }

    /// A number in decimal.
    pub(crate) fn number<T: std::str::FromStr<Err: std::fmt::Display>>(&self, name: &str) -> Result<T, Failure> {
        self.text(name)?.parse().map_err(|error| self.error(name, error))
    }

    fn error(&self, name: &str, reason: impl std::fmt::Display) -> Failure {
        Failure::Case(format!("{}.{name}: {reason}", self.name))
    }

    /// Names that no operation of this kind reads: a misspelled name must not pass unnoticed.
    pub(crate) fn unknown(&self, known: &[&str]) -> Option<String> {
        let numbered = |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned() + "N";
        let is_known = |name: &&String| known.contains(&name.as_str()) || known.contains(&numbered(name).as_str());
        self.fields.keys().find(|name| !is_known(name)).map(|name| format!("{}.{name} is not read", self.name))
    }

    /// A part by its name.
    pub(crate) fn of(name: &'static str, fields: &'a Fields) -> Self {
        Self { name, fields }
    }
}
