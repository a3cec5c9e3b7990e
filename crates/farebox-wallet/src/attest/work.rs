//! Work for an issuer that asks for it.

use bytes::Bytes;
use farebox_tokens::pow::{self, Challenge};
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Request, Response};
use privacypass_wire::http::{AMORTIZED_BATCH_REQUEST, GENERIC_BATCH_REQUEST};
use privacypass_wire::{AmortizedBatchTokenRequest, GenericBatchTokenRequest, Limits};

use super::{ATTESTATION, Attestation, Attesting, NotAttested};

/// Solves the puzzles of issuers that refuse requests without one. The work runs on a thread of its own; each solution is for one
/// request, and counts once.
#[derive(Clone, Copy, Debug)]
pub struct ProofOfWork {
    most: u32,
}

impl ProofOfWork {
    /// Puzzles of up to so many bits: `2^bits` hashes on average, of which a core does some millions a second. 24 is a few seconds.
    pub fn up_to(bits: u32) -> Self {
        Self { most: bits }
    }

    async fn solve(self, request: &Request<Bytes>, challenge: Challenge) -> Result<HeaderMap, NotAttested> {
        let (body, tokens) = (request.body().clone(), tokens(request));
        let bits = challenge.bits(tokens);
        if bits > self.most {
            return Err(NotAttested);
        }
        // A search that is sixteen times as long as usual has about one chance in ten million to find nothing.
        let most = 1u64.checked_shl(bits.saturating_add(4)).unwrap_or(u64::MAX);
        let work = tokio::task::spawn_blocking(move || pow::solve(&challenge, &body, tokens, most));
        let value = work.await.ok().flatten().ok_or(NotAttested)?;
        let value = HeaderValue::from_str(&value).map_err(|_| NotAttested)?;
        Ok(HeaderMap::from_iter([(ATTESTATION, value)]))
    }
}

impl Attestation for ProofOfWork {
    fn attest<'a>(
        &'a self,
        _: &'a str,
        request: &'a Request<Bytes>,
        refused: Option<&'a Response<Bytes>>,
    ) -> Attesting<'a> {
        Box::pin(async move {
            let Some(refused) = refused else { return Ok(HeaderMap::new()) };
            let told = refused.headers().get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
            let challenge = told.filter_map(pow::challenge_in).next().ok_or(NotAttested)?;
            self.solve(request, challenge).await
        })
    }
}

/// How many tokens a request asks for. The issuer counts in the same way; a request that does not read is for it to refuse.
fn tokens(request: &Request<Bytes>) -> usize {
    let media_type = request.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    // More than any issuer takes: what was put together here is read again.
    let limits = Limits { body: usize::MAX, batch: usize::MAX, ..Limits::DEFAULT };
    let body = request.body();
    let count = if media_type == AMORTIZED_BATCH_REQUEST.as_bytes() {
        AmortizedBatchTokenRequest::from_bytes(body, &limits).map(|batch| batch.count()).ok()
    } else if media_type == GENERIC_BATCH_REQUEST.as_bytes() {
        GenericBatchTokenRequest::from_bytes(body, &limits).map(|batch| batch.requests.len()).ok()
    } else {
        None
    };
    count.unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attest::AnyOf;

    fn asked(difficulty: u8) -> Response<Bytes> {
        let challenge = Challenge::join(&Challenge::signed(difficulty, 1), &[1; pow::MAC]);
        let value = format!("{} scheme=\"pow\", challenge=\"{}\"", pow::HEADER, challenge.to_hex());
        Response::builder()
            .status(401)
            .header(WWW_AUTHENTICATE, "Bearer")
            .header(WWW_AUTHENTICATE, value)
            .body(Bytes::new())
            .unwrap()
    }

    fn solved(headers: &HeaderMap, request: &Request<Bytes>, tokens: usize) -> bool {
        let value = headers.get(ATTESTATION).unwrap().to_str().unwrap();
        let (challenge, counter) = value.strip_prefix("pow ").unwrap().split_once('.').unwrap();
        let digest = sha2::Digest::finalize(<sha2::Sha256 as sha2::Digest>::new_with_prefix(request.body()));
        Challenge::parse(challenge).unwrap().is_solved(&digest.into(), counter.parse().unwrap(), tokens)
    }

    #[tokio::test]
    async fn what_is_asked_for_is_solved_and_no_more() {
        let worker = AnyOf(vec![Box::new(ProofOfWork::up_to(9))]);
        let one = Request::post("http://issuer.example/").body(Bytes::from_static(b"request")).unwrap();
        assert!(worker.attest("issuer.example", &one, None).await.unwrap().is_empty());
        let headers = worker.attest("issuer.example", &one, Some(&asked(9))).await.unwrap();
        assert!(solved(&headers, &one, 1));
        assert_eq!(worker.attest("issuer.example", &one, Some(&asked(10))).await.unwrap_err(), NotAttested);
        let without = Response::builder().status(401).body(Bytes::new()).unwrap();
        assert_eq!(worker.attest("issuer.example", &one, Some(&without)).await.unwrap_err(), NotAttested);
    }

    #[tokio::test]
    async fn a_batch_is_worked_for_as_one() {
        use privacypass_wire::{KeyId, TokenType};
        let elements = vec![&[7u8; 32][..]; 4];
        let batch =
            AmortizedBatchTokenRequest::new(TokenType::VOPRF_RISTRETTO255, &KeyId::of_public_key(b"key"), &elements);
        let body = Bytes::from(batch.unwrap().to_bytes());
        let request = Request::post("/").header(CONTENT_TYPE, AMORTIZED_BATCH_REQUEST).body(body).unwrap();
        let headers = ProofOfWork::up_to(8).attest("issuer.example", &request, Some(&asked(6))).await.unwrap();
        assert!(solved(&headers, &request, 4));
        let refused = ProofOfWork::up_to(7).attest("issuer.example", &request, Some(&asked(6))).await;
        assert_eq!(refused.unwrap_err(), NotAttested, "four tokens cost two bits more");
    }
}
