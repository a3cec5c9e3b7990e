//! The transport over reqwest, with rustls and the system's roots.

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use reqwest::redirect;

use crate::transport::{Caps, Transport, TransportError};

/// A transport over [`reqwest::Client`]. TLS is that of the process's default provider for rustls; where none is installed,
/// `ring` is.
#[derive(Clone, Debug)]
pub struct ReqwestTransport {
    client: reqwest::Client,
}

/// Through which proxies requests go.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Proxies {
    /// None.
    #[default]
    None,
    /// Those of the environment (`HTTPS_PROXY` and its like).
    Environment,
    /// All requests through this one.
    All(String),
}

/// The client could not be made: no roots, or a proxy's URL that does not read.
#[derive(Debug, thiserror::Error)]
#[error("the client cannot be made: {0}")]
pub struct ClientError(#[source] reqwest::Error);

impl ReqwestTransport {
    /// A transport of its own connections.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn new(proxies: &Proxies) -> Result<Self, ClientError> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Where another thread was first, its provider serves.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let builder = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .referer(false)
            // A second try is the wallet's decision.
            .retry(reqwest::retry::never());
        let builder = match proxies {
            Proxies::None => builder.no_proxy(),
            Proxies::Environment => builder,
            Proxies::All(url) => builder.no_proxy().proxy(reqwest::Proxy::all(url).map_err(ClientError)?),
        };
        Ok(Self { client: builder.build().map_err(ClientError)? })
    }

    async fn exchange(&self, request: Request<Bytes>, caps: Caps) -> Result<Response<Bytes>, TransportError> {
        let request = reqwest::Request::try_from(request).map_err(|_| TransportError::Unsendable)?;
        let mut response = self.client.execute(request).await.map_err(|_| TransportError::Lost)?;
        let headers: usize = response.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        let announced = response.content_length().unwrap_or(0);
        if headers > caps.headers || announced > caps.body as u64 {
            return Err(TransportError::TooLarge);
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| TransportError::Lost)? {
            if chunk.len() > caps.body.saturating_sub(body.len()) {
                return Err(TransportError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let mut whole = Response::new(body.freeze());
        *whole.status_mut() = response.status();
        *whole.version_mut() = response.version();
        *whole.headers_mut() = core::mem::take(response.headers_mut());
        Ok(whole)
    }
}

impl Transport for ReqwestTransport {
    async fn send(&self, request: Request<Bytes>, caps: Caps) -> Result<Response<Bytes>, TransportError> {
        tokio::time::timeout(caps.time, self.exchange(request, caps)).await.unwrap_or(Err(TransportError::Time))
    }
}
