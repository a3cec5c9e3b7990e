//! Logs at the lowest level have nothing of a client in them.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use farebox_wallet::{Caps, Config, FileStore, Proxies, ReqwestTransport, Transport, TransportError, Wallet};
use http::{Request, Response};
use privacypass_wire::http::{Authorization, Reading};
use privacypass_wire::{Limits, Token};

use super::common::Place;

/// Keeps what is secret of each exchange.
#[derive(Clone)]
struct Listening {
    inner: ReqwestTransport,
    tokens: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Transport for Listening {
    async fn send(&self, request: Request<Bytes>, caps: Caps) -> Result<Response<Bytes>, TransportError> {
        if let Some(value) = request.headers().get("authorization") {
            let read = Authorization::parse(value.as_bytes(), Reading::Strict, &Limits::DEFAULT).unwrap().unwrap();
            self.tokens.lock().unwrap().push(read.token);
        }
        self.inner.send(request, caps).await
    }
}

#[test]
fn the_log_has_no_token_serial_balance_or_address() {
    let place = Place::new(&["act", "arc", "voprf-ristretto255"], "log.level = \"trace\"\n");
    let server = place.serve();
    let tokens = Arc::new(Mutex::new(Vec::new()));
    let transport = Listening { inner: ReqwestTransport::new(&Proxies::None).unwrap(), tokens: Arc::clone(&tokens) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = FileStore::open(place.path("listening")).unwrap();
        let wallet = Wallet::open(transport.clone(), store, Config::default()).unwrap();
        for path in ["/act/page", "/act/page", "/arc/page", "/once/page"] {
            let request =
                Request::get(server.url(path)).header("x-marked", "a-marked-header").body(Bytes::new()).unwrap();
            assert_eq!(wallet.fetch(request).await.unwrap().status(), 200);
        }
        // Each token once more, and once broken.
        let seen = tokens.lock().unwrap().clone();
        for token in seen {
            let mut broken = token.clone();
            *broken.last_mut().unwrap() ^= 1;
            for token in [token, broken] {
                let value = Authorization { token, companion: None, others: vec![] };
                let value = value.to_header_value(privacypass_wire::http::Style::Quoted).unwrap();
                let request =
                    Request::get(server.url("/act/page")).header("authorization", value).body(Bytes::new()).unwrap();
                transport.send(request, Caps::ORIGIN).await.unwrap();
            }
        }
    });
    let (ended, log) = server.stop();
    assert!(ended.success());
    assert!(log.contains("serving") && log.lines().count() > 3, "{log}");
    let tokens = tokens.lock().unwrap().clone();
    assert!(tokens.len() > 8);
    let lower = log.to_ascii_lowercase();
    for bytes in &tokens {
        // 12 bytes are found at any place of hex; of base64url, at three.
        for piece in pieces(bytes) {
            assert!(!lower.contains(&hex::encode(&piece)), "hex of a token");
            assert!(!log.contains(&format!("{piece:?}").replace(['[', ']'], "")), "a list of bytes");
        }
        let text = Authorization { token: bytes.clone(), companion: None, others: vec![] };
        let text = text.to_header_value(privacypass_wire::http::Style::Quoted).unwrap();
        let text: Vec<char> = text.chars().collect();
        for piece in text.chunks(16).skip(2).filter(|piece| piece.len() == 16) {
            assert!(!log.contains(&piece.iter().collect::<String>()), "base64url of a token");
        }
    }
    for absent in ["127.0.0.1", "balance", "a-marked-header", "nullifier", "/act/page"] {
        assert!(!lower.contains(absent), "{absent}: {log}");
    }
}

/// The serial and what else tells a token.
fn pieces(token: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces = vec![token[2..14].to_vec(), token[token.len() - 12..].to_vec()];
    match Token::from_bytes(token).unwrap() {
        Token::Act(token) => pieces.push(token.spend_proof()[..12].to_vec()),
        Token::Arc(token) => pieces.push(token.presentation()[99..111].to_vec()),
        Token::SingleUse(token) => pieces.push(token.input().nonce[..12].to_vec()),
    }
    pieces
}

#[test]
fn logs_can_be_json() {
    let place = Place::new(&["act"], "log.format = \"json\"\n");
    let (_, log) = place.serve().stop();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["fields"]["message"] == "serving"), "{log}");
}
