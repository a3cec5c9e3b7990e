//! What shows an issuer that it may issue.

mod work;

pub use work::ProofOfWork;

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use zeroize::Zeroizing;

/// The header of attestations: `<scheme> <value>`.
pub const ATTESTATION: HeaderName = HeaderName::from_static("farebox-attestation");

/// Headers for a request, in time.
pub type Attesting<'a> = Pin<Box<dyn Future<Output = Result<HeaderMap, NotAttested>> + Send + 'a>>;

/// There is nothing to show to this issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing to show to the issuer")]
pub struct NotAttested;

/// Gives the headers that show an issuer that it may issue. They are kept in the journal with the request, so that the same are
/// sent with the same request.
pub trait Attestation: Send + Sync + 'static {
    /// The headers for this request. `refused` is the issuer's answer to it without them, or with those from before (status 401,
    /// 403 or 428), which may say what it wants; it is asked about once. The request says nothing of an origin, and neither must these.
    fn attest<'a>(
        &'a self,
        issuer: &'a str,
        request: &'a Request<Bytes>,
        refused: Option<&'a Response<Bytes>>,
    ) -> Attesting<'a>;

    /// Headers from [`attest`](Self::attest) whose request is gone, and brought nothing: the issuer refused it, or it was given up.
    /// What can be shown once may be shown again. Does nothing unless it is written.
    fn returned(&self, issuer: &str, headers: &HeaderMap) {
        let _ = (issuer, headers);
    }
}

/// Nothing is shown, for issuers that are open.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAttestation;

impl Attestation for NoAttestation {
    fn attest<'a>(&'a self, _: &'a str, _: &'a Request<Bytes>, refused: Option<&'a Response<Bytes>>) -> Attesting<'a> {
        let answer = if refused.is_none() { Ok(HeaderMap::new()) } else { Err(NotAttested) };
        Box::pin(core::future::ready(answer))
    }
}

/// A secret for each issuer that has one, in `Authorization: Bearer`. It tells the issuer who asks, and not where the token goes.
pub struct SharedSecrets {
    secrets: BTreeMap<String, Zeroizing<String>>,
}

impl SharedSecrets {
    /// Secrets by the issuers' names.
    pub fn new(secrets: BTreeMap<String, Zeroizing<String>>) -> Self {
        Self { secrets }
    }
}

impl Attestation for SharedSecrets {
    fn attest<'a>(
        &'a self,
        issuer: &'a str,
        _: &'a Request<Bytes>,
        refused: Option<&'a Response<Bytes>>,
    ) -> Attesting<'a> {
        let answer = match (self.secrets.get(issuer), refused) {
            (_, Some(_)) => Err(NotAttested),
            (None, None) => Ok(HeaderMap::new()),
            (Some(secret), None) => field(http::header::AUTHORIZATION, "Bearer", secret),
        };
        Box::pin(core::future::ready(answer))
    }
}

/// One-time codes by issuer, each for one request: `Farebox-Attestation: voucher <code>`. A code is taken when a request is made, and
/// travels with that request from then on. One whose request brought nothing is taken again, after all others: the issuer may have
/// refused the code itself.
pub struct Vouchers {
    codes: Mutex<BTreeMap<String, Vec<Zeroizing<String>>>>,
}

impl Vouchers {
    /// Codes by the issuers' names. The last one is taken first.
    pub fn new(codes: BTreeMap<String, Vec<Zeroizing<String>>>) -> Self {
        Self { codes: Mutex::new(codes) }
    }
}

impl Attestation for Vouchers {
    fn attest<'a>(
        &'a self,
        issuer: &'a str,
        _: &'a Request<Bytes>,
        refused: Option<&'a Response<Bytes>>,
    ) -> Attesting<'a> {
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = match codes.get_mut(issuer) {
            _ if refused.is_some() => Err(NotAttested),
            None => Ok(HeaderMap::new()),
            Some(codes) => codes.pop().ok_or(NotAttested).and_then(|code| field(ATTESTATION, "voucher", &code)),
        };
        Box::pin(core::future::ready(answer))
    }

    fn returned(&self, issuer: &str, headers: &HeaderMap) {
        let shown = headers.get(ATTESTATION).and_then(|value| value.to_str().ok());
        let Some(code) = shown.and_then(|value| value.strip_prefix("voucher ")) else { return };
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        // Also one that an earlier process took: it may be among those of this one.
        if let Some(codes) = codes.get_mut(issuer)
            && !codes.iter().any(|known| known.as_str() == code)
        {
            codes.insert(0, Zeroizing::new(code.to_owned()));
        }
    }
}

/// Several ways, for issuers that ask in different ones: before a request the first that has something to show, after a refusal the
/// first that can answer it.
pub struct AnyOf(pub Vec<Box<dyn Attestation>>);

impl Attestation for AnyOf {
    fn attest<'a>(
        &'a self,
        issuer: &'a str,
        request: &'a Request<Bytes>,
        refused: Option<&'a Response<Bytes>>,
    ) -> Attesting<'a> {
        Box::pin(async move {
            let mut answer = if refused.is_none() { Ok(HeaderMap::new()) } else { Err(NotAttested) };
            for way in &self.0 {
                match way.attest(issuer, request, refused).await {
                    Ok(headers) if headers.is_empty() => {}
                    Ok(headers) => return Ok(headers),
                    Err(error) if refused.is_none() => answer = Err(error),
                    Err(_) => {}
                }
            }
            answer
        })
    }

    fn returned(&self, issuer: &str, headers: &HeaderMap) {
        self.0.iter().for_each(|way| way.returned(issuer, headers));
    }
}

impl fmt::Debug for AnyOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyOf(..)")
    }
}

fn field(name: HeaderName, scheme: &str, value: &str) -> Result<HeaderMap, NotAttested> {
    let text = Zeroizing::new(format!("{scheme} {value}"));
    let mut value = HeaderValue::from_str(&text).map_err(|_| NotAttested)?;
    value.set_sensitive(true);
    Ok(HeaderMap::from_iter([(name, value)]))
}

impl fmt::Debug for SharedSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSecrets(..)")
    }
}

impl fmt::Debug for Vouchers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vouchers(..)")
    }
}
