//! Metrics: counters and histograms by route, none of which names a client or a token.

use std::sync::Arc;
use std::time::Duration;

use metrics::{counter, histogram};

/// Requests by `route` and `outcome`.
const REQUESTS: &str = "farebox_edge_requests_total";
/// Credits that were spent, and credits that came back, by `route`.
const CHARGED: &str = "farebox_edge_credits_charged_total";
const RETURNED: &str = "farebox_edge_credits_returned_total";
/// Seconds of verification by `type`, of handlers by `route`, of storing answers by `route`.
const VERIFY: &str = "farebox_edge_verify_seconds";
const HANDLER: &str = "farebox_edge_handler_seconds";
const SETTLE: &str = "farebox_edge_settle_seconds";
/// Fetches of issuer directories by `outcome`.
const DIRECTORIES: &str = "farebox_edge_directory_fetches_total";

pub(crate) fn request(route: &Arc<str>, outcome: &'static str) {
    counter!(REQUESTS, "route" => Arc::clone(route), "outcome" => outcome).increment(1);
}

pub(crate) fn credits(route: &Arc<str>, charged: u64, returned: u64) {
    counter!(CHARGED, "route" => Arc::clone(route)).increment(charged);
    counter!(RETURNED, "route" => Arc::clone(route)).increment(returned);
}

pub(crate) fn verified(token_type: &'static str, took: Duration) {
    histogram!(VERIFY, "type" => token_type).record(took.as_secs_f64());
}

pub(crate) fn handled(route: &Arc<str>, took: Duration) {
    histogram!(HANDLER, "route" => Arc::clone(route)).record(took.as_secs_f64());
}

pub(crate) fn settled(route: &Arc<str>, took: Duration) {
    histogram!(SETTLE, "route" => Arc::clone(route)).record(took.as_secs_f64());
}

pub(crate) fn directory(outcome: &'static str) {
    counter!(DIRECTORIES, "outcome" => outcome).increment(1);
}
