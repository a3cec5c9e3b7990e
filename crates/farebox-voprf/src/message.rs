//! The two messages. A decoded one has canonical elements, none of them the identity, and 1 to 65,535 of them.

use alloc::vec::Vec;

use farebox_group::Group as _;

use crate::codec::{self, Reader};
use crate::mode::sealed::Part;
use crate::{Fault, Group, Malformed, Mode, Point, Scalar, Suite, parallel};

/// The most elements in a batch.
pub const MAX_BATCH: usize = 65_535;

/// What the client sends: its inputs' elements, blinded; Ne bytes each, one behind the other.
#[derive(Clone, Debug)]
#[doc(alias = "blindedElements")]
pub struct BlindedElements<S: Suite> {
    pub(crate) points: Vec<Point<S>>,
}

impl<S: Suite> BlindedElements<S> {
    /// How many there are: 1 to 65,535.
    #[allow(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// The message.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.len() * Group::<S>::ELEMENT_LEN);
        write_points::<S>(&mut out, &self.points);
        out
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        Ok(Self { points: read_points::<S>("blindedElement", bytes)? })
    }
}

/// What the server answers: the elements under its key, Ne bytes each, and behind them the proof, if the mode has one.
#[derive(Clone, Debug)]
#[doc(alias = "evaluatedElements")]
pub struct Evaluation<S: Suite, M: Mode> {
    pub(crate) points: Vec<Point<S>>,
    pub(crate) proof: M::Proof<S>,
}

impl<S: Suite, M: Mode> Evaluation<S, M> {
    /// How many elements there are: 1 to 65,535.
    #[allow(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// The elements alone, Ne bytes each.
    pub fn elements(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.points.iter().map(Point::<S>::bytes)
    }

    /// The proof.
    pub fn proof(&self) -> &M::Proof<S> {
        &self.proof
    }

    /// The message.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.len() * Group::<S>::ELEMENT_LEN + M::Proof::<S>::LEN);
        write_points::<S>(&mut out, &self.points);
        self.proof.write(&mut out);
        out
    }

    /// Reads a message.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let truncated = Malformed { field: "proof", fault: Fault::Truncated };
        let elements = bytes.len().checked_sub(M::Proof::<S>::LEN).ok_or(truncated)?;
        let mut reader = Reader(bytes);
        let elements = reader.take("evaluatedElement", elements)?;
        let proof = M::Proof::<S>::read(&mut reader)?;
        reader.end()?;
        Ok(Self { points: read_points::<S>("evaluatedElement", elements)?, proof })
    }
}

/// A proof that one key made a whole batch: `c || s`, 2 Ns bytes.
#[derive(Clone, Debug)]
pub struct Proof<S: Suite> {
    pub(crate) c: Scalar<S>,
    pub(crate) s: Scalar<S>,
}

impl<S: Suite> Proof<S> {
    /// The proof.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(Self::LEN);
        self.write(&mut out);
        out
    }
}

impl<S: Suite> Part for Proof<S> {
    const LEN: usize = 2 * Group::<S>::SCALAR_LEN;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Self { c: reader.scalar::<S>("proof c")?, s: reader.scalar::<S>("proof s")? })
    }

    fn write(&self, out: &mut Vec<u8>) {
        codec::write_scalar::<S>(out, &self.c);
        codec::write_scalar::<S>(out, &self.s);
    }
}

fn write_points<S: Suite>(out: &mut Vec<u8>, points: &[Point<S>]) {
    points.iter().for_each(|point| out.extend_from_slice(point.bytes()));
}

fn read_points<S: Suite>(field: &'static str, bytes: &[u8]) -> Result<Vec<Point<S>>, Malformed> {
    let chunks = bytes.chunks_exact(Group::<S>::ELEMENT_LEN);
    let fault = match chunks.len() {
        _ if !chunks.remainder().is_empty() => Some(Fault::Ragged(bytes.len())),
        1..=MAX_BATCH => None,
        count => Some(Fault::Count(count)),
    };
    if let Some(fault) = fault {
        return Err(Malformed { field, fault });
    }
    let chunks: Vec<&[u8]> = chunks.collect();
    parallel::map(&chunks, |bytes| codec::point::<S>(field, bytes)).into_iter().collect()
}
