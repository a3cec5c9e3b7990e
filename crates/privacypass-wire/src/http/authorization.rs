//! `Authorization: PrivateToken`, the token of a client (RFC 9577, section 2.2).

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::syntax::Challenges;
use super::write::{Known, ParamWriter};
use super::{Param, Reading, SCHEME, Style};
use crate::{Any, Fault, Limits, Malformed, Misuse, Token};

/// The parameters that are known here.
const KNOWN: [&str; 2] = ["token", "companion"];

/// A credential of the scheme.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization {
    /// The token, as it came.
    pub token: Vec<u8>,
    /// A second token that travels with the first: a single-use token beside an ARC presentation. Who takes both gives a fresh one
    /// back in the header [`PrivacyPass-Reverse`](super::reverse), or withholds it, which ends the credential's use.
    /// **Experimental**: a parameter of our own that stands in no draft.
    pub companion: Option<Vec<u8>>,
    /// Parameters that are not known here, such as `extensions`.
    pub others: Vec<Param>,
}

impl Authorization {
    /// A credential with a token and nothing else.
    pub fn new(token: &Token) -> Self {
        Self { token: token.to_bytes(), companion: None, others: Vec::new() }
    }

    /// The same, with a second token.
    #[must_use]
    pub fn with_companion(mut self, companion: &Token) -> Self {
        self.companion = Some(companion.to_bytes());
        self
    }

    /// Reads the value of an `Authorization` field. `None` for a credential of another scheme, whose parameters are not looked
    /// at.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn parse(field: &[u8], reading: Reading, limits: &Limits) -> Result<Option<Self>, Malformed> {
        if !is_ours(field) {
            return Ok(None);
        }
        let mut credentials = Challenges::new(field, limits)?;
        let Some(credential) = credentials.next().transpose()? else { return Ok(None) };
        if credentials.next().is_some() {
            return Err(Malformed::new("credentials", Fault::Several));
        }
        let known = Known::new(&credential.params, &KNOWN, reading, limits)?;
        let token = known.bytes("token")?.ok_or(Malformed::new("token", Fault::Missing))?;
        let companion = known.bytes("companion")?;
        Ok(Some(Self { token, companion, others: known.others(&KNOWN) }))
    }

    /// The token.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn decode_token(&self) -> Result<Any<Token>, Malformed> {
        Any::from_bytes(&self.token, &Limits::DEFAULT)
    }

    /// The second token, if there is one.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn decode_companion(&self) -> Result<Option<Any<Token>>, Malformed> {
        self.companion.as_ref().map(|bytes| Any::from_bytes(bytes, &Limits::DEFAULT)).transpose()
    }

    /// The credential as the value of the field.
    ///
    /// # Errors
    /// [`Misuse`] for a parameter among `others` that is one of those above or stands twice, whose name is not a token, or whose
    /// value is not printable ASCII.
    pub fn to_header_value(&self, style: Style) -> Result<String, Misuse> {
        let mut writer = ParamWriter::new(style);
        writer.bytes("token", &self.token);
        if let Some(companion) = &self.companion {
            writer.bytes("companion", companion);
        }
        writer.others(&self.others, &KNOWN)?;
        Ok(writer.finish())
    }
}

/// Whether the first word is our scheme.
fn is_ours(field: &[u8]) -> bool {
    let is_end = |byte: &u8| matches!(byte, b' ' | b'\t' | b',');
    let field = field.trim_ascii_start();
    let word = field.split(is_end).next().unwrap_or_default();
    word.eq_ignore_ascii_case(SCHEME.as_bytes())
}

/// Tokens are good as money until they are redeemed: none is printed.
impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Authorization");
        f.field("token", &self.token.len()).field("companion", &self.companion.as_ref().map(Vec::len));
        f.finish_non_exhaustive()
    }
}
