//! Collects the cases of our own files. Every case is run before it is written.

use super::flags::note;
use super::outcome::Failure;
use super::runner;
use super::schema::{Case, Expect, Fields, Group, SCHEMA, VectorFile};

/// Where a case belongs.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) spec: &'static str,
    pub(crate) draft: Option<&'static str>,
    pub(crate) suite: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) statement: Vec<String>,
    pub(crate) params: Fields,
    pub(crate) keys: Fields,
}

/// A case before it is run.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) comment: String,
    pub(crate) flags: Vec<&'static str>,
    pub(crate) coins: Fields,
    pub(crate) input: Fields,
    pub(crate) want: Want,
}

/// What the author of a case asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    /// This outcome.
    Exactly(Expect),
    /// A refusal by any layer: which one it is depends on the bytes.
    Refused,
}

impl Want {
    fn allows(self, expect: Expect) -> bool {
        match self {
            Self::Exactly(wanted) => wanted == expect,
            Self::Refused => expect != Expect::Accept,
        }
    }
}

pub(crate) const ACCEPT: Want = Want::Exactly(Expect::Accept);
pub(crate) const MALFORMED: Want = Want::Exactly(Expect::Malformed);
pub(crate) const INVALID: Want = Want::Exactly(Expect::Invalid);
pub(crate) const MISUSE: Want = Want::Exactly(Expect::Misuse);

/// The files so far.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    files: Vec<VectorFile>,
}

impl VectorFile {
    /// The case, if it stands in the file already: many runs begin with the same key.
    fn known(&self, place: &Place, draft: &Draft) -> Option<&Case> {
        let mut groups = self.groups.iter().filter(|group| group.params == place.params && group.keys == place.keys);
        groups.find_map(|group| group.cases.iter().find(|case| case.coins == draft.coins && case.input == draft.input))
    }
}

impl Writer {
    /// Runs a case, records it with what it gave, and returns that.
    pub(crate) fn add(&mut self, place: &Place, draft: Draft) -> Result<Fields, String> {
        let file = self.file(place);
        if let Some(known) = file.known(place, &draft) {
            let wanted = draft.want.allows(known.expect).then(|| known.output.clone());
            return wanted.ok_or_else(|| format!("{} case {}: two wishes for one input", file.path(), known.id));
        }
        let id = u32::try_from(file.cases() + 1).map_err(|error| error.to_string())?;
        let error =
            |file: &VectorFile, reason: &str| format!("{} case {id} ({}): {reason}", file.path(), draft.comment);
        for flag in &draft.flags {
            let note = note(flag).ok_or_else(|| error(file, &format!("the flag {flag} has no note")))?;
            file.notes.insert((*flag).to_owned(), note.to_owned());
        }
        let mut case = Case {
            id,
            comment: draft.comment.clone(),
            flags: draft.flags.iter().map(|flag| (*flag).to_owned()).collect(),
            coins: draft.coins.clone(),
            input: draft.input.clone(),
            output: Fields::new(),
            expect: Expect::Accept,
        };
        let group = Group { params: place.params.clone(), keys: place.keys.clone(), cases: Vec::new() };
        let operation = runner::operation(file).map_err(|reason| error(file, &reason))?;
        (case.expect, case.output) = match runner::execute(operation, file, &group, &case) {
            Ok(output) => (Expect::Accept, output),
            Err(Failure::Refused(layer, _, output)) => (layer, output),
            Err(Failure::Case(reason)) => return Err(error(file, &reason)),
        };
        if !draft.want.allows(case.expect) {
            return Err(error(file, &format!("wanted {:?}, got {}", draft.want, case.expect.name())));
        }
        let output = case.output.clone();
        match file.groups.iter_mut().find(|other| other.params == group.params && other.keys == group.keys) {
            Some(known) => known.cases.push(case),
            None => file.groups.push(Group { cases: vec![case], ..group }),
        }
        Ok(output)
    }

    fn file(&mut self, place: &Place) -> &mut VectorFile {
        let is_it = |file: &VectorFile| {
            file.spec == place.spec && file.suite == place.suite && file.operation == place.operation
        };
        let at = self.files.iter().position(is_it).unwrap_or(self.files.len());
        if at == self.files.len() {
            self.files.push(VectorFile {
                schema: SCHEMA.to_owned(),
                spec: place.spec.to_owned(),
                draft: place.draft.map(str::to_owned),
                suite: place.suite.to_owned(),
                operation: place.operation.to_owned(),
                statement: place.statement.clone(),
                notes: Fields::new(),
                groups: Vec::new(),
            });
        }
        #[allow(clippy::indexing_slicing, reason = "the lines above put a file there")]
        &mut self.files[at]
    }

    pub(crate) fn into_files(self) -> Vec<VectorFile> {
        self.files
    }
}

/// Coins from a seed whose bytes are this text.
pub(crate) fn seed(text: &str) -> Fields {
    Fields::from([("seed".to_owned(), hex::encode(text))])
}
