//! How requests leave. The wallet says what; a transport says how, and keeps the caps.

use core::future::Future;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

/// What a transport reads and waits for at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// From the first byte sent to the last one read.
    pub time: Duration,
    /// Bytes of the response's body.
    pub body: usize,
    /// Bytes of the response's header fields, names and values.
    pub headers: usize,
}

impl Caps {
    /// For origins: 60 seconds, 64 MiB, 64 KiB of headers.
    pub const ORIGIN: Self = Self { time: Duration::from_secs(60), body: 64 << 20, headers: 64 << 10 };
    /// For issuers: 30 seconds, 2 MiB, 64 KiB of headers.
    pub const ISSUER: Self = Self { time: Duration::from_secs(30), body: 2 << 20, headers: 64 << 10 };
}

/// Why there is no response. Whether the request arrived is not known in any of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// No connection, or a broken one.
    #[error("no answer came")]
    Lost,
    /// It took longer than it may.
    #[error("no answer came in time")]
    Time,
    /// The response is larger than it may be.
    #[error("the answer is too large")]
    TooLarge,
    /// The request cannot be sent as it is.
    #[error("the request cannot be sent")]
    Unsendable,
}

/// Sends requests. An implementation follows no redirect, since the wallet's headers are for one origin; keeps no cookies; sends
/// nothing of its own that says where a request comes from, such as `Referer`; and sends a request once.
pub trait Transport: Send + Sync + 'static {
    /// Sends a request to its URL, which is absolute, and reads the whole response.
    fn send(
        &self,
        request: Request<Bytes>,
        caps: Caps,
    ) -> impl Future<Output = Result<Response<Bytes>, TransportError>> + Send;
}
