//! What several test files share.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::path::PathBuf;

use farebox_group::{Group as _, Scalar as _};
use farebox_voprf::{
    BlindedElements, ClientState, Evaluation, Oprf, Output, Poprf, PublicKey, SecretKey, Suite, Voprf,
};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

/// Three suites in three modes.
pub const ALL_SETS: usize = 9;

pub type Scalar<S> = <<S as Suite>::Group as farebox_group::Group>::Scalar;

pub fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// As the suite encodes it.
pub fn scalar<S: Suite>(bytes: &[u8]) -> Scalar<S> {
    Scalar::<S>::from_bytes(bytes, S::Group::SCALAR_ORDER).unwrap()
}

pub fn scalar_bytes<S: Suite>(scalar: &Scalar<S>) -> Vec<u8> {
    scalar.to_bytes(S::Group::SCALAR_ORDER).as_ref().to_vec()
}

/// Bytes of an element and of a scalar.
pub fn lengths<S: Suite>() -> (usize, usize) {
    (S::Group::ELEMENT_LEN, S::Group::SCALAR_LEN)
}

pub const INFO: &[u8] = b"a public input";

/// Inputs of several lengths.
pub fn inputs(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|i| vec![i as u8; i % 50]).collect()
}

pub fn slices(inputs: &[Vec<u8>]) -> Vec<&[u8]> {
    inputs.iter().map(Vec::as_slice).collect()
}

/// An honest run in one mode, kept as bytes.
pub struct Run<K> {
    pub key: K,
    pub inputs: Vec<Vec<u8>>,
    pub state: Vec<u8>,
    pub blinded: Vec<u8>,
    pub evaluation: Vec<u8>,
}

pub fn oprf<S: Suite>(count: usize) -> Run<SecretKey<S, Oprf>> {
    let (rng, key, inputs) = (&mut rng(count as u64), SecretKey::<S, Oprf>::generate(&mut rng(77)), inputs(count));
    let (state, blinded) = ClientState::<S, Oprf>::blind(&slices(&inputs), rng).unwrap();
    let evaluation = key.blind_evaluate(&blinded).unwrap().to_bytes();
    Run { key, inputs, state: state.into_bytes().to_vec(), blinded: blinded.to_bytes(), evaluation }
}

pub fn voprf<S: Suite>(count: usize) -> Run<SecretKey<S, Voprf>> {
    let (rng, key, inputs) = (&mut rng(count as u64), SecretKey::<S, Voprf>::generate(&mut rng(77)), inputs(count));
    let (state, blinded) = ClientState::<S, Voprf>::blind(&slices(&inputs), rng).unwrap();
    let evaluation = key.blind_evaluate(&blinded, rng).unwrap().to_bytes();
    Run { key, inputs, state: state.into_bytes().to_vec(), blinded: blinded.to_bytes(), evaluation }
}

pub fn poprf<S: Suite>(count: usize) -> Run<SecretKey<S, Poprf>> {
    let (rng, key, inputs) = (&mut rng(count as u64), SecretKey::<S, Poprf>::generate(&mut rng(77)), inputs(count));
    let (state, blinded) = ClientState::<S, Poprf>::blind(&slices(&inputs), INFO, key.public_key(), rng).unwrap();
    let evaluation = key.blind_evaluate(&blinded, INFO, rng).unwrap().to_bytes();
    Run { key, inputs, state: state.into_bytes().to_vec(), blinded: blinded.to_bytes(), evaluation }
}

impl<K> Run<K> {
    pub fn blinded<S: Suite>(&self) -> BlindedElements<S> {
        BlindedElements::from_bytes(&self.blinded).unwrap()
    }
}

impl<S: Suite> Run<SecretKey<S, Oprf>> {
    pub fn state(&self) -> ClientState<S, Oprf> {
        ClientState::from_bytes(&self.state).unwrap()
    }
    pub fn evaluation(&self) -> Evaluation<S, Oprf> {
        Evaluation::from_bytes(&self.evaluation).unwrap()
    }
}

impl<S: Suite> Run<SecretKey<S, Voprf>> {
    pub fn state(&self) -> ClientState<S, Voprf> {
        ClientState::from_bytes(&self.state).unwrap()
    }
    pub fn evaluation(&self) -> Evaluation<S, Voprf> {
        Evaluation::from_bytes(&self.evaluation).unwrap()
    }
    pub fn public(&self) -> &PublicKey<S, Voprf> {
        self.key.public_key()
    }
    pub fn finalize(&self, evaluation: &[u8]) -> Result<Vec<Output<S>>, farebox_voprf::Error> {
        let evaluation = Evaluation::from_bytes(evaluation)?;
        self.state().finalize(self.public(), &evaluation).map_err(|refused| refused.error)
    }
}

impl<S: Suite> Run<SecretKey<S, Poprf>> {
    pub fn state(&self) -> ClientState<S, Poprf> {
        ClientState::from_bytes(&self.state).unwrap()
    }
    pub fn evaluation(&self) -> Evaluation<S, Poprf> {
        Evaluation::from_bytes(&self.evaluation).unwrap()
    }
    pub fn finalize(&self, evaluation: &[u8]) -> Result<Vec<Output<S>>, farebox_voprf::Error> {
        let evaluation = Evaluation::from_bytes(evaluation)?;
        self.state().finalize(&evaluation).map_err(|refused| refused.error)
    }
}

/// The bytes with those from `at` on replaced.
pub fn put(bytes: &[u8], at: usize, new: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    out[at..at + new.len()].copy_from_slice(new);
    out
}

/// The folder of published vectors, or a line that says that it is not there.
pub fn published() -> Option<PathBuf> {
    let default = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let folder = std::env::var_os("FAREBOX_PUBLISHED_VECTORS").map_or(default, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no folder of published vectors; set FAREBOX_PUBLISHED_VECTORS");
    None
}
