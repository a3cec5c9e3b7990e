//! Counters and histograms. No label says who asked, or with which key.

use std::time::Duration;

use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};
use privacypass_wire::TokenType;

use crate::keystore::spec::name;

const REQUESTS: &str = "farebox_issuer_requests_total";
const TOKENS: &str = "farebox_issuer_tokens_total";
const SHED: &str = "farebox_issuer_shed_total";
const DIRECTORY: &str = "farebox_issuer_directory_total";
const SECONDS: &str = "farebox_issuer_request_seconds";
const CPU_SECONDS: &str = "farebox_issuer_cpu_seconds";

/// Says what the metrics are to the recorder that is installed. Once, after it is.
pub fn describe_metrics() {
    describe_counter!(REQUESTS, Unit::Count, "Token requests, by token type and status");
    describe_counter!(
        TOKENS,
        Unit::Count,
        "Tokens and credentials that were asked for in requests that were answered with some"
    );
    describe_counter!(SHED, Unit::Count, "Requests that were turned away for want of room, by stage");
    describe_counter!(DIRECTORY, Unit::Count, "Requests for the directory, by status");
    describe_histogram!(SECONDS, Unit::Seconds, "From the head of a token request to its answer");
    describe_histogram!(CPU_SECONDS, Unit::Seconds, "Computing of a token request, by token type");
}

/// What is told of a request once it is read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Measure {
    /// `unread` before it is read, `mixed` for several types.
    pub(crate) kind: Option<&'static str>,
    pub(crate) tokens: usize,
}

impl Measure {
    pub(crate) fn of(token_type: Option<TokenType>, tokens: usize) -> Self {
        Self { kind: Some(token_type.map_or("mixed", name)), tokens }
    }
}

pub(crate) fn request(measure: Measure, status: u16, took: Duration) {
    let kind = measure.kind.unwrap_or("unread");
    counter!(REQUESTS, "type" => kind, "status" => status.to_string()).increment(1);
    if matches!(status, 200 | 206) {
        counter!(TOKENS, "type" => kind).increment(measure.tokens as u64);
    }
    histogram!(SECONDS).record(took);
}

pub(crate) fn shed(stage: &'static str) {
    counter!(SHED, "stage" => stage).increment(1);
}

pub(crate) fn directory(status: u16) {
    counter!(DIRECTORY, "status" => status.to_string()).increment(1);
}

pub(crate) fn computed(measure: Measure, took: Duration) {
    histogram!(CPU_SECONDS, "type" => measure.kind.unwrap_or("unread")).record(took);
}
