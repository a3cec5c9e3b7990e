//! Messages of types that are not known here: kept as they came.

use alloc::vec::Vec;
use core::fmt;

use crate::codec::Reader;
use crate::{Fault, Limits, Malformed, TokenType};

/// A message that begins with its token type.
pub trait Message: Sized + sealed::Sealed {
    /// The token type.
    fn token_type(&self) -> TokenType;

    /// Reads a message of a known type.
    ///
    /// # Errors
    /// [`Malformed`], with the field. A type that is not known here is [`Fault::UnknownType`].
    fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed>;

    /// The message.
    fn to_bytes(&self) -> Vec<u8>;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// A message of an unknown type: the type, and all bytes as they came. Greased challenges and tokens are of this kind.
#[derive(Clone, PartialEq, Eq)]
pub struct Unknown {
    token_type: TokenType,
    bytes: Vec<u8>,
}

/// Its bytes may be a token, which is good as money: none are printed.
impl fmt::Debug for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unknown").field("token_type", &self.token_type).field("len", &self.bytes.len()).finish()
    }
}

impl Unknown {
    /// Makes a message of a type that is not known here, such as one of [`TokenType::GREASE`] with a random body.
    ///
    /// # Errors
    /// [`Misuse`](crate::Misuse) for a type that is known.
    pub fn new(token_type: TokenType, body: &[u8]) -> Result<Self, crate::Misuse> {
        if token_type.is_known() {
            return Err(crate::Misuse::new("token_type", Fault::OtherType));
        }
        let bytes = [&token_type.code().to_be_bytes(), body].concat();
        Ok(Self { token_type, bytes })
    }

    /// The token type.
    pub fn token_type(&self) -> TokenType {
        self.token_type
    }

    /// All bytes, with the type in front.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// A message of a known type, or of any other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Any<T> {
    /// A message whose layout is known here.
    Known(T),
    /// Another, kept as it came.
    Unknown(Unknown),
}

impl<T: Message> Any<T> {
    /// Reads a message. An unknown type is not an error here; its bytes are kept, up to `limits.body`.
    ///
    /// # Errors
    /// [`Malformed`], with the field.
    pub fn from_bytes(bytes: &[u8], limits: &Limits) -> Result<Self, Malformed> {
        let token_type = Reader::new(bytes).token_type()?;
        if token_type.is_known() {
            return T::from_bytes(bytes).map(Self::Known);
        }
        if bytes.len() > limits.body {
            return Err(Malformed::new("message", Fault::Limit(limits.body)));
        }
        Ok(Self::Unknown(Unknown { token_type, bytes: bytes.to_vec() }))
    }

    /// The message.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Known(message) => message.to_bytes(),
            Self::Unknown(message) => message.bytes.clone(),
        }
    }

    /// The token type.
    pub fn token_type(&self) -> TokenType {
        match self {
            Self::Known(message) => message.token_type(),
            Self::Unknown(message) => message.token_type,
        }
    }

    /// The message, if its type is known.
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(message) => Some(message),
            Self::Unknown(_) => None,
        }
    }
}
