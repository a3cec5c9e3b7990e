//! What a gate is told when it starts.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use privacypass_wire::Limits;
use zeroize::Zeroizing;

/// A gate's settings. Start from [`Config::new`] and change what the deployment needs.
#[derive(Clone, Debug)]
pub struct Config {
    /// The name of the own issuer, `host` or `host:port`, as it stands in challenges.
    pub issuer_name: String,
    /// The origins where tokens are good, joined by commas; empty for tokens that are good anywhere. For ACT it is what the
    /// issuer binds new tokens to.
    pub origin_info: String,
    /// What credentials of ARC and ACT are bound to, as at the issuer.
    pub credential_context: Option<[u8; 32]>,
    /// From which redemption contexts are made. All gates in front of one origin share it.
    pub window_secret: WindowSecret,
    /// Threads that verify and refund at once.
    pub workers: usize,
    /// Requests that may wait for them. One more is refused before its token is decoded.
    pub queue: usize,
    /// Requests between reservation and stored answer, handlers included. One more is refused before it is reserved.
    pub max_running: usize,
    /// Limits of header fields, and of directories.
    pub limits: Limits,
    /// Zero spends that are admitted in a span of time.
    pub zero_spends: u32,
    /// That span, in seconds.
    pub zero_spend_seconds: u64,
    /// How many processes share the ledger.
    pub deployment: Deployment,
    /// How long a call to the ledger may take before the store counts as away: a look, a reservation, an answer that is stored. What
    /// was asked for may be written all the same; the same bytes find out. Give it more than the store's own limit, if it has one.
    pub store_timeout: Duration,
    /// How long an answer that the store did not take is tried again. The client is told 503 at once; its retry gets the answer.
    pub store_patience: Duration,
    /// Seconds behind the end of an epoch for which its answers are kept.
    pub answer_retention: u64,
    /// Seconds behind the end of an epoch for which its serials are kept.
    pub serial_retention: u64,
    /// The time.
    pub clock: Clock,
}

impl Config {
    /// Settings for one process: as many workers as there are cores, a queue of 16 for each, 4096 requests at once, 100 zero
    /// spends a second, 5 seconds for a call to the ledger, answers kept for a day and serials for two behind the end of their epoch.
    pub fn new(issuer_name: &str, origin_info: &str, window_secret: WindowSecret) -> Self {
        let workers = std::thread::available_parallelism().map_or(2, NonZeroUsize::get);
        Self {
            issuer_name: issuer_name.to_owned(),
            origin_info: origin_info.to_owned(),
            credential_context: None,
            window_secret,
            workers,
            queue: workers.saturating_mul(16),
            max_running: 4096,
            limits: Limits::DEFAULT,
            zero_spends: 100,
            zero_spend_seconds: 1,
            deployment: Deployment::Alone { grace: 5 },
            store_timeout: Duration::from_secs(5),
            store_patience: Duration::from_secs(30),
            answer_retention: 86_400,
            serial_retention: 2 * 86_400,
            clock: Clock::system(),
        }
    }
}

/// Who else writes to the ledger, which decides when a request without an answer counts as cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deployment {
    /// Nobody. What is in flight and does not run here was cut off, once this process has run for so many seconds (an older
    /// process may still be draining).
    Alone {
        /// Seconds since the start.
        grace: u64,
    },
    /// Other processes. A request counts as cut off when it was seen in flight here, and so many seconds later still is. Choose
    /// more than the longest handler time of any route and [`Config::store_timeout`] together.
    Shared {
        /// Seconds since a retry was first seen.
        patience: u64,
    },
}

/// 32 random bytes from which redemption contexts are made: whoever knows them knows the contexts of spans to come.
#[derive(Clone)]
pub struct WindowSecret(Zeroizing<[u8; 32]>);

impl WindowSecret {
    /// From bytes that are kept elsewhere. A gate that restarts with others does not know the challenges that it sent.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for WindowSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WindowSecret(..)")
    }
}

/// Seconds of Unix time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> u64 + Send + Sync>);

impl Clock {
    /// The system's.
    pub fn system() -> Self {
        Self::new(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs())
    }

    /// Another one.
    pub fn new(now: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time now.
    pub fn now(&self) -> u64 {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
