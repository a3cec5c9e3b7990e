//! Finding a credential that nobody uses, waiting for one, or asking for a new one.

use std::sync::Arc;

use farebox_tokens::client::{EntryKind, Offer, Restored, Terms, arc, paired};
use privacypass_wire::{KeyId, TokenType};

use crate::choose::{self, Stage, Wanted, is_kin};
use crate::config::UsedUp;
use crate::error::Reason;
use crate::journal::{Id, Journal, JournalError};
use crate::record::Record;
use crate::shelf::{Lease, Shelf};
use crate::target::Target;
use crate::transport::Transport;
use crate::wallet::Wallet;

/// New credentials that one fetch asks for.
const MAX_REQUESTS: u32 = 4;

/// What there is for an offer.
#[derive(Default)]
struct Stock {
    /// Idle and enough, the smallest balance first.
    ready: Vec<(u64, Seen)>,
    /// Asked for by a call that ended.
    asked: Vec<Seen>,
    /// ARC presentations whose answer nobody waits for.
    given_up: Vec<Seen>,
    busy: usize,
    in_flight: usize,
    is_used_up: bool,
}

/// A credential as it was seen. Meanwhile another call may have used it.
type Seen = (Id, Arc<Record>);

impl<T: Transport, J: Journal> Wallet<T, J> {
    /// A credential that answers, idle and this call's.
    pub(crate) async fn acquire(&self, wanted: &Wanted, target: &Target) -> Result<Lease<J>, Reason> {
        let Some(companion) = &wanted.companion else {
            return self
                .acquire_one(&wanted.offer, target, &[EntryKind::ActIdle, EntryKind::ArcHolder, EntryKind::Held])
                .await;
        };
        // A pair whose companion answers another challenge gives its credential, and gets a new companion.
        let first = self.acquire_one(&wanted.offer, target, &[EntryKind::Pair, EntryKind::ArcHolder]).await?;
        let beside = Some((companion.challenge().as_bytes().to_vec(), companion.key_id()));
        let held = self.shelf.contents().credential(first.id()).ok_or(Reason::Cut)?;
        // Of whatever key: the origin takes companions of the key before, and gives the next one of the new.
        let answers = |(known, _): &(Vec<u8>, KeyId)| *known == companion.challenge().as_bytes();
        if held.kind() == Some(EntryKind::Pair) && held.about.companion.as_ref().is_some_and(answers) {
            return Ok(first);
        }
        let second = self.acquire_one(companion, target, &[EntryKind::Held]).await?;
        blocking(move || join(Shelf::join(first, second), beside)).await
    }

    async fn acquire_one(&self, offer: &Offer, target: &Target, kinds: &[EntryKind]) -> Result<Lease<J>, Reason> {
        let (mut turn, mut requests) = (None, MAX_REQUESTS);
        loop {
            let changed = self.shelf.changed.notified();
            tokio::pin!(changed);
            // From here on no change is missed.
            changed.as_mut().enable();
            let stock = self.stock(offer, kinds)?;
            if let Some((_, (id, seen))) = stock.ready.first() {
                if let Some(lease) = self.shelf.lease_as_seen(*id, seen) {
                    return Ok(lease);
                }
            } else if let Some((id, seen)) = stock.asked.first() {
                if let Some(lease) = self.shelf.lease_as_seen(*id, seen) {
                    self.ask(lease).await?;
                }
            } else if let Some((id, seen)) = stock.given_up.first() {
                if let Some(lease) = self.shelf.lease_as_seen(*id, seen) {
                    blocking(move || crate::settle::give_up(&lease)).await?;
                }
            } else {
                // A second ARC credential would double a limit that is meant for the client.
                let parallel = if offer.token_type() == TokenType::ARC { 1 } else { self.config.parallel };
                let is_full = stock.busy + stock.in_flight >= self.config.credentials;
                if stock.busy > 0 && (stock.busy >= parallel || is_full) {
                    turn = None;
                    changed.await;
                } else if stock.is_used_up && self.config.used_up == UsedUp::Wait {
                    return Err(Reason::UsedUp);
                } else if is_full {
                    return Err(Reason::ManyCredentials);
                } else if turn.is_none() {
                    // Another call may be about to do the same: look again when it has.
                    turn = Some(self.requesting.take(&kind_of(offer)).await);
                } else if requests == 0 {
                    // Others took what came, or nothing did.
                    return Err(Reason::ManyCredentials);
                } else {
                    requests -= 1;
                    let lease = self.request(offer, target).await?;
                    turn = None;
                    self.ask(lease).await?;
                }
            }
        }
    }

    fn stock(&self, offer: &Offer, kinds: &[EntryKind]) -> Result<Stock, JournalError> {
        let all: Vec<(Seen, bool)> = {
            let contents = self.shelf.contents();
            contents.records().map(|(id, record)| ((id, record.clone()), contents.is_busy(id))).collect()
        };
        let mut stock = Stock::default();
        for (seen, is_busy) in all {
            let Record::Credential(held) = &*seen.1 else { continue };
            if !is_kin(&held.about, offer.challenge(), offer.key_id()) {
                continue;
            }
            match held.stage() {
                _ if is_busy => stock.busy += 1,
                Stage::Asked => stock.asked.push(seen),
                Stage::InFlight if held.kind() == Some(EntryKind::ArcPresented) => stock.given_up.push(seen),
                Stage::InFlight => stock.in_flight += 1,
                Stage::Idle if held.kind().is_some_and(|kind| kinds.contains(&kind)) => {
                    let state = self.shelf.restore(held)?;
                    stock.count(&state, seen, offer);
                }
                Stage::Idle => {}
            }
        }
        stock.ready.sort_by_key(|(amount, (id, _))| (*amount, *id));
        Ok(stock)
    }
}

impl Stock {
    fn count(&mut self, state: &Restored, seen: Seen, offer: &Offer) {
        match state {
            Restored::ActIdle(idle) if idle.balance().get() >= choose::cost(offer) => {
                self.ready.push((idle.balance().get(), seen));
            }
            Restored::ArcHolder(holder) => self.presentable(holder, 1, seen, offer),
            // Where a pair is wanted, it goes before a credential that has no companion yet.
            Restored::Pair(pair) => self.presentable(&pair.holder, 0, seen, offer),
            Restored::Held(_) => self.ready.push((0, seen)),
            _ => {}
        }
    }

    fn presentable(&mut self, holder: &arc::Holder, place: u64, seen: Seen, offer: &Offer) {
        let Terms::Arc(limit) = offer.terms() else { return };
        match holder.used(offer.challenge()) {
            0 if holder.contexts() >= arc::Holder::MAX_CONTEXTS => {}
            used if used >= limit.get() => self.is_used_up = true,
            _ => self.ready.push((place, seen)),
        }
    }
}

/// A name for what an offer asks for: the same for offers that one credential answers.
fn kind_of(offer: &Offer) -> Vec<u8> {
    let challenge = offer.challenge();
    let bound = match offer.token_type().is_credential() {
        true => challenge.arc_request_context(&offer.key_id()).ok(),
        false => None,
    };
    let place = bound.unwrap_or_else(|| challenge.as_bytes().to_vec());
    [&offer.token_type().code().to_be_bytes(), offer.key_id().as_bytes().as_slice(), &place].concat()
}

/// One entry of a credential and its companion, in the place of theirs.
fn join<J: Journal>(lease: Lease<J>, beside: Option<(Vec<u8>, KeyId)>) -> Result<Lease<J>, Reason> {
    let [first, second] = lease.ids() else { return Err(Reason::Cut) };
    let shelf = lease.shelf();
    let read = |id: Id| shelf.contents().credential(id).ok_or(Reason::Cut);
    let (mut held, companion) = (read(*first)?, read(*second)?);
    let holder = match shelf.restore(&held)? {
        Restored::ArcHolder(holder) => holder,
        Restored::Pair(pair) => pair.holder,
        _ => return Err(Reason::Cut),
    };
    let Restored::Held(companion) = shelf.restore(&companion)? else { return Err(Reason::Cut) };
    held.state = paired::Pair { holder, companion }.entry().into_bytes();
    held.about.companion = beside;
    let changes = vec![(*first, Some(Record::Credential(held))), (*second, None)];
    shelf.transact::<Reason>(|_| Ok(changes))?;
    Ok(lease)
}

/// Runs what blocks, on a thread for that.
pub(crate) async fn blocking<R, E>(run: impl FnOnce() -> Result<R, E> + Send + 'static) -> Result<R, E>
where
    R: Send + 'static,
    E: Send + 'static + From<Cut>,
{
    tokio::task::spawn_blocking(run).await.unwrap_or_else(|_| Err(Cut.into()))
}

/// The thread was cut off.
pub(crate) struct Cut;

impl From<Cut> for Reason {
    fn from(_: Cut) -> Self {
        Self::Cut
    }
}

impl From<Cut> for crate::error::Error {
    fn from(_: Cut) -> Self {
        Self::Cut
    }
}
