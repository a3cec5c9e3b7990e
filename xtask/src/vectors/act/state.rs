//! Saved keys and states: read, and written again.

use farebox_act::{CreditToken, PreIssuance, PreRefund, SecretKey};

use super::group_params;
use crate::vectors::inputs::Inputs;
use crate::vectors::outcome::{Failure, Outcome, fields};

pub(super) fn reread(inputs: &Inputs<'_>) -> Outcome {
    let params = group_params(inputs)?;
    let bytes = inputs.input.bytes("bytes")?;
    let again = match inputs.input.text("kind")? {
        "secret-key" => SecretKey::from_bytes(&params, &bytes)?.to_bytes(),
        "pre-issuance" => PreIssuance::from_bytes(&params, &bytes)?.into_bytes(),
        "credit-token" => CreditToken::from_bytes(&params, &bytes)?.into_bytes(),
        "pre-refund" => PreRefund::from_bytes(&params, &bytes)?.into_bytes(),
        other => return Err(Failure::Case(format!("in.kind: {other:?} is no kind of saved state"))),
    };
    Ok(fields([("bytes", hex::encode(&*again))]))
}
