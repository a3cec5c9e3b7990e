//! Issuer keys in vector files, named by their types.

use std::sync::Arc;

use farebox_act::{BitLength, DomainSeparator, Params};
use farebox_blind_rsa::SharedSigner;
use farebox_tokens::{ActIssuer, IssuerKey};
use privacypass_wire::TokenType;

use super::case;
use crate::vectors::inputs::Inputs;
use crate::vectors::outcome::Failure;

/// The names under `keys`, in the order of the types.
pub(super) const NAMES: &[&str] = &["voprf_p384", "blind_rsa", "voprf_ristretto255", "arc", "act"];

/// The name of a type's key.
pub(super) fn name(token_type: TokenType) -> Result<&'static str, Failure> {
    let mut named = TokenType::KNOWN.iter().zip(NAMES);
    let found = named.find_map(|(known, name)| (*known == token_type).then_some(*name));
    found.ok_or_else(|| case(format!("no key of type {token_type}")))
}

/// Four hex digits.
pub(super) fn token_type(text: &str) -> Result<TokenType, Failure> {
    u16::from_str_radix(text, 16).map(TokenType::new).map_err(case)
}

pub(super) fn needed(inputs: &Inputs<'_>, token_type: TokenType) -> Result<IssuerKey, Failure> {
    key(inputs, token_type)?.ok_or_else(|| case(format!("no key of type {token_type}")))
}

/// The group's key of a type.
pub(super) fn key(inputs: &Inputs<'_>, token_type: TokenType) -> Result<Option<IssuerKey>, Failure> {
    let Some(bytes) = inputs.keys.optional(name(token_type)?)? else { return Ok(None) };
    Ok(Some(match token_type {
        TokenType::VOPRF_P384 => IssuerKey::VoprfP384(farebox_voprf::SecretKey::from_bytes(&bytes).map_err(case)?),
        TokenType::VOPRF_RISTRETTO255 => {
            IssuerKey::VoprfRistretto255(farebox_voprf::SecretKey::from_bytes(&bytes).map_err(case)?)
        }
        TokenType::BLIND_RSA => {
            let secret = farebox_blind_rsa::SecretKey::from_pkcs8(&bytes).map_err(case)?;
            IssuerKey::BlindRsa(SharedSigner::new(secret))
        }
        TokenType::ARC => IssuerKey::Arc(Box::new(farebox_arc::SecretKey::from_scalar_bytes(&bytes).map_err(case)?)),
        _ => {
            let params = params(inputs)?;
            let key = farebox_act::SecretKey::from_scalar_bytes(&params, &bytes).map_err(case)?;
            let initial = params.credits(inputs.params.number("credits")?).map_err(case)?;
            IssuerKey::Act(Box::new(ActIssuer { params: Arc::new(params), key, initial }))
        }
    }))
}

fn params(inputs: &Inputs<'_>) -> Result<Params, Failure> {
    let separator = DomainSeparator::parse(inputs.params.text("domain_separator")?).map_err(case)?;
    let bits = BitLength::new(inputs.params.number("L")?).map_err(case)?;
    Params::new(separator, bits).map_err(case)
}
