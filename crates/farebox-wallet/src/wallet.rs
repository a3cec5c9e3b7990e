//! The wallet: a request goes out, and is paid for where the origin asks for it.

use core::fmt;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use farebox_tokens::client::Offer;
use http::{Request, Response, StatusCode, header};
use privacypass_wire::{TokenChallenge, TokenType};

use crate::choose::{self, Candidate, Wanted};
use crate::config::Config;
use crate::error::{Declined, Error, Reason};
use crate::issuers::Issuers;
use crate::journal::{Id, Journal, JournalError};
use crate::record::Sending;
use crate::shelf::Shelf;
use crate::spend::REVERSE;
use crate::target::Target;
use crate::transport::{Caps, Transport, TransportError};
use crate::turns::Turns;

/// Issuers that are asked for one answer of an origin.
const MAX_ISSUERS: usize = 4;

/// A wallet over a transport and a journal. Share it behind an [`Arc`]: all its methods can be called at once. It runs on tokio.
pub struct Wallet<T, J> {
    pub(crate) transport: T,
    pub(crate) shelf: Arc<Shelf<J>>,
    pub(crate) config: Config,
    pub(crate) issuers: Issuers,
    /// Requests for one kind of credential, which are made one at a time.
    pub(crate) requesting: Turns,
}

/// That a response was paid for, and with what: among the extensions of the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paid {
    /// The credential.
    pub credential: Id,
    /// Its type.
    pub token_type: TokenType,
    /// For ACT, the credits that it cost, less what came back.
    pub credits: Option<u64>,
    /// Whether all is known. Where it is not, no refund came that holds: the credential stays in flight, and
    /// [`Wallet::recover`] asks again.
    pub settled: bool,
}

impl<T: Transport, J: Journal> Wallet<T, J> {
    /// A wallet with what the journal holds. Call [`recover`](Self::recover) next, when the network is there. Reading takes some
    /// milliseconds for each key.
    ///
    /// # Errors
    /// [`JournalError`], also for an entry whose state does not read.
    pub fn open(transport: T, journal: J, config: Config) -> Result<Self, JournalError> {
        let shelf = Arc::new(Shelf::open(journal)?);
        Ok(Self { transport, shelf, config, issuers: Issuers::default(), requesting: Turns::default() })
    }

    /// Sends a request, and where the answer is a 401 that asks for a token, sends it again with one: of what is held, or what is
    /// got from the issuer first. A response that was paid for has [`Paid`] among its extensions; a 401 that asks for no token of
    /// this kind comes back as it is. A header `Authorization` of the request is replaced when it is paid for.
    ///
    /// The state is in the journal before a token leaves. Where the answer is lost, the same bytes are sent again at once, some
    /// times; see [`Config::resends`].
    ///
    /// A caller may drop the future at any point. What was on its way is then in the journal, for [`recover`](Self::recover).
    ///
    /// # Errors
    /// [`Error`]; it says whether something was spent.
    pub async fn fetch(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        let target = Target::of(request.uri(), self.config.plaintext)?;
        let first = self.transport.send(request.clone(), self.config.origin_caps).await.map_err(Error::Transport)?;
        if first.status() != StatusCode::UNAUTHORIZED {
            return Ok(first);
        }
        let read = Candidate::read(&first, &target, &self.config, &self.shelf.contents());
        let Some((candidates, mut declined)) = read else { return Ok(first) };
        let mut asked = BTreeSet::new();
        for candidate in candidates {
            let token_type = Some(candidate.token_type());
            match self.prepare(&candidate, &target, &request, &mut asked).await {
                Ok(lease) => return self.deliver(lease, request).await,
                Err(reason) => {
                    tracing::debug!(token_type = %candidate.token_type(), "a challenge is not answered");
                    declined.push(Declined { token_type, reason });
                }
            }
        }
        Err(Error::Declined(declined))
    }

    /// A credential in flight for the candidate: everything up to the first byte.
    async fn prepare(
        &self,
        candidate: &Candidate,
        target: &Target,
        request: &Request<Bytes>,
        asked: &mut BTreeSet<String>,
    ) -> Result<crate::shelf::Lease<J>, Reason> {
        let wanted = self.wanted(candidate, target, asked).await?;
        let lease = self.acquire(&wanted, target).await?;
        let sending = Sending::of(request, self.config.kept_body);
        self.show(lease, wanted, target.origin.clone(), sending).await
    }

    /// The offer of a challenge, and that of its companion, each with a key that its issuer itself named.
    async fn wanted(
        &self,
        candidate: &Candidate,
        target: &Target,
        asked: &mut BTreeSet<String>,
    ) -> Result<Wanted, Reason> {
        let (received, origin) = (&candidate.received, &target.origin);
        let key = self.own_key((&candidate.challenge, received.token_key.as_deref()), target, asked).await?;
        let offer = Offer::new(received, origin, Some(&key))?;
        let companion = match offer.companion(received, origin, None)? {
            None => None,
            Some(beside) => {
                let key = self.own_key((beside.challenge(), Some(beside.key())), target, asked).await?;
                offer.companion(received, origin, Some(&key))?
            }
        };
        Ok(Wanted { offer, companion })
    }

    /// The key for a challenge: of a credential that is there, or as its issuer names it. So many issuers and no more are asked for
    /// one answer of an origin.
    async fn own_key(
        &self,
        (challenge, named): (&TokenChallenge, Option<&[u8]>),
        target: &Target,
        asked: &mut BTreeSet<String>,
    ) -> Result<Vec<u8>, Reason> {
        let held = choose::held_key((challenge, named), &self.shelf.contents()).map(<[u8]>::to_vec);
        if let Some(key) = held {
            return Ok(key);
        }
        let issuer = challenge.issuer_name();
        if !asked.contains(issuer) && asked.len() >= MAX_ISSUERS {
            return Err(Reason::ManyIssuers);
        }
        asked.insert(issuer.to_owned());
        Ok(self.issuers.key(self.parts(), (challenge, named), target).await?.key.public_key)
    }

    /// What asking an issuer takes.
    pub(crate) fn parts(&self) -> (&T, &Arc<Shelf<J>>, &Config) {
        (&self.transport, &self.shelf, &self.config)
    }

    /// Sends a request until it is answered with a status that decides something, with as many tries as the configuration has.
    pub(crate) async fn insist(&self, request: &Request<Bytes>, caps: Caps) -> Tried {
        let mut pause = self.config.pause;
        let mut tries = 1;
        loop {
            let answer = self.transport.send(request.clone(), caps).await;
            let wait = match &answer {
                Ok(response) if !is_transient(response) => return Tried { answer, tries },
                Ok(response) => retry_after(response).unwrap_or(pause),
                // It will be as large again.
                Err(TransportError::TooLarge | TransportError::Unsendable) => return Tried { answer, tries },
                Err(_) => pause,
            };
            if tries > self.config.resends {
                return Tried { answer, tries };
            }
            tokio::time::sleep(wait).await;
            pause = pause.saturating_mul(2);
            tries += 1;
        }
    }
}

/// What came of a request.
pub(crate) struct Tried {
    pub(crate) answer: Result<Response<Bytes>, TransportError>,
    /// How often it was sent.
    pub(crate) tries: u32,
}

/// Answers that say nothing of the request itself: come again. With 409 and `Retry-After` an origin says that the same bytes came
/// before and have no answer yet.
pub(crate) fn is_transient<B>(response: &Response<B>) -> bool {
    let headers = response.headers();
    match response.status().as_u16() {
        // Whoever gives a refund has taken the token: the status is the application's.
        _ if headers.contains_key(REVERSE) => false,
        408 | 425 | 429 | 502..=504 => true,
        409 => headers.contains_key(header::RETRY_AFTER),
        _ => false,
    }
}

fn retry_after(response: &Response<Bytes>) -> Option<Duration> {
    let seconds: u64 = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    (seconds <= 30).then(|| Duration::from_secs(seconds))
}

impl<T, J> fmt::Debug for Wallet<T, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wallet").finish_non_exhaustive()
    }
}
