//! Vectors of `farebox-blind-rsa`.

mod cases;
mod faults;
mod keys;

use farebox_blind_rsa::{
    Backend, BlindCoins, Factor, PreSignature, PreparedMessage, PssDeterministic, PssRandomized, PssZeroDeterministic,
    PssZeroRandomized, PublicKey, SecretKey, Signer, Variant,
};

use super::inputs::{Inputs, Part};
use super::outcome::{Failure, Outcome, fields};
use super::runner::Operation;
use super::schema::Fields;

pub(crate) use cases::write;

pub(crate) const SPEC: &str = "rfc9474";
const SUITES: &[&str] =
    &[PssRandomized::NAME, PssZeroRandomized::NAME, PssDeterministic::NAME, PssZeroDeterministic::NAME];

type Run = fn(&Inputs<'_>) -> Outcome;

/// An operation's body for each of the four suites.
macro_rules! of_suite {
    ($body:ident) => {
        |inputs| {
            let body: Run = match inputs.suite {
                PssRandomized::NAME => $body::<PssRandomized>,
                PssZeroRandomized::NAME => $body::<PssZeroRandomized>,
                PssDeterministic::NAME => $body::<PssDeterministic>,
                _ => $body::<PssZeroDeterministic>,
            };
            body(inputs)
        }
    };
}

pub(crate) const OPERATIONS: &[Operation] = &[
    operation("public-key", &[], &[], &["spki"], &["spki", "id", "n", "e"], of_suite!(public_key)),
    operation("secret-key", &[], &[], &["pkcs8"], &["pkcs8", "spki"], of_suite!(secret_key)),
    operation("prepare", &[], &["prefix"], &["msg"], &["input_msg"], of_suite!(prepare)),
    operation("blind", &["spki"], &["salt", "r", "inv"], &["input_msg"], &["blinded_msg", "state"], of_suite!(blind)),
    operation("blind-sign", &["pkcs8"], &[], &["blinded_msg"], &["blind_sig"], of_suite!(blind_sign)),
    operation("finalize", &["spki"], &[], &["state", "blind_sig", "state_spki"], &["sig"], of_suite!(finalize)),
    operation("verify", &["spki"], &[], &["input_msg", "sig"], &[], of_suite!(verify)),
    operation("state", &["spki"], &[], &["bytes"], &["bytes"], of_suite!(state)),
];

const fn operation(
    name: &'static str,
    keys: &'static [&'static str],
    coins: &'static [&'static str],
    input: &'static [&'static str],
    output: &'static [&'static str],
    run: Run,
) -> Operation {
    Operation { spec: SPEC, suites: SUITES, name, params: &[], keys, coins, input, output, run }
}

/// A group's key is always well formed.
fn key<V: Variant>(part: Part<'_>) -> Result<PublicKey<V>, Failure> {
    PublicKey::from_spki(&part.bytes("spki")?).map_err(|error| Failure::Case(format!("keys.spki: {error}")))
}

fn public_key<V: Variant>(inputs: &Inputs<'_>) -> Outcome {
    let key = PublicKey::<V>::from_spki(&inputs.input.bytes("spki")?)?;
    Ok(fields([
        ("spki", hex::encode(key.as_spki())),
        ("id", hex::encode(key.id())),
        ("n", hex::encode(key.modulus())),
        ("e", key.exponent().to_string()),
    ]))
}

fn secret_key<V: Variant>(inputs: &Inputs<'_>) -> Outcome {
    let key = SecretKey::<V>::from_pkcs8(&inputs.input.bytes("pkcs8")?)?;
    let pkcs8 = hex::encode(&*key.to_pkcs8());
    Ok(fields([("pkcs8", pkcs8), ("spki", hex::encode(key.public_key().as_spki()))]))
}

fn prepare<V: Variant>(inputs: &Inputs<'_>) -> Outcome {
    let prefix = inputs.coin_bytes("prefix")?.unwrap_or_default();
    let message = PreparedMessage::<V>::prepare_with_prefix(&inputs.input.bytes("msg")?, &prefix)?;
    Ok(fields([("input_msg", hex::encode(message.as_bytes()))]))
}

fn blind<V: Variant>(inputs: &Inputs<'_>) -> Outcome {
    let key = key::<V>(inputs.keys)?;
    let message = PreparedMessage::from_bytes(&inputs.input.bytes("input_msg")?)?;
    let salt = inputs.coin_bytes("salt")?.unwrap_or_default();
    let factor = match (inputs.coin_bytes("r")?, inputs.coin_bytes("inv")?) {
        (Some(r), None) => Factor::R(r),
        (None, Some(inv)) => Factor::Inverse(inv),
        _ => return Err(Failure::Case("coins has neither or both of r and inv".into())),
    };
    let (state, blinded) = key.blind_with_coins(&message, BlindCoins { salt, factor })?;
    Ok(fields([("blinded_msg", hex::encode(blinded)), ("state", hex::encode(&*state.into_bytes()))]))
}

/// The result does not depend on the blinding of the private operation, so that its generator is a fixed one here.
fn blind_sign<V: Variant>(inputs: &Inputs<'_>) -> Outcome {
    let key = SecretKey::<V>::from_pkcs8(&inputs.keys.bytes("pkcs8")?);
    let key = key.map_err(|error| Failure::Case(format!("keys.pkcs8: {error}")))?;
    let mut signer = Signer::with_backend(key, Backend::PureRust);
    let blind_sig = signer.blind_sign(&inputs.input.bytes("blinded_msg")?, &mut Fixed(0))?;
    Ok(fields([("blind_sig", hex::encode(blind_sig))]))
}

fn finalize<V: Variant>(inputs: &Inputs<'_>) -> Outcome {
    let key = key::<V>(inputs.keys)?;
    let owner = match inputs.input.optional("state_spki")? {
        None => key.clone(),
        Some(spki) => PublicKey::from_spki(&spki).map_err(|e| Failure::Case(format!("in.state_spki: {e}")))?,
    };
    let state = PreSignature::from_bytes(&owner, &inputs.input.bytes("state")?)?;
    let sig = state.finalize(&key, &inputs.input.bytes("blind_sig")?).map_err(|refused| refused.error)?;
    Ok(fields([("sig", hex::encode(sig))]))
}

fn verify<V: Variant>(inputs: &Inputs<'_>) -> Outcome {
    let key = key::<V>(inputs.keys)?;
    let message = PreparedMessage::from_bytes(&inputs.input.bytes("input_msg")?)?;
    key.verify(&message, &inputs.input.bytes("sig")?)?;
    Ok(Fields::new())
}

fn state<V: Variant>(inputs: &Inputs<'_>) -> Outcome {
    let state = PreSignature::from_bytes(&key::<V>(inputs.keys)?, &inputs.input.bytes("bytes")?)?;
    Ok(fields([("bytes", hex::encode(&*state.into_bytes()))]))
}

/// A key of 2048 bits, for vectors of other layers.
pub(super) fn test_key<V: Variant>() -> Result<SecretKey<V>, String> {
    let bytes = |text: &str| hex::decode(text).map_err(|error| error.to_string());
    let key = SecretKey::from_primes(&bytes(keys::P_2048)?, &bytes(keys::Q_2048)?, &[1, 0, 1]);
    key.map_err(|error| error.to_string())
}

/// Not random. Only for what does not show in a result.
pub(super) struct Fixed(pub(super) u64);

impl rand_core::TryRng for Fixed {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.try_next_u64().map(|word| word as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Ok(self.0 ^ self.0 >> 29)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(self.try_next_u64()?.to_le_bytes().get(..chunk.len()).unwrap_or_default());
        }
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Fixed {}
