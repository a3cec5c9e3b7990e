//! Our own files for ARC.

mod flow;
mod forgeries;
mod issuance;
mod older;
mod parameters;
mod presentation;
mod states;

use farebox_arc::{Arc01, P256, P256Draft01, Ristretto255, v1};

use super::Named;
use crate::vectors::writer::Writer;

/// Writes all of them.
pub(crate) fn write(writer: &mut Writer) -> Result<(), String> {
    of_suite::<P256, P256Draft01>(writer, &[2, 3, 10, 100, 1000, 10000])?;
    of_suite::<Ristretto255, Ristretto255>(writer, &[2, 3, 10, 100, 1000, 10000])?;
    of_suite::<P256Draft01, P256>(writer, &[2, 3, 10])?;
    older::write::<v1::P256>(writer)?;
    older::write::<v1::Ristretto255>(writer)
}

/// `Other` is a suite of the same group, whose proofs are not those of `S`.
fn of_suite<S: Named + Arc01, Other: Named + Arc01>(writer: &mut Writer, limits: &[u64]) -> Result<(), String> {
    flow::honest::<S>(writer, limits)?;
    parameters::write::<S>(writer)?;
    issuance::faults::<S>(writer)?;
    presentation::faults::<S>(writer)?;
    forgeries::write::<S>(writer)?;
    if S::NAME != Other::NAME {
        forgeries::other_format::<S, Other>(writer)?;
    }
    states::write::<S>(writer)
}
