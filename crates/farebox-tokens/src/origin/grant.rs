//! From a verified token to an answer: reserve, serve, complete.

use std::fmt;
use std::sync::Arc;

use farebox_act::VerifiedSpend;
use farebox_ledger::{Abandoned, Answer, Ledger, NotCompleted, Reservation, Reserved, Store, Unavailable};
use privacypass_wire::{Refund, TokenRequest};
use rand_core::CryptoRng;

use super::VerifiedToken;
use super::offer::Offer;
use crate::issuer::{issue_once, reads_once};
use crate::keys::IssuerKey;
use crate::opaque::opaque;
use crate::{Error, Invalid, Misuse, Refused};

/// What a request meets at the ledger.
#[derive(Debug)]
#[must_use = "only `Granted` lets the handler run"]
pub enum Outcome {
    /// The handler may run, once.
    Granted(Grant),
    /// The same bytes came before and were answered: this is the answer, with status 409 and no second run.
    Replayed(Served),
    /// The same bytes came before, and their handler has not answered. It may still run: see [`Interrupted`].
    Interrupted(Interrupted),
    /// The same bytes came before, so long ago that their answer is no longer kept.
    Forgotten,
    /// Other bytes with one of the serials came before: a double spend.
    DoubleSpend,
    /// These bytes did not come before, and cannot count now: the offer, its key's time or its epoch is over.
    Expired,
}

/// What comes back to the client, decided after the handler ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing: for single-use tokens and ARC, and for ACT a refund of 0 credits, with which the rest can be spent. A fresh companion
    /// is withheld.
    Nothing,
    /// So many of the spent credits (ACT).
    Return(u64),
    /// All of the spent credits (ACT).
    ReturnAll,
    /// A fresh companion (ARC with a companion).
    Renew,
}

/// The right to run the handler once, and the duty to answer.
#[must_use = "the request stays in flight until it is answered"]
pub struct Grant {
    hold: Hold,
    answering: Answering,
}

/// A request that was cut off, or whose handler still runs. The ledger cannot tell which.
///
/// Recover only what no handler can be running for: what was reserved before this process began, or longer ago than a handler is
/// given, on every machine. Anything else is told to come again, without an answer: a client that sends its token twice at once
/// would have the second answered as interrupted, and both would get what the policy returns then.
#[must_use = "recover it, or let it run"]
pub struct Interrupted(Grant);

/// An answer that is not stored yet, and must not leave.
#[must_use = "store it, then it may leave"]
pub struct Ready {
    hold: Hold,
    bytes: Vec<u8>,
}

enum Hold {
    Reserved(Reserved),
    Abandoned(Abandoned),
}

/// What the answer is made of.
struct Answering {
    offer: Arc<Offer>,
    spend: Option<VerifiedSpend>,
    renewal: Option<Renewal>,
}

/// A request for a fresh companion that its key can answer.
struct Renewal {
    key: Arc<IssuerKey>,
    request: TokenRequest,
}

/// An answer that is stored and may leave.
#[derive(Clone, PartialEq, Eq)]
pub struct Served {
    /// What goes into `PrivacyPass-Reverse`, on every status: a refund, or the response to the request for a companion.
    pub reverse: Option<Vec<u8>>,
}

opaque!(Grant => "Grant", Interrupted => "Interrupted", Ready => "Ready", Served => "Served");

impl From<Answer> for Served {
    fn from(answer: Answer) -> Self {
        let bytes = answer.into_bytes();
        Self { reverse: (!bytes.is_empty()).then_some(bytes) }
    }
}

/// Why a request was not reserved.
#[derive(Debug, thiserror::Error)]
pub enum Unreserved<E> {
    /// The ledger is away: refuse the request. The same bytes can ask again.
    #[error(transparent)]
    Unavailable(#[from] Unavailable<E>),
    /// The request for a companion does not read, is missing, or was not asked for.
    #[error("{0}")]
    Refused(#[from] Error),
}

/// An answer that was not stored comes back and can be tried again. If it is given up, the client's retry is answered as interrupted.
#[derive(thiserror::Error)]
#[error("the answer was not stored: {error}")]
pub struct Unstored<E> {
    /// The answer.
    pub ready: Box<Ready>,
    /// Why.
    pub error: NotCompleted<E>,
}

impl<E: fmt::Debug> fmt::Debug for Unstored<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unstored").field("error", &self.error).finish_non_exhaustive()
    }
}

impl VerifiedToken {
    /// Asks the ledger for the token's serials, all in one step. `reverse` is what came in `PrivacyPass-Reverse`: the request for the
    /// next companion, where the offer has one. It has to be one that a companion's key answers now, or nothing is reserved.
    ///
    /// # Errors
    /// [`Unreserved`].
    pub async fn reserve<S: Store>(
        self,
        ledger: &Ledger<S>,
        reverse: Option<&[u8]>,
    ) -> Result<Outcome, Unreserved<S::Error>> {
        if self.offer.companions.is_empty() != reverse.is_none() {
            return Err(Error::from(Invalid::Companion).into());
        }
        let (digest, now) = (self.digest(reverse), self.now);
        let renewal = reverse.map(|bytes| Renewal::read(&self.offer, bytes, now)).transpose();
        let grants = self.grants && renewal.is_ok();
        let Self { offer, serials, spend, .. } = self;
        let reservation = if grants {
            Some(ledger.reserve(offer.epoch, serials, digest).await?)
        } else {
            // Nothing new is taken; what came before is answered.
            ledger.seen(offer.epoch, &serials, digest).await?
        };
        let renewal = match (renewal, &reservation) {
            (Err(error), None) => return Err(error.into()),
            (renewal, _) => renewal.ok().flatten(),
        };
        let answering = Answering { offer, spend, renewal };
        Ok(match reservation {
            Some(Reservation::Fresh(reserved)) => Outcome::Granted(Grant { hold: Hold::Reserved(reserved), answering }),
            Some(Reservation::InFlight(abandoned)) => {
                Outcome::Interrupted(Interrupted(Grant { hold: Hold::Abandoned(abandoned), answering }))
            }
            Some(Reservation::Replay(answer)) => Outcome::Replayed(answer.into()),
            Some(Reservation::Trimmed) => Outcome::Forgotten,
            Some(Reservation::Conflict) => Outcome::DoubleSpend,
            Some(Reservation::Expired) | None => Outcome::Expired,
        })
    }
}

impl Renewal {
    /// The key is one of the companions' own, whatever else this origin issues, and it issues now.
    fn read(offer: &Offer, bytes: &[u8], now: u64) -> Result<Self, Error> {
        let request = TokenRequest::from_bytes(bytes)?;
        let named = offer.companions.iter().find(|companion| {
            companion.challenge.token_type() == request.token_type()
                && companion.key_id.truncated() == request.truncated_key_id()
                && companion.validity.issues(now)
        });
        let key = named.and_then(|companion| companion.once()).ok_or(Invalid::Companion)?;
        if !reads_once(key, &request) {
            return Err(Invalid::Companion.into());
        }
        Ok(Self { key: key.clone(), request })
    }
}

impl Grant {
    /// The credits that were spent, for ACT: the most that can come back.
    pub fn charge(&self) -> Option<u64> {
        self.answering.spend.as_ref().map(|spend| spend.charge().get())
    }

    /// Makes the answer. Call it on every outcome of the handler, also when it failed.
    ///
    /// # Errors
    /// The grant comes back with [`Misuse`] for a decision that does not fit the token.
    pub fn decide<R: CryptoRng + ?Sized>(self, decision: Decision, rng: &mut R) -> Result<Ready, Refused<Self>> {
        let Self { hold, answering } = self;
        match answering.make(decision, rng) {
            Ok(bytes) => Ok(Ready { hold, bytes }),
            Err(refused) => {
                let (answering, error) = refused.into_parts();
                Err(Refused::new(Self { hold, answering }, error))
            }
        }
    }
}

impl Interrupted {
    /// Answers in the place of a handler that was cut off, with what the policy returns then. The handler does not run again. If it
    /// still runs, whichever answer is stored first is sent by both.
    pub fn recover(self) -> Grant {
        self.0
    }
}

impl Ready {
    /// Stores the answer and gives what leaves.
    ///
    /// # Errors
    /// The answer comes back with [`NotCompleted`].
    pub async fn store<S: Store>(self, ledger: &Ledger<S>) -> Result<Served, Unstored<S::Error>> {
        let Self { hold, bytes } = self;
        let stored = match hold {
            Hold::Reserved(reserved) => ledger.complete(reserved, &bytes).await,
            Hold::Abandoned(abandoned) => ledger.recover(abandoned, &bytes).await,
        };
        stored.map(Served::from).map_err(|refused| {
            let ready = Self { hold: Hold::Reserved(*refused.reserved), bytes };
            Unstored { ready: Box::new(ready), error: refused.error }
        })
    }
}

impl Answering {
    /// The bytes of the answer; none where nothing comes back.
    fn make<R: CryptoRng + ?Sized>(self, decision: Decision, rng: &mut R) -> Result<Vec<u8>, Refused<Self>> {
        let Self { offer, spend, renewal } = self;
        let Some(spend) = spend else {
            let made = match (&renewal, decision) {
                (_, Decision::Nothing) => Ok(Vec::new()),
                (Some(Renewal { key, request }), Decision::Renew) => {
                    issue_once(key, request, rng).map(|response| response.to_bytes())
                }
                _ => Err(Misuse::TokenType.into()),
            };
            return made.map_err(|error| Refused::new(Self { offer, spend: None, renewal }, error));
        };
        match refund(&offer, spend, decision, rng) {
            Ok(bytes) => Ok(bytes),
            Err(refused) => {
                let (spend, error) = refused.into_parts();
                Err(Refused::new(Self { offer, spend: Some(spend), renewal }, error))
            }
        }
    }
}

/// The change of a spend, framed.
fn refund<R: CryptoRng + ?Sized>(
    offer: &Offer,
    spend: VerifiedSpend,
    decision: Decision,
    rng: &mut R,
) -> Result<Vec<u8>, Refused<VerifiedSpend>> {
    let returned = match decision {
        Decision::Nothing => 0,
        Decision::Return(credits) => credits,
        Decision::ReturnAll => spend.charge().get(),
        Decision::Renew => return Err(Refused::new(spend, Misuse::TokenType)),
    };
    let Some(act) = offer.act() else { return Err(Refused::new(spend, Misuse::TokenType)) };
    let returned = match act.params.credits(returned) {
        Ok(returned) => returned,
        Err(_) => return Err(Refused::new(spend, Misuse::Parameter)),
    };
    match spend.refund(&act.params, &act.key, returned, rng) {
        // Its length is that of every refund.
        Ok(refund) => Ok(Refund::new(&refund.to_bytes()).map(|refund| refund.to_bytes()).unwrap_or_default()),
        Err(refused) => {
            let (spend, error) = refused.into_parts();
            Err(Refused::new(spend, error))
        }
    }
}
