//! Our own files for ACT.

mod batchable;
mod flow;
mod issuance;
mod parameters;
mod redemption;
mod states;

use crate::vectors::writer::Writer;

/// Writes all of them.
pub(crate) fn write(writer: &mut Writer) -> Result<(), String> {
    parameters::write(writer)?;
    flow::honest(writer)?;
    issuance::faults(writer)?;
    redemption::faults(writer)?;
    batchable::write(writer)?;
    states::faults(writer)
}
