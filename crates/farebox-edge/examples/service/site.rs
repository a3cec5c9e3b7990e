//! The gate under load, and the keys that its tokens are made with.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::routing::get;
use farebox_act::{BitLength, DomainSeparator, Params, SecretKey};
use farebox_arc::Limit;
use farebox_blind_rsa::{ModulusSize, SharedSigner};
use farebox_edge::{Ask, Config, Gate, GateLayer, Policy, Price, Return, WindowSecret};
use farebox_ledger::{Epoch, Ledger, MemoryStore, Store};
use farebox_ledger_fjall::{FjallStore, Options};
use farebox_tokens::issuer::Issuer;
use farebox_tokens::origin::{Demand, Offer, Offers, Terms};
use farebox_tokens::{ActIssuer, IssuerKey, KeyRing, Validity};

use crate::tokens::Kind;

const ISSUER: &str = "issuer.example";
const ORIGIN: &str = "origin.example";
pub(crate) const INITIAL: u64 = 200;
const COST: u64 = 30;
const BACK: u64 = 20;
pub(crate) const LIMIT: u64 = 1000;

pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// What a gate keeps its serials in.
pub(crate) enum Ledgers<'p> {
    Memory,
    Fjall(&'p Path),
}

pub(crate) struct Site {
    pub(crate) issuer: Issuer,
}

impl Site {
    pub(crate) fn new() -> Self {
        let rng = &mut rand::rng();
        let separator = DomainSeparator::new("farebox", "service", "bench", "2026-01-01").unwrap();
        let params = Arc::new(Params::new(separator, BitLength::new(8).unwrap()).unwrap());
        let initial = params.credits(INITIAL).unwrap();
        let act = ActIssuer { key: SecretKey::generate(&params, rng), initial, params };
        let rsa = farebox_blind_rsa::SecretKey::generate(ModulusSize::Bits2048, rng);
        let (today, mut keys) = (now() / 86_400, KeyRing::default());
        let end = (today + 30) * 86_400;
        let validity = Validity { not_before: 0, issue_until: end, accept_until: end, epoch: Epoch(today + 30) };
        for key in [
            IssuerKey::VoprfP384(farebox_voprf::SecretKey::generate(rng)),
            IssuerKey::BlindRsa(SharedSigner::new(rsa)),
            IssuerKey::VoprfRistretto255(farebox_voprf::SecretKey::generate(rng)),
            IssuerKey::Arc(Box::new(farebox_arc::SecretKey::generate(rng))),
            IssuerKey::Act(Box::new(act)),
        ] {
            keys.register(key, validity).unwrap();
        }
        let mut issuer = Issuer::new(ISSUER, keys);
        issuer.act_origin_info = ORIGIN.to_owned();
        Self { issuer }
    }

    /// Listens on a free port.
    pub(crate) async fn serve(&self, kind: Kind, ledgers: Ledgers<'_>) -> SocketAddr {
        match ledgers {
            Ledgers::Memory => self.listen(kind, MemoryStore::new(10_000_000)).await,
            Ledgers::Fjall(folder) => {
                let store = FjallStore::open(folder.join(kind.name()), Options::default()).unwrap();
                self.listen(kind, store).await
            }
        }
    }

    async fn listen<S: Store + 'static>(&self, kind: Kind, store: S) -> SocketAddr {
        let mut config = Config::new(ISSUER, ORIGIN, WindowSecret::new([7; 32]));
        config.queue = 4096;
        let gate = Gate::new(config, Ledger::new(store), self.issuer.keys().clone());
        let returned = if kind == Kind::Act { Return::Credits(BACK) } else { Return::Nothing };
        let ask = match kind {
            Kind::Act => Ask::act(),
            Kind::Arc => Ask::arc(Limit::new(LIMIT).unwrap()),
            _ => Ask::single_use(kind.token_type()),
        };
        let policy = Policy::new(kind.name()).ask(ask).price(Price(COST)).returns(returned);
        let router: Router =
            Router::new().route("/", get(async || "served")).layer(GateLayer::new(&gate, policy).unwrap());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    /// The same offer as the gate's, for verification alone.
    pub(crate) fn offers(&self, kind: Kind) -> Offers {
        let key = self.issuer.keys().current(kind.token_type(), now()).unwrap().clone();
        let demand = match kind {
            Kind::Act => Demand::Act(key, COST),
            Kind::Arc => Demand::Arc(key, Limit::new(LIMIT).unwrap()),
            _ => Demand::Once(key),
        };
        let terms = Terms { issuer_name: ISSUER.to_owned(), origin_info: ORIGIN.to_owned(), ..Terms::default() };
        Offers::new([Offer::new(&terms, demand).unwrap()])
    }
}
