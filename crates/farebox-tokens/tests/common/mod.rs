//! What the tests share: an issuer with a key of each type, an origin's offers, and clients made of the schemes alone.
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

pub mod client;
pub mod flow;
pub mod rsa;

use std::sync::{Arc, OnceLock};

use farebox_act::{BitLength, DomainSeparator, Params};
use farebox_arc::Limit;
use farebox_ledger::Epoch;
use farebox_tokens::issuer::Issuer;
use farebox_tokens::origin::{Demand, Offer, Terms};
use farebox_tokens::{ActIssuer, IssuerKey, KeyRing, Registered, Validity};
use privacypass_wire::{KeyId, TokenChallenge, TokenType};

pub use client::{Asked, Held, Rest, act_context};

pub const NOW: u64 = 1_800_000_000;
pub const EPOCH: Epoch = Epoch(7);
/// Credits of a new token, what a request costs, and how often a credential can be shown.
pub const INITIAL: u64 = 100;
pub const COST: u64 = 30;
pub const LIMIT: u64 = 10;
pub const ORIGIN: &str = "origin.example";

/// An issuer that has a key of each type for ever.
pub struct World {
    pub issuer: Issuer,
    pub params: Arc<Params>,
}

/// One for a test program.
pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(World::new)
}

pub fn params() -> Arc<Params> {
    static PARAMS: OnceLock<Arc<Params>> = OnceLock::new();
    let made = || {
        let separator = DomainSeparator::new("farebox", "tokens", "test", "2026-01-01").unwrap();
        Arc::new(Params::new(separator, BitLength::new(8).unwrap()).unwrap())
    };
    PARAMS.get_or_init(made).clone()
}

/// A fresh key; of RSA always the same.
pub fn key(token_type: TokenType) -> IssuerKey {
    let rng = &mut rand::rng();
    match token_type {
        TokenType::VOPRF_P384 => IssuerKey::VoprfP384(farebox_voprf::SecretKey::generate(rng)),
        TokenType::VOPRF_RISTRETTO255 => IssuerKey::VoprfRistretto255(farebox_voprf::SecretKey::generate(rng)),
        TokenType::BLIND_RSA => IssuerKey::BlindRsa(rsa::signer()),
        TokenType::ARC => IssuerKey::Arc(Box::new(farebox_arc::SecretKey::generate(rng))),
        TokenType::ACT => {
            let params = params();
            let key = farebox_act::SecretKey::generate(&params, rng);
            let initial = params.credits(INITIAL).unwrap();
            IssuerKey::Act(Box::new(ActIssuer { params, key, initial }))
        }
        other => panic!("{other}"),
    }
}

impl World {
    pub fn new() -> Self {
        let mut keys = KeyRing::default();
        for token_type in TokenType::KNOWN {
            keys.register(key(token_type), Validity { epoch: EPOCH, ..Validity::ALWAYS }).unwrap();
        }
        let mut issuer = Issuer::new("issuer.example", keys);
        issuer.act_origin_info = ORIGIN.into();
        issuer.act_credential_context = Some([9; 32]);
        Self { issuer, params: params() }
    }

    pub fn registered(&self, token_type: TokenType) -> &Registered {
        self.issuer.keys().current(token_type, NOW).unwrap()
    }

    pub fn key(&self, token_type: TokenType) -> Registered {
        self.registered(token_type).clone()
    }

    pub fn key_id(&self, token_type: TokenType) -> KeyId {
        self.registered(token_type).id()
    }

    pub fn demand(&self, token_type: TokenType) -> Demand {
        demand(self.key(token_type))
    }

    /// The offer of most tests.
    pub fn offer(&self, token_type: TokenType) -> Offer {
        Offer::new(&terms(token_type), self.demand(token_type)).unwrap()
    }

    /// A client that asks for what the challenge wants.
    pub fn ask(&self, challenge: &TokenChallenge) -> (Asked, privacypass_wire::TokenRequest) {
        Asked::new(challenge, &self.registered(challenge.token_type()).key().public_key(), &self.params)
    }

    /// A client that asked and was answered.
    pub fn held(&self, challenge: &TokenChallenge) -> Held {
        let (asked, request) = self.ask(challenge);
        asked.finish(&self.issuer.issue(&request, NOW, &mut rand::rng()).unwrap())
    }

    /// A token that answers the offer.
    pub fn token(&self, offer: &Offer) -> Vec<u8> {
        self.held(offer.challenge()).token(offer).0
    }
}

pub fn demand(key: Registered) -> Demand {
    match key.key().token_type() {
        TokenType::ARC => Demand::Arc(key, Limit::new(LIMIT).unwrap()),
        TokenType::ACT => Demand::Act(key, COST),
        _ => Demand::Once(key),
    }
}

pub fn terms(token_type: TokenType) -> Terms {
    Terms {
        issuer_name: "issuer.example".into(),
        origin_info: ORIGIN.into(),
        redemption_context: Some([1; 32]),
        credential_context: token_type.is_credential().then_some([9; 32]),
        max_age: Some(60),
        context_epoch: None,
    }
}
