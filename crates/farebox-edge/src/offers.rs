//! The offers of a route: which challenges it sends now, and which tokens it takes.

use std::collections::HashMap;
use std::sync::Arc;

use farebox_ledger::Epoch;
use farebox_tokens::origin::{BoundToken, ContextWindow, Demand, Offer, Offers, Terms};
use farebox_tokens::{Error, Invalid, KeyRing, Registered};
use http::HeaderValue;
use privacypass_wire::http::{PrivateTokenChallenge, Style, WwwAuthenticate};
use privacypass_wire::{Malformed, TokenType};

use crate::foreign::{ForeignKey, ForeignKeys};
use crate::policy::{Ask, Companion, Kind, Policy, Window};
use crate::{Config, Price};

/// The seconds of an epoch of the ledger. The keys of an issuer count their epochs in the same way: the day in which they end.
pub(crate) const DAY: u64 = 86_400;

/// Prices for which offers are kept made. A price hook that knows more makes them again.
const PRICES: usize = 64;

/// What offers are made of.
pub(crate) struct Sources<'a> {
    pub(crate) config: &'a Config,
    pub(crate) policy: &'a Policy,
    pub(crate) ring: &'a KeyRing,
    pub(crate) foreign: &'a ForeignKeys,
}

/// Offers that hold from one time to another, as long as the keys are the same.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) generation: u64,
    from: u64,
    until: u64,
    /// Of all asks without a price.
    fixed: Arc<Offers>,
    /// By ask, in the policy's order.
    challenges: Vec<Vec<PrivateTokenChallenge>>,
    priced: HashMap<Price, Arc<Priced>>,
}

/// The offers for a price.
#[derive(Debug)]
pub(crate) struct Priced {
    fixed: Arc<Offers>,
    act: Offers,
    pub(crate) price: Price,
    /// The value of `WWW-Authenticate`; none where no key issues now.
    pub(crate) challenges: Option<HeaderValue>,
}

/// A context in which an ask is good, or was.
struct Span {
    context: Option<[u8; 32]>,
    /// The end of all answers in it.
    end: Option<u64>,
    age: Age,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Age {
    Now,
    Last,
    Late,
}

impl Made {
    pub(crate) fn new(sources: &Sources<'_>, generation: u64, now: u64) -> Self {
        let (from, until) = sources.span_of_time(now);
        let mut fixed = Offers::default();
        let challenges = sources.policy.asks.iter().map(|ask| match ask.kind {
            Kind::Act => Vec::new(),
            _ => sources.offers(ask, Price(0), now, &mut fixed),
        });
        let challenges = challenges.collect();
        Self { generation, from, until, fixed: Arc::new(fixed), challenges, priced: HashMap::new() }
    }

    pub(crate) fn holds(&self, generation: u64, now: u64) -> bool {
        self.generation == generation && (self.from..self.until).contains(&now)
    }

    pub(crate) fn priced(&mut self, sources: &Sources<'_>, price: Price, now: u64) -> Arc<Priced> {
        if let Some(priced) = self.priced.get(&price) {
            return Arc::clone(priced);
        }
        let mut act = Offers::default();
        let asks = sources.policy.asks.iter().zip(&self.challenges);
        let challenges: Vec<_> = asks
            .flat_map(|(ask, fixed)| match ask.kind {
                Kind::Act => sources.offers(ask, price, now, &mut act),
                _ => fixed.clone(),
            })
            .collect();
        let challenges = header(&challenges);
        let priced = Arc::new(Priced { fixed: Arc::clone(&self.fixed), act, price, challenges });
        if self.priced.len() >= PRICES {
            self.priced.clear();
        }
        self.priced.insert(price, Arc::clone(&priced));
        priced
    }
}

/// One field for all challenges: proxies that copy one take no second.
fn header(challenges: &[PrivateTokenChallenge]) -> Option<HeaderValue> {
    if challenges.is_empty() {
        return None;
    }
    HeaderValue::try_from(WwwAuthenticate::to_header_value(challenges, Style::Quoted).ok()?).ok()
}

impl Priced {
    /// Finds the offer that a token answers.
    pub(crate) fn bind(&self, token: &[u8], companion: Option<&[u8]>, now: u64) -> Result<BoundToken, Error> {
        let is_act = token.first_chunk() == Some(&TokenType::ACT.code().to_be_bytes());
        let offers = if is_act { &self.act } else { &self.fixed };
        offers.bind(token, companion, now)
    }
}

impl Sources<'_> {
    /// From when to when the same offers are made: no span and no key begins or ends between.
    fn span_of_time(&self, now: u64) -> (u64, u64) {
        let keys = self.ring.iter().map(|key| key.validity);
        let keys = keys.flat_map(|validity| [validity.not_before, validity.issue_until, validity.accept_until]);
        let foreign = self.foreign.values().flatten().flat_map(ForeignKey::changes);
        let windows = self.policy.asks.iter().filter_map(|ask| ask.window).flat_map(|window| {
            let number = now.checked_div(window.seconds).unwrap_or_default();
            [number, number.saturating_add(1)].map(|number| number.saturating_mul(window.seconds))
        });
        let (mut from, mut until) = (0, u64::MAX);
        for change in keys.chain(foreign).chain(windows) {
            if change <= now {
                from = change.max(from);
            } else {
                until = change.min(until);
            }
        }
        (from, until)
    }

    /// Adds the offers of an ask, and gives the challenges that are sent now.
    fn offers(&self, ask: &Ask, price: Price, now: u64, offers: &mut Offers) -> Vec<PrivateTokenChallenge> {
        let mut challenges = Vec::new();
        for (demand, is_current) in self.demands(&ask.kind, price, now) {
            for span in self.spans(ask.window, now) {
                match self.offer(ask, demand.clone(), &span, now) {
                    Ok(offer) if span.age == Age::Late => offers.retire(offer),
                    Ok(offer) if is_current && span.age == Age::Now => {
                        challenges.push(offer.to_wire());
                        offers.insert(offer);
                    }
                    Ok(offer) => offers.accept(offer),
                    Err(error) => tracing::error!(route = self.policy.name(), %error, "no offer can be made of an ask"),
                }
            }
        }
        challenges
    }

    /// What is asked of each key, and whether challenges name it. Of a key whose time is over, what was redeemed is still answered.
    fn demands(&self, kind: &Kind, price: Price, now: u64) -> Vec<(Demand, bool)> {
        match kind {
            Kind::SingleUse(token_type) => self.own(*token_type, now, Demand::Once),
            Kind::Arc(limit) => self.own(TokenType::ARC, now, |key| Demand::Arc(key, *limit)),
            Kind::Act => self.own(TokenType::ACT, now, |key| Demand::Act(key, price.0)),
            Kind::Issuer(name) => {
                let keys = self.foreign.get(name).map(Vec::as_slice).unwrap_or_default();
                let current = keys.iter().position(|key| key.issues(now));
                let demand = |key: &ForeignKey| Demand::BlindRsa(key.key.clone(), key.validity());
                keys.iter().enumerate().map(|(at, key)| (demand(key), Some(at) == current)).collect()
            }
        }
    }

    fn own(&self, token_type: TokenType, now: u64, demand: impl Fn(Registered) -> Demand) -> Vec<(Demand, bool)> {
        let current = self.ring.current(token_type, now).map(Registered::id);
        let of_type = self.ring.iter().filter(|key| key.key().token_type() == token_type);
        of_type.map(|key| (demand(key.clone()), Some(key.id()) == current)).collect()
    }

    fn offer(&self, ask: &Ask, demand: Demand, span: &Span, now: u64) -> Result<Offer, Error> {
        let config = self.config;
        let own = !matches!(ask.kind, Kind::Issuer(_));
        let issuer_name = match &ask.kind {
            Kind::Issuer(name) => name.clone(),
            _ => config.issuer_name.clone(),
        };
        let is_credential = matches!(ask.kind, Kind::Arc(_) | Kind::Act);
        let span_age = ask.window.map(|window| window.seconds);
        let terms = Terms {
            issuer_name,
            origin_info: config.origin_info.clone(),
            redemption_context: span.context,
            credential_context: config.credential_context.filter(|_| own && is_credential),
            max_age: [self.policy.max_age, span_age].into_iter().flatten().min(),
            // A nullifier counts once for its key, in whatever context it is spent.
            context_epoch: span.end.filter(|_| !matches!(ask.kind, Kind::Act)).map(|end| Epoch(end / DAY)),
        };
        let offer = Offer::new(&terms, demand)?;
        match ask.companion {
            None => Ok(offer),
            Some(Companion(token_type)) => {
                self.companions(offer, token_type, &Terms { credential_context: None, ..terms }, now)
            }
        }
    }

    /// Names the companions' key that issues now, and those whose companions are accepted as well.
    fn companions(&self, offer: Offer, token_type: TokenType, terms: &Terms, now: u64) -> Result<Offer, Error> {
        let beside = |key: &Registered| Offer::new(terms, Demand::Once(key.clone()));
        let current = self.ring.current(token_type, now).ok_or(Invalid::Key)?;
        let mut offer = offer.with_companion(beside(current)?)?;
        let others = self.ring.iter().filter(|key| key.key().token_type() == token_type && key.id() != current.id());
        for key in others.filter(|key| key.validity.epoch == current.validity.epoch) {
            offer = offer.with_companion(beside(key)?)?;
        }
        Ok(offer)
    }

    fn spans(&self, window: Option<Window>, now: u64) -> Vec<Span> {
        let Some(window) = window else { return vec![Span { context: None, end: None, age: Age::Now }] };
        let contexts = ContextWindow::new(*self.config.window_secret.as_bytes(), window.seconds);
        let name = context_name(&self.policy.name, window);
        let number = contexts.number(now);
        let spans = (0..2 + u64::from(window.late)).map_while(|back| {
            let number = number.checked_sub(back)?;
            // It is good in its span and the next, and answered for `late` more.
            let end = number.saturating_add(2 + u64::from(window.late)).saturating_mul(window.seconds);
            let age = [Age::Now, Age::Last].get(back as usize).copied().unwrap_or(Age::Late);
            Some(Span { context: Some(contexts.context(&name, number)), end: Some(end), age })
        });
        spans.collect()
    }
}

/// The epoch of a context follows from the window, so a window of another shape has other contexts: no context ever changes its
/// epoch, and no serial counts in two.
fn context_name(policy: &str, window: Window) -> Vec<u8> {
    let mut name = policy.as_bytes().to_vec();
    name.extend(window.seconds.to_be_bytes());
    name.push(window.late);
    name
}

/// Whether an error is of the bytes and not of what they say.
pub(crate) fn malformed(error: &Error) -> Option<&Malformed> {
    match error {
        Error::Malformed(malformed) => Some(malformed),
        _ => None,
    }
}
