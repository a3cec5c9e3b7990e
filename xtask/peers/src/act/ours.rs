//! farebox-act: ACT-02 on ristretto255 with SHAKE128.

use std::rc::Rc;

use farebox_act::{
    BitLength, Context, CreditToken, DomainSeparator, Expected, IssuanceRequest, IssuanceResponse, Params, PreIssuance,
    PreRefund, Refund, SecretKey, SpendProof, VerifiedSpend,
};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::{CHARGE, CREDITS, RETURNED, RUNS};
use crate::harness::{Cycle, Step};
use crate::suite::{Implementation, NamedStep};

/// What is prepared once.
struct Setup {
    params: Params,
    key: SecretKey,
    context: Context,
}

/// The saved states and the messages of an honest run. States are read from their saved form outside the timed region.
struct Run {
    pre_issuance: Vec<u8>,
    request: Vec<u8>,
    response: Vec<u8>,
    token: Vec<u8>,
    spend: Vec<u8>,
    pre_refund: Vec<u8>,
    refund: Vec<u8>,
}

impl Setup {
    fn new(bits: usize, rng: &mut StdRng) -> Self {
        let separator = DomainSeparator::new("farebox", "bench-compare", "test", "2026-01-01").expect("well formed");
        let params = Params::new(separator, BitLength::new(bits as u8).expect("below 65")).expect("generators exist");
        let key = SecretKey::generate(&params, rng);
        Self { params, key, context: Context::from_hash(&[7; 64]) }
    }

    fn credits(&self, amount: u64) -> farebox_act::Credits {
        self.params.credits(amount).expect("fits 8 bits")
    }

    fn request(&self, rng: &mut StdRng) -> (PreIssuance, Vec<u8>) {
        let (state, request) = PreIssuance::request(&self.params, rng).expect("fresh coins");
        (state, request.to_bytes())
    }

    fn issue(&self, request: &[u8], rng: &mut StdRng) -> Vec<u8> {
        let request = IssuanceRequest::from_bytes(request).expect("an honest request decodes");
        let response = self.key.issue(&self.params, &request, self.credits(CREDITS), self.context, rng);
        response.expect("an honest request is valid").to_bytes()
    }

    fn finalize(&self, state: PreIssuance, response: &[u8]) -> CreditToken {
        let response = IssuanceResponse::from_bytes(&self.params, response).expect("an honest response decodes");
        state
            .finish(&self.params, self.key.public_key(), self.context, self.credits(CREDITS), &response)
            .expect("an honest response is valid")
    }

    fn prove(&self, token: CreditToken, rng: &mut StdRng) -> (Vec<u8>, PreRefund) {
        let spent = token.spend(&self.params, self.credits(CHARGE), rng);
        let (spend, state) = spent.expect("the balance is sufficient");
        (spend.to_bytes(), state)
    }

    fn verify(&self, spend: &[u8]) -> VerifiedSpend {
        let spend = SpendProof::from_bytes(&self.params, spend).expect("an honest spend decodes");
        let expected = Expected { charge: self.credits(CHARGE), context: self.context };
        self.key.verify(&self.params, spend, &expected, |_| false).expect("an honest spend is valid")
    }

    fn refund(&self, spend: VerifiedSpend, rng: &mut StdRng) -> Vec<u8> {
        let refund = spend.refund(&self.params, &self.key, self.credits(RETURNED), rng);
        refund.expect("less than was spent").to_bytes()
    }

    fn construct(&self, state: PreRefund, refund: &[u8]) -> CreditToken {
        let refund = Refund::from_bytes(&self.params, refund).expect("an honest refund decodes");
        state.finish(&self.params, self.key.public_key(), &refund).expect("an honest refund is valid")
    }

    fn run(&self, rng: &mut StdRng) -> Run {
        let (state, request) = self.request(rng);
        let response = self.issue(&request, rng);
        let pre_issuance = state.into_bytes().to_vec();
        let token = self.finalize(self.pre_issuance(&pre_issuance), &response).into_bytes().to_vec();
        let (spend, state) = self.prove(self.token(&token), rng);
        let refund = self.refund(self.verify(&spend), rng);
        let pre_refund = state.into_bytes().to_vec();
        Run { pre_issuance, request, response, token, spend, pre_refund, refund }
    }

    fn pre_issuance(&self, bytes: &[u8]) -> PreIssuance {
        PreIssuance::from_bytes(&self.params, bytes).expect("saved by us")
    }

    fn token(&self, bytes: &[u8]) -> CreditToken {
        CreditToken::from_bytes(&self.params, bytes).expect("saved by us")
    }

    fn pre_refund(&self, bytes: &[u8]) -> PreRefund {
        PreRefund::from_bytes(&self.params, bytes).expect("saved by us")
    }
}

pub(super) fn implementation(bits: usize) -> Implementation {
    let mut rng = StdRng::seed_from_u64(bits as u64);
    let setup = Rc::new(Setup::new(bits, &mut rng));
    let runs: Rc<[Run]> = (0..RUNS).map(|_| setup.run(&mut rng)).collect();
    let bench = Bench { setup, runs };
    let size = |message: fn(&Run) -> &Vec<u8>| Some(message(&bench.runs[0]).len());
    let step = |name, message_bytes, step| NamedStep { name, message_bytes, step };
    let steps = vec![
        step("request", size(|run| &run.request), bench.step(|_, _| (), |setup, (), _, rng| setup.request(rng))),
        step(
            "issue",
            size(|run| &run.response),
            bench.step(|_, _| (), |setup, (), run, rng| setup.issue(&run.request, rng)),
        ),
        step(
            "finalize",
            None,
            bench.step(
                |setup, run| setup.pre_issuance(&run.pre_issuance),
                |setup, state, run, _| setup.finalize(state, &run.response),
            ),
        ),
        step(
            "prove",
            size(|run| &run.spend),
            bench.step(|setup, run| setup.token(&run.token), |setup, token, _, rng| setup.prove(token, rng)),
        ),
        step(
            "verify+refund",
            size(|run| &run.refund),
            bench.step(|_, _| (), |setup, (), run, rng| setup.refund(setup.verify(&run.spend), rng)),
        ),
        step("verify", None, bench.step(|_, _| (), |setup, (), run, _| setup.verify(&run.spend))),
        step(
            "refund",
            size(|run| &run.refund),
            bench.step(|setup, run| setup.verify(&run.spend), |setup, spend, _, rng| setup.refund(spend, rng)),
        ),
        step(
            "construct",
            None,
            bench.step(
                |setup, run| setup.pre_refund(&run.pre_refund),
                |setup, state, run, _| setup.construct(state, &run.refund),
            ),
        ),
    ];
    Implementation { name: "farebox-act", steps }
}

/// Makes steps that take the runs in turn.
struct Bench {
    setup: Rc<Setup>,
    runs: Rc<[Run]>,
}

impl Bench {
    fn step<I: 'static, O: 'static>(
        &self,
        prepare: fn(&Setup, &Run) -> I,
        work: fn(&Setup, I, &Run, &mut StdRng) -> O,
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
