//! The credential, the counter of a context, and saved states.

use farebox_arc::{
    Arc01, ClosedContext, ContextState, Credential, PreIssuance, PresentationContext, PresentationState, SecretKey,
};

use super::keys::public_key;
use super::{Named, limit};
use crate::vectors::inputs::Inputs;
use crate::vectors::outcome::{Failure, Outcome, fields};
use crate::vectors::schema::Fields;

/// `kind` and `state` of what comes next.
pub(super) fn next<S: Arc01>(state: ContextState<S>) -> Fields {
    let (kind, bytes) = match state {
        ContextState::Open(state) => ("presentation-state", state.into_bytes()),
        ContextState::Closed(closed) => ("closed-context", closed.into_bytes()),
    };
    fields([("kind", kind.to_owned()), ("state", hex::encode(&*bytes))])
}

pub(super) fn open<S: Named + Arc01>(inputs: &Inputs<'_>) -> Outcome {
    let key = public_key::<S>(inputs)?;
    let mut credential = Credential::<S>::from_bytes(&key, &inputs.input.bytes("credential")?)?;
    let context = PresentationContext::<S>::new(&inputs.input.bytes("presentation_context")?)?;
    let state = credential.open(context, limit(inputs.input, "limit")?)?;
    let mut out = next(ContextState::Open(state));
    out.insert("credential".to_owned(), hex::encode(&*credential.into_bytes()));
    Ok(out)
}

pub(super) fn with_limit<S: Named + Arc01>(inputs: &Inputs<'_>) -> Outcome {
    let key = public_key::<S>(inputs)?;
    let bytes = inputs.input.bytes("state")?;
    let limit = || limit(inputs.input, "limit");
    Ok(next(match inputs.input.text("kind")? {
        "presentation-state" => PresentationState::<S>::from_bytes(&key, &bytes)?.with_limit(limit()?),
        "closed-context" => ClosedContext::<S>::from_bytes(&key, &bytes)?.with_limit(limit()?),
        other => return Err(Failure::Case(format!("in.kind: {other:?} is no state of a context"))),
    }))
}

pub(super) fn skip<S: Named + Arc01>(inputs: &Inputs<'_>) -> Outcome {
    let key = public_key::<S>(inputs)?;
    let state = PresentationState::<S>::from_bytes(&key, &inputs.input.bytes("state")?)?;
    Ok(next(state.skip_to(inputs.input.number("next")?)?))
}

/// Reads a saved state and saves it again.
pub(super) fn reread<S: Named + Arc01>(inputs: &Inputs<'_>) -> Outcome {
    let key = public_key::<S>(inputs)?;
    let bytes = inputs.input.bytes("bytes")?;
    let bytes = match inputs.input.text("kind")? {
        "secret-key" => SecretKey::<S>::from_bytes(&bytes)?.to_bytes(),
        "pre-issuance" => PreIssuance::<S>::from_bytes(&bytes)?.into_bytes(),
        "credential" => Credential::<S>::from_bytes(&key, &bytes)?.into_bytes(),
        "presentation-state" => PresentationState::<S>::from_bytes(&key, &bytes)?.into_bytes(),
        "closed-context" => ClosedContext::<S>::from_bytes(&key, &bytes)?.into_bytes(),
        other => return Err(Failure::Case(format!("in.kind: {other:?} is no kind of state"))),
    };
    Ok(fields([("bytes", hex::encode(&*bytes))]))
}
