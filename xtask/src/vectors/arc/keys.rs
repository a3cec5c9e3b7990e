//! Keys.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use farebox_arc::{PublicKey, SecretKey};
use farebox_group::Scalar as _;

use super::Named;
use crate::vectors::inputs::Inputs;
use crate::vectors::outcome::{Failure, Outcome, fields};
use crate::vectors::schema::Fields;

/// Draws x0, x1, x2 and xb.
pub(super) fn generate<S: Named>(inputs: &Inputs<'_>) -> Outcome {
    let scalars = inputs.coins()?.scalars::<S::Group>(4)?;
    if scalars.iter().any(|scalar| scalar.is_zero().into()) {
        return Err(Failure::misuse("a scalar of the secret key is 0"));
    }
    let sk: Vec<u8> = scalars.iter().flat_map(|scalar| scalar.to_bytes(S::ORDER).as_ref().to_vec()).collect();
    let mut out = outputs(&*secret_of::<S>(&sk)?);
    out.insert("sk".into(), hex::encode(sk));
    Ok(out)
}

pub(super) fn secret<S: Named>(inputs: &Inputs<'_>) -> Outcome {
    Ok(outputs(&*secret_of::<S>(&inputs.input.bytes("sk")?)?))
}

fn outputs<S: Named>(key: &SecretKey<S>) -> Fields {
    fields([("pk", hex::encode(key.public_key().to_bytes())), ("saved", hex::encode(&*key.to_bytes()))])
}

pub(super) fn public<S: Named>(inputs: &Inputs<'_>) -> Outcome {
    let key = public_of::<S>(&inputs.input.bytes("pk")?)?;
    Ok(fields([("pk", hex::encode(key.to_bytes()))]))
}

/// The group's secret key, which is always well formed.
pub(super) fn secret_key<S: Named>(inputs: &Inputs<'_>) -> Result<Arc<SecretKey<S>>, Failure> {
    secret_of(&inputs.keys.bytes("sk")?).map_err(|error| Failure::Case(format!("keys.sk: {error}")))
}

/// The group's public key, which is always well formed.
pub(super) fn public_key<S: Named>(inputs: &Inputs<'_>) -> Result<Arc<PublicKey<S>>, Failure> {
    public_of(&inputs.keys.bytes("pk")?).map_err(|error| Failure::Case(format!("keys.pk: {error}")))
}

fn secret_of<S: Named>(bytes: &[u8]) -> Result<Arc<SecretKey<S>>, farebox_arc::Malformed> {
    kept(bytes, SecretKey::from_scalar_bytes)
}

fn public_of<S: Named>(bytes: &[u8]) -> Result<Arc<PublicKey<S>>, farebox_arc::Malformed> {
    kept(bytes, PublicKey::from_bytes)
}

type Kept = HashMap<(TypeId, Vec<u8>), Arc<dyn Any + Send + Sync>>;

/// A key builds tables, so the last ones are kept.
fn kept<T: Any + Send + Sync, E>(bytes: &[u8], make: impl Fn(&[u8]) -> Result<T, E>) -> Result<Arc<T>, E> {
    static KEPT: Mutex<Option<Kept>> = Mutex::new(None);
    let at = (TypeId::of::<T>(), bytes.to_vec());
    let known = KEPT.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().get(&at).cloned();
    if let Some(key) = known.and_then(|key| key.downcast::<T>().ok()) {
        return Ok(key);
    }
    let key = Arc::new(make(bytes)?);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = kept.get_or_insert_default();
    if kept.len() >= 64 {
        kept.clear();
    }
    kept.insert(at, key.clone());
    Ok(key)
}
