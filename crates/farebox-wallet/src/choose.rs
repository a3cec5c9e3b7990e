//! What an origin asks for, and which of it is answered.

use bytes::Bytes;
use farebox_tokens::client::{EntryKind, JournalEntry, Offer, Terms};
use farebox_tokens::{Invalid, Misuse};
use http::{Response, header};
use privacypass_wire::http::{PrivateTokenChallenge, Reading, WwwAuthenticate};
use privacypass_wire::{Any, KeyId, Limits, TokenChallenge, TokenType};

use crate::config::Config;
use crate::error::{Cap, Declined, Reason};
use crate::record::{About, Credential};
use crate::shelf::Contents;
use crate::target::Target;

/// A challenge that this wallet could answer.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) received: PrivateTokenChallenge,
    pub(crate) challenge: TokenChallenge,
    /// Credits.
    pub(crate) cost: u64,
}

/// What is answered: an offer, and the one for a token beside it.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) offer: Offer,
    pub(crate) companion: Option<Offer>,
}

/// Where a credential stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The issuer was asked, and has not answered.
    Asked,
    /// It can be shown.
    Idle,
    /// It was shown, and what came back is not known.
    InFlight,
}

impl Candidate {
    /// The challenges of a response of status 401, those that are answered first in front: what is held, then what costs least, then
    /// the order of the configuration. `None` where the origin wants something else than tokens.
    ///
    /// Of one type and issuer the first alone counts: an origin that had given each client a context of its own could list many of
    /// them, and know the client by the one that is chosen.
    pub(crate) fn read(
        response: &Response<Bytes>,
        target: &Target,
        config: &Config,
        contents: &Contents,
    ) -> Option<(Vec<Self>, Vec<Declined>)> {
        let fields = response.headers().get_all(header::WWW_AUTHENTICATE);
        let fields = fields.iter().map(http::HeaderValue::as_bytes);
        let read = match WwwAuthenticate::parse(fields, Reading::Lenient, &Limits::DEFAULT) {
            Ok(read) => read,
            Err(error) => return Some((Vec::new(), vec![declined(None, farebox_tokens::Error::from(error))])),
        };
        if read.challenges.is_empty() && read.refused.is_empty() {
            return None;
        }
        let mut refused: Vec<Declined> =
            read.refused.into_iter().map(|error| declined(None, farebox_tokens::Error::from(error))).collect();
        let mut all: Vec<Self> = Vec::new();
        for received in read.challenges {
            match Self::new(received, target, config) {
                Ok(candidate) if all.iter().any(|first| first.is_like(&candidate)) => {
                    refused.push(declined(Some(candidate.token_type()), Reason::NotFirst));
                }
                Ok(candidate) => all.push(candidate),
                Err(reason) => refused.push(reason),
            }
        }
        let place = |candidate: &Self| config.types.iter().position(|known| *known == candidate.challenge.token_type());
        all.sort_by_cached_key(|candidate| (!candidate.is_held(contents), candidate.cost, place(candidate)));
        Some((all, refused))
    }

    fn new(received: PrivateTokenChallenge, target: &Target, config: &Config) -> Result<Self, Declined> {
        let challenge = match received.decode() {
            Ok(Any::Known(challenge)) => challenge,
            Ok(Any::Unknown(other)) => return Err(declined(Some(other.token_type()), Reason::Type)),
            Err(error) => return Err(declined(None, farebox_tokens::Error::from(error))),
        };
        let token_type = challenge.token_type();
        let cost = if token_type == TokenType::ACT { received.cost } else { Some(0) };
        let reason = match cost {
            _ if !config.types.contains(&token_type) => Reason::Type,
            _ if !challenge.is_for_origin(&target.origin) => Reason::Challenge(Invalid::Challenge.into()),
            None => Reason::Challenge(Misuse::Challenge.into()),
            Some(cost) if cost > config.budget.request => Reason::Budget(Cap::Request),
            Some(cost) => return Ok(Self { received, challenge, cost }),
        };
        Err(declined(Some(token_type), reason))
    }

    /// Whether two are of one type and issuer, whatever their contexts and origins are.
    fn is_like(&self, other: &Self) -> bool {
        let (one, other) = (&self.challenge, &other.challenge);
        one.token_type() == other.token_type() && one.issuer_name().eq_ignore_ascii_case(other.issuer_name())
    }

    pub(crate) fn token_type(&self) -> TokenType {
        self.challenge.token_type()
    }

    fn is_held(&self, contents: &Contents) -> bool {
        let id = self.received.token_key.as_deref().map(KeyId::of_public_key);
        let fits = |held: &Credential| {
            is_kin(&held.about, &self.challenge, id.unwrap_or(held.about.key_id)) && held.stage() == Stage::Idle
        };
        contents.credentials().any(|(_, held)| fits(held))
    }
}

/// The key that a challenge names, where a credential of it is there, or a companion that goes with one: then its issuer named it
/// before.
pub(crate) fn held_key<'a>(
    (challenge, named): (&TokenChallenge, Option<&'a [u8]>),
    contents: &Contents,
) -> Option<&'a [u8]> {
    let named = named?;
    let id = KeyId::of_public_key(named);
    let is_beside = |about: &About| {
        about.companion.as_ref().is_some_and(|(known, key_id)| known == challenge.as_bytes() && *key_id == id)
    };
    let is_known = |held: &Credential| is_kin(&held.about, challenge, id) || is_beside(&held.about);
    contents.credentials().any(|(_, held)| is_known(held)).then_some(named)
}

fn declined(token_type: Option<TokenType>, reason: impl Into<Reason>) -> Declined {
    Declined { token_type, reason: reason.into() }
}

/// Whether a credential for one answers a challenge with this key: ARC and ACT whatever the redemption context, single-use tokens
/// for the same challenge only.
pub(crate) fn is_kin(about: &About, challenge: &TokenChallenge, key_id: KeyId) -> bool {
    let held = &about.challenge;
    let is_same = if challenge.token_type().is_credential() {
        is_of_one_place(held, challenge) && held.credential_context() == challenge.credential_context()
    } else {
        held == challenge
    };
    is_same && about.key_id == key_id
}

/// Whether two challenges are of one type, issuer and set of origins.
pub(crate) fn is_of_one_place(one: &TokenChallenge, other: &TokenChallenge) -> bool {
    one.token_type() == other.token_type()
        && one.issuer_name() == other.issuer_name()
        && one.origin_info() == other.origin_info()
}

impl Wanted {
    /// The credits that are asked for.
    pub(crate) fn cost(&self) -> u64 {
        cost(&self.offer)
    }
}

/// The credits that an offer asks for.
pub(crate) fn cost(offer: &Offer) -> u64 {
    match offer.terms() {
        Terms::Act(cost) => cost,
        _ => 0,
    }
}

impl Credential {
    /// What its state is.
    pub(crate) fn kind(&self) -> Option<EntryKind> {
        JournalEntry::kind_of(&self.state).ok()
    }

    /// Where it stands.
    pub(crate) fn stage(&self) -> Stage {
        use EntryKind as K;
        match self.kind() {
            Some(K::Held | K::ArcHolder | K::ActIdle | K::Pair | K::Several) => Stage::Idle,
            Some(K::Redeeming | K::ArcPresented | K::ActInFlight | K::PairInFlight) => Stage::InFlight,
            _ => Stage::Asked,
        }
    }
}
