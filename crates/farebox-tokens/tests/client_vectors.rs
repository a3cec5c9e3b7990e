//! The published issuance vectors: with the nonces and blinds of the file, requests and tokens come out byte for byte. DLEQ nonces
//! are not published, so answers are taken from the file and verified.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod client_support;

use std::path::{Path, PathBuf};

use farebox_tokens::client::generic::{self, Gained};
use farebox_tokens::client::{Offer, TokenCoins, batch, single};
use privacypass_wire::http::PrivateTokenChallenge;
use privacypass_wire::{TokenChallenge, TokenType};
use serde_json::Value;
use sha2::{Digest as _, Sha384};

/// The files' folder; without it there is nothing to compare with, and a line says so.
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let found = folder.is_dir();
    if !found {
        println!("no folder ../shared/vectors: published files are not compared");
    }
    found.then_some(folder)
}

fn records(file: &str, count: usize) -> Vec<Value> {
    let Some(folder) = folder() else { return Vec::new() };
    let value: Value = serde_json::from_str(&std::fs::read_to_string(folder.join(file)).unwrap()).unwrap();
    let records = value.as_array().unwrap().clone();
    assert_eq!(records.len(), count, "{file}");
    records
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn offer(record: &Value) -> Offer {
    let challenge = TokenChallenge::from_bytes(&bytes(&record["token_challenge"])).unwrap();
    let key = bytes(&record["pkS"]);
    let origin = challenge.origins().next().unwrap_or("any.example").to_owned();
    Offer::new(&PrivateTokenChallenge::new(&challenge, &key), &origin, Some(&key)).unwrap()
}

fn coins(nonce: &Value, blind: &Value, salt: Option<&Value>) -> TokenCoins {
    let nonce = bytes(nonce).try_into().unwrap();
    TokenCoins { nonce, blind: bytes(blind).into(), salt: salt.map(bytes).unwrap_or_default() }
}

fn redeemed(held: single::Held, offer: &Offer) -> Vec<u8> {
    held.redeem(offer).unwrap().written().token_bytes()
}

#[test]
fn single_tokens() {
    for (file, count) in [
        ("privacypass/rfc9578-type1-voprf-p384.json", 5),
        ("privacypass/rfc9578-type2-blind-rsa.json", 5),
        ("batched/draft07-type5-single-ristretto255.json", 10),
    ] {
        for record in records(file, count) {
            let offer = offer(&record);
            let coins = coins(&record["nonce"], &record["blind"], record.get("salt"));
            let pending = single::request_with_coins(&offer, coins).unwrap().written();
            assert_eq!(pending.outgoing().body, bytes(&record["token_request"]), "{file}");
            let held = pending.finish(&bytes(&record["token_response"])).unwrap().written();
            assert_eq!(redeemed(held, &offer), bytes(&record["token"]), "{file}");
        }
    }
}

#[test]
fn amortized_batches() {
    for file in ["batched/draft07-type1-amortized-p384.json", "batched/draft07-type5-amortized-ristretto255.json"] {
        for record in records(file, 10) {
            let offer = offer(&record);
            let list = |name: &str| record[name].as_array().unwrap().clone();
            let coins: Vec<_> =
                list("nonces").iter().zip(&list("blinds")).map(|(nonce, blind)| coins(nonce, blind, None)).collect();
            let pending = batch::request_with_coins(&offer, &coins).unwrap().written();
            assert_eq!(pending.outgoing().body, bytes(&record["token_request"]), "{file}");
            let held = pending.finish(&bytes(&record["token_response"])).unwrap().written();
            let tokens: Vec<_> = held.into_iter().map(|held| redeemed(held, &offer)).collect();
            assert_eq!(tokens, list("tokens").iter().map(bytes).collect::<Vec<_>>(), "{file}");
        }
    }
}

#[test]
fn generic_batches() {
    for record in records("batched/draft07-generic-batch.json", 8) {
        let issuances = record["issuance"].as_array().unwrap();
        let offers: Vec<_> = issuances.iter().map(offer).collect();
        let parts = issuances.iter().zip(&offers).map(|(issuance, offer)| {
            let mut coins = coins(&issuance["nonce"], &issuance["blind"], None);
            if offer.token_type() == TokenType::BLIND_RSA {
                coins.salt = salt_of(offer.key(), &bytes(&issuance["token"]));
            }
            single::request_with_coins(offer, coins).unwrap().written()
        });
        let pending = generic::join(parts.collect()).unwrap().written();
        assert_eq!(pending.outgoing().body, bytes(&record["token_request"]));
        let gained = pending.finish(&bytes(&record["token_response"])).unwrap().written();
        assert_eq!(gained.len(), issuances.len());
        for ((gained, issuance), offer) in gained.into_iter().zip(issuances).zip(&offers) {
            match gained {
                Some(Gained::Token(held)) => assert_eq!(redeemed(held, offer), bytes(&issuance["token"])),
                other => panic!("{other:?}"),
            }
        }
    }
}

/// The salt of a Blind RSA token, which the file leaves out: `EM = s^e mod n` is `maskedDB[207] | H[48] | bc`, and the salt is the
/// end of `DB = maskedDB xor MGF1(H)`.
fn salt_of(key: &[u8], token: &[u8]) -> Vec<u8> {
    let key = farebox_blind_rsa::PublicKey::<farebox_blind_rsa::PssDeterministic>::from_spki(key).unwrap();
    assert_eq!(key.exponent(), 65537);
    let (s, n) = (limbs(&token[98..]), limbs(key.modulus()));
    let square = |x: Vec<u32>, _| product(&x, &x, &n);
    let em = product(&(0..16).fold(s.clone(), square), &s, &n);
    let em: Vec<u8> = em.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect();
    let (masked, hash) = (&em[..207], &em[207..255]);
    let mask = (0u32..5).flat_map(|i| Sha384::digest([hash, &i.to_be_bytes()].concat()));
    masked.iter().zip(mask).map(|(byte, mask)| byte ^ mask).skip(207 - 48).collect()
}

/// Big-endian bytes as limbs, the lowest first.
fn limbs(bytes: &[u8]) -> Vec<u32> {
    bytes.rchunks(4).map(|limb| u32::from_be_bytes(limb.try_into().unwrap())).collect()
}

/// `a*b mod n`, a bit of `b` at a time.
fn product(a: &[u32], b: &[u32], n: &[u32]) -> Vec<u32> {
    (0..32 * b.len()).rev().fold(vec![0; n.len()], |sum, bit| {
        let double = plus(&sum, &sum, n);
        if b[bit / 32] >> (bit % 32) & 1 == 1 { plus(&double, a, n) } else { double }
    })
}

/// `a+b mod n` for a and b below n.
fn plus(a: &[u32], b: &[u32], n: &[u32]) -> Vec<u32> {
    let mut carry = 0;
    let mut sum: Vec<u32> = Vec::new();
    for (a, b) in a.iter().zip(b) {
        carry += u64::from(*a) + u64::from(*b);
        sum.push(carry as u32);
        carry >>= 32;
    }
    let mut borrow = 0;
    let mut less: Vec<u32> = Vec::new();
    for (sum, n) in sum.iter().zip(n) {
        borrow += i64::from(*sum) - i64::from(*n);
        less.push(borrow as u32);
        borrow >>= 32;
    }
    if carry as i64 + borrow < 0 { sum } else { less }
}
