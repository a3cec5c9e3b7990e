//! Where the directories of other issuers come from.

use std::collections::BTreeMap;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT, CACHE_CONTROL, ETAG, HOST, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::rt::TokioIo;
use privacypass_wire::Limits;
use privacypass_wire::http::{DIRECTORY_PATH, ISSUER_DIRECTORY};
use tokio::net::TcpStream;

/// A way to fetch an issuer's directory. The transport is the deployment's: over the network it has to be one that authenticates the
/// issuer, as HTTPS does. Time limits are [`Discovery`](crate::Discovery)'s.
pub trait Directories: Send + Sync + 'static {
    /// Asks for the directory, or whether it still is the one with this `ETag`. Redirects lead to no other host.
    fn fetch(
        &self,
        issuer: &str,
        etag: Option<&HeaderValue>,
    ) -> impl Future<Output = Result<Fetched, NotFetched>> + Send;
}

/// What an issuer's host says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// The directory.
    Fresh {
        /// The JSON text, bounded by whoever fetched it.
        body: Vec<u8>,
        /// Its `ETag`.
        etag: Option<HeaderValue>,
        /// Seconds for which it may be kept.
        max_age: Option<u64>,
    },
    /// Nothing changed.
    Unchanged {
        /// Seconds for which it may be kept.
        max_age: Option<u64>,
    },
}

/// Why there is no directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotFetched {
    /// An issuer that this transport does not know.
    #[error("no address for this issuer")]
    Unknown,
    /// No connection, or one that broke.
    #[error("the issuer could not be reached")]
    Away,
    /// Another status than 200 and 304.
    #[error("the issuer answered with status {0}")]
    Status(u16),
    /// More bytes than a directory may have.
    #[error("the directory is too long")]
    TooLong,
}

/// An address that plain HTTP is not for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("plain HTTP is for addresses of this machine only")]
pub struct NotLoopback;

/// Directories over plain HTTP from issuers on this machine: behind a local TLS proxy, in tests. A connection for each fetch.
#[derive(Clone, Debug)]
pub struct HttpDirectories {
    addresses: Arc<BTreeMap<String, SocketAddr>>,
    limit: usize,
}

impl HttpDirectories {
    /// The addresses of issuers by name.
    ///
    /// # Errors
    /// [`NotLoopback`] for an address of another machine: who stands between could name keys of its own.
    pub fn new(addresses: impl IntoIterator<Item = (String, SocketAddr)>) -> Result<Self, NotLoopback> {
        let addresses: BTreeMap<_, _> = addresses.into_iter().collect();
        if addresses.values().any(|address| !address.ip().is_loopback()) {
            return Err(NotLoopback);
        }
        Ok(Self { addresses: Arc::new(addresses), limit: Limits::DEFAULT.directory })
    }
}

impl Directories for HttpDirectories {
    async fn fetch(&self, issuer: &str, etag: Option<&HeaderValue>) -> Result<Fetched, NotFetched> {
        let address = self.addresses.get(issuer).ok_or(NotFetched::Unknown)?;
        let stream = TcpStream::connect(address).await.map_err(|_| NotFetched::Away)?;
        let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = handshake.map_err(|_| NotFetched::Away)?;
        // It ends when the sender is dropped, or the connection breaks.
        tokio::spawn(connection);
        let request = request(issuer, etag).ok_or(NotFetched::Unknown)?;
        let response = sender.send_request(request).await.map_err(|_| NotFetched::Away)?;
        let (parts, body) = response.into_parts();
        let max_age = max_age(&parts.headers);
        match parts.status {
            StatusCode::NOT_MODIFIED if etag.is_some() => Ok(Fetched::Unchanged { max_age }),
            StatusCode::OK => {
                let body = Limited::new(body, self.limit).collect().await.map_err(|error| {
                    let is_long = error.is::<http_body_util::LengthLimitError>();
                    if is_long { NotFetched::TooLong } else { NotFetched::Away }
                })?;
                let etag = parts.headers.get(ETAG).cloned();
                Ok(Fetched::Fresh { body: body.to_bytes().to_vec(), etag, max_age })
            }
            status => Err(NotFetched::Status(status.as_u16())),
        }
    }
}

fn request(issuer: &str, etag: Option<&HeaderValue>) -> Option<Request<Empty<Bytes>>> {
    let mut request = Request::get(DIRECTORY_PATH).header(HOST, issuer).header(ACCEPT, ISSUER_DIRECTORY);
    if let Some(etag) = etag {
        request = request.header(IF_NONE_MATCH, etag);
    }
    request.body(Empty::new()).ok()
}

/// `max-age` of `Cache-Control`; 0 where nothing may be kept.
fn max_age(headers: &HeaderMap) -> Option<u64> {
    let fields = headers.get_all(CACHE_CONTROL).iter().filter_map(|field| field.to_str().ok());
    let mut age = None;
    for directive in fields.flat_map(|field| field.split(',')) {
        let directive = directive.trim().to_ascii_lowercase();
        if directive == "no-store" || directive == "no-cache" {
            return Some(0);
        }
        if let Some(seconds) = directive.strip_prefix("max-age=") {
            age = seconds.trim_matches('"').parse().ok().or(age);
        }
    }
    age
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cache_control_is_read() {
        for (text, expected) in [
            ("max-age=3600", Some(3600)),
            ("public, Max-Age=\"60\"", Some(60)),
            ("max-age=60, no-store", Some(0)),
            ("no-cache", Some(0)),
            ("max-age=", None),
            ("max-age=-1", None),
            ("private", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CACHE_CONTROL, HeaderValue::from_static(text));
            assert_eq!(max_age(&headers), expected, "{text}");
        }
        assert_eq!(max_age(&HeaderMap::new()), None);
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        let make = |address: &str| HttpDirectories::new([("issuer.example".to_owned(), address.parse().unwrap())]);
        assert!(make("127.0.0.1:80").is_ok());
        assert!(make("[::1]:80").is_ok());
        assert_eq!(make("192.0.2.1:80").unwrap_err(), NotLoopback);
    }
}
