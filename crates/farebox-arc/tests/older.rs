//! The older draft: a public nonce, no range proof.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use std::collections::BTreeSet;

use common::{
    Scalar, bytes_of, context, limit, ne, order_bytes, put, random, randoms, request_context, shift, tomorrow,
};
use farebox_arc::v1::{Presentation, PresentationCoins, PresentationState, V1};
use farebox_arc::*;
use farebox_group::{DecodeError, Scalar as _};
use farebox_sigma::Coins;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

const INVALID: Error = Error::Invalid(Invalid);

/// A credential, and a presentation of nonce 3 of N = 10.
struct Run<S: V1> {
    key: SecretKey<S>,
    credential: Vec<u8>,
    presentation: Vec<u8>,
}

const NONCE: u32 = 3;

fn coins<S: V1>(nonce: u32) -> PresentationCoins<S> {
    let [a, r, z] = [(); 3].map(|()| random::<S>());
    PresentationCoins { nonce, a, r, z, proof: Coins::from_nonces(randoms::<S>(4)) }
}

impl<S: V1> Run<S> {
    fn new() -> Self {
        let rng = &mut StdRng::seed_from_u64(1);
        let key = SecretKey::<S>::generate(rng);
        let credential = common::credential_of(&key, rng).into_bytes().to_vec();
        let mut run = Self { key, credential, presentation: Vec::new() };
        run.presentation = run.open(10).present_with_coins(coins(NONCE)).unwrap().0.to_bytes();
        run
    }

    fn open(&self, n: u64) -> PresentationState<S> {
        let mut credential = Credential::from_bytes(self.key.public_key(), &self.credential).unwrap();
        PresentationState::open(&mut credential, context(), limit(n)).unwrap()
    }

    fn verify(&self, nonce: u32, bytes: &[u8]) -> Result<Tag<S>, Error> {
        self.verify_as(&self.key, &request_context(), &context(), 10, nonce, bytes)
    }

    fn verify_as(
        &self,
        key: &SecretKey<S>,
        request: &RequestContext<S>,
        context: &PresentationContext<S>,
        n: u64,
        nonce: u32,
        bytes: &[u8],
    ) -> Result<Tag<S>, Error> {
        let verified = Presentation::from_bytes(nonce, bytes)?.verify(key, request, context, limit(n));
        verified.map(|verified| verified.tag()).map_err(|refused| {
            assert_eq!((refused.state.nonce(), refused.state.to_bytes()), (nonce, bytes.to_vec()));
            refused.error
        })
    }
}

macro_rules! on_both_suites {
    ($($function:ident),+ $(,)?) => {
        $(mod $function {
            #[test]
            fn p256() {
                super::$function::<farebox_arc::v1::P256>();
            }

            #[test]
            fn ristretto255() {
                super::$function::<farebox_arc::v1::Ristretto255>();
            }
        })+
    };
}

on_both_suites!(
    an_honest_presentation,
    the_nonce_is_the_limit_or_above,
    the_nonce_is_another,
    a_nonce_is_used_twice,
    every_nonce_is_used_once_and_then_none,
    an_element_is_the_identity,
    an_element_is_another,
    v_or_m1_tag_is_the_identity,
    every_commitment_is_the_identity,
    a_scalar_is_not_canonical,
    it_was_made_for_something_else,
    it_is_cut_or_lengthened,
    coins_are_degenerate,
    a_context_is_opened_once,
    a_presentation_draws_72_bytes,
);

fn an_honest_presentation<S: V1>() {
    let run = Run::<S>::new();
    let tag = run.verify(NONCE, &run.presentation).unwrap();
    assert_eq!(tag.as_bytes(), &run.presentation[3 * ne::<S>()..4 * ne::<S>()]);
    assert_eq!(Presentation::<S>::from_bytes(NONCE, &run.presentation).unwrap().tag(), tag);
}

/// The draft's text lets a nonce pass that is the limit. We do not.
fn the_nonce_is_the_limit_or_above<S: V1>() {
    let run = Run::<S>::new();
    // An honest client with a larger limit, whose proof holds.
    for nonce in [10, 11, 99] {
        let (shown, _) = run.open(100).present_with_coins(coins(nonce)).unwrap();
        assert_eq!(shown.nonce(), nonce);
        let bytes = shown.to_bytes();
        assert_eq!(run.verify(nonce, &bytes).unwrap_err(), INVALID);
        run.verify_as(&run.key, &request_context(), &context(), u64::from(nonce) + 1, nonce, &bytes).unwrap();
    }
    assert_eq!(run.verify(u32::MAX, &run.presentation).unwrap_err(), INVALID);
    // The nonce is the last one.
    let (shown, _) = run.open(10).present_with_coins(coins(9)).unwrap();
    run.verify(9, &shown.to_bytes()).unwrap();
}

/// The proof is for the nonce that the message came with.
fn the_nonce_is_another<S: V1>() {
    let run = Run::<S>::new();
    for nonce in (0..10).filter(|nonce| *nonce != NONCE) {
        assert_eq!(run.verify(nonce, &run.presentation).unwrap_err(), INVALID);
    }
}

fn a_nonce_is_used_twice<S: V1>() {
    let run = Run::<S>::new();
    let (_, state) = run.open(10).present_with_coins(coins(NONCE)).unwrap();
    let refused = state.unwrap().present_with_coins(coins(NONCE)).unwrap_err();
    assert_eq!(refused.error, Error::Misuse(Misuse::Coins));
    // Nor is one taken that is not below the limit.
    let refused = refused.state.present_with_coins(coins(10)).unwrap_err();
    assert_eq!(refused.error, Error::Misuse(Misuse::Coins));
    let (shown, _) = refused.state.present_with_coins(coins(4)).unwrap();
    run.verify(4, &shown.to_bytes()).unwrap();
}

fn every_nonce_is_used_once_and_then_none<S: V1>() {
    let run = Run::<S>::new();
    let (mut nonces, mut tags) = (BTreeSet::new(), BTreeSet::new());
    let mut next = Some(run.open(10));
    while let Some(state) = next {
        assert_eq!(state.limit(), limit(10));
        let (shown, after) = state.present(&mut rand::rng()).unwrap();
        assert!(nonces.insert(shown.nonce()));
        assert!(tags.insert(run.verify(shown.nonce(), &shown.to_bytes()).unwrap()));
        next = after;
    }
    assert_eq!(nonces, (0..10).collect());
}

fn an_element_is_the_identity<S: V1>() {
    let (run, ne) = (Run::<S>::new(), ne::<S>());
    for (i, field) in ["U", "U'Commit", "m1Commit", "tag"].into_iter().enumerate() {
        let bytes = put(&run.presentation, i * ne, &vec![0; ne]);
        let fault = Fault::Encoding(DecodeError::Identity);
        assert_eq!(run.verify(NONCE, &bytes).unwrap_err(), Error::Malformed(Malformed { field, fault }));
    }
}

fn an_element_is_another<S: V1>() {
    let (run, ne) = (Run::<S>::new(), ne::<S>());
    for i in 0..4 {
        assert_eq!(run.verify(NONCE, &shift::<S>(&run.presentation, i * ne)).unwrap_err(), INVALID);
    }
}

/// The holder of a credential takes z = r = 0, or a tag that leaves nothing of T.
fn v_or_m1_tag_is_the_identity<S: V1>() {
    let (run, ne) = (Run::<S>::new(), ne::<S>());
    let mut zeros = coins::<S>(NONCE);
    (zeros.r, zeros.z) = (Scalar::<S>::ZERO, Scalar::<S>::ZERO);
    let refused = run.open(10).present_with_coins(zeros).unwrap_err();
    assert_eq!(refused.error, Error::Misuse(Misuse::Coins));

    let point = |at| common::point_at::<S>(&run.credential, at).element();
    let (m1, held) = (common::scalar_at::<S>(&run.credential, common::HOLDER), common::HOLDER + 32);
    let a = random::<S>();
    let (u, u_prime) = (point(held) * &a, point(held + ne) * &a);
    let elements = [u, u_prime, u * &m1].map(|element| common::Point::<S>::encode(element).unwrap());
    let elements: Vec<u8> = elements.iter().flat_map(|point| point.bytes().to_vec()).collect();
    assert_eq!(run.verify(NONCE, &put(&run.presentation, 0, &elements)).unwrap_err(), INVALID);

    // tag = T / nonce, so that m1Tag = T - nonce*tag is the identity.
    let t = common::point_at::<S>(context::<S>().as_bytes(), 0).element();
    let tag = common::Point::<S>::encode(t * &Scalar::<S>::from(u64::from(NONCE)).invert()).unwrap();
    assert_eq!(run.verify(NONCE, &put(&run.presentation, 3 * ne, tag.bytes())).unwrap_err(), INVALID);
}

fn every_commitment_is_the_identity<S: V1>() {
    let run = Run::<S>::new();
    let proof = 4 * ne::<S>();
    let bytes = put(&run.presentation, proof, &[0; 5 * 32]);
    assert_eq!(run.verify(NONCE, &bytes).unwrap_err(), INVALID);
    let mut zeros = coins::<S>(NONCE);
    zeros.proof = Coins::from_nonces(vec![Scalar::<S>::ZERO; 4]);
    let refused = run.open(10).present_with_coins(zeros).unwrap_err();
    assert_eq!(refused.error, Error::Misuse(Misuse::Coins));
}

fn a_scalar_is_not_canonical<S: V1>() {
    let run = Run::<S>::new();
    for at in (4 * ne::<S>()..run.presentation.len()).step_by(32) {
        let fault = Fault::Encoding(DecodeError::Scalar);
        let expected = Error::Malformed(Malformed { field: "proof", fault });
        assert_eq!(run.verify(NONCE, &put(&run.presentation, at, &order_bytes::<S>())).unwrap_err(), expected);
        let bumped = common::bump::<S>(&run.presentation, at);
        assert_eq!(run.verify(NONCE, &bumped).unwrap_err(), INVALID);
    }
    assert_eq!(bytes_of::<S>(Scalar::<S>::ZERO), [0; 32]);
}

fn it_was_made_for_something_else<S: V1>() {
    let run = Run::<S>::new();
    let (shown, other) = (&run.presentation, SecretKey::generate(&mut rand::rng()));
    let today = context::<S>();
    let refused = [
        run.verify_as(&other, &request_context(), &today, 10, NONCE, shown),
        run.verify_as(&run.key, &RequestContext::new(b"another"), &today, 10, NONCE, shown),
        run.verify_as(&run.key, &request_context(), &tomorrow(), 10, NONCE, shown),
        run.verify_as(&run.key, &request_context(), &today, 3, NONCE, shown),
    ];
    assert!(refused.into_iter().all(|refused| refused == Err(INVALID)));
    // This draft's proof does not know the limit: any above the nonce will do.
    run.verify_as(&run.key, &request_context(), &today, 4, NONCE, shown).unwrap();
}

fn it_is_cut_or_lengthened<S: V1>() {
    let run = Run::<S>::new();
    let expected = Presentation::<S>::LEN;
    for actual in (0..expected).chain([expected + 1, expected + 32, expected + 4096]) {
        let mut bytes = run.presentation.clone();
        bytes.resize(actual, 0);
        let refused = Presentation::<S>::from_bytes(NONCE, &bytes).unwrap_err();
        assert_eq!(refused, Malformed { field: "presentation", fault: Fault::Length { expected, actual } });
    }
}

fn coins_are_degenerate<S: V1>() {
    let run = Run::<S>::new();
    let refuses = |change: &dyn Fn(&mut PresentationCoins<S>)| {
        let mut coins = coins::<S>(NONCE);
        change(&mut coins);
        let refused = run.open(10).present_with_coins(coins).unwrap_err();
        assert_eq!(refused.error, Error::Misuse(Misuse::Coins));
        let (shown, _) = refused.state.present_with_coins(self::coins(NONCE)).unwrap();
        run.verify(NONCE, &shown.to_bytes()).unwrap();
    };
    refuses(&|coins| coins.a = Scalar::<S>::ZERO);
    refuses(&|coins| coins.proof = Coins::from_nonces(randoms::<S>(3)));
    refuses(&|coins| coins.proof = Coins::from_nonces(randoms::<S>(5)));
    refuses(&|coins| coins.nonce = 10);
    refuses(&|coins| coins.nonce = u32::MAX);
}

fn a_context_is_opened_once<S: V1>() {
    let run = Run::<S>::new();
    let mut credential = Credential::<S>::from_bytes(run.key.public_key(), &run.credential).unwrap();
    let open = |credential: &mut Credential<S>, n| PresentationState::open(credential, context(), limit(n));
    assert_eq!(open(&mut credential, PresentationState::<S>::MAX_LIMIT + 1).unwrap_err(), Misuse::Limit);
    // That was refused before the context was noted.
    let state = open(&mut credential, PresentationState::<S>::MAX_LIMIT).unwrap();
    assert_eq!(open(&mut credential, 10).unwrap_err(), Misuse::AlreadyOpen);
    let mut credential = Credential::<S>::from_bytes(run.key.public_key(), &credential.into_bytes()).unwrap();
    assert_eq!(open(&mut credential, 10).unwrap_err(), Misuse::AlreadyOpen);
    // The last nonce of the largest limit.
    let (shown, _) = state.present_with_coins(coins(65_535)).unwrap();
    run.verify_as(&run.key, &request_context(), &context(), 1 << 16, 65_535, &shown.to_bytes()).unwrap();
}

/// 8 bytes choose the nonce, 32 are for the step's own choices, 32 for the proof's.
fn a_presentation_draws_72_bytes<S: V1>() {
    struct Counted(StdRng, usize);
    impl rand::TryRng for Counted {
        type Error = std::convert::Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            self.1 += 4;
            self.0.try_next_u32()
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            self.1 += 8;
            self.0.try_next_u64()
        }
        fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Self::Error> {
            self.1 += out.len();
            self.0.try_fill_bytes(out)
        }
    }
    impl rand::TryCryptoRng for Counted {}
    let (run, mut rng) = (Run::<S>::new(), Counted(StdRng::seed_from_u64(2), 0));
    let _ = run.open(10).present(&mut rng).unwrap();
    assert_eq!(rng.1, 72);
}

/// Flips one bit in each byte, all bits in turn.
fn tampered<S: V1>(step: usize) {
    let run = Run::<S>::new();
    for bit in (0..run.presentation.len() * 8).step_by(step) {
        let mut bytes = run.presentation.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        match run.verify(NONCE, &bytes) {
            Err(Error::Invalid(_) | Error::Malformed(_)) => {}
            other => panic!("bit {bit}: {other:?}"),
        }
    }
}

#[test]
fn every_bit_flipped_on_ristretto255() {
    tampered::<v1::Ristretto255>(1);
}

#[test]
fn bits_flipped_on_p256() {
    tampered::<v1::P256>(33);
}
