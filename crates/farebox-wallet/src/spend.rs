//! Showing a credential: written down, sent, and settled by what comes back.

use bytes::Bytes;
use farebox_tokens::client::{Reason as NotShown, Restored};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use privacypass_wire::TokenType;
use privacypass_wire::http::{Authorization, PRIVACYPASS_REVERSE, Style, reverse};
use zeroize::Zeroizing;

use crate::acquire::blocking;
use crate::choose::Wanted;
use crate::config::{Budget, Config};
use crate::error::{Cap, Error, Reason};
use crate::failpoint;
use crate::journal::{Id, Journal, JournalError};
use crate::record::{Record, Sending, Spent};
use crate::settle::{self, Settlement};
use crate::shelf::{Changes, Contents, Lease};
use crate::transport::Transport;
use crate::wallet::{Paid, Tried, Wallet, is_transient};

/// The header in which refunds and companions come back.
pub(crate) const REVERSE: HeaderName = HeaderName::from_static("privacypass-reverse");

impl<T: Transport, J: Journal> Wallet<T, J> {
    /// Makes the token, and writes it down with the request that it is for. Nothing is sent.
    pub(crate) async fn show(
        &self,
        lease: Lease<J>,
        wanted: Wanted,
        origin: String,
        sending: Sending,
    ) -> Result<Lease<J>, Reason> {
        let config = self.config.clone();
        blocking(move || {
            let spend = Spend { wanted, origin, sending };
            spend.write(&lease, &config)?;
            failpoint::hit("spend.journalled");
            Ok(lease)
        })
        .await
    }

    /// Sends what is written down.
    pub(crate) async fn deliver(&self, lease: Lease<J>, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        let id = lease.id();
        let credential = self.shelf.contents().credential(id).ok_or(Error::Unknown(id))?;
        let request = authorized(request, &self.shelf.restore(&credential)?)?;
        let Tried { answer, tries } = self.insist(&request, self.config.origin_caps).await;
        let Ok(response) = answer else { return Err(Error::Unanswered { id }) };
        failpoint::hit("spend.answered");
        let token_type = credential.about.challenge.token_type();
        tracing::debug!(%token_type, status = response.status().as_u16(), tries, "a token was shown");
        let (response, settlement) = self.settle(lease, response).await?;
        failpoint::hit("spend.settled");
        outcome(response, settlement, (id, token_type), tries)
    }

    /// Brings a credential in flight to where the response puts it.
    pub(crate) async fn settle(
        &self,
        lease: Lease<J>,
        response: Response<Bytes>,
    ) -> Result<(Response<Bytes>, Settlement), Error> {
        blocking(move || {
            let mut response = response;
            let settlement = settle::settle(&lease, &response)?;
            // It is of no use to anybody else, and a caller might log it.
            response.headers_mut().remove(REVERSE);
            Ok((response, settlement))
        })
        .await
    }
}

/// What a settled response means for whoever asked.
fn outcome(
    mut response: Response<Bytes>,
    settlement: Settlement,
    (id, token_type): (Id, TokenType),
    tries: u32,
) -> Result<Response<Bytes>, Error> {
    let status = response.status();
    let paid = |credits, settled| Paid { credential: id, token_type, credits, settled };
    match settlement {
        // With a refund that holds it is the application's own.
        Settlement::Used if status == StatusCode::UNAUTHORIZED => Err(Error::Refused),
        // The first time it arrived, and was answered.
        Settlement::Used | Settlement::Returned { .. } if status == StatusCode::CONFLICT && tries > 1 => {
            Err(Error::AnswerLost)
        }
        Settlement::Used => {
            response.extensions_mut().insert(paid(None, true));
            Ok(response)
        }
        Settlement::Returned { credits } => {
            response.extensions_mut().insert(paid(credits, true));
            Ok(response)
        }
        Settlement::Kept if status == StatusCode::UNAUTHORIZED => Err(Error::RefusedInFlight { id }),
        Settlement::Kept if is_transient(&response) => Err(Error::Unanswered { id }),
        Settlement::Kept => {
            response.extensions_mut().insert(paid(None, false));
            Ok(response)
        }
    }
}

/// The request with the token of a state in flight: the same bytes each time.
pub(crate) fn authorized(mut request: Request<Bytes>, state: &Restored) -> Result<Request<Bytes>, Error> {
    let corrupt = |_| JournalError::Corrupt;
    let (authorization, asked) = match state {
        Restored::Redeeming(state) => (Authorization::new(&state.token().map_err(corrupt)?), None),
        Restored::ArcPresented(state) => (Authorization::new(&state.token().map_err(corrupt)?), None),
        Restored::ActInFlight(state) => (Authorization::new(&state.token().map_err(corrupt)?), None),
        Restored::PairInFlight(state) => (state.authorization().map_err(corrupt)?, Some(state.reverse())),
        _ => return Err(JournalError::Corrupt.into()),
    };
    let value = Zeroizing::new(authorization.to_header_value(Style::Quoted).map_err(|_| JournalError::Corrupt)?);
    request.headers_mut().insert(header::AUTHORIZATION, sensitive(&value)?);
    request.headers_mut().remove(PRIVACYPASS_REVERSE);
    if let Some(message) = asked {
        request.headers_mut().insert(REVERSE, sensitive(&reverse::to_header_value(message, Style::Quoted))?);
    }
    Ok(request)
}

fn sensitive(value: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(value).map_err(|_| JournalError::Corrupt)?;
    value.set_sensitive(true);
    Ok(value)
}

/// One step from idle to in flight.
struct Spend {
    wanted: Wanted,
    origin: String,
    sending: Sending,
}

impl Spend {
    fn write<J: Journal>(self, lease: &Lease<J>, config: &Config) -> Result<(), Reason> {
        let Self { wanted, origin, sending } = self;
        let shelf = lease.shelf();
        // Before the work, and again with the step: another spend may come between.
        let spent_id = shelf.new_id();
        drop(charged(&shelf.contents(), &config.budget, &origin, wanted.cost(), spent_id)?);
        let mut credential = shelf.contents().credential(lease.id()).ok_or(Reason::Cut)?;
        credential.state = in_flight(shelf.restore(&credential)?, &wanted)?;
        credential.about.origin.clone_from(&origin);
        credential.about.challenge = wanted.offer.challenge().clone();
        if let Some(companion) = &wanted.companion {
            credential.about.companion = Some((companion.challenge().as_bytes().to_vec(), companion.key_id()));
        }
        credential.about.limit = crate::ask::limit(&wanted.offer);
        credential.about.touched = config.clock.now();
        credential.sending = Some(sending);
        shelf.transact(|contents| {
            let mut changes = charged(contents, &config.budget, &origin, wanted.cost(), spent_id)?;
            changes.push((lease.id(), Some(Record::Credential(credential))));
            Ok(changes)
        })
    }
}

/// The entry of the state that shows the token.
fn in_flight(idle: Restored, wanted: &Wanted) -> Result<Zeroizing<Vec<u8>>, Reason> {
    let (rng, offer) = (&mut rand::rng(), &wanted.offer);
    let entry = match (idle, &wanted.companion) {
        (Restored::ActIdle(idle), None) => {
            idle.spend(offer, rng).map_err(|it| not_shown(it.reason))?.entry().as_bytes().to_vec()
        }
        (Restored::Held(held), None) => {
            held.redeem(offer).map_err(|it| not_shown(it.reason))?.entry().as_bytes().to_vec()
        }
        (Restored::ArcHolder(holder), None) => {
            holder.present(offer, rng).map_err(|it| not_shown(it.reason))?.entry().as_bytes().to_vec()
        }
        (Restored::Pair(pair), Some(companion)) => {
            pair.present(offer, companion, rng).map_err(|it| not_shown(it.reason))?.entry().as_bytes().to_vec()
        }
        _ => return Err(Reason::Cut),
    };
    Ok(Zeroizing::new(entry))
}

/// What was found before may have changed; then it is said as it would have been.
fn not_shown(reason: NotShown) -> Reason {
    match reason {
        NotShown::Failed(error) => error.into(),
        NotShown::LimitReached { .. } => Reason::UsedUp,
        NotShown::Overdraft { .. } => Reason::Cost,
        _ => Reason::Key,
    }
}

/// The step that adds to what an origin got, if that is within the budget.
fn charged(contents: &Contents, budget: &Budget, origin: &str, cost: u64, new_id: Id) -> Result<Changes, Reason> {
    if cost == 0 {
        return Ok(Vec::new());
    }
    let total = contents.spent().fold(0u64, |total, (_, spent)| total.saturating_add(spent.credits));
    let found = contents.spent().find(|(_, spent)| spent.origin == origin);
    let (id, before) = found.map_or((new_id, 0), |(id, spent)| (id, spent.credits));
    let caps = [
        (cost, budget.request, Cap::Request),
        (before.saturating_add(cost), budget.origin, Cap::Origin),
        (total.saturating_add(cost), budget.total, Cap::Total),
    ];
    for (sum, most, cap) in caps {
        if sum > most {
            return Err(Reason::Budget(cap));
        }
    }
    Ok(vec![(id, Some(Record::Spent(Spent { origin: origin.to_owned(), credits: before.saturating_add(cost) })))])
}

/// The step that takes off what came back.
pub(crate) fn returned(contents: &Contents, origin: &str, credits: u64) -> Changes {
    let found = contents.spent().find(|(_, spent)| spent.origin == origin);
    let less = |(id, spent): (Id, &Spent)| {
        let credits = spent.credits.saturating_sub(credits);
        (id, Some(Record::Spent(Spent { origin: origin.to_owned(), credits })))
    };
    found.map(less).into_iter().collect()
}
