//! One of several.

use http::HeaderMap;

use super::{Admission, Attempt, Attester, Boxed, Refusal};
use crate::pow::Challenge;

/// Admits what one of several attesters admits. The first whose attestation came decides, also when it says no.
pub struct AnyOf(Vec<Box<dyn Attester>>);

impl AnyOf {
    /// In this order. None at all admit nobody.
    pub fn new(attesters: Vec<Box<dyn Attester>>) -> Self {
        Self(attesters)
    }
}

impl Attester for AnyOf {
    fn screen(&self, headers: &HeaderMap, now: u64) -> Result<(), Refusal> {
        let mut screened = self.0.iter().map(|attester| attester.screen(headers, now));
        screened.find(|screened| *screened != Err(Refusal::Missing)).unwrap_or(Err(Refusal::Missing))
    }

    fn attest<'a>(&'a self, attempt: Attempt<'a>) -> Boxed<'a, Result<Box<dyn Admission>, Refusal>> {
        Box::pin(async move {
            for attester in &self.0 {
                match attester.attest(attempt).await {
                    Err(Refusal::Missing) => {}
                    decided => return decided,
                }
            }
            Err(Refusal::Missing)
        })
    }

    fn challenges(&self, now: u64) -> Vec<String> {
        self.0.iter().flat_map(|attester| attester.challenges(now)).collect()
    }

    fn puzzle(&self, now: u64) -> Option<Challenge> {
        self.0.iter().find_map(|attester| attester.puzzle(now))
    }
}
