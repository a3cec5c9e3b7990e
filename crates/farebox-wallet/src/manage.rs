//! What a wallet holds, and what it does with what was cut off.

use bytes::Bytes;
use farebox_tokens::client::{EntryKind, Restored};
use http::{Request, Response};
use privacypass_wire::TokenType;

use crate::acquire::blocking;
use crate::ask::give_back;
use crate::choose::Stage;
use crate::error::{Error, Reason};
use crate::journal::{Id, Journal, JournalError};
use crate::record::{Credential, Sending};
use crate::settle::{self, Settlement};
use crate::shelf::Lease;
use crate::spend::authorized;
use crate::transport::Transport;
use crate::wallet::{Paid, Wallet};

/// A credential of the wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Its id.
    pub id: Id,
    /// Its type.
    pub token_type: TokenType,
    /// The issuer.
    pub issuer: String,
    /// The origin that it was got for, or shown to last.
    pub origin: String,
    /// Where it stands.
    pub stage: Stage,
    /// A call works on it now.
    pub in_use: bool,
    /// What there is of it.
    pub amount: Amount,
}

/// What there is of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Amount {
    /// So many single-use tokens, or those that were asked for.
    Tokens(u64),
    /// Presentations in the last context that it was shown in, and the limit there.
    Presentations {
        /// Those that were made.
        used: u64,
        /// The limit, as the last challenge said.
        limit: u64,
    },
    /// ACT credits.
    Credits {
        /// What can be spent; in flight, what is left in any case.
        balance: u64,
        /// In flight: what was spent, of which a part may come back.
        charge: u64,
    },
    /// ACT credits that were asked for: the issuer says how many.
    Asked,
}

/// What became of a credential that was cut off.
#[derive(Debug)]
#[non_exhaustive]
pub enum Recovered {
    /// The issuer answered, and it is there.
    Issued,
    /// The origin answered, and it is settled. Status 409 says that the request was served before, and its answer is lost; any other
    /// status is of a request that arrived now for the first time.
    Settled(Response<Bytes>),
    /// The origin answered, and nothing in it settles the credential.
    Kept(Response<Bytes>),
    /// The request's body was not kept: [`Wallet::resend`] takes it.
    NeedsRequest,
    /// It is not settled, for this reason.
    Failed(Error),
}

impl<T: Transport, J: Journal> Wallet<T, J> {
    /// All credentials.
    pub fn holdings(&self) -> Vec<Holding> {
        let all: Vec<(Id, Credential, bool)> = {
            let contents = self.shelf.contents();
            contents.credentials().map(|(id, held)| (id, held.clone(), contents.is_busy(id))).collect()
        };
        let holding = |(id, held, in_use): (Id, Credential, bool)| Holding {
            id,
            token_type: held.about.challenge.token_type(),
            issuer: held.about.challenge.issuer_name().to_owned(),
            origin: held.about.origin.clone(),
            stage: held.stage(),
            in_use,
            amount: self.shelf.restore(&held).map_or(Amount::Asked, |state| amount(&state, &held)),
        };
        all.into_iter().map(holding).collect()
    }

    /// Credits that each origin got, less what came back, by origin. The budget counts them.
    pub fn spent(&self) -> Vec<(String, u64)> {
        let contents = self.shelf.contents();
        contents.spent().map(|(_, spent)| (spent.origin.clone(), spent.credits)).collect()
    }

    /// Counts from 0 again. What is in flight now can lower what is spent later by what comes back of it, never below 0.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn reset_spent(&self) -> Result<(), Error> {
        let shelf = self.shelf.clone();
        blocking(move || shelf.transact(|contents| Ok(contents.spent().map(|(id, _)| (id, None)).collect()))).await
    }

    /// Sends again all that was cut off, byte for byte: requests to issuers, and requests with a token. One that never arrived is
    /// served now. What another call works on is left alone.
    ///
    /// Gives what became of each. Those that are not settled can be recovered later, or [abandoned](Self::abandon).
    pub async fn recover(&self) -> Vec<(Id, Recovered)> {
        let cut: Vec<(Id, Stage)> = {
            let contents = self.shelf.contents();
            let cut = contents.credentials().filter(|(_, held)| held.stage() != Stage::Idle);
            cut.map(|(id, held)| (id, held.stage())).collect()
        };
        let mut all = Vec::new();
        for (id, stage) in cut {
            let Some(lease) = self.shelf.lease(id) else { continue };
            let now = self.shelf.contents().credential(id).map(|held| held.stage());
            // Whoever worked on it meanwhile has settled it.
            if now != Some(stage) {
                continue;
            }
            let recovered = match stage {
                Stage::Asked => self.recover_asked(lease).await,
                _ => self.recover_in_flight(lease, None).await,
            };
            all.push((id, recovered));
        }
        all
    }

    async fn recover_asked(&self, lease: Lease<J>) -> Recovered {
        match self.ask(lease).await {
            Ok(()) => Recovered::Issued,
            Err(Reason::Journal(error)) => Recovered::Failed(Error::Journal(error)),
            Err(reason) => {
                Recovered::Failed(Error::Declined(vec![crate::error::Declined { token_type: None, reason }]))
            }
        }
    }

    async fn recover_in_flight(&self, lease: Lease<J>, given: Option<Request<Bytes>>) -> Recovered {
        match self.again(lease, given).await {
            Ok(Some((response, Settlement::Used | Settlement::Returned { .. }))) => Recovered::Settled(response),
            Ok(Some((response, Settlement::Kept))) => Recovered::Kept(response),
            Ok(None) => Recovered::NeedsRequest,
            Err(error) => Recovered::Failed(error),
        }
    }

    async fn again(
        &self,
        lease: Lease<J>,
        given: Option<Request<Bytes>>,
    ) -> Result<Option<(Response<Bytes>, Settlement)>, Error> {
        let id = lease.id();
        let credential = self.shelf.contents().credential(id).ok_or(Error::Unknown(id))?;
        let kept = credential.sending.as_ref().and_then(Sending::request);
        let Some(request) = given.or(kept) else { return Ok(None) };
        let request = authorized(request, &self.shelf.restore(&credential)?)?;
        let answer = self.insist(&request, self.config.origin_caps).await.answer;
        let response = answer.map_err(|_| Error::Unanswered { id })?;
        let (mut response, settlement) = self.settle(lease, response).await?;
        let token_type = credential.about.challenge.token_type();
        let credits = match settlement {
            Settlement::Kept => return Ok(Some((response, settlement))),
            Settlement::Used => None,
            Settlement::Returned { credits } => credits,
        };
        response.extensions_mut().insert(Paid { credential: id, token_type, credits, settled: true });
        Ok(Some((response, settlement)))
    }

    /// As [`recover`](Self::recover) for one spend, with its request at hand: for one whose body was too long to keep.
    ///
    /// # Errors
    /// [`Error::Unknown`] where it is not in flight, [`Error::InUse`], and [`Error::OtherRequest`] where method or URL differ.
    pub async fn resend(&self, id: Id, request: Request<Bytes>) -> Result<Recovered, Error> {
        let lease = self.lease(id)?;
        let credential = self.shelf.contents().credential(id).ok_or(Error::Unknown(id))?;
        if credential.stage() != Stage::InFlight {
            return Err(Error::Unknown(id));
        }
        let is_same =
            |sent: &Sending| sent.method == request.method().as_str() && sent.url == request.uri().to_string();
        if !credential.sending.as_ref().is_some_and(is_same) {
            return Err(Error::OtherRequest(id));
        }
        Ok(self.recover_in_flight(lease, Some(request)).await)
    }

    /// Gives a credential up. In flight, a presentation counts as used, and its credential stays; of ACT in flight and of all else,
    /// what there is of it is lost: its balance, its tokens, or what the issuer would have answered. Credits that were spent stay
    /// counted.
    ///
    /// Gives what it was before.
    ///
    /// # Errors
    /// [`Error::Unknown`], [`Error::InUse`], [`Error::Journal`].
    pub async fn abandon(&self, id: Id) -> Result<Holding, Error> {
        let before = self.holdings().into_iter().find(|holding| holding.id == id).ok_or(Error::Unknown(id))?;
        let lease = self.lease(id)?;
        let attestation = self.config.attestation.clone();
        blocking(move || {
            let credential = lease.shelf().contents().credential(id).ok_or(Error::Unknown(id))?;
            if matches!(credential.kind(), Some(EntryKind::ArcPresented | EntryKind::PairInFlight)) {
                return settle::give_up(&lease).map_err(|_| Error::Journal(JournalError::Corrupt));
            }
            lease.shelf().transact::<Error>(|_| Ok(vec![(id, None)]))?;
            if credential.stage() == Stage::Asked {
                give_back(&*attestation, &credential);
            }
            Ok(())
        })
        .await?;
        Ok(before)
    }

    fn lease(&self, id: Id) -> Result<Lease<J>, Error> {
        if self.shelf.contents().credential(id).is_none() {
            return Err(Error::Unknown(id));
        }
        self.shelf.lease(id).ok_or(Error::InUse(id))
    }
}

fn amount(state: &Restored, held: &Credential) -> Amount {
    let limit = held.about.limit.unwrap_or(0);
    let presentations = |used: u64| Amount::Presentations { used, limit };
    match state {
        Restored::BatchPending(pending) => Amount::Tokens(pending.count() as u64),
        Restored::GenericPending(pending) => Amount::Tokens(pending.count() as u64),
        Restored::ArcPending(_) => presentations(0),
        Restored::ArcHolder(holder) => presentations(holder.used(&held.about.challenge)),
        Restored::Pair(pair) => presentations(pair.holder.used(&held.about.challenge)),
        Restored::ArcPresented(presented) => presentations(presented.holder().used(&held.about.challenge)),
        Restored::PairInFlight(flight) => presentations(flight.holder().used(&held.about.challenge)),
        Restored::ActPending(_) => Amount::Asked,
        Restored::ActIdle(idle) => Amount::Credits { balance: idle.balance().get(), charge: 0 },
        Restored::ActInFlight(flight) => {
            Amount::Credits { balance: flight.remaining().get(), charge: flight.charge().get() }
        }
        _ => Amount::Tokens(1),
    }
}

impl Credential {
    /// Whether it may go where it fits nothing: tokens and presentations can be had again, credits cannot.
    pub(crate) fn is_droppable(&self) -> bool {
        matches!(self.kind(), Some(EntryKind::Held | EntryKind::ArcHolder | EntryKind::Pair))
    }
}
