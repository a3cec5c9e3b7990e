//! Public elements with their bytes, and the fixed bases that carry tables.

use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};

use farebox_group::{DecodeError, FixedBases, Group, IdentityError, Scalar};

/// A public element other than the identity, with its encoding. The bytes stand in the statement's label as they are,
/// so bytes from the wire are never encoded a second time.
#[derive(Clone, Copy, Debug)]
pub struct Point<G: Group> {
    pub(crate) element: G::Element,
    pub(crate) encoded: G::Encoded,
    pub(crate) base: Option<Multiple<G::Scalar>>,
    pub(crate) is_generator: bool,
}

/// `coefficient` times a base of the set with the number `set`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Multiple<S> {
    pub(crate) set: usize,
    pub(crate) base: usize,
    pub(crate) coefficient: S,
}

impl<G: Group> Point<G> {
    /// Decodes an element and keeps its bytes.
    ///
    /// # Errors
    /// As [`Group::decode`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (element, encoded) = G::decode(bytes)?;
        Ok(Self::from_parts(element, encoded))
    }

    /// Encodes an element that was computed here.
    ///
    /// # Errors
    /// [`IdentityError`] for the identity.
    pub fn encode(element: G::Element) -> Result<Self, IdentityError> {
        Ok(Self::from_parts(element, G::encode(&element)?))
    }

    /// Encodes many elements at once, from their [halves](Group::halve).
    ///
    /// # Errors
    /// [`IdentityError`] if one of them is the identity.
    pub fn encode_batch(halves: &[G::Element]) -> Result<Vec<Self>, IdentityError> {
        let encodings = G::encode_batch(halves)?;
        Ok(halves.iter().zip(encodings).map(|(half, bytes)| Self::from_parts(G::unhalve(half), bytes)).collect())
    }

    fn from_parts(element: G::Element, encoded: G::Encoded) -> Self {
        Self { element, encoded, base: None, is_generator: false }
    }

    /// The element.
    pub fn element(&self) -> G::Element {
        self.element
    }

    /// The encoding: [`Group::ELEMENT_LEN`] bytes.
    pub fn bytes(&self) -> &[u8] {
        self.encoded.as_ref()
    }
}

static SETS: AtomicUsize = AtomicUsize::new(0);

/// Fixed bases with tables: the generator and those that a scheme's parameters name. Points made here are multiplied
/// through the tables wherever they stand in a statement.
#[derive(Debug)]
pub struct BaseSet<G: Group> {
    tables: G::Bases,
    points: Vec<Point<G>>,
    id: usize,
}

impl<G: Group> BaseSet<G> {
    /// Builds the tables. Base 0 is the generator; `others` follow.
    ///
    /// # Errors
    /// [`IdentityError`] if one of them is the identity.
    pub fn new(others: &[G::Element]) -> Result<Self, IdentityError> {
        let tables = G::Bases::new(others);
        let id = SETS.fetch_add(1, Ordering::Relaxed);
        let mut points = Vec::with_capacity(others.len() + 1);
        for (base, element) in tables.elements().iter().enumerate() {
            let base_of = Multiple { set: id, base, coefficient: G::Scalar::ONE };
            points.push(Point { base: Some(base_of), is_generator: base == 0, ..Point::encode(*element)? });
        }
        Ok(Self { tables, points, id })
    }

    /// The bases as points, the generator first.
    pub fn points(&self) -> &[Point<G>] {
        &self.points
    }

    /// A point for `coefficient * base`, a public value: an element of its own in a statement, but evaluated through
    /// the base's table.
    ///
    /// # Errors
    /// [`IdentityError`] if the product is the identity, or where there is no such base.
    pub fn multiple(&self, base: usize, coefficient: G::Scalar) -> Result<Point<G>, IdentityError> {
        let base_of = Multiple { set: self.id, base, coefficient };
        Ok(Point { base: Some(base_of), ..Point::encode(self.tables.mul(base, &coefficient))? })
    }

    /// `scalar * base`, constant time.
    pub fn mul(&self, base: usize, scalar: &G::Scalar) -> G::Element {
        self.tables.mul(base, scalar)
    }

    /// The tables.
    pub fn tables(&self) -> &G::Bases {
        &self.tables
    }

    pub(crate) fn owns(&self, point: &Point<G>) -> bool {
        point.base.is_none_or(|multiple| multiple.set == self.id)
    }
}
