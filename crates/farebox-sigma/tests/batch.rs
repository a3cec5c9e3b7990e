//! Batch verification: mixed statements, blame, and the weights of draft-irtf-cfrg-sigma-protocols-03.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use farebox_group::{ByteOrder, Element as _, Group, P256, Ristretto255, Scalar};
use farebox_sigma::relations::{DiscreteLogarithm, DiscreteLogarithmPublics, Dleq, DleqPublics};
use farebox_sigma::{
    Argument, BaseSet, Ciphersuite, Error, F2, F3, Flavor, Legacy, Malformed, Numbering, P256Shake128, Point, Profile,
    RefusedBatch, Ristretto255Shake128, Statement, Transcript, Xof, verify_batch,
};
use sha3::digest::{ExtendableOutput, Update, XofReader};

type Member<'b, P, G> = (Argument<'b, P, G>, Vec<u8>);

fn bases<G: Group>(name: &[u8]) -> BaseSet<G> {
    BaseSet::new(&[G::hash_to_group(&[name], &[b"batch test"]).unwrap()]).unwrap()
}

/// A proof of one of three shapes: a logarithm, an equality over two bases, an equality over a base and another element.
fn member<P: Profile<G>, G: Group>(bases: &BaseSet<G>, i: u64) -> Member<'_, P, G> {
    let w = G::Scalar::from(100 + i);
    let [g, h] = bases.points() else { panic!() };
    let times_w = |point: Point<G>| Point::encode(point.element() * &w).unwrap();
    let other = Point::encode(G::hash_to_group(&[b"other"], &[&i.to_be_bytes()]).unwrap()).unwrap();
    let statement = match i % 3 {
        0 => Statement::new(&DiscreteLogarithm, bases, &DiscreteLogarithmPublics { g: *g, x: times_w(*g) }),
        1 => Statement::new(&Dleq, bases, &DleqPublics { g: *g, x: times_w(*g), h: *h, y: times_w(*h) }),
        _ => Statement::new(&Dleq, bases, &DleqPublics { g: *g, x: times_w(*g), h: other, y: times_w(other) }),
    };
    let argument = Transcript::<P>::new().session(format!("member {i}")).statement(statement.unwrap()).unwrap();
    let proof = argument.prove(Flavor::Batchable, &[w], &mut rand::rng()).unwrap();
    (argument, proof)
}

fn verify<P: Profile<G>, G: Group>(members: &[Member<'_, P, G>]) -> Result<(), RefusedBatch> {
    verify_batch(&members.iter().map(|(argument, proof)| (argument, proof.as_slice())).collect::<Vec<_>>())
}

fn mixed<P: Profile<G>, G: Group>() {
    let (one, two) = (bases::<G>(b"H1"), bases::<G>(b"H2"));
    let members: Vec<Member<'_, P, G>> = (0..16).map(|i| member(if i % 2 == 0 { &one } else { &two }, i)).collect();
    assert_eq!(verify::<P, G>(&[]), Ok(()));
    assert_eq!(verify(&members[..1]), Ok(()));
    assert_eq!(verify(&members), Ok(()));

    for index in [0, 7, 12] {
        // A response that is too large by one.
        let mut bad = members.clone();
        let at = bad[index].1.len() - G::SCALAR_LEN;
        let response = G::Scalar::from_bytes(&bad[index].1[at..], P::SCALAR_ORDER).unwrap() + G::Scalar::ONE;
        bad[index].1[at..].copy_from_slice(response.to_bytes(P::SCALAR_ORDER).as_ref());
        assert_eq!(verify(&bad), Err(RefusedBatch { index, error: Error::Invalid }));
        // Another statement.
        let mut bad = members.clone();
        bad[index].0 = bad[index + 3].0.clone();
        assert_eq!(verify(&bad), Err(RefusedBatch { index, error: Error::Invalid }));
        // A proof cut by a byte.
        let mut bad = members.clone();
        let expected = bad[index].1.len();
        bad[index].1.pop();
        let error = Error::Malformed(Malformed::ProofLength { expected, actual: expected - 1 });
        assert_eq!(verify(&bad), Err(RefusedBatch { index, error }));
    }
    // Of two, the first is named; bytes that cannot be read go first.
    let mut bad = members.clone();
    (bad[4].1, bad[7].1) = (bad[7].1.clone(), bad[4].1.clone());
    assert_eq!(verify(&bad).unwrap_err().index, 4);
    bad[9].1.clear();
    assert_eq!(verify(&bad).unwrap_err().index, 9);
}

#[derive(Clone, Copy, Debug, Default)]
struct Old;

impl Legacy for Old {
    const PROTOCOL_ID: &'static [u8] = b"batch test";
    const NUMBERING: Numbering = Numbering::FirstUse;
    const SCALAR_ORDER: ByteOrder = ByteOrder::Little;
}

#[test]
fn mixed_ristretto255() {
    mixed::<F3<Ristretto255Shake128>, Ristretto255>();
}

#[test]
fn mixed_p256() {
    mixed::<F3<P256Shake128>, P256>();
}

/// The older profiles have weights of their own.
#[test]
fn mixed_f2() {
    mixed::<F2<Old>, Ristretto255>();
}

/// Two proofs with parts exchanged: the sum of all equations is the same, the weighted sum is not.
fn exchanged<C: Ciphersuite<G>, G: Group>() {
    let bases = bases::<G>(b"H");
    // The same statement and session twice, with the two proofs that random nonces give.
    let members = [member::<F3<C>, G>(&bases, 0), member::<F3<C>, G>(&bases, 0)];
    assert_eq!(verify(&members), Ok(()));
    for range in [0..G::ELEMENT_LEN, G::ELEMENT_LEN..G::ELEMENT_LEN + G::SCALAR_LEN] {
        let mut bad = members.clone();
        let [a, b] = &mut bad;
        a.1[range.clone()].swap_with_slice(&mut b.1[range]);
        assert_eq!(verify(&bad), Err(RefusedBatch { index: 0, error: Error::Invalid }));
    }
    // Errors of +1 and -1 in the responses, which cancel without weights.
    let mut bad = members.clone();
    for (member, error) in bad.iter_mut().zip([G::Scalar::ONE, -G::Scalar::ONE]) {
        let response = &mut member.1[G::ELEMENT_LEN..];
        let value = G::Scalar::from_bytes(response, G::SCALAR_ORDER).unwrap() + error;
        response.copy_from_slice(value.to_bytes(G::SCALAR_ORDER).as_ref());
    }
    assert_eq!(verify(&bad), Err(RefusedBatch { index: 0, error: Error::Invalid }));
}

#[test]
fn exchanged_parts() {
    exchanged::<Ristretto255Shake128, Ristretto255>();
    exchanged::<P256Shake128, P256>();
}

/// SHAKE128 of the parts, with the first padded to the rate.
fn shake(first: &[u8], rest: &[&[u8]], len: usize) -> Vec<u8> {
    let mut hash = sha3::Shake128::default();
    hash.update(first);
    hash.update(&vec![0; 168 - first.len()]);
    rest.iter().for_each(|part| hash.update(part));
    let mut out = vec![0; len];
    hash.finalize_xof().read(&mut out);
    out
}

/// The draft's derivation by hand: the weights are those of the profile's sponge, and the weighted sum is the identity.
#[test]
fn weights_by_hand() {
    type G = P256;
    type P = F3<P256Shake128>;
    let bases = bases::<G>(b"H");
    let members = [member::<P, G>(&bases, 0), member::<P, G>(&bases, 1)];

    let derive = b"irtf-cfrg-fiat-shamir/session-id";
    let batch_id = shake(derive, &[b"irtf-cfrg-sigma-protocols/batch-verify"], 32);
    let ids = [0, 1].map(|i| {
        let tag = format!("member {i}-DSFS-with-sigma-proofs_Shake128_P256");
        shake(derive, &[tag.as_bytes()], 32)
    });
    let [(first, narg_0), (second, narg_1)] = &members;
    let parts = [&ids[0], first.label(), narg_0, &ids[1], second.label(), narg_1];
    // Three equations: one of the first member, two of the second.
    let weights = shake(&batch_id, &parts, 3 * 16);

    let mut sponge = <P as Profile<G>>::batch_sponge();
    for (i, (argument, proof)) in members.iter().enumerate() {
        let session = format!("member {i}");
        <P as Profile<G>>::absorb_member(&mut sponge, session.as_bytes(), argument.label(), proof);
    }
    assert_eq!(sponge.squeeze::<48>()[..], weights);

    let scalar = |bytes: &[u8]| <G as Group>::Scalar::from_bytes(bytes, ByteOrder::Big).unwrap();
    let point = |bytes: &[u8]| G::decode(bytes).unwrap().0;
    let challenge = |i: usize, label: &[u8], commitments: &[u8]| {
        <G as Group>::Scalar::reduce(&shake(&ids[i], &[label, commitments], 48), ByteOrder::Little)
    };
    let (c0, c1) = (challenge(0, first.label(), &narg_0[..33]), challenge(1, second.label(), &narg_1[..66]));
    let (r0, r1) = (scalar(&narg_0[33..]), scalar(&narg_1[66..]));
    let (g, h) = (G::generator(), bases.points()[1].element());
    let image = |element, w: u64| element * &<G as Group>::Scalar::from(w);
    // T + c * image - r * base, for each equation
    let sums = [
        point(&narg_0[..33]) + image(g, 100) * &c0 - g * &r0,
        point(&narg_1[..33]) + image(g, 101) * &c1 - g * &r1,
        point(&narg_1[33..66]) + image(h, 101) * &c1 - h * &r1,
    ];
    let weighted = sums.iter().zip(weights.chunks(16));
    let total = weighted
        .map(|(sum, weight)| *sum * &<G as Group>::Scalar::reduce(weight, ByteOrder::Little))
        .fold(<G as Group>::Element::identity(), |total, term| total + term);
    assert!(bool::from(total.is_identity()));
    assert_eq!(verify(&members), Ok(()));
}
