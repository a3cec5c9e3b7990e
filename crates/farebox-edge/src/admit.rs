//! From a token to a reservation.

use std::sync::Arc;
use std::time::Instant;

use farebox_ledger::{Store, Unavailable};
use farebox_tokens::Error;
use farebox_tokens::origin::{BoundToken, Grant, Outcome, Seen, Unreserved, VerifiedToken};
use privacypass_wire::TokenType;

use crate::arrive::Shown;
use crate::deadline::NoAnswer;
use crate::offers::malformed;
use crate::refusal::Refusal;
use crate::route::Route;
use crate::running::{Entry, NotEntered};
use crate::verdict::label;
use crate::{Deployment, Prefilter, Price, Redeemed, meter};

/// A token whose serials are reserved.
pub(crate) enum Admitted {
    /// For this request: its handler may run.
    Fresh(Ticket),
    /// For the same bytes, whose handler was cut off.
    CutOff(Ticket),
}

/// The duty to answer.
pub(crate) struct Ticket {
    pub(crate) grant: Grant,
    pub(crate) redeemed: Redeemed,
    /// Whether a companion can be renewed.
    pub(crate) paired: bool,
    /// While it stands, the same bytes wait.
    pub(crate) entry: Entry,
}

pub(crate) async fn admit<S: Store + 'static>(route: &Arc<Route<S>>, shown: Shown) -> Result<Admitted, Refusal> {
    let Shown { token, companion, reverse, offers, permit } = shown;
    let bound = offers.bind(&token, companion.as_deref(), route.now()).map_err(|error| unbound(&error))?;
    let token_type = bound.offer().challenge().token_type();
    let is_free = token_type == TokenType::ACT && offers.price == Price(0);
    if is_free || !bound.grants() || route.policy.prefilter == Prefilter::Look {
        look(route, &bound, reverse.as_deref()).await?;
    }
    let entered = route.gate().running.enter(bound.digest(reverse.as_deref()));
    let entry = entered.map_err(|reason| match reason {
        NotEntered::Twin => Refusal::InFlight,
        NotEntered::Full => Refusal::Busy,
    })?;
    let paired = bound.offer().companion().is_some();
    let verified = verify(route, bound).await?;
    // The place in the queue is for whoever wants to be verified next.
    drop(permit);
    let redeemed = Redeemed { token_type, charge: verified.charge(), policy: Arc::clone(&route.policy.name) };
    let outcome = verified.reserve(&route.gate().ledger, reverse.as_deref()).await.map_err(unreserved)?;
    let ticket = |grant, entry| Ticket { grant, redeemed, paired, entry };
    match outcome {
        Outcome::Granted(grant) => Ok(Admitted::Fresh(ticket(grant, entry))),
        Outcome::Replayed(served) => {
            entry.answered();
            Err(Refusal::Answered(served))
        }
        Outcome::Interrupted(interrupted) if was_cut_off(route, &entry) => {
            Ok(Admitted::CutOff(ticket(interrupted.recover(), entry)))
        }
        Outcome::Interrupted(_) => Err(Refusal::InFlight),
        Outcome::Forgotten => Err(Refusal::Forgotten),
        Outcome::DoubleSpend | Outcome::Expired => Err(Refusal::Unauthorized),
    }
}

/// What the ledger says before a proof is verified. An answer that it has goes back at once, and a token that cannot be granted and
/// is not there is not worth the work.
async fn look<S: Store>(route: &Route<S>, bound: &BoundToken, reverse: Option<&[u8]>) -> Result<(), Refusal> {
    match bound.seen(&route.gate().ledger, reverse).await {
        Ok(None) if !bound.grants() => {
            tracing::debug!("a token came after its time");
            Err(Refusal::Unauthorized)
        }
        Ok(None | Some(Seen::InFlight)) => Ok(()),
        Ok(Some(Seen::Answered(served))) => Err(Refusal::Answered(served)),
        Ok(Some(Seen::Forgotten)) => Err(Refusal::Forgotten),
        Ok(Some(Seen::DoubleSpend | Seen::Expired)) => Err(Refusal::Unauthorized),
        Err(Unreserved::Unavailable(error)) => Err(away(&error)),
        // Too short to have a serial.
        Err(Unreserved::Refused(error)) => Err(invalid(&error)),
    }
}

async fn verify<S: Store + 'static>(route: &Arc<Route<S>>, bound: BoundToken) -> Result<VerifiedToken, Refusal> {
    let (start, now) = (Instant::now(), route.now());
    let token_type = bound.offer().challenge().token_type();
    let job = {
        let route = Arc::clone(route);
        move || {
            let mut is_one_too_many = false;
            let verified = bound.verify(|_| {
                let admitted = route.gate().admit_zero(now);
                is_one_too_many = !admitted;
                admitted
            });
            (verified, is_one_too_many)
        }
    };
    let (verified, is_one_too_many) = route.gate().pool.run(job).await.map_err(|_| lost())?;
    meter::verified(label(token_type), start.elapsed());
    verified.map_err(|error| match error {
        _ if is_one_too_many => Refusal::ZeroSpends(route.gate().config.zero_spend_seconds),
        Error::Misuse(misuse) => {
            tracing::error!(route = route.policy.name(), %misuse, "a token could not be verified");
            Refusal::Machine
        }
        error => invalid(&error),
    })
}

/// Whether a request that is in flight and does not run here runs nowhere.
fn was_cut_off<S: Store>(route: &Route<S>, entry: &Entry) -> bool {
    let now = route.now();
    match route.gate().config.deployment {
        Deployment::Alone { grace } => now.saturating_sub(route.gate().started) >= grace,
        Deployment::Shared { patience } => entry.elsewhere_since(now) >= patience,
    }
}

fn unbound(error: &Error) -> Refusal {
    if malformed(error).is_none() {
        return invalid(error);
    }
    tracing::debug!(%error, "a token does not read");
    Refusal::Malformed
}

/// Why is for the log, and the client is told what would be good.
fn invalid(error: &Error) -> Refusal {
    tracing::debug!(%error, "a token was refused");
    Refusal::Unauthorized
}

fn unreserved<E>(error: Unreserved<NoAnswer<E>>) -> Refusal {
    match error {
        Unreserved::Unavailable(error) => away(&error),
        Unreserved::Refused(error) => {
            tracing::debug!(%error, "a companion was refused");
            Refusal::Malformed
        }
    }
}

/// The store's own words may hold what it was asked; they are not logged.
fn away<E>(error: &Unavailable<NoAnswer<E>>) -> Refusal {
    match error.0 {
        NoAnswer::Late => tracing::error!("the ledger did not answer in time"),
        NoAnswer::Away(_) => tracing::error!("the ledger is unavailable"),
    }
    Refusal::StoreAway
}

pub(crate) fn lost() -> Refusal {
    tracing::error!("a job was lost");
    Refusal::Machine
}
