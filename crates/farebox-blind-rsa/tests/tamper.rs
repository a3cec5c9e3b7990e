//! Every byte of every message, key and state changed; then cut and lengthened.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod common;

use farebox_blind_rsa::{PreSignature, PssDeterministic, PublicKey, SecretKey, Signer};

use common::{key, pkcs8, prepared, signer};

type V = PssDeterministic;

/// Each byte with one bit turned, another one from byte to byte.
fn flipped(honest: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    (0..honest.len()).map(|at| {
        let mut bytes = honest.to_vec();
        bytes[at] ^= 1 << (at % 8);
        (at, bytes)
    })
}

/// Shorter and longer forms.
fn resized(honest: &[u8]) -> Vec<Vec<u8>> {
    let lens = [0, 1, 2, honest.len() / 2, honest.len() - 2, honest.len() - 1];
    let mut forms: Vec<_> = lens.map(|len| honest[..len].to_vec()).to_vec();
    forms.extend([[honest, &[0]].concat(), [&[0], honest].concat(), [honest, honest].concat(), honest[1..].to_vec()]);
    forms
}

#[test]
fn signature() {
    let public = key::<V>().public_key().clone();
    let message = prepared(b"message");
    let honest = common::signature::<V>(&message);
    for (at, bytes) in flipped(&honest) {
        assert!(public.verify(&message, &bytes).is_err(), "byte {at}");
    }
    for bytes in resized(&honest) {
        assert!(public.verify(&message, &bytes).is_err(), "{} bytes", bytes.len());
    }
}

#[test]
fn message() {
    let public = key::<V>().public_key().clone();
    let honest = [7; 98];
    let signature = common::signature::<V>(&prepared(&honest));
    for (at, bytes) in flipped(&honest) {
        assert!(public.verify(&prepared(&bytes), &signature).is_err(), "byte {at}");
    }
    for bytes in resized(&honest) {
        assert!(public.verify(&prepared(&bytes), &signature).is_err(), "{} bytes", bytes.len());
    }
}

#[test]
fn answer() {
    let public = key::<V>().public_key().clone();
    let (mut state, blinded) = public.blind(&prepared(b"message"), &mut rand::rng()).unwrap();
    let honest = signer::<V>().blind_sign(&blinded, &mut rand::rng()).unwrap();
    for bytes in flipped(&honest).map(|(_, bytes)| bytes).chain(resized(&honest)) {
        state = *state.finalize(&public, &bytes).unwrap_err().state;
    }
    assert!(state.finalize(&public, &honest).is_ok());
}

/// What is changed here is signed, since a signer cannot tell; the client finds it out.
#[test]
fn blinded_message() {
    let public = key::<V>().public_key().clone();
    let mut signer: Signer<V> = signer();
    let (mut state, honest) = public.blind(&prepared(b"message"), &mut rand::rng()).unwrap();
    for (_, bytes) in flipped(&honest).step_by(5) {
        if let Ok(answer) = signer.blind_sign(&bytes, &mut rand::rng()) {
            state = *state.finalize(&public, &answer).unwrap_err().state;
        }
    }
    for bytes in resized(&honest) {
        assert!(signer.blind_sign(&bytes, &mut rand::rng()).is_err());
    }
}

/// Version, variant and key are checked when the state is read. The rest is the client's own, and shows when it finishes.
#[test]
fn state() {
    let public = key::<V>().public_key().clone();
    let (state, blinded) = public.blind(&prepared(b"message"), &mut rand::rng()).unwrap();
    let answer = signer::<V>().blind_sign(&blinded, &mut rand::rng()).unwrap();
    let honest = state.into_bytes();
    assert_eq!(honest.len(), 82 + 256);
    for (at, bytes) in flipped(&honest) {
        match PreSignature::<V>::from_bytes(&public, &bytes) {
            Ok(state) => {
                assert!(at >= 34, "byte {at}");
                assert!(state.finalize(&public, &answer).is_err(), "byte {at}");
            }
            Err(error) => assert!(at < 34 || error.field == "inv", "byte {at}: {error}"),
        }
    }
    for bytes in resized(&honest) {
        assert!(PreSignature::<V>::from_bytes(&public, &bytes).is_err(), "{} bytes", bytes.len());
    }
    assert!(PreSignature::<V>::from_bytes(&public, &honest).unwrap().finalize(&public, &answer).is_ok());
}

/// Either no key, or another one: never the same key from other bytes.
#[test]
fn public_key() {
    let public = key::<V>().public_key().clone();
    let honest = public.as_spki();
    for (at, bytes) in flipped(honest) {
        if let Ok(other) = PublicKey::<V>::from_spki(&bytes) {
            assert!((81..honest.len()).contains(&at), "byte {at} is of the template");
            assert!(other != public && other.id() != public.id() && other.as_spki() == bytes, "byte {at}");
        }
    }
    for bytes in resized(honest) {
        assert!(PublicKey::<V>::from_spki(&bytes).is_err(), "{} bytes", bytes.len());
    }
}

#[test]
fn secret_key() {
    let honest = pkcs8();
    for (at, bytes) in flipped(honest) {
        assert!(SecretKey::<V>::from_pkcs8(&bytes).is_err(), "byte {at}");
    }
    for bytes in resized(honest) {
        assert!(SecretKey::<V>::from_pkcs8(&bytes).is_err(), "{} bytes", bytes.len());
    }
}
