//! blind-rsa-signatures 0.18.0.

use std::rc::Rc;

use blind_rsa_signatures::{
    BlindSignature, BlindingResult, PublicKeySha384PSSRandomized as PublicKey,
    SecretKeySha384PSSRandomized as SecretKey, Signature,
};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::{INPUTS, MESSAGE};
use crate::harness::{Cycle, Step};
use crate::suite::{Implementation, NamedStep};

/// An honest run.
struct Run {
    state: BlindingResult,
    answer: BlindSignature,
    signature: Signature,
}

fn run(key: &PublicKey, secret: &SecretKey, rng: &mut StdRng) -> Run {
    let state = key.blind(rng, MESSAGE).expect("an honest key");
    let answer = secret.blind_sign_with_rng(rng, &state.blind_message).expect("an honest message");
    let signature = key.finalize(&answer, &state, MESSAGE).expect("an honest answer");
    Run { state, answer, signature }
}

fn step(name: &'static str, message_bytes: Option<usize>, step: Step) -> NamedStep {
    NamedStep { name, message_bytes, step }
}

fn sign(name: &'static str, secret: &Rc<SecretKey>, runs: &Rc<Vec<Run>>) -> NamedStep {
    let (secret, mut rng) = (secret.clone(), StdRng::seed_from_u64(3));
    let mut blinded = Cycle::new(runs.iter().map(|run| run.state.blind_message.clone()).collect());
    let run = move || secret.blind_sign_with_rng(&mut rng, blinded.next()).expect("an honest message");
    step(name, Some(256), Step::new(run))
}

pub(super) fn implementation(pkcs8: &[u8]) -> Implementation {
    let mut rng = StdRng::seed_from_u64(2);
    let secret = Rc::new(SecretKey::from_der(pkcs8).expect("the same key"));
    let key = secret.public_key().expect("a sound key");
    let runs: Rc<Vec<Run>> = Rc::new((0..INPUTS).map(|_| run(&key, &secret, &mut rng)).collect());

    let public = key.clone();
    let blind = move || public.blind(&mut rng, MESSAGE).expect("an honest key");
    let (public, finishing, mut next) = (key.clone(), runs.clone(), 0);
    let finalize = move || {
        next = (next + 1) % INPUTS;
        let Run { state, answer, .. } = &finishing[next];
        public.finalize(answer, state, MESSAGE).expect("an honest answer")
    };
    let (verifying, mut next) = (runs.clone(), 0);
    let verify = move || {
        next = (next + 1) % INPUTS;
        let Run { state, signature, .. } = &verifying[next];
        key.verify(signature, state.msg_randomizer, MESSAGE).expect("an honest signature");
    };

    #[allow(unused_mut, reason = "one more with the feature `openssl`")]
    let mut steps = vec![
        step("prepare+blind/2048", Some(256), Step::new(blind)),
        sign("blind_sign/2048", &secret, &runs),
        step("finalize/2048", Some(256), Step::new(finalize)),
        step("verify/2048", None, Step::new(verify)),
    ];
    #[cfg(feature = "openssl")]
    steps.push(sign("blind_sign/2048/openssl", &secret, &runs));
    Implementation { name: "blind-rsa-signatures 0.18.0", steps }
}
