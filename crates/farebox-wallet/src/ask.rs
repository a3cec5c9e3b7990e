//! Asking an issuer for a credential.

use bytes::Bytes;
use farebox_tokens::client::generic::{self, Gained, Wish};
use farebox_tokens::client::{Offer, Restored, Terms, act, arc, batch, single};
use http::{HeaderMap, HeaderValue, Method, Request, Response, header};
use privacypass_wire::TokenType;
use zeroize::Zeroizing;

use crate::acquire::blocking;
use crate::attest::Attestation;
use crate::choose::{cost, is_kin, is_of_one_place};
use crate::error::Reason;
use crate::failpoint;
use crate::issuers::{self, InUse};
use crate::journal::{Id, Journal, JournalError};
use crate::record::{About, Credential, Record, Sending};
use crate::shelf::{Lease, Shelf};
use crate::target::Target;
use crate::transport::Transport;
use crate::wallet::{Wallet, is_transient};

impl<T: Transport, J: Journal> Wallet<T, J> {
    /// Makes a request for what the offer wants, and writes it down. Nothing is sent.
    pub(crate) async fn request(&self, offer: &Offer, target: &Target) -> Result<Lease<J>, Reason> {
        let asked = (offer.challenge(), Some(offer.key()));
        let in_use = self.issuers.key(self.parts(), asked, target).await?;
        let state = self.pending(offer, &in_use)?;
        let about = About {
            origin: target.origin.clone(),
            challenge: offer.challenge().clone(),
            key_id: offer.key_id(),
            companion: None,
            limit: limit(offer),
            touched: self.config.clock.now(),
        };
        let mut sending =
            Sending { method: "POST".into(), url: in_use.request_url, headers: Vec::new(), body: Some(Vec::new()) };
        let restored = self.shelf.restore(&Credential { about: about.clone(), sending: None, state: state.clone() })?;
        let request = outgoing(&restored, &sending).ok_or(Reason::IssuerInvalid)?.0;
        let headers = self.config.attestation.attest(offer.challenge().issuer_name(), &request, None).await?;
        sending.headers = fields(&headers);
        let credential = Credential { about, sending: Some(sending), state };
        let stale = self.stale(offer);
        let lease = self.shelf.lease_new();
        let attestation = self.config.attestation.clone();
        let issuer = offer.challenge().issuer_name().to_owned();
        blocking(move || {
            let mut changes: Vec<_> = stale.iter().map(|lease| (lease.id(), None)).collect();
            changes.push((lease.id(), Some(Record::Credential(credential))));
            let written = lease.shelf().transact::<Reason>(|_| Ok(changes));
            // Nothing was sent.
            written.inspect_err(|_| attestation.returned(&issuer, &headers))?;
            failpoint::hit("ask.journalled");
            Ok(lease)
        })
        .await
    }

    /// The state of a new request.
    fn pending(&self, offer: &Offer, in_use: &InUse) -> Result<Zeroizing<Vec<u8>>, Reason> {
        let rng = &mut rand::rng();
        let has_context = offer.challenge().redemption_context().is_some();
        let count = if has_context { self.config.batch_in_context } else { self.config.batch }.clamp(1, 100);
        let entry = match offer.token_type() {
            TokenType::ACT => {
                let parameters = in_use.key.act.as_ref().ok_or(Reason::IssuerInvalid)?;
                let parameters = act::Parameters::from_directory(parameters, &mut self.shelf.cache());
                let parameters = parameters.map_err(farebox_tokens::Error::from)?;
                if parameters.initial.get() < cost(offer) {
                    return Err(Reason::Cost);
                }
                act::request(offer, &parameters, rng)?.entry().as_bytes().to_vec()
            }
            TokenType::ARC => arc::request(offer, rng)?.entry().as_bytes().to_vec(),
            _ if count == 1 => single::request(offer, rng)?.entry().as_bytes().to_vec(),
            token_type if token_type.is_amortizable() => batch::request(offer, count, rng)?.entry().as_bytes().to_vec(),
            _ => generic::request(&vec![Wish::For(offer); count], rng)?.entry().as_bytes().to_vec(),
        };
        Ok(Zeroizing::new(entry))
    }

    /// Credentials that fit no challenge of this place any more: of a key that the issuer no longer lists, or not used for long.
    fn stale(&self, offer: &Offer) -> Vec<Lease<J>> {
        let now = self.config.clock.now();
        let contents = self.shelf.contents();
        let issuer = issuers::known(&contents, offer.challenge().issuer_name());
        let is_gone = |about: &About| {
            let is_listed = issuer.as_ref().is_none_or(|issuer| issuers::lists(issuer, about.key_id));
            let is_old = about.touched.saturating_add(self.config.stale_after) < now;
            !is_listed && about.key_id != offer.key_id() || is_old
        };
        let is_stale = |held: &Credential| {
            is_of_one_place(&held.about.challenge, offer.challenge())
                && !is_kin(&held.about, offer.challenge(), offer.key_id())
                && held.is_droppable()
                && is_gone(&held.about)
        };
        let ids: Vec<Id> = contents.credentials().filter(|(_, held)| is_stale(held)).map(|(id, _)| id).collect();
        drop(contents);
        ids.into_iter().filter_map(|id| self.shelf.lease(id)).collect()
    }

    /// Sends the request of a credential that was asked for, and takes what comes. The same bytes each time.
    pub(crate) async fn ask(&self, lease: Lease<J>) -> Result<(), Reason> {
        let mut lease = lease;
        for is_first in [true, false] {
            let credential = lease.shelf().contents().credential(lease.id()).ok_or(Reason::Cut)?;
            let restored = self.shelf.restore(&credential)?;
            let sending = credential.sending.clone().ok_or(JournalError::Corrupt)?;
            let (request, accept) = outgoing(&restored, &sending).ok_or(JournalError::Corrupt)?;
            let answer = self.insist(&request, self.config.issuer_caps).await.answer.map_err(Reason::Away)?;
            failpoint::hit("ask.answered");
            let (status, is_later) = (answer.status(), is_transient(&answer));
            if is_answer(&answer, accept, &restored) {
                let (body, attestation) = (answer.into_body(), self.config.attestation.clone());
                return blocking(move || gain(&lease, credential, &body, &*attestation)).await;
            }
            if is_first && matches!(status.as_u16(), 401 | 403 | 428) {
                let issuer = credential.about.challenge.issuer_name().to_owned();
                if let Ok(headers) = self.config.attestation.attest(&issuer, &request, Some(&answer)).await {
                    let attestation = self.config.attestation.clone();
                    lease = blocking(move || attested(lease, credential, &headers, &*attestation)).await?;
                    continue;
                }
            }
            if status.is_client_error() && !is_later {
                // It will not be answered: the request goes.
                let attestation = self.config.attestation.clone();
                blocking(move || {
                    let changes = vec![(lease.id(), None)];
                    lease.shelf().transact::<Reason>(|_| Ok(changes))?;
                    give_back(&*attestation, &credential);
                    Ok::<_, Reason>(())
                })
                .await?;
            }
            return Err(Reason::IssuerRefused(status.as_u16()));
        }
        Err(Reason::Cut)
    }
}

/// The limit of an ARC offer.
pub(crate) fn limit(offer: &Offer) -> Option<u64> {
    match offer.terms() {
        Terms::Arc(limit) => Some(limit.get()),
        _ => None,
    }
}

fn fields(headers: &HeaderMap) -> Vec<(String, Zeroizing<Vec<u8>>)> {
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), Zeroizing::new(value.as_bytes().to_vec()))).collect()
}

/// The headers again that are shown to an issuer. Nobody may log them, or keep them in a table for compression.
fn shown(sending: &Sending) -> HeaderMap {
    let mut headers = sending.header_map();
    headers.values_mut().for_each(|value| value.set_sensitive(true));
    headers
}

/// The request to the issuer, and the media type of its answer. It says nothing of an origin.
fn outgoing(restored: &Restored, sending: &Sending) -> Option<(Request<Bytes>, &'static str)> {
    let outgoing = match restored {
        Restored::SinglePending(pending) => pending.outgoing(),
        Restored::BatchPending(pending) => pending.outgoing(),
        Restored::GenericPending(pending) => pending.outgoing(),
        Restored::ArcPending(pending) => pending.outgoing(),
        Restored::ActPending(pending) => pending.outgoing(),
        _ => return None,
    };
    let mut request = Request::new(Bytes::copy_from_slice(outgoing.body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = sending.url.parse().ok()?;
    *request.headers_mut() = shown(sending);
    request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(outgoing.content_type));
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static(outgoing.accept));
    Some((request, outgoing.accept))
}

fn is_answer(response: &Response<Bytes>, accept: &str, restored: &Restored) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    let is_some = response.status() == 206 && matches!(restored, Restored::GenericPending(_));
    (response.status() == 200 || is_some) && essence.eq_ignore_ascii_case(accept)
}

/// Writes other attestations beside a request.
fn attested<J: Journal>(
    lease: Lease<J>,
    before: Credential,
    headers: &HeaderMap,
    attestation: &dyn Attestation,
) -> Result<Lease<J>, Reason> {
    let mut asked = before.clone();
    if let Some(sending) = &mut asked.sending {
        sending.headers = fields(headers);
    }
    let changes = vec![(lease.id(), Some(Record::Credential(asked)))];
    lease.shelf().transact::<Reason>(|_| Ok(changes))?;
    give_back(attestation, &before);
    Ok(lease)
}

/// What was shown with a request that brought nothing.
pub(crate) fn give_back(attestation: &dyn Attestation, asked: &Credential) {
    if let Some(sending) = &asked.sending {
        attestation.returned(asked.about.challenge.issuer_name(), &shown(sending));
    }
}

/// Takes what an issuer answered: each token of a batch gets an entry of its own.
fn gain<J: Journal>(
    lease: &Lease<J>,
    asked: Credential,
    answer: &[u8],
    attestation: &dyn Attestation,
) -> Result<(), Reason> {
    let shelf = lease.shelf();
    let states = gained(shelf, &asked, answer)?;
    let is_nothing = states.is_empty();
    let mut changes = vec![(lease.id(), None)];
    let about = asked.about.clone();
    for (i, state) in states.into_iter().enumerate() {
        let id = if i == 0 { lease.id() } else { shelf.new_id() };
        let credential = Credential { about: about.clone(), sending: None, state };
        changes.retain(|(other, _)| *other != id);
        changes.push((id, Some(Record::Credential(credential))));
    }
    shelf.transact::<Reason>(|_| Ok(changes))?;
    // A batch of which the issuer refused every part.
    if is_nothing {
        give_back(attestation, &asked);
        return Err(Reason::IssuerInvalid);
    }
    Ok(())
}

fn gained<J: Journal>(shelf: &Shelf<J>, asked: &Credential, answer: &[u8]) -> Result<Vec<Zeroizing<Vec<u8>>>, Reason> {
    // A refused answer leaves the request in the journal: another one may come.
    let invalid = |_: farebox_tokens::Error| Reason::IssuerInvalid;
    let entries = match shelf.restore(asked)? {
        Restored::SinglePending(it) => vec![it.finish(answer).map_err(|it| invalid(it.error))?.written().entry()],
        Restored::ArcPending(it) => vec![it.finish(answer).map_err(|it| invalid(it.error))?.written().entry()],
        Restored::ActPending(it) => vec![it.finish(answer).map_err(|it| invalid(it.error))?.written().entry()],
        Restored::BatchPending(it) => {
            let held = it.finish(answer).map_err(|it| invalid(it.error))?.written();
            held.iter().map(single::Held::entry).collect()
        }
        Restored::GenericPending(it) => {
            let held = it.finish(answer).map_err(|it| invalid(it.error))?.written();
            held.iter().flatten().map(Gained::entry).collect()
        }
        _ => return Err(JournalError::Corrupt.into()),
    };
    Ok(entries.into_iter().map(farebox_tokens::client::JournalEntry::into_bytes).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_to_an_issuer_is_secret() {
        let mut secret = HeaderValue::from_static("Bearer correct horse");
        secret.set_sensitive(true);
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, secret)]);
        let sending = Sending { method: "POST".into(), url: "/".into(), headers: fields(&headers), body: None };
        assert_eq!(shown(&sending), headers);
        assert!(shown(&sending).values().all(HeaderValue::is_sensitive));
    }
}
