//! Parameters and keys.

use farebox_act::{BitLength, DomainSeparator, Misuse, Params, PublicKey, SecretKey};
use farebox_group::{Ristretto255, Scalar as _};

use super::group_params;
use crate::vectors::inputs::Inputs;
use crate::vectors::outcome::{Failure, Outcome, fields};
use crate::vectors::schema::Fields;

/// Generators from a domain separator. This operation alone has its parameters under `in`, because it checks them.
pub(super) fn params(inputs: &Inputs<'_>) -> Outcome {
    let separator = DomainSeparator::parse(inputs.input.text("domain_separator")?)?;
    let bits: u64 = inputs.input.number("L")?;
    let bits = u8::try_from(bits).map_err(|_| Misuse::BitLength)?;
    let params = Params::new(separator, BitLength::new(bits)?)?;
    let name = |(i, bytes)| (format!("H{}", i + 1), hex::encode::<[u8; 32]>(bytes));
    Ok(params.generators().enumerate().map(name).collect::<Fields>())
}

/// The first scalar of the stream that is not 0.
pub(super) fn generate(inputs: &Inputs<'_>) -> Outcome {
    let params = group_params(inputs)?;
    let mut coins = inputs.coins()?;
    let scalar = coins.scalar::<Ristretto255>()?;
    if scalar.is_zero().into() {
        return Err(Failure::misuse("the secret key is 0"));
    }
    let sk = scalar.to_bytes(farebox_group::ByteOrder::Little);
    let mut out = outputs(&SecretKey::from_scalar_bytes(&params, &sk)?);
    out.insert("sk".into(), hex::encode(sk));
    Ok(out)
}

pub(super) fn secret(inputs: &Inputs<'_>) -> Outcome {
    let params = group_params(inputs)?;
    Ok(outputs(&SecretKey::from_scalar_bytes(&params, &inputs.input.bytes("sk")?)?))
}

fn outputs(key: &SecretKey) -> Fields {
    fields([("pk", hex::encode(key.public_key().as_bytes())), ("saved", hex::encode(&*key.to_bytes()))])
}

pub(super) fn public(inputs: &Inputs<'_>) -> Outcome {
    let key = PublicKey::from_bytes(&inputs.input.bytes("pk")?)?;
    Ok(fields([("pk", hex::encode(key.as_bytes()))]))
}
