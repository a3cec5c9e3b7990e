//! The work on a batch: on one thread, or with the feature `rayon` on those of its pool.

use alloc::vec::Vec;

use farebox_group::{Group as _, IdentityError};

use crate::{Element, Group, Point, Scalar, Suite};

/// Fewer items than this are not worth a second thread.
#[cfg(feature = "rayon")]
const LEAST: usize = 16;

/// `f` of every item.
#[cfg(not(feature = "rayon"))]
pub(crate) fn map<T, U>(items: &[T], f: impl Fn(&T) -> U) -> Vec<U> {
    items.iter().map(f).collect()
}

#[cfg(feature = "rayon")]
pub(crate) fn map<T: Sync, U: Send>(items: &[T], f: impl Fn(&T) -> U + Send + Sync) -> Vec<U> {
    use rayon::prelude::*;
    items.par_iter().with_min_len(LEAST).map(f).collect()
}

/// The sum of `scalar * element`, in variable time.
#[cfg(not(feature = "rayon"))]
pub(crate) fn sum_vartime<S: Suite>(terms: &[(Scalar<S>, Element<S>)]) -> Element<S> {
    Group::<S>::multi_mul_vartime(terms)
}

#[cfg(feature = "rayon")]
pub(crate) fn sum_vartime<S: Suite>(terms: &[(Scalar<S>, Element<S>)]) -> Element<S> {
    use rayon::prelude::*;
    terms
        .par_chunks(share(terms.len()))
        .map(Group::<S>::multi_mul_vartime)
        .reduce(<Element<S> as farebox_group::Element>::identity, |sum, part| sum + part)
}

/// The points of elements that were computed with halved scalars.
#[cfg(not(feature = "rayon"))]
pub(crate) fn encode<S: Suite>(halves: &[Element<S>]) -> Result<Vec<Point<S>>, IdentityError> {
    farebox_sigma::Point::encode_batch(halves)
}

#[cfg(feature = "rayon")]
pub(crate) fn encode<S: Suite>(halves: &[Element<S>]) -> Result<Vec<Point<S>>, IdentityError> {
    use rayon::prelude::*;
    let parts: Result<Vec<_>, _> =
        halves.par_chunks(share(halves.len())).map(farebox_sigma::Point::encode_batch).collect();
    Ok(parts?.into_iter().flatten().collect())
}

/// Items for each thread.
#[cfg(feature = "rayon")]
fn share(len: usize) -> usize {
    len.div_ceil(rayon::current_num_threads()).max(LEAST)
}
