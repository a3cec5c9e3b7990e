//! Spend, verification and refund.

use farebox_act::{CreditToken, Expected, Params, PreRefund, Refund, SecretKey, SpendCoins, SpendProof, VerifiedSpend};
use farebox_group::Ristretto255;
use farebox_sigma::Flavor;

use super::issuance::signature_coins;
use super::{context, credits, group_params, params_of, public_key, secret_key};
use crate::vectors::inputs::Inputs;
use crate::vectors::outcome::{Failure, Outcome, fields};
use crate::vectors::schema::Fields;

pub(super) fn spend(inputs: &Inputs<'_>) -> Outcome {
    prove(inputs, Flavor::Compact)
}

pub(super) fn spend_batchable(inputs: &Inputs<'_>) -> Outcome {
    prove(inputs, Flavor::Batchable)
}

/// Draws r1, r2, kstar, the L blindings and the proof's 3L + 7 nonces.
fn prove(inputs: &Inputs<'_>, flavor: Flavor) -> Outcome {
    let params = group_params(inputs)?;
    let token = CreditToken::from_bytes(&*params_of(inputs, "token")?, &inputs.input.bytes("token")?)?;
    let charge = credits(&params, inputs.input, "charge")?;
    let bits = params.bits().get();
    let mut coins = inputs.coins()?;
    let (r1, r2) = (coins.scalar::<Ristretto255>()?, coins.scalar::<Ristretto255>()?);
    let (kstar, sigma) = (coins.scalar::<Ristretto255>()?, coins.scalars::<Ristretto255>(bits)?);
    let coins = SpendCoins { r1, r2, kstar, sigma, proof: coins.nonces::<Ristretto255>(3 * bits + 7)? };
    let (spend, state) = token.spend_with_coins(&params, charge, flavor, coins)?;
    let spend = spend.to_bytes();
    decode(&params, &spend, flavor)?;
    Ok(fields([("spend", hex::encode(spend)), ("state", hex::encode(&*state.into_bytes()))]))
}

fn decode(params: &Params, bytes: &[u8], flavor: Flavor) -> Result<SpendProof, Failure> {
    Ok(match flavor {
        Flavor::Compact => SpendProof::from_bytes(params, bytes)?,
        Flavor::Batchable => SpendProof::from_bytes_batchable(params, bytes)?,
    })
}

pub(super) fn verify(inputs: &Inputs<'_>) -> Outcome {
    verified(inputs, Flavor::Compact).map(|verified| nullifier(&verified))
}

pub(super) fn verify_batchable(inputs: &Inputs<'_>) -> Outcome {
    verified(inputs, Flavor::Batchable).map(|verified| nullifier(&verified))
}

fn nullifier(verified: &VerifiedSpend) -> Fields {
    fields([("nullifier", hex::encode(verified.nullifier()))])
}

fn verified(inputs: &Inputs<'_>, flavor: Flavor) -> Result<VerifiedSpend, Failure> {
    let params = group_params(inputs)?;
    let key = secret_key(inputs, &*params_of(inputs, "key")?)?;
    let spend = decode(&params, &inputs.input.bytes("spend")?, flavor)?;
    let expected =
        Expected { charge: credits(&params, inputs.input, "charge")?, context: context(inputs.input, "ctx")? };
    let admit_zero = match inputs.input.optional_text("zero_spends") {
        None | Some("admitted") => true,
        Some("refused") => false,
        Some(other) => return Err(Failure::Case(format!("in.zero_spends: {other:?} is neither admitted nor refused"))),
    };
    Ok(key.verify(&params, spend, &expected, |_| admit_zero)?)
}

/// Members are numbered from 0. A refusal names the member.
pub(super) fn verify_batch(inputs: &Inputs<'_>) -> Outcome {
    let params = group_params(inputs)?;
    let key = secret_key(inputs, &params)?;
    let mut batch = Vec::new();
    while inputs.input.optional_text(&format!("spend_{}", batch.len())).is_some() {
        let name = |what: &str| format!("{what}_{}", batch.len());
        let charge = credits(&params, inputs.input, &name("charge"))?;
        let expected = Expected { charge, context: context(inputs.input, &name("ctx"))? };
        batch.push((decode(&params, &inputs.input.bytes(&name("spend"))?, Flavor::Batchable)?, expected));
    }
    match key.verify_batch(&params, &batch, |_| true) {
        Ok(verified) => {
            let named =
                |(i, spend): (usize, &VerifiedSpend)| (format!("nullifier_{i}"), hex::encode(spend.nullifier()));
            Ok(verified.iter().enumerate().map(named).collect())
        }
        Err((index, error)) => match error.into() {
            Failure::Refused(layer, reason, _) => {
                Err(Failure::Refused(layer, reason, fields([("index", index.to_string())])))
            }
            other => Err(other),
        },
    }
}

/// Verifies the spend, then signs the change.
pub(super) fn refund(inputs: &Inputs<'_>) -> Outcome {
    let params = group_params(inputs)?;
    let key = match inputs.input.optional("refund_sk")? {
        None => secret_key(inputs, &params)?,
        Some(sk) => SecretKey::from_scalar_bytes(&params, &sk)?,
    };
    let returned = credits(&params, inputs.input, "returned")?;
    let verified = verified(inputs, Flavor::Compact)?;
    let refund = verified.refund_with_coins(&params, &key, returned, signature_coins(inputs)?)?;
    let refund = refund.to_bytes();
    Refund::from_bytes(&params, &refund)?;
    Ok(fields([("refund", hex::encode(refund))]))
}

pub(super) fn finalize(inputs: &Inputs<'_>) -> Outcome {
    let params = group_params(inputs)?;
    let key = public_key(inputs)?;
    let state = PreRefund::from_bytes(&*params_of(inputs, "state")?, &inputs.input.bytes("state")?)?;
    let refund = Refund::from_bytes(&params, &inputs.input.bytes("refund")?)?;
    let token = state.finish(&params, &key, &refund)?;
    Ok(fields([("token", hex::encode(&*token.into_bytes()))]))
}
