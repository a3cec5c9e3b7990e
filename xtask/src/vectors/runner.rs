//! Runs the cases of a file, and compares what happened with what was expected.

use std::path::Path;

use super::inputs::{Inputs, Part};
use super::outcome::{Failure, Outcome};
use super::schema::{Case, Expect, Fields, Group, VectorFile};
use super::{act, arc, blind_rsa, group, sigma, tokens, voprf, wire};

/// An operation that vector files can ask for.
pub(crate) struct Operation {
    pub(crate) spec: &'static str,
    pub(crate) suites: &'static [&'static str],
    pub(crate) name: &'static str,
    /// The names that it reads; a name that ends in `N` stands for all numbers in its place.
    pub(crate) params: &'static [&'static str],
    pub(crate) keys: &'static [&'static str],
    pub(crate) coins: &'static [&'static str],
    pub(crate) input: &'static [&'static str],
    /// The names that it gives.
    pub(crate) output: &'static [&'static str],
    pub(crate) run: fn(&Inputs<'_>) -> Outcome,
}

/// All operations.
pub(crate) fn operations() -> impl Iterator<Item = &'static Operation> {
    let all = [
        act::OPERATIONS,
        arc::OPERATIONS,
        sigma::OPERATIONS,
        group::OPERATIONS,
        voprf::OPERATIONS,
        blind_rsa::OPERATIONS,
        wire::OPERATIONS,
        tokens::OPERATIONS,
    ];
    all.into_iter().flatten()
}

/// The operation of a file.
pub(crate) fn operation(file: &VectorFile) -> Result<&'static Operation, String> {
    let of_spec: Vec<_> =
        operations().filter(|o| o.spec == file.spec && o.suites.contains(&file.suite.as_str())).collect();
    if of_spec.is_empty() {
        return Err(format!("no suite {:?} of {:?} is implemented", file.suite, file.spec));
    }
    let found = of_spec.into_iter().find(|operation| operation.name == file.operation);
    found.ok_or_else(|| format!("{} {} has no operation {:?}", file.spec, file.suite, file.operation))
}

/// Runs one case.
pub(crate) fn execute(operation: &Operation, file: &VectorFile, group: &Group, case: &Case) -> Outcome {
    let parts = [
        ("params", &group.params, operation.params),
        ("keys", &group.keys, operation.keys),
        ("coins", &case.coins, operation.coins),
        ("in", &case.input, operation.input),
        ("out", &case.output, operation.output),
    ];
    match parts.iter().find_map(|(name, fields, known)| Part::of(name, fields).unknown(known)) {
        Some(unknown) => Err(Failure::Case(unknown)),
        None => (operation.run)(&Inputs::new(file, group, case)),
    }
}

/// What happened, in words, and whether it is what the case expects.
pub(crate) fn judge(case: &Case, outcome: &Outcome) -> (String, Result<(), String>) {
    let differs = |what: &str| Err(format!("expected {}, got {what}", case.expect.name()));
    match outcome {
        Ok(fields) if case.expect == Expect::Accept => ("accept".into(), compare(&case.output, fields)),
        Ok(_) => ("accept".into(), differs("accept")),
        Err(Failure::Refused(layer, reason, fields)) => {
            let happened = format!("{}: {reason}", layer.name());
            let same = if case.expect == *layer { compare(&case.output, fields) } else { differs(&happened) };
            (happened, same)
        }
        Err(Failure::Case(reason)) => ("not run".into(), Err(reason.clone())),
    }
}

/// Every output of the case must have been computed.
fn compare(expected: &Fields, computed: &Fields) -> Result<(), String> {
    for (name, value) in expected {
        match computed.get(name) {
            Some(ours) if ours.eq_ignore_ascii_case(value) => {}
            Some(ours) => return Err(format!("out.{name} is {}, not {}", short(ours), short(value))),
            None => return Err(format!("out.{name} is not computed here")),
        }
    }
    Ok(())
}

fn short(text: &str) -> String {
    match text.get(..40) {
        Some(head) if text.len() > 43 => format!("{head}.. ({} characters)", text.len()),
        _ => text.to_owned(),
    }
}

/// The result of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: usize,
    /// `case 3: why`.
    pub(crate) failed: Vec<String>,
}

/// Runs all cases of a file and hands a line for each to `say`.
pub(crate) fn run(file: &VectorFile, mut say: impl FnMut(&str)) -> Result<Tally, String> {
    let operation = operation(file)?;
    let mut tally = Tally::default();
    for group in &file.groups {
        for case in &group.cases {
            let (happened, result) = judge(case, &execute(operation, file, group, case));
            match result {
                Ok(()) => {
                    tally.passed += 1;
                    say(&format!("  ok   case {}: {happened} ({})", case.id, case.comment));
                }
                Err(reason) => {
                    let line = format!("case {}: {reason} ({})", case.id, case.comment);
                    say(&format!("  FAIL {line}"));
                    tally.failed.push(line);
                }
            }
        }
    }
    Ok(tally)
}

/// `cargo xtask vectors run`: whether every case of every file did what it should.
pub(crate) fn run_files(paths: &[impl AsRef<Path>]) -> bool {
    let mut good = true;
    for path in paths.iter().map(AsRef::as_ref) {
        println!("{}", path.display());
        let result = VectorFile::read(path).and_then(|file| run(&file, |line| println!("{line}")));
        match result {
            Ok(tally) => {
                println!("  {} passed, {} failed", tally.passed, tally.failed.len());
                good &= tally.failed.is_empty();
            }
            Err(error) => {
                println!("  error: {error}");
                good = false;
            }
        }
    }
    good
}
