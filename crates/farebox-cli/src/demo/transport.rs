//! A transport that measures, and that loses answers.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use farebox_wallet::{Caps, ReqwestTransport, Transport, TransportError};
use http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use privacypass_wire::http::{DIRECTORY_PATH, PRIVACYPASS_REVERSE};

/// The network, seen. A clone is the same.
#[derive(Clone)]
pub(super) struct Metered {
    inner: ReqwestTransport,
    shared: Arc<Mutex<Shared>>,
    /// So many answers to requests with a token are lost after they came.
    pub(super) lose: Arc<AtomicU32>,
}

#[derive(Default)]
struct Shared {
    seen: Vec<Seen>,
    last_token: Option<HeaderValue>,
}

/// One exchange.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) kind: Kind,
    /// Bytes of tokens, challenges, requests and answers; without the pages, and without other headers.
    pub(super) sent: usize,
    pub(super) received: usize,
    pub(super) took: Duration,
}

/// What an exchange was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Without a token.
    Plain,
    Directory,
    Issue,
    /// With a token.
    Redeem,
}

impl Metered {
    pub(super) fn new(inner: ReqwestTransport) -> Self {
        Self { inner, shared: Arc::default(), lose: Arc::default() }
    }

    /// What was seen since the last time.
    pub(super) fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut self.shared().seen)
    }

    /// The last `Authorization` that left.
    pub(super) fn last_token(&self) -> Option<HeaderValue> {
        self.shared().last_token.clone()
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Metered {
    async fn send(&self, request: Request<Bytes>, caps: Caps) -> Result<Response<Bytes>, TransportError> {
        let token = request.headers().get(AUTHORIZATION).cloned();
        let kind = match (request.uri().path(), &token) {
            (DIRECTORY_PATH, _) => Kind::Directory,
            _ if request.method() == Method::POST => Kind::Issue,
            (_, Some(_)) => Kind::Redeem,
            (_, None) => Kind::Plain,
        };
        let sent = size(request.headers(), &[AUTHORIZATION.as_str()]) + request.body().len();
        let start = Instant::now();
        let response = self.inner.send(request, caps).await?;
        let took = start.elapsed();
        let body = if kind == Kind::Issue { response.body().len() } else { 0 };
        let received = size(response.headers(), &[WWW_AUTHENTICATE.as_str(), PRIVACYPASS_REVERSE]) + body;
        let mut shared = self.shared();
        shared.seen.push(Seen { kind, sent, received, took });
        if kind == Kind::Redeem {
            shared.last_token = token;
            if self.lose.load(Ordering::SeqCst) > 0 {
                self.lose.fetch_sub(1, Ordering::SeqCst);
                return Err(TransportError::Lost);
            }
        }
        Ok(response)
    }
}

fn size(headers: &HeaderMap, names: &[&str]) -> usize {
    names.iter().flat_map(|name| headers.get_all(*name)).map(HeaderValue::len).sum()
}
