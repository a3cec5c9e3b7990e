//! Honest runs for any limit and counter, and one change of a step, which is refused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use common::{Run, Tested, at, bump, context, limit, open, put, request_context, shift, tomorrow};
use farebox_arc::*;
use proptest::prelude::*;

/// Limits of all sizes: small ones, and those around powers of two up to the largest.
fn limits() -> impl Strategy<Value = u64> {
    let around = (1u32..=32, 0u64..3).prop_map(|(k, i)| ((1 << k) + i - 1).clamp(2, 1 << 32));
    prop_oneof![2u64..=70_000, around, 2u64..=20]
}

/// Part of 2^64 of a limit: 0 gives 0, the largest number gives N - 1.
fn part(n: u64, share: u64) -> u64 {
    ((u128::from(n - 1) * u128::from(share) + u128::from(u64::MAX) / 2) / u128::from(u64::MAX)) as u64
}

/// A presentation of nonce `next` under N, all through bytes.
fn present<S: Tested>(n: u64, next: u64) -> Shown<S> {
    let run = Run::<S>::of(10);
    let (limit, context) =
        (limit(n), PresentationContext::new(&[n.to_be_bytes(), next.to_be_bytes()].concat()).unwrap());
    let state = run.credential().open(context, limit).unwrap();
    let state = open(state.skip_to(next).unwrap());
    let state = PresentationState::<S>::from_bytes(run.public(), &state.into_bytes()).unwrap();
    assert_eq!((state.used(), state.left(), state.limit()), (next, n - next, limit));
    let (presentation, after) = state.present(&mut rand::rng()).unwrap().into_parts();
    match after {
        ContextState::Open(state) => assert_eq!(state.used(), next + 1),
        ContextState::Closed(closed) => assert_eq!((closed.used(), n), (next + 1, next + 1)),
    }
    Shown { run, limit, context, bytes: presentation.to_bytes() }
}

struct Shown<S: Arc01> {
    run: &'static Run<S>,
    limit: Limit,
    context: PresentationContext<S>,
    bytes: Vec<u8>,
}

impl<S: Tested> Shown<S> {
    fn verify(&self) -> Result<Tag<S>, Error> {
        self.verify_as(&self.run.key, &request_context(), &self.context, self.limit, &self.bytes)
    }

    fn verify_as(
        &self,
        key: &SecretKey<S>,
        request: &RequestContext<S>,
        context: &PresentationContext<S>,
        limit: Limit,
        bytes: &[u8],
    ) -> Result<Tag<S>, Error> {
        let presentation = Presentation::from_bytes(limit, bytes)?;
        let verified = key.verify(request, context, limit, presentation);
        verified.map(|verified| verified.tag()).map_err(|refused| refused.error)
    }
}

#[derive(Clone, Copy, Debug)]
enum Tweak {
    Key,
    RequestContext,
    Context,
    Limit,
    OtherBits,
    Scalar(usize),
    Element(usize),
    TwoElements(usize),
    Cut(usize),
    Longer,
}

fn tweaks() -> impl Strategy<Value = Tweak> {
    prop_oneof![
        Just(Tweak::Key),
        Just(Tweak::RequestContext),
        Just(Tweak::Context),
        Just(Tweak::Limit),
        Just(Tweak::OtherBits),
        any::<usize>().prop_map(Tweak::Scalar),
        any::<usize>().prop_map(Tweak::Element),
        any::<usize>().prop_map(Tweak::TwoElements),
        any::<usize>().prop_map(Tweak::Cut),
        Just(Tweak::Longer),
    ]
}

/// What the verifier says of the presentation with one change.
fn verify_changed<S: Tested>(shown: &Shown<S>, tweak: Tweak) -> Result<Tag<S>, Error> {
    let (bytes, ne, k) = (&shown.bytes, common::ne::<S>(), shown.limit.bits());
    let changed =
        |bytes: &[u8]| shown.verify_as(&shown.run.key, &request_context(), &shown.context, shown.limit, bytes);
    let as_other = |n: u64| shown.verify_as(&shown.run.key, &request_context(), &shown.context, limit(n), bytes);
    let n = shown.limit.get();
    match tweak {
        Tweak::Key => shown.verify_as(&Run::<S>::of(2).key, &request_context(), &shown.context, shown.limit, bytes),
        Tweak::RequestContext => {
            shown.verify_as(&shown.run.key, &RequestContext::new(b"another"), &shown.context, shown.limit, bytes)
        }
        Tweak::Context => shown.verify_as(&shown.run.key, &request_context(), &tomorrow(), shown.limit, bytes),
        // One with as many bits, if there is one: 2 is the only limit with one bit.
        Tweak::Limit => {
            as_other(if limit(n - u64::from(n > 2)).bits() == k && n > 2 { n - 1 } else { (n + 1).min(1 << 32) })
        }
        Tweak::OtherBits => as_other(if k == 32 { n / 2 } else { (1 << k) + 1 }),
        Tweak::Scalar(i) => changed(&bump::<S>(bytes, at::proof::<S>(k) + 32 * (i % (6 + 3 * k)))),
        Tweak::Element(i) => changed(&shift::<S>(bytes, ne * (i % (5 + k)))),
        Tweak::TwoElements(i) => {
            let (one, two) = (ne * (i % (5 + k)), ne * ((i + 1) % (5 + k)));
            let swapped = put(&put(bytes, one, &bytes[two..two + ne]), two, &bytes[one..one + ne]);
            // nonceCommit and the only D are the same.
            if swapped == *bytes { Err(Invalid.into()) } else { changed(&swapped) }
        }
        Tweak::Cut(i) => changed(&bytes[..i % bytes.len()]),
        Tweak::Longer => changed(&[bytes.as_slice(), &[0]].concat()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_limit_and_any_counter(n in limits(), share in any::<u64>()) {
        let shown = present::<Ristretto255>(n, part(n, share));
        prop_assert!(shown.verify().is_ok());
    }

    #[test]
    fn one_tweak_is_refused(n in limits(), share in any::<u64>(), tweak in tweaks()) {
        let shown = present::<Ristretto255>(n, part(n, share));
        prop_assert!(shown.verify().is_ok());
        let refused = verify_changed(&shown, tweak);
        prop_assert!(refused.is_err(), "{:?} was accepted", tweak);
        let at_decoding = matches!(tweak, Tweak::Cut(_) | Tweak::Longer | Tweak::OtherBits);
        prop_assert_eq!(matches!(refused, Err(Error::Malformed(_))), at_decoding || crosses(n, tweak));
    }
}

/// Whether the changed limit has other bits, so that the length of the message is wrong.
fn crosses(n: u64, tweak: Tweak) -> bool {
    matches!(tweak, Tweak::Limit) && n == 2
        || matches!(tweak, Tweak::Limit) && limit(n - u64::from(n > 2)).bits() != limit(n).bits() && {
            limit((n + 1).min(1 << 32)).bits() != limit(n).bits()
        }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_limit_and_any_counter_on_p256(n in limits(), share in any::<u64>(), tweak in tweaks()) {
        let shown = present::<P256>(n, part(n, share));
        prop_assert!(shown.verify().is_ok());
        prop_assert!(verify_changed(&shown, tweak).is_err(), "{:?} was accepted", tweak);
    }
}

/// Every nonce of the small limits, which have every shape of bases.
#[test]
fn every_nonce_of_small_limits() {
    for n in 2..=12 {
        for nonce in 0..n {
            present::<Ristretto255>(n, nonce).verify().unwrap();
        }
    }
    for (n, nonce) in [(2, 0), (2, 1), (3, 0), (3, 1), (3, 2), (5, 4)] {
        present::<P256>(n, nonce).verify().unwrap();
        present::<P256Draft01>(n, nonce).verify().unwrap();
    }
}

/// The first and the last nonce of limits around powers of two, up to the largest.
#[test]
fn the_ends_of_large_limits() {
    for n in (5..=32u32).flat_map(|k| [(1u64 << k) - 1, 1 << k, (1 << k) + 1]).filter(|n| *n <= 1 << 32) {
        for nonce in [0, n - 1] {
            present::<Ristretto255>(n, nonce).verify().unwrap();
        }
    }
}

/// Contexts of any length, also the empty one, and the same bytes for both.
#[test]
fn contexts_of_any_length() {
    let rng = &mut rand::rng();
    let key = &Run::<Ristretto255>::of(10).key;
    for len in [0, 1, 255, 256, 65_536, 100_000] {
        let bytes = vec![7; len];
        let (state, request) = PreIssuance::request(RequestContext::new(&bytes), rng).unwrap();
        let response = key.issue(&request, rng).unwrap();
        let mut credential = state.finish(key.public_key(), &response).unwrap();
        let context = PresentationContext::new(&bytes).unwrap();
        let state = credential.open(context, limit(10)).unwrap();
        let (shown, _) = state.present(rng).unwrap().into_parts();
        let _ = key.verify(&RequestContext::new(&bytes), &context, limit(10), shown).unwrap();
    }
    assert_ne!(context::<Ristretto255>(), tomorrow());
}

/// Two credentials of one request context and key are two: m1 is the client's own.
#[test]
fn a_state_is_finished_with_any_response_to_its_request() {
    let (run, rng) = (Run::<Ristretto255>::of(10), &mut rand::rng());
    let [one, two] = [(); 2].map(|()| run.key.issue(&run.request(), rng).unwrap());
    let tags = [one, two].map(|response| {
        let mut credential = run.pre_issuance().finish(run.public(), &response).unwrap();
        let state = credential.open(context(), run.limit).unwrap();
        let (shown, _) = state.present(&mut rand::rng()).unwrap().into_parts();
        run.verify(&shown.to_bytes()).unwrap()
    });
    // Both hold the request's m1, so a client that asks twice for one request gets no second allowance.
    assert_eq!(tags[0], tags[1]);
}
