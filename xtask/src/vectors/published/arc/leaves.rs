//! The values of a file by their paths, and what became of each.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::vectors::published::Report;
use crate::vectors::published::json::same;

enum Fate {
    Unread,
    Input,
    Compared(Result<(), String>),
}

/// All values of a file, such as `ARCV1-P256.ServerKey.x0`.
pub(super) struct Leaves<'v>(BTreeMap<String, (&'v Value, Fate)>);

/// The values below one path.
pub(super) struct Within<'l, 'v> {
    leaves: &'l mut Leaves<'v>,
    prefix: String,
}

impl<'v> Leaves<'v> {
    pub(super) fn new(file: &'v Value) -> Self {
        let mut found = BTreeMap::new();
        let mut due = vec![(String::new(), file)];
        while let Some((path, value)) = due.pop() {
            let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
            match value {
                Value::Object(members) => due.extend(members.iter().map(|(key, value)| (below(key), value))),
                Value::Array(list) => due.extend(list.iter().enumerate().map(|(i, v)| (below(&i.to_string()), v))),
                _ => {
                    found.insert(path, (value, Fate::Unread));
                }
            }
        }
        Self(found)
    }

    pub(super) fn within(&mut self, prefix: &str) -> Within<'_, 'v> {
        Within { leaves: self, prefix: prefix.to_owned() }
    }

    /// A case for each value that was compared.
    pub(super) fn finish(self, report: &mut Report) {
        for (path, (_, fate)) in self.0 {
            match fate {
                Fate::Input => {}
                Fate::Compared(result) => report.record(&path, result),
                Fate::Unread => report.record(&path, Err("nothing was compared with it".into())),
            }
        }
    }
}

impl<'v> Within<'_, 'v> {
    pub(super) fn within(&mut self, below: &str) -> Within<'_, 'v> {
        let prefix = self.path(below);
        Within { leaves: self.leaves, prefix }
    }

    fn path(&self, below: &str) -> String {
        if self.prefix.is_empty() { below.to_owned() } else { format!("{}.{below}", self.prefix) }
    }

    /// Whether there is such a value, or anything below such a path.
    pub(super) fn has(&self, below: &str) -> bool {
        let path = self.path(below);
        let below = format!("{path}.");
        self.leaves.0.keys().any(|known| *known == path || known.starts_with(&below))
    }

    fn value(&mut self, below: &str) -> Result<&mut (&'v Value, Fate), String> {
        let path = self.path(below);
        self.leaves.0.get_mut(&path).ok_or_else(|| format!("{path} is missing"))
    }

    /// An input, as text.
    pub(super) fn text(&mut self, below: &str) -> Result<&'v str, String> {
        let (value, fate) = self.value(below)?;
        *fate = Fate::Input;
        value.as_str().ok_or_else(|| format!("{below} is no text"))
    }

    /// An input in hex.
    pub(super) fn given(&mut self, below: &str) -> Result<Vec<u8>, String> {
        decode(self.text(below)?)
    }

    /// A number among the inputs, in hex where it is text.
    pub(super) fn number(&mut self, below: &str) -> Result<u64, String> {
        let (value, fate) = self.value(below)?;
        *fate = Fate::Input;
        let digits = value.as_str().map(|text| text.trim_start_matches("0x"));
        let number = value.as_u64().or_else(|| digits.and_then(|digits| u64::from_str_radix(digits, 16).ok()));
        number.ok_or_else(|| format!("{below} is no number"))
    }

    /// A value that has to be ours.
    pub(super) fn same(&mut self, below: &str, ours: &[u8]) -> Result<(), String> {
        let (value, fate) = self.value(below)?;
        let published = value.as_str().ok_or("no text").map_err(str::to_owned).and_then(decode);
        *fate = Fate::Compared(published.and_then(|published| same("value", ours, &published)));
        Ok(())
    }

    /// A value that was looked at in another way.
    pub(super) fn compared(&mut self, below: &str, result: Result<(), String>) -> Result<(), String> {
        self.value(below)?.1 = Fate::Compared(result);
        Ok(())
    }

    /// Inputs of these names, behind each other.
    pub(super) fn joined(&mut self, names: &[&str]) -> Result<Vec<u8>, String> {
        Ok(names.iter().map(|name| self.given(name)).collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// The elements of a message by these names; returns what follows them.
    pub(super) fn elements<'m>(&mut self, names: &[&str], len: usize, message: &'m [u8]) -> Result<&'m [u8], String> {
        let mut rest = message;
        for name in names {
            let (element, after) = rest.split_at_checked(len).ok_or("the message is too short")?;
            self.same(name, element)?;
            rest = after;
        }
        Ok(rest)
    }
}

/// Hex, with `0x` or without it.
fn decode(text: &str) -> Result<Vec<u8>, String> {
    let digits = text.trim_start_matches("0x");
    hex::decode(format!("{digits:0>width$}", width = digits.len().next_multiple_of(2)))
        .map_err(|error| error.to_string())
}
