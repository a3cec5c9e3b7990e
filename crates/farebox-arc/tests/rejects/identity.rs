//! The identity, in places that bytes do not reach: elements that both sides compute, and a forgery that only decoding stops.

use farebox_arc::relation::presentation::{Presentation as Shown, PresentationPublics};
use farebox_sigma::{Profile, Relation as _, Statement, witness};

use super::forgery::{ByHand, Claim, Forgery, Holder, Range, g, h, x1};
use super::*;

/// x0, x1, x2 and m2, as the issuer has them.
fn issuer<S: Tested>(run: &Run<S>) -> [Scalar<S>; 4] {
    let saved = run.key.to_bytes();
    let tag = [b"HashToScalar-".as_slice(), S::CONTEXT_STRING.as_bytes(), b"requestContext"];
    let m2 = S::Group::hash_to_scalar(&[b"issuer and origin"], &tag).unwrap();
    let [x0, x1, x2] = [0, 1, 2].map(|i| scalar_at::<S>(&saved, common::HEAD + 32 * i));
    [x0, x1, x2, m2]
}

/// V = x0*U + x1*m1Commit + x2*m2*U - U'Commit
fn v<S: Tested>(run: &Run<S>, u: Element<S>, m1_commit: Element<S>, u_prime_commit: Element<S>) -> Element<S> {
    let [x0, x1, x2, m2] = issuer(run);
    u * &x0 + m1_commit * &x1 + u * &(x2 * m2) - u_prime_commit
}

/// With U = identity whoever knows the public key presents what no one issued: m1Commit = z*H and U'Commit = r*G make
/// V = z*X1 - r*G for every key. All equations hold, so does the sum, and so does the challenge. The engine cannot even
/// write the statement down, since a `Point` is never the identity; it is proved and verified by hand, over the issuer's own
/// V. The one thing that is wrong with the message is its first element, which the decoder refuses.
fn u_is_the_identity_and_no_credential_is_needed<S: Tested>() {
    for (n, nonce, bits) in [(2, 1, &[1][..]), (10, 7, &[1, 1, 0, 1])] {
        let run = Run::<S>::of(n);
        let identity = Element::<S>::identity();
        let [m1, r, z] = [(); 3].map(|()| random::<S>());
        let claim = Claim::<S>::new(n, nonce, bits);
        let range = Range::of(&claim);
        let point = |element| Point::<S>::encode(element).unwrap();
        let (m1_commit, u_prime_commit) = (h::<S>() * &z, g::<S>() * &r);
        let issuers_v = v(run, identity, m1_commit, u_prime_commit);
        assert_eq!(issuers_v, x1(run).element() * &z - g::<S>() * &r);

        let bases = S::bases();
        let t = point_at::<S>(context::<S>().as_bytes(), 0);
        let publics = PresentationPublics {
            g: bases.points()[0],
            h: bases.points()[1],
            // A stand-in, since the identity has no place here.
            u: point(g::<S>() * &random::<S>()),
            u_prime_commit: point(u_prime_commit),
            m1_commit: point(m1_commit),
            v: point(issuers_v),
            x1: x1(run),
            tag: point(t.element() * &(m1 + claim.nonce).invert()),
            t,
            nonce_commit: range.nonce_commit,
            d: if claim.limit.bits() == 1 { vec![] } else { range.d.clone() },
        };
        let statement = Statement::new(&Shown { limit: claim.limit }, bases, &publics).unwrap();
        assert_eq!(Shown::NAME, "CredentialPresentation");
        let secrets = witness::<Shown, _>(&range.secrets(&claim, [m1, z, -r]));
        assert!(!statement.holds_vartime(&secrets));

        let by_hand = ByHand::<S>::of(&statement).with_identity(2);
        let proof = by_hand.prove(&secrets);
        assert!(by_hand.verify(&proof), "every equation holds");
        let weighted = claim.limit.bases().into_iter().zip(&range.d);
        let sum = weighted.fold(identity, |sum, (base, d)| sum + d.element() * &Scalar::<S>::from(base));
        assert_eq!(sum, range.nonce_commit.element(), "and so does the sum");

        let shown = [publics.u_prime_commit, publics.m1_commit, publics.tag, publics.nonce_commit];
        let rest: Vec<u8> = shown.iter().chain(&range.d).flat_map(|point| point.bytes().to_vec()).collect();
        let message = [vec![0; common::ne::<S>()], rest, proof].concat();
        assert_eq!(message.len(), Presentation::<S>::len(claim.limit));
        let refused = Presentation::<S>::from_bytes(claim.limit, &message).unwrap_err();
        assert_eq!(refused, malformed("U", Fault::Encoding(DecodeError::Identity)));
        // Any other U decodes, and does not hold.
        let message = put(&message, 0, publics.u.bytes());
        assert_eq!(run.verify(&message).unwrap_err(), INVALID);
    }
}

/// No way leads to a [`Point`] that is the identity.
fn no_point_is_the_identity<S: Tested>() {
    let identity = Element::<S>::identity();
    assert!(Point::<S>::encode(identity).is_err());
    assert!(Point::<S>::encode_batch(&[g::<S>(), identity]).is_err());
    assert!(S::bases().multiple(1, Scalar::<S>::ZERO).is_err());
    assert_eq!(Point::<S>::decode(&vec![0; common::ne::<S>()]).unwrap_err(), DecodeError::Identity);
}

/// The holder of a credential takes z = r = 0, and V, which the issuer computes, is the identity. It is refused before it is
/// encoded.
fn v_is_the_identity<S: Tested>() {
    for n in [2, 10] {
        let (run, a) = (Run::<S>::of(n), random::<S>());
        let holder = Holder::of(run);
        let u = holder.u * &a;
        let (u_prime_commit, m1_commit) = (holder.u_prime * &a, u * &holder.m1);
        assert_eq!(v(run, u, m1_commit, u_prime_commit), Element::<S>::identity());
        let elements = [u, u_prime_commit, m1_commit].map(|element| Point::<S>::encode(element).unwrap());
        let elements: Vec<u8> = elements.iter().flat_map(|point| point.bytes().to_vec()).collect();
        let message = put(&run.presentation, 0, &elements);
        assert_eq!(run.verify(&message).unwrap_err(), INVALID);
    }
}

/// Nonces of zero make every commitment the identity, and responses `factor * secret`. The verifier computes the same
/// commitments, and refuses them before they are encoded.
fn every_commitment_is_the_identity<S: Tested>() {
    let run = Run::<S>::of(10);
    let forgery = Forgery::new(run, &Claim::new(10, 5, &[1, 0, 0, 1]));
    assert!(forgery.holds());
    for challenge in [Scalar::<S>::ONE, random::<S>()] {
        let factor = S::Profile::factor(challenge);
        let responses = forgery.witness.iter().map(|secret| factor * *secret);
        let proof: Vec<u8> = [challenge].into_iter().chain(responses).flat_map(bytes_of::<S>).collect();
        let message = [forgery.elements.as_slice(), &proof].concat();
        assert_eq!(run.verify(&message).unwrap_err(), INVALID);
    }
    // The same without a secret: a proof of nothing but zeros.
    let proof = at::proof::<S>(4);
    let message = put(&run.presentation, proof, &vec![0; run.presentation.len() - proof]);
    assert_eq!(run.verify(&message).unwrap_err(), INVALID);
}

/// The same in the two proofs of issuance.
fn every_commitment_of_issuance_is_the_identity<S: Tested>() {
    let run = Run::<S>::of(2);
    let proof = 2 * common::ne::<S>();
    let bytes = put(&run.request, proof, &[0; 5 * 32]);
    let refused = run.key.issue(&CredentialRequest::from_bytes(&bytes).unwrap(), &mut rand::rng());
    assert_eq!(refused.unwrap_err(), INVALID);
    // m1, m2, r1, r2 with a challenge of 1.
    let factor = S::Profile::factor(Scalar::<S>::ONE);
    let secrets = (0..4).map(|i| factor * scalar_at::<S>(&run.pre_issuance, common::HEAD + 32 * i));
    let forged: Vec<u8> = [Scalar::<S>::ONE].into_iter().chain(secrets).flat_map(bytes_of::<S>).collect();
    let bytes = put(&run.request, proof, &forged);
    let refused = run.key.issue(&CredentialRequest::from_bytes(&bytes).unwrap(), &mut rand::rng());
    assert_eq!(refused.unwrap_err(), INVALID);

    let proof = 6 * common::ne::<S>();
    let bytes = put(&run.response, proof, &[0; 8 * 32]);
    let refused = run.pre_issuance().finish(run.public(), &CredentialResponse::from_bytes(&bytes).unwrap());
    assert_eq!(refused.unwrap_err().error, INVALID);
}

/// With m1 = -(x0 + x2*m2) / x1 the MAC is the identity. The client refuses it; an honest one does not know the key.
fn u_prime_is_the_identity<S: Tested>() {
    let run = Run::<S>::of(2);
    let [x0, x1, x2, m2] = issuer(run);
    let m1 = -(x0 + x2 * m2) * x1.invert();
    let coins = RequestCoins { m1, r1: random::<S>(), r2: random::<S>(), proof: Coins::from_nonces(randoms::<S>(4)) };
    let (state, request) = PreIssuance::<S>::request_with_coins(request_context(), coins).unwrap();
    let response = run.key.issue(&request, &mut rand::rng()).unwrap();
    assert_eq!(state.finish(run.public(), &response).unwrap_err().error, INVALID);
}

/// Under m1 = -nonce there is no tag. It cannot be tried again; the state says so and does not move on.
fn m1_plus_nonce_is_zero<S: Tested>() {
    let run = Run::<S>::of(10);
    let saved = put(&run.state, HOLDER, &bytes_of::<S>(-Scalar::<S>::from(5)));
    let state = PresentationState::<S>::from_bytes(run.public(), &saved).unwrap();
    assert_eq!(state.used(), 5);
    let refused = state.present(&mut rand::rng()).unwrap_err();
    assert_eq!(refused.error, Error::Misuse(Misuse::Coins));
    assert_eq!(refused.state.used(), 5);
}

crate::on_every_suite!(
    u_is_the_identity_and_no_credential_is_needed,
    no_point_is_the_identity,
    v_is_the_identity,
    every_commitment_is_the_identity,
    every_commitment_of_issuance_is_the_identity,
    u_prime_is_the_identity,
    m1_plus_nonce_is_zero,
);
