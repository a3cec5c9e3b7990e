//! Limits that are none, and presentations under other limits than they were made for.

use super::*;

#[test]
fn n_is_0_or_1() {
    assert_eq!([0, 1].map(Limit::new), [Err(Misuse::Limit); 2]);
    assert_eq!([0, 1].map(Limit::try_from), [Err(Misuse::Limit); 2]);
    assert_eq!(Limit::new(2), Ok(Limit::MIN));
}

#[test]
fn n_is_above_2_to_the_32() {
    assert_eq!([(1 << 32) + 1, 1 << 33, u64::MAX].map(Limit::new), [Err(Misuse::Limit); 3]);
    assert_eq!(Limit::new(1 << 32), Ok(Limit::MAX));
}

/// A saved state names its limit, and its counter.
fn a_saved_limit_is_none<S: Tested>() {
    let run = Run::<S>::of(10);
    let at = run.state.len() - 8;
    for n in [0u64, 1, (1 << 32) + 1, u64::MAX] {
        let saved = put(&run.state, at, &n.to_be_bytes());
        let refused = PresentationState::<S>::from_bytes(run.public(), &saved).unwrap_err();
        assert_eq!(refused, malformed("limit", Fault::Counter));
    }
    // The counter is 5: N = 5 leaves it no room.
    for n in [2u64, 5] {
        let saved = put(&run.state, at, &n.to_be_bytes());
        let refused = PresentationState::<S>::from_bytes(run.public(), &saved).unwrap_err();
        assert_eq!(refused, malformed("limit", Fault::Counter));
    }
    let saved = put(&run.state, at, &6u64.to_be_bytes());
    assert_eq!(PresentationState::<S>::from_bytes(run.public(), &saved).unwrap().left(), 1);
}

fn a_saved_counter_is_none<S: Tested>() {
    let run = Run::<S>::of(10);
    for next in [(1u64 << 32) + 1, u64::MAX] {
        let saved = put(&run.state, run.state.len() - 16, &next.to_be_bytes());
        let refused = PresentationState::<S>::from_bytes(run.public(), &saved).unwrap_err();
        assert_eq!(refused, malformed("counter", Fault::Counter));
        let saved = put(&run.closed, run.closed.len() - 8, &next.to_be_bytes());
        let refused = ClosedContext::<S>::from_bytes(run.public(), &saved).unwrap_err();
        assert_eq!(refused, malformed("counter", Fault::Counter));
    }
}

/// N = 9 to 16 all have four bits: the message has the same length, and the bases differ.
fn the_limit_has_as_many_bits<S: Tested>() {
    let run = Run::<S>::of(10);
    for n in [9, 11, 12, 16] {
        let other = limit(n);
        assert_eq!(other.bits(), run.limit.bits());
        let shown = Presentation::from_bytes(other, &run.presentation).unwrap();
        let refused = run.key.verify(&request_context(), &context(), other, shown).unwrap_err();
        assert_eq!(refused.error, INVALID);
        let _ = run.key.verify(&request_context(), &context(), run.limit, *refused.state).unwrap();
    }
    let run = Run::<S>::of(3);
    let refused = run.key.verify(&request_context(), &context(), limit(4), run.presentation()).unwrap_err();
    assert_eq!(refused.error, INVALID);
}

fn the_limit_has_other_bits<S: Tested>() {
    let run = Run::<S>::of(10);
    for n in [2, 8, 17, 1 << 32] {
        let (expected, actual) = (Presentation::<S>::len(limit(n)), run.presentation.len());
        let refused = Presentation::<S>::from_bytes(limit(n), &run.presentation).unwrap_err();
        assert_eq!(refused, malformed("presentation", Fault::Length { expected, actual }));
        let refused = run.key.verify(&request_context(), &context(), limit(n), run.presentation()).unwrap_err();
        assert_eq!(refused.error, Error::Misuse(Misuse::OtherLimit));
        let _ = run.key.verify(&request_context(), &context(), run.limit, *refused.state).unwrap();
    }
}

crate::on_every_suite!(
    a_saved_limit_is_none,
    a_saved_counter_is_none,
    the_limit_has_as_many_bits,
    the_limit_has_other_bits,
);
