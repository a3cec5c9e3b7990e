//! What a route asks for, what it costs, what comes back, and what happens to those who bring nothing.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use farebox_arc::Limit;
use http::request::Parts;
use privacypass_wire::TokenType;

use crate::{Price, RequestSummary, Return};

type PriceHook = Arc<dyn Fn(&Parts) -> Price + Send + Sync>;
type ReturnHook = Arc<dyn Fn(&RequestSummary, &http::response::Parts) -> Return + Send + Sync>;

/// The policy of a route.
#[derive(Clone)]
pub struct Policy {
    pub(crate) name: Arc<str>,
    pub(crate) asks: Vec<Ask>,
    pub(crate) price: PriceHook,
    pub(crate) returned: Return,
    pub(crate) return_hook: Option<ReturnHook>,
    pub(crate) on_failure: Return,
    pub(crate) fallback: Fallback,
    pub(crate) handler_timeout: Duration,
    pub(crate) max_age: Option<u64>,
    pub(crate) max_body: Option<u64>,
    pub(crate) verdict_header: VerdictHeader,
    pub(crate) prefilter: Prefilter,
}

/// One kind of token that is taken. Challenges stand in the order in which they are asked for.
#[derive(Clone, Debug)]
pub struct Ask {
    pub(crate) kind: Kind,
    pub(crate) window: Option<Window>,
    pub(crate) companion: Option<Companion>,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    SingleUse(TokenType),
    Issuer(String),
    Arc(Limit),
    Act,
}

/// Redemption contexts that change with time. The challenges of this span and the last are good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// Seconds of a span.
    pub seconds: u64,
    /// Spans behind those, at most 16, for which a retry still gets the answer that is stored for it. Nothing is redeemed in them.
    pub late: u8,
}

/// A single-use token beside an ARC presentation, by which the origin can end a credential's use. **Experimental**, in no draft.
/// Its keys and the ARC key have to be of one epoch, as their serials are reserved in one step, and it does not go with windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Companion(pub TokenType);

/// What happens to a request without a token. A token that does not hold is refused, whatever stands here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fallback {
    /// 401 with challenges.
    #[default]
    Deny,
    /// The handler runs, with [`Unmetered`](crate::Unmetered) in the request's extensions.
    AllowUnmetered,
    /// The next layer decides, with [`Challenges`](crate::Challenges) in the request's extensions. Where it answers 401, the
    /// challenges stand in the answer.
    HandOn,
}

/// Whether the handler is told by a header as well, as upstreams behind a proxy want it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VerdictHeader {
    /// No. Copies that come in are stripped all the same.
    #[default]
    None,
    /// [`VERDICT_HEADER`](crate::VERDICT_HEADER).
    Forward,
}

/// Whether the ledger is looked into before a proof is verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prefilter {
    /// Yes: a repeated or spent token costs one read and no proof.
    #[default]
    Look,
    /// No: one question to the ledger less for each fresh token. Zero spends, and tokens of windows and keys that are over, are looked
    /// up all the same.
    Skip,
}

/// A policy that cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// It asks for nothing.
    #[error("a policy asks for at least one kind of token")]
    Empty,
    /// A credential among single-use tokens, or a companion that is not single-use, or not beside ARC.
    #[error("a token type that cannot be asked for in this way")]
    TokenType,
    /// A span of 0 seconds, or more than 16 late ones; or a companion with a window.
    #[error("a window that cannot be kept")]
    Window,
}

impl Ask {
    /// A single-use token of the own issuer, `0x0001`, `0x0002` or `0x0005`.
    pub fn single_use(token_type: TokenType) -> Self {
        Kind::SingleUse(token_type).into()
    }

    /// A Blind RSA token of another issuer, whose keys [`Discovery`](crate::Discovery) finds. With no window its serials are kept for
    /// ever, since nobody says here when the keys of another issuer end.
    pub fn issuer(name: &str) -> Self {
        Kind::Issuer(name.to_owned()).into()
    }

    /// An ARC presentation, one of so many: in each window, or with no window for the life of the key.
    pub fn arc(limit: Limit) -> Self {
        Kind::Arc(limit).into()
    }

    /// An ACT spend of the route's price.
    pub fn act() -> Self {
        Kind::Act.into()
    }

    /// In contexts that change with time.
    #[must_use]
    pub fn windowed(self, window: Window) -> Self {
        Self { window: Some(window), ..self }
    }

    /// With a companion. **Experimental**.
    #[must_use]
    pub fn with_companion(self, companion: Companion) -> Self {
        Self { companion: Some(companion), ..self }
    }

    fn check(&self) -> Result<(), PolicyError> {
        let is_single = |token_type: TokenType| TokenType::KNOWN.contains(&token_type) && !token_type.is_credential();
        match (&self.kind, self.companion) {
            (Kind::SingleUse(token_type), None) if is_single(*token_type) => {}
            (Kind::Arc(_), Some(Companion(token_type))) if is_single(token_type) => {}
            (Kind::Issuer(_) | Kind::Arc(_) | Kind::Act, None) => {}
            _ => return Err(PolicyError::TokenType),
        }
        match self.window {
            Some(Window { seconds: 0, .. } | Window { late: 17.., .. }) => Err(PolicyError::Window),
            Some(_) if self.companion.is_some() => Err(PolicyError::Window),
            _ => Ok(()),
        }
    }
}

impl From<Kind> for Ask {
    fn from(kind: Kind) -> Self {
        Self { kind, window: None, companion: None }
    }
}

impl Policy {
    /// A policy of this name, which stands in metrics and in the contexts of windows: policies of one name count together. It asks
    /// for nothing yet, costs 1 credit, returns nothing, denies who brings nothing, and gives a handler 30 seconds.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            asks: Vec::new(),
            price: Arc::new(|_| Price(1)),
            returned: Return::Nothing,
            return_hook: None,
            on_failure: Return::Nothing,
            fallback: Fallback::Deny,
            handler_timeout: Duration::from_secs(30),
            max_age: None,
            max_body: None,
            verdict_header: VerdictHeader::None,
            prefilter: Prefilter::Look,
        }
    }

    /// Takes this kind of token as well.
    #[must_use]
    pub fn ask(mut self, ask: Ask) -> Self {
        self.asks.push(ask);
        self
    }

    /// One price for all requests.
    #[must_use]
    pub fn price(self, price: Price) -> Self {
        self.price_by(move |_| price)
    }

    /// A price for each request. It is asked when the client comes without a token and again when it comes with one, so it has to
    /// be the same for the same request, whatever happened between: method, path, query, length, and not the load or the hour. A
    /// token for another cost is refused with fresh challenges. It does not see `Authorization` and `PrivacyPass-Reverse`.
    #[must_use]
    pub fn price_by(mut self, price: impl Fn(&Parts) -> Price + Send + Sync + 'static) -> Self {
        self.price = Arc::new(price);
        self
    }

    /// What comes back where nobody says otherwise. Behind [`forward_auth`](crate::forward_auth) that is always.
    #[must_use]
    pub fn returns(mut self, returned: Return) -> Self {
        self.returned = returned;
        self
    }

    /// What comes back by the head of the handler's response. A [`Return`] among the response's extensions counts more.
    #[must_use]
    pub fn return_by(
        mut self,
        hook: impl Fn(&RequestSummary, &http::response::Parts) -> Return + Send + Sync + 'static,
    ) -> Self {
        self.return_hook = Some(Arc::new(hook));
        self
    }

    /// What comes back when the handler failed, panicked or took too long, and when a crash cut it off. Who can make a handler
    /// fail at will uses it for nothing where this is [`Return::All`].
    #[must_use]
    pub fn on_failure(mut self, returned: Return) -> Self {
        self.on_failure = returned;
        self
    }

    /// What happens to who brings no token.
    #[must_use]
    pub fn fallback(mut self, fallback: Fallback) -> Self {
        self.fallback = fallback;
        self
    }

    /// How long a handler may take until the head of its response is there.
    #[must_use]
    pub fn handler_timeout(mut self, timeout: Duration) -> Self {
        self.handler_timeout = timeout;
        self
    }

    /// The most seconds that a challenge says it is good for. With a window it says no more than a span.
    #[must_use]
    pub fn max_age(mut self, seconds: u64) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// The longest body that a request may announce, in bytes: a longer one is refused with 413 before its token is taken. A body
    /// that announces no length is the handler's to bound.
    #[must_use]
    pub fn max_body(mut self, bytes: u64) -> Self {
        self.max_body = Some(bytes);
        self
    }

    /// Tells the handler by a header.
    #[must_use]
    pub fn verdict_header(mut self, header: VerdictHeader) -> Self {
        self.verdict_header = header;
        self
    }

    /// Looks into the ledger first, or not.
    #[must_use]
    pub fn prefilter(mut self, prefilter: Prefilter) -> Self {
        self.prefilter = prefilter;
        self
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn check(&self) -> Result<(), PolicyError> {
        if self.asks.is_empty() {
            return Err(PolicyError::Empty);
        }
        self.asks.iter().try_for_each(Ask::check)
    }

    pub(crate) fn has_price(&self) -> bool {
        self.asks.iter().any(|ask| matches!(ask.kind, Kind::Act))
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy").field("name", &self.name).field("asks", &self.asks).finish_non_exhaustive()
    }
}
