//! The committed files, the schema, and what is said of files that are not as they should be.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeSet;

use super::runner::{self, Tally};
use super::schema::{Expect, SCHEMA, VectorFile};
use super::{flags, tree};

fn committed() -> Vec<(String, VectorFile)> {
    let files = tree::read(&tree::root()).unwrap();
    files.into_iter().map(|(path, text)| (path, VectorFile::parse(&text).unwrap())).collect()
}

fn one(operation: &str) -> VectorFile {
    let path = format!("draft-schlesinger-cfrg-act-02/ACT-ristretto255-SHAKE128/{operation}.json");
    VectorFile::read(&tree::root().join(path)).unwrap()
}

fn run(file: &VectorFile) -> Result<Tally, String> {
    runner::run(file, |_| ())
}

#[test]
fn every_committed_file_passes() {
    for (path, file) in committed() {
        assert_eq!(path, file.path());
        let tally = run(&file).unwrap();
        assert_eq!(tally.failed, Vec::<String>::new(), "{path}");
        assert_eq!(tally.passed, file.cases(), "{path}");
    }
}

#[test]
fn the_tree_is_what_would_be_written() {
    let ours = tree::texts(&tree::generate().unwrap()).unwrap();
    assert_eq!(tree::differences(&ours, &tree::read(&tree::root()).unwrap()), Vec::<String>::new());
    let size: usize = ours.values().map(String::len).sum();
    assert!(size < 8 << 20, "{size} bytes of vectors");
}

#[test]
fn check_names_what_is_missing_extra_and_changed() {
    let ours = tree::texts(&[one("keygen"), one("public-key"), one("params")]).unwrap();
    let mut theirs = ours.clone();
    let paths: Vec<String> = ours.keys().cloned().collect();
    theirs.remove(&paths[0]);
    let text = theirs.get_mut(&paths[1]).unwrap();
    *text = text.replacen("L = 65", "L = 66", 1);
    theirs.insert("other/file.json".into(), String::new());
    let lines = tree::differences(&ours, &theirs);
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].starts_with("changed: ") && lines[0].ends_with("1 of 16 cases differ: 7"), "{}", lines[0]);
    assert!(lines[1].starts_with("extra: other/file.json"));
    assert_eq!(lines[2], format!("missing: {}", paths[0]));
}

#[test]
fn an_edited_output_fails() {
    let mut file = one("issue-response");
    let case = &mut file.groups[0].cases[0];
    let response = case.output.get_mut("response").unwrap();
    let last = if response.ends_with('0') { "1" } else { "0" };
    response.replace_range(response.len() - 1.., last);
    let failed = run(&file).unwrap().failed;
    assert_eq!(failed.len(), 1);
    assert!(failed[0].starts_with("case 1: out.response is "), "{failed:?}");
}

#[test]
fn an_edited_expectation_fails() {
    for expect in [Expect::Malformed, Expect::Invalid, Expect::Misuse] {
        let mut file = one("verify-spend");
        file.groups[0].cases[0].expect = expect;
        assert_eq!(run(&file).unwrap().failed.len(), 1, "{expect:?}");
    }
}

#[test]
fn an_edited_seed_fails() {
    let mut file = one("spend");
    file.groups[0].cases[0].coins.insert("seed".into(), "00".into());
    assert_eq!(run(&file).unwrap().failed.len(), 1);
}

#[test]
fn an_edited_arc_file_fails() {
    for (path, file) in committed().into_iter().filter(|(path, _)| path.contains("privacypass-arc")) {
        // The first case is an honest one in every file.
        let refused = |change: fn(&mut super::schema::Case)| {
            let mut file = file.clone();
            file.groups.truncate(1);
            file.groups[0].cases.truncate(1);
            change(&mut file.groups[0].cases[0]);
            run(&file).unwrap().failed.len()
        };
        assert_eq!(refused(|_| ()), 0, "{path}");
        assert_eq!(refused(|case| case.expect = Expect::Invalid), 1, "{path}");
        assert_eq!(refused(|case| *case.output.values_mut().last().unwrap() += "00"), 1, "{path}");
        if !file.groups[0].cases[0].coins.is_empty() {
            let seed =
                |case: &mut super::schema::Case| case.coins.insert("seed".into(), "00".into()).map(|_| ()).unwrap();
            assert_eq!(refused(seed), 1, "{path}");
        }
    }
}

#[test]
fn a_name_that_is_not_read_fails() {
    let mut file = one("verify-spend");
    file.groups[0].cases[0].input.insert("kontext".into(), "00".into());
    assert_eq!(run(&file).unwrap().failed.len(), 1);
    assert!(run(&file).unwrap().failed[0].contains("in.kontext is not read"));
}

fn text(case: &str) -> String {
    let head = format!(r#""schema": "{SCHEMA}", "spec": "farebox-group", "suite": "P256-SHA256""#);
    format!(r#"{{ {head}, "operation": "decode-element", "groups": [ {{ "cases": [ {case} ] }} ] }}"#)
}

#[test]
fn the_least_file_is_read() {
    let bytes = "02".to_owned() + &"00".repeat(31) + "05";
    let file =
        VectorFile::parse(&text(&format!(r#"{{ "id": 1, "in": {{ "bytes": "{bytes}" }}, "expect": "accept" }}"#)));
    assert_eq!(run(&file.unwrap()).unwrap(), Tally { passed: 1, failed: Vec::new() });
}

#[test]
fn the_schema_is_strict() {
    let refused = [
        (r#"{ "id": 1, "expect": "reject" }"#, "unknown variant `reject`"),
        (r#"{ "id": 1 }"#, "missing field `expect`"),
        (r#"{ "id": -1, "expect": "accept" }"#, "invalid value"),
        (r#"{ "id": 1, "expect": "accept", "output": {} }"#, "unknown field `output`"),
        (r#"{ "id": 1, "expect": "accept", "in": { "bytes": 7 } }"#, "invalid type"),
        (r#"{ "id": 1, "expect": "accept" }, { "id": 1, "expect": "accept" }"#, "the same id"),
        (r#"{ "id": 1, "flags": ["f"], "expect": "accept" }"#, "notes say nothing"),
        (r#"{ "id": 1, "expect": "accept" "#, "not a vector file"),
    ];
    for (case, reason) in refused {
        let error = VectorFile::parse(&text(case)).unwrap_err();
        assert!(error.contains(reason), "{case}: {error}");
    }
    assert!(VectorFile::parse(&text("").replace("vectors-1", "vectors-2")).unwrap_err().contains("the schema is"));
    let nested = "[".repeat(100_000);
    assert!(VectorFile::parse(&nested).unwrap_err().contains("not a vector file"));
}

#[test]
fn a_case_that_cannot_be_run_says_why() {
    let cases = [
        (r#"{ "id": 1, "expect": "malformed" }"#, "in.bytes: is missing"),
        (r#"{ "id": 1, "in": { "bytes": "0" }, "expect": "malformed" }"#, "in.bytes: Odd number of digits"),
        (r#"{ "id": 1, "in": { "bytes": "é" }, "expect": "malformed" }"#, "in.bytes: Invalid character"),
    ];
    for (case, reason) in cases {
        let failed = run(&VectorFile::parse(&text(case)).unwrap()).unwrap().failed;
        assert!(failed.len() == 1 && failed[0].contains(reason), "{failed:?}");
    }
    let unknown = VectorFile::parse(&text("").replace("decode-element", "encode")).unwrap();
    assert!(run(&unknown).unwrap_err().contains("no operation \"encode\""));
    let unknown = VectorFile::parse(&text("").replace("P256", "P384")).unwrap();
    assert!(run(&unknown).unwrap_err().contains("no suite"));
}

/// Whatever stands in a value, a case passes or fails with a reason.
#[test]
fn hostile_values_do_not_panic() {
    let values = ["", "0", "00", "zz", "-1", "18446744073709551616", &"ff".repeat(40), &"00".repeat(5000)];
    for (path, file) in committed().into_iter().filter(|(path, _)| !path.contains("hash-to")) {
        let mut first = file.clone();
        first.groups.truncate(1);
        first.groups[0].cases.truncate(1);
        let case = first.groups[0].cases[0].clone();
        let names = |fields: &super::schema::Fields| fields.keys().cloned().collect::<Vec<_>>();
        for value in values {
            for (part, name) in [0, 1, 2, 3]
                .into_iter()
                .zip([
                    names(&first.groups[0].params),
                    names(&first.groups[0].keys),
                    names(&case.coins),
                    names(&case.input),
                ])
                .flat_map(|(part, names)| names.into_iter().map(move |name| (part, name)))
            {
                let mut hostile = first.clone();
                let group = &mut hostile.groups[0];
                let fields = match part {
                    0 => &mut group.params,
                    1 => &mut group.keys,
                    2 => &mut group.cases[0].coins,
                    _ => &mut group.cases[0].input,
                };
                fields.insert(name.clone(), value.to_owned());
                assert!(run(&hostile).is_ok(), "{path} {name}");
            }
        }
    }
}

/// Any bytes are a context.
const NEVER_REFUSE: [&str; 2] = ["request-context", "presentation-context"];

#[test]
fn every_operation_accepts_and_refuses_something() {
    let files = committed();
    for operation in runner::operations() {
        for suite in operation.suites {
            let path = format!("{}/{suite}/{}.json", operation.spec, operation.name);
            let (_, file) = files.iter().find(|(known, _)| *known == path).unwrap();
            let expects: BTreeSet<bool> =
                file.groups.iter().flat_map(|g| &g.cases).map(|case| case.expect == Expect::Accept).collect();
            let outcomes = if NEVER_REFUSE.contains(&operation.name) { 1 } else { 2 };
            assert_eq!(expects.len(), outcomes, "{path}");
        }
    }
}

#[test]
fn the_readme_names_every_operation_field_and_flag() {
    let readme = std::fs::read_to_string(tree::root().join("README.md")).unwrap();
    for operation in runner::operations() {
        let parts = [operation.params, operation.keys, operation.coins, operation.input, operation.output];
        for name in parts.into_iter().flatten().chain([&operation.name, &operation.spec]).chain(operation.suites) {
            assert!(readme.contains(&format!("`{name}`")), "README.md does not name `{name}` of {}", operation.name);
        }
    }
    for (flag, _) in flags::FLAGS {
        assert!(readme.contains(&format!("`{flag}`")), "README.md does not name the flag `{flag}`");
    }
}

#[test]
fn every_flag_is_used() {
    let used: BTreeSet<String> = committed().iter().flat_map(|(_, file)| file.notes.keys().cloned()).collect();
    let known: BTreeSet<String> = flags::FLAGS.iter().map(|(flag, _)| (*flag).to_owned()).collect();
    assert_eq!(used, known);
}
