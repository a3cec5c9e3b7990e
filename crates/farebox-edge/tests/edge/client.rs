//! A client: HTTP/1.1 over a connection for each request, and the machines of `farebox-tokens`.

use std::net::SocketAddr;

use farebox_tokens::client::{Cache, Offer, act, arc, single};
use farebox_tokens::issuer::Issuer;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{HeaderMap, Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use privacypass_wire::http::{Authorization, Reading, Style, WwwAuthenticate};
use privacypass_wire::{Limits, TokenType};

use crate::site::{ORIGIN, Site};

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn reverse(&self) -> Option<&str> {
        self.header("privacypass-reverse")
    }

    /// What the client can answer of the challenges.
    pub fn offers(&self) -> Vec<Offer> {
        let fields: Vec<_> = self.headers.get_all("www-authenticate").iter().map(|value| value.as_bytes()).collect();
        let read = WwwAuthenticate::parse(&fields, Reading::Strict, &Limits::DEFAULT).unwrap();
        read.challenges.iter().map(|received| Offer::new(received, ORIGIN, None).unwrap()).collect()
    }
}

pub type Headers<'a> = &'a [(&'a str, &'a str)];

pub async fn send(address: SocketAddr, method: Method, path: &str, headers: Headers<'_>) -> Answer {
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let mut request = Request::builder().method(method).uri(path).header("Host", ORIGIN);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = sender.send_request(request.body(Full::new(Bytes::new())).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    Answer { status: parts.status, headers: parts.headers, body }
}

pub async fn get(address: SocketAddr, path: &str) -> Answer {
    send(address, Method::GET, path, &[]).await
}

/// Shows a token.
pub async fn show(address: SocketAddr, path: &str, token: &[u8]) -> Answer {
    send(address, Method::GET, path, &[("Authorization", &field(token))]).await
}

pub fn field(token: &[u8]) -> String {
    let token = Authorization { token: token.to_vec(), companion: None, others: Vec::new() };
    token.to_header_value(Style::Quoted).unwrap()
}

/// The first offer of a route's 401.
pub async fn offer(site: &Site, path: &str) -> Offer {
    let answer = get(site.address, path).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    answer.offers().remove(0)
}

fn issue(issuer: &Issuer, outgoing: &farebox_tokens::client::Outgoing<'_>, now: u64) -> Vec<u8> {
    let answer = issuer.answer(outgoing.content_type, outgoing.body, now, &mut rand::rng());
    assert_eq!(answer.status, 200, "{:?}", answer.error);
    answer.body
}

pub fn balance(offer: &Offer, issuer: &Issuer, now: u64) -> act::Idle {
    let key = issuer.keys().iter().find(|key| key.id() == offer.key_id()).unwrap();
    let entry = key.key().directory_entry().act.unwrap();
    let parameters = act::Parameters::from_directory(&entry, &mut Cache::default()).unwrap();
    let pending = act::request(offer, &parameters, &mut rand::rng()).unwrap().written();
    let body = issue(issuer, &pending.outgoing(), now);
    pending.finish(&body).unwrap().written()
}

pub fn holder(offer: &Offer, issuer: &Issuer, now: u64) -> arc::Holder {
    let pending = arc::request(offer, &mut rand::rng()).unwrap().written();
    let body = issue(issuer, &pending.outgoing(), now);
    pending.finish(&body).unwrap().written()
}

pub fn held(offer: &Offer, issuer: &Issuer, now: u64) -> single::Held {
    let pending = single::request(offer, &mut rand::rng()).unwrap().written();
    let body = issue(issuer, &pending.outgoing(), now);
    pending.finish(&body).unwrap().written()
}

pub fn spend(idle: act::Idle, offer: &Offer) -> act::InFlight {
    idle.spend(offer, &mut rand::rng()).unwrap().written()
}

/// A fresh spend for a path.
pub async fn spent(site: &Site, path: &str) -> act::InFlight {
    let offer = offer(site, path).await;
    spend(balance(&offer, &site.issuer(), site.now()), &offer)
}

/// What an answer's refund leaves.
pub fn refunded(spent: act::InFlight, answer: &Answer) -> act::Idle {
    let field = answer.reverse().expect("a refund").as_bytes();
    spent.refund_header(field).unwrap().written()
}

/// A token of any type for a path.
pub async fn token(site: &Site, path: &str) -> Vec<u8> {
    let offer = offer(site, path).await;
    let (issuer, now) = (site.issuer(), site.now());
    match offer.token_type() {
        TokenType::ACT => spend(balance(&offer, &issuer, now), &offer).token_bytes().to_vec(),
        TokenType::ARC => {
            holder(&offer, &issuer, now).present(&offer, &mut rand::rng()).unwrap().written().token_bytes().to_vec()
        }
        _ => held(&offer, &issuer, now).redeem(&offer).unwrap().written().token_bytes(),
    }
}
