//! An issuer with a key of each type, and what its clients ask for.

use std::sync::{Arc, OnceLock};

use farebox_act::{BitLength, DomainSeparator, Params};
use farebox_arc::Limit;
use farebox_blind_rsa::{PssDeterministic, SecretKey, SharedSigner};
use farebox_tokens::client::{self, Cache};
use farebox_tokens::issuer::Issuer;
use farebox_tokens::origin::{Demand, Offer, Terms};
use farebox_tokens::{ActIssuer, IssuerKey, KeyRing, Registered, Validity};
use privacypass_wire::{Limits, TokenType};

pub const NOW: u64 = 1_800_000_000;
pub const ORIGIN: &str = "origin.example";
pub const SINGLE_USE: [TokenType; 3] = [TokenType::VOPRF_P384, TokenType::BLIND_RSA, TokenType::VOPRF_RISTRETTO255];

const P: &str = "C8B4692878ED7D54403DB83E9521244441744E1D603092B1BDE964ECEC56DC9C0B956654BAC65BFEEA7F5E17AF35C28F\
    99530DFCC0E625A8375BCA21C1D96D787FF212BC9620ACC4DEAA7125313974C40BF5BCFCF86D396D81DBBAC4256929C08CA5AA06FB5C79FD\
    F827E22A148DAF792F781907839498C30B21DB37FCC8DBF3";
const Q: &str = "E8AD0BCA702ADDAB6D63D438B16B5C8BE856D3FC2FDCD35F681603320AD60C78493C946931B1F5159F83CD6E20066961\
    16E4E72284D66C35E11CC0E02BFE4B7458149A16A5F5C758C3BCE03955AD7E2F60C655D442CDF71F7EDFCD2FC486614DDCCC32926949A0D1\
    F0EA373A1ACACE2548B714EB3057B4B3CAE4B10B14FB4E3F";

/// A fresh key; of RSA always the same, since making one is slow.
pub fn key(token_type: TokenType) -> IssuerKey {
    let rng = &mut rand::rng();
    match token_type {
        TokenType::VOPRF_P384 => IssuerKey::VoprfP384(farebox_voprf::SecretKey::generate(rng)),
        TokenType::VOPRF_RISTRETTO255 => IssuerKey::VoprfRistretto255(farebox_voprf::SecretKey::generate(rng)),
        TokenType::BLIND_RSA => {
            let [p, q] = [P, Q].map(|prime| hex::decode(prime).unwrap());
            let key = SecretKey::<PssDeterministic>::from_primes(&p, &q, &[1, 0, 1]).unwrap();
            IssuerKey::BlindRsa(SharedSigner::new(key))
        }
        TokenType::ARC => IssuerKey::Arc(Box::new(farebox_arc::SecretKey::generate(rng))),
        TokenType::ACT => {
            let separator = DomainSeparator::new("farebox", "issuer", "test", "2026-01-01").unwrap();
            let params = Arc::new(Params::new(separator, BitLength::new(8).unwrap()).unwrap());
            let key = farebox_act::SecretKey::generate(&params, rng);
            let initial = params.credits(100).unwrap();
            IssuerKey::Act(Box::new(ActIssuer { params, key, initial }))
        }
        other => panic!("{other}"),
    }
}

/// The same keys for all tests, for ever.
pub fn issuer() -> Issuer {
    static ISSUER: OnceLock<Issuer> = OnceLock::new();
    ISSUER
        .get_or_init(|| {
            let mut keys = KeyRing::default();
            for token_type in TokenType::KNOWN {
                keys.register(key(token_type), Validity::ALWAYS).unwrap();
            }
            with_keys(keys)
        })
        .clone()
}

pub fn with_keys(keys: KeyRing) -> Issuer {
    let mut issuer = Issuer::new("issuer.example", keys);
    issuer.act_origin_info = ORIGIN.into();
    issuer
}

/// What an origin would say, and the client reads.
pub fn offer_of(key: &Registered) -> client::Offer {
    let token_type = key.key().token_type();
    let terms = Terms { issuer_name: "issuer.example".into(), origin_info: ORIGIN.into(), ..Terms::default() };
    let demand = match token_type {
        TokenType::ARC => Demand::Arc(key.clone(), Limit::new(10).unwrap()),
        TokenType::ACT => Demand::Act(key.clone(), 30),
        _ => Demand::Once(key.clone()),
    };
    client::Offer::new(&Offer::new(&terms, demand).unwrap().to_wire(), ORIGIN, None).unwrap()
}

pub fn offer(token_type: TokenType) -> client::Offer {
    offer_of(issuer().keys().current(token_type, NOW).unwrap())
}

/// ACT parameters out of a directory's bytes.
pub fn parameters(directory: &[u8]) -> client::act::Parameters {
    let directory = privacypass_wire::directory::IssuerDirectory::from_json(directory, &Limits::DEFAULT).unwrap();
    let entry = directory.key_for(TokenType::ACT, NOW).unwrap().act.clone().unwrap();
    client::act::Parameters::from_directory(&entry, &mut Cache::default()).unwrap()
}

/// A request for one ristretto token, cheap to make and to answer: media type and body.
pub fn cheap() -> (&'static str, Vec<u8>) {
    let pending = client::single::request(&offer(TokenType::VOPRF_RISTRETTO255), &mut rand::rng()).unwrap().written();
    (pending.outgoing().content_type, pending.outgoing().body.to_vec())
}

/// A request for so many.
pub fn batch(count: usize) -> (&'static str, Vec<u8>) {
    let pending = client::batch::request(&offer(TokenType::VOPRF_RISTRETTO255), count, &mut rand::rng()).unwrap();
    let pending = pending.written();
    (pending.outgoing().content_type, pending.outgoing().body.to_vec())
}
