//! Reading each message and header, and writing a challenge.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use privacypass_wire::directory::{IssuerDirectory, TokenKey};
use privacypass_wire::http::{Authorization, PrivateTokenChallenge, Reading, Style, WwwAuthenticate, reverse};
use privacypass_wire::{
    ActToken, AmortizedBatchTokenRequest, AmortizedBatchTokenResponse, ArcToken, AuthenticatorInput, ChallengeDigest,
    GenericBatchTokenRequest, GenericBatchTokenResponse, KeyId, Limits, Refund, SingleUseToken, Token, TokenChallenge,
    TokenRequest, TokenResponse, TokenType, lengths,
};

const LIMITS: &Limits = &Limits::DEFAULT;

/// The lengths of the schemes' requests and responses.
const SCHEMES: [(TokenType, usize, usize); 5] = [
    (TokenType::VOPRF_P384, 49, 145),
    (TokenType::BLIND_RSA, 256, 256),
    (TokenType::VOPRF_RISTRETTO255, 32, 96),
    (TokenType::ARC, 226, 454),
    (TokenType::ACT, 130, 162),
];

fn key() -> KeyId {
    KeyId::of_public_key(b"a public key")
}

fn challenge(token_type: TokenType) -> TokenChallenge {
    let builder = TokenChallenge::builder(token_type, "issuer.example").origin_info("origin.example");
    builder.redemption_context([1; 32]).build().unwrap()
}

/// ARC for N = 1000, ACT for L = 10.
fn token(token_type: TokenType) -> Token {
    let digest = ChallengeDigest::new([2; 32]);
    match token_type.authenticator_len() {
        Some(len) => {
            let input = AuthenticatorInput { token_type, nonce: [3; 32], challenge_digest: digest, key_id: key() };
            Token::SingleUse(SingleUseToken::new(input, &vec![4; len]).unwrap())
        }
        None if token_type == TokenType::ARC => {
            let presentation = vec![4; lengths::arc_presentation(1000).unwrap()];
            Token::Arc(ArcToken::new(digest, key(), &presentation).unwrap())
        }
        None => Token::Act(ActToken::new(digest, key(), &vec![4; lengths::act_spend_proof(10).unwrap()]).unwrap()),
    }
}

fn reads<T, E>(c: &mut Criterion, name: &str, bytes: &[u8], read: impl Fn(&[u8]) -> Result<T, E>) {
    assert!(read(bytes).is_ok(), "{name}");
    let mut group = c.benchmark_group("read");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function(name, |b| b.iter(|| read(black_box(bytes)).is_ok()));
    group.finish();
}

fn messages(c: &mut Criterion) {
    for (token_type, asks, answers) in SCHEMES {
        reads(c, &format!("challenge/{token_type}"), challenge(token_type).as_bytes(), TokenChallenge::from_bytes);
        reads(c, &format!("token/{token_type}"), &token(token_type).to_bytes(), Token::from_bytes);
        let request = TokenRequest::new(token_type, &key(), &vec![5; asks]).unwrap();
        reads(c, &format!("request/{token_type}"), &request.to_bytes(), TokenRequest::from_bytes);
        let response = TokenResponse::new(token_type, &vec![6; answers]).unwrap().to_bytes();
        reads(c, &format!("response/{token_type}"), &response, |bytes| TokenResponse::from_bytes(token_type, bytes));
    }
    reads(c, "refund", &Refund::new(&[7; 162]).unwrap().to_bytes(), Refund::from_bytes);
    c.bench_function("digest/challenge", |b| {
        let challenge = challenge(TokenType::ACT);
        b.iter(|| black_box(&challenge).digest());
    });
}

fn batches(c: &mut Criterion) {
    let p384 = TokenType::VOPRF_P384;
    let elements = vec![[1; 49]; 100];
    let request = AmortizedBatchTokenRequest::new(p384, &key(), &elements).unwrap().to_bytes();
    reads(c, "amortized-request/100", &request, |bytes| AmortizedBatchTokenRequest::from_bytes(bytes, LIMITS));
    let response = AmortizedBatchTokenResponse::new(p384, &elements, &[2; 96]).unwrap().to_bytes();
    reads(c, "amortized-response/100", &response, |bytes| AmortizedBatchTokenResponse::from_bytes(p384, bytes, LIMITS));
    let requests = vec![TokenRequest::new(p384, &key(), &[5; 49]).unwrap(); 100];
    let batch = GenericBatchTokenRequest { requests }.to_bytes();
    reads(c, "generic-request/100", &batch, |bytes| GenericBatchTokenRequest::from_bytes(bytes, LIMITS));
    let responses = vec![Some(TokenResponse::new(p384, &[6; 145]).unwrap()); 100];
    let batch = GenericBatchTokenResponse { responses }.to_bytes();
    reads(c, "generic-response/100", &batch, |bytes| GenericBatchTokenResponse::from_bytes(bytes, LIMITS));
}

fn headers(c: &mut Criterion) {
    let offers = [TokenType::VOPRF_P384, TokenType::BLIND_RSA, TokenType::ACT]
        .map(|token_type| PrivateTokenChallenge::new(&challenge(token_type), &[1; 342]));
    let field = format!("Basic realm=\"x\", {}", WwwAuthenticate::to_header_value(&offers, Style::Quoted).unwrap());
    reads(c, "www-authenticate/3", field.as_bytes(), |field| WwwAuthenticate::parse([field], Reading::Lenient, LIMITS));
    // The worst that the cap lets in: nothing but separators, escapes or empty challenges.
    for (name, unit) in [("commas", ","), ("escapes", "\\\""), ("spaces", " ")] {
        let field = format!("PrivateToken challenge=\"{}", unit.repeat(16_000 / unit.len()));
        reads(c, &format!("www-authenticate/16 KB of {name}"), field.as_bytes(), |field| {
            WwwAuthenticate::parse([field], Reading::Lenient, LIMITS)
        });
    }
    for token_type in TokenType::KNOWN {
        let field = Authorization::new(&token(token_type)).to_header_value(Style::Quoted).unwrap();
        let read = |field: &[u8]| Authorization::parse(field, Reading::Lenient, LIMITS);
        reads(c, &format!("authorization/{token_type}"), field.as_bytes(), read);
    }
    let field = reverse::to_header_value(&[0; 164], Style::Quoted);
    reads(c, "reverse/refund", field.as_bytes(), |field| reverse::parse(field, Reading::Lenient, LIMITS));
    let [.., offer] = &offers;
    c.bench_function("write/www-authenticate", |b| b.iter(|| black_box(offer).to_header_value(Style::Quoted)));
    let keys = (0..10).map(|i| TokenKey::new(TokenType::BLIND_RSA, &[i; 342])).collect();
    let json = IssuerDirectory::new("/token-request", keys).to_json();
    reads(c, "directory/10 keys", json.as_bytes(), |json| IssuerDirectory::from_json(json, LIMITS));
}

criterion_group!(benches, messages, batches, headers);
criterion_main!(benches);
