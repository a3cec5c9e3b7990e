//! Vectors of RFC 9497: OPRF, VOPRF and POPRF.

mod cases;

use farebox_group::Scalar as _;
use farebox_voprf::{
    BlindCoins, BlindedElements, ClientState, Evaluation, Mode, Oprf, Output, P256Sha256, P384Sha384, Poprf,
    ProofCoins, PublicKey, Ristretto255Sha512, SecretKey, Suite, Voprf,
};

use super::group::{P256_SUITE, P384_SUITE, RISTRETTO255, Run, of_suite};
use super::inputs::Inputs;
use super::outcome::{Failure, Outcome, fields};
use super::runner::Operation;
use super::schema::Fields;

pub(crate) use cases::write;

pub(crate) const SPEC: &str = "rfc9497";

type R = Ristretto255Sha512;
type P2 = P256Sha256;
type P3 = P384Sha384;

/// The run of every suite, in the order that [`of_suite`] wants.
macro_rules! suites {
    ($run:ident) => {
        |inputs| of_suite(inputs, [$run::<R> as Run, $run::<P2>, $run::<P3>])
    };
}

pub(crate) const OPERATIONS: &[Operation] = &[
    operation("derive-key-pair", &[], &[], &["seed", "info"], &["sk", "pk"], suites!(derive)),
    operation("secret-key", &[], &[], &["sk"], &["pk"], suites!(secret_key)),
    operation("public-key", &[], &[], &["pk"], &["pk"], suites!(public_key)),
    operation("blind", &["pk"], &["seed", "scalars"], &["input_N", "info"], &["blinded", "state"], suites!(blind)),
    operation(
        "blind-evaluate",
        &["sk"],
        &["seed", "scalars"],
        &["blinded", "info"],
        &["evaluation"],
        suites!(blind_evaluate),
    ),
    operation("finalize", &["pk"], &[], &["state", "evaluation"], &["output_N"], suites!(finalize)),
    operation("evaluate", &["sk"], &[], &["input", "info"], &["output"], suites!(evaluate)),
    operation("verify", &["sk"], &[], &["input", "info", "output"], &[], suites!(verify)),
    operation("state", &[], &[], &["bytes"], &["bytes"], suites!(state)),
];

const fn operation(
    name: &'static str,
    keys: &'static [&'static str],
    coins: &'static [&'static str],
    input: &'static [&'static str],
    output: &'static [&'static str],
    run: fn(&Inputs<'_>) -> Outcome,
) -> Operation {
    let suites = &[RISTRETTO255, P256_SUITE, P384_SUITE];
    Operation { spec: SPEC, suites, name, params: &["mode"], keys, coins, input, output, run }
}

/// The mode of the group of cases.
#[derive(Clone, Copy)]
enum Which {
    Oprf,
    Voprf,
    Poprf,
}

fn mode(inputs: &Inputs<'_>) -> Result<Which, Failure> {
    match inputs.params.text("mode")? {
        "oprf" => Ok(Which::Oprf),
        "voprf" => Ok(Which::Voprf),
        "poprf" => Ok(Which::Poprf),
        other => Err(Failure::Case(format!("params.mode: {other:?} is no mode"))),
    }
}

fn derive<S: Suite>(inputs: &Inputs<'_>) -> Outcome {
    fn of<S: Suite, M: Mode>(seed: &[u8], info: &[u8]) -> Outcome {
        let key = SecretKey::<S, M>::derive(seed, info)?;
        Ok(fields([("sk", hex::encode(&*key.to_bytes())), ("pk", hex::encode(key.public_key().as_bytes()))]))
    }
    let (seed, info) = (inputs.input.bytes("seed")?, inputs.input.bytes("info")?);
    match mode(inputs)? {
        Which::Oprf => of::<S, Oprf>(&seed, &info),
        Which::Voprf => of::<S, Voprf>(&seed, &info),
        Which::Poprf => of::<S, Poprf>(&seed, &info),
    }
}

/// A key is read alike in every mode.
fn secret_key<S: Suite>(inputs: &Inputs<'_>) -> Outcome {
    let key = SecretKey::<S, Voprf>::from_bytes(&inputs.input.bytes("sk")?)?;
    Ok(fields([("pk", hex::encode(key.public_key().as_bytes()))]))
}

fn public_key<S: Suite>(inputs: &Inputs<'_>) -> Outcome {
    let key = PublicKey::<S, Voprf>::from_bytes(&inputs.input.bytes("pk")?)?;
    Ok(fields([("pk", hex::encode(key.as_bytes()))]))
}

/// The group's key.
fn secret<S: Suite, M: Mode>(inputs: &Inputs<'_>) -> Result<SecretKey<S, M>, Failure> {
    let key = SecretKey::from_bytes(&inputs.keys.bytes("sk")?);
    key.map_err(|error| Failure::Case(format!("keys.sk: {error}")))
}

fn public<S: Suite, M: Mode>(inputs: &Inputs<'_>) -> Result<PublicKey<S, M>, Failure> {
    let key = PublicKey::from_bytes(&inputs.keys.bytes("pk")?);
    key.map_err(|error| Failure::Case(format!("keys.pk: {error}")))
}

/// `name_0`, `name_1` and so on.
fn numbered(inputs: &Inputs<'_>, name: &str) -> Result<Vec<Vec<u8>>, Failure> {
    let mut all = Vec::new();
    while let Some(bytes) = inputs.input.optional(&format!("{name}_{}", all.len()))? {
        all.push(bytes);
    }
    Ok(all)
}

/// Draws a blind for each input.
fn blind<S: Suite>(inputs: &Inputs<'_>) -> Outcome {
    let list = numbered(inputs, "input")?;
    let slices: Vec<&[u8]> = list.iter().map(Vec::as_slice).collect();
    let coins = BlindCoins { blinds: inputs.coins()?.last::<S::Group>(slices.len())? };
    let given = |blinded: BlindedElements<S>, state: &[u8]| {
        fields([("blinded", hex::encode(blinded.to_bytes())), ("state", hex::encode(state))])
    };
    match mode(inputs)? {
        Which::Oprf => {
            let (state, blinded) = ClientState::<S, Oprf>::blind_with_coins(&slices, coins)?;
            Ok(given(blinded, &state.into_bytes()))
        }
        Which::Voprf => {
            let (state, blinded) = ClientState::<S, Voprf>::blind_with_coins(&slices, coins)?;
            Ok(given(blinded, &state.into_bytes()))
        }
        Which::Poprf => {
            let (info, key) = (inputs.input.bytes("info")?, public(inputs)?);
            let (state, blinded) = ClientState::<S, Poprf>::blind_with_coins(&slices, &info, &key, coins)?;
            Ok(given(blinded, &state.into_bytes()))
        }
    }
}

/// The proof's nonce; a nonce of 0 is for the crate to refuse.
fn nonce<S: Suite>(inputs: &Inputs<'_>) -> Result<ProofCoins<S>, Failure> {
    let nonces = inputs.coins()?.last::<S::Group>(1)?;
    Ok(ProofCoins::from_nonce(nonces.first().copied().unwrap_or(<S::Group as farebox_group::Group>::Scalar::ZERO)))
}

fn blind_evaluate<S: Suite>(inputs: &Inputs<'_>) -> Outcome {
    let blinded = BlindedElements::<S>::from_bytes(&inputs.input.bytes("blinded")?)?;
    let evaluation = match mode(inputs)? {
        Which::Oprf => secret::<S, Oprf>(inputs)?.blind_evaluate(&blinded)?.to_bytes(),
        Which::Voprf => secret::<S, Voprf>(inputs)?.blind_evaluate_with_coins(&blinded, nonce(inputs)?)?.to_bytes(),
        Which::Poprf => {
            let info = inputs.input.bytes("info")?;
            secret::<S, Poprf>(inputs)?.blind_evaluate_with_coins(&blinded, &info, nonce(inputs)?)?.to_bytes()
        }
    };
    Ok(fields([("evaluation", hex::encode(evaluation))]))
}

fn finalize<S: Suite>(inputs: &Inputs<'_>) -> Outcome {
    let (state, evaluation) = (inputs.input.bytes("state")?, inputs.input.bytes("evaluation")?);
    let outputs = match mode(inputs)? {
        Which::Oprf => ClientState::<S, Oprf>::from_bytes(&state)?.finalize(&Evaluation::from_bytes(&evaluation)?)?,
        Which::Voprf => {
            let state = ClientState::<S, Voprf>::from_bytes(&state)?;
            state.finalize(&public(inputs)?, &Evaluation::from_bytes(&evaluation)?)?
        }
        Which::Poprf => ClientState::<S, Poprf>::from_bytes(&state)?.finalize(&Evaluation::from_bytes(&evaluation)?)?,
    };
    let name = |(i, output): (usize, &Output<S>)| (format!("output_{i}"), hex::encode(output.as_bytes()));
    Ok(outputs.iter().enumerate().map(name).collect::<Fields>())
}

fn evaluate<S: Suite>(inputs: &Inputs<'_>) -> Outcome {
    let input = inputs.input.bytes("input")?;
    let output = match mode(inputs)? {
        Which::Oprf => secret::<S, Oprf>(inputs)?.evaluate(&input)?,
        Which::Voprf => secret::<S, Voprf>(inputs)?.evaluate(&input)?,
        Which::Poprf => secret::<S, Poprf>(inputs)?.evaluate(&input, &inputs.input.bytes("info")?)?,
    };
    Ok(fields([("output", hex::encode(output.as_bytes()))]))
}

fn verify<S: Suite>(inputs: &Inputs<'_>) -> Outcome {
    let (input, output) = (inputs.input.bytes("input")?, inputs.input.bytes("output")?);
    match mode(inputs)? {
        Which::Oprf => secret::<S, Oprf>(inputs)?.verify(&input, &output)?,
        Which::Voprf => secret::<S, Voprf>(inputs)?.verify(&input, &output)?,
        Which::Poprf => secret::<S, Poprf>(inputs)?.verify(&input, &inputs.input.bytes("info")?, &output)?,
    }
    Ok(Fields::new())
}

fn state<S: Suite>(inputs: &Inputs<'_>) -> Outcome {
    let bytes = inputs.input.bytes("bytes")?;
    let bytes = match mode(inputs)? {
        Which::Oprf => ClientState::<S, Oprf>::from_bytes(&bytes)?.into_bytes(),
        Which::Voprf => ClientState::<S, Voprf>::from_bytes(&bytes)?.into_bytes(),
        Which::Poprf => ClientState::<S, Poprf>::from_bytes(&bytes)?.into_bytes(),
    };
    Ok(fields([("bytes", hex::encode(&*bytes))]))
}
