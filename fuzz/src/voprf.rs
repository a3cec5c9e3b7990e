//! RFC 9497: messages and saved forms of an honest run with two inputs. A message that is read goes on to the step that it
//! is for, which has to return as well.

use std::sync::OnceLock;

use farebox_voprf::{
    BlindedElements, ClientState, Evaluation, P384Sha384, Poprf, PublicKey, Ristretto255Sha512, SecretKey, Suite, Voprf,
};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

const INFO: &[u8] = b"fuzz";

/// What an honest run leaves, as bytes.
struct Run {
    key: Vec<u8>,
    public: Vec<u8>,
    blinded: Vec<u8>,
    state: Vec<u8>,
    evaluation: Vec<u8>,
}

fn voprf_run<S: Suite>() -> Run {
    let rng = &mut StdRng::seed_from_u64(1);
    let key = SecretKey::<S, Voprf>::generate(rng);
    let (state, blinded) = ClientState::<S, Voprf>::blind(&[b"one", b""], rng).expect("the inputs are short");
    let evaluation = key.blind_evaluate(&blinded, rng).expect("fresh coins").to_bytes();
    let (public, blinded) = (key.public_key().as_bytes().to_vec(), blinded.to_bytes());
    Run { key: key.to_bytes().to_vec(), public, blinded, state: state.into_bytes().to_vec(), evaluation }
}

fn poprf_run() -> Run {
    let rng = &mut StdRng::seed_from_u64(1);
    let key = SecretKey::<Ristretto255Sha512, Poprf>::generate(rng);
    let blinded = ClientState::<Ristretto255Sha512, Poprf>::blind(&[b"one", b""], INFO, key.public_key(), rng);
    let (state, blinded) = blinded.expect("the inputs are short");
    let evaluation = key.blind_evaluate(&blinded, INFO, rng).expect("fresh coins").to_bytes();
    let (public, blinded) = (key.public_key().as_bytes().to_vec(), blinded.to_bytes());
    Run { key: key.to_bytes().to_vec(), public, blinded, state: state.into_bytes().to_vec(), evaluation }
}

static RISTRETTO255: OnceLock<Run> = OnceLock::new();
static P384: OnceLock<Run> = OnceLock::new();
static POPRF: OnceLock<Run> = OnceLock::new();

fn ristretto255() -> &'static Run {
    RISTRETTO255.get_or_init(voprf_run::<Ristretto255Sha512>)
}

fn p384() -> &'static Run {
    P384.get_or_init(voprf_run::<P384Sha384>)
}

fn poprf() -> &'static Run {
    POPRF.get_or_init(poprf_run)
}

/// Long batches cost time and find nothing more.
const LONGEST: usize = 4_000;

fn blinded<S: Suite>(run: &Run, data: &[u8]) -> bool {
    let Ok(blinded) = BlindedElements::<S>::from_bytes(data) else { return false };
    assert_eq!(blinded.to_bytes(), data);
    if data.len() < LONGEST {
        let key = SecretKey::<S, Voprf>::from_bytes(&run.key).expect("saved by us");
        let evaluation = key.blind_evaluate(&blinded, &mut StdRng::seed_from_u64(2)).expect("fresh coins");
        assert_eq!(evaluation.len(), blinded.len());
    }
    true
}

fn evaluation<S: Suite>(run: &Run, data: &[u8]) -> bool {
    let Ok(evaluation) = Evaluation::<S, Voprf>::from_bytes(data) else { return false };
    assert_eq!(evaluation.to_bytes(), data);
    let state = ClientState::<S, Voprf>::from_bytes(&run.state).expect("saved by us");
    let public = PublicKey::from_bytes(&run.public).expect("saved by us");
    match state.finalize(&public, &evaluation) {
        Ok(outputs) => assert_eq!((outputs.len(), data), (2, &run.evaluation[..]), "only one evaluation holds"),
        Err(refused) => assert_eq!(refused.state.into_bytes().to_vec(), run.state),
    }
    true
}

fn state<S: Suite>(run: &Run, data: &[u8]) -> bool {
    let Ok(state) = ClientState::<S, Voprf>::from_bytes(data) else { return false };
    let public = PublicKey::from_bytes(&run.public).expect("saved by us");
    let evaluation = Evaluation::from_bytes(&run.evaluation).expect("saved by us");
    if let Err(refused) = state.finalize(&public, &evaluation) {
        assert_eq!(refused.state.into_bytes().to_vec(), data);
    }
    true
}

pub(crate) fn blinded_ristretto255(data: &[u8]) -> bool {
    blinded::<Ristretto255Sha512>(ristretto255(), data)
}

pub(crate) fn blinded_p384(data: &[u8]) -> bool {
    blinded::<P384Sha384>(p384(), data)
}

pub(crate) fn evaluation_ristretto255(data: &[u8]) -> bool {
    evaluation::<Ristretto255Sha512>(ristretto255(), data)
}

pub(crate) fn evaluation_p384(data: &[u8]) -> bool {
    evaluation::<P384Sha384>(p384(), data)
}

pub(crate) fn evaluation_poprf(data: &[u8]) -> bool {
    let Ok(evaluation) = Evaluation::<Ristretto255Sha512, Poprf>::from_bytes(data) else { return false };
    assert_eq!(evaluation.to_bytes(), data);
    let state = ClientState::<Ristretto255Sha512, Poprf>::from_bytes(&poprf().state).expect("saved by us");
    assert_eq!(state.finalize(&evaluation).is_ok(), data == poprf().evaluation);
    true
}

pub(crate) fn state_ristretto255(data: &[u8]) -> bool {
    state::<Ristretto255Sha512>(ristretto255(), data)
}

pub(crate) fn state_poprf(data: &[u8]) -> bool {
    let Ok(state) = ClientState::<Ristretto255Sha512, Poprf>::from_bytes(data) else { return false };
    assert_eq!(state.into_bytes().to_vec(), data);
    true
}

pub(crate) fn secret_key(data: &[u8]) -> bool {
    let Ok(key) = SecretKey::<Ristretto255Sha512, Voprf>::from_bytes(data) else { return false };
    assert_eq!(key.to_bytes().to_vec(), data);
    true
}

pub(crate) fn public_key(data: &[u8]) -> bool {
    let Ok(key) = PublicKey::<Ristretto255Sha512, Voprf>::from_bytes(data) else { return false };
    assert_eq!(key.as_bytes(), data);
    true
}

/// What an output is compared with may be anything.
pub(crate) fn verify(data: &[u8]) -> bool {
    let key = SecretKey::<Ristretto255Sha512, Voprf>::from_bytes(&ristretto255().key).expect("saved by us");
    key.verify(b"one", data).is_ok()
}

pub(crate) fn blindeds_ristretto255() -> Vec<Vec<u8>> {
    vec![ristretto255().blinded.clone()]
}

pub(crate) fn blindeds_p384() -> Vec<Vec<u8>> {
    vec![p384().blinded.clone()]
}

pub(crate) fn evaluations_ristretto255() -> Vec<Vec<u8>> {
    vec![ristretto255().evaluation.clone()]
}

pub(crate) fn evaluations_p384() -> Vec<Vec<u8>> {
    vec![p384().evaluation.clone()]
}

pub(crate) fn evaluations_poprf() -> Vec<Vec<u8>> {
    vec![poprf().evaluation.clone()]
}

pub(crate) fn states_ristretto255() -> Vec<Vec<u8>> {
    vec![ristretto255().state.clone()]
}

pub(crate) fn states_poprf() -> Vec<Vec<u8>> {
    vec![poprf().state.clone()]
}

pub(crate) fn secret_keys() -> Vec<Vec<u8>> {
    vec![ristretto255().key.clone()]
}

pub(crate) fn public_keys() -> Vec<Vec<u8>> {
    vec![ristretto255().public.clone()]
}

pub(crate) fn outputs() -> Vec<Vec<u8>> {
    let key = SecretKey::<Ristretto255Sha512, Voprf>::from_bytes(&ristretto255().key).expect("saved by us");
    vec![key.evaluate(b"one").expect("a short input").as_bytes().to_vec()]
}
