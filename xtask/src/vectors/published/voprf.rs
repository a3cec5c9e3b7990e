//! The vectors of RFC 9497, Appendix A: every message, output and key of each set is made again.

use farebox_group::{Group as _, Scalar as _};
use farebox_voprf::{
    BlindCoins, BlindedElements, ClientState, Evaluation, Mode, Oprf, Output, P256Sha256, P384Sha384, Poprf,
    ProofCoins, PublicKey, Ristretto255Sha512, SecretKey, Suite, Voprf,
};
use serde_json::Value;

use super::Report;
use super::json::{at, bytes, list, same, text};

/// A set is a suite in a mode.
pub(super) fn run(file: &Value, report: &mut Report) -> Result<(), String> {
    for set in list(file)? {
        let mode = at(set, "mode")?.as_u64().ok_or("mode is no number")?;
        let name = format!("{}/mode {mode}", text(set, "identifier")?);
        match text(set, "identifier")? {
            Ristretto255Sha512::ID => run_set::<Ristretto255Sha512>(set, mode, &name, report)?,
            P256Sha256::ID => run_set::<P256Sha256>(set, mode, &name, report)?,
            P384Sha384::ID => run_set::<P384Sha384>(set, mode, &name, report)?,
            _ => report.skipped.push(name),
        }
    }
    Ok(())
}

fn run_set<S: Suite>(set: &Value, mode: u64, name: &str, report: &mut Report) -> Result<(), String> {
    let case: fn(&Value, &Value) -> Result<(), String> = match mode {
        0 => oprf::<S>,
        1 => voprf::<S>,
        2 => poprf::<S>,
        _ => return Err(format!("{name}: no such mode")),
    };
    for (number, vector) in list(at(set, "vectors")?)?.iter().enumerate() {
        report.record(&format!("{name}/{number}"), case(set, vector));
    }
    Ok(())
}

fn words(error: impl ToString) -> String {
    error.to_string()
}

/// The key pair, compared with what the file says.
fn key<S: Suite, M: Mode>(set: &Value) -> Result<SecretKey<S, M>, String> {
    // The seeds have 32 bytes for every suite.
    let key = SecretKey::derive_from_any_seed(&bytes(set, "seed")?, &bytes(set, "keyInfo")?).map_err(words)?;
    same("skSm", &key.to_bytes(), &bytes(set, "skSm")?)?;
    if set.get("pkSm").is_some() {
        same("pkSm", key.public_key().as_bytes(), &bytes(set, "pkSm")?)?;
    }
    Ok(key)
}

/// A batch is a list with commas.
fn items(vector: &Value, path: &str) -> Result<Vec<Vec<u8>>, String> {
    let decode = |item| hex::decode(item).map_err(|error| format!("{path}: {error}"));
    text(vector, path)?.split(',').map(decode).collect()
}

fn scalar<S: Suite>(bytes: &[u8]) -> Result<<S::Group as farebox_group::Group>::Scalar, String> {
    <S::Group as farebox_group::Group>::Scalar::from_bytes(bytes, S::Group::SCALAR_ORDER).map_err(words)
}

fn blinds<S: Suite>(vector: &Value) -> Result<BlindCoins<S>, String> {
    let blinds: Result<_, _> = items(vector, "Blind")?.iter().map(|blind| scalar::<S>(blind)).collect();
    Ok(BlindCoins { blinds: blinds? })
}

fn nonce<S: Suite>(vector: &Value) -> Result<ProofCoins<S>, String> {
    Ok(ProofCoins::from_nonce(scalar::<S>(&bytes(vector, "Proof.r")?)?))
}

/// The evaluated elements, and the proof behind them where there is one.
fn evaluation(vector: &Value) -> Result<Vec<u8>, String> {
    let proof = if vector.get("Proof").is_some() { bytes(vector, "Proof.proof")? } else { Vec::new() };
    Ok([items(vector, "EvaluationElement")?.concat(), proof].concat())
}

fn outputs<S: Suite>(what: &str, outputs: &[Output<S>], vector: &Value) -> Result<(), String> {
    let ours: Vec<&[u8]> = outputs.iter().map(Output::as_bytes).collect();
    same(what, &ours.concat(), &items(vector, "Output")?.concat())
}

fn oprf<S: Suite>(set: &Value, vector: &Value) -> Result<(), String> {
    let (key, inputs) = (key::<S, Oprf>(set)?, items(vector, "Input")?);
    let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
    let (state, blinded) = ClientState::<S, Oprf>::blind_with_coins(&inputs, blinds(vector)?).map_err(words)?;
    same("BlindedElement", &blinded.to_bytes(), &items(vector, "BlindedElement")?.concat())?;
    let blinded = BlindedElements::from_bytes(&blinded.to_bytes()).map_err(words)?;
    let ours = key.blind_evaluate(&blinded).map_err(words)?.to_bytes();
    same("EvaluationElement", &ours, &evaluation(vector)?)?;
    let evaluation = Evaluation::from_bytes(&ours).map_err(words)?;
    outputs("Finalize", &state.finalize(&evaluation).map_err(words)?, vector)?;
    outputs("Evaluate", &key.evaluate_batch(&inputs).map_err(words)?, vector)
}

fn voprf<S: Suite>(set: &Value, vector: &Value) -> Result<(), String> {
    let (key, inputs) = (key::<S, Voprf>(set)?, items(vector, "Input")?);
    let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
    let (state, blinded) = ClientState::<S, Voprf>::blind_with_coins(&inputs, blinds(vector)?).map_err(words)?;
    same("BlindedElement", &blinded.to_bytes(), &items(vector, "BlindedElement")?.concat())?;
    let blinded = BlindedElements::from_bytes(&blinded.to_bytes()).map_err(words)?;
    let ours = key.blind_evaluate_with_coins(&blinded, nonce(vector)?).map_err(words)?.to_bytes();
    same("EvaluationElement and Proof", &ours, &evaluation(vector)?)?;
    let public = PublicKey::from_bytes(&bytes(set, "pkSm")?).map_err(words)?;
    let evaluation = Evaluation::from_bytes(&ours).map_err(words)?;
    outputs("Finalize", &state.finalize(&public, &evaluation).map_err(words)?, vector)?;
    outputs("Evaluate", &key.evaluate_batch(&inputs).map_err(words)?, vector)
}

fn poprf<S: Suite>(set: &Value, vector: &Value) -> Result<(), String> {
    let (key, inputs, info) = (key::<S, Poprf>(set)?, items(vector, "Input")?, bytes(vector, "Info")?);
    let inputs: Vec<&[u8]> = inputs.iter().map(Vec::as_slice).collect();
    let public = PublicKey::from_bytes(&bytes(set, "pkSm")?).map_err(words)?;
    let blinded = ClientState::<S, Poprf>::blind_with_coins(&inputs, &info, &public, blinds(vector)?);
    let (state, blinded) = blinded.map_err(words)?;
    same("BlindedElement", &blinded.to_bytes(), &items(vector, "BlindedElement")?.concat())?;
    let blinded = BlindedElements::from_bytes(&blinded.to_bytes()).map_err(words)?;
    let ours = key.blind_evaluate_with_coins(&blinded, &info, nonce(vector)?).map_err(words)?.to_bytes();
    same("EvaluationElement and Proof", &ours, &evaluation(vector)?)?;
    let evaluation = Evaluation::from_bytes(&ours).map_err(words)?;
    outputs("Finalize", &state.finalize(&evaluation).map_err(words)?, vector)?;
    outputs("Evaluate", &key.evaluate_batch(&inputs, &info).map_err(words)?, vector)
}
