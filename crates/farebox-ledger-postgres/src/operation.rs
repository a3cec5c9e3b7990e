//! Attempts, and attempts again, within the time of one call.

use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use crate::Error;
use crate::error::Fault;
use crate::pool::Connections;
use crate::session::Session;

/// Something to ask of a server. It can be attempted again whatever became of the attempt before.
pub(crate) trait Operation: Send {
    /// What comes of it.
    type Output: Send;

    /// One attempt, on a connection that has no transaction open and that is closed if there is a fault.
    fn attempt(&mut self, session: &Session) -> impl Future<Output = Result<Self::Output, Fault>> + Send;
}

/// Runs an operation to its end, within `limit`.
///
/// Where no server takes us, and nothing was asked yet, the call fails at once. Once something was asked, what became of it
/// matters, and the servers get until the end of the limit to change over.
pub(crate) async fn run<O: Operation>(
    connections: &Connections,
    operation: &mut O,
    limit: Duration,
) -> Result<O::Output, Error> {
    let end = Instant::now() + limit;
    let mut last = None;
    for attempt in 0.. {
        let error = match timeout_at(end, once(connections, operation)).await {
            Ok(Ok(output)) => return Ok(output),
            Ok(Err(Failed::NotAsked(error))) if last.is_none() => return Err(error),
            Ok(Err(Failed::Asked(fault @ Fault::Stop(_)))) => return Err(fault.into_error()),
            Ok(Err(Failed::NotAsked(error))) => error,
            Ok(Err(Failed::Asked(fault))) => fault.into_error(),
            Err(_) => {
                connections.purge();
                return Err(last.unwrap_or(Error::Late));
            }
        };
        let next = Instant::now() + pause(attempt);
        last = Some(error);
        if next >= end {
            break;
        }
        sleep_until(next).await;
    }
    Err(last.unwrap_or(Error::Late))
}

enum Failed {
    NotAsked(Error),
    Asked(Fault),
}

async fn once<O: Operation>(connections: &Connections, operation: &mut O) -> Result<O::Output, Failed> {
    let lease = connections.lease().await.map_err(Failed::NotAsked)?;
    let session = lease.session().map_err(Failed::NotAsked)?;
    let output = operation.attempt(session).await.map_err(Failed::Asked)?;
    lease.keep();
    Ok(output)
}

/// Ten milliseconds, doubled each time up to a quarter of a second, of which a random half is left out: callers that lost one
/// server do not come back in step.
fn pause(attempt: u32) -> Duration {
    let most = 10_000 << attempt.min(5);
    Duration::from_micros(most / 2 + u64::from(rand::random::<u16>()) * (most / 2) / u64::from(u16::MAX))
        .min(Duration::from_millis(250))
}
