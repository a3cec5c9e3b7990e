//! The published vectors of RFC 9497, Appendix A: nine sets, byte for byte.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod common;

use common::{ALL_SETS, scalar};
use farebox_voprf::{
    BlindCoins, BlindedElements, ClientState, Evaluation, Oprf, Output, P256Sha256, P384Sha384, Poprf, ProofCoins,
    PublicKey, Ristretto255Sha512, SecretKey, Suite, Voprf,
};
use serde_json::Value;

fn hex_of(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

/// A batch is a list with commas.
fn list(value: &Value) -> Vec<Vec<u8>> {
    value.as_str().unwrap().split(',').map(|item| hex::decode(item).unwrap()).collect()
}

fn same<S: Suite>(outputs: &[Output<S>], vector: &Value) {
    let outputs: Vec<_> = outputs.iter().map(|output| output.as_bytes().to_vec()).collect();
    assert_eq!(outputs, list(&vector["Output"]));
}

/// What a vector says of a batch.
struct Batch {
    inputs: Vec<Vec<u8>>,
    blinded: Vec<u8>,
    evaluated: Vec<u8>,
}

impl Batch {
    fn new(vector: &Value) -> Self {
        let inputs = list(&vector["Input"]);
        assert_eq!(vector["Batch"].as_u64().unwrap() as usize, inputs.len());
        let proof = vector.get("Proof").map(|proof| hex_of(&proof["proof"])).unwrap_or_default();
        let evaluated = [list(&vector["EvaluationElement"]).concat(), proof].concat();
        Self { inputs, blinded: list(&vector["BlindedElement"]).concat(), evaluated }
    }

    fn inputs(&self) -> Vec<&[u8]> {
        self.inputs.iter().map(Vec::as_slice).collect()
    }
}

fn blinds<S: Suite>(vector: &Value) -> BlindCoins<S> {
    BlindCoins { blinds: list(&vector["Blind"]).iter().map(|blind| scalar::<S>(blind)).collect() }
}

fn nonce<S: Suite>(vector: &Value) -> ProofCoins<S> {
    ProofCoins::from_nonce(scalar::<S>(&hex_of(&vector["Proof"]["r"])))
}

fn oprf<S: Suite>(set: &Value) {
    let key = SecretKey::<S, Oprf>::derive_from_any_seed(&hex_of(&set["seed"]), &hex_of(&set["keyInfo"])).unwrap();
    assert_eq!(key.to_bytes().to_vec(), hex_of(&set["skSm"]));
    for vector in set["vectors"].as_array().unwrap() {
        let batch = Batch::new(vector);
        let (state, blinded) = ClientState::<S, Oprf>::blind_with_coins(&batch.inputs(), blinds(vector)).unwrap();
        assert_eq!(blinded.to_bytes(), batch.blinded);
        let blinded = BlindedElements::from_bytes(&batch.blinded).unwrap();
        assert_eq!(key.blind_evaluate(&blinded).unwrap().to_bytes(), batch.evaluated);
        let evaluation = Evaluation::from_bytes(&batch.evaluated).unwrap();
        same(&state.finalize(&evaluation).unwrap(), vector);
        same(&key.evaluate_batch(&batch.inputs()).unwrap(), vector);
    }
}

fn voprf<S: Suite>(set: &Value) {
    let key = SecretKey::<S, Voprf>::derive_from_any_seed(&hex_of(&set["seed"]), &hex_of(&set["keyInfo"])).unwrap();
    assert_eq!(key.to_bytes().to_vec(), hex_of(&set["skSm"]));
    let public = PublicKey::from_bytes(&hex_of(&set["pkSm"])).unwrap();
    assert_eq!(key.public_key(), &public);
    for vector in set["vectors"].as_array().unwrap() {
        let batch = Batch::new(vector);
        let (state, blinded) = ClientState::<S, Voprf>::blind_with_coins(&batch.inputs(), blinds(vector)).unwrap();
        assert_eq!(blinded.to_bytes(), batch.blinded);
        let blinded = BlindedElements::from_bytes(&batch.blinded).unwrap();
        let ours = key.blind_evaluate_with_coins(&blinded, nonce(vector)).unwrap();
        assert_eq!(ours.to_bytes(), batch.evaluated);
        let evaluation = Evaluation::from_bytes(&batch.evaluated).unwrap();
        same(&state.finalize(&public, &evaluation).unwrap(), vector);
        same(&key.evaluate_batch(&batch.inputs()).unwrap(), vector);
    }
}

fn poprf<S: Suite>(set: &Value) {
    let key = SecretKey::<S, Poprf>::derive_from_any_seed(&hex_of(&set["seed"]), &hex_of(&set["keyInfo"])).unwrap();
    assert_eq!(key.to_bytes().to_vec(), hex_of(&set["skSm"]));
    let public = PublicKey::from_bytes(&hex_of(&set["pkSm"])).unwrap();
    assert_eq!(key.public_key(), &public);
    for vector in set["vectors"].as_array().unwrap() {
        let (batch, info) = (Batch::new(vector), hex_of(&vector["Info"]));
        let (state, blinded) =
            ClientState::<S, Poprf>::blind_with_coins(&batch.inputs(), &info, &public, blinds(vector)).unwrap();
        assert_eq!(blinded.to_bytes(), batch.blinded);
        let blinded = BlindedElements::from_bytes(&batch.blinded).unwrap();
        let ours = key.blind_evaluate_with_coins(&blinded, &info, nonce(vector)).unwrap();
        assert_eq!(ours.to_bytes(), batch.evaluated);
        let evaluation = Evaluation::from_bytes(&batch.evaluated).unwrap();
        same(&state.finalize(&evaluation).unwrap(), vector);
        same(&key.evaluate_batch(&batch.inputs(), &info).unwrap(), vector);
    }
}

fn set<S: Suite>(set: &Value) {
    match set["mode"].as_u64().unwrap() {
        0 => oprf::<S>(set),
        1 => voprf::<S>(set),
        2 => poprf::<S>(set),
        other => panic!("mode {other}"),
    }
}

#[test]
fn published_sets() {
    let Some(folder) = common::published() else { return };
    let text = std::fs::read_to_string(folder.join("voprf/rfc9497-allVectors.json")).unwrap();
    let sets: Vec<Value> = serde_json::from_str(&text).unwrap();
    let mut run = 0;
    for file in &sets {
        match file["identifier"].as_str().unwrap() {
            Ristretto255Sha512::ID => set::<Ristretto255Sha512>(file),
            P256Sha256::ID => set::<P256Sha256>(file),
            P384Sha384::ID => set::<P384Sha384>(file),
            // The two suites that are not here.
            "P521-SHA512" | "decaf448-SHAKE256" => continue,
            other => panic!("suite {other}"),
        }
        run += 1;
    }
    assert_eq!(run, ALL_SETS);
}
