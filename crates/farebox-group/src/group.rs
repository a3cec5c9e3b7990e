//! The [`Group`] trait: what a protocol may ask of a prime-order group.

use alloc::vec::Vec;
use core::fmt::Debug;
use core::hash::Hash;
use core::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use rand_core::CryptoRng;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroize;

use crate::{DecodeError, EmptyTag, IdentityError};

/// The order of the bytes of an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

/// An integer modulo the group order.
///
/// All arithmetic is constant time. `Debug` prints no value. Equality is constant time.
pub trait Scalar:
    Copy
    + Debug
    + Default
    + Eq
    + Send
    + Sync
    + 'static
    + From<u64>
    + Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + SubAssign
    + Mul<Output = Self>
    + MulAssign
    + Neg<Output = Self>
    + ConstantTimeEq
    + ConditionallySelectable
    + Zeroize
{
    /// The integer 0.
    const ZERO: Self;
    /// The integer 1.
    const ONE: Self;
    /// An encoding: `[u8; 48]` for P-384, `[u8; 32]` for the other groups here.
    type Bytes: AsRef<[u8]> + AsMut<[u8]> + Copy + Debug + Eq + Send + Sync + Zeroize;

    /// The inverse; 0 gives 0. Constant time.
    #[must_use]
    fn invert(&self) -> Self;

    /// `1` where the scalar is 0.
    fn is_zero(&self) -> Choice {
        self.ct_eq(&Self::ZERO)
    }

    /// The integer that `bytes` stand for, modulo the group order. Any length; constant time in the value.
    ///
    /// For a result that is uniform up to 2^-128, give 16 uniform bytes more than an encoding has.
    fn reduce(bytes: &[u8], order: ByteOrder) -> Self;

    /// The encoding in the byte order asked for.
    fn to_bytes(&self, order: ByteOrder) -> Self::Bytes;

    /// Decodes exactly one scalar.
    ///
    /// # Errors
    /// [`DecodeError::Length`] or, at or above the group order, [`DecodeError::Scalar`].
    fn from_bytes(bytes: &[u8], order: ByteOrder) -> Result<Self, DecodeError>;

    /// A uniform scalar: 64 bytes of `rng`, reduced. It can be 0, with a probability of 2^-252 or less. Uniform up to
    /// 2^-250, for P-384 up to 2^-128.
    fn random<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut wide = zeroize::Zeroizing::new([0u8; 64]);
        rng.fill_bytes(wide.as_mut());
        Self::reduce(wide.as_ref(), ByteOrder::Little)
    }
}

/// A group element, possibly the identity. It is always an element of the prime-order group.
///
/// `Debug` prints no value, because elements can be secret as well.
pub trait Element:
    Copy
    + Debug
    + Default
    + Eq
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + SubAssign
    + Neg<Output = Self>
    + ConstantTimeEq
    + ConditionallySelectable
    + Zeroize
{
    /// The identity element.
    fn identity() -> Self {
        Self::default()
    }

    /// `self + self`.
    #[must_use]
    fn double(&self) -> Self;

    /// `1` where the element is the identity.
    fn is_identity(&self) -> Choice {
        self.ct_eq(&Self::identity())
    }
}

/// One equation's right side for [`FixedBases::combine_vartime`]: scalars times fixed bases plus scalars times
/// other elements, both by index.
#[derive(Clone, Debug)]
pub struct Row<S> {
    /// `(index into the fixed bases, scalar)`.
    pub fixed: Vec<(usize, S)>,
    /// `(index into the elements handed over with the rows, scalar)`.
    pub dynamic: Vec<(usize, S)>,
}

impl<S> Default for Row<S> {
    fn default() -> Self {
        Self { fixed: Vec::new(), dynamic: Vec::new() }
    }
}

/// Elements that are multiplied often, with tables for it. Index 0 is always the group's generator.
pub trait FixedBases<G: Group>: Debug + Send + Sync + Sized {
    /// Builds the tables of the generator and of `others`, which get the indices 1, 2 and so on.
    ///
    /// This costs about a millisecond and some 40 kB for each base, 72 kB with the feature `lanes`, 82 kB for P-384; share the result.
    fn new(others: &[G::Element]) -> Self;

    /// The elements, the generator first.
    fn elements(&self) -> &[G::Element];

    /// `scalar * base`, constant time. An index that does not exist gives the identity.
    fn mul(&self, base: usize, scalar: &G::Scalar) -> G::Element;

    /// One element for each row, in variable time: public input only. Terms with an index that does not exist
    /// count as zero.
    fn combine_vartime(&self, dynamic: &[G::Element], rows: &[Row<G::Scalar>]) -> Vec<G::Element>;

    /// [`combine_vartime`](Self::combine_vartime), encoded, for elements that come with their encodings.
    ///
    /// # Errors
    /// [`IdentityError`] if one of the sums is the identity.
    fn combine_encode_vartime(
        &self,
        dynamic: &[(G::Element, G::Encoded)],
        rows: &[Row<G::Scalar>],
    ) -> Result<Vec<G::Encoded>, IdentityError> {
        combine_then_encode(self, dynamic, rows)
    }
}

/// [`FixedBases::combine_encode_vartime`] for bases that have nothing better.
pub(crate) fn combine_then_encode<G: Group, B: FixedBases<G>>(
    bases: &B,
    dynamic: &[(G::Element, G::Encoded)],
    rows: &[Row<G::Scalar>],
) -> Result<Vec<G::Encoded>, IdentityError> {
    let halve = |terms: &[(usize, G::Scalar)]| terms.iter().map(|(i, s)| (*i, G::halve(s))).collect();
    let rows: Vec<_> = rows.iter().map(|row| Row { fixed: halve(&row.fixed), dynamic: halve(&row.dynamic) }).collect();
    let elements: Vec<_> = dynamic.iter().map(|(element, _)| *element).collect();
    G::encode_batch(&bases.combine_vartime(&elements, &rows))
}

/// A group of prime order.
pub trait Group: Copy + Clone + Debug + Default + Eq + Hash + Send + Sync + 'static {
    /// The name in the protocols' suites, such as `"ristretto255"` or `"P256"`.
    const NAME: &'static str;
    /// Bytes of an encoded element: 32 for ristretto255, 33 for P-256, 49 for P-384.
    const ELEMENT_LEN: usize;
    /// Bytes of an encoded scalar: 48 for P-384, else 32.
    const SCALAR_LEN: usize;
    /// The byte order in which the group's own specification encodes a scalar.
    const SCALAR_ORDER: ByteOrder;

    /// Integers modulo the group order.
    type Scalar: Scalar;
    /// Group elements.
    type Element: Element + for<'a> Mul<&'a Self::Scalar, Output = Self::Element>;
    /// The canonical encoding of an element other than the identity.
    type Encoded: AsRef<[u8]> + Copy + Debug + Eq + Ord + Hash + Send + Sync;
    /// Bases with tables.
    type Bases: FixedBases<Self>;

    /// The generator that the group's specification names.
    fn generator() -> Self::Element;

    /// The canonical encoding.
    ///
    /// # Errors
    /// [`IdentityError`]: the identity has no encoding.
    fn encode(element: &Self::Element) -> Result<Self::Encoded, IdentityError>;

    /// Decodes exactly one element other than the identity.
    ///
    /// # Errors
    /// [`DecodeError::Length`], [`DecodeError::Identity`], and [`DecodeError::Element`] for every form that is not the
    /// canonical one.
    fn decode(bytes: &[u8]) -> Result<(Self::Element, Self::Encoded), DecodeError>;

    /// The scalar to compute with where the product goes to [`encode_batch`](Self::encode_batch).
    ///
    /// Many elements are encoded at once at the price of about one, if they were computed as half of what is wanted:
    /// ristretto255 encodes `2P` without a square root. So `encode_batch(&[P * halve(s)])` is `[encode(P * s)]`.
    /// Groups that need no such help return the scalar as it is.
    #[must_use]
    fn halve(scalar: &Self::Scalar) -> Self::Scalar;

    /// The element that [`encode_batch`](Self::encode_batch) encodes for `halved`: `2 * halved` in ristretto255, `halved`
    /// itself where [`halve`](Self::halve) changes nothing.
    #[must_use]
    fn unhalve(halved: &Self::Element) -> Self::Element;

    /// The encodings of many elements that were computed with [halved](Self::halve) scalars, with one inversion.
    ///
    /// # Errors
    /// [`IdentityError`] if one of them is the identity.
    fn encode_batch(halved: &[Self::Element]) -> Result<Vec<Self::Encoded>, IdentityError>;

    /// `scalar * G` from a table, constant time.
    fn mul_generator(scalar: &Self::Scalar) -> Self::Element;

    /// The sum of `scalar * element`, constant time in the values; the number of terms is public.
    fn multi_mul(terms: &[(Self::Scalar, Self::Element)]) -> Self::Element;

    /// The sum of `scalar * element` in variable time: public input only.
    fn multi_mul_vartime(terms: &[(Self::Scalar, Self::Element)]) -> Self::Element;

    /// Replaces every scalar by its inverse with one inversion; 0 stays 0. Constant time in the values.
    fn invert_batch(scalars: &mut [Self::Scalar]) {
        crate::batch::invert(scalars);
    }

    /// `hash_to_group` of the suite: RFC 9380 with the group's usual hash. Message and tag are given in parts.
    ///
    /// # Errors
    /// [`EmptyTag`] where the domain separation tag has no byte.
    fn hash_to_group(message: &[&[u8]], tag: &[&[u8]]) -> Result<Self::Element, EmptyTag>;

    /// `hash_to_scalar` of the suite: RFC 9380 expansion with the group's usual hash, reduced.
    ///
    /// # Errors
    /// [`EmptyTag`] where the domain separation tag has no byte.
    fn hash_to_scalar(message: &[&[u8]], tag: &[&[u8]]) -> Result<Self::Scalar, EmptyTag>;
}
