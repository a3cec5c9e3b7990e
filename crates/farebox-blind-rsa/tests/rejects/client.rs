//! What a client refuses.

use farebox_blind_rsa::{
    BlindCoins, Error, Factor, Fault, Invalid, Misuse, ModulusSize, PreparedMessage, PssDeterministic, PssRandomized,
    PssZeroDeterministic, PublicKey, Signer, Variant,
};

use crate::common::{key, key_of, prepared, signer};
use crate::malformed;

type V = PssDeterministic;

fn public() -> PublicKey<V> {
    key().public_key().clone()
}

/// The state comes back, and is as good as before.
fn refused(blind_sig: &[u8], error: Error) {
    let (key, mut signer) = (public(), signer::<V>());
    let message = prepared(b"message");
    let (state, blinded) = key.blind(&message, &mut rand::rng()).unwrap();
    let refusal = state.finalize(&key, blind_sig).unwrap_err();
    assert_eq!(refusal.error, error);
    let answer = signer.blind_sign(&blinded, &mut rand::rng()).unwrap();
    let signature = refusal.state.finalize(&key, &answer).unwrap();
    key.verify(&message, &signature).unwrap();
}

#[test]
fn answer_of_another_length() {
    for len in [0, 1, 255, 257, 512] {
        refused(&vec![0; len], malformed("blind_sig", Fault::Length { expected: 256, actual: len }));
    }
}

#[test]
fn answer_not_below_the_modulus() {
    refused(public().modulus(), malformed("blind_sig", Fault::Range));
    refused(&[0xff; 256], malformed("blind_sig", Fault::Range));
}

#[test]
fn answer_that_gives_no_signature() {
    for answer in [[0; 256], [1; 256], [0x7f; 256]] {
        refused(&answer, Invalid::Signature.into());
    }
}

#[test]
fn answer_to_another_message() {
    let (_other, blinded) = public().blind(&prepared(b"another"), &mut rand::rng()).unwrap();
    refused(&signer::<V>().blind_sign(&blinded, &mut rand::rng()).unwrap(), Invalid::Signature.into());
}

#[test]
fn answer_under_another_key() {
    let mut other = Signer::new(key_of::<V>(ModulusSize::Bits2048));
    let key = public();
    let (state, blinded) = key.blind(&prepared(b"message"), &mut rand::rng()).unwrap();
    // Where the message is not below the other modulus, the other signer refuses.
    if let Ok(answer) = other.blind_sign(&blinded, &mut rand::rng()) {
        let error = state.finalize(&key, &answer).unwrap_err().error;
        assert!(matches!(error, Error::Invalid(Invalid::Signature) | Error::Malformed(_)), "{error}");
    }
}

#[test]
fn finalize_with_another_key() {
    let other = key_of::<V>(ModulusSize::Bits2048).public_key().clone();
    let (state, blinded) = public().blind(&prepared(b"message"), &mut rand::rng()).unwrap();
    let answer = signer::<V>().blind_sign(&blinded, &mut rand::rng()).unwrap();
    let refusal = state.finalize(&other, &answer).unwrap_err();
    assert_eq!(refusal.error, Misuse::Key.into());
    assert!(refusal.state.finalize(&public(), &answer).is_ok());
}

fn with_coins<W: Variant>(key: &PublicKey<W>, salt: usize, factor: Factor) -> Result<Vec<u8>, Error> {
    let coins = BlindCoins { salt: vec![0; salt], factor };
    Ok(key.blind_with_coins(&prepared(b"message"), coins)?.1)
}

#[test]
fn coins_that_do_not_fit() {
    let one = [vec![0; 255], vec![1]].concat();
    let key = public();
    assert!(with_coins(&key, 48, Factor::R(one.clone())).is_ok());
    for salt in [0, 47, 49] {
        assert_eq!(with_coins(&key, salt, Factor::R(one.clone())), Err(Misuse::Coins.into()), "salt of {salt}");
    }
    let zero_salt = PublicKey::<PssZeroDeterministic>::from_components(key.modulus(), &[1, 0, 1]).unwrap();
    assert!(with_coins(&zero_salt, 0, Factor::R(one.clone())).is_ok());
    assert_eq!(with_coins(&zero_salt, 48, Factor::R(one)), Err(Misuse::Coins.into()));
    for factor in [vec![0; 256], key.modulus().to_vec(), vec![0xff; 256], vec![1; 255], vec![0; 257], Vec::new()] {
        assert_eq!(with_coins(&key, 48, Factor::R(factor.clone())), Err(Misuse::Coins.into()));
        assert_eq!(with_coins(&key, 48, Factor::Inverse(factor)), Err(Misuse::Coins.into()));
    }
}

/// 2^2048 - 1 = 3 * 5 * 17 * 257 * .. has many integers that are no units. Nobody can see that from outside.
fn weak() -> PublicKey<PssZeroDeterministic> {
    PublicKey::from_components(&[0xff; 256], &[1, 0, 1]).unwrap()
}

#[test]
fn a_factor_that_is_no_unit() {
    let three = [vec![0; 255], vec![3]].concat();
    assert_eq!(with_coins(&weak(), 0, Factor::R(three.clone())), Err(Misuse::Coins.into()));
    assert_eq!(with_coins(&weak(), 0, Factor::Inverse(three)), Err(Misuse::Coins.into()));
}

#[test]
fn a_message_that_is_no_unit() {
    let one = [vec![0; 255], vec![1]].concat();
    let (mut fine, mut refused) = (0, 0);
    for i in 0..32u8 {
        let message = PreparedMessage::from_bytes(&[i]).unwrap();
        let coins = BlindCoins { salt: Vec::new(), factor: Factor::R(one.clone()) };
        match weak().blind_with_coins(&message, coins) {
            Ok(_) => {
                fine += 1;
                // The factors that are drawn are tried until one is a unit.
                assert!(weak().blind(&message, &mut rand::rng()).is_ok());
            }
            Err(error) => {
                refused += 1;
                assert_eq!(error, Invalid::Representative.into());
                assert_eq!(weak().blind(&message, &mut rand::rng()).unwrap_err(), Invalid::Representative.into());
            }
        }
    }
    assert!(fine > 0 && refused > 0, "{fine} and {refused}");
}

#[test]
fn prefixes_of_other_lengths() {
    for len in [0, 31] {
        let error = PreparedMessage::<PssRandomized>::from_bytes(&vec![0; len]).unwrap_err();
        assert_eq!((error.field, error.fault), ("input_msg", Fault::Prefix));
    }
    assert_eq!(PreparedMessage::<PssRandomized>::from_bytes(&[0; 32]).unwrap().message(), b"");
    for len in [0, 31, 33] {
        let error = PreparedMessage::<PssRandomized>::prepare_with_prefix(b"m", &vec![0; len]).unwrap_err();
        assert_eq!(error, Misuse::Coins);
    }
    assert_eq!(PreparedMessage::<V>::prepare_with_prefix(b"m", &[0; 32]).unwrap_err(), Misuse::Coins);
    assert_eq!(PreparedMessage::<V>::from_bytes(b"").unwrap().message(), b"");
}
