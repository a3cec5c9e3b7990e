//! The older draft, without range proof, at N = 1000: issuance under its challenge, and its presentation.

use std::rc::Rc;

use farebox_arc::v1::{P256, Presentation, PresentationState, Ristretto255, V1};
use farebox_arc::{Limit, VerifiedPresentation};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::ours::{self, Bench, Setup};
use super::{ISSUANCE, PRESENTATION, RUNS};
use crate::harness::Row;
use crate::suite::{self, Implementation, NamedStep};

const LIMIT: u64 = 1000;

pub(super) fn rows() -> Vec<Row> {
    let mut rows = both::<Ristretto255>("ristretto255");
    rows.extend(both::<P256>("P256"));
    rows
}

fn both<S: V1>(suite: &str) -> Vec<Row> {
    let mut rows = suite::pair(&ISSUANCE, |step| format!("arc-v1/{suite}/{step}"), Some(ours::issuance::<S>()), None);
    let presentation = Some(presentation::<S>());
    rows.extend(suite::pair(&PRESENTATION, |step| format!("arc-v1/{suite}/{step}/N={LIMIT}"), presentation, None));
    rows
}

struct Shown {
    nonce: u32,
    presentation: Vec<u8>,
}

fn limit() -> Limit {
    Limit::new(LIMIT).expect("at least 2")
}

/// A new state each time: this draft's has no saved form.
fn state<S: V1>(setup: &Setup<S>) -> PresentationState<S> {
    let mut credential = setup.credential(&mut StdRng::seed_from_u64(2));
    PresentationState::open(&mut credential, setup.presentation, limit()).expect("opened once")
}

fn verify<S: V1>(setup: &Setup<S>, shown: &Shown) -> VerifiedPresentation<S> {
    let presentation = Presentation::from_bytes(shown.nonce, &shown.presentation).expect("an honest one decodes");
    presentation.verify(&setup.key, &setup.request, &setup.presentation, limit()).expect("an honest one is valid")
}

fn presentation<S: V1>() -> Implementation {
    let mut rng = StdRng::seed_from_u64(1);
    let setup = Rc::new(Setup::<S>::new(&mut rng));
    let mut next = Some(state(&setup));
    let run = |_| {
        let (presentation, after) = next.take().expect("1000 are left").present(&mut rng).expect("fresh coins");
        next = after;
        Shown { nonce: presentation.nonce(), presentation: presentation.to_bytes() }
    };
    let runs: Rc<[Shown]> = (0..RUNS).map(run).collect();
    let len = runs[0].presentation.len();
    let bench = Bench { setup, runs };
    let present = bench.step(
        |setup, _| state(setup),
        |_, state, _, rng| {
            let (presentation, next) = state.present(rng).expect("fresh coins");
            (presentation.to_bytes(), next)
        },
    );
    let steps = vec![
        NamedStep { name: "present", message_bytes: Some(len), step: present },
        NamedStep {
            name: "verify",
            message_bytes: None,
            step: bench.step(|_, _| (), |setup, (), shown, _| verify(setup, shown)),
        },
    ];
    Implementation { name: "farebox-arc", steps }
}
