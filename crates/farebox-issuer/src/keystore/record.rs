//! A key as a file: JSON, with the secret in hex.

use std::fmt::Write as _;
use std::path::Path;

use farebox_ledger::Epoch;
use farebox_tokens::{IssuerKey, Validity};
use privacypass_wire::KeyId;
use privacypass_wire::directory::ActParameters;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::spec::Forge;
use super::{KeySpec, KeyStoreError, schedule};

const VERSION: u32 = 1;
/// More than the longest record, so that writing one never grows the buffer and leaves a copy.
const ROOM: usize = 16 << 10;

/// A key with all that is kept of it.
pub(super) struct Record {
    pub(super) spec: KeySpec,
    pub(super) id: KeyId,
    pub(super) validity: Validity,
    secret: Zeroizing<Vec<u8>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Json<'a> {
    version: u32,
    #[serde(rename = "type", borrow)]
    name: &'a str,
    #[serde(borrow)]
    id: &'a str,
    not_before: u64,
    issue_until: u64,
    accept_until: u64,
    epoch: u64,
    act: Option<Act>,
    /// Borrowed from the file's bytes, which are erased.
    #[serde(borrow)]
    secret: &'a str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    domain_separator: String,
    bit_length: u8,
    initial_credits: u64,
}

impl Record {
    /// The record of a new key, and the key.
    pub(super) fn new(
        spec: &KeySpec,
        validity: Validity,
        secret: Zeroizing<Vec<u8>>,
        forge: &mut Forge,
    ) -> Result<Self, KeyStoreError> {
        schedule::check(&validity)?;
        let id = KeyId::of_public_key(&forge.key(spec, &secret)?.public_key());
        Ok(Self { spec: spec.clone(), id, validity, secret })
    }

    /// The name of its file: the type and 16 digits of the id.
    pub(super) fn file_name(&self) -> String {
        let id = self.id.to_string();
        format!("{}-{}.json", self.spec.name(), id.get(..16).unwrap_or(&id))
    }

    pub(super) fn from_json(bytes: &[u8], path: &Path) -> Result<Self, KeyStoreError> {
        let wrong = |reason| KeyStoreError::record(path, reason);
        // What the parser says could show a part of the file.
        let json: Json<'_> = serde_json::from_slice(bytes).map_err(|_| wrong("not a key file"))?;
        if json.version != VERSION {
            return Err(wrong("a version that is not known here"));
        }
        let act = json.act.map(|Act { domain_separator, bit_length, initial_credits }| ActParameters {
            domain_separator,
            bit_length,
            initial_credits,
        });
        let spec = KeySpec::named(json.name, act).ok_or(wrong("the type, or ACT parameters that do not belong"))?;
        let mut id = [0; 32];
        hex::decode_to_slice(json.id, &mut id).map_err(|_| wrong("the id"))?;
        let secret = Zeroizing::new(hex::decode(json.secret).map_err(|_| wrong("the secret is not hex"))?);
        let Json { not_before, issue_until, accept_until, epoch, .. } = json;
        let validity = Validity { not_before, issue_until, accept_until, epoch: Epoch(epoch) };
        schedule::check(&validity)?;
        let record = Self { spec, id: KeyId::new(id), validity, secret };
        if path.file_name().is_some_and(|name| *name == *record.file_name()) {
            Ok(record)
        } else {
            Err(wrong("the file's name is not of this key"))
        }
    }

    /// The key, if it is the one that the id names.
    pub(super) fn key(&self, forge: &mut Forge, path: &Path) -> Result<IssuerKey, KeyStoreError> {
        let key = forge.key(&self.spec, &self.secret);
        let key = key.map_err(|_| KeyStoreError::record(path, "the secret or the parameters do not read"))?;
        if KeyId::of_public_key(&key.public_key()) == self.id {
            Ok(key)
        } else {
            Err(KeyStoreError::record(path, "the id is of another key"))
        }
    }

    pub(super) fn to_json(&self) -> Zeroizing<String> {
        let secret = Zeroizing::new(hex::encode(&*self.secret));
        let mut out = self.open_json();
        let _ = write!(out, ",\n  \"secret\": \"{}\"\n}}\n", &*secret);
        out
    }

    /// What may be kept when the key is gone.
    pub(super) fn to_public_json(&self) -> Zeroizing<String> {
        let mut out = self.open_json();
        out.push_str("\n}\n");
        out
    }

    /// All but the secret, without an end.
    fn open_json(&self) -> Zeroizing<String> {
        let Validity { not_before, issue_until, accept_until, epoch: Epoch(epoch) } = self.validity;
        let mut out = Zeroizing::new(String::with_capacity(ROOM));
        let _ = write!(
            out,
            "{{\n  \"version\": {VERSION},\n  \"type\": \"{}\",\n  \"id\": \"{}\",\n",
            self.spec.name(),
            self.id
        );
        let _ = write!(out, "  \"not_before\": {not_before},\n  \"issue_until\": {issue_until},\n");
        let _ = write!(out, "  \"accept_until\": {accept_until},\n  \"epoch\": {epoch}");
        if let KeySpec::Act(act) = &self.spec {
            let separator = serde_json::Value::from(act.domain_separator.as_str());
            let _ =
                write!(out, ",\n  \"act\": {{ \"domain_separator\": {separator}, \"bit_length\": {}, ", act.bit_length);
            let _ = write!(out, "\"initial_credits\": {} }}", act.initial_credits);
        }
        out
    }
}
