//! Many presentations: tags that are all different, and messages that have nothing in common.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use std::collections::{BTreeSet, HashSet};

use common::{Run, context, credential_of, limit, open, request_context, tomorrow};
use farebox_arc::*;

type S = Ristretto255;

/// A set that a ledger would keep.
struct Ledger(BTreeSet<Tag<S>>);

impl Ledger {
    fn record(&mut self, tag: Tag<S>) -> bool {
        self.0.insert(tag)
    }
}

/// One credential, one context, N = 1000: 1,000 tags, then nothing. No 16 bytes of one presentation stand anywhere in
/// another, or a second time in the same one.
#[test]
fn a_thousand_presentations() {
    let (run, rng) = (Run::<S>::of(1000), &mut rand::rng());
    let mut state = run.credential().open(context(), run.limit).unwrap();
    let (mut ledger, mut windows) = (Ledger(BTreeSet::new()), HashSet::new());
    for count in 1..=1000u64 {
        let presented = state.present(rng).unwrap();
        let (presentation, after) = presented.into_parts();
        let bytes = presentation.to_bytes();
        for window in bytes.windows(16) {
            assert!(windows.insert(<[u8; 16]>::try_from(window).unwrap()), "presentation {count}");
        }
        let tag = run.verify(&bytes).unwrap();
        assert_eq!(tag, presentation.tag());
        assert!(ledger.record(tag), "presentation {count}");
        state = match after {
            ContextState::Open(state) => {
                assert_eq!((state.used(), state.left()), (count, 1000 - count));
                state
            }
            ContextState::Closed(closed) => {
                // The 1,001st: there is no state that presents, and the limit does not give one.
                assert_eq!((count, closed.used()), (1000, 1000));
                let ContextState::Closed(closed) = closed.with_limit(run.limit) else { panic!("1000 of 1000") };
                open(closed.with_limit(limit(1001)))
            }
        };
    }
    assert_eq!(ledger.0.len(), 1000);
    assert_eq!(windows.len(), 1000 * (1632 - 15));
    // With a raised limit it would be nonce 1000, which the issuer's N = 1000 does not take.
    let (presentation, _closed) = state.present(rng).unwrap().into_parts();
    assert!(ledger.record(presentation.tag()));
    let refused = run.verify(&presentation.to_bytes()).unwrap_err();
    assert_eq!(refused, Error::Invalid(Invalid));
}

/// A state that was kept and loaded again presents its nonce a second time: all is new but the tag, which the ledger knows.
#[test]
fn a_nonce_that_is_used_twice_shows() {
    let (run, rng) = (Run::<S>::of(1000), &mut rand::rng());
    let [one, two] = [(); 2].map(|()| run.state().present(rng).unwrap().into_parts().0);
    let mut ledger = Ledger(BTreeSet::new());
    assert!(ledger.record(run.verify(&one.to_bytes()).unwrap()));
    assert!(!ledger.record(run.verify(&two.to_bytes()).unwrap()));
    let windows: HashSet<_> = one.to_bytes().windows(16).map(<[u8]>::to_vec).collect();
    let shared: Vec<_> =
        two.to_bytes().windows(16).filter(|window| windows.contains(*window)).map(<[u8]>::to_vec).collect();
    let tag: Vec<_> = one.tag().as_bytes().windows(16).map(<[u8]>::to_vec).collect();
    assert_eq!(shared, tag);
}

/// The same nonces of one credential in two contexts, and of two credentials in one.
#[test]
fn tags_of_other_contexts_and_credentials() {
    let (run, rng) = (Run::<S>::of(10), &mut rand::make_rng());
    let mut tags = BTreeSet::new();
    let (mut one, mut two) = (run.credential(), credential_of(&run.key, rng));
    for credential in [&mut one, &mut two] {
        for context in [context(), tomorrow()] {
            let mut next = ContextState::Open(credential.open(context, run.limit).unwrap());
            while let ContextState::Open(state) = next {
                let (presentation, after) = state.present(rng).unwrap().into_parts();
                let verified = run.key.verify(&request_context(), &context, run.limit, presentation).unwrap();
                assert!(tags.insert(verified.tag()));
                next = after;
            }
        }
    }
    assert_eq!(tags.len(), 2 * 2 * 10);
}

/// A tag is compared, ordered and hashed as its bytes.
#[test]
fn a_tag_is_its_bytes() {
    let (run, rng) = (Run::<S>::of(10), &mut rand::rng());
    let mut tags: Vec<_> = (0..10).map(|i| run.state_at(i).present(rng).unwrap().into_parts().0.tag()).collect();
    tags.sort();
    assert!(tags.windows(2).all(|pair| pair[0].as_bytes() < pair[1].as_bytes() && pair[0] < pair[1]));
    let set: HashSet<_> = tags.iter().chain(&tags).copied().collect();
    assert_eq!(set.len(), 10);
    assert_eq!(format!("{:?}", tags[0]), format!("Tag({})", hex::encode(tags[0].as_ref())));
}
