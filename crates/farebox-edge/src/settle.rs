//! From what comes back to a stored answer.

use std::sync::Arc;
use std::time::Duration;

use farebox_ledger::{NotCompleted, Store};
use farebox_tokens::origin::{Decision, Grant, Ready, Served};
use tokio::time::Instant;

use crate::admit::{Ticket, lost};
use crate::refusal::Refusal;
use crate::route::Route;
use crate::{Return, meter};

/// Between two tries at a store that is away.
const PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Makes the answer and stores it. While the store is away it is tried again for as long as the gate's patience lasts; `delayed` is
/// called when that begins. What is given up is in flight, and recovered when the client asks again.
pub(crate) async fn settle<S: Store + 'static>(
    route: &Arc<Route<S>>,
    ticket: Ticket,
    returned: Return,
    delayed: impl FnOnce() + Send,
) -> Result<Served, Refusal> {
    let start = Instant::now();
    let Ticket { grant, paired, entry, .. } = ticket;
    let charge = grant.charge();
    let decision = returned.decide(charge, paired);
    let ready = if charge.is_none() && !paired {
        decide(route, grant, decision)?
    } else {
        let job = {
            let route = Arc::clone(route);
            move || decide(&route, grant, decision)
        };
        route.gate().pool.run(job).await.map_err(|_| lost())??
    };
    let served = store(route, ready, start, delayed).await?;
    entry.answered();
    meter::settled(&route.policy.name, start.elapsed());
    if let Some(charge) = charge {
        meter::credits(&route.policy.name, charge, credits(decision, charge));
    }
    Ok(served)
}

fn credits(decision: Decision, charge: u64) -> u64 {
    match decision {
        Decision::Return(credits) => credits,
        Decision::ReturnAll => charge,
        Decision::Nothing | Decision::Renew => 0,
    }
}

/// The answer. Where a companion cannot be renewed, nothing comes back.
fn decide<S: Store>(route: &Route<S>, grant: Grant, decision: Decision) -> Result<Ready, Refusal> {
    let refused = match grant.decide(decision, &mut rand::rng()) {
        Ok(ready) => return Ok(ready),
        Err(refused) => refused,
    };
    let (grant, error) = refused.into_parts();
    tracing::warn!(route = route.policy.name(), %error, "an answer could not be made as it was decided");
    grant.decide(Decision::Nothing, &mut rand::rng()).map_err(|refused| {
        tracing::error!(route = route.policy.name(), error = %refused.error, "no answer could be made");
        Refusal::Machine
    })
}

async fn store<S: Store>(
    route: &Route<S>,
    mut ready: Ready,
    start: Instant,
    delayed: impl FnOnce() + Send,
) -> Result<Served, Refusal> {
    let (mut pause, mut delayed) = (PAUSE, Some(delayed));
    loop {
        let unstored = match ready.store(&route.gate().ledger).await {
            Ok(served) => return Ok(served),
            Err(unstored) => unstored,
        };
        match unstored.error {
            NotCompleted::Unavailable(_) => {}
            NotCompleted::Trimmed => return Err(Refusal::Forgotten),
            NotCompleted::Unknown => {
                tracing::error!(route = route.policy.name(), "the ledger forgot a request that was running");
                return Err(Refusal::Machine);
            }
        }
        if let Some(delayed) = delayed.take() {
            tracing::error!(route = route.policy.name(), "the ledger is unavailable, and an answer waits");
            delayed();
        }
        if start.elapsed() + pause > route.gate().config.store_patience {
            tracing::error!(route = route.policy.name(), "an answer was not stored and is given up");
            return Err(Refusal::StoreAway);
        }
        tokio::time::sleep(pause).await;
        pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
        ready = *unstored.ready;
    }
}
