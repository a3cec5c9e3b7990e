//! System parameters: the generators of a domain separator, and L.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use farebox_group::{Element as _, Group as _, Ristretto255, Scalar as _};
use farebox_sigma::{BaseSet, Flavor, Point, Shake128, Shape, Xof as _};

use crate::relation::spend::Spend;
use crate::{BitLength, Element, Misuse, Scalar};

/// `ACT-v1:organization:service:deployment:YYYY-MM-DD`, ASCII. The structure keeps one deployment's separator from being the
/// start of another's, since the draft joins it with labels without a length; the date has a length of its own for that.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DomainSeparator(String);

impl DomainSeparator {
    /// Joins the parts; `date` is written `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`Misuse::DomainSeparator`] where a part is empty, has a colon or is not ASCII, where the date has another form, or
    /// where all have more than 1000 bytes.
    pub fn new(organization: &str, service: &str, deployment: &str, date: &str) -> Result<Self, Misuse> {
        Self::parse(&[Self::PREFIX, organization, service, deployment, date].join(":"))
    }

    const PREFIX: &'static str = "ACT-v1";

    /// Reads a separator of this form.
    ///
    /// # Errors
    /// [`Misuse::DomainSeparator`].
    pub fn parse(separator: &str) -> Result<Self, Misuse> {
        let parts: Vec<&str> = separator.split(':').collect();
        let whole = parts.len() == 5 && parts.first() == Some(&Self::PREFIX) && separator.len() <= 1000;
        let dated = parts.last().is_some_and(|date| is_date(date));
        if whole && dated && separator.is_ascii() && parts.iter().all(|part| !part.is_empty()) {
            Ok(Self(separator.into()))
        } else {
            Err(Misuse::DomainSeparator)
        }
    }

    /// The bytes that are hashed.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Ten characters, `0000-00-00`; whether there is such a day does not matter.
fn is_date(date: &str) -> bool {
    let is_place = |(i, byte): (usize, u8)| if i == 4 || i == 7 { byte == b'-' } else { byte.is_ascii_digit() };
    date.len() == 10 && date.bytes().enumerate().all(is_place)
}

impl fmt::Display for DomainSeparator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Indices of the fixed bases.
pub(crate) mod base {
    pub(crate) const H1: usize = 1;
    pub(crate) const H2: usize = 2;
    pub(crate) const H3: usize = 3;
    pub(crate) const H4: usize = 4;
}

/// Domain separator, L and generators, with their tables (about 250 kB). Make it once and share it.
///
/// H1 carries the balance, H2 the nullifier, H3 the blinding, H4 the request context.
#[doc(alias = "GenerateParameters")]
pub struct Params {
    domain_separator: DomainSeparator,
    bits: BitLength,
    id: ParamsId,
    pub(crate) bases: BaseSet<Ristretto255>,
    pub(crate) neg_h1: Point<Ristretto255>,
    pub(crate) neg_h3: Point<Ristretto255>,
    /// G / 2 and H1 / 2, for sums that are encoded in a batch.
    pub(crate) half_g: Element,
    pub(crate) half_h1: Element,
    /// 2^j * H3 for j below L.
    pub(crate) h3_powers: Vec<Point<Ristretto255>>,
    /// Bytes of a spend's proof, compact and batchable.
    spend_proof_len: (usize, usize),
}

/// Names a domain separator and an L: SHAKE128 of both, 16 bytes. Stands in keys and saved states, never on the wire.
pub(crate) type ParamsId = [u8; 16];

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Params");
        debug.field("domain_separator", &self.domain_separator).field("bits", &self.bits).finish_non_exhaustive()
    }
}

impl Params {
    /// Derives the generators `H_i = HashToGroup("GenH<i>" || counter || ds, "HashToGroup-" || ds)` (draft, "System
    /// Parameters").
    ///
    /// # Errors
    /// [`Misuse::DomainSeparator`] if no five distinct generators come out, which does not happen.
    pub fn new(domain_separator: DomainSeparator, bits: BitLength) -> Result<Self, Misuse> {
        let generators = generators(domain_separator.as_bytes()).ok_or(Misuse::DomainSeparator)?;
        let degenerate = |_| Misuse::DomainSeparator;
        let bases = BaseSet::new(&generators).map_err(degenerate)?;
        let multiple = |base, coefficient| bases.multiple(base, coefficient).map_err(degenerate);
        let power = |j| multiple(base::H3, Scalar::from(1u64 << j));
        let spend = Shape::of(&Spend { bits });
        Ok(Self {
            spend_proof_len: (spend.compact_len::<Ristretto255>(), spend.batchable_len::<Ristretto255>()),
            id: id(&domain_separator, bits),
            half_g: bases.mul(0, &Ristretto255::halve(&Scalar::ONE)),
            half_h1: bases.mul(base::H1, &Ristretto255::halve(&Scalar::ONE)),
            neg_h1: multiple(base::H1, -Scalar::ONE)?,
            neg_h3: multiple(base::H3, -Scalar::ONE)?,
            h3_powers: (0..bits.get()).map(power).collect::<Result<_, _>>()?,
            domain_separator,
            bits,
            bases,
        })
    }

    /// The domain separator.
    pub fn domain_separator(&self) -> &DomainSeparator {
        &self.domain_separator
    }

    /// L.
    pub fn bits(&self) -> BitLength {
        self.bits
    }

    /// An amount below 2^L.
    ///
    /// # Errors
    /// [`Misuse::Amount`].
    pub fn credits(&self, amount: u64) -> Result<crate::Credits, Misuse> {
        crate::Credits::new(amount, self.bits)
    }

    /// The encodings of H1 to H4.
    pub fn generators(&self) -> impl Iterator<Item = [u8; 32]> {
        self.bases.points().iter().skip(1).filter_map(|point| point.bytes().try_into().ok())
    }

    pub(crate) fn spend_proof_len(&self, flavor: Flavor) -> usize {
        match flavor {
            Flavor::Compact => self.spend_proof_len.0,
            Flavor::Batchable => self.spend_proof_len.1,
        }
    }

    pub(crate) fn id(&self) -> ParamsId {
        self.id
    }

    /// The point of a base: 0 is G.
    pub(crate) fn point(&self, base: usize) -> Point<Ristretto255> {
        // Bases 0 to 4 exist in every parameter set.
        #[allow(clippy::indexing_slicing, reason = "called with the constants of `base` only")]
        self.bases.points()[base]
    }

    /// A proof's session: the parts joined as they are.
    pub(crate) fn session(&self, label: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        let mut session = Vec::with_capacity(self.domain_separator.as_bytes().len() + label.len() + 32 * parts.len());
        session.extend_from_slice(self.domain_separator.as_bytes());
        session.extend_from_slice(label);
        parts.iter().for_each(|part| session.extend_from_slice(part));
        session
    }
}

fn generators(ds: &[u8]) -> Option<Vec<Element>> {
    (0..=u8::MAX).find_map(|counter| {
        let label = |i: u8| [b'G', b'e', b'n', b'H', b'0' + i];
        let generator = |i| Ristretto255::hash_to_group(&[&label(i), &[counter], ds], &[b"HashToGroup-", ds]).ok();
        let mut all: Vec<_> = (1..=4).filter_map(generator).collect();
        all.push(Ristretto255::generator());
        let encoded: alloc::collections::BTreeSet<_> =
            all.iter().filter_map(|element| Ristretto255::encode(element).ok()).collect();
        all.pop();
        (encoded.len() == 5).then_some(all)
    })
}

fn id(domain_separator: &DomainSeparator, bits: BitLength) -> ParamsId {
    let mut hash = Shake128::default();
    hash.absorb(b"farebox-act parameters v1");
    hash.absorb(&[bits.get() as u8]);
    hash.absorb(domain_separator.as_bytes());
    hash.squeeze()
}

/// `amount * element` for a public amount, in variable time: short amounts take few steps.
pub(crate) fn multiple_vartime(element: Element, amount: crate::Credits) -> Element {
    let bits = (0..u64::BITS - amount.get().leading_zeros()).rev().map(|j| amount.get() >> j & 1 == 1);
    bits.fold(Element::identity(), |sum, bit| if bit { sum.double() + element } else { sum.double() })
}

/// The sum of `2^j * elements[j]`, by Horner's rule.
pub(crate) fn weighted_by_powers_of_two(elements: impl DoubleEndedIterator<Item = Element>) -> Element {
    elements.rev().fold(Element::identity(), |sum, element| sum.double() + element)
}
