//! Reading and writing fields: the TLS presentation language, one named field at a time.

use alloc::vec::Vec;

use farebox_group::{ByteOrder, Ristretto255, Scalar as _};
use farebox_sigma::Point;
use tls_codec::{DeserializeBytes as _, SerializeBytes as _, TlsByteVecU16};
use zeroize::Zeroizing;

use crate::params::ParamsId;
use crate::{BitLength, Context, Credits, Fault, Malformed, Params, Scalar};

/// Reads the fields of one message. Every field is copied or borrowed from the input; nothing is allocated from a length.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl Reader<'_> {
    pub(crate) fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], Malformed> {
        let truncated = |_| Malformed { field, fault: Fault::Truncated };
        let (bytes, rest) = <[u8; N]>::tls_deserialize_bytes(self.0).map_err(truncated)?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(crate) fn point(&mut self, field: &'static str) -> Result<Point<Ristretto255>, Malformed> {
        point(field, &self.array(field)?)
    }

    pub(crate) fn scalar(&mut self, field: &'static str) -> Result<Scalar, Malformed> {
        // Scalars of saved states are secret.
        scalar(field, &Zeroizing::new(self.array(field)?))
    }

    pub(crate) fn context(&mut self, field: &'static str) -> Result<Context, Malformed> {
        self.scalar(field).map(Context)
    }

    pub(crate) fn credits(&mut self, field: &'static str, bits: BitLength) -> Result<Credits, Malformed> {
        credits(field, &Zeroizing::new(self.array(field)?), bits)
    }

    /// `opaque pok<0..2^16-1>` of a length that the statement fixes.
    pub(crate) fn proof(&mut self, expected: usize) -> Result<Vec<u8>, Malformed> {
        let malformed = |fault| Malformed { field: "pok", fault };
        let (proof, rest) = TlsByteVecU16::tls_deserialize_bytes(self.0).map_err(|_| malformed(Fault::Truncated))?;
        self.0 = rest;
        let proof: Vec<u8> = proof.into();
        if proof.len() == expected {
            Ok(proof)
        } else {
            Err(malformed(Fault::Length { expected, actual: proof.len() }))
        }
    }

    /// The head of a saved state.
    pub(crate) fn head(&mut self, kind: Kind, params: &Params) -> Result<(), Malformed> {
        if self.array("version")? != [VERSION, kind as u8] {
            return Err(Malformed { field: "version", fault: Fault::Version });
        }
        let id: ParamsId = self.array("parameters")?;
        if id == params.id() { Ok(()) } else { Err(Malformed { field: "parameters", fault: Fault::Parameters }) }
    }

    pub(crate) fn end(self) -> Result<(), Malformed> {
        match self.0.len() {
            0 => Ok(()),
            left => Err(Malformed { field: "end", fault: Fault::Trailing(left) }),
        }
    }
}

pub(crate) fn point(field: &'static str, bytes: &[u8; 32]) -> Result<Point<Ristretto255>, Malformed> {
    Point::decode(bytes).map_err(|error| Malformed { field, fault: error.into() })
}

pub(crate) fn scalar(field: &'static str, bytes: &[u8; 32]) -> Result<Scalar, Malformed> {
    Scalar::from_bytes(bytes, ByteOrder::Little).map_err(|error| Malformed { field, fault: error.into() })
}

pub(crate) fn credits(field: &'static str, bytes: &[u8; 32], bits: BitLength) -> Result<Credits, Malformed> {
    Credits::from_bytes(bytes, bits).map_err(|fault| Malformed { field, fault })
}

/// The version of saved states and keys.
const VERSION: u8 = 1;

/// What a saved state is.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    SecretKey = 1,
    PreIssuance = 2,
    CreditToken = 3,
    PreRefund = 4,
}

/// Writes fields. The capacity is given up front, so that no copy of a secret is left behind by growing.
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn new(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    /// A saved state: two bytes of version and kind, 16 bytes that name the parameters, then `body` bytes.
    pub(crate) fn state(kind: Kind, params: ParamsId, body: usize) -> Self {
        Self::new(18 + body).raw(&[VERSION, kind as u8]).raw(&params)
    }

    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn point(self, point: &Point<Ristretto255>) -> Self {
        self.raw(point.bytes())
    }

    pub(crate) fn scalar(self, scalar: &Scalar) -> Self {
        let bytes = Zeroizing::new(scalar.to_bytes(ByteOrder::Little));
        self.raw(bytes.as_ref())
    }

    pub(crate) fn credits(self, credits: Credits) -> Self {
        self.scalar(&credits.scalar())
    }

    /// A proof made here is at most 10,560 bytes long, at L = 64.
    pub(crate) fn proof(self, proof: &[u8]) -> Self {
        let len = (proof.len() as u16).tls_serialize_bytes().unwrap_or_default();
        self.raw(&len).raw(proof)
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}
