//! Vectors of `farebox-act`.

mod cases;
mod draft;
mod forge;
mod issuance;
mod keys;
mod layout;
mod redemption;
mod state;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use farebox_act::{BitLength, Context, Credits, DomainSeparator, Params, PublicKey, SecretKey};

use super::inputs::{Inputs, Part};
use super::outcome::{Failure, Outcome};
use super::runner::Operation;

pub(crate) use cases::write;

pub(crate) const SPEC: &str = "draft-schlesinger-cfrg-act-02";
pub(crate) const SUITE: &str = "ACT-ristretto255-SHAKE128";

const PARAMS: &[&str] = &["domain_separator", "L"];
const COINS: &[&str] = &["seed", "scalars"];
const SPEND: &[&str] = &["spend", "charge", "ctx", "zero_spends"];

pub(crate) const OPERATIONS: &[Operation] = &[
    operation("params", &[], &[], &[], &["domain_separator", "L"], &["H1", "H2", "H3", "H4"], keys::params),
    operation("keygen", PARAMS, &[], COINS, &[], &["sk", "pk", "saved"], keys::generate),
    operation("secret-key", PARAMS, &[], &[], &["sk"], &["pk", "saved"], keys::secret),
    operation("public-key", &[], &[], &[], &["pk"], &["pk"], keys::public),
    operation("issue-request", PARAMS, &[], COINS, &[], &["request", "state"], issuance::request),
    operation(
        "issue-response",
        PARAMS,
        &["sk"],
        COINS,
        &["request", "credits", "ctx", "key_domain_separator", "key_L"],
        &["response"],
        issuance::response,
    ),
    operation(
        "finalize-issuance",
        PARAMS,
        &["pk"],
        &[],
        &["state", "response", "credits", "ctx", "form", "state_domain_separator", "state_L"],
        &["token"],
        issuance::finalize,
    ),
    operation("spend", PARAMS, &[], COINS, TOKEN, &["spend", "state"], redemption::spend),
    operation("spend-batchable", PARAMS, &[], COINS, TOKEN, &["spend", "state"], redemption::spend_batchable),
    operation("verify-spend", PARAMS, &["sk"], &[], SPEND_AND_KEY, &["nullifier"], redemption::verify),
    operation("verify-spend-batchable", PARAMS, &["sk"], &[], SPEND, &["nullifier"], redemption::verify_batchable),
    operation("verify-batch", PARAMS, &["sk"], &[], BATCH, &["index", "nullifier_N"], redemption::verify_batch),
    operation("refund", PARAMS, &["sk"], COINS, REFUND, &["refund"], redemption::refund),
    operation("finalize-refund", PARAMS, &["pk"], &[], FINALIZE, &["token"], redemption::finalize),
    operation("state", PARAMS, &[], &[], &["kind", "bytes"], &["bytes"], state::reread),
];

const TOKEN: &[&str] = &["token", "charge", "token_domain_separator", "token_L"];
const SPEND_AND_KEY: &[&str] = &["spend", "charge", "ctx", "zero_spends", "key_domain_separator", "key_L"];
const BATCH: &[&str] = &["spend_N", "charge_N", "ctx_N"];
const REFUND: &[&str] = &["spend", "charge", "ctx", "returned", "refund_sk"];
const FINALIZE: &[&str] = &["state", "refund", "state_domain_separator", "state_L"];

const fn operation(
    name: &'static str,
    params: &'static [&'static str],
    keys: &'static [&'static str],
    coins: &'static [&'static str],
    input: &'static [&'static str],
    output: &'static [&'static str],
    run: fn(&Inputs<'_>) -> Outcome,
) -> Operation {
    Operation { spec: SPEC, suites: &[SUITE], name, params, keys, coins, input, output, run }
}

/// A group's parameters are always well formed.
fn group_params(inputs: &Inputs<'_>) -> Result<Arc<Params>, Failure> {
    shared_params(inputs.params.text("domain_separator")?, inputs.params.number("L")?)
        .map_err(|error| Failure::Case(format!("params: {error}")))
}

/// The parameters that a key or state was made under: those of the group, unless the case names others.
fn params_of(inputs: &Inputs<'_>, what: &str) -> Result<Arc<Params>, Failure> {
    let (separator, bits) = (format!("{what}_domain_separator"), format!("{what}_L"));
    let separator =
        inputs.input.optional_text(&separator).map_or_else(|| inputs.params.text("domain_separator"), Ok)?;
    let bits = match inputs.input.optional_text(&bits) {
        Some(_) => inputs.input.number(&bits)?,
        None => inputs.params.number("L")?,
    };
    shared_params(separator, bits).map_err(|error| Failure::Case(format!("{what}: {error}")))
}

/// Parameters by domain separator and L.
type Kept = HashMap<(String, u8), Arc<Params>>;

/// Parameters are costly, so the last ones are kept.
fn shared_params(separator: &str, bits: u8) -> Result<Arc<Params>, farebox_act::Misuse> {
    static KEPT: Mutex<Option<Kept>> = Mutex::new(None);
    let mut kept = KEPT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let kept = kept.get_or_insert_default();
    let key = (separator.to_owned(), bits);
    if let Some(params) = kept.get(&key) {
        return Ok(params.clone());
    }
    let params = Arc::new(Params::new(DomainSeparator::parse(separator)?, BitLength::new(bits)?)?);
    if kept.len() >= 16 {
        kept.clear();
    }
    kept.insert(key, params.clone());
    Ok(params)
}

fn secret_key(inputs: &Inputs<'_>, params: &Params) -> Result<SecretKey, Failure> {
    SecretKey::from_scalar_bytes(params, &inputs.keys.bytes("sk")?).map_err(|e| Failure::Case(format!("keys.{e}")))
}

fn public_key(inputs: &Inputs<'_>) -> Result<PublicKey, Failure> {
    PublicKey::from_bytes(&inputs.keys.bytes("pk")?).map_err(|error| Failure::Case(format!("keys.pk: {error}")))
}

fn credits(params: &Params, part: Part<'_>, name: &str) -> Result<Credits, Failure> {
    Ok(params.credits(part.number(name)?)?)
}

/// The caller's own context.
fn context(part: Part<'_>, name: &str) -> Result<Context, Failure> {
    Ok(Context::from_bytes(&part.bytes(name)?)?)
}
