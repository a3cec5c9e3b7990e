//! What a wallet may do.

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use privacypass_wire::TokenType;

use crate::attest::{Attestation, NoAttestation};
use crate::transport::Caps;

/// What a wallet may do. Start from [`Config::default`].
#[derive(Clone)]
pub struct Config {
    /// The token types that are used. Among challenges that cost the same, the earlier type is taken.
    pub types: Vec<TokenType>,
    /// What may be spent.
    pub budget: Budget,
    /// Which issuers are asked.
    pub trust: Trust,
    /// Where the directory of an issuer is, if not at `https://<name>/.well-known/private-token-issuer-directory`.
    pub directories: BTreeMap<String, String>,
    /// Hosts that an issuer's directory may send requests to, by the issuer's name, beside the directory's own host.
    pub request_hosts: BTreeMap<String, BTreeSet<String>>,
    /// Where http without TLS is taken.
    pub plaintext: Plaintext,
    /// What shows an issuer that it may issue.
    pub attestation: Arc<dyn Attestation>,
    /// Single-use tokens that are asked for at once, where the challenge has no redemption context: 1 to 100.
    pub batch: usize,
    /// The same where it has one, which may be good for one request only.
    pub batch_in_context: usize,
    /// Spends at once with credentials of one kind: above it a fetch waits for one of them.
    pub parallel: usize,
    /// Credentials of one kind, those in flight included. A fetch that would need another one is refused.
    pub credentials: usize,
    /// How often a request is sent again at once, after an answer was lost.
    pub resends: u32,
    /// The pause before that, which doubles each time. A `Retry-After` of up to 30 seconds counts instead.
    pub pause: Duration,
    /// What is read and waited for at origins.
    pub origin_caps: Caps,
    /// The same at issuers.
    pub issuer_caps: Caps,
    /// Bytes of a request's body that are kept beside a spend, so that [`recover`](crate::Wallet::recover) can send it again.
    pub kept_body: usize,
    /// What to do when all presentations of a context were made.
    pub used_up: UsedUp,
    /// Seconds after which a credential goes that fits no challenge any more. Credits are not dropped.
    pub stale_after: u64,
    /// Seconds that an issuer's directory is good for at least and at most, whatever it says; where it says nothing, the half of both.
    pub directory_age: (u64, u64),
    /// Keys of one type that an issuer may have in use at once. One that had many could know its clients by their keys.
    pub keys: usize,
    /// Seconds of Unix time.
    pub clock: Clock,
}

/// Credits that may be spent, refunds taken off. A spend that would go above one of these is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// In one request.
    pub request: u64,
    /// At one origin.
    pub origin: u64,
    /// In all.
    pub total: u64,
}

/// Which issuers are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trust {
    /// Any that an origin names.
    Any,
    /// These names, as they stand in challenges.
    Only(BTreeSet<String>),
}

/// Where http without TLS is taken. Tokens are as good as money to whoever reads them on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Plaintext {
    /// Nowhere.
    Never,
    /// At this machine's own addresses: 127.0.0.0/8, `[::1]`, the unspecified ones and `localhost`. An issuer there is spoken to without TLS, and only for
    /// origins that are there as well.
    Loopback,
    /// At any origin and issuer whose URL says so.
    Anywhere,
}

/// What to do when an ARC credential has made all presentations of a context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UsedUp {
    /// Refuse, until the context changes: the limit is meant for the client.
    Wait,
    /// Ask the issuer for another credential, which it may refuse.
    AskAgain,
}

/// A clock.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> u64 + Send + Sync>);

impl Clock {
    /// A clock that is asked for seconds of Unix time.
    pub fn new(now: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The system's.
    pub fn system() -> Self {
        Self::new(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
    }

    /// Seconds of Unix time.
    pub fn now(&self) -> u64 {
        (self.0)()
    }
}

impl Default for Config {
    /// All five types; at most 100 credits in a request, 1000 at an origin and 10 000 in all; any issuer, over TLS but on this
    /// machine; batches of 8, and of 1 in a context; 3 spends at once and 8 credentials of a kind.
    fn default() -> Self {
        use TokenType as T;
        Self {
            types: vec![T::VOPRF_RISTRETTO255, T::VOPRF_P384, T::BLIND_RSA, T::ARC, T::ACT],
            budget: Budget { request: 100, origin: 1000, total: 10_000 },
            trust: Trust::Any,
            directories: BTreeMap::new(),
            request_hosts: BTreeMap::new(),
            plaintext: Plaintext::Loopback,
            attestation: Arc::new(NoAttestation),
            batch: 8,
            batch_in_context: 1,
            parallel: 3,
            credentials: 8,
            resends: 2,
            pause: Duration::from_millis(200),
            origin_caps: Caps::ORIGIN,
            issuer_caps: Caps::ISSUER,
            kept_body: 64 << 10,
            used_up: UsedUp::Wait,
            stale_after: 24 * 3600,
            directory_age: (60, 24 * 3600),
            keys: 4,
            clock: Clock::system(),
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock(..)")
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("types", &self.types).finish_non_exhaustive()
    }
}
