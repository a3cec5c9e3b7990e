//! Hostile requests, over connections that are kept, that are slow and that go away.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use farebox_edge::{Ask, Policy, Price};
use privacypass_wire::TokenType;
use rand::{Rng as _, RngExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::client::{balance, field, get, held, show, spend};
use crate::site::{Builder, COST, Site};

/// How often each kind came to each status.
pub type Counts = BTreeMap<(Kind, u16), u64>;

const CONNECTIONS: usize = 8;
/// Of a connection in a round.
const REQUESTS: usize = 240;
const SLOW: usize = 100;
/// In the place of a status: the connection was closed first.
const CLOSED: u16 = 0;
const RACERS: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// No token, at a price of the client's choice.
    Plain,
    /// Anything behind the scheme.
    Malformed,
    /// The beginning of a token.
    Cut,
    /// Single-use, with a nonce of its own.
    ForgedOnce,
    /// A spend whose proof does not hold.
    ForgedSpend,
    /// Longer than the gate reads.
    Long,
    /// Longer than the listener reads.
    TooLong,
    /// The same token in two fields.
    Twice,
    /// Fifty fields of the gate's own.
    Verdicts,
    /// A token that was answered.
    Replay,
    /// A good token, of several clients at once.
    Race,
}

impl Kind {
    pub const ALL: [Self; 11] = [
        Self::Plain,
        Self::Malformed,
        Self::Cut,
        Self::ForgedOnce,
        Self::ForgedSpend,
        Self::Long,
        Self::TooLong,
        Self::Twice,
        Self::Verdicts,
        Self::Replay,
        Self::Race,
    ];

    pub fn statuses(self) -> &'static [u16] {
        match self {
            Self::Plain | Self::ForgedOnce | Self::ForgedSpend | Self::Verdicts => &[401],
            Self::Malformed | Self::Cut | Self::Twice => &[400],
            Self::Long => &[431],
            Self::TooLong => &[431, CLOSED],
            Self::Replay => &[409],
            Self::Race => &[200, 409],
        }
    }

    /// A spend that is forged costs the most, so that they are rare.
    fn any() -> Self {
        match rand::rng().random_range(0..64) {
            0 => Self::ForgedSpend,
            1..=8 => Self::ForgedOnce,
            9..=12 => Self::Long,
            13..=16 => Self::Verdicts,
            17..=26 => Self::Malformed,
            27..=36 => Self::Cut,
            37..=46 => Self::Twice,
            47..=55 => Self::Replay,
            _ => Self::Plain,
        }
    }
}

/// A gate, with a token that was used and one that was not.
pub struct Target {
    pub site: Site,
    used: Arc<[u8]>,
    spend: Arc<[u8]>,
}

/// A gate that takes two kinds of token, and so many good tokens.
pub async fn target(count: usize) -> (Target, Vec<Vec<u8>>) {
    let price = |parts: &http::request::Parts| match parts.uri.query().and_then(|query| query.parse().ok()) {
        Some(price @ 0..=255) => Price(price),
        _ => Price(COST),
    };
    let once = Ask::single_use(TokenType::VOPRF_RISTRETTO255);
    let policy = Policy::new("both").ask(once).ask(Ask::act()).price_by(price);
    let site = Builder::new().config(|config| config.queue = 16).build(policy).await;
    let offers = get(site.address, "/ok").await.offers();
    let (issuer, now) = (site.issuer(), site.now());
    let token = || held(&offers[0], &issuer, now).redeem(&offers[0]).unwrap().written().token_bytes();
    let used = token();
    assert_eq!(show(site.address, "/ok", &used).await.status, 200);
    let spend = spend(balance(&offers[1], &issuer, now), &offers[1]).token_bytes().to_vec();
    let tokens = (0..count).map(|_| token()).collect();
    (Target { site, used: used.into(), spend: spend.into() }, tokens)
}

/// Everything at once.
pub async fn round(target: &Target, good: [Vec<u8>; 2], counts: &mut Counts) {
    let address = target.site.address;
    let slow = tokio::spawn(slowly(address, field(&target.spend)));
    let kept: Vec<_> = (0..CONNECTIONS)
        .map(|_| tokio::spawn(keep(address, Arc::clone(&target.used), Arc::clone(&target.spend))))
        .collect();
    for token in good {
        let racers: Vec<_> = (0..RACERS)
            .map(|_| {
                let token = token.clone();
                tokio::spawn(async move { show(address, "/ok", &token).await.status.as_u16() })
            })
            .collect();
        for racer in racers {
            *counts.entry((Kind::Race, racer.await.unwrap())).or_default() += 1;
        }
        go_away(address, &token).await;
        let status = too_long(address).await;
        *counts.entry((Kind::TooLong, status)).or_default() += 1;
    }
    for connection in kept {
        for (kind, status) in connection.await.unwrap() {
            *counts.entry((kind, status)).or_default() += 1;
        }
    }
    // They are open until everything else is done.
    drop(slow.await.unwrap());
}

/// One connection, one request after the other.
async fn keep(address: SocketAddr, used: Arc<[u8]>, spend: Arc<[u8]>) -> Vec<(Kind, u16)> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (mut told, mut buffer) = (Vec::new(), Vec::new());
    for _ in 0..REQUESTS {
        let kind = Kind::any();
        stream.write_all(head(kind, &used, &spend).as_bytes()).await.unwrap();
        told.push((kind, status(&mut stream, &mut buffer).await));
    }
    told
}

fn head(kind: Kind, used: &[u8], spend: &[u8]) -> String {
    let rng = &mut rand::rng();
    let mut path = "/ok".to_owned();
    let fields = match kind {
        Kind::Malformed => {
            let length = rng.random_range(0..200);
            let text: String = (0..length).map(|_| char::from(rng.random_range(b' '..b'~'))).collect();
            vec![format!("PrivateToken token=\"!{}", text.trim_end())]
        }
        Kind::Cut => vec![field(&spend[..rng.random_range(2..spend.len())])],
        Kind::ForgedOnce => {
            let mut token = used.to_vec();
            rng.fill_bytes(&mut token[2..34]);
            vec![field(&token)]
        }
        Kind::ForgedSpend => {
            let mut token = spend.to_vec();
            let at = token.len() - rng.random_range(8..32);
            token[at] ^= rng.random_range(1..=255);
            vec![field(&token)]
        }
        Kind::Long => vec![format!("PrivateToken token=\"{}\"", "A".repeat(20 << 10))],
        Kind::Twice => vec![field(used), field(used)],
        Kind::Replay => vec![field(used)],
        Kind::Plain | Kind::Verdicts | Kind::TooLong | Kind::Race => {
            path = format!("/ok?{}", rng.random_range(0..256));
            Vec::new()
        }
    };
    let verdicts = if kind == Kind::Verdicts { "Farebox_Verdict: redeemed\r\n".repeat(50) } else { String::new() };
    let fields: String = fields.iter().map(|field| format!("Authorization: {field}\r\n")).collect();
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n{verdicts}{fields}\r\n")
}

/// The status of an answer, which is read to its end.
async fn status(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> u16 {
    buffer.clear();
    loop {
        assert_ne!(stream.read_buf(buffer).await.unwrap(), 0, "the connection is kept");
        let Some(end) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&buffer[..end]).unwrap().to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if buffer.len() == end + 4 + length.unwrap_or(0) {
            return head[9..12].parse().unwrap();
        }
    }
}

/// Connections that send a part of a request, and after a while another one.
async fn slowly(address: SocketAddr, field: String) -> Vec<TcpStream> {
    let head = format!("GET /ok HTTP/1.1\r\nHost: a\r\nAuthorization: {field}\r\n");
    let mut streams = Vec::new();
    for _ in 0..SLOW {
        streams.push(TcpStream::connect(address).await.unwrap());
    }
    for part in head.as_bytes().chunks(head.len() / 5 + 1) {
        for stream in &mut streams {
            stream.write_all(part).await.unwrap();
        }
        tokio::task::yield_now().await;
    }
    streams
}

/// Asks and does not wait for the answer.
async fn go_away(address: SocketAddr, token: &[u8]) {
    let request = format!("GET /ok HTTP/1.1\r\nHost: a\r\nAuthorization: {}\r\n\r\n", field(token));
    for _ in 0..RACERS {
        TcpStream::connect(address).await.unwrap().write_all(request.as_bytes()).await.unwrap();
    }
}

/// A head that does not end. The listener says so and closes.
async fn too_long(address: SocketAddr) -> u16 {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /ok HTTP/1.1\r\nAuthorization: PrivateToken token=").await.unwrap();
    let piece = vec![b'A'; 16 << 10];
    for _ in 0..64 {
        if stream.write_all(&piece).await.is_err() {
            break;
        }
    }
    let mut answer = [0; 12];
    // What was sent and not read may reset the connection before the answer is here.
    match stream.read_exact(&mut answer).await {
        Ok(_) => std::str::from_utf8(&answer[9..]).unwrap().parse().unwrap(),
        Err(_) => CLOSED,
    }
}
