//! TokenRequest: the client's message to the issuer (RFC 9578; `CredentialRequest` of ARC).

use alloc::vec::Vec;

use crate::any::{Message, sealed};
use crate::codec::{Reader, Writer};
use crate::token_type::{Framing, Layout};
use crate::{Fault, KeyId, Malformed, Misuse, TokenType};

/// `token_type | truncated_token_key_id u8 | blinded_msg`: 52 bytes for `0x0001`, 259 for `0x0002`, 35 for `0x0005`, 229 for ARC.
/// ACT has a length of two bytes before its message: 135 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "CredentialRequest")]
pub struct TokenRequest {
    token_type: TokenType,
    truncated_key_id: u8,
    message: Vec<u8>,
}

impl TokenRequest {
    /// Wraps the client's message of the scheme, for a key.
    ///
    /// # Errors
    /// [`Misuse`] for a type that is not known, or a message of another length than its type has.
    pub fn new(token_type: TokenType, key: &KeyId, message: &[u8]) -> Result<Self, Misuse> {
        let layout = layout(token_type)?;
        match message.len() {
            len if len == layout.request => {
                Ok(Self { token_type, truncated_key_id: key.truncated(), message: message.to_vec() })
            }
            actual => Err(Misuse::new("blinded_msg", Fault::Length { expected: layout.request, actual })),
        }
    }

    /// Reads a request of a known type.
    ///
    /// # Errors
    /// [`Malformed`], with the field. An issuer answers 422.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let request = Self::read(&mut reader)?;
        reader.end()?;
        Ok(request)
    }

    /// Reads one of several requests.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let token_type = reader.token_type()?;
        let layout = layout(token_type)?;
        let truncated_key_id = reader.u8("truncated_token_key_id")?;
        let message = framed(reader, layout, "blinded_msg", layout.request)?.to_vec();
        Ok(Self { token_type, truncated_key_id, message })
    }

    /// The request.
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer = Writer::new(5 + self.message.len()).token_type(self.token_type).raw(&[self.truncated_key_id]);
        frame(writer, self.token_type, &self.message).finish()
    }

    /// The token type.
    pub fn token_type(&self) -> TokenType {
        self.token_type
    }

    /// The last byte of the key's id.
    #[doc(alias = "truncated_token_key_id")]
    #[doc(alias = "truncated_issuer_key_id")]
    pub fn truncated_key_id(&self) -> u8 {
        self.truncated_key_id
    }

    /// The client's message of the scheme: a blinded element or message, ARC's request, ACT's issuance request.
    #[doc(alias = "blinded_msg")]
    #[doc(alias = "IssuanceRequestMsg")]
    pub fn message(&self) -> &[u8] {
        &self.message
    }
}

impl sealed::Sealed for TokenRequest {}

impl Message for TokenRequest {
    fn token_type(&self) -> TokenType {
        self.token_type
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        Self::from_bytes(bytes)
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.to_bytes()
    }
}

pub(crate) fn layout(token_type: TokenType) -> Result<&'static Layout, Malformed> {
    token_type.layout().ok_or(Malformed::new("token_type", Fault::UnknownType))
}

/// A message of the scheme, of the length that the type fixes.
pub(crate) fn framed<'a>(
    reader: &mut Reader<'a>,
    layout: &Layout,
    field: &'static str,
    expected: usize,
) -> Result<&'a [u8], Malformed> {
    match layout.framing {
        Framing::Bare => reader.take(field, expected),
        Framing::U16 => match reader.opaque16(field)? {
            bytes if bytes.len() == expected => Ok(bytes),
            bytes => Err(Malformed::new(field, Fault::Length { expected, actual: bytes.len() })),
        },
    }
}

pub(crate) fn frame(writer: Writer, token_type: TokenType, message: &[u8]) -> Writer {
    match token_type.layout() {
        Some(Layout { framing: Framing::U16, .. }) => writer.opaque16(message),
        _ => writer.raw(message),
    }
}
