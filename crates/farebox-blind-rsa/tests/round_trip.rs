//! Honest runs of all variants and sizes, with messages of any length.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use farebox_blind_rsa::{
    Backend, ModulusSize, PreSignature, PreparedMessage, PssDeterministic, PssRandomized, PssZeroDeterministic,
    PssZeroRandomized, PublicKey, SecretKey, SharedSigner, Signer, Variant,
};
use proptest::prelude::*;

use common::{key, key_of, prepared, signature, signer};

/// Prepare, blind, sign, finalize, verify; then one bit of the message less.
fn run<V: Variant>(secret: SecretKey<V>, message: &[u8]) {
    let mut rng = rand::rng();
    // The client knows the key from its bytes.
    let public = PublicKey::<V>::from_spki(secret.public_key().as_spki()).unwrap();
    let k = public.modulus_len();
    let prepared = PreparedMessage::<V>::prepare(message, &mut rng);
    assert_eq!((prepared.message(), prepared.as_bytes().len()), (message, V::PREFIX_LEN + message.len()));
    let (state, blinded) = public.blind(&prepared, &mut rng).unwrap();
    let state = PreSignature::from_bytes(&public, &state.into_bytes()).unwrap();
    let answer = Signer::new(secret).blind_sign(&blinded, &mut rng).unwrap();
    let signature = state.finalize(&public, &answer).unwrap();
    assert_eq!((blinded.len(), answer.len(), signature.len()), (k, k, k));
    let received = PreparedMessage::from_bytes(prepared.as_bytes()).unwrap();
    public.verify(&received, &signature).unwrap();

    let mut other = prepared.as_bytes().to_vec();
    match other.last_mut() {
        Some(byte) => *byte ^= 1,
        None => other.push(0),
    }
    assert!(public.verify(&PreparedMessage::from_bytes(&other).unwrap(), &signature).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_message(message in prop::collection::vec(any::<u8>(), 0..300)) {
        run::<PssRandomized>(key(), &message);
        run::<PssZeroRandomized>(key(), &message);
        run::<PssDeterministic>(key(), &message);
        run::<PssZeroDeterministic>(key(), &message);
    }
}

#[test]
fn the_larger_sizes() {
    for size in [ModulusSize::Bits3072, ModulusSize::Bits4096] {
        let pkcs8 = key_of::<PssRandomized>(size).to_pkcs8();
        run::<PssRandomized>(SecretKey::from_pkcs8(&pkcs8).unwrap(), b"message");
        run::<PssZeroDeterministic>(SecretKey::from_pkcs8(&pkcs8).unwrap(), b"message");
    }
}

#[test]
fn a_long_message() {
    run::<PssRandomized>(key(), &vec![7; 1 << 20]);
}

#[test]
fn the_smallest_exponent() {
    // Of p and q, some have no inverse for 3; another seed then.
    let mut rng = rand::rng();
    let found = (0..32).find_map(|_| {
        let key = SecretKey::<PssDeterministic>::generate(ModulusSize::Bits2048, &mut rng).to_pkcs8();
        // p and q stand after n, e and d.
        let (p, q) = primes(&key);
        SecretKey::<PssDeterministic>::from_primes(&p, &q, &[3]).ok()
    });
    let key = found.unwrap();
    assert_eq!(key.public_key().exponent(), 3);
    run(key, b"message");
}

/// The contents of the fifth and sixth integer of RSAPrivateKey.
fn primes(pkcs8: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut rest = pkcs8.get(30..).unwrap();
    let mut all = Vec::new();
    while let [2, head @ ..] = rest {
        let (len, contents) = match head {
            [0x81, len, contents @ ..] => (usize::from(*len), contents),
            [0x82, high, low, contents @ ..] => (usize::from(*high) << 8 | usize::from(*low), contents),
            [len, contents @ ..] => (usize::from(*len), contents),
            [] => unreachable!(),
        };
        all.push(contents.get(..len).unwrap().to_vec());
        rest = contents.get(len..).unwrap();
    }
    (all.swap_remove(4), all.swap_remove(5))
}

#[test]
fn only_one_variant_repeats_its_signature() {
    fn same<V: Variant>() -> bool {
        let sign = || signature::<V>(&prepared(b"message"));
        sign() == sign()
    }
    assert!(same::<PssZeroDeterministic>());
    assert!(!same::<PssDeterministic>() && !same::<PssZeroRandomized>() && !same::<PssRandomized>());
}

#[test]
fn no_two_blinded_messages_are_the_same() {
    let public = key::<PssZeroDeterministic>().public_key().clone();
    let message = prepared(b"message");
    let blinded = || public.blind(&message, &mut rand::rng()).unwrap().1;
    assert_ne!(blinded(), blinded());
}

/// Longer than a blinding pair serves, and with both backends where there are two.
#[test]
fn many_signatures_of_one_signer() {
    let mut pure = Signer::with_backend(key::<PssDeterministic>(), Backend::PureRust);
    let mut default = signer::<PssDeterministic>();
    let public = pure.public_key().clone();
    for i in 0..140u8 {
        let (state, blinded) = public.blind(&prepared(&[i]), &mut rand::rng()).unwrap();
        let answer = pure.blind_sign(&blinded, &mut rand::rng()).unwrap();
        assert_eq!(answer, default.blind_sign(&blinded, &mut rand::rng()).unwrap());
        state.finalize(&public, &answer).unwrap();
    }
}

#[test]
fn one_signer_for_many_threads() {
    let signer = SharedSigner::new(key::<PssRandomized>());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let public = signer.public_key();
                for _ in 0..20 {
                    let (state, blinded) = public.blind(&prepared(b"message"), &mut rand::rng()).unwrap();
                    let answer = signer.blind_sign(&blinded, &mut rand::rng()).unwrap();
                    state.finalize(public, &answer).unwrap();
                }
            });
        }
    });
}
