//! A client that pays for one request after the other, whatever happens to the server, and what it can say of it.
#![allow(unreachable_pub)]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use farebox_wallet::{
    Amount, Budget, Caps, Config, FileStore, Holding, Proxies, ReqwestTransport, Stage, Transport, TransportError,
    Wallet,
};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use privacypass_wire::http::AMORTIZED_BATCH_REQUEST;
use privacypass_wire::{AmortizedBatchTokenRequest, Limits, TokenType};

/// What a client can say in the end.
#[derive(Debug, Default)]
pub struct Books {
    pub requests: u64,
    pub answered: u64,
    /// Every token that left.
    pub shown: BTreeSet<HeaderValueBytes>,
    pub act_tokens: u64,
    pub single_tokens: u64,
    pub presentations: u64,
    /// Credits, less what came back.
    pub spent: u64,
    pub held_credits: u64,
    pub held_tokens: u64,
}

type HeaderValueBytes = Vec<u8>;

#[derive(Clone)]
struct Watched {
    inner: ReqwestTransport,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    shown: BTreeSet<HeaderValueBytes>,
    /// Requests to the issuer that were answered with tokens, each once.
    issued: BTreeSet<Vec<u8>>,
    single_tokens: u64,
    act_tokens: u64,
}

impl Transport for Watched {
    async fn send(&self, request: Request<Bytes>, caps: Caps) -> Result<Response<Bytes>, TransportError> {
        let asked = (request.method() == Method::POST)
            .then(|| (request.headers().get(CONTENT_TYPE).cloned(), request.body().clone()));
        if let Some(token) = request.headers().get(AUTHORIZATION) {
            self.seen.lock().unwrap().shown.insert(token.as_bytes().to_vec());
        }
        let response = self.inner.send(request, caps).await?;
        if let (Some((media_type, body)), StatusCode::OK) = (asked, response.status()) {
            self.seen.lock().unwrap().issued(media_type.as_ref(), &body);
        }
        Ok(response)
    }
}

impl Seen {
    fn issued(&mut self, media_type: Option<&HeaderValue>, body: &[u8]) {
        if !self.issued.insert(body.to_vec()) {
            return;
        }
        if media_type.is_some_and(|media_type| media_type == AMORTIZED_BATCH_REQUEST) {
            let batch = AmortizedBatchTokenRequest::from_bytes(body, &Limits::DEFAULT).unwrap();
            self.single_tokens += batch.count() as u64;
        } else if body.starts_with(&TokenType::ACT.code().to_be_bytes()) {
            self.act_tokens += 1;
        } else if !body.starts_with(&TokenType::ARC.code().to_be_bytes()) {
            self.single_tokens += 1;
        }
    }
}

pub struct Client {
    wallet: Wallet<Watched, FileStore>,
    seen: Arc<Mutex<Seen>>,
    number: usize,
    url: String,
    requests: u64,
    answered: u64,
}

impl Client {
    pub fn new(folder: PathBuf, number: usize, url: String) -> Self {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let transport = Watched { inner: ReqwestTransport::new(&Proxies::None).unwrap(), seen: Arc::clone(&seen) };
        let budget = Budget { request: 100, origin: u64::MAX, total: u64::MAX };
        let config =
            Config { budget, resends: 1, pause: Duration::from_millis(20), credentials: 64, ..Config::default() };
        let wallet = Wallet::open(transport, FileStore::open(folder).unwrap(), config).unwrap();
        Self { wallet, seen, number, url, requests: 0, answered: 0 }
    }

    pub async fn pay_until(mut self, done: Arc<AtomicBool>) -> Self {
        while !done.load(Ordering::SeqCst) {
            self.requests += 1;
            let id = format!("{}-{}", self.number, self.requests);
            let request = Request::get(&self.url).header("x-request-id", id).body(Bytes::new()).unwrap();
            match self.wallet.fetch(request).await {
                Ok(response) if response.status() == StatusCode::OK => self.answered += 1,
                _ => {
                    tokio::time::sleep(Duration::from_millis(30)).await;
                    self.wallet.recover().await;
                }
            }
        }
        self
    }

    /// Recovers until nothing is in flight. A request that a crash cut off is answered some seconds after the restart.
    pub async fn settle(&self) {
        for _ in 0..240 {
            self.wallet.recover().await;
            if self.wallet.holdings().iter().all(|holding| holding.stage == Stage::Idle) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        panic!("something stays in flight: {:?}", self.wallet.holdings());
    }

    pub fn books(&self) -> Books {
        let seen = self.seen.lock().unwrap();
        let holdings = self.wallet.holdings();
        let sum = |amount: fn(&Holding) -> u64| holdings.iter().map(amount).sum();
        Books {
            requests: self.requests,
            answered: self.answered,
            shown: seen.shown.clone(),
            act_tokens: seen.act_tokens,
            single_tokens: seen.single_tokens,
            presentations: sum(
                |holding| if let Amount::Presentations { used, .. } = holding.amount { used } else { 0 },
            ),
            spent: self.wallet.spent().iter().map(|(_, credits)| credits).sum(),
            held_credits: sum(|holding| if let Amount::Credits { balance, .. } = holding.amount { balance } else { 0 }),
            held_tokens: sum(|holding| if let Amount::Tokens(tokens) = holding.amount { tokens } else { 0 }),
        }
    }
}
