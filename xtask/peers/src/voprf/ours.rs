//! farebox-voprf.

use std::rc::Rc;

use farebox_voprf::{BlindedElements, ClientState, Evaluation, Output, Ristretto255Sha512, SecretKey, Voprf};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng};

use super::{INPUT_LEN, RUNS};
use crate::harness::{Cycle, Step};
use crate::suite::{Implementation, NamedStep};

type Key = SecretKey<Ristretto255Sha512, Voprf>;
type State = ClientState<Ristretto255Sha512, Voprf>;
type Outputs = Vec<Output<Ristretto255Sha512>>;

/// An honest run of a batch. States are read from their saved form outside the timed region.
struct Run {
    inputs: Vec<[u8; INPUT_LEN]>,
    state: Vec<u8>,
    blinded: Vec<u8>,
    evaluation: Vec<u8>,
    outputs: Vec<Vec<u8>>,
}

fn blind(inputs: &[[u8; INPUT_LEN]], rng: &mut StdRng) -> (State, Vec<u8>) {
    let inputs: Vec<&[u8]> = inputs.iter().map(|input| &input[..]).collect();
    let (state, blinded) = State::blind(&inputs, rng).expect("the inputs are short");
    (state, blinded.to_bytes())
}

fn evaluate(key: &Key, blinded: &[u8], rng: &mut StdRng) -> Vec<u8> {
    let blinded = BlindedElements::from_bytes(blinded).expect("an honest message decodes");
    key.blind_evaluate(&blinded, rng).expect("fresh coins").to_bytes()
}

fn finalize(key: &Key, state: State, evaluation: &[u8]) -> Outputs {
    let evaluation = Evaluation::from_bytes(evaluation).expect("an honest message decodes");
    state.finalize(key.public_key(), &evaluation).expect("an honest proof verifies")
}

fn redeem(key: &Key, run: &Run) {
    let inputs: Vec<&[u8]> = run.inputs.iter().map(|input| &input[..]).collect();
    if let ([input], [output]) = (&inputs[..], &run.outputs[..]) {
        return key.verify(input, output).expect("an honest output verifies");
    }
    let outputs = key.evaluate_batch(&inputs).expect("the inputs are short");
    assert!(outputs.iter().zip(&run.outputs).all(|(ours, shown)| ours.as_bytes() == shown));
}

impl Run {
    fn new(key: &Key, batch: usize, rng: &mut StdRng) -> Self {
        let mut inputs = vec![[0; INPUT_LEN]; batch];
        inputs.iter_mut().for_each(|input| rng.fill_bytes(input));
        let (state, blinded) = blind(&inputs, rng);
        let evaluation = evaluate(key, &blinded, rng);
        let state = state.into_bytes().to_vec();
        let outputs = finalize(key, saved(&state), &evaluation);
        let outputs = outputs.iter().map(|output| output.as_bytes().to_vec()).collect();
        Self { inputs, state, blinded, evaluation, outputs }
    }
}

fn saved(state: &[u8]) -> State {
    State::from_bytes(state).expect("saved by us")
}

pub(super) fn implementation(batch: usize) -> Implementation {
    let mut rng = StdRng::seed_from_u64(batch as u64);
    let key = Rc::new(Key::generate(&mut rng));
    let runs: Rc<[Run]> = (0..RUNS).map(|_| Run::new(&key, batch, &mut rng)).collect();
    let size = |message: fn(&Run) -> &Vec<u8>| Some(message(&runs[0]).len());
    let step = |name, message_bytes, step: Step| NamedStep { name, message_bytes, step: step.each(batch) };
    let order = || Cycle::new((0..RUNS).collect::<Vec<_>>());
    let steps = vec![
        step("blind", size(|run| &run.blinded), {
            let (runs, mut order, mut rng) = (Rc::clone(&runs), order(), StdRng::seed_from_u64(1));
            Step::new(move || blind(&runs[*order.next()].inputs, &mut rng))
        }),
        step("evaluate", size(|run| &run.evaluation), {
            let (key, runs, mut order, mut rng) =
                (Rc::clone(&key), Rc::clone(&runs), order(), StdRng::seed_from_u64(1));
            Step::new(move || evaluate(&key, &runs[*order.next()].blinded, &mut rng))
        }),
        step("finalize", None, {
            let (key, runs, prepared, mut order) = (Rc::clone(&key), Rc::clone(&runs), Rc::clone(&runs), order());
            let prepare = move || {
                let run = *order.next();
                (run, saved(&prepared[run].state))
            };
            Step::consuming(prepare, move |(run, state): (usize, State)| finalize(&key, state, &runs[run].evaluation))
        }),
        step("redeem", None, {
            let (key, runs, mut order) = (Rc::clone(&key), Rc::clone(&runs), order());
            Step::new(move || redeem(&key, &runs[*order.next()]))
        }),
    ];
    Implementation { name: "farebox-voprf", steps }
}
