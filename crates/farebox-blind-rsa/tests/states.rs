//! What states and keys show and keep: nothing secret in `Debug`, erased when dropped, tied to key and variant.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;

use farebox_blind_rsa::{
    Fault, ModulusSize, PreSignature, PreparedMessage, PssDeterministic, PssRandomized, PssZeroDeterministic,
    PublicKey, SecretKey, SharedSigner, Signer, Variant,
};

use common::{key, key_of, pkcs8, prepared};

/// No 8 bytes of a secret stand in the text, in hex or in decimal.
fn hides(text: &str, secret: &[u8]) {
    let compact: String = text.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    for window in secret.windows(8) {
        assert!(!compact.contains(&hex::encode(window)), "{text}");
        let decimal: Vec<String> = window.iter().map(u8::to_string).collect();
        assert!(!compact.contains(&decimal.join(",")), "{text}");
    }
}

#[test]
fn debug_prints_no_secret() {
    // d and all that follows it.
    let secrets = pkcs8().get(310..).unwrap();
    for text in [
        format!("{:?}", key::<PssRandomized>()),
        format!("{:#?}", Signer::new(key::<PssRandomized>())),
        format!("{:#?}", SharedSigner::new(key::<PssRandomized>())),
    ] {
        hides(&text, secrets);
        assert!(text.contains("RSABSSA-SHA384-PSS-Randomized"), "{text}");
    }
    let public = key::<PssRandomized>().public_key().clone();
    let message = PreparedMessage::prepare(b"a message that nobody should read", &mut rand::rng());
    let (state, _) = public.blind(&message, &mut rand::rng()).unwrap();
    let (shown, message_shown) = (format!("{state:?}"), format!("{message:?}"));
    let refused = state.finalize(&public, &[0; 256]).unwrap_err();
    let refusal = format!("{refused:?} {refused} {}", refused.error);
    let saved = refused.state.into_bytes();
    for text in [shown, refusal, message_shown.clone()] {
        hides(&text, saved.get(34..).unwrap());
        hides(&text, message.as_bytes());
    }
    assert!(!message_shown.contains("nobody"), "{message_shown}");
}

#[test]
fn what_is_secret_is_erased() {
    fn erased<T: zeroize::ZeroizeOnDrop>() {}
    erased::<PreSignature<PssRandomized>>();
    erased::<PreparedMessage<PssRandomized>>();
    // Numbers of keys are erased by the types that hold them; their saved form is.
    let _: zeroize::Zeroizing<Vec<u8>> = key::<PssRandomized>().to_pkcs8();
}

#[test]
fn types_cross_threads() {
    fn crosses<T: Send + Sync>() {}
    crosses::<PublicKey<PssRandomized>>();
    crosses::<SecretKey<PssRandomized>>();
    crosses::<Signer<PssRandomized>>();
    crosses::<SharedSigner<PssRandomized>>();
    crosses::<PreSignature<PssRandomized>>();
}

fn saved<V: Variant>(key: &PublicKey<V>) -> Vec<u8> {
    key.blind(&prepared(b"message"), &mut rand::rng()).unwrap().0.into_bytes().to_vec()
}

#[test]
fn a_state_of_another_variant_key_or_version() {
    let public = key::<PssDeterministic>().public_key().clone();
    let fault = |bytes: &[u8]| PreSignature::from_bytes(&public, bytes).unwrap_err().fault;
    let honest = saved(&public);
    assert_eq!(honest.first_chunk(), Some(&[1, 3]));
    assert!(PreSignature::from_bytes(&public, &honest).is_ok());
    assert_eq!(fault(&saved(key::<PssRandomized>().public_key())), Fault::Version);
    assert_eq!(fault(&saved(key::<PssZeroDeterministic>().public_key())), Fault::Version);
    assert_eq!(fault(&saved(key_of::<PssDeterministic>(ModulusSize::Bits2048).public_key())), Fault::Key);
    assert_eq!(fault(&saved(key_of::<PssDeterministic>(ModulusSize::Bits3072).public_key())), Fault::Key);
    let mut other = honest.clone();
    *other.first_mut().unwrap() = 2;
    assert_eq!(fault(&other), Fault::Version);
    // inv = n
    let inv = other.len() - 256;
    let above = [honest.get(..inv).unwrap(), public.modulus()].concat();
    assert_eq!(fault(&above), Fault::Range);
}

/// A key that came in another encoding is the same key to a state.
#[test]
fn a_state_knows_its_key_in_any_encoding() {
    let public = key::<PssDeterministic>().public_key().clone();
    let spki = public.as_spki();
    let null = "300d06096086480165030402020500";
    let absent = "300b0609608648016503040202";
    let longer = hex::encode(spki).replace(absent, null);
    // Two bytes more in each hash, in what is around them, and in the lengths of it all.
    let longer = longer.replacen("30820152303d", "308201563041", 1).replacen("3030a00d", "3034a00f", 1);
    let longer = longer.replacen("a11a3018", "a11c301a", 1);
    let other = PublicKey::<PssDeterministic>::from_spki(&hex::decode(longer).unwrap()).unwrap();
    assert_eq!(other, public);
    assert_ne!(other.id(), public.id());
    assert!(PreSignature::from_bytes(&other, &saved(&public)).is_ok());
}
