//! Generic batches: independent requests of any types in one message, and an answer to each or none.

use alloc::vec::Vec;

use crate::codec::{Reader, Writer};
use crate::{Fault, Limits, Malformed, TokenRequest, TokenResponse};

/// `token_requests<V>`: requests as they are, one behind the other, behind their length in bytes, a varint in its shortest form. A
/// request says its type once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenericBatchTokenRequest {
    /// The requests. Answers come in their order.
    pub requests: Vec<TokenRequest>,
}

impl GenericBatchTokenRequest {
    /// Reads at most `limits.batch` requests and `limits.body` bytes. A batch may be empty. A request of an unknown type makes
    /// the rest unreadable, so that the batch is refused.
    ///
    /// # Errors
    /// [`Malformed`], with the field. An issuer answers 422.
    pub fn from_bytes(bytes: &[u8], limits: &Limits) -> Result<Self, Malformed> {
        let requests = list(bytes, "token_requests", limits, TokenRequest::read)?;
        Ok(Self { requests })
    }

    /// The batch.
    pub fn to_bytes(&self) -> Vec<u8> {
        let all: Vec<u8> = self.requests.iter().flat_map(TokenRequest::to_bytes).collect();
        Writer::new(8 + all.len()).opaque_varint(&all).finish()
    }
}

/// `optional_token_responses<V>`: `00`, or `01 | token_type | TokenResponse`, for each request in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenericBatchTokenResponse {
    /// The answers; `None` where the issuer gave none.
    pub responses: Vec<Option<TokenResponse>>,
}

impl GenericBatchTokenResponse {
    /// Reads at most `limits.batch` answers and `limits.body` bytes. Ask [`answers`](Self::answers) whether they fit a request.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn from_bytes(bytes: &[u8], limits: &Limits) -> Result<Self, Malformed> {
        let responses = list(bytes, "optional_token_responses", limits, optional)?;
        Ok(Self { responses })
    }

    /// The batch.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut all = Vec::new();
        for response in &self.responses {
            match response {
                None => all.push(0),
                Some(response) => {
                    all.push(1);
                    all.extend(response.token_type().code().to_be_bytes());
                    all.extend(response.to_bytes());
                }
            }
        }
        Writer::new(8 + all.len()).opaque_varint(&all).finish()
    }

    /// Whether there is one answer, or none, of the right type for each request.
    pub fn answers(&self, request: &GenericBatchTokenRequest) -> bool {
        let same = |(response, request): (&Option<TokenResponse>, &TokenRequest)| match response {
            None => true,
            Some(response) => response.token_type() == request.token_type(),
        };
        self.responses.len() == request.requests.len() && self.responses.iter().zip(&request.requests).all(same)
    }

    /// The HTTP status that goes with the batch: 200 if all were issued, 206 for some, 400 for none.
    pub fn status(&self) -> u16 {
        match self.responses.iter().flatten().count() {
            issued if issued == self.responses.len() => 200,
            0 => 400,
            _ => 206,
        }
    }
}

fn optional(reader: &mut Reader<'_>) -> Result<Option<TokenResponse>, Malformed> {
    match reader.u8("optional_token_response")? {
        0 => Ok(None),
        1 => {
            let token_type = reader.token_type()?;
            TokenResponse::read(token_type, reader).map(Some)
        }
        _ => Err(Malformed::new("optional_token_response", Fault::Flag)),
    }
}

/// Elements that end where they say themselves. Each has at least one byte, so the list grows no faster than the input is read.
fn list<T>(
    bytes: &[u8],
    field: &'static str,
    limits: &Limits,
    element: fn(&mut Reader<'_>) -> Result<T, Malformed>,
) -> Result<Vec<T>, Malformed> {
    if bytes.len() > limits.body {
        return Err(Malformed::new(field, Fault::Limit(limits.body)));
    }
    let mut reader = Reader::new(bytes);
    let mut elements = Reader::new(reader.opaque_varint(field)?);
    reader.end()?;
    let mut all = Vec::new();
    while !elements.is_empty() {
        if all.len() == limits.batch {
            return Err(Malformed::new(field, Fault::Limit(limits.batch)));
        }
        all.push(element(&mut elements)?);
    }
    Ok(all)
}
