//! Errors, sorted by blame: `Malformed` for the peer's bytes, `Misuse` for the caller's. None holds a byte of the input.

/// Bytes that are not the message, header or directory they should be. Names the field; safe to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {fault}")]
pub struct Malformed {
    /// The field, by the draft's name.
    pub field: &'static str,
    /// What is wrong with it.
    pub fault: Fault,
}

/// A message that the caller asks for and that cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("misuse: {field}: {fault}")]
pub struct Misuse {
    /// The field, by the draft's name.
    pub field: &'static str,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What can be wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The input ends before the field does.
    #[error("the input ends early")]
    Truncated,
    /// Bytes follow the last field.
    #[error("{0} bytes follow the last field")]
    Trailing(usize),
    /// A field of another length than its type asks for.
    #[error("expected {expected} bytes, got {actual}")]
    Length {
        /// Bytes of an honest field.
        expected: usize,
        /// Bytes that came.
        actual: usize,
    },
    /// A field or list that must not be empty.
    #[error("is empty")]
    Empty,
    /// A context has either no bytes or 32.
    #[error("a context has 0 or 32 bytes")]
    ContextLength,
    /// A list of elements whose length is not a multiple of an element's.
    #[error("not a whole number of elements of {0} bytes")]
    Elements(usize),
    /// A token type whose layout is not known here.
    #[error("a token type without a layout here")]
    UnknownType,
    /// A token type that does not have this message, or is not the one that was asked for.
    #[error("a token type that does not belong here")]
    OtherType,
    /// A variable-length integer in more bytes than it needs.
    #[error("the length is not in its shortest form")]
    Varint,
    /// A byte that is neither 0 nor 1.
    #[error("neither 0 nor 1")]
    Flag,
    /// More than a limit of [`Limits`](crate::Limits) allows, in the unit of that limit.
    #[error("above the limit of {0}")]
    Limit(usize),
    /// Characters that the field may not have.
    #[error("characters that do not belong here")]
    Characters,
    /// A header that does not follow the grammar of RFC 9110.
    #[error("not the syntax of RFC 9110")]
    Syntax,
    /// A parameter that has to be there is not.
    #[error("is missing")]
    Missing,
    /// A parameter stands twice.
    #[error("stands twice")]
    Duplicate,
    /// A second credential where one belongs.
    #[error("more than one credential")]
    Several,
    /// A value that strict reading wants in quotes.
    #[error("is not in quotes")]
    Unquoted,
    /// Not base64url.
    #[error("not base64url")]
    Base64,
    /// The padding of base64url is missing in strict reading, or is wrong.
    #[error("the padding is missing or wrong")]
    Padding,
    /// Not a number of decimal digits below 2^64.
    #[error("not a whole number below 2^64")]
    Number,
    /// Not JSON.
    #[error("not JSON")]
    Json,
    /// JSON of another kind than the member has.
    #[error("another kind of JSON value")]
    Kind,
    /// Not a URI reference that leads to http or https.
    #[error("not a reference to http or https")]
    Uri,
}

impl Malformed {
    pub(crate) const fn new(field: &'static str, fault: Fault) -> Self {
        Self { field, fault }
    }
}

impl Misuse {
    pub(crate) const fn new(field: &'static str, fault: Fault) -> Self {
        Self { field, fault }
    }
}

/// The caller's own bytes are judged by the same rules as a peer's.
impl From<Malformed> for Misuse {
    fn from(Malformed { field, fault }: Malformed) -> Self {
        Self { field, fault }
    }
}
