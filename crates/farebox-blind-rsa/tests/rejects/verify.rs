//! What a verifier refuses.

use farebox_blind_rsa::{
    Fault, Invalid, PreparedMessage, PssDeterministic, PssRandomized, PssZeroDeterministic, PublicKey, Variant,
};

use crate::common::{emsa_pss, key, prepared, raw, signature};
use crate::malformed;

const MESSAGE: &[u8] = b"a message of the tests";

fn public<V: Variant>() -> PublicKey<V> {
    key().public_key().clone()
}

/// The verdict of the variant on an encoded message of one's choice, signed.
fn verdict<V: Variant>(em: &[u8]) -> Result<(), farebox_blind_rsa::Error> {
    public::<V>().verify(&PreparedMessage::from_bytes(MESSAGE).unwrap(), &raw(em))
}

#[test]
fn the_test_encodes_as_the_crate_does() {
    verdict::<PssDeterministic>(&emsa_pss(MESSAGE, &[7; 48])).unwrap();
    verdict::<PssZeroDeterministic>(&emsa_pss(MESSAGE, &[])).unwrap();
}

#[test]
fn a_salt_of_another_length() {
    let invalid = Err(Invalid::Signature.into());
    for len in [0, 1, 20, 32, 47, 49, 64, 100, 206] {
        assert_eq!(verdict::<PssDeterministic>(&emsa_pss(MESSAGE, &vec![7; len])), invalid, "{len} bytes");
    }
    for len in [1, 20, 48, 206] {
        assert_eq!(verdict::<PssZeroDeterministic>(&emsa_pss(MESSAGE, &vec![7; len])), invalid, "{len} bytes");
    }
}

/// An honest salted signature of the same key, handed to the verifier without salt, and the other way round.
#[test]
fn a_signature_of_another_variant() {
    let invalid = Err(Invalid::Signature.into());
    let salted = signature::<PssDeterministic>(&prepared(MESSAGE));
    let unsalted = signature::<PssZeroDeterministic>(&prepared(MESSAGE));
    assert_eq!(public::<PssZeroDeterministic>().verify(&prepared(MESSAGE), &salted), invalid);
    assert_eq!(public::<PssDeterministic>().verify(&prepared(MESSAGE), &unsalted), invalid);
    public::<PssZeroDeterministic>().verify(&prepared(MESSAGE), &unsalted).unwrap();
    public::<PssDeterministic>().verify(&prepared(MESSAGE), &salted).unwrap();
}

#[test]
fn another_prefix() {
    let message = prepared::<PssRandomized>(MESSAGE);
    let signature = signature(&message);
    public::<PssRandomized>().verify(&message, &signature).unwrap();
    let again = prepared::<PssRandomized>(MESSAGE);
    assert_ne!(message, again);
    assert_eq!(public::<PssRandomized>().verify(&again, &signature), Err(Invalid::Signature.into()));
}

/// Each part of the encoding, wrong in one place.
#[test]
fn a_faulty_encoding() {
    let honest = emsa_pss(MESSAGE, &[7; 48]);
    let invalid = Err(Invalid::Signature.into());
    // maskedDB's first byte, the zeros before 01, the salt, H, the trailer
    for (at, bit) in [(0, 0x40), (0, 0x01), (50, 0x10), (158, 0x01), (159, 0x01), (206, 0x01), (207, 0x80), (255, 1)] {
        let mut em = honest.clone();
        em[at] ^= bit;
        assert_eq!(verdict::<PssDeterministic>(&em), invalid, "byte {at}");
    }
    // The bit above emBits, and no other. Below n, which is at least (3/4)^2 * 2^2048, with another bit of 2^2043 or less.
    let small = |salt: u8| Some(emsa_pss(MESSAGE, &[salt; 48])).filter(|em| em[0] < 0x10);
    let mut em = (0..=255).find_map(small).unwrap();
    verdict::<PssDeterministic>(&em).unwrap();
    em[0] |= 0x80;
    assert_eq!(verdict::<PssDeterministic>(&em), invalid);
}

#[test]
fn the_signature_and_a_multiple_of_the_modulus() {
    // s + n fits in 2048 bits for a small s only, so that s is one: the message does not matter, the range comes first.
    let key = public::<PssDeterministic>();
    let mut s = key.modulus().to_vec();
    for _ in 0..2 {
        assert_eq!(key.verify(&prepared(MESSAGE), &s), Err(malformed("signature", Fault::Range)));
        *s.last_mut().unwrap() += 1; // n is odd, so that nothing is carried
    }
}

#[test]
fn a_signature_of_another_length() {
    let signature = signature::<PssDeterministic>(&prepared(MESSAGE));
    let key = public::<PssDeterministic>();
    let forms = [vec![], signature[1..].to_vec(), signature[..255].to_vec(), [&[0], &signature[..]].concat()];
    for form in forms.into_iter().chain([[&signature[..], &[0]].concat()]) {
        let fault = Fault::Length { expected: 256, actual: form.len() };
        assert_eq!(key.verify(&prepared(MESSAGE), &form), Err(malformed("signature", fault)));
    }
}

#[test]
fn zero_and_one() {
    for last in [0, 1] {
        let s = [vec![0; 255], vec![last]].concat();
        let verdict = public::<PssDeterministic>().verify(&prepared(MESSAGE), &s);
        assert_eq!(verdict, Err(Invalid::Signature.into()));
    }
}
