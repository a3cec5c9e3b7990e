//! Sizes of the messages and saved states, and the printed statements.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod common;

use common::{Run, Tested, credential_of, limit, request_context};
use farebox_arc::relation::presentation::Presentation as Shown;
use farebox_arc::relation::request::Request;
use farebox_arc::relation::response::Response;
use farebox_arc::*;
use farebox_sigma::Shape;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

/// N, k, bytes of a presentation on P-256 and on ristretto255.
const TABLE: [(u64, usize, usize, usize); 6] = [
    (2, 1, 486, 480),
    (10, 4, 873, 864),
    (100, 7, 1260, 1248),
    (1000, 10, 1647, 1632),
    (10_000, 14, 2163, 2144),
    (65_536, 16, 2421, 2400),
];

#[test]
fn the_lengths_of_the_messages() {
    assert_eq!((CredentialRequest::<P256>::LEN, CredentialRequest::<Ristretto255>::LEN), (226, 224));
    assert_eq!((CredentialResponse::<P256>::LEN, CredentialResponse::<Ristretto255>::LEN), (454, 448));
    assert_eq!((PublicKey::<P256>::LEN, PublicKey::<Ristretto255>::LEN), (99, 96));
    assert_eq!((SecretKey::<P256>::SCALARS_LEN, SecretKey::<Ristretto255>::SCALARS_LEN), (128, 128));
    for (n, k, p256, ristretto255) in TABLE {
        assert_eq!(limit(n).bits(), k);
        assert_eq!(Presentation::<P256>::len(limit(n)), p256);
        assert_eq!(Presentation::<P256Draft01>::len(limit(n)), p256);
        assert_eq!(Presentation::<Ristretto255>::len(limit(n)), ristretto255);
    }
}

/// The smallest and the largest N of each k.
#[test]
fn the_length_of_a_presentation_at_every_k() {
    for k in 1..=32usize {
        for n in [(1 << (k - 1)) + 1, 1 << k] {
            assert_eq!(limit(n).bits(), k, "N = {n}");
            assert_eq!(limit(n).bases().len(), k);
            assert_eq!(Presentation::<P256>::len(limit(n)), 357 + 129 * k);
            assert_eq!(Presentation::<P256Draft01>::len(limit(n)), 357 + 129 * k);
            assert_eq!(Presentation::<Ristretto255>::len(limit(n)), 352 + 128 * k);
        }
    }
}

/// What honest parties send is as long as the table says, and holds.
fn as_long_as_they_say<S: Tested>(limits: &[u64]) {
    let ne = common::ne::<S>();
    for n in limits {
        let run = Run::<S>::of(*n);
        assert_eq!(run.request.len(), 2 * ne + 5 * 32);
        assert_eq!(run.response.len(), 6 * ne + 8 * 32);
        let k = run.limit.bits();
        assert_eq!(run.presentation.len(), 5 * ne + k * ne + (6 + 3 * k) * 32);
        run.verify(&run.presentation).unwrap();
        assert_eq!(run.public().to_bytes().len(), 3 * ne);
        assert_eq!(run.key.to_bytes().len(), 3 + 128);
        assert_eq!(run.pre_issuance.len(), 3 + 128 + 2 * ne);
        assert_eq!(run.credential.len(), 3 + 16 + 32 + 2 * ne);
        assert_eq!(run.opened.len(), 3 + 16 + 32 + 3 * ne);
        assert_eq!(run.state.len(), 3 + 16 + 32 + 3 * ne + 16);
        assert_eq!(run.closed.len(), 3 + 16 + 32 + 3 * ne + 8);
    }
}

#[test]
fn honest_messages_on_ristretto255() {
    let every_k: Vec<u64> = (1..=32).map(|k| (1 << (k - 1)) + 1).collect();
    as_long_as_they_say::<Ristretto255>(&every_k);
    as_long_as_they_say::<Ristretto255>(&TABLE.map(|row| row.0));
}

#[test]
fn honest_messages_on_p256() {
    as_long_as_they_say::<P256>(&[2, 3, 10, 1000, 1 << 32]);
    as_long_as_they_say::<P256Draft01>(&[2, 10]);
}

#[test]
fn the_messages_of_the_older_draft() {
    fn of<S: v1::V1>(request: usize, response: usize, presentation: usize) {
        let rng = &mut StdRng::seed_from_u64(1);
        let key = SecretKey::<S>::generate(rng);
        let (state, message) = PreIssuance::request(request_context(), rng).unwrap();
        assert_eq!(message.to_bytes().len(), request);
        let message = key.issue(&message, rng).unwrap();
        assert_eq!(message.to_bytes().len(), response);
        let _ = state.finish(key.public_key(), &message).unwrap();
        let mut credential = credential_of(&key, rng);
        let state = v1::PresentationState::open(&mut credential, common::context(), limit(1000)).unwrap();
        let (shown, _) = state.present(rng).unwrap();
        assert_eq!((shown.to_bytes().len(), v1::Presentation::<S>::LEN), (presentation, presentation));
    }
    of::<v1::P256>(226, 454, 292);
    of::<v1::Ristretto255>(224, 448, 288);
}

#[test]
fn proofs_are_as_long_as_their_shapes_say() {
    type Group = farebox_group::Ristretto255;
    let request = Shape::of(&Request);
    assert_eq!((request.equations(), request.secrets().len(), request.compact_len::<Group>()), (2, 4, 5 * 32));
    let response = Shape::of(&Response);
    assert_eq!((response.equations(), response.secrets().len(), response.compact_len::<Group>()), (11, 7, 8 * 32));
    for k in 1..=32 {
        let shown = Shape::of(&Shown { limit: limit(1 << k) });
        assert_eq!((shown.equations(), shown.secrets().len()), (4 + 2 * k, 5 + 3 * k));
        assert_eq!(shown.compact_len::<Group>(), 32 * (6 + 3 * k));
    }
    let older = Shape::of(&v1::Shown);
    assert_eq!((older.equations(), older.secrets().len(), older.compact_len::<Group>()), (4, 4, 5 * 32));
}

/// In the draft's order, which is the order on the wire.
#[test]
fn printed_statements_of_issuance() {
    let request = "m1_enc = m1 * g + r1 * h\nm2_enc = m2 * g + r2 * h\n";
    assert_eq!(Shape::of(&Request).to_string(), request);
    let response = "\
x0 = x0 * g + xb * h
x1 = x1 * h
x2 = x2 * h
h_aux = b * h
x0_aux = xb * h_aux
x1_aux = t1 * h
x1_aux = b * x1
x2_aux = b * x2
x2_aux = t2 * h
u = b * g
enc_u_prime = b * x0 + t1 * m1_enc + t2 * m2_enc
";
    assert_eq!(Shape::of(&Response).to_string(), response);
}

/// With one bit, nonceCommit stands for D_0.
#[test]
fn printed_statements_of_presentations() {
    let first = "\
m1_commit = m1 * u + z * h
v = z * x1 + neg_r * g
nonce_commit = nonce * g + nonce_blinding * h
t = m1 * tag + nonce * tag
";
    let one = Shape::of(&Shown { limit: limit(2) });
    let d = "nonce_commit = b[0] * g + s[0] * h\nnonce_commit = b[0] * nonce_commit + s2[0] * h\n";
    assert_eq!(one.to_string(), format!("{first}{d}"));
    let two = Shape::of(&Shown { limit: limit(3) });
    let d = "\
d[0] = b[0] * g + s[0] * h
d[0] = b[0] * d[0] + s2[0] * h
d[1] = b[1] * g + s[1] * h
d[1] = b[1] * d[1] + s2[1] * h
";
    assert_eq!(two.to_string(), format!("{first}{d}"));
    let secrets: Vec<String> = two.secrets().iter().map(ToString::to_string).collect();
    assert_eq!(secrets.join(" "), "m1 z neg_r nonce nonce_blinding b[0] b[1] s[0] s[1] s2[0] s2[1]");
}
