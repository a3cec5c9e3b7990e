//! `vectors/SOURCES.toml`: every published file, where it came from, and what we do with it.

use serde::Deserialize;

/// One published file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Source {
    /// The path in the folder of published files.
    pub(crate) file: String,
    /// Repository and path, crate, or how it was made. For readers only.
    #[serde(rename = "origin")]
    pub(crate) _origin: String,
    /// The commit it was taken from, or `-`. For readers only.
    #[serde(rename = "commit")]
    pub(crate) _commit: String,
    pub(crate) sha256: String,
    pub(crate) status: Status,
    /// Why it is not implemented, or what is special.
    #[serde(default)]
    pub(crate) note: String,
    /// Cases of a file that is run otherwise, which are not implemented.
    #[serde(default)]
    pub(crate) skipped: Vec<String>,
}

/// What we do with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Status {
    /// Made again byte for byte.
    Reproduced,
    /// Verified; what its seeds determine is made again.
    Verified,
    /// Its structures are read, joined with each other and written again byte for byte; its cryptography is not run yet.
    Structures,
    /// Not run, for the reason that the note gives.
    NotImplemented,
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Reproduced => "reproduced",
            Self::Verified => "verified",
            Self::Structures => "structures only",
            Self::NotImplemented => "not implemented",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    source: Vec<Source>,
}

/// Reads the list.
pub(crate) fn parse(text: &str) -> Result<Vec<Source>, String> {
    let list: List = toml::from_str(text).map_err(|error| format!("SOURCES.toml: {error}"))?;
    let silent = list.source.iter().find(|source| source.status == Status::NotImplemented && source.note.is_empty());
    match silent {
        Some(source) => Err(format!("SOURCES.toml: {}: no note says why it is not implemented", source.file)),
        None => Ok(list.source),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const ENTRY: &str = "[[source]]\nfile = 'a.json'\norigin = 'o'\ncommit = '-'\nsha256 = '00'\n";

    #[test]
    fn a_status_is_one_of_four() {
        assert!(parse(&format!("{ENTRY}status = 'reproduced'\n")).is_ok());
        assert!(parse(&format!("{ENTRY}status = 'structures'\n")).is_ok());
        assert!(parse(&format!("{ENTRY}status = 'done'\n")).is_err());
    }

    #[test]
    fn not_implemented_says_why() {
        assert!(parse(&format!("{ENTRY}status = 'not-implemented'\n")).unwrap_err().contains("a.json"));
        assert!(parse(&format!("{ENTRY}status = 'not-implemented'\nnote = 'later'\n")).is_ok());
    }
}
