//! Presentation and verification.

use farebox_arc::{Arc01, Presentation, PresentationCoins, PresentationContext, PresentationState, RequestContext};

use super::keys::{public_key, secret_key};
use super::state::next;
use super::{Named, limit};
use crate::vectors::inputs::Inputs;
use crate::vectors::outcome::{Outcome, fields};

/// Draws a, r, z, nonceBlinding, s_0 .. s_(k-2) and the proof's 5 + 3k nonces.
pub(super) fn present<S: Named + Arc01>(inputs: &Inputs<'_>) -> Outcome {
    let key = public_key::<S>(inputs)?;
    let state = PresentationState::<S>::from_bytes(&key, &inputs.input.bytes("state")?)?;
    let limit = state.limit();
    let mut coins = inputs.coins()?;
    let (a, r) = (coins.scalar::<S::Group>()?, coins.scalar::<S::Group>()?);
    let (z, nonce_blinding) = (coins.scalar::<S::Group>()?, coins.scalar::<S::Group>()?);
    let s = coins.scalars::<S::Group>(limit.bits() - 1)?;
    let proof = coins.nonces::<S::Group>(5 + 3 * limit.bits())?;
    let coins = PresentationCoins { a, r, z, nonce_blinding, s, proof };
    let (presentation, state) = state.present_with_coins(coins)?.into_parts();
    let bytes = presentation.to_bytes();
    let tag = Presentation::<S>::from_bytes(limit, &bytes)?.tag();
    let mut out = next(state);
    out.extend(fields([("presentation", hex::encode(bytes)), ("tag", hex::encode(tag.as_bytes()))]));
    Ok(out)
}

/// `decoded_limit` is for a caller that decodes a presentation for one limit and verifies it for another.
pub(super) fn verify<S: Named + Arc01>(inputs: &Inputs<'_>) -> Outcome {
    let key = secret_key::<S>(inputs)?;
    let request = RequestContext::<S>::new(&inputs.input.bytes("request_context")?);
    let context = PresentationContext::<S>::new(&inputs.input.bytes("presentation_context")?)?;
    let limits = limit(inputs.input, "limit")?;
    let decoded = match inputs.input.optional_text("decoded_limit") {
        Some(_) => limit(inputs.input, "decoded_limit")?,
        None => limits,
    };
    let presentation = Presentation::<S>::from_bytes(decoded, &inputs.input.bytes("presentation")?)?;
    let verified = key.verify(&request, &context, limits, presentation)?;
    Ok(fields([("tag", hex::encode(verified.tag().as_bytes()))]))
}
