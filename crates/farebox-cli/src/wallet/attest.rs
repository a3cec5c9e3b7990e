//! What the wallet shows to issuers: a secret, a voucher, or work.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use farebox_tokens::pow;
use farebox_wallet::attest::{ATTESTATION, Attestation, Attesting, NotAttested};
use http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use privacypass_wire::http::{AMORTIZED_BATCH_REQUEST, GENERIC_BATCH_REQUEST};
use privacypass_wire::{AmortizedBatchTokenRequest, GenericBatchTokenRequest, Limits};
use zeroize::Zeroizing;

/// A secret for the issuers that have one, a voucher for the first request where one is given, and work where an issuer asks for it.
pub(crate) struct Shown {
    secrets: BTreeMap<String, Zeroizing<String>>,
    voucher: Mutex<Option<Zeroizing<String>>>,
    max_bits: u32,
}

impl Shown {
    pub(crate) fn new(
        secrets: BTreeMap<String, Zeroizing<String>>,
        voucher: Option<Zeroizing<String>>,
        max_bits: u8,
    ) -> Self {
        Self { secrets, voucher: Mutex::new(voucher), max_bits: max_bits.into() }
    }

    fn at_once(&self, issuer: &str) -> Result<HeaderMap, NotAttested> {
        if let Some(voucher) = self.voucher.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return field(ATTESTATION, "voucher", &voucher);
        }
        self.secrets.get(issuer).map_or_else(|| Ok(HeaderMap::new()), |secret| field(AUTHORIZATION, "Bearer", secret))
    }
}

impl Attestation for Shown {
    fn attest<'a>(
        &'a self,
        issuer: &'a str,
        request: &'a Request<Bytes>,
        refused: Option<&'a Response<Bytes>>,
    ) -> Attesting<'a> {
        Box::pin(async move {
            match refused {
                None => self.at_once(issuer),
                Some(refused) => self.work(request, refused).await,
            }
        })
    }
}

impl Shown {
    async fn work(&self, request: &Request<Bytes>, refused: &Response<Bytes>) -> Result<HeaderMap, NotAttested> {
        let asked = refused.headers().get_all(WWW_AUTHENTICATE).iter();
        let challenge = asked.filter_map(|value| value.to_str().ok()).find_map(pow::challenge_in).ok_or(NotAttested)?;
        let (body, tokens) = (request.body().clone(), tokens(request));
        if challenge.bits(tokens) > self.max_bits {
            tracing::warn!(bits = challenge.bits(tokens), "an issuer asks for more work than wallet.max_pow");
            return Err(NotAttested);
        }
        // Sixteen times what it takes on average.
        let most = 16u64 << challenge.bits(tokens);
        let solved = tokio::task::spawn_blocking(move || pow::solve(&challenge, &body, tokens, most)).await;
        let value = solved.ok().flatten().ok_or(NotAttested)?;
        let value = HeaderValue::from_str(&value).map_err(|_| NotAttested)?;
        Ok(HeaderMap::from_iter([(ATTESTATION, value)]))
    }
}

/// How many tokens a request asks for.
fn tokens(request: &Request<Bytes>) -> usize {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let count = match media_type {
        Some(AMORTIZED_BATCH_REQUEST) => {
            AmortizedBatchTokenRequest::from_bytes(request.body(), &Limits::DEFAULT).map(|batch| batch.count())
        }
        Some(GENERIC_BATCH_REQUEST) => {
            GenericBatchTokenRequest::from_bytes(request.body(), &Limits::DEFAULT).map(|batch| batch.requests.len())
        }
        _ => Ok(1),
    };
    count.unwrap_or(1)
}

fn field(name: HeaderName, scheme: &str, value: &str) -> Result<HeaderMap, NotAttested> {
    let text = Zeroizing::new(format!("{scheme} {value}"));
    let mut value = HeaderValue::from_str(&text).map_err(|_| NotAttested)?;
    value.set_sensitive(true);
    Ok(HeaderMap::from_iter([(name, value)]))
}
