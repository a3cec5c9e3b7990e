//! States: each context opened once, counters that never go back, saved forms, what `Debug` prints, what is drawn.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use std::convert::Infallible;
use std::fmt::Debug;

use common::{HEAD, HOLDER, Run, Scalar, Tested, at, closed, context, limit, open, random, request_context, tomorrow};
use farebox_arc::*;
use farebox_group::ByteOrder;
use farebox_sigma::Coins;
use rand::{TryCryptoRng, TryRng};
use zeroize::ZeroizeOnDrop;

type S = Ristretto255;

// ---- each context once

fn a_context_is_opened_twice<S: Tested>() {
    let run = Run::<S>::of(10);
    let mut credential = run.credential();
    assert!(!credential.is_opened(&context()));
    let _state = credential.open(context(), run.limit).unwrap();
    assert!(credential.is_opened(&context()));
    for n in [10, 2, 1000, 1 << 32] {
        assert_eq!(credential.open(context(), limit(n)).unwrap_err(), Misuse::AlreadyOpen);
    }
    // The context counts, not the value that names it.
    let again = PresentationContext::new(b"today").unwrap();
    assert_eq!(credential.open(again, run.limit).unwrap_err(), Misuse::AlreadyOpen);
    // Saved and loaded, it still knows.
    let mut credential = Credential::from_bytes(run.public(), &credential.into_bytes()).unwrap();
    assert_eq!(credential.open(context(), run.limit).unwrap_err(), Misuse::AlreadyOpen);
    assert_eq!(credential.contexts(), 1);
    // A refused opening uses up no other context.
    let _state = credential.open(tomorrow(), run.limit).unwrap();
    assert_eq!(credential.contexts(), 2);
}

on_every_suite! {
    a_context_is_opened_twice,
    the_counter_belongs_to_the_context,
    a_limit_below_the_counter_closes_the_context,
    skipping_goes_forward_only,
    the_last_presentation_closes_the_context,
    saved_forms_read_back,
    every_operation_draws_what_is_documented,
    a_stuck_generator_gives_two_presentations_nothing_in_common,
    a_stuck_generator_repeats_no_issuance_randomness,
}

#[test]
fn a_credential_is_opened_in_as_many_contexts_as_it_keeps() {
    let run = Run::<S>::of(2);
    let mut credential = run.credential();
    let name = |i: usize| PresentationContext::<S>::new(&i.to_be_bytes()).unwrap();
    assert_eq!(Credential::<S>::MAX_CONTEXTS, 1024);
    for i in 0..1024 {
        let _state = credential.open(name(i), run.limit).unwrap();
    }
    assert_eq!(credential.open(name(1024), run.limit).unwrap_err(), Misuse::TooManyContexts);
    assert_eq!(credential.open(name(7), run.limit).unwrap_err(), Misuse::AlreadyOpen);
    let saved = credential.into_bytes();
    assert_eq!(saved.len(), run.credential.len() + 1024 * 32);
    let mut credential = Credential::<S>::from_bytes(run.public(), &saved).unwrap();
    assert_eq!(credential.contexts(), 1024);
    assert_eq!(credential.open(name(1024), run.limit).unwrap_err(), Misuse::TooManyContexts);
    // One more in the saved form.
    let long = [&saved[..], name(1024).as_bytes()].concat();
    let refused = Credential::<S>::from_bytes(run.public(), &long).unwrap_err();
    let fault = Fault::Length { expected: saved.len(), actual: long.len() };
    assert_eq!(refused, Malformed { field: "credential", fault });
}

/// Contexts are saved in the order of their encodings: one credential has one saved form.
#[test]
fn the_contexts_of_a_saved_credential_are_ascending() {
    let run = Run::<S>::of(2);
    let mut names = [context::<S>().as_bytes().to_vec(), tomorrow::<S>().as_bytes().to_vec()];
    names.sort();
    let [first, second] = names;
    let read = |contexts: &[&[u8]]| {
        let saved = [&run.credential, contexts.concat().as_slice()].concat();
        Credential::<S>::from_bytes(run.public(), &saved).map(|credential| credential.contexts())
    };
    let refused = Err(Malformed { field: "context", fault: Fault::Counter });
    assert_eq!(read(&[&first, &second]), Ok(2));
    assert_eq!(read(&[&second, &first]), refused);
    assert_eq!(read(&[&first, &first]), refused);
}

// ---- the counter

/// The tags that the counter gives from `from` on, in one context of the run's credential.
fn tags<S: Tested>(run: &Run<S>, from: u64, to: u64) -> Vec<Tag<S>> {
    (from..to).map(|next| run.state_at(next).present(&mut rand::rng()).unwrap().into_parts().0.tag()).collect()
}

fn the_counter_belongs_to_the_context<S: Tested>() {
    let (run, rng) = (Run::<S>::of(10), &mut rand::rng());
    let expected = tags(run, 0, 4);
    let mut credential = run.credential();
    let state = credential.open(context(), limit(2)).unwrap();
    let (first, state) = state.present(rng).unwrap().into_parts();
    // Raised: it goes on with nonce 1.
    let state = open(open(state).with_limit(limit(3)));
    assert_eq!((state.used(), state.left(), state.limit()), (1, 2, limit(3)));
    let (second, state) = state.present(rng).unwrap().into_parts();
    let (third, state) = open(state).present(rng).unwrap().into_parts();
    // Closed at 3 of 3, saved, loaded and reopened.
    let state = closed(state);
    assert_eq!(state.used(), 3);
    let state = ClosedContext::<S>::from_bytes(run.public(), &state.into_bytes()).unwrap();
    let state = closed(state.with_limit(limit(3)));
    let state = open(state.with_limit(limit(10)));
    assert_eq!((state.used(), state.left()), (3, 7));
    let (fourth, _state) = state.present(rng).unwrap().into_parts();
    let shown = [(first, 2), (second, 3), (third, 3), (fourth, 10)];
    for ((presentation, n), expected) in shown.into_iter().zip(expected) {
        assert_eq!(presentation.tag(), expected);
        let shown = Presentation::from_bytes(limit(n), &presentation.to_bytes()).unwrap();
        let verified = run.key.verify(&request_context(), &context(), limit(n), shown).unwrap();
        assert_eq!(verified.tag(), expected);
    }
}

fn a_limit_below_the_counter_closes_the_context<S: Tested>() {
    let run = Run::<S>::of(10);
    for n in [2, 4, 5] {
        let state = closed(run.state().with_limit(limit(n)));
        assert_eq!(state.used(), 5);
        let state = closed(state.with_limit(limit(5)));
        assert_eq!(open(state.with_limit(limit(6))).used(), 5);
    }
    assert_eq!(open(run.state().with_limit(limit(6))).left(), 1);
}

fn skipping_goes_forward_only<S: Tested>() {
    let (run, rng) = (Run::<S>::of(10), &mut rand::rng());
    assert_eq!(run.state().used(), 5);
    assert_eq!(open(run.state().skip_to(5).unwrap()).used(), 5);
    assert_eq!(open(run.state().skip_to(9).unwrap()).left(), 1);
    for next in [10, 11, 1 << 32] {
        assert_eq!(closed(run.state().skip_to(next).unwrap()).used(), next);
    }
    for (next, misuse) in
        [(0, Misuse::Rewind), (4, Misuse::Rewind), ((1 << 32) + 1, Misuse::Limit), (u64::MAX, Misuse::Limit)]
    {
        let refused = run.state().skip_to(next).unwrap_err();
        assert_eq!(refused.error, Error::Misuse(misuse));
        // The state comes back where it was, and presents.
        let (state, _) = refused.into_parts();
        assert_eq!((state.used(), state.limit()), (5, limit(10)));
        let (shown, _) = state.present(rng).unwrap().into_parts();
        assert_eq!(shown.tag(), tags(run, 5, 6)[0]);
        run.verify(&shown.to_bytes()).unwrap();
    }
    // What was skipped is gone for good.
    let state = open(run.state().skip_to(8).unwrap());
    let state = PresentationState::<S>::from_bytes(run.public(), &state.into_bytes()).unwrap();
    assert_eq!(state.skip_to(7).unwrap_err().error, Error::Misuse(Misuse::Rewind));
}

fn the_last_presentation_closes_the_context<S: Tested>() {
    let (run, rng) = (Run::<S>::of(2), &mut rand::rng());
    let Presented::More(first, state) = run.state_at(0).present(rng).unwrap() else { panic!("one is left") };
    let Presented::Last(second, state) = state.present(rng).unwrap() else { panic!("none is left") };
    assert_eq!(state.used(), 2);
    assert_ne!(first.tag(), second.tag());
    // At the largest N as well.
    let state = open(run.state_at(0).with_limit(Limit::MAX));
    let state = open(state.skip_to((1 << 32) - 1).unwrap());
    let Presented::Last(last, state) = state.present(rng).unwrap() else { panic!("none is left") };
    let verified = run.key.verify(&request_context(), &context(), Limit::MAX, last).unwrap();
    assert_ne!(verified.tag(), first.tag());
    let state = ClosedContext::<S>::from_bytes(run.public(), &state.into_bytes()).unwrap();
    assert_eq!(closed(state.with_limit(Limit::MAX)).used(), 1 << 32);
}

// ---- saved forms

fn saved_forms_read_back<S: Tested>() {
    let run = Run::<S>::of(10);
    let key = SecretKey::<S>::from_bytes(&run.key.to_bytes()).unwrap();
    assert_eq!(key.to_bytes(), run.key.to_bytes());
    assert_eq!(key.public_key(), run.public());
    let draft_form = SecretKey::<S>::from_scalar_bytes(&run.key.to_bytes()[HEAD..]).unwrap();
    assert_eq!(draft_form.to_bytes(), run.key.to_bytes());
    assert_eq!(PublicKey::<S>::from_bytes(&run.public().to_bytes()).unwrap(), *run.public());
    assert_eq!(run.pre_issuance().into_bytes()[..], run.pre_issuance);
    assert_eq!(run.credential().into_bytes()[..], run.credential);
    let opened = Credential::<S>::from_bytes(run.public(), &run.opened).unwrap();
    assert_eq!((opened.contexts(), opened.key()), (1, run.public()));
    assert_eq!(opened.into_bytes()[..], run.opened);
    assert_eq!(run.state().into_bytes()[..], run.state);
    assert_eq!((run.state().used(), run.state().limit()), (5, limit(10)));
    assert_eq!(run.closed().into_bytes()[..], run.closed);
    assert_eq!(run.closed().used(), 10);
    // Messages as well.
    assert_eq!(run.request().to_bytes(), run.request);
    assert_eq!(run.response().to_bytes(), run.response);
    assert_eq!(run.presentation().to_bytes(), run.presentation);
    // Heads: version 1, the kind, the suite.
    let saved = [&run.key.to_bytes(), &run.pre_issuance[..], &run.credential, &run.state, &run.closed];
    for (bytes, kind) in saved.iter().zip(1..) {
        assert_eq!((bytes[0], bytes[1], bytes[2]), (1, kind, run.key.to_bytes()[2]));
    }
    // All that a credential becomes names the same key.
    assert_eq!(run.credential[HEAD..HOLDER], run.state[HEAD..HOLDER]);
    assert_eq!(run.credential[HEAD..HOLDER], run.closed[HEAD..HOLDER]);
    assert_ne!(run.credential[HEAD..HOLDER], Run::<S>::of(2).credential[HEAD..HOLDER]);
}

/// U of a credential is that of the response, and m1 that of the request.
#[test]
fn the_fields_of_a_credential() {
    let run = Run::<S>::of(10);
    assert_eq!(run.credential[HOLDER..HOLDER + 32], run.pre_issuance[HEAD..HEAD + 32], "m1");
    assert_eq!(run.credential[HOLDER + 32..HOLDER + 64], run.response[..32], "U");
    assert_eq!(run.opened[run.credential.len()..], *context::<S>().as_bytes());
    let next = &run.state[run.state.len() - 16..];
    assert_eq!(next, [[0, 0, 0, 0, 0, 0, 0, 5], [0, 0, 0, 0, 0, 0, 0, 10]].concat());
}

// ---- what the types are not

/// `$type: !$trait`: the call is ambiguous, and does not compile, if the type implements the trait.
macro_rules! assert_not {
    ($($type:ty: !$trait:path),+ $(,)?) => {
        $({
            trait Ambiguous<A> {
                fn check() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            struct Marker;
            impl<T: ?Sized + $trait> Ambiguous<Marker> for T {}
            <$type as Ambiguous<_>>::check();
        })+
    };
}

#[test]
fn states_and_keys_are_not_copied() {
    assert_not!(
        SecretKey<S>: !Clone, PreIssuance<S>: !Clone, Credential<S>: !Clone, PresentationState<S>: !Clone,
        ClosedContext<S>: !Clone, ContextState<S>: !Clone, Presented<S>: !Clone, RequestCoins<S>: !Clone,
        ResponseCoins<S>: !Clone, PresentationCoins<S>: !Clone, Coins<Scalar<S>>: !Clone,
        v1::PresentationState<v1::Ristretto255>: !Clone, v1::PresentationCoins<v1::Ristretto255>: !Clone,
        Refused<PresentationState<S>>: !Clone,
        SecretKey<S>: !Copy, PreIssuance<S>: !Copy, Credential<S>: !Copy, PresentationState<S>: !Copy,
        ClosedContext<S>: !Copy, ContextState<S>: !Copy, Presented<S>: !Copy,
        v1::PresentationState<v1::Ristretto255>: !Copy,
    );
}

#[test]
fn states_and_keys_are_not_serialised() {
    assert_not!(
        SecretKey<S>: !serde::Serialize, PreIssuance<S>: !serde::Serialize, Credential<S>: !serde::Serialize,
        PresentationState<S>: !serde::Serialize, ClosedContext<S>: !serde::Serialize,
        SecretKey<S>: !serde::Deserialize<'static>, PreIssuance<S>: !serde::Deserialize<'static>,
        Credential<S>: !serde::Deserialize<'static>, PresentationState<S>: !serde::Deserialize<'static>,
        ClosedContext<S>: !serde::Deserialize<'static>,
    );
}

#[test]
fn states_and_keys_are_not_compared_or_printed() {
    assert_not!(
        SecretKey<S>: !PartialEq, PreIssuance<S>: !PartialEq, Credential<S>: !PartialEq,
        PresentationState<S>: !PartialEq, ClosedContext<S>: !PartialEq,
        SecretKey<S>: !std::fmt::Display, PreIssuance<S>: !std::fmt::Display, Credential<S>: !std::fmt::Display,
        PresentationState<S>: !std::fmt::Display, ClosedContext<S>: !std::fmt::Display,
    );
}

/// That memory is erased cannot be seen without reading freed memory; the types say it.
#[test]
fn states_and_keys_are_erased_when_dropped() {
    fn erased<T: ZeroizeOnDrop>() {}
    erased::<SecretKey<S>>();
    erased::<PreIssuance<S>>();
    erased::<Credential<S>>();
    erased::<PresentationState<S>>();
    erased::<ClosedContext<S>>();
    erased::<v1::PresentationState<v1::Ristretto255>>();
    erased::<zeroize::Zeroizing<Vec<u8>>>();
    let run = Run::<S>::of(2);
    let saved: [zeroize::Zeroizing<Vec<u8>>; 5] = [
        run.key.to_bytes(),
        run.pre_issuance().into_bytes(),
        run.credential().into_bytes(),
        run.state().into_bytes(),
        run.closed().into_bytes(),
    ];
    drop(saved);
}

#[test]
fn states_and_messages_cross_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<SecretKey<S>>();
    shared::<PublicKey<S>>();
    shared::<PreIssuance<S>>();
    shared::<Credential<S>>();
    shared::<PresentationState<S>>();
    shared::<ClosedContext<S>>();
    shared::<Presentation<S>>();
    shared::<VerifiedPresentation<S>>();
    shared::<Refused<PresentationState<P256>>>();
}

// ---- Debug

/// No 8 bytes of a secret stand in the text, as hex in either case and order, or as a list of numbers.
fn hides(shown: &dyn Debug, secrets: &[&[u8]]) {
    for text in [format!("{shown:?}"), format!("{shown:#?}")] {
        let plain = text.to_lowercase().replace([' ', '\n', ',', '_'], "");
        for secret in secrets {
            for part in secret.chunks(8).filter(|part| part.len() == 8 && part.iter().any(|byte| *byte != 0)) {
                let mut reversed = part.to_vec();
                reversed.reverse();
                for bytes in [part.to_vec(), reversed] {
                    let hex = hex::encode(&bytes);
                    let list: String = bytes.iter().map(|byte| byte.to_string()).collect();
                    let number = u64::from_le_bytes(bytes.as_slice().try_into().unwrap()).to_string();
                    for form in [hex, list, number] {
                        assert!(!plain.contains(&form), "{text}");
                    }
                }
            }
        }
    }
}

#[test]
fn debug_prints_no_secret() {
    let run = Run::<S>::of(10);
    let sk = run.key.to_bytes()[HEAD..].to_vec();
    let held = &run.credential[HOLDER..];
    hides(&run.key, &[&sk]);
    hides(&run.pre_issuance(), &[&run.pre_issuance[HEAD..]]);
    hides(&run.credential(), &[held]);
    hides(&run.state(), &[held]);
    hides(&run.closed(), &[held]);
    hides(&ContextState::Open(run.state()), &[held]);
    hides(&run.state().present(&mut rand::rng()).unwrap(), &[held]);
    let scalar = common::scalar_at::<S>(&sk, 0);
    let proof = || Coins::from_nonces(vec![scalar]);
    hides(&scalar, &[&sk]);
    hides(&RequestCoins::<S> { m1: scalar, r1: scalar, r2: scalar, proof: proof() }, &[&sk]);
    hides(&ResponseCoins::<S> { b: scalar, proof: proof() }, &[&sk]);
    let coins = || {
        let [a, r, z, nonce_blinding] = [scalar; 4];
        PresentationCoins::<S> { a, r, z, nonce_blinding, s: vec![scalar; 3], proof: proof() }
    };
    hides(&coins(), &[&sk]);
    let older = v1::PresentationCoins::<v1::Ristretto255> { nonce: 1, a: scalar, r: scalar, z: scalar, proof: proof() };
    hides(&older, &[&sk]);
    let refused = run.state().present_with_coins(coins()).unwrap_err();
    hides(&refused, &[held, &sk]);
    assert_eq!(refused.to_string(), refused.error.to_string());
    // m2 is known to whoever knows the context, and says which it is.
    let m2 = &run.pre_issuance[HEAD + 32..HEAD + 64];
    hides(&request_context::<S>(), &[m2]);
    assert_eq!(format!("{:?}", run.state()), "PresentationState(..)");
}

// ---- what is drawn

/// Gives the same byte for ever, and counts.
struct Constant {
    drawn: usize,
}

impl Constant {
    fn new() -> Self {
        Self { drawn: 0 }
    }

    /// The bytes drawn since the last call.
    fn drawn(&mut self) -> usize {
        std::mem::take(&mut self.drawn)
    }
}

impl TryRng for Constant {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.drawn += 4;
        Ok(0x5a5a_5a5a)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.drawn += 8;
        Ok(0x5a5a_5a5a_5a5a_5a5a)
    }
    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.drawn += out.len();
        out.fill(0x5a);
        Ok(())
    }
}

impl TryCryptoRng for Constant {}

/// 32 bytes for a key, 64 for every other operation: 32 for its own choices, 32 for the proof's.
fn every_operation_draws_what_is_documented<S: Tested>() {
    let rng = &mut Constant::new();
    let key = SecretKey::<S>::generate(rng);
    assert_eq!(rng.drawn(), 32);
    let (state, request) = PreIssuance::request(request_context(), rng).unwrap();
    assert_eq!(rng.drawn(), 64);
    let response = key.issue(&request, rng).unwrap();
    assert_eq!(rng.drawn(), 64);
    let mut credential = state.finish(key.public_key(), &response).unwrap();
    let mut state = Some(credential.open(context(), limit(3)).unwrap());
    while let Some(open) = state.take() {
        let (_, after) = open.present(rng).unwrap().into_parts();
        assert_eq!(rng.drawn(), 64);
        if let ContextState::Open(open) = after {
            state = Some(open);
        }
    }
    // However many bits.
    let state = credential.open(tomorrow(), Limit::MAX).unwrap();
    let _ = state.present(rng).unwrap();
    assert_eq!(rng.drawn(), 64);
}

/// With a generator that stands still, presentations of one credential still share no element and no scalar: the
/// randomness is hedged with the credential, the context, the limit and the counter.
fn a_stuck_generator_gives_two_presentations_nothing_in_common<S: Tested>() {
    let run = Run::<S>::of(10);
    let shown = |state: PresentationState<S>| state.present(&mut Constant::new()).unwrap().into_parts().0.to_bytes();
    let elsewhere = |n| run.credential().open(tomorrow(), limit(n)).unwrap();
    let mut other = common::credential_of(&run.key, &mut rand::make_rng());
    let all = [
        shown(run.state_at(0)),
        shown(run.state_at(1)),
        shown(run.state_at(2)),
        shown(elsewhere(10)),
        shown(other.open(context(), limit(10)).unwrap()),
    ];
    assert_eq!(all[0], shown(run.state_at(0)));
    let proof = at::proof::<S>(4);
    let fields = |bytes: &[u8]| -> Vec<Vec<u8>> {
        let elements = bytes[..proof].chunks(common::ne::<S>());
        elements.chain(bytes[proof..].chunks(32)).map(<[u8]>::to_vec).collect()
    };
    let mut fields: Vec<_> = all.iter().flat_map(|bytes| fields(bytes)).collect();
    let count = fields.len();
    fields.sort();
    fields.dedup();
    assert_eq!(fields.len(), count);
    // Under another limit the tag is the same, because the nonce is, and nothing else.
    let (ten, eleven) = (shown(elsewhere(10)), shown(elsewhere(11)));
    let (ne, tag) = (common::ne::<S>(), at::tag::<S>());
    for place in (0..proof).step_by(ne) {
        assert_eq!(ten[place..place + ne] == eleven[place..place + ne], place == tag, "byte {place}");
    }
}

/// The issuer's b differs wherever the request or the key does; a client's m1 wherever the context does. A first request has
/// no secret to hedge with, so its m1 needs a good generator.
fn a_stuck_generator_repeats_no_issuance_randomness<S: Tested>() {
    let run = Run::<S>::of(2);
    let u = |key: &SecretKey<S>, request: &CredentialRequest<S>| {
        key.issue(request, &mut Constant::new()).unwrap().to_bytes()[..common::ne::<S>()].to_vec()
    };
    let (_state, other) = PreIssuance::request(request_context(), &mut rand::rng()).unwrap();
    let first = u(&run.key, &run.request());
    assert_eq!(first, u(&run.key, &run.request()));
    assert_ne!(first, u(&run.key, &other));
    assert_ne!(first, u(&Run::<S>::of(10).key, &run.request()));
    let m1 = |context| PreIssuance::<S>::request(context, &mut Constant::new()).unwrap().0.into_bytes()[3..35].to_vec();
    assert_eq!(m1(request_context()), m1(request_context()));
    assert_ne!(m1(request_context()), m1(RequestContext::new(b"another")));
}

/// Scalars are what the suite says: big-endian in both suites of arc-crypto-01.
#[test]
fn the_order_of_scalars() {
    assert_eq!(common::order::<P256>(), ByteOrder::Big);
    assert_eq!(common::order::<P256Draft01>(), ByteOrder::Big);
    assert_eq!(common::order::<Ristretto255>(), ByteOrder::Big);
    assert_eq!(common::order::<v1::Ristretto255>(), ByteOrder::Little);
    let scalar = random::<S>();
    assert_eq!(common::scalar_at::<S>(&common::bytes_of::<S>(scalar), 0), scalar);
}
