//! An honest issuer and origin on loopback, which can be told to lose, refuse and spoil answers, and which counts.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use farebox_act::{BitLength, DomainSeparator, Params, SecretKey};
use farebox_arc::Limit;
use farebox_blind_rsa::{ModulusSize, SharedSigner};
use farebox_ledger::{Ledger, MemoryStore};
use farebox_tokens::issuer::Issuer;
use farebox_tokens::origin::{Decision, Demand, Offer, Offers, Outcome, Served, Terms};
use farebox_tokens::{ActIssuer, IssuerKey, KeyRing, Validity};
use farebox_wallet::{Clock, Config, FileStore, Paid, ReqwestTransport, Wallet};
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use privacypass_wire::http::{Authorization, Reading, Style, WwwAuthenticate, reverse};
use privacypass_wire::{Limits, TokenType, http as pp};

pub type TestWallet = Wallet<ReqwestTransport, FileStore>;

pub const START: u64 = 1_800_000_000;
pub const INITIAL: u64 = 100;

/// What happens to one request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// Nothing: it is served.
    None,
    /// The connection breaks before anything is looked at.
    LoseRequest,
    /// The connection breaks after all was done.
    LoseAnswer,
    /// This status, and nothing was looked at.
    Status(u16),
    /// 409 with `Retry-After`, as for bytes that came before and have no answer yet; nothing was looked at.
    Busy,
    /// Served, and the refund or companion left out.
    NoReverse,
    /// Served, and one bit of the refund or companion changed.
    BadReverse,
    /// Served, and what comes back is longer than a header may be.
    HugeReverse,
    /// Served, with this status.
    Served(u16),
}

/// What was counted.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Credits of new ACT tokens: each request once, however often it came.
    pub issued_credits: u64,
    /// The same of single-use tokens.
    pub issued_tokens: u64,
    /// Requests to the issuer.
    pub asked: u64,
    /// Requests for the directory.
    pub directories: u64,
    /// Credits that were spent, less those that went back.
    pub spent_credits: u64,
    pub redeemed_tokens: u64,
    pub presentations: u64,
    pub replays: u64,
    pub double_spends: u64,
    /// Requests with a token, whatever became of them.
    pub shown: u64,
    /// By the request's own name (`?r=`).
    pub runs: BTreeMap<String, u64>,
    /// Headers of requests to the issuer.
    pub issuer_headers: Vec<HeaderMap>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    pub cost: u64,
    /// What goes back of it.
    pub returned: u64,
    pub limit: u64,
    pub companion_context: u8,
    pub renew: bool,
    pub credential_context: Option<[u8; 32]>,
}

pub struct Server {
    pub address: SocketAddr,
    pub state: Mutex<State>,
    ledger: Ledger<MemoryStore>,
    pub now: Arc<Mutex<u64>>,
}

pub struct State {
    pub issuer: Issuer,
    pub ask: Ask,
    /// Of the next requests with a token.
    pub faults: VecDeque<Fault>,
    /// Of the next requests to the issuer.
    pub issuer_faults: VecDeque<Fault>,
    pub counts: Counts,
    seen: BTreeSet<Vec<u8>>,
    /// Put in the place of every challenge.
    pub challenge_header: Option<String>,
    /// Put in the place of the directory.
    pub directory: Option<String>,
    /// `Authorization` that the issuer wants.
    pub secret: Option<String>,
    pub directory_cache: &'static str,
}

pub fn act_key(initial: u64) -> IssuerKey {
    let rng = &mut rand::rng();
    let separator = DomainSeparator::new("farebox", "wallet", "test", "2026-01-01").unwrap();
    let params = Arc::new(Params::new(separator, BitLength::new(8).unwrap()).unwrap());
    let initial = params.credits(initial).unwrap();
    IssuerKey::Act(Box::new(ActIssuer { key: SecretKey::generate(&params, rng), initial, params }))
}

pub fn key(token_type: TokenType) -> IssuerKey {
    let rng = &mut rand::rng();
    match token_type {
        TokenType::VOPRF_P384 => IssuerKey::VoprfP384(farebox_voprf::SecretKey::generate(rng)),
        TokenType::BLIND_RSA => {
            let rsa = farebox_blind_rsa::SecretKey::generate(ModulusSize::Bits2048, rng);
            IssuerKey::BlindRsa(SharedSigner::new(rsa))
        }
        TokenType::VOPRF_RISTRETTO255 => IssuerKey::VoprfRistretto255(farebox_voprf::SecretKey::generate(rng)),
        TokenType::ARC => IssuerKey::Arc(Box::new(farebox_arc::SecretKey::generate(rng))),
        _ => act_key(INITIAL),
    }
}

pub const FAST: [TokenType; 3] = [TokenType::VOPRF_RISTRETTO255, TokenType::ARC, TokenType::ACT];

impl Server {
    pub async fn start(types: &[TokenType]) -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut keys = KeyRing::default();
        for token_type in types {
            keys.register(key(*token_type), Validity::ALWAYS).map_err(|refused| refused.error).unwrap();
        }
        let mut issuer = Issuer::new(&address.to_string(), keys);
        issuer.act_origin_info = address.to_string();
        let ask =
            Ask { cost: 30, returned: 20, limit: 1000, companion_context: 9, renew: true, credential_context: None };
        let state = State {
            issuer,
            ask,
            faults: VecDeque::new(),
            issuer_faults: VecDeque::new(),
            counts: Counts::default(),
            seen: BTreeSet::new(),
            challenge_header: None,
            directory: None,
            secret: None,
            directory_cache: "max-age=3600",
        };
        let server = Arc::new(Self {
            address,
            state: Mutex::new(state),
            ledger: Ledger::new(MemoryStore::new(100_000)),
            now: Arc::new(Mutex::new(START)),
        });
        let shared = server.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let shared = shared.clone();
                tokio::spawn(async move {
                    let service = service_fn(move |request| {
                        let shared = shared.clone();
                        async move { shared.answer(request).await }
                    });
                    let builder = hyper::server::conn::http1::Builder::new();
                    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        server
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn counts(&self) -> Counts {
        self.state().counts.clone()
    }

    pub fn now(&self) -> u64 {
        *self.now.lock().unwrap()
    }

    pub fn fault(&self, faults: &[Fault]) {
        self.state().faults.extend(faults.iter().copied());
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn get(&self, path: &str) -> Request<Bytes> {
        Request::get(self.url(path)).body(Bytes::new()).unwrap()
    }

    /// The offers of a route: its name is the type, and what follows a dash is its redemption context.
    fn offers(&self, path: &str) -> Option<Offers> {
        let name = path.trim_start_matches('/');
        let (kind, context) = name.split_once('-').map_or((name, None), |(kind, context)| (kind, Some(context)));
        let state = self.state();
        let issuer = state.issuer.name().to_owned();
        let context = context.map(|text| {
            let mut bytes = [0; 32];
            bytes.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
            bytes
        });
        let is_credential = matches!(kind, "arc" | "act" | "paired" | "cheapest");
        let terms = Terms {
            issuer_name: issuer,
            origin_info: self.address.to_string(),
            redemption_context: context,
            credential_context: state.ask.credential_context.filter(|_| is_credential),
            ..Terms::default()
        };
        let key = |token_type| state.issuer.keys().current(token_type, self.now()).unwrap().clone();
        let limit = || Limit::new(state.ask.limit).unwrap();
        let offer = |demand| Offer::new(&terms, demand).unwrap();
        use TokenType as T;
        Some(Offers::new(match kind {
            "p384" => vec![offer(Demand::Once(key(T::VOPRF_P384)))],
            "rsa" => vec![offer(Demand::Once(key(T::BLIND_RSA)))],
            "once" => vec![offer(Demand::Once(key(T::VOPRF_RISTRETTO255)))],
            "arc" => vec![offer(Demand::Arc(key(T::ARC), limit()))],
            "act" => vec![offer(Demand::Act(key(T::ACT), state.ask.cost))],
            "cheapest" => {
                let arc = Demand::Arc(key(T::ARC), limit());
                vec![offer(Demand::Act(key(T::ACT), state.ask.cost)), offer(arc)]
            }
            "paired" => {
                let companion = Terms {
                    redemption_context: Some([state.ask.companion_context; 32]),
                    credential_context: None,
                    ..terms.clone()
                };
                let companion = Offer::new(&companion, Demand::Once(key(T::VOPRF_RISTRETTO255))).unwrap();
                vec![offer(Demand::Arc(key(T::ARC), limit())).with_companion(companion).unwrap()]
            }
            _ => return None,
        }))
    }

    async fn answer(&self, request: Request<hyper::body::Incoming>) -> Result<Response<Full<Bytes>>, Lost> {
        let (parts, body) = request.into_parts();
        let body = Limited::new(body, 4 << 20).collect().await.map_err(|_| Lost)?.to_bytes();
        let path = parts.uri.path().to_owned();
        if path == pp::DIRECTORY_PATH {
            return Ok(self.directory());
        }
        if path == "/token-request" {
            return self.issue(&parts.headers, &body);
        }
        let Some(offers) = self.offers(&path) else {
            return Ok(plain(StatusCode::OK, "free"));
        };
        if !parts.headers.contains_key(header::AUTHORIZATION) {
            return Ok(self.challenge(&offers));
        }
        self.state().counts.shown += 1;
        let fault = self.state().faults.pop_front().unwrap_or(Fault::None);
        match fault {
            Fault::LoseRequest => return Err(Lost),
            Fault::Status(status) => return Ok(plain(StatusCode::from_u16(status).unwrap(), "")),
            Fault::Busy => return Ok(busy()),
            _ => {}
        }
        let name = parts.uri.query().unwrap_or_default().to_owned();
        let mut response = match self.redeem(&offers, &parts.headers, &name).await {
            Some((status, served)) => {
                let mut response = plain(status, if status == 200 { "served" } else { "" });
                if let Some(bytes) = served.reverse {
                    let value = spoiled(&bytes, fault);
                    if let Some(value) = value {
                        response.headers_mut().insert("privacypass-reverse", value.parse().unwrap());
                    }
                }
                response
            }
            None => self.challenge(&offers),
        };
        if let Fault::Served(status) = fault {
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
        }
        if parts.method == Method::HEAD {
            *response.body_mut() = Full::default();
        }
        if fault == Fault::LoseAnswer { Err(Lost) } else { Ok(response) }
    }

    fn directory(&self) -> Response<Full<Bytes>> {
        let now = self.now();
        let mut state = self.state();
        state.counts.directories += 1;
        let json = state.issuer.directory("/token-request", now).to_json();
        let json = state.directory.clone().unwrap_or(json);
        let mut response = plain(StatusCode::OK, &json);
        response.headers_mut().insert(header::CONTENT_TYPE, pp::ISSUER_DIRECTORY.parse().unwrap());
        response.headers_mut().insert(header::CACHE_CONTROL, state.directory_cache.parse().unwrap());
        response
    }

    fn issue(&self, headers: &HeaderMap, body: &[u8]) -> Result<Response<Full<Bytes>>, Lost> {
        let now = self.now();
        let mut state = self.state();
        state.counts.asked += 1;
        state.counts.issuer_headers.push(headers.clone());
        let fault = state.issuer_faults.pop_front().unwrap_or(Fault::None);
        match fault {
            Fault::LoseRequest => return Err(Lost),
            Fault::Status(status) => return Ok(plain(StatusCode::from_u16(status).unwrap(), "")),
            _ => {}
        }
        if let Some(secret) = &state.secret
            && headers.get(header::AUTHORIZATION).is_none_or(|value| value.as_bytes() != secret.as_bytes())
        {
            return Ok(plain(StatusCode::UNAUTHORIZED, ""));
        }
        let content_type = headers.get(header::CONTENT_TYPE).unwrap().to_str().unwrap();
        let mut issued = state.issuer.answer(content_type, body, now, &mut rand::rng());
        if issued.status == 200 && state.seen.insert(body.to_vec()) {
            match content_type {
                pp::AMORTIZED_BATCH_REQUEST => {
                    let batch =
                        privacypass_wire::AmortizedBatchTokenRequest::from_bytes(body, &Limits::DEFAULT).unwrap();
                    state.counts.issued_tokens += batch.count() as u64;
                }
                pp::GENERIC_BATCH_REQUEST => {
                    let batch = privacypass_wire::GenericBatchTokenRequest::from_bytes(body, &Limits::DEFAULT).unwrap();
                    state.counts.issued_tokens += batch.requests.len() as u64;
                }
                pp::CREDENTIAL_REQUEST if body.starts_with(&0xE5AD_u16.to_be_bytes()) => {
                    state.counts.issued_credits += INITIAL;
                }
                pp::CREDENTIAL_REQUEST => {}
                _ => state.counts.issued_tokens += 1,
            }
        }
        if fault == Fault::BadReverse
            && let Some(byte) = issued.body.last_mut()
        {
            *byte ^= 1;
        }
        let mut response = plain(StatusCode::from_u16(issued.status).unwrap(), "");
        if let Some(media_type) = issued.media_type {
            response.headers_mut().insert(header::CONTENT_TYPE, media_type.parse().unwrap());
        }
        *response.body_mut() = Full::new(issued.body.into());
        if fault == Fault::LoseAnswer { Err(Lost) } else { Ok(response) }
    }

    fn challenge(&self, offers: &Offers) -> Response<Full<Bytes>> {
        let wire: Vec<_> = offers.iter().map(Offer::to_wire).collect();
        let value = WwwAuthenticate::to_header_value(&wire, Style::Quoted).unwrap();
        let value = self.state().challenge_header.clone().unwrap_or(value);
        let mut response = plain(StatusCode::UNAUTHORIZED, "");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value.parse().unwrap());
        response
    }

    /// What the challenge of a route is.
    pub fn challenge_of(&self, path: &str) -> privacypass_wire::http::PrivateTokenChallenge {
        self.offers(path).unwrap().iter().next().unwrap().to_wire()
    }

    async fn redeem(&self, offers: &Offers, headers: &HeaderMap, name: &str) -> Option<(StatusCode, Served)> {
        let field = headers.get(header::AUTHORIZATION)?;
        let authorization = Authorization::parse(field.as_bytes(), Reading::Strict, &Limits::DEFAULT).ok()??;
        let asked = headers.get(pp::PRIVACYPASS_REVERSE);
        let asked = asked.map(|value| reverse::parse(value.as_bytes(), Reading::Strict, &Limits::DEFAULT).unwrap());
        let bound = offers.bind(&authorization.token, authorization.companion.as_deref(), self.now()).ok()?;
        let verified = bound.verify(|_| false).ok()?;
        match verified.reserve(&self.ledger, asked.as_deref()).await.ok()? {
            Outcome::Granted(grant) => {
                let decision = {
                    let mut state = self.state();
                    *state.counts.runs.entry(name.to_owned()).or_default() += 1;
                    let ask = state.ask;
                    let decision = match (grant.charge(), &asked) {
                        (Some(charge), _) => {
                            let returned = ask.returned.min(charge);
                            state.counts.spent_credits += charge - returned;
                            Decision::Return(returned)
                        }
                        (None, Some(_)) if ask.renew => Decision::Renew,
                        (None, _) => Decision::Nothing,
                    };
                    let token = Authorization::decode_token(&authorization).unwrap();
                    match token.token_type() {
                        TokenType::ACT => {}
                        TokenType::ARC => state.counts.presentations += 1,
                        _ => state.counts.redeemed_tokens += 1,
                    }
                    decision
                };
                let ready = grant.decide(decision, &mut rand::rng()).unwrap();
                Some((StatusCode::OK, ready.store(&self.ledger).await.unwrap()))
            }
            Outcome::Replayed(served) => {
                self.state().counts.replays += 1;
                Some((StatusCode::CONFLICT, served))
            }
            // No handler of these tests is cut off.
            Outcome::Interrupted(_) => Some((StatusCode::TOO_EARLY, Served { reverse: None })),
            Outcome::DoubleSpend => {
                self.state().counts.double_spends += 1;
                None
            }
            Outcome::Forgotten | Outcome::Expired => None,
        }
    }
}

/// The connection breaks.
#[derive(Debug)]
pub struct Lost;

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("lost")
    }
}

impl std::error::Error for Lost {}

fn spoiled(bytes: &[u8], fault: Fault) -> Option<String> {
    let mut bytes = bytes.to_vec();
    match fault {
        Fault::NoReverse => return None,
        Fault::BadReverse => *bytes.last_mut().unwrap() ^= 1,
        Fault::HugeReverse => bytes = vec![1; 30_000],
        _ => {}
    }
    Some(reverse::to_header_value(&bytes, Style::Quoted))
}

fn busy() -> Response<Full<Bytes>> {
    let mut response = plain(StatusCode::CONFLICT, "");
    response.headers_mut().insert(header::RETRY_AFTER, "0".parse().unwrap());
    response
}

fn plain(status: StatusCode, body: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::copy_from_slice(body.as_bytes())));
    *response.status_mut() = status;
    response
}

pub fn config(server: &Server) -> Config {
    let now = server.now.clone();
    Config {
        clock: Clock::new(move || *now.lock().unwrap()),
        pause: Duration::from_millis(5),
        batch: 2,
        budget: farebox_wallet::Budget { request: 100, origin: 100_000, total: 100_000 },
        ..Config::default()
    }
}

pub fn open(folder: &Path, config: Config) -> TestWallet {
    let transport = ReqwestTransport::new(&farebox_wallet::Proxies::None).unwrap();
    Wallet::open(transport, FileStore::open(folder).unwrap(), config).unwrap()
}

/// A wallet in a new folder.
pub fn wallet(server: &Server, folder: &tempfile::TempDir) -> TestWallet {
    open(&folder.path().join("wallet"), config(server))
}

pub fn paid<B>(response: &Response<B>) -> Paid {
    *response.extensions().get::<Paid>().expect("it was paid for")
}

/// Credits that are there, those in flight included as far as they are left in any case.
pub fn held_credits(wallet: &TestWallet) -> u64 {
    let credits = |holding: farebox_wallet::Holding| match holding.amount {
        farebox_wallet::Amount::Credits { balance, .. } => balance,
        _ => 0,
    };
    wallet.holdings().into_iter().map(credits).sum()
}

pub fn held_tokens(wallet: &TestWallet) -> u64 {
    let tokens = |holding: farebox_wallet::Holding| match holding.amount {
        farebox_wallet::Amount::Tokens(tokens) => tokens,
        _ => 0,
    };
    wallet.holdings().into_iter().map(tokens).sum()
}
