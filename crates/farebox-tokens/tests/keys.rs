//! Key rings: what is registered, which key issues, and which is still accepted.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use common::{key, rsa};
use farebox_tokens::{IssuerKey, KeyRing, Misuse, Validity};
use farebox_voprf::{Ristretto255Sha512, SecretKey, Voprf};
use privacypass_wire::{KeyId, TokenType};

const R: TokenType = TokenType::VOPRF_RISTRETTO255;

fn seeded(seed: u32) -> IssuerKey {
    let mut bytes = [0; 32];
    bytes[..4].copy_from_slice(&seed.to_be_bytes());
    IssuerKey::VoprfRistretto255(SecretKey::<Ristretto255Sha512, Voprf>::derive(&bytes, b"PrivacyPass").unwrap())
}

fn id(key: &IssuerKey) -> KeyId {
    KeyId::of_public_key(&key.public_key())
}

/// Another key whose id ends as that of seed 0.
fn colliding() -> IssuerKey {
    let wanted = id(&seeded(0)).truncated();
    (1..).map(seeded).find(|key| id(key).truncated() == wanted).unwrap()
}

fn from_to(not_before: u64, issue_until: u64, accept_until: u64) -> Validity {
    Validity { not_before, issue_until, accept_until, ..Validity::ALWAYS }
}

#[test]
fn a_truncated_id_that_is_taken_is_refused_and_the_key_comes_back() {
    let mut ring = KeyRing::default();
    let first = ring.register(seeded(0), Validity::ALWAYS).unwrap();
    let expected = id(&colliding());
    let (back, misuse) = ring.register(colliding(), Validity::ALWAYS).unwrap_err().into_parts();
    assert_eq!((misuse, id(&back)), (Misuse::TruncatedId.into(), expected));
    assert_ne!(first, expected);
    assert_eq!(first.truncated(), expected.truncated());
    assert_eq!(ring.iter().count(), 1);
    assert_eq!(ring.issuing(R, first.truncated(), 5).unwrap().id(), first);

    // The key that came back is good elsewhere, and here when the other is gone.
    let mut ring = KeyRing::default();
    ring.register(seeded(0), from_to(0, 10, 20)).unwrap();
    let (back, _) = ring.register(back, from_to(10, 20, 30)).unwrap_err().into_parts();
    assert_eq!(ring.retire(20), [first]);
    assert_eq!(ring.register(back, from_to(10, 20, 30)).unwrap(), expected);
}

/// Requests name type and truncated id, so another type may end with the same byte.
#[test]
fn a_truncated_id_is_taken_within_its_type_only() {
    let mut ring = KeyRing::default();
    let first = ring.register(seeded(0), Validity::ALWAYS).unwrap();
    let other = (0u32..)
        .map(|seed| {
            let mut bytes = [0; 48];
            bytes[..4].copy_from_slice(&seed.to_be_bytes());
            IssuerKey::VoprfP384(SecretKey::derive(&bytes, b"PrivacyPass").unwrap())
        })
        .find(|key| id(key).truncated() == first.truncated())
        .unwrap();
    let second = ring.register(other, Validity::ALWAYS).unwrap();
    assert_eq!(ring.issuing(R, first.truncated(), 0).unwrap().id(), first);
    assert_eq!(ring.issuing(TokenType::VOPRF_P384, first.truncated(), 0).unwrap().id(), second);
    assert!(ring.issuing(TokenType::ARC, first.truncated(), 0).is_none());
    assert!(ring.accepting(TokenType::VOPRF_P384, &first, 0).is_none());
}

#[test]
fn the_same_key_is_refused() {
    let mut ring = KeyRing::default();
    let first = ring.register(seeded(3), from_to(0, 10, 20)).unwrap();
    let (back, misuse) = ring.register(seeded(3), from_to(10, 20, 30)).unwrap_err().into_parts();
    assert_eq!((misuse, id(&back)), (Misuse::SameKey.into(), first));
    assert_eq!(ring.iter().map(|key| key.validity).collect::<Vec<_>>(), [from_to(0, 10, 20)]);
}

#[test]
fn times_out_of_order_are_refused() {
    for (validity, good) in [
        (from_to(10, 9, 20), false),
        (from_to(0, 21, 20), false),
        (from_to(30, 20, 10), false),
        (from_to(10, 10, 10), true),
        (from_to(0, 20, 20), true),
        (Validity::ALWAYS, true),
    ] {
        let registered = KeyRing::default().register(seeded(1), validity);
        assert_eq!(
            registered.map_err(|refused| refused.error).err(),
            (!good).then_some(Misuse::Validity.into()),
            "{validity:?}"
        );
    }
}

#[test]
fn an_rsa_key_of_another_size_is_refused() {
    let mut ring = KeyRing::default();
    let (_, misuse) =
        ring.register(IssuerKey::BlindRsa(rsa::long_signer()), Validity::ALWAYS).unwrap_err().into_parts();
    assert_eq!(misuse, Misuse::Parameter.into());
    ring.register(key(TokenType::BLIND_RSA), Validity::ALWAYS).unwrap();
}

/// The old key issues until 20 and is good until 30; the new one begins at 10.
#[test]
fn keys_overlap() {
    let mut ring = KeyRing::default();
    let old = ring.register(seeded(1), from_to(0, 20, 30)).unwrap();
    let new = ring.register(seeded(2), from_to(10, 40, 50)).unwrap();
    let current = |now| ring.current(R, now).map(|key| key.id());
    assert_eq!(current(9), Some(old));
    assert_eq!([10, 19, 20, 39].map(current), [Some(new); 4]);
    assert_eq!(current(40), None);

    let issuing = |id: KeyId, now| ring.issuing(R, id.truncated(), now).map(|key| key.id());
    assert_eq!([0, 19].map(|now| issuing(old, now)), [Some(old); 2]);
    assert_eq!([10, 39].map(|now| issuing(new, now)), [Some(new); 2]);
    assert_eq!([issuing(old, 20), issuing(new, 9), issuing(new, 40)], [None; 3]);

    let accepts = |id: KeyId, now| ring.accepting(R, &id, now).is_some();
    assert_eq!([29, 30].map(|now| accepts(old, now)), [true, false]);
    assert_eq!([30, 49, 50].map(|now| accepts(new, now)), [true, true, false]);
    assert!(!accepts(KeyId::new([0; 32]), 5));
}

/// A challenge and the directory name the same key, also where two began in the same second.
#[test]
fn the_current_key_is_the_first_of_the_directory() {
    for seeds in [[1, 2], [2, 1], [5, 9]] {
        let mut ring = KeyRing::default();
        for seed in seeds {
            ring.register(seeded(seed), from_to(10, 20, 30)).unwrap();
        }
        let current = ring.current(R, 15).unwrap().id();
        let directory = farebox_tokens::issuer::Issuer::new("issuer.example", ring).directory("/request", 15);
        assert_eq!(directory.key_for(R, 15).unwrap().id(), current);
    }
}

#[test]
fn retired_keys_are_named_and_gone() {
    let mut ring = KeyRing::default();
    let old = ring.register(seeded(1), from_to(0, 20, 30)).unwrap();
    let new = ring.register(seeded(2), from_to(10, 40, 50)).unwrap();
    let held = ring.accepting(R, &old, 29).unwrap().clone();
    assert!(ring.retire(29).is_empty());
    assert_eq!(ring.retire(30), [old]);
    assert!(ring.accepting(R, &old, 0).is_none());
    assert_eq!(ring.iter().map(|key| key.id()).collect::<Vec<_>>(), [new]);
    // A request that is under way keeps its key.
    assert_eq!(KeyId::of_public_key(&held.key().public_key()), old);
    assert_eq!(ring.retire(u64::MAX), [new]);
}

#[test]
fn each_type_has_its_own_ring() {
    let mut ring = KeyRing::default();
    for token_type in TokenType::KNOWN {
        assert!(ring.current(token_type, 0).is_none());
        let id = ring.register(key(token_type), Validity::ALWAYS).unwrap();
        let current = ring.current(token_type, 0).unwrap();
        assert_eq!((current.id(), current.key().token_type()), (id, token_type));
        assert_eq!(KeyId::of_public_key(&current.key().public_key()), id);
    }
    assert!(ring.current(TokenType::new(0x0003), 0).is_none());
}

#[test]
fn nothing_secret_is_printed() {
    let names = ["0x0001", "0x0002", "0x0005", "0xE5AC"];
    for (token_type, name) in TokenType::KNOWN.into_iter().zip(names) {
        let printed = format!("{:?}", key(token_type)).to_ascii_lowercase();
        assert!(printed.starts_with("issuerkey(") && printed.len() < 80, "{name}: {printed}");
    }
}
