//! What an origin asks for.

use std::sync::Arc;

use farebox_act::Context;
use farebox_arc::{Limit, P256, PresentationContext, RequestContext};
use farebox_blind_rsa::{PssDeterministic, PublicKey};
use farebox_ledger::Epoch;
use privacypass_wire::http::{Param, PrivateTokenChallenge};
use privacypass_wire::{ChallengeDigest, KeyId, TokenChallenge, TokenType};

use crate::keys::{ActIssuer, IssuerKey, Registered, Validity};
use crate::{Error, Misuse, contexts};

/// Who issues, where tokens are good, and what they are bound to.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// The issuer, `host` or `host:port`.
    pub issuer_name: String,
    /// The origins, joined by commas; empty for tokens that are good anywhere.
    pub origin_info: String,
    /// What a token or presentation is bound to.
    pub redemption_context: Option<[u8; 32]>,
    /// What a credential of ARC or ACT is bound to.
    pub credential_context: Option<[u8; 32]>,
    /// Seconds for which the challenge is good, as the client is told.
    pub max_age: Option<u64>,
    /// The ledger's epoch for single-use tokens and ARC presentations whose redemption context ends earlier than the key, in the
    /// place of the [key's](crate::Validity::epoch); it is fixed with that context. ACT has none: its nullifiers count once for the key, whatever context they are spent in.
    pub context_epoch: Option<Epoch>,
}

/// What a token has to be.
#[derive(Clone, Debug)]
pub enum Demand {
    /// A single-use token of the key's type: `0x0001`, `0x0005`, or `0x0002` at its issuer.
    Once(Registered),
    /// A Blind RSA token, of which an origin needs only the public key; with its times.
    BlindRsa(PublicKey<PssDeterministic>, Validity),
    /// One of N presentations in this redemption context.
    Arc(Registered, Limit),
    /// A spend of so many credits.
    Act(Registered, u64),
}

/// A challenge that this origin is willing to accept now, with all that verification needs. It can be made again from the same
/// terms, so nothing has to be kept between challenge and token.
#[derive(Clone, Debug)]
pub struct Offer {
    pub(super) challenge: TokenChallenge,
    pub(super) key_id: KeyId,
    pub(super) public_key: Vec<u8>,
    pub(super) demand: Check,
    pub(super) epoch: Epoch,
    pub(super) validity: Validity,
    /// The first is asked for, the others are accepted in its place.
    pub(super) companions: Vec<Arc<Offer>>,
    max_age: Option<u64>,
}

/// A demand with its contexts, which are hashed once.
#[derive(Clone, Debug)]
pub(super) enum Check {
    Once(Arc<IssuerKey>),
    BlindRsa(PublicKey<PssDeterministic>),
    Arc { key: Arc<IssuerKey>, limit: Limit, request: RequestContext<P256>, presentation: PresentationContext<P256> },
    Act { key: Arc<IssuerKey>, cost: farebox_act::Credits, context: Context },
}

impl Offer {
    /// An offer.
    ///
    /// # Errors
    /// [`Misuse::TokenType`] for a key of another type than the demand, [`Misuse::Parameter`] for a cost that L does not hold,
    /// [`Misuse::Validity`] for an epoch of a context that is not there or does not bound serials, [`Misuse::Message`] for terms that
    /// no challenge can have.
    pub fn new(terms: &Terms, demand: Demand) -> Result<Self, Error> {
        let (token_type, public_key, validity) = match &demand {
            Demand::BlindRsa(key, validity) => (TokenType::BLIND_RSA, key.as_spki().to_vec(), *validity),
            Demand::Once(Registered { key, validity, .. })
            | Demand::Arc(Registered { key, validity, .. }, _)
            | Demand::Act(Registered { key, validity, .. }, _) => (key.token_type(), key.public_key(), *validity),
        };
        let mut builder = TokenChallenge::builder(token_type, &terms.issuer_name).origin_info(&terms.origin_info);
        if let Some(context) = terms.redemption_context {
            builder = builder.redemption_context(context);
        }
        if let Some(context) = terms.credential_context {
            builder = builder.credential_context(context);
        }
        let challenge = builder.build()?;
        let key_id = KeyId::of_public_key(&public_key);
        let demand = match demand {
            Demand::BlindRsa(key, _) => Check::BlindRsa(key),
            Demand::Once(Registered { key, .. }) if !token_type.is_credential() => Check::Once(key),
            Demand::Arc(Registered { key, .. }, limit) if matches!(*key, IssuerKey::Arc(_)) => {
                let request = contexts::arc_request(&challenge, &key_id)?;
                let presentation = contexts::arc_presentation(&challenge, &key_id)?;
                Check::Arc { key, limit, request, presentation }
            }
            Demand::Act(Registered { key, .. }, cost) => {
                let IssuerKey::Act(act) = &*key else { return Err(Misuse::TokenType.into()) };
                let (cost, context) = (act.params.credits(cost)?, contexts::act(&challenge, &key_id)?);
                Check::Act { key, cost, context }
            }
            Demand::Once(_) | Demand::Arc(..) => return Err(Misuse::TokenType.into()),
        };
        let epoch = match (terms.context_epoch, terms.redemption_context, &demand) {
            (None, ..) => validity.epoch,
            (Some(epoch), Some(_), Check::Once(_) | Check::BlindRsa(_) | Check::Arc { .. }) => epoch,
            _ => return Err(Misuse::Validity.into()),
        };
        let max_age = terms.max_age;
        Ok(Self { challenge, key_id, public_key, demand, epoch, validity, companions: Vec::new(), max_age })
    }

    /// Asks for a single-use token beside an ARC presentation. The client brings a request for the next one along, and gets it with
    /// success. **Experimental**, in no draft.
    ///
    /// Called again, it names another key for the same challenge, whose companions are accepted as well: the one before, while keys
    /// rotate. Fresh ones are issued with those of these keys that issue then.
    ///
    /// Withholding revokes only where nobody else gives such tokens: keep a key for the companions alone, with an issuer that gives
    /// the first one together with the credential.
    ///
    /// # Errors
    /// [`Misuse::TokenType`] if this is not ARC, or the other is not single-use, has no key to issue with, or has another challenge
    /// than the first; [`Misuse::Validity`] if their epochs differ, since both serials are reserved in one step.
    pub fn with_companion(mut self, companion: Self) -> Result<Self, Error> {
        let paired = matches!(self.demand, Check::Arc { .. }) && matches!(companion.demand, Check::Once(_));
        let other = self.companions.first().is_some_and(|first| first.challenge != companion.challenge);
        if !paired || other {
            return Err(Misuse::TokenType.into());
        }
        if self.epoch != companion.epoch {
            return Err(Misuse::Validity.into());
        }
        self.companions.push(Arc::new(companion));
        Ok(self)
    }

    /// The secret key of single-use tokens, if the origin has it.
    pub(super) fn once(&self) -> Option<&Arc<IssuerKey>> {
        match &self.demand {
            Check::Once(key) => Some(key),
            _ => None,
        }
    }

    /// Whether two offers of one challenge and key ask for the same.
    pub(super) fn asks_as(&self, other: &Self) -> bool {
        match (&self.demand, &other.demand) {
            (Check::Arc { limit, .. }, Check::Arc { limit: other, .. }) => limit == other,
            _ => self.cost() == other.cost(),
        }
    }

    /// What an ACT offer asks for.
    pub(super) fn cost(&self) -> Option<u64> {
        match &self.demand {
            Check::Act { cost, .. } => Some(cost.get()),
            _ => None,
        }
    }

    /// The ACT key, if the offer asks for a spend.
    pub(super) fn act(&self) -> Option<&ActIssuer> {
        match &self.demand {
            Check::Act { key, .. } => match &**key {
                IssuerKey::Act(act) => Some(act),
                _ => None,
            },
            _ => None,
        }
    }

    /// The challenge.
    pub fn challenge(&self) -> &TokenChallenge {
        &self.challenge
    }

    /// The offer of the token beside it, if it asks for one.
    pub fn companion(&self) -> Option<&Self> {
        self.companions.first().map(|companion| &**companion)
    }

    /// The digest that a token names it by.
    pub fn digest(&self) -> ChallengeDigest {
        self.challenge.digest()
    }

    /// The parameters of the `WWW-Authenticate` field: `cost` for ACT, `rate-limit` for ARC. A companion's challenge and key stand in
    /// `companion-challenge` and `companion-key`, base64url.
    pub fn to_wire(&self) -> PrivateTokenChallenge {
        let mut wire = PrivateTokenChallenge::new(&self.challenge, &self.public_key);
        wire.max_age = self.max_age;
        match &self.demand {
            Check::Arc { limit, .. } => wire.rate_limit = Some(limit.get()),
            Check::Act { cost, .. } => wire.cost = Some(cost.get()),
            Check::Once(_) | Check::BlindRsa(_) => {}
        }
        if let Some(companion) = self.companions.first() {
            let param = |name: &str, bytes: &[u8]| Param::base64url(name, bytes);
            wire.others.push(param("companion-challenge", companion.challenge.as_bytes()));
            wire.others.push(param("companion-key", &companion.public_key));
        }
        wire
    }
}
