//! The published ARC files. Every value of a file is either read as input or compared; one that is neither is a failure.

mod current;
mod drng;
mod leaves;
mod older;

use std::fmt::Display;

use farebox_arc::{P256, P256Draft01, Ristretto255, Suite, v1};
use farebox_group::{ByteOrder, Group, Scalar as _};
use farebox_sigma::Profile;
use serde_json::Value;

use super::Report;
use drng::Draw;
use leaves::Leaves;

type Scalar<S> = <<S as Suite>::Group as Group>::Scalar;

/// arc-crypto-01 as the draft published it, all of it from the seed.
pub(super) fn draft(file: &Value, report: &mut Report) -> Result<(), String> {
    let mut leaves = Leaves::new(file);
    current::from_seed::<P256Draft01>(&mut leaves.within("ARCV1-P256"), Draw::LessOne)?;
    leaves.finish(report);
    Ok(())
}

/// arc-crypto-01 as it is deployed, all of it from the seed.
pub(super) fn deployed(file: &Value, report: &mut Report) -> Result<(), String> {
    let mut leaves = Leaves::new(file);
    current::from_seed::<P256>(&mut leaves.within("ARCV1-P256"), Draw::Order)?;
    leaves.finish(report);
    Ok(())
}

/// Limits 2 and 3 on both suites, from the same seed.
pub(super) fn derived(file: &Value, report: &mut Report) -> Result<(), String> {
    let mut leaves = Leaves::new(file);
    for i in 0..super::json::list(file)?.len() {
        let mut run = leaves.within(&i.to_string());
        match run.text("suite")? {
            "ARCV1-P256" => current::messages::<P256>(&mut run)?,
            "ARCV1-Ristretto255" => current::messages::<Ristretto255>(&mut run)?,
            other => return Err(format!("suite {other}")),
        }
    }
    leaves.finish(report);
    Ok(())
}

/// The older draft on P-256.
pub(super) fn older(file: &Value, report: &mut Report) -> Result<(), String> {
    let mut leaves = Leaves::new(file);
    if file.get("suite").is_some() {
        leaves.within("").text("suite")?;
        older::fields(&mut leaves.within(""))?;
    } else {
        older::fields(&mut leaves.within("ARCV1-P256"))?;
    }
    leaves.finish(report);
    Ok(())
}

/// Runs of the older draft with another implementation's randomness, on both suites.
pub(super) fn older_derived(file: &Value, report: &mut Report) -> Result<(), String> {
    let mut leaves = Leaves::new(file);
    older::messages::<v1::P256>(&mut leaves.within("ARCV1-P256"))?;
    older::messages::<v1::Ristretto255>(&mut leaves.within("ARCV1-Ristretto255"))?;
    leaves.finish(report);
    Ok(())
}

fn order<S: Suite>() -> ByteOrder {
    <S::Profile as Profile<S::Group>>::SCALAR_ORDER
}

fn scalar<S: Suite>(bytes: &[u8]) -> Result<Scalar<S>, String> {
    Scalar::<S>::from_bytes(bytes, order::<S>()).map_err(text)
}

fn to_bytes<S: Suite>(scalar: &Scalar<S>) -> Vec<u8> {
    scalar.to_bytes(order::<S>()).as_ref().to_vec()
}

fn text(error: impl Display) -> String {
    error.to_string()
}

/// A part of a saved state.
fn part(bytes: &[u8], at: usize, len: usize) -> &[u8] {
    bytes.get(at..at + len).unwrap_or_default()
}

const KEY: [&str; 4] = ["x0", "x1", "x2", "xb"];
const PUBLIC: [&str; 3] = ["X0", "X1", "X2"];
const REQUEST: [&str; 2] = ["m1_enc", "m2_enc"];
const RESPONSE: [&str; 6] = ["U", "enc_U_prime", "X0_aux", "X1_aux", "X2_aux", "H_aux"];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::tests::folder;
    use super::*;

    type Run = fn(&Value, &mut Report) -> Result<(), String>;

    fn change(value: &mut Value, nth: &mut usize) {
        match value {
            Value::Object(members) => members.values_mut().for_each(|value| change(value, nth)),
            Value::Array(list) => list.iter_mut().for_each(|value| change(value, nth)),
            leaf if *nth == 0 => {
                *leaf = match leaf.as_str() {
                    Some(text) if text.ends_with('0') => Value::from(text[..text.len() - 1].to_owned() + "1"),
                    Some(text) => Value::from(text[..text.len() - 1].to_owned() + "0"),
                    None => Value::from(2),
                };
                *nth = usize::MAX;
            }
            _ => *nth -= 1,
        }
    }

    /// Every value of every file matters: with its last digit changed, the file is not what its status says.
    #[test]
    fn an_edited_value_fails() {
        let Some(folder) = folder() else { return };
        let files: [(&str, Run, usize); 5] = [
            ("crypto-01-draft/allVectors.json", draft, 53),
            ("crypto-01-cloudflare/arc_v01.json", deployed, 53),
            ("circl/draft_v01.json", older, 66),
            ("yun-cfrg-arc-01/allVectors.json", older, 47),
            ("derived/arc-v1_P256_and_Ristretto255.json", older_derived, 38),
        ];
        for (file, run, count) in files {
            let text = std::fs::read_to_string(folder.join("arc").join(file)).unwrap();
            let honest: Value = serde_json::from_str(&text).unwrap();
            for i in 0..count {
                let mut edited = honest.clone();
                change(&mut edited, &mut i.clone());
                assert_ne!(edited, honest);
                let mut report = Report::default();
                let result = run(&edited, &mut report);
                assert!(result.is_err() || !report.failed.is_empty(), "{file}: value {i}");
            }
            assert_eq!(honest, {
                let mut same = honest.clone();
                change(&mut same, &mut count.clone());
                same
            });
        }
    }
}
