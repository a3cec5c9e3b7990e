//! Sums of products, one row in each lane (Straus's method with fixed windows).

use alloc::vec;
use alloc::vec::Vec;

use super::point::{Completed, Extended};
use super::ristretto;
use super::tables::{AffineEntry, CachedEntry, List, Place};
use crate::Row;
use crate::digits::{self, DIGITS, FIXED_DIGITS, FIXED_WINDOW, WINDOW};

/// Multiples in the table of an element that comes with the rows, and of a fixed base.
const MULTIPLES: usize = 1 << (WINDOW - 1);
const FIXED_MULTIPLES: usize = 1 << (FIXED_WINDOW - 1);

/// A fixed base has two tables, its own and that of 2^128 times it: 16 digits each.
const FIXED_SPLIT: usize = FIXED_DIGITS / 2;
/// So has an element that comes with the rows, where that pays: 26 digits, and 25 for 2^130 times it.
const SPLIT: usize = DIGITS.div_ceil(2);

/// Tables of fixed bases.
#[derive(Clone, Debug)]
pub(crate) struct Fixed {
    list: List<AffineEntry>,
    len: usize,
}

/// Eight encodings as words, lane by lane; lanes without one are the neutral point's.
fn words(encodings: &[[u8; 32]]) -> [[u64; 8]; 4] {
    let mut words = [[0; 8]; 4];
    for (lane, bytes) in encodings.iter().enumerate() {
        for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            if let Some(word) = word.get_mut(lane) {
                *word = bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
            }
        }
    }
    words
}

/// Whether the bytes are an even integer below p: all that decoding asks for before any arithmetic.
fn is_canonical(bytes: &[u8; 32]) -> bool {
    let [first, rest @ .., last] = bytes;
    let below = *last < 0x7f || *last == 0x7f && (rest.iter().any(|byte| *byte != 0xff) || *first < 0xed);
    below && first % 2 == 0
}

/// The points, eight in each item.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
fn decode(encodings: &[[u8; 32]]) -> Option<Vec<Extended>> {
    if !encodings.iter().all(is_canonical) {
        return None;
    }
    let mut points = Vec::with_capacity(encodings.len().div_ceil(8));
    let mut all = u8::MAX;
    // Two at a time, because one alone is a chain of operations that wait for each other.
    for pair in encodings.chunks(16) {
        if let Some((first, second)) = pair.split_at_checked(8) {
            let (decoded, valid) = ristretto::decode(&[words(first), words(second)]);
            points.extend(decoded);
            valid.iter().for_each(|valid| all &= valid);
        } else {
            let (decoded, [valid]) = ristretto::decode(&[words(pair)]);
            points.extend(decoded);
            all &= valid;
        }
    }
    (all == u8::MAX).then_some(points)
}

#[target_feature(enable = "avx512ifma,avx512vbmi2")]
fn encode(points: &[Extended]) -> Vec<[u8; 32]> {
    let mut encodings = Vec::with_capacity(8 * points.len());
    let mut rest = points;
    loop {
        match rest {
            [] => return encodings,
            [a] => {
                put(&mut encodings, ristretto::encode(&[*a]));
                rest = &[];
            }
            [a, b] => {
                put(&mut encodings, ristretto::encode(&[*a, *b]));
                rest = &[];
            }
            [a, b, c, more @ ..] => {
                put(&mut encodings, ristretto::encode(&[*a, *b, *c]));
                rest = more;
            }
        }
    }
}

fn put<const N: usize>(encodings: &mut Vec<[u8; 32]>, items: [[[u64; 8]; 4]; N]) {
    for [a, b, c, d] in items {
        for lane in a.into_iter().zip(b).zip(c).zip(d) {
            let (((a, b), c), d) = lane;
            let mut bytes = [0; 32];
            for (bytes, word) in bytes.chunks_exact_mut(8).zip([a, b, c, d]) {
                bytes.copy_from_slice(&word.to_le_bytes());
            }
            encodings.push(bytes);
        }
    }
}

/// `2^times * point`.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
fn double_times(point: &Extended, times: u32) -> Extended {
    let mut projective = point.projective();
    let mut last = projective.double();
    for _ in 1..times {
        projective = last.projective();
        last = projective.double();
    }
    last.extended()
}

impl Fixed {
    /// Builds the tables. `None` if one of the encodings is none.
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    pub(crate) fn new(bases: &[[u8; 32]]) -> Option<Self> {
        let points = decode(bases)?;
        let mut list = List::affine();
        // Per eight bases: the tables of the bases, then those of 2^128 times them.
        for (point, bases) in points.iter().zip(bases.chunks(8)) {
            let shifted = double_times(point, FIXED_WINDOW * FIXED_SPLIT as u32);
            list.extend(point, bases.len(), FIXED_MULTIPLES);
            list.extend(&shifted, bases.len(), FIXED_MULTIPLES);
        }
        Some(Self { list, len: bases.len() })
    }

    /// Index of the tables of a base among all tables.
    fn tables(&self, base: usize) -> [usize; 2] {
        let before = base / 8 * 16;
        let beside = (self.len - base / 8 * 8).min(8);
        [before + base % 8, before + beside + base % 8]
    }
}

/// The entry of a digit in the table with that index. The digit 0 is entry 0, the neutral point.
fn place(table: usize, multiples: usize, digit: i16) -> Place {
    if digit == 0 {
        return 0;
    }
    let entry = 1 + table * multiples + usize::from(digit.unsigned_abs()) - 1;
    // Tables would have to take up gigabytes before this overflows.
    Place::try_from(2 * entry).unwrap_or(0) + Place::from(digit < 0)
}

/// The summands of one term in each lane: by position, then by lane.
struct Slot<const N: usize>([[Place; 8]; N]);

/// Slots for the lanes of a group, each used as far as the row in the lane has terms.
struct Slots<const N: usize> {
    slots: Vec<Slot<N>>,
    /// Slots taken, by lane.
    taken: [usize; 8],
    /// Positions in use.
    positions: usize,
}

impl<const N: usize> Slots<N> {
    fn new() -> Self {
        Self { slots: Vec::new(), taken: [0; 8], positions: 0 }
    }

    fn put(&mut self, lane: usize, digits: &[i16], table: usize, multiples: usize) {
        let Some(taken) = self.taken.get_mut(lane) else { return };
        if *taken == self.slots.len() {
            self.slots.push(Slot([[0; 8]; N]));
        }
        if let Some(slot) = self.slots.get_mut(*taken) {
            for (places, digit) in slot.0.iter_mut().zip(digits) {
                if let Some(lane) = places.get_mut(lane) {
                    *lane = place(table, multiples, *digit);
                }
            }
        }
        *taken += 1;
        self.positions = self.positions.max(digits.len());
    }
}

/// The points that the rows use, decoded, with their tables.
struct Dynamic {
    list: List<CachedEntry>,
    /// By element: its number among those in use.
    number: Vec<Option<usize>>,
    /// How many are in use.
    len: usize,
    split: bool,
}

impl Dynamic {
    #[target_feature(enable = "avx512ifma,avx512vbmi2")]
    fn new(elements: &[[u8; 32]], rows: &[Row]) -> Option<Self> {
        let mut number = vec![None; elements.len()];
        let mut used = Vec::new();
        for (index, _) in rows.iter().flat_map(|row| &row.dynamic) {
            if let (Some(number @ None), Some(element)) = (number.get_mut(*index), elements.get(*index)) {
                *number = Some(used.len());
                used.push(*element);
            }
        }
        let points = decode(&used)?;
        // Half of the doublings of every group of rows against one chain of doublings for every group of points.
        let split = points.len() < rows.len().div_ceil(8);
        let mut list = List::cached(used.len() * MULTIPLES * 2);
        for (point, used) in points.iter().zip(used.chunks(8)) {
            list.extend(point, used.len(), MULTIPLES);
        }
        if split {
            for (point, used) in points.iter().zip(used.chunks(8)) {
                list.extend(&double_times(point, WINDOW * SPLIT as u32), used.len(), MULTIPLES);
            }
        }
        Some(Self { list, number, len: used.len(), split })
    }
}

/// The encoded sum of each row. `None` if an element in use is no encoding, or a scalar is too large.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
pub(crate) fn combine(fixed: &Fixed, elements: &[[u8; 32]], rows: &[Row]) -> Option<Vec<[u8; 32]>> {
    let mut scalars = rows.iter().flat_map(|row| row.fixed.iter().chain(&row.dynamic));
    if !scalars.all(|(_, scalar)| digits::in_range(scalar)) {
        return None;
    }
    let dynamic = Dynamic::new(elements, rows)?;
    // Rows of like length share their registers.
    let mut order: Vec<_> = (0..rows.len()).zip(rows).collect();
    order.sort_by_key(|(_, row)| (row.dynamic.len(), row.fixed.len()));
    let mut sums = Vec::with_capacity(rows.len().div_ceil(8));
    for group in order.chunks(8) {
        sums.push(sum(fixed, &dynamic, group));
    }
    let mut encodings = vec![[0; 32]; rows.len()];
    for ((index, _), encoding) in order.iter().zip(encode(&sums)) {
        if let Some(slot) = encodings.get_mut(*index) {
            *slot = encoding;
        }
    }
    Some(encodings)
}

/// The sums of up to eight rows, which are sorted by length.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
fn sum(fixed: &Fixed, dynamic: &Dynamic, rows: &[(usize, &Row)]) -> Extended {
    let (mut cached, mut affine) = (Slots::<DIGITS>::new(), Slots::<FIXED_SPLIT>::new());
    // A lane without a row takes half of the points of the longest row.
    let helped = match rows {
        [first @ .., (_, longest)] if rows.len() < 8 && longest.dynamic.len() > 1 => {
            Some((first.len(), first.len() + 1))
        }
        _ => None,
    };
    for (lane, (_, row)) in rows.iter().enumerate() {
        for (term, (index, scalar)) in row.dynamic.iter().enumerate() {
            let Some(number) = dynamic.number.get(*index).copied().flatten() else { continue };
            let lane = match helped {
                Some((last, helper)) if lane == last && 2 * term >= row.dynamic.len() => helper,
                _ => lane,
            };
            let digits: [i16; DIGITS] = digits::signed(scalar, WINDOW);
            if dynamic.split {
                let (low, high) = digits.split_at(SPLIT);
                cached.put(lane, low, number, MULTIPLES);
                cached.put(lane, high, dynamic.len + number, MULTIPLES);
            } else {
                cached.put(lane, &digits, number, MULTIPLES);
            }
        }
        for (base, scalar) in row.fixed.iter().filter(|(base, _)| *base < fixed.len) {
            let digits: [i16; FIXED_DIGITS] = digits::signed(scalar, FIXED_WINDOW);
            let (low, high) = digits.split_at(FIXED_SPLIT);
            let [table, shifted] = fixed.tables(*base);
            affine.put(lane, low, table, FIXED_MULTIPLES);
            affine.put(lane, high, shifted, FIXED_MULTIPLES);
        }
    }
    let sums = evaluate(&fixed.list, &dynamic.list, &affine, &cached);
    match helped {
        Some((last, _)) => sums.or_where(1 << last, &sums.add(&sums.next_lane().cached()).extended()),
        None => sums,
    }
}

/// From the highest bit down: doubles, and adds the summands that belong to the bit.
#[target_feature(enable = "avx512ifma,avx512vbmi2")]
fn evaluate(
    fixed: &List<AffineEntry>,
    dynamic: &List<CachedEntry>,
    affine: &Slots<FIXED_SPLIT>,
    cached: &Slots<DIGITS>,
) -> Extended {
    let (width, fixed_width) = (WINDOW as usize, FIXED_WINDOW as usize);
    let bits = (cached.positions * width).max(affine.positions * fixed_width);
    let mut point = Extended::neutral();
    let mut sum: Option<Completed> = None;
    for bit in (0..bits).rev() {
        if let Some(completed) = sum {
            sum = Some(completed.projective().double());
        }
        if bit % width == 0 && bit / width < cached.positions {
            for slot in &cached.slots {
                if let Some(places) = slot.0.get(bit / width) {
                    point = sum.map_or(point, |sum| sum.extended());
                    sum = Some(point.add(&dynamic.summands(*places)));
                }
            }
        }
        if bit % fixed_width == 0 && bit / fixed_width < affine.positions {
            for slot in &affine.slots {
                if let Some(places) = slot.0.get(bit / fixed_width) {
                    point = sum.map_or(point, |sum| sum.extended());
                    sum = Some(point.add_affine(&fixed.summands(*places)));
                }
            }
        }
    }
    sum.map_or(point, |sum| sum.extended())
}
