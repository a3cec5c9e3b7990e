//! Each check refuses at its own layer, and nothing is recorded.

use farebox_act::BitLength;
use farebox_arc::Limit;
use farebox_tokens::origin::{Demand, Offer, Offers, Terms};
use farebox_tokens::{ActIssuer, Error, Invalid, IssuerKey, Registered, Validity};
use privacypass_wire::{Fault, TokenType};

use crate::common::client::spend;
use crate::common::flow::verified;
use crate::common::{COST, INITIAL, LIMIT, NOW, World, key, params, terms, world};

fn only(offer: &Offer) -> Offers {
    Offers::new([offer.clone()])
}

/// Where the digest of the challenge stands, and behind it the key id.
fn digest_at(token_type: TokenType) -> usize {
    match token_type {
        TokenType::ARC => 6,
        TokenType::ACT => 2,
        _ => 34,
    }
}

/// Refused before any scheme is asked.
fn unbound(offers: &Offers, token: &[u8]) -> Error {
    offers.bind(token, None, NOW).unwrap_err()
}

/// Binds, and does not verify.
fn unverified(offers: &Offers, token: &[u8]) -> Error {
    offers.bind(token, None, NOW).unwrap().verify(|_| true).unwrap_err()
}

#[test]
fn another_digest_or_key_does_not_bind() {
    for token_type in TokenType::KNOWN {
        let offer = world().offer(token_type);
        let (offers, token) = (only(&offer), world().token(&offer));
        let at = digest_at(token_type);
        let mut other = token.clone();
        other[at] ^= 1;
        assert_eq!(unbound(&offers, &other), Invalid::Challenge.into());
        let mut other = token.clone();
        other[at + 63] ^= 1;
        assert_eq!(unbound(&offers, &other), Invalid::Key.into());
        assert_eq!(unbound(&Offers::default(), &token), Invalid::Challenge.into());
    }
}

/// A token of one challenge under the digest of another: each token says which it answers, and its proof holds it to that.
#[test]
fn another_redemption_context_is_refused() {
    for token_type in TokenType::KNOWN {
        let world = world();
        let offer = world.offer(token_type);
        let next = Terms { redemption_context: Some([2; 32]), ..terms(token_type) };
        let next = Offer::new(&next, world.demand(token_type)).unwrap();
        let token = world.token(&offer);
        assert_eq!(unbound(&only(&next), &token), Invalid::Challenge.into());

        let at = digest_at(token_type);
        let mut moved = token.clone();
        moved[at..at + 32].copy_from_slice(next.digest().as_bytes());
        if token_type == TokenType::ACT {
            // The redemption context is not in ACT's context: credits are good in all of them, and count once (`replay.rs`).
            assert!(verified(&only(&next), &moved).is_ok());
        } else {
            assert_eq!(unverified(&only(&next), &moved), Invalid::Scheme.into());
        }
    }
}

/// Another credential context, or other origins, make another context of ARC and ACT.
#[test]
fn another_credential_context_is_refused() {
    for token_type in [TokenType::ARC, TokenType::ACT] {
        for other in [
            Terms { credential_context: Some([8; 32]), ..terms(token_type) },
            Terms { credential_context: None, ..terms(token_type) },
            Terms { origin_info: "other.example".into(), ..terms(token_type) },
            Terms { issuer_name: "other.example".into(), ..terms(token_type) },
        ] {
            let other = Offer::new(&other, world().demand(token_type)).unwrap();
            let mut token = world().token(&world().offer(token_type));
            let at = digest_at(token_type);
            token[at..at + 32].copy_from_slice(other.digest().as_bytes());
            assert_eq!(unverified(&only(&other), &token), Invalid::Scheme.into());
        }
    }
}

/// The same challenge under another key: the id does not fit, and with the id changed the proof does not.
#[test]
fn another_key_is_refused() {
    for token_type in TokenType::KNOWN.into_iter().filter(|token_type| *token_type != TokenType::BLIND_RSA) {
        let offer = world().offer(token_type);
        let other = Registered::new(key(token_type), Validity::ALWAYS);
        let id = other.id();
        let other = Offer::new(&terms(token_type), crate::common::demand(other)).unwrap();
        let mut token = world().token(&offer);
        assert_eq!(other.digest(), offer.digest());
        assert_eq!(unbound(&only(&other), &token), Invalid::Key.into());
        let at = digest_at(token_type) + 32;
        token[at..at + 32].copy_from_slice(id.as_bytes());
        assert_eq!(unverified(&only(&other), &token), Invalid::Scheme.into());
    }
}

/// Bytes of one type, named another.
#[test]
fn types_are_not_confused() {
    let world = World::new();
    let offers: Vec<Offer> = TokenType::KNOWN.map(|token_type| world.offer(token_type)).to_vec();
    let all = Offers::new(offers.clone());
    for offer in &offers {
        let token = world.token(offer);
        for other in &offers {
            if other.challenge().token_type() == offer.challenge().token_type() {
                continue;
            }
            let mut renamed = token.clone();
            renamed[..2].copy_from_slice(&other.challenge().token_type().code().to_be_bytes());
            assert!(verified(&all, &renamed).is_err());
            // With digest and key id of the other offer as well, in the other type's places.
            let at = digest_at(other.challenge().token_type());
            let id = world.key_id(other.challenge().token_type());
            renamed[at..at + 32].copy_from_slice(other.digest().as_bytes());
            renamed[at + 32..at + 64].copy_from_slice(id.as_bytes());
            assert!(verified(&all, &renamed).is_err());
        }
        // Its own bytes under the digest of another type's challenge.
        for other in offers.iter().filter(|other| other.digest() != offer.digest()) {
            let mut moved = token.clone();
            let at = digest_at(offer.challenge().token_type());
            moved[at..at + 32].copy_from_slice(other.digest().as_bytes());
            assert_eq!(unbound(&all, &moved), Invalid::TokenType.into());
        }
        assert!(verified(&all, &token).is_ok());
    }
}

/// The cost is in no challenge. What counts is the origin's own.
#[test]
fn another_charge_is_refused() {
    let world = world();
    let offer = world.offer(TokenType::ACT);
    for charge in [0, COST - 1, COST + 1, INITIAL] {
        let token = world.held(offer.challenge()).act();
        let (sent, _) = spend(token, &world.params, &offer, charge);
        assert_eq!(unverified(&only(&offer), &sent), Invalid::Scheme.into(), "{charge}");
    }
    // A token for the cheap offer of the same challenge.
    let cheap = Offer::new(&terms(TokenType::ACT), Demand::Act(world.key(TokenType::ACT), 1)).unwrap();
    let token = world.token(&cheap);
    assert_eq!(cheap.digest(), offer.digest());
    assert_eq!(unverified(&only(&offer), &token), Invalid::Scheme.into());
    assert!(verified(&only(&cheap), &token).is_ok());
}

/// So it is with the limit: of the same number of bits, and of another.
#[test]
fn another_limit_is_refused() {
    let world = world();
    let offer = world.offer(TokenType::ARC);
    let token = world.token(&offer);
    let at = |limit: u64| {
        let demand = Demand::Arc(world.key(TokenType::ARC), Limit::new(limit).unwrap());
        only(&Offer::new(&terms(TokenType::ARC), demand).unwrap())
    };
    assert!(verified(&at(LIMIT), &token).is_ok());
    for limit in [LIMIT - 1, LIMIT + 1, 16] {
        assert_eq!(unverified(&at(limit), &token), Invalid::Scheme.into(), "{limit}");
    }
    for limit in [2, 8, 17, 1 << 32] {
        let Error::Malformed(malformed) = unverified(&at(limit), &token) else { panic!() };
        assert!(malformed.field == "presentation" && matches!(malformed.fault, Fault::Length { actual: 873, .. }));
    }
}

/// Another L, which the key's owner alone decides.
#[test]
fn another_length_of_amounts_is_refused() {
    let offer = world().offer(TokenType::ACT);
    let token = world().token(&offer);
    let separator = params().domain_separator().clone();
    let wide = std::sync::Arc::new(farebox_act::Params::new(separator, BitLength::new(9).unwrap()).unwrap());
    let IssuerKey::Act(act) = world().registered(TokenType::ACT).key() else { panic!() };
    let scalar = act.key.to_bytes()[18..].to_vec();
    let key = farebox_act::SecretKey::from_scalar_bytes(&wide, &scalar).unwrap();
    let initial = wide.credits(INITIAL).unwrap();
    let key = IssuerKey::Act(Box::new(ActIssuer { params: wide, key, initial }));
    let wide = Offer::new(&terms(TokenType::ACT), Demand::Act(Registered::new(key, Validity::ALWAYS), COST)).unwrap();
    assert_eq!(wide.digest(), offer.digest());
    let Error::Malformed(malformed) = unverified(&only(&wide), &token) else { panic!() };
    assert_eq!(malformed.field, "encoded_spend_proof");
}

#[test]
fn bytes_that_are_no_token_are_malformed() {
    let offers = Offers::new(TokenType::KNOWN.map(|token_type| world().offer(token_type)));
    for bytes in [&[][..], &[0], &[0, 1], &[0, 3, 1, 2], &TokenType::GREASE[2].code().to_be_bytes(), &[0xe5, 0xac, 0]] {
        assert!(matches!(unbound(&offers, bytes), Error::Malformed(_)), "{bytes:?}");
    }
    // Far more than any token has.
    for first in [[0, 1], [0xe5, 0xac], [0xe5, 0xad]] {
        let long = [&first[..], &vec![0; 1 << 20]].concat();
        offers.bind(&long, None, NOW).unwrap_err();
    }
}
