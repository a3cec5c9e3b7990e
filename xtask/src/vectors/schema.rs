//! The file format `farebox-vectors-1`, one for all schemes. `vectors/README.md` describes it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// The name of the format.
pub(crate) const SCHEMA: &str = "farebox-vectors-1";

/// A longer file is not read to its end.
const MAX_BYTES: u64 = 32 << 20;

/// Named values. All are strings: hex for bytes, decimal for numbers, and plain text where the operation says so.
pub(crate) type Fields = BTreeMap<String, String>;

/// One file: one operation of one suite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VectorFile {
    pub(crate) schema: String,
    pub(crate) spec: String,
    /// The number of the draft, where the specification is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) draft: Option<String>,
    pub(crate) suite: String,
    pub(crate) operation: String,
    /// The equations that are proved, as the relation prints them.
    #[serde(default)]
    pub(crate) statement: Vec<String>,
    /// What each flag means.
    #[serde(default)]
    pub(crate) notes: Fields,
    pub(crate) groups: Vec<Group>,
}

/// Cases under the same parameters and keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    #[serde(default)]
    pub(crate) params: Fields,
    #[serde(default)]
    pub(crate) keys: Fields,
    pub(crate) cases: Vec<Case>,
}

/// One run of the operation, with one fault at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) id: u32,
    #[serde(default)]
    pub(crate) comment: String,
    #[serde(default)]
    pub(crate) flags: Vec<String>,
    #[serde(default)]
    pub(crate) coins: Fields,
    #[serde(default, rename = "in")]
    pub(crate) input: Fields,
    #[serde(default, rename = "out")]
    pub(crate) output: Fields,
    pub(crate) expect: Expect,
}

/// What has to happen: the operation succeeds, or the layer that refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Expect {
    /// The operation succeeds and gives `out`.
    Accept,
    /// The bytes cannot be read.
    Malformed,
    /// The peer's message reads well and does not hold.
    Invalid,
    /// The caller asks for something that cannot be.
    Misuse,
}

impl Expect {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Malformed => "malformed",
            Self::Invalid => "invalid",
            Self::Misuse => "misuse",
        }
    }
}

impl VectorFile {
    /// Reads a file of any origin.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
        let mut text = String::new();
        let length = file.take(MAX_BYTES + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
        if length as u64 > MAX_BYTES {
            return Err(format!("more than the {MAX_BYTES} bytes that a vector file may have"));
        }
        Self::parse(&text)
    }

    /// Reads the text of a file.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let file: Self = serde_json::from_str(text).map_err(|error| format!("not a vector file: {error}"))?;
        file.check()?;
        Ok(file)
    }

    /// What the types do not say.
    fn check(&self) -> Result<(), String> {
        if self.schema != SCHEMA {
            return Err(format!("the schema is {:?}, not {SCHEMA:?}", self.schema));
        }
        let mut ids = BTreeSet::new();
        for case in self.groups.iter().flat_map(|group| &group.cases) {
            if !ids.insert(case.id) {
                return Err(format!("case {}: another case has the same id", case.id));
            }
            if let Some(flag) = case.flags.iter().find(|flag| !self.notes.contains_key(*flag)) {
                return Err(format!("case {}: notes say nothing about the flag {flag:?}", case.id));
            }
        }
        Ok(())
    }

    /// The file's text: stable order, two spaces, a newline at the end.
    pub(crate) fn to_text(&self) -> Result<String, String> {
        let mut text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        text.push('\n');
        Ok(text)
    }

    /// Where the file stands under `vectors/`.
    pub(crate) fn path(&self) -> String {
        format!("{}/{}/{}.json", self.spec, self.suite, self.operation)
    }

    pub(crate) fn cases(&self) -> usize {
        self.groups.iter().map(|group| group.cases.len()).sum()
    }
}
