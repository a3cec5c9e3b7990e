//! farebox-arc: arc-crypto-01 under F2.

use std::rc::Rc;

use farebox_arc::{
    Arc01, ContextState, Credential, CredentialRequest, CredentialResponse, Limit, PreIssuance, Presentation,
    PresentationContext, PresentationState, RequestContext, SecretKey, Suite, VerifiedPresentation,
};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::RUNS;
use crate::harness::{Cycle, Step};
use crate::suite::{Implementation, NamedStep};

const NAME: &str = "farebox-arc";

/// What is prepared once.
pub(super) struct Setup<S: Suite> {
    pub(super) key: SecretKey<S>,
    pub(super) request: RequestContext<S>,
    pub(super) presentation: PresentationContext<S>,
}

impl<S: Suite> Setup<S> {
    pub(super) fn new(rng: &mut StdRng) -> Self {
        let presentation = PresentationContext::new(b"bench-compare").expect("not the identity");
        Self { key: SecretKey::generate(rng), request: RequestContext::new(b"bench-compare"), presentation }
    }

    fn ask(&self, rng: &mut StdRng) -> (PreIssuance<S>, Vec<u8>) {
        let (state, request) = PreIssuance::request(self.request, rng).expect("fresh coins");
        (state, request.to_bytes())
    }

    fn issue(&self, request: &[u8], rng: &mut StdRng) -> Vec<u8> {
        let request = CredentialRequest::from_bytes(request).expect("an honest request decodes");
        self.key.issue(&request, rng).expect("an honest request is valid").to_bytes()
    }

    fn finalize(&self, state: PreIssuance<S>, response: &[u8]) -> Credential<S> {
        let response = CredentialResponse::from_bytes(response).expect("an honest response decodes");
        state.finish(self.key.public_key(), &response).expect("an honest response is valid")
    }

    pub(super) fn credential(&self, rng: &mut StdRng) -> Credential<S> {
        let (state, request) = self.ask(rng);
        let response = self.issue(&request, rng);
        self.finalize(state, &response)
    }
}

impl<S: Arc01> Setup<S> {
    fn present(&self, state: PresentationState<S>, rng: &mut StdRng) -> (Vec<u8>, ContextState<S>) {
        let (presentation, next) = state.present(rng).expect("fresh coins").into_parts();
        (presentation.to_bytes(), next)
    }

    fn verify(&self, limit: Limit, presentation: &[u8]) -> VerifiedPresentation<S> {
        let presentation = Presentation::from_bytes(limit, presentation).expect("an honest presentation decodes");
        let verified = self.key.verify(&self.request, &self.presentation, limit, presentation);
        verified.expect("an honest presentation is valid")
    }
}

/// States and messages of an honest issuance. States are read from their saved form outside the timed region.
struct Issuance {
    state: Vec<u8>,
    request: Vec<u8>,
    response: Vec<u8>,
}

pub(super) fn issuance<S: Suite>() -> Implementation {
    let mut rng = StdRng::seed_from_u64(1);
    let setup = Rc::new(Setup::<S>::new(&mut rng));
    let run = |_| {
        let (state, request) = setup.ask(&mut rng);
        let response = setup.issue(&request, &mut rng);
        Issuance { state: state.into_bytes().to_vec(), request, response }
    };
    let runs: Rc<[Issuance]> = (0..RUNS).map(run).collect();
    let (request_len, response_len) = (runs[0].request.len(), runs[0].response.len());
    let bench = Bench { setup, runs };
    let step = |name, message_bytes, step| NamedStep { name, message_bytes, step };
    let steps = vec![
        step("request", Some(request_len), bench.step(|_, _| (), |setup, (), _, rng| setup.ask(rng))),
        step(
            "response",
            Some(response_len),
            bench.step(|_, _| (), |setup, (), run, rng| setup.issue(&run.request, rng)),
        ),
        step(
            "finalize",
            None,
            bench.step(
                |_, run| PreIssuance::from_bytes(&run.state).expect("saved by us"),
                |setup, state, run, _| setup.finalize(state, &run.response),
            ),
        ),
    ];
    Implementation { name: NAME, steps }
}

/// A state and what it presents. Nonces are spread over the limit.
struct Shown {
    limit: Limit,
    state: Vec<u8>,
    presentation: Vec<u8>,
}

pub(super) fn presentation<S: Arc01>(limit: u64) -> Implementation {
    let mut rng = StdRng::seed_from_u64(limit);
    let setup = Rc::new(Setup::<S>::new(&mut rng));
    let n = Limit::new(limit).expect("at least 2");
    let run = |i| {
        let mut credential = setup.credential(&mut rng);
        let state = credential.open(setup.presentation, n).expect("opened once");
        let Ok(ContextState::Open(state)) = state.skip_to((n.get() - 1) * i / RUNS as u64) else {
            panic!("below the limit")
        };
        let state = state.into_bytes().to_vec();
        let (presentation, _) = setup.present(load(&setup, &state), &mut rng);
        Shown { limit: n, state, presentation }
    };
    let runs: Rc<[Shown]> = (0..RUNS as u64).map(run).collect();
    let len = runs[0].presentation.len();
    let bench = Bench { setup, runs };
    let present =
        bench.step(|setup, run: &Shown| load(setup, &run.state), |setup, state, _, rng| setup.present(state, rng));
    let verify = bench.step(|_, _| (), |setup, (), run, _| setup.verify(run.limit, &run.presentation));
    let steps = vec![
        NamedStep { name: "present", message_bytes: Some(len), step: present },
        NamedStep { name: "verify", message_bytes: None, step: verify },
    ];
    Implementation { name: NAME, steps }
}

fn load<S: Arc01>(setup: &Setup<S>, state: &[u8]) -> PresentationState<S> {
    PresentationState::from_bytes(setup.key.public_key(), state).expect("saved by us")
}

/// Makes steps that take the runs in turn.
pub(super) struct Bench<S: Suite, R> {
    pub(super) setup: Rc<Setup<S>>,
    pub(super) runs: Rc<[R]>,
}

impl<S: Suite, R: 'static> Bench<S, R> {
    pub(super) fn step<I: 'static, O: 'static>(
        &self,
        prepare: fn(&Setup<S>, &R) -> I,
        work: fn(&Setup<S>, I, &R, &mut StdRng) -> O,
    ) -> Step {
        let (setup, runs, mut rng) = (Rc::clone(&self.setup), Rc::clone(&self.runs), StdRng::seed_from_u64(1));
        let (for_prepare, runs_for_prepare) = (Rc::clone(&setup), Rc::clone(&runs));
        let mut order = Cycle::new((0..RUNS).collect());
        Step::consuming(
            move || {
                let run: usize = *order.next();
                (run, prepare(&for_prepare, &runs_for_prepare[run]))
            },
            move |(run, input)| work(&setup, input, &runs[run], &mut rng),
        )
    }
}
