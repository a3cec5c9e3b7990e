//! TokenResponse: the issuer's answer (RFC 9578), and the refund that comes back with an ACT spend.

use alloc::vec::Vec;

use crate::codec::{Reader, Writer};
use crate::request::{frame, framed, layout};
use crate::{Fault, Malformed, Misuse, TokenType};

/// The issuer's answer. It does not say its type; the client knows what it asked for.
///
/// `evaluated_msg[49] | proof[96]`, 145 bytes, for `0x0001`; `blind_sig[256]` for `0x0002`; `evaluated_msg[32] | proof[64]`, 96
/// bytes, for `0x0005`; 454 bytes for ARC; for ACT a length of two bytes and 162 bytes, together 164.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "CredentialResponse")]
pub struct TokenResponse {
    token_type: TokenType,
    message: Vec<u8>,
}

/// The issuance response of ACT that other implementations send has its context in it.
const ACT_COMPAT: usize = 194;

impl TokenResponse {
    /// Wraps the issuer's message of the scheme.
    ///
    /// # Errors
    /// [`Misuse`] for a type that is not known, or a message of another length than its type has.
    pub fn new(token_type: TokenType, message: &[u8]) -> Result<Self, Misuse> {
        let layout = layout(token_type)?;
        match (layout.evaluated + layout.proof, message.len()) {
            (expected, actual) if expected == actual => Ok(Self { token_type, message: message.to_vec() }),
            (expected, actual) => Err(Misuse::new("token_response", Fault::Length { expected, actual })),
        }
    }

    /// Reads an answer to a request of this type.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn from_bytes(token_type: TokenType, bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let response = Self::read(token_type, &mut reader)?;
        reader.end()?;
        Ok(response)
    }

    /// Reads ACT's answer in the form of 196 bytes that other implementations send: its message has 194 bytes, with ctx between
    /// `c` and `pok`. `farebox-act` reads that message with its feature `compat-194`.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn from_bytes_196(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let layout = layout(TokenType::ACT)?;
        let message = framed(&mut reader, layout, "token_response", ACT_COMPAT)?.to_vec();
        reader.end()?;
        Ok(Self { token_type: TokenType::ACT, message })
    }

    /// Reads one of several answers.
    pub(crate) fn read(token_type: TokenType, reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let layout = layout(token_type)?;
        let message = framed(reader, layout, "token_response", layout.evaluated + layout.proof)?.to_vec();
        Ok(Self { token_type, message })
    }

    /// The answer.
    pub fn to_bytes(&self) -> Vec<u8> {
        frame(Writer::new(2 + self.message.len()), self.token_type, &self.message).finish()
    }

    /// The type that it answers.
    pub fn token_type(&self) -> TokenType {
        self.token_type
    }

    /// The issuer's message of the scheme, whole.
    #[doc(alias = "blind_sig")]
    #[doc(alias = "IssuanceResponseMsg")]
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// What stands before the proof: `evaluated_msg`, or the whole message where the type has no proof of its own there.
    #[doc(alias = "evaluate_msg")]
    #[doc(alias = "evaluated_msg")]
    pub fn evaluated(&self) -> &[u8] {
        self.split().0
    }

    /// The DLEQ proof `c | s` of the VOPRF types; empty for others.
    #[doc(alias = "evaluate_proof")]
    pub fn proof(&self) -> &[u8] {
        self.split().1
    }

    fn split(&self) -> (&[u8], &[u8]) {
        let proof = self.token_type.layout().map_or(0, |layout| layout.proof);
        let at = self.message.len().saturating_sub(proof);
        self.message.split_at_checked(at).unwrap_or((&self.message, &[]))
    }
}

/// The change of an ACT spend: a length of two bytes and ACT's own message, 164 bytes. It travels in the header
/// [`PrivacyPass-Reverse`](crate::http::reverse).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    message: [u8; Self::MESSAGE_LEN],
}

impl Refund {
    /// Bytes of ACT's own message.
    pub const MESSAGE_LEN: usize = 162;

    /// Wraps ACT's own message.
    ///
    /// # Errors
    /// [`Misuse`] unless it has 162 bytes.
    pub fn new(message: &[u8]) -> Result<Self, Misuse> {
        refund(message).map_err(Misuse::from)
    }

    /// Reads a refund.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let message = refund(reader.opaque16("refund")?)?;
        reader.end()?;
        Ok(message)
    }

    /// The refund.
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::new(2 + Self::MESSAGE_LEN).opaque16(&self.message).finish()
    }

    /// ACT's own message.
    #[doc(alias = "RefundMsg")]
    pub fn message(&self) -> &[u8] {
        &self.message
    }
}

fn refund(message: &[u8]) -> Result<Refund, Malformed> {
    let length = Fault::Length { expected: Refund::MESSAGE_LEN, actual: message.len() };
    message.try_into().map(|message| Refund { message }).map_err(|_| Malformed::new("refund", length))
}
