//! Issuance, in the three steps of the drafts.

use farebox_arc::{CredentialRequest, CredentialResponse, PreIssuance, RequestCoins, RequestContext, ResponseCoins};

use super::Named;
use super::keys::{public_key, secret_key};
use crate::vectors::inputs::Inputs;
use crate::vectors::outcome::{Outcome, fields};

/// Draws m1, r1, r2 and the proof's four nonces.
pub(super) fn request<S: Named>(inputs: &Inputs<'_>) -> Outcome {
    let context = RequestContext::<S>::new(&inputs.input.bytes("request_context")?);
    let mut coins = inputs.coins()?;
    let (m1, r1) = (coins.scalar::<S::Group>()?, coins.scalar::<S::Group>()?);
    let r2 = coins.scalar::<S::Group>()?;
    let coins = RequestCoins { m1, r1, r2, proof: coins.nonces::<S::Group>(4)? };
    let (state, request) = PreIssuance::<S>::request_with_coins(context, coins)?;
    let request = request.to_bytes();
    CredentialRequest::<S>::from_bytes(&request)?;
    Ok(fields([("request", hex::encode(request)), ("state", hex::encode(&*state.into_bytes()))]))
}

/// Draws b and the proof's seven nonces.
pub(super) fn response<S: Named>(inputs: &Inputs<'_>) -> Outcome {
    let key = secret_key::<S>(inputs)?;
    let request = CredentialRequest::<S>::from_bytes(&inputs.input.bytes("request")?)?;
    let mut coins = inputs.coins()?;
    let coins = ResponseCoins { b: coins.scalar::<S::Group>()?, proof: coins.nonces::<S::Group>(7)? };
    let response = key.issue_with_coins(&request, coins)?.to_bytes();
    CredentialResponse::<S>::from_bytes(&response)?;
    Ok(fields([("response", hex::encode(response))]))
}

pub(super) fn finalize<S: Named>(inputs: &Inputs<'_>) -> Outcome {
    let key = public_key::<S>(inputs)?;
    let state = PreIssuance::<S>::from_bytes(&inputs.input.bytes("state")?)?;
    let response = CredentialResponse::from_bytes(&inputs.input.bytes("response")?)?;
    let credential = state.finish(&key, &response)?;
    Ok(fields([("credential", hex::encode(&*credential.into_bytes()))]))
}
