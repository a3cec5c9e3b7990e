//! Another implementation of Privacy Pass over HTTP on this machine: npm @cloudflare/privacypass-ts, as client of our issuer and
//! origin, and as issuer and origin of our client. Types `0x0001` and `0x0002`, alone and in generic batches. Skipped, with a line
//! that says so, where node, npm or the package registry is missing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;
#[path = "interop/peer.rs"]
mod peer;
#[path = "interop/service.rs"]
mod service;
#[path = "interop/web.rs"]
mod web;

use std::sync::atomic::Ordering;

use farebox_tokens::client::generic::{Gained, Wish};
use farebox_tokens::client::{Offer, generic, single};
use farebox_tokens::{Error, Invalid};
use privacypass_wire::http::{PrivateTokenChallenge, Reading, Style};
use privacypass_wire::{KeyId, SingleUseToken, Token, TokenType};
use serde_json::json;
use tokio::runtime::Runtime;

use peer::Peer;
use web::Web;

const TYPES: [TokenType; 2] = [TokenType::VOPRF_P384, TokenType::BLIND_RSA];
/// A token with a flipped bit, then the token, then the token again.
const SHOWN: [u16; 3] = [401, 200, 409];

fn their_client(peer: &mut Peer) {
    let runtime = Runtime::new().unwrap();
    let (service, address) = runtime.block_on(service::start());
    let url = format!("http://{address}/protected");

    for token_type in TYPES {
        for quoted in [false, true] {
            let done = json!({ "op": "redeem", "url": url, "type": token_type.code(), "quoted": quoted });
            let done = peer.ask(&done);
            assert_eq!(done["status"], 401);
            assert_eq!(done["types"], json!([1, 2, 5]));
            let context = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
            let read = json!({
                "issuerName": "issuer.example", "originInfo": [common::ORIGIN], "redemptionContext": context, "maxAge": 60
            });
            assert_eq!(done["read"], read);
            assert_eq!(done["shown"], json!(SHOWN));
        }
        let refused = peer.ask(&json!({ "op": "refused", "url": url, "type": token_type.code() }));
        assert!(refused["said"].as_str().unwrap().contains("code:422"), "{refused}");
    }

    let done = peer.ask(&json!({ "op": "batch", "url": url, "types": [2, 1, 2] }));
    assert_eq!(done["status"], 206);
    assert_eq!(done["mediaType"], privacypass_wire::http::GENERIC_BATCH_RESPONSE);
    assert_eq!((&done["count"], &done["strayed"]), (&json!(4), &json!(null)));
    assert_eq!(done["shown"], json!(vec![SHOWN; 3]));

    // What the other side says of our statuses, we saw ourselves.
    assert_eq!(service.served.load(Ordering::Relaxed), 7);
    assert_eq!(*service.refused.lock().unwrap(), [Error::Invalid(Invalid::Scheme); 7]);
}

/// The same token with one bit flipped behind the key id.
fn spoiled(token: &Token) -> Token {
    let mut bytes = token.to_bytes();
    bytes[140] ^= 1;
    Token::SingleUse(SingleUseToken::from_bytes(&bytes).unwrap())
}

async fn one(web: &Web, token_type: TokenType, style: &str, reading: Reading) -> Offer {
    let path = format!("/protected/{}/{style}", token_type.code());
    let offer = web.offer(token_type, &path, reading).await;
    assert_eq!(offer.challenge().issuer_name(), "issuer.example");
    let pending = single::request(&offer, &mut rand::rng()).unwrap().written();
    let response = web.issue(pending.outgoing()).await;
    assert_eq!(response.status, 200);

    // An answer with a flipped bit is refused, and costs nothing.
    let mut wrong = response.body.to_vec();
    *wrong.last_mut().unwrap() ^= 1;
    let (pending, error) = pending.finish(&wrong).unwrap_err().into_parts();
    assert_eq!(error, Error::Invalid(Invalid::Scheme));

    let held = pending.finish(&response.body).unwrap().written();
    let token = held.redeem(&offer).unwrap().written().token().unwrap();
    assert_eq!(web.show(&path, &spoiled(&token), Style::Quoted).await, 403);
    for style in [Style::Quoted, Style::Unquoted] {
        assert_eq!(web.show(&path, &token, style).await, 200);
    }
    offer
}

/// The offer with a key that its issuer has not.
fn strayed(offer: &Offer) -> Offer {
    let key = loop {
        let key = common::key(TokenType::VOPRF_P384).public_key();
        if KeyId::of_public_key(&key).truncated() != offer.key_id().truncated() {
            break key;
        }
    };
    Offer::new(&PrivateTokenChallenge::new(offer.challenge(), &key), "other.example", None).unwrap()
}

async fn batch(web: &Web, offers: &[Offer]) {
    let [p384, rsa] = offers else { panic!("two types") };
    let stray = strayed(p384);
    for (wishes, status) in [(vec![p384, rsa], 200), (vec![rsa, &stray, p384], 206)] {
        let wanted: Vec<_> = wishes.iter().copied().map(Wish::For).collect();
        let pending = generic::request(&wanted, &mut rand::rng()).unwrap().written();
        let response = web.issue(pending.outgoing()).await;
        assert_eq!(response.status, status);
        let gained = pending.finish(&response.body).unwrap().written();
        assert_eq!(gained.len(), wishes.len());
        for (gained, offer) in gained.into_iter().zip(wishes) {
            let path = format!("/protected/{}/quoted", offer.token_type().code());
            match gained {
                Some(Gained::Token(held)) => {
                    let token = held.redeem(offer).unwrap().written().token().unwrap();
                    assert_eq!(web.show(&path, &token, Style::Quoted).await, 200);
                }
                None => assert_eq!(offer.key_id(), stray.key_id()),
                Some(other) => panic!("{other:?}"),
            }
        }
    }
}

fn our_client(peer: &mut Peer) {
    let web = Web(peer.ask(&json!({ "op": "serve" }))["address"].as_str().unwrap().to_owned());
    Runtime::new().unwrap().block_on(async {
        let mut offers = Vec::new();
        for token_type in TYPES {
            one(&web, token_type, "quoted", Reading::Strict).await;
            offers.push(one(&web, token_type, "bare", Reading::Lenient).await);
        }
        batch(&web, &offers).await;
    });
}

#[test]
fn cloudflare_privacypass_ts() {
    let Some(mut peer) = Peer::start() else { return };
    their_client(&mut peer);
    our_client(&mut peer);
}
