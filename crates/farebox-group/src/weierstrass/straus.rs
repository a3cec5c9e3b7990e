//! Sums of multiples in variable time: interleaved wNAF over shared affine tables (Straus).

use alloc::vec;
use alloc::vec::Vec;

use super::jacobian::{Jacobian, normalise};
use super::point::{Affine, Point};
use super::wnaf::wnaf_vartime;
use super::{Curve, Field};
use crate::Row;

/// Pieces a scalar is cut into, where the table has multiples of 2^(bits/PIECES i) P.
const PIECES: usize = 4;
/// Window of the fixed bases: 64 multiples for each piece, 16 kB for P-256.
const FIXED_WINDOW: u32 = 8;

/// What a table holds: the odd multiples below `2^(window - 1)` of the element, for each piece of a scalar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    window: u32,
    pieces: usize,
}

impl Shape {
    pub(crate) const FIXED: Self = Self { window: FIXED_WINDOW, pieces: PIECES };

    /// For scalars of these byte lengths, one a term, out of `full` bytes. None without nonzero ones.
    ///
    /// A row has as many doublings as the longest piece in it. Cutting costs 3/4 of the doublings of one row once,
    /// so it pays from the second row on.
    pub(crate) fn for_lengths(lengths: impl Iterator<Item = usize>, full: usize) -> Option<Self> {
        let (mut long, mut longest) = (0, None);
        for length in lengths.filter(|length| *length > 0) {
            long += usize::from(length > full / PIECES);
            longest = longest.max(Some(length));
        }
        Some(match (long, longest?) {
            (2.., _) => Self { window: 4, pieces: PIECES },
            (1, _) => Self { window: 5, pieces: 1 },
            (_, 0..=4) => Self { window: 3, pieces: 1 },
            _ => Self { window: 4, pieces: 1 },
        })
    }

    fn entries(self) -> usize {
        1 << (self.window - 2)
    }
}

/// A table within a list of affine points.
#[derive(Clone, Copy, Debug)]
struct Table<'a, F> {
    shape: Shape,
    entries: &'a [Affine<F>],
}

/// The tables of many elements.
#[derive(Clone, Debug)]
pub(crate) struct Tables<F> {
    entries: Vec<Affine<F>>,
    /// Shape and place in `entries`. None for the identity and for elements without terms.
    places: Vec<Option<(Shape, usize)>>,
}

impl<F: Field> Tables<F> {
    /// Builds the tables with one inversion; `bits` is the length of a scalar.
    pub(crate) fn new<C: Curve<Field = F>>(
        elements: impl Iterator<Item = (Point<C>, Option<Shape>)>,
        bits: usize,
    ) -> Self {
        let mut entries = Vec::new();
        let mut places = Vec::new();
        for (element, shape) in elements {
            let base = Jacobian::from_point(&element);
            let shape = shape.filter(|_| !base.is_identity_vartime());
            places.push(shape.map(|shape| (shape, entries.len())));
            if let Some(shape) = shape {
                push_multiples(base, shape, bits, &mut entries);
            }
        }
        Self { entries: normalise(&entries), places }
    }

    fn table(&self, index: usize) -> Option<Table<'_, F>> {
        let (shape, start) = (*self.places.get(index)?)?;
        Some(Table { shape, entries: self.entries.get(start..start + shape.pieces * shape.entries())? })
    }
}

fn push_multiples<F: Field>(mut base: Jacobian<F>, shape: Shape, bits: usize, out: &mut Vec<Jacobian<F>>) {
    for piece in 0..shape.pieces {
        if piece > 0 {
            base = (0..bits / PIECES).fold(base, |base, _| base.double());
        }
        let double = base.double();
        let mut multiple = base;
        out.push(multiple);
        for _ in 1..shape.entries() {
            multiple = multiple.add_vartime(&double);
            out.push(multiple);
        }
    }
}

const NONE: u32 = u32::MAX;

/// Additions waiting for their turn, by the number of doublings that follow them.
pub(crate) struct Sum<'a, F> {
    /// `(entry, negative, next addition of the same turn)`
    additions: Vec<(&'a Affine<F>, bool, u32)>,
    /// The first addition of each turn.
    turns: Vec<u32>,
}

impl<'a, F: Field> Sum<'a, F> {
    pub(crate) fn new() -> Self {
        Self { additions: Vec::with_capacity(128), turns: Vec::new() }
    }

    /// Adds `scalar * element` for the element with this index; one without a table adds nothing.
    pub(crate) fn push(&mut self, tables: &'a Tables<F>, index: usize, scalar: &[u8]) {
        let Some(Table { shape, entries }) = tables.table(index) else { return };
        let piece_bits = 8 * scalar.len() / PIECES;
        for (position, digit) in wnaf_vartime(scalar, shape.window).into_iter().enumerate() {
            if digit == 0 {
                continue;
            }
            // The last piece also takes the carry beyond the top bit.
            let piece = (position / piece_bits).min(shape.pieces - 1);
            let entry = piece * shape.entries() + usize::from(digit.unsigned_abs() / 2);
            if let Some(entry) = entries.get(entry) {
                self.push_addition(position - piece * piece_bits, entry, digit < 0);
            }
        }
    }

    fn push_addition(&mut self, turn: usize, entry: &'a Affine<F>, negative: bool) {
        if self.turns.len() <= turn {
            self.turns.resize(turn + 1, NONE);
        }
        if let Some(first) = self.turns.get_mut(turn) {
            self.additions.push((entry, negative, *first));
            *first = self.additions.len() as u32 - 1;
        }
    }

    pub(crate) fn finish(&self) -> Jacobian<F> {
        let mut sum = Jacobian::IDENTITY;
        for first in self.turns.iter().rev() {
            sum = sum.double();
            let mut next = *first;
            while let Some((entry, negative, following)) = self.additions.get(next as usize) {
                sum = if *negative { sum.sub_affine_vartime(entry) } else { sum.add_affine_vartime(entry) };
                next = *following;
            }
        }
        sum
    }
}

/// The sum of `scalar * element`, scalars little-endian.
pub(crate) fn multi_mul_vartime<C: Curve, B: AsRef<[u8]>>(terms: &[(B, Point<C>)]) -> Point<C> {
    let bits = terms.first().map_or(0, |(scalar, _)| 8 * scalar.as_ref().len());
    let shape = |scalar: &B| Shape::for_lengths(core::iter::once(significant(scalar.as_ref())), bits / 8);
    let tables = Tables::new(terms.iter().map(|(scalar, element)| (*element, shape(scalar))), bits);
    let mut sum = Sum::new();
    for (index, (scalar, _)) in terms.iter().enumerate() {
        sum.push(&tables, index, scalar.as_ref());
    }
    sum.finish().to_point()
}

/// One sum for each row, of fixed bases with tables and of other elements; scalars of `len` bytes, little-endian.
pub(crate) fn combine_vartime<C: Curve, B: AsRef<[u8]>>(
    fixed: &Tables<C::Field>,
    dynamic: impl ExactSizeIterator<Item = Point<C>>,
    rows: &[Row<B>],
    len: usize,
) -> Vec<Point<C>> {
    // One table for each dynamic element, whatever the number of rows it is in.
    let lengths = lengths(rows.iter().flat_map(|row| &row.dynamic), dynamic.len());
    let shapes = lengths.into_iter().map(|lengths| Shape::for_lengths(lengths.into_iter(), len));
    let tables = Tables::new(dynamic.zip(shapes), 8 * len);

    let row_sum = |row: &Row<B>| {
        let mut sum = Sum::new();
        row.fixed.iter().for_each(|(index, scalar)| sum.push(fixed, *index, scalar.as_ref()));
        row.dynamic.iter().for_each(|(index, scalar)| sum.push(&tables, *index, scalar.as_ref()));
        sum.finish().to_point()
    };
    rows.iter().map(row_sum).collect()
}

/// Bytes up to the last one that is not zero.
fn significant(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)
}

/// Lengths of the scalars of each element, by index.
fn lengths<'a, B: AsRef<[u8]> + 'a>(terms: impl Iterator<Item = &'a (usize, B)>, elements: usize) -> Vec<Vec<usize>> {
    let mut lengths = vec![Vec::new(); elements];
    for (index, scalar) in terms {
        if let Some(lengths) = lengths.get_mut(*index) {
            lengths.push(significant(scalar.as_ref()));
        }
    }
    lengths
}
