//! Issuance, in the three steps of the draft.

use farebox_act::{IssuanceRequest, IssuanceResponse, PreIssuance, RequestCoins, SecretKey, SignatureCoins};
use farebox_group::Ristretto255;

use super::{context, credits, group_params, params_of, public_key};
use crate::vectors::inputs::Inputs;
use crate::vectors::outcome::{Failure, Outcome, fields};

/// Draws k, r and the proof's two nonces.
pub(super) fn request(inputs: &Inputs<'_>) -> Outcome {
    let params = group_params(inputs)?;
    let mut coins = inputs.coins()?;
    let (k, r) = (coins.scalar::<Ristretto255>()?, coins.scalar::<Ristretto255>()?);
    let coins = RequestCoins { k, r, proof: coins.nonces::<Ristretto255>(2)? };
    let (state, request) = PreIssuance::request_with_coins(&params, coins)?;
    let request = request.to_bytes();
    IssuanceRequest::from_bytes(&request)?;
    Ok(fields([("request", hex::encode(request)), ("state", hex::encode(&*state.into_bytes()))]))
}

/// The coins of a signature: e and the proof's nonce.
pub(super) fn signature_coins(inputs: &Inputs<'_>) -> Result<SignatureCoins, Failure> {
    let mut coins = inputs.coins()?;
    Ok(SignatureCoins { e: coins.scalar::<Ristretto255>()?, proof: coins.nonces::<Ristretto255>(1)? })
}

pub(super) fn response(inputs: &Inputs<'_>) -> Outcome {
    let params = group_params(inputs)?;
    let key_params = params_of(inputs, "key")?;
    let key = SecretKey::from_scalar_bytes(&key_params, &inputs.keys.bytes("sk")?);
    let key = key.map_err(|error| Failure::Case(format!("keys.{error}")))?;
    let request = IssuanceRequest::from_bytes(&inputs.input.bytes("request")?)?;
    let (credits, context) = (credits(&params, inputs.input, "credits")?, context(inputs.input, "ctx")?);
    let response = key.issue_with_coins(&params, &request, credits, context, signature_coins(inputs)?)?;
    let response = response.to_bytes();
    IssuanceResponse::from_bytes(&params, &response)?;
    Ok(fields([("response", hex::encode(response))]))
}

pub(super) fn finalize(inputs: &Inputs<'_>) -> Outcome {
    let params = group_params(inputs)?;
    let key = public_key(inputs)?;
    let state = PreIssuance::from_bytes(&*params_of(inputs, "state")?, &inputs.input.bytes("state")?)?;
    let (credits, context) = (credits(&params, inputs.input, "credits")?, context(inputs.input, "ctx")?);
    let response = inputs.input.bytes("response")?;
    let response = match inputs.input.optional_text("form") {
        None => IssuanceResponse::from_bytes(&params, &response)?,
        Some("194") => IssuanceResponse::from_bytes_194(&params, context, &response)?,
        Some(other) => return Err(Failure::Case(format!("in.form: {other:?} is not 194"))),
    };
    let token = state.finish(&params, &key, context, credits, &response)?;
    Ok(fields([("token", hex::encode(&*token.into_bytes()))]))
}
