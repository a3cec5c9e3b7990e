//! The ledger: the one place where a serial becomes a reservation, and a reservation an answer.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::{Completion, Epoch, RequestDigest, Serial, Store, Verdict};

/// The store is away, or cannot say. The request is refused: nothing is served on a guess.
#[derive(Debug, thiserror::Error)]
#[error("the ledger is unavailable")]
pub struct Unavailable<E>(#[source] pub E);

/// A ledger over a store.
#[derive(Debug)]
pub struct Ledger<S> {
    store: S,
}

/// What a request meets.
#[derive(Debug)]
#[must_use = "only `Fresh` lets the handler run"]
pub enum Reservation {
    /// Serials are this request's: its handler may run, once.
    Fresh(Reserved),
    /// The same request came before and has no answer yet: its handler runs, or was cut off by a crash. See
    /// [`Ledger::recover`].
    InFlight(Abandoned),
    /// The same request came before. This is its answer; the handler does not run again.
    Replay(Answer),
    /// The same request came before, so long ago that its answer is no longer kept.
    Trimmed,
    /// Another request has one of the serials: a double spend.
    Conflict,
    /// The epoch is over.
    Expired,
}

/// The right to run a request's handler once. Made by [`Ledger::reserve`] alone.
///
/// It names its serials and its request, so that what comes later can be compared with it; a receipt for one spend does not
/// serve another. Dropping it leaves the request in flight.
#[must_use = "the request stays in flight until it is completed"]
pub struct Reserved {
    epoch: Epoch,
    serials: Vec<Serial>,
    digest: RequestDigest,
}

/// A request that was reserved and has no answer. Its handler may still be running.
#[must_use = "recover it or leave it"]
pub struct Abandoned(Reserved);

/// An answer that is stored and may leave.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer(Vec<u8>);

impl Answer {
    /// The bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer(..)")
    }
}

impl Reserved {
    /// The serials that are this request's.
    pub fn serials(&self) -> &[Serial] {
        &self.serials
    }

    /// The request.
    pub fn digest(&self) -> RequestDigest {
        self.digest
    }

    /// The epoch.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }
}

impl fmt::Debug for Reserved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reserved").field("epoch", &self.epoch).finish_non_exhaustive()
    }
}

impl fmt::Debug for Abandoned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Abandoned").field("epoch", &self.0.epoch).finish_non_exhaustive()
    }
}

/// Why an answer was not stored.
#[derive(Debug, thiserror::Error)]
pub enum NotCompleted<E> {
    /// The store is away.
    #[error(transparent)]
    Unavailable(#[from] Unavailable<E>),
    /// The store does not have the request: its epoch was forgotten meanwhile, or it is another store.
    #[error("the request is not in the ledger")]
    Unknown,
    /// The request had an answer, which is no longer kept.
    #[error("the request was answered long ago")]
    Trimmed,
}

/// A completion that failed hands the reservation back, so that it can be tried again.
pub struct Refused<E> {
    /// The reservation.
    pub reserved: Box<Reserved>,
    /// Why.
    pub error: NotCompleted<E>,
}

impl<E> fmt::Debug for Refused<E>
where
    E: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refused").field("error", &self.error).finish_non_exhaustive()
    }
}

impl<E: fmt::Debug> fmt::Display for Refused<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer was not stored")
    }
}

impl<E: core::error::Error + 'static> core::error::Error for Refused<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl<S: Store> Ledger<S> {
    /// A ledger over this store.
    pub fn new(store: S) -> Self {
        Self { store }
    }

    /// The store, for upkeep: [`trim`](Store::trim) and [`forget`](Store::forget).
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Asks for the serials of a request, after its proofs were verified and before its handler runs. All of them or none.
    ///
    /// # Errors
    /// [`Unavailable`]. The request may have been written all the same; the same bytes find out.
    pub async fn reserve(
        &self,
        epoch: Epoch,
        serials: Vec<Serial>,
        digest: RequestDigest,
    ) -> Result<Reservation, Unavailable<S::Error>> {
        let verdict = self.store.reserve(epoch, &serials, &digest).await.map_err(Unavailable)?;
        Ok(Self::reservation(verdict, Reserved { epoch, serials, digest }))
    }

    /// Whether the request was there before: a cheap look before its proofs are verified. `None` says that it seems fresh.
    /// It decides nothing: [`reserve`](Self::reserve) does.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn seen(
        &self,
        epoch: Epoch,
        serials: &[Serial],
        digest: RequestDigest,
    ) -> Result<Option<Reservation>, Unavailable<S::Error>> {
        let verdict = self.store.peek(epoch, serials, &digest).await.map_err(Unavailable)?;
        if verdict == Verdict::Fresh {
            return Ok(None);
        }
        Ok(Some(Self::reservation(verdict, Reserved { epoch, serials: serials.to_vec(), digest })))
    }

    fn reservation(verdict: Verdict, reserved: Reserved) -> Reservation {
        match verdict {
            Verdict::Fresh => Reservation::Fresh(reserved),
            Verdict::InFlight => Reservation::InFlight(Abandoned(reserved)),
            Verdict::Replay(response) => Reservation::Replay(Answer(response)),
            Verdict::Trimmed => Reservation::Trimmed,
            Verdict::Conflict => Reservation::Conflict,
            Verdict::Expired => Reservation::Expired,
        }
    }

    /// Stores the answer. What comes back is what leaves: the first answer that was stored, which is another one where the
    /// request was recovered meanwhile.
    ///
    /// # Errors
    /// The reservation comes back with [`NotCompleted`].
    pub async fn complete(&self, reserved: Reserved, response: &[u8]) -> Result<Answer, Refused<S::Error>> {
        let stored = self.store.complete(reserved.epoch, &reserved.digest, response).await;
        let error = match stored {
            Ok(Completion::Stored) => return Ok(Answer(response.to_vec())),
            Ok(Completion::Before(Some(before))) => return Ok(Answer(before)),
            Ok(Completion::Before(None)) => NotCompleted::Trimmed,
            Ok(Completion::Unknown) => NotCompleted::Unknown,
            Err(error) => NotCompleted::Unavailable(Unavailable(error)),
        };
        Err(Refused { reserved: Box::new(reserved), error })
    }

    /// Answers a request whose handler was cut off, with the answer that the policy has for that. The handler does not run.
    /// If it still runs, whichever answer is stored first counts for both.
    ///
    /// # Errors
    /// As [`complete`](Self::complete).
    pub async fn recover(&self, abandoned: Abandoned, response: &[u8]) -> Result<Answer, Refused<S::Error>> {
        self.complete(abandoned.0, response).await
    }
}
