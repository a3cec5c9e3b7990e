//! Reading and writing fields.

use alloc::vec::Vec;

use farebox_group::{Group as _, Scalar as _};
use zeroize::Zeroizing;

use crate::{Fault, Group, Malformed, Point, Scalar, Suite};

/// Reads one field after the other. Nothing is allocated from a length alone.
#[derive(Debug)]
pub struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn take(&mut self, field: &'static str, len: usize) -> Result<&'a [u8], Malformed> {
        let (bytes, rest) = self.0.split_at_checked(len).ok_or(Malformed { field, fault: Fault::Truncated })?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(crate) fn number(&mut self, field: &'static str) -> Result<usize, Malformed> {
        let bytes = self.take(field, 2)?;
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    }

    /// `opaque field<0..2^16-1>`.
    pub(crate) fn prefixed(&mut self, field: &'static str) -> Result<&'a [u8], Malformed> {
        let len = self.number(field)?;
        self.take(field, len)
    }

    pub(crate) fn point<S: Suite>(&mut self, field: &'static str) -> Result<Point<S>, Malformed> {
        point::<S>(field, self.take(field, Group::<S>::ELEMENT_LEN)?)
    }

    pub(crate) fn scalar<S: Suite>(&mut self, field: &'static str) -> Result<Scalar<S>, Malformed> {
        scalar::<S>(field, self.take(field, Group::<S>::SCALAR_LEN)?)
    }

    pub(crate) fn nonzero<S: Suite>(&mut self, field: &'static str) -> Result<Scalar<S>, Malformed> {
        let scalar = self.scalar::<S>(field)?;
        if scalar.is_zero().into() { Err(Malformed { field, fault: Fault::Zero }) } else { Ok(scalar) }
    }

    pub(crate) fn end(self) -> Result<(), Malformed> {
        match self.0.len() {
            0 => Ok(()),
            left => Err(Malformed { field: "end", fault: Fault::Trailing(left) }),
        }
    }
}

/// `DeserializeElement`.
pub(crate) fn point<S: Suite>(field: &'static str, bytes: &[u8]) -> Result<Point<S>, Malformed> {
    farebox_sigma::Point::decode(bytes).map_err(|error| Malformed { field, fault: error.into() })
}

/// `DeserializeScalar`.
pub(crate) fn scalar<S: Suite>(field: &'static str, bytes: &[u8]) -> Result<Scalar<S>, Malformed> {
    let scalar = Scalar::<S>::from_bytes(bytes, Group::<S>::SCALAR_ORDER);
    scalar.map_err(|error| Malformed { field, fault: error.into() })
}

/// `SerializeScalar`.
pub(crate) fn write_scalar<S: Suite>(out: &mut Vec<u8>, scalar: &Scalar<S>) {
    out.extend_from_slice(Zeroizing::new(scalar.to_bytes(Group::<S>::SCALAR_ORDER)).as_ref());
}

/// `I2OSP(len(bytes), 2) || bytes`, for at most 65,535 bytes.
pub(crate) fn write_prefixed(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&length(bytes));
    out.extend_from_slice(bytes);
}

/// `I2OSP(len(bytes), 2)`, for at most 65,535 bytes.
pub(crate) fn length(bytes: &[u8]) -> [u8; 2] {
    (bytes.len() as u16).to_be_bytes()
}
