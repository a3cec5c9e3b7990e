//! The crate anonymous-credit-tokens: messages in CBOR, transcript with BLAKE3.

use std::rc::Rc;

use anonymous_credit_tokens::{
    CreditToken, IssuanceRequest, IssuanceResponse, Params, PreIssuance, PreRefund, PrivateKey, Refund, SpendProof,
};
use curve25519_dalek_4::Scalar;
use rand_chacha_03::ChaCha12Rng;
use rand_core_06::SeedableRng;

use super::{CHARGE, CREDITS, RETURNED, RUNS};
use crate::harness::{Cycle, Step};
use crate::suite::{Implementation, NamedStep};

/// The peer takes the bit length as a constant, so each length is named here; another length has no peer.
pub(super) fn implementation(bits: usize) -> Option<Implementation> {
    let steps = match bits {
        8 => steps::<8>(),
        10 => steps::<10>(),
        16 => steps::<16>(),
        32 => steps::<32>(),
        64 => steps::<64>(),
        _ => return None,
    };
    Some(Implementation { name: "anonymous-credit-tokens 0.4.2", steps })
}

/// What is prepared once.
struct Setup {
    params: Params,
    key: PrivateKey,
    context: Scalar,
}

/// The states and messages of an honest run.
struct Run<const L: usize> {
    pre_issuance: PreIssuance,
    request: IssuanceRequest,
    request_bytes: Vec<u8>,
    response_bytes: Vec<u8>,
    token: CreditToken,
    proof: SpendProof<L>,
    pre_refund: PreRefund,
    proof_bytes: Vec<u8>,
    refund_bytes: Vec<u8>,
}

impl Setup {
    fn new(rng: &mut ChaCha12Rng) -> Self {
        let params = Params::new("farebox", "bench-compare", "test", "2026-01-01");
        Self { params, key: PrivateKey::random(&mut *rng), context: Scalar::random(rng) }
    }

    fn request(&self, rng: &mut ChaCha12Rng) -> (PreIssuance, IssuanceRequest, Vec<u8>) {
        let pre_issuance = PreIssuance::random(&mut *rng);
        let request = pre_issuance.request(&self.params, rng);
        let bytes = request.to_cbor().expect("a request encodes");
        (pre_issuance, request, bytes)
    }

    fn issue<const L: usize>(&self, request: &[u8], rng: &mut ChaCha12Rng) -> Vec<u8> {
        let request = IssuanceRequest::from_cbor(request).expect("an honest request decodes");
        let response = self.key.issue::<L>(&self.params, &request, Scalar::from(CREDITS), self.context, rng);
        response.expect("an honest request is valid").to_cbor().expect("a response encodes")
    }

    fn finalize<const L: usize>(&self, state: &PreIssuance, request: &IssuanceRequest, response: &[u8]) -> CreditToken {
        let response = IssuanceResponse::from_cbor(response).expect("an honest response decodes");
        state
            .to_credit_token::<L>(&self.params, self.key.public(), request, &response)
            .expect("an honest response is valid")
    }

    fn prove<const L: usize>(&self, token: &CreditToken, rng: &mut ChaCha12Rng) -> (SpendProof<L>, PreRefund, Vec<u8>) {
        let (proof, pre_refund) =
            token.prove_spend::<L>(&self.params, Scalar::from(CHARGE), rng).expect("the balance is sufficient");
        let bytes = proof.to_cbor().expect("a proof encodes");
        (proof, pre_refund, bytes)
    }

    fn verify_refund<const L: usize>(&self, proof: &[u8], rng: &mut ChaCha12Rng) -> Vec<u8> {
        let proof = SpendProof::<L>::from_cbor(proof).expect("an honest proof decodes");
        let refund = self.key.refund(&self.params, &proof, Scalar::from(RETURNED), rng);
        refund.expect("an honest proof is valid").to_cbor().expect("a refund encodes")
    }

    fn construct<const L: usize>(&self, state: &PreRefund, proof: &SpendProof<L>, refund: &[u8]) -> CreditToken {
        let refund = Refund::from_cbor(refund).expect("an honest refund decodes");
        state.to_credit_token(&self.params, proof, &refund, self.key.public()).expect("an honest refund is valid")
    }

    fn run<const L: usize>(&self, rng: &mut ChaCha12Rng) -> Run<L> {
        let (pre_issuance, request, request_bytes) = self.request(rng);
        let response_bytes = self.issue::<L>(&request_bytes, rng);
        let token = self.finalize::<L>(&pre_issuance, &request, &response_bytes);
        let (proof, pre_refund, proof_bytes) = self.prove::<L>(&token, rng);
        let refund_bytes = self.verify_refund::<L>(&proof_bytes, rng);
        Run {
            pre_issuance,
            request,
            request_bytes,
            response_bytes,
            token,
            proof,
            pre_refund,
            proof_bytes,
            refund_bytes,
        }
    }
}

fn steps<const L: usize>() -> Vec<NamedStep> {
    let mut rng = ChaCha12Rng::seed_from_u64(L as u64);
    let setup = Rc::new(Setup::new(&mut rng));
    let runs: Rc<[Run<L>]> = (0..RUNS).map(|_| setup.run::<L>(&mut rng)).collect();
    let [request, issue, prove, refund] =
        [&runs[0].request_bytes, &runs[0].response_bytes, &runs[0].proof_bytes, &runs[0].refund_bytes].map(Vec::len);

    let step = |name, message_bytes, step| NamedStep { name, message_bytes, step };
    let over_runs = |work: fn(&Setup, &Run<L>, &mut ChaCha12Rng)| {
        let (setup, runs, mut rng) = (Rc::clone(&setup), Rc::clone(&runs), rng.clone());
        let mut order = Cycle::new((0..RUNS).collect());
        Step::new(move || work(&setup, &runs[*order.next()], &mut rng))
    };
    vec![
        step("request", Some(request), over_runs(|setup, _, rng| keep(setup.request(rng)))),
        step("issue", Some(issue), over_runs(|setup, run, rng| keep(setup.issue::<L>(&run.request_bytes, rng)))),
        step(
            "finalize",
            None,
            over_runs(|setup, run, _| {
                keep(setup.finalize::<L>(&run.pre_issuance, &run.request, &run.response_bytes));
            }),
        ),
        step("prove", Some(prove), over_runs(|setup, run, rng| keep(setup.prove::<L>(&run.token, rng)))),
        step(
            "verify+refund",
            Some(refund),
            over_runs(|setup, run, rng| keep(setup.verify_refund::<L>(&run.proof_bytes, rng))),
        ),
        step(
            "construct",
            None,
            over_runs(|setup, run, _| keep(setup.construct::<L>(&run.pre_refund, &run.proof, &run.refund_bytes))),
        ),
    ]
}

/// Keeps a result from being optimised away, whatever its type.
fn keep<T>(value: T) {
    std::hint::black_box(value);
}
