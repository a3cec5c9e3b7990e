//! Numbers that are no public key.

use farebox_blind_rsa::{Fault, PssDeterministic, PublicKey};

use crate::common::key;

fn n() -> Vec<u8> {
    key::<PssDeterministic>().public_key().modulus().to_vec()
}

fn refusal(n: &[u8], e: &[u8]) -> Fault {
    PublicKey::<PssDeterministic>::from_components(n, e).unwrap_err().fault
}

#[test]
fn an_even_modulus() {
    let mut even = n();
    *even.last_mut().unwrap() -= 1;
    assert_eq!(refusal(&even, &[1, 0, 1]), Fault::Modulus);
}

#[test]
fn a_modulus_of_another_size() {
    for len in [0, 1, 2, 64, 128, 255, 257, 320, 511, 513, 1024] {
        assert_eq!(refusal(&vec![0xff; len], &[1, 0, 1]), Fault::Modulus, "{len} bytes");
    }
    // 2047 bits
    let mut short = n();
    short[0] &= 0x7f;
    assert_eq!(refusal(&short, &[1, 0, 1]), Fault::Modulus);
    for len in [256, 384, 512] {
        assert!(PublicKey::<PssDeterministic>::from_components(&vec![0xff; len], &[3]).is_ok(), "{len} bytes");
    }
}

#[test]
fn an_exponent_that_is_none() {
    let refused: [&[u8]; 9] =
        [&[], &[0], &[1], &[2], &[4], &[1, 0, 0], &[2, 0, 0, 0, 1], &[0xff; 5], &[1, 0, 0, 0, 0, 0, 0, 0, 1]];
    for e in refused {
        assert_eq!(refusal(&n(), e), Fault::Exponent, "{e:?}");
    }
    for e in [&[3][..], &[17], &[0, 1, 0, 1], &[1, 0xff, 0xff, 0xff, 0xff]] {
        assert!(PublicKey::<PssDeterministic>::from_components(&n(), e).is_ok(), "{e:?}");
    }
}
