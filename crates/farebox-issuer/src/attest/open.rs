//! Anybody.

use super::{Admission, Attempt, Attester, Boxed, Refusal, free};

/// Admits everybody. What remains are the limits of the service.
#[derive(Clone, Copy, Debug, Default)]
pub struct Open;

impl Attester for Open {
    fn attest<'a>(&'a self, _: Attempt<'a>) -> Boxed<'a, Result<Box<dyn Admission>, Refusal>> {
        free(Ok(()))
    }
}
