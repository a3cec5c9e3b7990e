//! What a signer refuses.

use farebox_blind_rsa::{Backend, Error, Fault, PssDeterministic, SharedSigner, Signer};

use crate::common::{key, signer};
use crate::malformed;

fn backends() -> Vec<Signer<PssDeterministic>> {
    vec![Signer::with_backend(key(), Backend::PureRust), signer()]
}

fn refused(blinded: &[u8], error: Error) {
    for mut signer in backends() {
        assert_eq!(signer.blind_sign(blinded, &mut rand::rng()), Err(error));
        // It goes on as before.
        assert!(signer.blind_sign(&[1; 256], &mut rand::rng()).is_ok());
        let shared = SharedSigner::from(signer);
        assert_eq!(shared.blind_sign(blinded, &mut rand::rng()), Err(error));
        assert!(shared.blind_sign(&[1; 256], &mut rand::rng()).is_ok());
    }
}

#[test]
fn message_not_below_the_modulus() {
    let n = key::<PssDeterministic>().public_key().modulus().to_vec();
    let mut above = n.clone();
    *above.last_mut().unwrap() += 1; // n is odd, so that nothing is carried
    for m in [n, above, vec![0xff; 256]] {
        refused(&m, malformed("blinded_msg", Fault::Range));
    }
}

#[test]
fn the_largest_message_is_signed() {
    let mut m = key::<PssDeterministic>().public_key().modulus().to_vec();
    *m.last_mut().unwrap() -= 1; // n is odd
    for mut signer in backends() {
        // (-1)^d = -1, since d is odd
        assert_eq!(signer.blind_sign(&m, &mut rand::rng()).unwrap(), m);
    }
}

#[test]
fn other_lengths() {
    for len in [0, 1, 255, 257, 384, 512, 100_000] {
        refused(&vec![0; len], malformed("blinded_msg", Fault::Length { expected: 256, actual: len }));
    }
}
