//! Reading and writing fields. Every message and state has one length, checked before its first field is read.

use alloc::vec::Vec;

use core::marker::PhantomData;

use farebox_group::{ByteOrder, Group as _, Scalar as _};
use farebox_sigma::Profile;
use zeroize::Zeroizing;

use crate::{Fault, Malformed, Point, Scalar, Suite};

/// The byte order of scalars in a suite's messages and keys.
pub(crate) fn order<S: Suite>() -> ByteOrder {
    <S::Profile as Profile<S::Group>>::SCALAR_ORDER
}

/// The lengths of an element and a scalar.
pub(crate) const fn element_len<S: Suite>() -> usize {
    S::Group::ELEMENT_LEN
}

pub(crate) const fn scalar_len<S: Suite>() -> usize {
    S::Group::SCALAR_LEN
}

/// Reads the fields of one message.
pub(crate) struct Reader<'a, S> {
    bytes: &'a [u8],
    suite: PhantomData<S>,
}

impl<'a, S: Suite> Reader<'a, S> {
    /// A message or state of exactly `expected` bytes.
    pub(crate) fn new(name: &'static str, bytes: &'a [u8], expected: usize) -> Result<Self, Malformed> {
        if bytes.len() == expected {
            Ok(Self { bytes, suite: PhantomData })
        } else {
            Err(Malformed { field: name, fault: Fault::Length { expected, actual: bytes.len() } })
        }
    }

    /// A saved state: version, kind, suite, then `expected` bytes.
    pub(crate) fn state(kind: Kind, name: &'static str, bytes: &'a [u8], expected: usize) -> Result<Self, Malformed> {
        let mut reader = Self::new(name, bytes, HEAD + expected)?;
        if reader.take(HEAD) == [VERSION, kind as u8, S::ID] {
            Ok(reader)
        } else {
            Err(Malformed { field: "version", fault: Fault::Version })
        }
    }

    /// The next bytes; the length of the whole is known, so they are there.
    pub(crate) fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.bytes.split_at_checked(count).unwrap_or((self.bytes, &[]));
        self.bytes = rest;
        taken
    }

    pub(crate) fn point(&mut self, field: &'static str) -> Result<Point<S>, Malformed> {
        Point::<S>::decode(self.take(element_len::<S>())).map_err(|error| Malformed { field, fault: error.into() })
    }

    pub(crate) fn scalar(&mut self, field: &'static str) -> Result<Scalar<S>, Malformed> {
        let scalar = Scalar::<S>::from_bytes(self.take(scalar_len::<S>()), order::<S>());
        scalar.map_err(|error| Malformed { field, fault: error.into() })
    }

    pub(crate) fn u64(&mut self) -> u64 {
        self.take(8).iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
    }

    pub(crate) fn rest(self) -> &'a [u8] {
        self.bytes
    }
}

/// The version of saved states and keys.
const VERSION: u8 = 1;
/// Bytes of version, kind and suite.
pub(crate) const HEAD: usize = 3;

/// What a saved state is.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    SecretKey = 1,
    PreIssuance = 2,
    Credential = 3,
    PresentationState = 4,
    ClosedContext = 5,
}

/// Writes fields. The capacity is given up front, so that no copy of a secret is left behind by growing.
pub(crate) struct Writer<S> {
    bytes: Vec<u8>,
    suite: PhantomData<S>,
}

impl<S: Suite> Writer<S> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity), suite: PhantomData }
    }

    /// A saved state: version, kind, suite, then `body` bytes.
    pub(crate) fn state(kind: Kind, body: usize) -> Self {
        Self::new(HEAD + body).raw(&[VERSION, kind as u8, S::ID])
    }

    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    pub(crate) fn point(self, point: &Point<S>) -> Self {
        self.raw(point.bytes())
    }

    pub(crate) fn points<'p>(self, points: impl IntoIterator<Item = &'p Point<S>>) -> Self {
        points.into_iter().fold(self, Self::point)
    }

    pub(crate) fn scalar(self, scalar: &Scalar<S>) -> Self {
        let bytes = Zeroizing::new(scalar.to_bytes(order::<S>()));
        self.raw((*bytes).as_ref())
    }

    pub(crate) fn u64(self, value: u64) -> Self {
        self.raw(&value.to_be_bytes())
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}
