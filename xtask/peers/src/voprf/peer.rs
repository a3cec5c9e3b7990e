//! The crates voprf and voprf-ng, which differ in the generations of what they build on.

use std::rc::Rc;

use rand::SeedableRng as _;
use rand_core_06::SeedableRng as _;

use super::{INPUT_LEN, RUNS};
use crate::harness::{Cycle, Step};
use crate::suite::{Implementation, NamedStep};

/// `fn $function`: the steps of the crate `$voprf`, with a generator of the type `$rng`.
macro_rules! peer {
    ($function:ident, $voprf:ident, $name:literal, $rng:ty) => {
        pub(super) fn $function(batch: usize) -> Implementation {
            use $voprf::{BlindedElement, EvaluationElement, Proof, Ristretto255, VoprfClient, VoprfServer};

            type Server = VoprfServer<Ristretto255>;
            type Client = VoprfClient<Ristretto255>;

            struct Run {
                inputs: Vec<[u8; INPUT_LEN]>,
                clients: Vec<Client>,
                blinded: Vec<u8>,
                evaluation: Vec<u8>,
                outputs: Vec<Vec<u8>>,
            }

            fn blind(inputs: &[[u8; INPUT_LEN]], rng: &mut $rng) -> (Vec<Client>, Vec<u8>) {
                let mut message = Vec::with_capacity(32 * inputs.len());
                let blind = |input: &[u8; INPUT_LEN]| {
                    let result = Client::blind(input, rng).expect("the inputs are short");
                    message.extend_from_slice(&result.message.serialize());
                    result.state
                };
                let clients = inputs.iter().map(blind).collect();
                (clients, message)
            }

            fn evaluate(server: &Server, blinded: &[u8], rng: &mut $rng) -> Vec<u8> {
                let decode = |bytes: &[u8]| BlindedElement::<Ristretto255>::deserialize(bytes).expect("it decodes");
                let blinded: Vec<_> = blinded.chunks(32).map(decode).collect();
                let result = server.batch_blind_evaluate(rng, &blinded).expect("fresh coins");
                let mut message = Vec::with_capacity(32 * blinded.len() + 64);
                result.messages.iter().for_each(|element| message.extend_from_slice(&element.serialize()));
                message.extend_from_slice(&result.proof.serialize());
                message
            }

            fn finalize(server: &Server, run: &Run, evaluation: &[u8]) -> Vec<Vec<u8>> {
                let (elements, proof) = evaluation.split_at(32 * run.inputs.len());
                let decode = |bytes: &[u8]| EvaluationElement::<Ristretto255>::deserialize(bytes).expect("it decodes");
                let elements: Vec<_> = elements.chunks(32).map(decode).collect();
                let proof = Proof::<Ristretto255>::deserialize(proof).expect("it decodes");
                let key = server.get_public_key();
                Client::batch_finalize(&run.inputs, &run.clients, &elements, &proof, key)
                    .expect("an honest proof verifies")
                    .map(|output| output.expect("the inputs are short").to_vec())
                    .collect()
            }

            fn redeem(server: &Server, run: &Run) {
                for (input, output) in run.inputs.iter().zip(&run.outputs) {
                    assert_eq!(server.evaluate(input).expect("the inputs are short").as_slice(), output);
                }
            }

            let mut rng = <$rng>::seed_from_u64(batch as u64);
            let server = Rc::new(Server::new_from_seed(&[7; 32], b"bench-compare").expect("a key comes of it"));
            let new_run = |i: usize| {
                let mut inputs = vec![[i as u8; INPUT_LEN]; batch];
                for (number, input) in inputs.iter_mut().enumerate() {
                    input[..8].copy_from_slice(&number.to_le_bytes());
                }
                let (clients, blinded) = blind(&inputs, &mut rng);
                let evaluation = evaluate(&server, &blinded, &mut rng);
                let run = Run { inputs, clients, blinded, evaluation, outputs: Vec::new() };
                let outputs = finalize(&server, &run, &run.evaluation);
                Run { outputs, ..run }
            };
            let runs: Rc<[Run]> = (0..RUNS).map(new_run).collect();
            let size = |message: fn(&Run) -> &Vec<u8>| Some(message(&runs[0]).len());
            let step = |name, message_bytes, step: Step| NamedStep { name, message_bytes, step: step.each(batch) };
            let order = || Cycle::new((0..RUNS).collect::<Vec<_>>());
            let steps = vec![
                step("blind", size(|run| &run.blinded), {
                    let (runs, mut order, mut rng) = (Rc::clone(&runs), order(), <$rng>::seed_from_u64(1));
                    Step::new(move || blind(&runs[*order.next()].inputs, &mut rng))
                }),
                step("evaluate", size(|run| &run.evaluation), {
                    let (server, runs, mut order, mut rng) =
                        (Rc::clone(&server), Rc::clone(&runs), order(), <$rng>::seed_from_u64(1));
                    Step::new(move || evaluate(&server, &runs[*order.next()].blinded, &mut rng))
                }),
                step("finalize", None, {
                    let (server, runs, mut order) = (Rc::clone(&server), Rc::clone(&runs), order());
                    Step::new(move || {
                        let run = &runs[*order.next()];
                        finalize(&server, run, &run.evaluation)
                    })
                }),
                step("redeem", None, {
                    let (server, runs, mut order) = (Rc::clone(&server), Rc::clone(&runs), order());
                    Step::new(move || redeem(&server, &runs[*order.next()]))
                }),
            ];
            Implementation { name: $name, steps }
        }
    };
}

peer!(voprf_ng, voprf_ng, "voprf-ng 0.6.0", rand::rngs::StdRng);
peer!(voprf, voprf_05, "voprf 0.5.0", rand_chacha_03::ChaCha12Rng);
