//! The origin: challenges, and what a token goes through until its request is served.
//!
//! ```text
//! bytes -> Offers::bind -> BoundToken -> verify -> VerifiedToken -> reserve (ledger) -> Grant
//!                                                       the handler runs, once
//!                                                       Grant::decide -> Ready::store (ledger) -> what goes back
//! ```
//!
//! Each arrow takes the value before it. Limits, costs, contexts and keys are the origin's own, never the message's.

mod bound;
mod grant;
mod offer;
mod offers;
mod seen;
mod window;

pub use bound::{BoundToken, VerifiedToken};
pub use grant::{Decision, Grant, Interrupted, Outcome, Ready, Served, Unreserved, Unstored};
pub use offer::{Demand, Offer, Terms};
pub use offers::Offers;
pub use seen::Seen;
pub use window::ContextWindow;
