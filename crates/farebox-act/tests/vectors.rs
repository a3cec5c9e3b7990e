//! The two published vector files of draft-schlesinger-cfrg-act-02: every message verifies, and all that the seeds determine
//! comes out byte for byte.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod common;

use farebox_act::{
    BitLength, Context, CreditToken, DomainSeparator, Expected, IssuanceRequest, IssuanceResponse, Params, PreIssuance,
    Refund, RequestCoins, SecretKey, SignatureCoins, SpendCoins, SpendProof,
};
use farebox_group::{ByteOrder, Scalar as _, ristretto255::Scalar};
use farebox_sigma::{Coins, Flavor};
use serde_json::Value;
use sha2::{Digest, Sha512};

fn hex_of(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

/// The files' generator: SHAKE128 over a padded label and the seed; each 48 bytes become a scalar through
/// expand_message_xmd.
struct Drng(Vec<u8>);

impl Drng {
    fn new(seed: &Value) -> Self {
        use farebox_sigma::{Shake128, Xof};
        let mut xof = Shake128::domain(b"sigma-proofs/TestDRNG/SHAKE128");
        xof.absorb(&hex_of(seed));
        Self(xof.squeeze::<{ 48 * 80 }>().to_vec())
    }

    fn scalar(&mut self) -> Scalar {
        let chunk: Vec<u8> = self.0.drain(..48).collect();
        Scalar::reduce(&xmd(&chunk, b"sigma-proofs-ristretto255-v1"), ByteOrder::Little)
    }
}

/// expand_message_xmd with SHA-512 for 64 bytes (RFC 9380, 5.3.1).
fn xmd(message: &[u8], dst: &[u8]) -> Vec<u8> {
    let dst = [dst, &[dst.len() as u8]].concat();
    let b0 = Sha512::digest([&[0; 128], message, &[0, 64, 0], &dst].concat());
    Sha512::digest([b0.as_slice(), &[1], &dst].concat()).to_vec()
}

fn nonces(count: usize) -> Coins<Scalar> {
    Coins::from_nonces((0..count).map(|_| Scalar::random(&mut rand::rng())).collect())
}

fn check(file: &Value) {
    let ds = DomainSeparator::parse(file["parameters"]["domain_separator"].as_str().unwrap()).unwrap();
    let bits = BitLength::new(file["parameters"]["L"].as_u64().unwrap() as u8).unwrap();
    let params = Params::new(ds, bits).unwrap();
    let credits = |value: &Value| params.credits(value.as_str().unwrap().parse().unwrap()).unwrap();
    let (issuance, spending, refunding) = (&file["issuance"], &file["spending"], &file["refund"]);
    let context = Context::from_bytes(&hex_of(&issuance["ctx"])).unwrap();

    // Keys.
    let sk = Drng::new(&file["seeds"]["key_gen"]).scalar().to_bytes(ByteOrder::Little);
    assert_eq!(sk.to_vec(), hex_of(&file["key_generation"]["private_key"]));
    let key = SecretKey::from_scalar_bytes(&params, &sk).unwrap();
    assert_eq!(key.public_key().as_bytes(), hex_of(&file["key_generation"]["public_key"]));

    // Issuance: ours up to the proof, theirs verifies.
    let mut drng = Drng::new(&file["seeds"]["issuance"]);
    let (k, r, e) = (drng.scalar(), drng.scalar(), drng.scalar());
    let (state, ours) = PreIssuance::request_with_coins(&params, RequestCoins { k, r, proof: nonces(2) }).unwrap();
    let published = hex_of(&issuance["issuance_request"]);
    assert_eq!(ours.to_bytes()[..34], published[..34]);
    let request = IssuanceRequest::from_bytes(&published).unwrap();
    assert_eq!(request.to_bytes(), published);
    let amount = credits(&issuance["credit_amount"]);
    let coins = SignatureCoins { e, proof: nonces(1) };
    let ours = key.issue_with_coins(&params, &request, amount, context, coins).unwrap();
    let published = hex_of(&issuance["issuance_response"]);
    assert_eq!(published.len(), 194);
    assert_eq!(ours.to_bytes()[..96], published[..96]);
    assert!(IssuanceResponse::from_bytes(&params, &published).is_err(), "194 bytes only where asked for");
    let response = IssuanceResponse::from_bytes_194(&params, context, &published).unwrap();
    let token = state.finish(&params, key.public_key(), context, amount, &response).unwrap();
    let saved = token.into_bytes();
    assert_eq!(saved[18..], hex_of(&issuance["credit_token"]));

    // Spend.
    let token = CreditToken::from_bytes(&params, &saved).unwrap();
    let mut drng = Drng::new(&file["seeds"]["spend"]);
    let (r1, r2, kstar) = (drng.scalar(), drng.scalar(), drng.scalar());
    let sigma = (0..bits.get()).map(|_| drng.scalar()).collect();
    let coins = SpendCoins { r1, r2, kstar, sigma, proof: nonces(3 * bits.get() + 7) };
    let charge = credits(&spending["spend_amount"]);
    let (ours, next) = token.spend_with_coins(&params, charge, Flavor::Compact, coins).unwrap();
    let published = hex_of(&spending["spend_proof"]);
    let body = 32 * (5 + bits.get()) + 2;
    assert_eq!(ours.to_bytes()[..body], published[..body]);
    let expected = Expected { charge, context };
    let _ = key.verify(&params, ours, &expected, |_| false).unwrap();
    let spend = SpendProof::from_bytes(&params, &published).unwrap();
    assert_eq!(spend.to_bytes(), published);
    assert_eq!(spend.nullifier().to_vec(), hex_of(&spending["nullifier"]));
    let verified = key.verify(&params, spend, &expected, |_| false).unwrap();

    // Refund.
    let returned = credits(&refunding["refund_amount"]);
    let e = Drng::new(&file["seeds"]["refund"]).scalar();
    let ours = verified.refund_with_coins(&params, &key, returned, SignatureCoins { e, proof: nonces(1) }).unwrap();
    let published = hex_of(&refunding["refund"]);
    assert_eq!(ours.to_bytes()[..98], published[..98]);
    let refund = Refund::from_bytes(&params, &published).unwrap();
    assert_eq!(refund.to_bytes(), published);
    let token = next.finish(&params, key.public_key(), &refund).unwrap();
    assert_eq!(token.balance(), credits(&refunding["remaining_balance"]));
    assert_eq!(token.into_bytes()[18..], hex_of(&refunding["new_credit_token"]));
}

#[test]
fn published_files() {
    let Some(folder) = common::published() else { return };
    for name in ["act-ts_draft-schlesinger-02.json", "anonymous-credit-tokens_draft-schlesinger-02.json"] {
        let text = std::fs::read_to_string(folder.join("act").join(name)).unwrap();
        check(&serde_json::from_str(&text).unwrap());
    }
}

#[test]
fn published_generators() {
    let params = common::params(8);
    let generators: Vec<String> = params.generators().map(hex::encode).collect();
    assert_eq!(
        generators,
        [
            "3c4ad7c819f856426f5b9ea6fe42499b86e9eb3d04ae9475ec8fd0851e1af264",
            "44fae85c702edcdad516816bef6e2f266b632aae8343498f2a762126f0fe464d",
            "2c87a7c0f858aafad37240aa7b042ea0f3032c682191707c824545da353eaf05",
            "300d96281c0ec7c36607be90541bfb0df58f02ff2582e8ce0138fea3c6ec2b36",
        ]
    );
}
