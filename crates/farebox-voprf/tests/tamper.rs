//! Every bit of a proof flipped, and some of every element; every cut.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod common;

use common::lengths;
use farebox_voprf::{BlindedElements, ClientState, P256Sha256, P384Sha384, Ristretto255Sha512, Suite, Voprf};

fn proofs<S: Suite>() {
    let (ne, _) = lengths::<S>();
    let (voprf, poprf) = (common::voprf::<S>(2), common::poprf::<S>(2));
    assert!(voprf.finalize(&voprf.evaluation).is_ok() && poprf.finalize(&poprf.evaluation).is_ok());
    for byte in 0..voprf.evaluation.len() {
        // In the elements every bit costs as much, and they are decoded alike.
        let bits = if byte < 2 * ne { vec![byte % 8] } else { (0..8).step_by(3).collect() };
        for bit in bits {
            let flip = |bytes: &[u8]| {
                let mut bytes = bytes.to_vec();
                bytes[byte] ^= 1 << bit;
                bytes
            };
            assert!(voprf.finalize(&flip(&voprf.evaluation)).is_err(), "byte {byte} bit {bit}");
            assert!(poprf.finalize(&flip(&poprf.evaluation)).is_err(), "byte {byte} bit {bit}");
        }
    }
}

/// What is cut or lengthened is refused or, where whole elements are cut, another message.
fn cuts<S: Suite>() {
    let (ne, _) = lengths::<S>();
    let run = common::voprf::<S>(2);
    for len in 0..run.evaluation.len() {
        assert!(run.finalize(&run.evaluation[..len]).is_err(), "{len}");
        assert!(run.finalize(&run.evaluation[len + 1..]).is_err(), "{len}");
    }
    assert!(run.finalize(&[&run.evaluation[..], &[0]].concat()).is_err());
    for len in 0..run.blinded.len() {
        assert_eq!(BlindedElements::<S>::from_bytes(&run.blinded[..len]).is_ok(), len == ne, "{len}");
    }
    for len in 0..run.state.len() {
        assert!(ClientState::<S, Voprf>::from_bytes(&run.state[..len]).is_err(), "{len}");
    }
}

#[test]
fn ristretto255() {
    proofs::<Ristretto255Sha512>();
    cuts::<Ristretto255Sha512>();
}

#[test]
fn p256() {
    proofs::<P256Sha256>();
    cuts::<P256Sha256>();
}

#[test]
fn p384() {
    proofs::<P384Sha384>();
    cuts::<P384Sha384>();
}
