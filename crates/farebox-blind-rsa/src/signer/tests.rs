//! Faults in the private operation, which only code inside of the crate can make.

use std::vec::Vec;

use crate::backend::Engine;
use crate::{Backend, Error, ModulusSize, PssDeterministic, SecretKey, Signer};

fn key() -> SecretKey<PssDeterministic> {
    SecretKey::generate(ModulusSize::Bits2048, &mut rand::rng())
}

fn message() -> Vec<u8> {
    let mut m = std::vec![7; 256];
    m[0] = 0;
    m
}

#[test]
fn a_fault_in_one_half_is_caught() {
    let mut key = key();
    key.private.break_it();
    let mut signer = Signer::with_backend(key, Backend::PureRust);
    // The broken operation does give a result, and the result is wrong.
    let pair = signer.blinding.next(&signer.engine, &mut rand::rng());
    let wrong = signer.engine.raise(&message(), pair.as_ref()).unwrap();
    assert_ne!(signer.engine.power(&wrong).unwrap(), message());
    for _ in 0..3 {
        assert_eq!(signer.blind_sign(&message(), &mut rand::rng()), Err(Error::SigningFailure));
    }
}

#[test]
fn a_fault_in_the_blinding_is_caught() {
    let mut signer = Signer::with_backend(key(), Backend::PureRust);
    let honest = signer.blind_sign(&message(), &mut rand::rng()).unwrap();
    // The pair of another factor on one side.
    signer.blinding.pair.as_mut().unwrap().break_it();
    assert_eq!(signer.blind_sign(&message(), &mut rand::rng()), Err(Error::SigningFailure));
    // The next operation has a new pair.
    assert_eq!(signer.blind_sign(&message(), &mut rand::rng()).unwrap(), honest);
}

#[test]
fn pairs_differ_and_are_renewed() {
    struct Counting(u32, rand::rngs::ThreadRng);
    impl rand::TryRng for Counting {
        type Error = core::convert::Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            self.1.try_next_u32().map_err(|_| unreachable!())
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            self.1.try_next_u64().map_err(|_| unreachable!())
        }
        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
            self.0 += 1;
            self.1.try_fill_bytes(bytes).map_err(|_| unreachable!())
        }
    }
    impl rand::TryCryptoRng for Counting {}

    let mut signer = Signer::with_backend(key(), Backend::PureRust);
    let mut rng = Counting(0, rand::rng());
    let mut seen = std::collections::BTreeSet::new();
    let mut draws = 0;
    for operation in 0..130 {
        let before = rng.0;
        let pair = signer.blinding.next(&signer.engine, &mut rng).unwrap();
        assert!(seen.insert(pair.factor().to_vec()), "a pair served twice");
        assert_eq!(rng.0 > before, operation % 64 == 0, "operation {operation}");
        draws += u32::from(rng.0 > before);
    }
    assert_eq!(draws, 3);
}

/// All that is wrong with a key shows as a failure, in either backend, and never as a wrong signature.
#[cfg(feature = "openssl")]
#[test]
fn a_fault_under_openssl_is_caught() {
    let mut key = key();
    key.private.break_it();
    let mut signer = Signer::with_backend(key, Backend::OpenSsl);
    for _ in 0..3 {
        match signer.blind_sign(&message(), &mut rand::rng()) {
            Err(Error::SigningFailure) => {}
            // OpenSSL mends a wrong half by itself, from d.
            Ok(s) => assert_eq!(signer.engine.key.public.ring().power(&s, 65537), message()),
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn a_missing_pair_is_no_signature() {
    let engine = Engine::new(key(), Backend::PureRust);
    assert_eq!(engine.sign(&message(), None), Err(Error::SigningFailure));
}
