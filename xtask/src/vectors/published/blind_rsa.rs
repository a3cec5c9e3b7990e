//! RFC 9474's vectors: made again byte for byte.

use farebox_blind_rsa::{
    Backend, BlindCoins, Factor, PreparedMessage, PssDeterministic, PssRandomized, PssZeroDeterministic,
    PssZeroRandomized, SecretKey, Signer, Variant,
};
use serde_json::Value;

use super::Report;
use super::json::{list, same, text};
use crate::vectors::blind_rsa::Fixed;

/// Hex with or without `0x`; a name that is missing is empty.
fn bytes(case: &Value, name: &str) -> Result<Vec<u8>, String> {
    let Some(_) = case.get(name) else { return Ok(Vec::new()) };
    hex::decode(text(case, name)?.trim_start_matches("0x")).map_err(|error| format!("{name}: {error}"))
}

fn said(error: impl ToString) -> String {
    error.to_string()
}

/// The four variants, by their names.
pub(super) fn rfc_9474(file: &Value, report: &mut Report) -> Result<(), String> {
    for case in list(file)? {
        let name = text(case, "name")?;
        let result = match name {
            PssRandomized::NAME => run::<PssRandomized>(case),
            PssZeroRandomized::NAME => run::<PssZeroRandomized>(case),
            PssDeterministic::NAME => run::<PssDeterministic>(case),
            PssZeroDeterministic::NAME => run::<PssZeroDeterministic>(case),
            other => Err(format!("no variant {other}")),
        };
        report.record(name, result);
    }
    Ok(())
}

/// The older vectors, without names and prefixes.
pub(super) fn unnamed(file: &Value, report: &mut Report) -> Result<(), String> {
    for case in list(file)? {
        let salted = !text(case, "salt")?.is_empty();
        let result = if salted { run::<PssDeterministic>(case) } else { run::<PssZeroDeterministic>(case) };
        report.record(if salted { "with salt" } else { "without salt" }, result);
    }
    Ok(())
}

fn run<V: Variant>(case: &Value) -> Result<(), String> {
    let [p, q, e] = [bytes(case, "p")?, bytes(case, "q")?, bytes(case, "e")?];
    let secret = SecretKey::<V>::from_primes(&p, &q, &e).map_err(said)?;
    let public = secret.public_key().clone();
    same("n", public.modulus(), &bytes(case, "n")?)?;
    let message = PreparedMessage::prepare_with_prefix(&bytes(case, "msg")?, &bytes(case, "msg_prefix")?);
    let message = message.map_err(said)?;
    for name in ["prepared_msg", "input_msg"].into_iter().filter(|name| case.get(name).is_some()) {
        same(name, message.as_bytes(), &bytes(case, name)?)?;
    }
    let coins = BlindCoins { salt: bytes(case, "salt")?, factor: Factor::Inverse(bytes(case, "inv")?) };
    let (state, blinded) = public.blind_with_coins(&message, coins).map_err(said)?;
    same("blinded_msg", &blinded, &bytes(case, "blinded_msg")?)?;
    let mut signer = Signer::with_backend(secret, Backend::PureRust);
    let answer = signer.blind_sign(&blinded, &mut Fixed(0)).map_err(said)?;
    same("blind_sig", &answer, &bytes(case, "blind_sig")?)?;
    same("sig", &state.finalize(&public, &answer).map_err(said)?, &bytes(case, "sig")?)
}

/// The body of a PEM file.
pub(super) fn pem(text: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let body = text.split(|byte| *byte == b'\n').filter(|line| !line.starts_with(b"-----")).flatten();
    let (mut out, mut buffer, mut bits) = (Vec::new(), 0u32, 0);
    for value in body.filter_map(|digit| ALPHABET.iter().position(|known| known == digit)) {
        (buffer, bits) = (buffer << 6 | value as u32, bits + 6);
        if bits >= 8 {
            bits -= 8;
            out.push((buffer >> bits) as u8);
        }
    }
    out
}
