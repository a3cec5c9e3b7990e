//! From an argument to bytes, and from bytes to what they may be an encoding of.

use std::fs::File;
use std::io::{self, Read as _};

use privacypass_wire::http::Param;

/// No message is longer: bodies end at 256 KiB, and hex doubles them.
pub(crate) const LONGEST: u64 = 1 << 20;

/// One way to read the input.
#[derive(Debug)]
pub(crate) enum Form {
    Text(String),
    Bytes { bytes: Vec<u8>, encoding: &'static str },
}

impl Form {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Bytes { encoding, .. } => encoding,
        }
    }
}

/// The input that an argument names: standard input for `-`, a file of that name, or the argument itself.
///
/// # Errors
/// Where a file does not read, or has more than [`LONGEST`] bytes.
pub(crate) fn read(argument: &str) -> io::Result<Vec<u8>> {
    if argument == "-" {
        return limited(io::stdin().lock());
    }
    match File::open(argument) {
        // A folder opens as well.
        Ok(file) if file.metadata()?.is_file() => limited(file),
        Ok(_) => Err(io::Error::new(io::ErrorKind::InvalidInput, "not a plain file")),
        Err(error) if is_name(argument) => Err(error),
        Err(_) => Ok(argument.as_bytes().to_vec()),
    }
}

/// Whether it can only be the name of a file.
fn is_name(argument: &str) -> bool {
    let is_path = argument.starts_with(['/', '.', '~']) || argument.ends_with(".bin");
    is_path && !argument.contains(' ')
}

fn limited(from: impl io::Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("more than {LONGEST} bytes")));
    }
    Ok(bytes)
}

/// What the input may be, the likeliest first. Hex is also base64url by its letters, and is tried first.
pub(crate) fn forms(input: &[u8]) -> Vec<Form> {
    let Some(text) = std::str::from_utf8(input).ok().map(str::trim).filter(|text| !text.is_empty()) else {
        return vec![Form::Bytes { bytes: input.to_vec(), encoding: "bytes" }];
    };
    let mut forms = Vec::new();
    let compact: String = text.split_ascii_whitespace().collect();
    let digits = compact.strip_prefix("0x").unwrap_or(&compact);
    if let Ok(bytes) = hex::decode(digits) {
        forms.push(Form::Bytes { bytes, encoding: "hex" });
    }
    let quoted = compact.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let base64 = Param { name: String::new(), value: quoted.unwrap_or(&compact).as_bytes().to_vec() };
    if let Ok(bytes) = base64.bytes() {
        forms.push(Form::Bytes { bytes, encoding: "base64url" });
    }
    forms.push(Form::Text(text.to_owned()));
    // A short raw message can happen to be text.
    forms.push(Form::Bytes { bytes: input.to_vec(), encoding: "bytes" });
    forms
}
