//! The duplex sponge, session identifiers and codecs of draft-irtf-cfrg-fiat-shamir, drafts -02 and -03.

use farebox_group::{ByteOrder, Group, P256, Scalar as _};
use farebox_sigma::{DuplexSponge, Shake128, TurboShake128, Xof, derive_session_id};
use serde_json::Value;
use sha3::digest::XofReader as _;

use super::Report;
use super::json::{at, bytes, integer, list, same, text};

type Scalar = <P256 as Group>::Scalar;

pub(super) fn shake128(file: &Value, report: &mut Report) -> Result<(), String> {
    draft_03::<Shake128>(file, report)
}

pub(super) fn turboshake128(file: &Value, report: &mut Report) -> Result<(), String> {
    draft_03::<TurboShake128>(file, report)
}

fn draft_03<X: Xof>(file: &Value, report: &mut Report) -> Result<(), String> {
    for record in list(file)? {
        let id = text(record, "Id")?;
        match run::<X>(record) {
            Ok(Some(result)) => report.record(id, result),
            Ok(None) => report.skipped.push(id.to_owned()),
            Err(reason) => report.record(id, Err(reason)),
        }
    }
    Ok(())
}

/// `None` for functions that are not implemented.
fn run<X: Xof>(record: &Value) -> Result<Option<Result<(), String>>, String> {
    let is_p256 = record.get("Group").and_then(Value::as_str) == Some("P-256");
    Ok(Some(match text(record, "Function")? {
        "DuplexSponge" => same("output", &operations::<X>(record)?, &bytes(record, "Output")?),
        "DeriveSessionID" => {
            same("identifier", &derive_session_id::<X>(&[&bytes(record, "Tag")?]), &bytes(record, "Output")?)
        }
        "DecodeUint" if is_p256 => {
            let wide = match record.get("Operations") {
                Some(_) => operations::<X>(record)?,
                None => bytes(record, "Input")?,
            };
            let challenge = Scalar::reduce(&wide, ByteOrder::Little).to_bytes(ByteOrder::Big);
            same("challenge", &challenge, &integer(record, "Challenge")?)
        }
        "SerializeField" if is_p256 => {
            let value = Scalar::reduce(&integer(record, "Value")?, ByteOrder::Big);
            same("field", &value.to_bytes(ByteOrder::Big), &bytes(record, "Output")?)
        }
        _ => return Ok(None),
    }))
}

fn operations<X: Xof>(record: &Value) -> Result<Vec<u8>, String> {
    let session: [u8; 32] = bytes(record, "SessionId")?.try_into().map_err(|_| "SessionId has not 32 bytes")?;
    let mut sponge = DuplexSponge::<X>::new(&session);
    let mut out = Vec::new();
    for operation in list(at(record, "Operations")?)? {
        match text(operation, "type")? {
            "absorb" => sponge.absorb(&bytes(operation, "data")?),
            "squeeze" => {
                let mut part = vec![0; length(operation)?];
                sponge.squeeze(&mut part);
                out.extend(part);
            }
            other => return Err(format!("operation {other}")),
        }
    }
    Ok(out)
}

fn length(operation: &Value) -> Result<usize, String> {
    let length = at(operation, "length")?.as_u64().and_then(|length| usize::try_from(length).ok());
    length.filter(|length| *length <= 1 << 20).ok_or_else(|| "length".to_owned())
}

/// Draft -02: the sponge starts from the padded identifier, and every squeeze from the start of the stream.
pub(super) fn draft_02(file: &Value, report: &mut Report) -> Result<(), String> {
    for (name, record) in file.as_object().ok_or("not a table")? {
        let mut xof = Shake128::domain(&bytes(record, "IV")?);
        let mut out = Vec::new();
        for operation in list(at(record, "Operations")?)? {
            match text(operation, "type")? {
                "absorb" => xof.absorb(&bytes(operation, "data")?),
                "squeeze" => {
                    out = vec![0; length(operation)?];
                    xof.reader().read(&mut out);
                }
                other => return Err(format!("{name}: operation {other}")),
            }
        }
        report.record(name, same("output", &out, &bytes(record, "Expected")?));
    }
    Ok(())
}
