//! How a statement becomes the bytes that are hashed.

pub(crate) mod v1;
pub(crate) mod v2;

use farebox_group::{ByteOrder, DecodeError, Group, Scalar};

use crate::{Error, InvalidStatement, Malformed, Point};

pub(crate) fn put_u32(out: &mut alloc::vec::Vec<u8>, n: usize) {
    // Counts and indices were checked to fit when the statement was made.
    out.extend_from_slice(&(n as u32).to_le_bytes());
}

/// Reads a serialised statement. Nothing is allocated from a count.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn take(&mut self, n: usize) -> Result<&'a [u8], Malformed> {
        let (head, tail) = self.0.split_at_checked(n).ok_or(Malformed::Statement("ends early"))?;
        self.0 = tail;
        Ok(head)
    }

    pub(crate) fn u32(&mut self) -> Result<usize, Malformed> {
        let bytes = self.take(4)?;
        Ok(bytes.iter().rev().fold(0usize, |n, b| n << 8 | usize::from(*b)))
    }

    /// An element's index, counted from the generator's.
    pub(crate) fn element_from(&mut self, generator: usize) -> Result<usize, Malformed> {
        self.u32()?.checked_sub(generator).ok_or(Malformed::Statement("identity as an element"))
    }

    pub(crate) fn scalar<S: Scalar>(&mut self, len: usize, order: ByteOrder) -> Result<S, Malformed> {
        S::from_bytes(self.take(len)?, order).map_err(|_| Malformed::Statement("coefficient"))
    }

    /// All elements up to the end of the input, numbered from `first`. Check 8 of an instance is made here: a [`Point`] is
    /// never the identity.
    pub(crate) fn points<G: Group>(&mut self, first: usize, mut push: impl FnMut(Point<G>)) -> Result<(), Error> {
        for index in first.. {
            if self.0.is_empty() {
                break;
            }
            match Point::decode(self.take(G::ELEMENT_LEN)?) {
                Ok(point) => push(point),
                Err(DecodeError::Identity) => return Err(InvalidStatement::IdentityElement(index).into()),
                Err(_) => return Err(Malformed::Statement("element").into()),
            }
        }
        Ok(())
    }
}
