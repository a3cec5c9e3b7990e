//! A route: a gate with a policy, and the offers that follow from both.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use farebox_ledger::Store;
use http::request::Parts;

use crate::gate::{Gate, Inner};
use crate::offers::{Made, Priced, Sources};
use crate::refusal::Refusal;
use crate::{Policy, PolicyError, Price};

pub(crate) struct Route<S> {
    gate: Gate<S>,
    pub(crate) policy: Policy,
    offers: Mutex<Option<Made>>,
}

impl<S: Store> Route<S> {
    pub(crate) fn new(gate: Gate<S>, policy: Policy) -> Result<Arc<Self>, PolicyError> {
        policy.check()?;
        Ok(Arc::new(Self { gate, policy, offers: Mutex::new(None) }))
    }

    pub(crate) fn gate(&self) -> &Inner<S> {
        self.gate.inner()
    }

    pub(crate) fn now(&self) -> u64 {
        self.gate.clock().now()
    }

    /// The offers for a request. `Authorization` and the verdict are not among its headers.
    pub(crate) fn offers(&self, parts: &Parts) -> Result<Arc<Priced>, Refusal> {
        let price = if self.policy.has_price() { self.price(parts)? } else { Price(0) };
        let now = self.now();
        let (generation, own, foreign) = self.gate().keys();
        let sources = Sources { config: &self.gate().config, policy: &self.policy, ring: &own, foreign: &foreign };
        let mut made = self.offers.lock().unwrap_or_else(PoisonError::into_inner);
        let made = match &mut *made {
            Some(made) if made.holds(generation, now) => made,
            other => other.insert(Made::new(&sources, generation, now)),
        };
        Ok(made.priced(&sources, price, now))
    }

    fn price(&self, parts: &Parts) -> Result<Price, Refusal> {
        catch_unwind(AssertUnwindSafe(|| (self.policy.price)(parts))).map_err(|_| {
            tracing::error!(route = self.policy.name(), "the price hook panicked");
            Refusal::Machine
        })
    }
}
