//! Presentation and verification in the older draft, where the nonce is public.

use farebox_arc::v1::{Presentation, PresentationCoins, PresentationState, V1};
use farebox_arc::{Credential, PresentationContext, RequestContext};

use super::keys::{public_key, secret_key};
use super::{Named, limit};
use crate::vectors::inputs::Inputs;
use crate::vectors::outcome::{Outcome, fields};

/// Draws a, r, z and the proof's four nonces. The state has no saved form, so it is opened here.
pub(super) fn present<S: Named + V1>(inputs: &Inputs<'_>) -> Outcome {
    let key = public_key::<S>(inputs)?;
    let mut credential = Credential::<S>::from_bytes(&key, &inputs.input.bytes("credential")?)?;
    let context = PresentationContext::<S>::new(&inputs.input.bytes("presentation_context")?)?;
    let state = PresentationState::open(&mut credential, context, limit(inputs.input, "limit")?)?;
    let nonce = inputs.input.number("nonce")?;
    let mut coins = inputs.coins()?;
    let (a, r) = (coins.scalar::<S::Group>()?, coins.scalar::<S::Group>()?);
    let z = coins.scalar::<S::Group>()?;
    let coins = PresentationCoins { nonce, a, r, z, proof: coins.nonces::<S::Group>(4)? };
    let (presentation, _) = state.present_with_coins(coins)?;
    let bytes = presentation.to_bytes();
    let tag = Presentation::<S>::from_bytes(nonce, &bytes)?.tag();
    Ok(fields([("presentation", hex::encode(bytes)), ("tag", hex::encode(tag.as_bytes()))]))
}

pub(super) fn verify<S: Named + V1>(inputs: &Inputs<'_>) -> Outcome {
    let key = secret_key::<S>(inputs)?;
    let request = RequestContext::<S>::new(&inputs.input.bytes("request_context")?);
    let context = PresentationContext::<S>::new(&inputs.input.bytes("presentation_context")?)?;
    let limit = limit(inputs.input, "limit")?;
    let presentation = inputs.input.bytes("presentation")?;
    let presentation = Presentation::<S>::from_bytes(inputs.input.number("nonce")?, &presentation)?;
    let verified = presentation.verify(&key, &request, &context, limit)?;
    Ok(fields([("tag", hex::encode(verified.tag().as_bytes()))]))
}
