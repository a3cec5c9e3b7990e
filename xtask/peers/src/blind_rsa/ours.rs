//! farebox-blind-rsa, with both backends.

use std::rc::Rc;

use farebox_blind_rsa::{Backend, PreSignature, PreparedMessage, PssRandomized, PublicKey, SecretKey, Signer};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::{INPUTS, MESSAGE};
use crate::harness::{Cycle, Step};
use crate::suite::{Implementation, NamedStep};

type Variant = PssRandomized;

/// An honest run, with its state in the saved form.
struct Run {
    message: Vec<u8>,
    state: Vec<u8>,
    blinded: Vec<u8>,
    answer: Vec<u8>,
    signature: Vec<u8>,
}

fn secret(pkcs8: &[u8]) -> SecretKey<Variant> {
    SecretKey::from_pkcs8(pkcs8).expect("the key that was written")
}

fn run(key: &PublicKey<Variant>, signer: &mut Signer<Variant>, rng: &mut StdRng) -> Run {
    let message = PreparedMessage::prepare(&MESSAGE, rng);
    let (state, blinded) = key.blind(&message, rng).expect("an honest key");
    let answer = signer.blind_sign(&blinded, rng).expect("an honest message");
    let state = state.into_bytes().to_vec();
    let signature = read(key, &state).finalize(key, &answer).expect("an honest answer");
    Run { message: message.as_bytes().to_vec(), state, blinded, answer, signature }
}

fn read(key: &PublicKey<Variant>, state: &[u8]) -> PreSignature<Variant> {
    PreSignature::from_bytes(key, state).expect("a state of this key")
}

fn step(name: &'static str, message_bytes: Option<usize>, step: Step) -> NamedStep {
    NamedStep { name, message_bytes, step }
}

fn sign(name: &'static str, pkcs8: &[u8], backend: Backend, runs: &Rc<Vec<Run>>) -> NamedStep {
    let mut signer = Signer::with_backend(secret(pkcs8), backend);
    assert_eq!(signer.backend(), backend, "the row measures what it says");
    let mut rng = StdRng::seed_from_u64(3);
    let mut blinded = Cycle::new(runs.iter().map(|run| run.blinded.clone()).collect());
    let run = move || signer.blind_sign(blinded.next(), &mut rng).expect("an honest message");
    step(name, Some(256), Step::new(run))
}

pub(super) fn implementation(pkcs8: &[u8]) -> Implementation {
    let mut rng = StdRng::seed_from_u64(2);
    let key = secret(pkcs8).public_key().clone();
    let mut signer = Signer::with_backend(secret(pkcs8), Backend::PureRust);
    let runs: Rc<Vec<Run>> = Rc::new((0..INPUTS).map(|_| run(&key, &mut signer, &mut rng)).collect());

    let public = key.clone();
    let blind = move || {
        let message = PreparedMessage::prepare(&MESSAGE, &mut rng);
        public.blind(&message, &mut rng).expect("an honest key")
    };
    let (public, finishing, mut next) = (key.clone(), runs.clone(), 0);
    let prepare = move || {
        next = (next + 1) % INPUTS;
        (read(&public, &finishing[next].state), finishing[next].answer.clone())
    };
    let public = key.clone();
    let finalize = move |(state, answer): (PreSignature<Variant>, Vec<u8>)| {
        state.finalize(&public, &answer).expect("an honest answer")
    };
    let mut signatures = Cycle::new(runs.iter().map(|run| (run.message.clone(), run.signature.clone())).collect());
    let verify = move || {
        let (message, signature) = signatures.next();
        let message = PreparedMessage::from_bytes(message).expect("a prepared message");
        key.verify(&message, signature).expect("an honest signature");
    };

    #[allow(unused_mut, reason = "one more with the feature `openssl`")]
    let mut steps = vec![
        step("prepare+blind/2048", Some(256), Step::new(blind)),
        sign("blind_sign/2048", pkcs8, Backend::PureRust, &runs),
        step("finalize/2048", Some(256), Step::consuming(prepare, finalize)),
        step("verify/2048", None, Step::new(verify)),
    ];
    #[cfg(feature = "openssl")]
    steps.push(sign("blind_sign/2048/openssl", pkcs8, Backend::OpenSsl, &runs));
    Implementation { name: "farebox-blind-rsa", steps }
}
