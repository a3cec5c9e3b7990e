//! Why bytes do not decode, and why an element does not encode.

/// Bytes that are not the canonical encoding of an element or scalar. Safe to log: it names the rule, never the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The input is shorter or longer than the encoding.
    #[error("expected {expected} bytes, got {actual}")]
    Length {
        /// Bytes of the encoding.
        expected: usize,
        /// Bytes of the input.
        actual: usize,
    },
    /// A scalar at or above the group order.
    #[error("scalar is not below the group order")]
    Scalar,
    /// Not a canonical encoding of a point of the group.
    #[error("not a canonical encoding of a group element")]
    Element,
    /// The identity, which no protocol here sends.
    #[error("the identity element is not allowed")]
    Identity,
}

/// The identity element has no encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the identity element has no encoding")]
pub struct IdentityError;

/// A domain separation tag that RFC 9380, Section 5.3 does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a domain separation tag has at least one byte")]
pub struct EmptyTag;
