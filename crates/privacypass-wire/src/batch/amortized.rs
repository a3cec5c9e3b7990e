//! Amortized batches: many tokens of one VOPRF key under one proof.

use alloc::vec::Vec;

use crate::codec::{Reader, Writer};
use crate::token_type::Layout;
use crate::{Fault, KeyId, Limits, Malformed, Misuse, TokenType};

/// The proof numbers its elements with two bytes.
const MAX: usize = 0xffff;

/// `token_type | truncated_token_key_id u8 | blinded_msgs<V>`: elements of 49 (`0x0001`) or 32 (`0x0005`) bytes behind their
/// length in bytes, a varint in its shortest form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmortizedBatchTokenRequest {
    token_type: TokenType,
    truncated_key_id: u8,
    blinded: Elements,
}

impl AmortizedBatchTokenRequest {
    /// A request for as many tokens as there are blinded messages.
    ///
    /// # Errors
    /// [`Misuse`] if the type has no amortized batch, a message has another length than an element, there are none or more than
    /// 65535.
    pub fn new<B: AsRef<[u8]>>(token_type: TokenType, key: &KeyId, blinded: &[B]) -> Result<Self, Misuse> {
        let blinded = Elements::collect(token_type, "blinded_msgs", blinded)?;
        Ok(Self { token_type, truncated_key_id: key.truncated(), blinded })
    }

    /// Reads a request for at most `limits.batch` tokens.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn from_bytes(bytes: &[u8], limits: &Limits) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let token_type = reader.token_type()?;
        layout(token_type)?;
        let truncated_key_id = reader.u8("truncated_token_key_id")?;
        let blinded = Elements::read(&mut reader, token_type, "blinded_msgs", limits)?;
        reader.end()?;
        Ok(Self { token_type, truncated_key_id, blinded })
    }

    /// The request.
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer = Writer::new(11 + self.blinded.bytes.len()).token_type(self.token_type);
        writer.raw(&[self.truncated_key_id]).opaque_varint(&self.blinded.bytes).finish()
    }

    /// The token type.
    pub fn token_type(&self) -> TokenType {
        self.token_type
    }

    /// The last byte of the key's id.
    #[doc(alias = "truncated_token_key_id")]
    pub fn truncated_key_id(&self) -> u8 {
        self.truncated_key_id
    }

    /// `Nr`, at least 1.
    #[doc(alias = "Nr")]
    pub fn count(&self) -> usize {
        self.blinded.count()
    }

    /// The blinded messages, in their order.
    pub fn blinded_messages(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.blinded.iter()
    }
}

/// `evaluated_msgs<V> | proof`: elements as in the request, and one DLEQ proof for all, 96 (`0x0001`) or 64 (`0x0005`) bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmortizedBatchTokenResponse {
    token_type: TokenType,
    evaluated: Elements,
    proof: Vec<u8>,
}

impl AmortizedBatchTokenResponse {
    /// Wraps evaluated messages and their proof.
    ///
    /// # Errors
    /// [`Misuse`] if the type has no amortized batch, a message or the proof has another length, there are no messages or more
    /// than 65535.
    pub fn new<B: AsRef<[u8]>>(token_type: TokenType, evaluated: &[B], proof: &[u8]) -> Result<Self, Misuse> {
        let evaluated = Elements::collect(token_type, "evaluated_msgs", evaluated)?;
        match (layout(token_type)?.proof, proof.len()) {
            (expected, actual) if expected == actual => Ok(Self { token_type, evaluated, proof: proof.to_vec() }),
            (expected, actual) => Err(Misuse::new("evaluated_proof", Fault::Length { expected, actual })),
        }
    }

    /// Reads an answer to a request of this type. Compare [`count`](Self::count) with that of the request.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn from_bytes(token_type: TokenType, bytes: &[u8], limits: &Limits) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes);
        let evaluated = Elements::read(&mut reader, token_type, "evaluated_msgs", limits)?;
        let proof = reader.take("evaluated_proof", layout(token_type)?.proof)?.to_vec();
        reader.end()?;
        Ok(Self { token_type, evaluated, proof })
    }

    /// The answer.
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer = Writer::new(8 + self.evaluated.bytes.len() + self.proof.len());
        writer.opaque_varint(&self.evaluated.bytes).raw(&self.proof).finish()
    }

    /// The type that it answers.
    pub fn token_type(&self) -> TokenType {
        self.token_type
    }

    /// How many messages there are, at least 1.
    pub fn count(&self) -> usize {
        self.evaluated.count()
    }

    /// The evaluated messages, in the order of the request.
    pub fn evaluated_messages(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.evaluated.iter()
    }

    /// The DLEQ proof `c | s` for all messages.
    pub fn proof(&self) -> &[u8] {
        &self.proof
    }
}

/// The types that have this batch.
fn layout(token_type: TokenType) -> Result<&'static Layout, Malformed> {
    match token_type.layout() {
        Some(layout) if token_type.is_amortizable() => Ok(layout),
        Some(_) => Err(Malformed::new("token_type", Fault::OtherType)),
        None => Err(Malformed::new("token_type", Fault::UnknownType)),
    }
}

/// At least one element, all of one length, one behind the other.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Elements {
    bytes: Vec<u8>,
    /// Never 0.
    len: usize,
}

impl Elements {
    fn collect<B: AsRef<[u8]>>(token_type: TokenType, field: &'static str, all: &[B]) -> Result<Self, Misuse> {
        let expected = layout(token_type)?.request;
        if let Some(other) = all.iter().map(|element| element.as_ref().len()).find(|len| *len != expected) {
            return Err(Misuse::new(field, Fault::Length { expected, actual: other }));
        }
        match all.len() {
            0 => Err(Misuse::new(field, Fault::Empty)),
            1..=MAX => Ok(Self { bytes: all.iter().flat_map(AsRef::as_ref).copied().collect(), len: expected }),
            _ => Err(Misuse::new(field, Fault::Limit(MAX))),
        }
    }

    fn read(
        reader: &mut Reader<'_>,
        token_type: TokenType,
        field: &'static str,
        limits: &Limits,
    ) -> Result<Self, Malformed> {
        let (len, limit) = (layout(token_type)?.request, limits.batch.min(MAX));
        let bytes = reader.opaque_varint(field)?;
        let fault = match bytes.len() {
            0 => Fault::Empty,
            all if all % len != 0 => Fault::Elements(len),
            all if all / len > limit => Fault::Limit(limit),
            _ => return Ok(Self { bytes: bytes.to_vec(), len }),
        };
        Err(Malformed::new(field, fault))
    }

    fn count(&self) -> usize {
        self.bytes.len() / self.len
    }

    fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.bytes.chunks_exact(self.len)
    }
}
