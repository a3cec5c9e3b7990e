//! What both sides know before a message is sent: the two contexts and the limit.

use farebox_arc::{Arc01, PreIssuance, Presentation, PresentationContext, RequestCoins, RequestContext};
use farebox_group::{Group, Scalar};
use farebox_sigma::Coins;

use super::{Named, limit as limit_of};
use crate::vectors::inputs::Inputs;
use crate::vectors::outcome::{Failure, Outcome, fields};

/// m2, as the state of a request has it: `m1 | m2 | ..` behind three bytes.
pub(super) fn request<S: Named>(inputs: &Inputs<'_>) -> Outcome {
    let context = RequestContext::<S>::new(&inputs.input.bytes("context")?);
    let one = <S::Group as Group>::Scalar::ONE;
    let coins = RequestCoins { m1: one, r1: one, r2: one, proof: Coins::from_nonces(vec![one; 4]) };
    let state = PreIssuance::request_with_coins(context, coins)?.0.into_bytes();
    let m2 = state.get(35..67).ok_or_else(|| Failure::Case("the state is too short".into()))?;
    Ok(fields([("m2", hex::encode(m2))]))
}

pub(super) fn presentation<S: Named>(inputs: &Inputs<'_>) -> Outcome {
    let context = PresentationContext::<S>::new(&inputs.input.bytes("context")?)?;
    Ok(fields([("T", hex::encode(context.as_bytes()))]))
}

/// k, the bases and the length of a presentation.
pub(super) fn limit<S: Named + Arc01>(inputs: &Inputs<'_>) -> Outcome {
    let limit = limit_of(inputs.input, "limit")?;
    let length = Presentation::<S>::len(limit).to_string();
    let mut out = fields([("k", limit.bits().to_string()), ("length", length)]);
    let bases = limit.bases();
    out.extend(bases.iter().enumerate().map(|(i, base)| (format!("base_{i}"), base.to_string())));
    Ok(out)
}
