//! From in flight to idle or gone, by what came back.

use farebox_tokens::client::{JournalEntry, Restored, paired};
use http::{Response, StatusCode};

use crate::error::{Error, Reason};
use crate::journal::{Journal, JournalError};
use crate::record::{Credential, Record};
use crate::shelf::{Changes, Contents, Lease};
use crate::spend::{REVERSE, returned};
use crate::wallet::is_transient;

/// What became of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settlement {
    /// A refund or companion came that holds: the token was taken. For ACT, with what it cost, less what came back.
    Returned { credits: Option<u64> },
    /// The token is used up, or its companion withheld, and nothing came back.
    Used,
    /// It is not known: the state stays, and the same bytes are sent again.
    Kept,
}

/// What a response makes of a state.
enum Next {
    Keep,
    Gone,
    Idle(JournalEntry),
    /// With the next companion.
    Renewed(JournalEntry),
    /// A new balance, with what came back.
    Balance {
        entry: JournalEntry,
        balance: u64,
        charge: u64,
        returned: u64,
    },
}

/// Takes what a response brought, and writes it down.
///
/// * ACT: only a refund that holds settles it. Whatever the status is, without one it is not known whether the token counted.
/// * ARC with a companion: the next companion settles it, and so does success without one, or 409 to what was sent again. Any other
///   answer is not that: it may be of somebody who did not look.
/// * Single-use tokens and ARC: any answer but "try again later" does. The token is not shown again.
pub(crate) fn settle<B, J: Journal>(lease: &Lease<J>, response: &Response<B>) -> Result<Settlement, Error> {
    let shelf = lease.shelf();
    let credential = shelf.contents().credential(lease.id()).ok_or(Error::Unknown(lease.id()))?;
    let next = next(shelf.restore(&credential)?, response);
    let settlement = match &next {
        Next::Keep => return Ok(Settlement::Kept),
        Next::Balance { charge, returned, .. } => {
            Settlement::Returned { credits: Some(charge.saturating_sub(*returned)) }
        }
        Next::Renewed(_) => Settlement::Returned { credits: None },
        Next::Gone | Next::Idle(_) => Settlement::Used,
    };
    shelf.transact::<Error>(|contents| Ok(changes(contents, lease, credential, next)))?;
    Ok(settlement)
}

fn next<B>(state: Restored, response: &Response<B>) -> Next {
    let field = response.headers().get(REVERSE).map(http::HeaderValue::as_bytes);
    match (state, field) {
        (Restored::ActInFlight(state), Some(field)) => {
            let (remaining, charge) = (state.remaining().get(), state.charge().get());
            let Ok(step) = state.refund_header(field) else { return Next::Keep };
            let idle = step.written();
            let balance = idle.balance().get();
            Next::Balance { entry: idle.entry(), balance, charge, returned: balance.saturating_sub(remaining) }
        }
        (Restored::Redeeming(_), _) if !is_transient(response) => Next::Gone,
        (Restored::ArcPresented(state), _) if !is_transient(response) => Next::Idle(state.into_holder().entry()),
        (Restored::PairInFlight(state), Some(field)) => {
            state.finish_header(field).map_or(Next::Keep, |step| Next::Renewed(step.written().entry()))
        }
        (Restored::PairInFlight(state), None) if has_taken(response) => Next::Idle(withheld(*state)),
        _ => Next::Keep,
    }
}

/// Whether an answer is of whoever took the token: success, or 409 for bytes that came before and were answered. Any other may be of
/// somebody before, who did not look at it.
fn has_taken<B>(response: &Response<B>) -> bool {
    response.status().is_success() || response.status() == StatusCode::CONFLICT && !is_transient(response)
}

fn withheld(state: paired::InFlight) -> JournalEntry {
    state.withheld().written().entry()
}

fn changes<J: Journal>(contents: &Contents, lease: &Lease<J>, credential: Credential, next: Next) -> Changes {
    let origin = credential.about.origin.clone();
    let idle = |entry: JournalEntry| {
        let has_companion =
            matches!(JournalEntry::kind_of(entry.as_bytes()), Ok(farebox_tokens::client::EntryKind::Pair));
        let mut credential = Credential { sending: None, state: entry.into_bytes(), ..credential };
        if !has_companion {
            credential.about.companion = None;
        }
        Some(Record::Credential(credential))
    };
    match next {
        Next::Keep => Vec::new(),
        Next::Gone => vec![(lease.id(), None)],
        Next::Idle(entry) | Next::Renewed(entry) => vec![(lease.id(), idle(entry))],
        Next::Balance { entry, balance, returned: back, .. } => {
            let mut changes = returned(contents, &origin, back);
            // With nothing left there is nothing to keep.
            changes.push((lease.id(), if balance == 0 { None } else { idle(entry) }));
            changes
        }
    }
}

/// Goes on without an answer: a presentation, or the companion of one, counts as used.
pub(crate) fn give_up<J: Journal>(lease: &Lease<J>) -> Result<(), Reason> {
    let shelf = lease.shelf();
    let credential = shelf.contents().credential(lease.id()).ok_or(Reason::Cut)?;
    let entry = match shelf.restore(&credential)? {
        Restored::ArcPresented(state) => state.into_holder().entry(),
        Restored::PairInFlight(state) => withheld(*state),
        _ => return Err(JournalError::Corrupt.into()),
    };
    shelf.transact(|contents| Ok(changes(contents, lease, credential, Next::Idle(entry))))
}
