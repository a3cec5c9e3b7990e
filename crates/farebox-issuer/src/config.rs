//! What an operator chooses.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use http::HeaderName;
use http::request::Parts;

use crate::rate;

/// Paths and limits. The issuer's name, its keys and the size of a batch are the [`Issuer`](farebox_tokens::issuer::Issuer)'s.
#[derive(Clone, Debug)]
pub struct IssuerConfig {
    /// Where token requests go; it stands in the directory.
    pub request_path: String,
    /// The longest `max-age` of the directory. Less is said where keys change sooner.
    pub directory_max_age: Duration,
    /// How long keys overlap, as in the [`Schedule`](crate::keystore::Schedule) that they are rotated by. A copy of the directory has
    /// to end before that: whoever keeps one from just before a rotation would ask with a key that ended.
    pub key_overlap: Duration,
    /// Bytes of a request's body.
    pub body_limit: usize,
    /// How long a body may take to come.
    pub body_timeout: Duration,
    /// How long a request may wait for a thread after its body came.
    pub request_timeout: Duration,
    /// Requests at once, from the head to the answer. Their bodies take up to `concurrency * body_limit` bytes.
    pub concurrency: usize,
    /// Threads that compute.
    pub cpu_threads: usize,
    /// Requests that wait for one of these threads.
    pub cpu_queue: usize,
    /// What one client may ask for; `None` for no limit.
    pub rate: Option<RateLimit>,
    /// How clients are told apart for that.
    pub client_key: ClientKey,
}

/// `/token-request`, an hour of a day's overlap, 256 KiB, 10 s, 10 s, 256 requests, a thread for each processor and 32 waiting, the default rate by
/// peer address.
impl Default for IssuerConfig {
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            request_path: "/token-request".into(),
            directory_max_age: Duration::from_secs(3600),
            key_overlap: Duration::from_secs(86_400),
            body_limit: 256 << 10,
            body_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(10),
            concurrency: 256,
            cpu_threads: threads,
            cpu_queue: 32,
            rate: Some(RateLimit::default()),
            client_key: ClientKey::Peer,
        }
    }
}

/// A token bucket for each client. Every POST counts one, whatever it asks for and however it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests a minute in the long run, from 1 to 1,000,000.
    pub per_minute: u32,
    /// Requests at once, from 1 to 1,000,000.
    pub burst: u32,
    /// Clients that are told apart at once, from 1 to 2^24; 16 bytes each. Above that, new ones share the buckets of others, and
    /// nobody is forgotten before the bucket is full again.
    pub clients: usize,
}

/// 60 a minute, 30 at once, 65,536 clients.
impl Default for RateLimit {
    fn default() -> Self {
        Self { per_minute: 60, burst: 30, clients: 1 << 16 }
    }
}

/// What tells clients apart. It is hashed with a key of this process, and neither stored nor logged. Requests for which it finds
/// nothing share one bucket.
#[derive(Clone)]
pub enum ClientKey {
    /// The peer's address, of IPv6 the first 64 bits. The server has to provide
    /// [`ConnectInfo<SocketAddr>`](axum::extract::ConnectInfo).
    Peer,
    /// The one address in this header. Only behind a proxy that sets it always and drops what the client sent.
    Header(HeaderName),
    /// Something else.
    Custom(CustomKey),
}

/// From the head of a request to what tells its client.
pub type CustomKey = Arc<dyn Fn(&Parts) -> Option<Vec<u8>> + Send + Sync>;

impl ClientKey {
    /// `None` where there is nothing to tell.
    pub(crate) fn of(&self, head: &Parts) -> Option<Vec<u8>> {
        match self {
            Self::Peer => {
                let ConnectInfo(peer) = head.extensions.get::<ConnectInfo<SocketAddr>>()?;
                Some(rate::network(peer.ip()).to_vec())
            }
            Self::Header(name) => {
                let mut all = head.headers.get_all(name).iter();
                let (Some(value), None) = (all.next(), all.next()) else { return None };
                Some(rate::network(value.to_str().ok()?.trim().parse().ok()?).to_vec())
            }
            Self::Custom(key) => key(head),
        }
    }
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Peer => f.write_str("Peer"),
            Self::Header(name) => write!(f, "Header({name})"),
            Self::Custom(_) => f.write_str("Custom(..)"),
        }
    }
}

/// A configuration that cannot serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct ConfigError {
    /// The field of [`IssuerConfig`].
    pub field: &'static str,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl IssuerConfig {
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        const MILLION: u32 = 1_000_000;
        // What a semaphore holds.
        const MOST: usize = 1 << 20;
        let good = |field, reason, good: bool| if good { Ok(()) } else { Err(ConfigError { field, reason }) };
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
        let path = self.request_path.as_str();
        let is_path = path.len() > 1 && path.starts_with('/') && path.chars().all(plain);
        good("request_path", "not a path of letters, digits and -_.~ behind a slash", is_path)?;
        let taken = [privacypass_wire::http::DIRECTORY_PATH, crate::pow::PATH];
        good("request_path", "has another use", !taken.contains(&path))?;
        good("directory_max_age", "below a second", self.directory_max_age.as_secs() > 0)?;
        good("directory_max_age", "not below key_overlap", self.directory_max_age < self.key_overlap)?;
        good("body_limit", "0", self.body_limit > 0)?;
        good("body_timeout", "0", !self.body_timeout.is_zero())?;
        good("request_timeout", "0", !self.request_timeout.is_zero())?;
        good("concurrency", "not from 1 to 2^20", (1..=MOST).contains(&self.concurrency))?;
        good("cpu_threads", "not from 1 to 1024", (1..=1024).contains(&self.cpu_threads))?;
        good("cpu_queue", "above 2^20", self.cpu_queue <= MOST)?;
        let Some(RateLimit { per_minute, burst, clients }) = self.rate else { return Ok(()) };
        good("rate.per_minute", "not from 1 to 1000000", (1..=MILLION).contains(&per_minute))?;
        good("rate.burst", "not from 1 to 1000000", (1..=MILLION).contains(&burst))?;
        good("rate.clients", "not from 1 to 2^24", (1..=1 << 24).contains(&clients))
    }
}
