//! Everything that is compared runs and agrees with its own verifier; nothing here asserts a time.

use std::collections::BTreeSet;

use crate::harness::{Row, Side, Step};
use crate::report::{Report, terminal, write_files};

fn tiny_row(ours: bool) -> Row {
    let side = |name| Side { name, message_bytes: Some(32), step: Step::new(|| std::hint::black_box(1u64) + 1) };
    Row { id: "test/add".to_owned(), ours: ours.then(|| side("ours")), peer: Some(side("theirs")) }
}

#[test]
fn every_step_runs_twice_around() {
    for row in crate::all_rows() {
        for mut side in [row.ours, row.peer].into_iter().flatten() {
            side.step.once();
            side.step.once();
        }
    }
}

#[test]
fn row_ids_are_distinct() {
    let rows = crate::all_rows();
    let ids: BTreeSet<_> = rows.iter().map(|row| &row.id).collect();
    assert_eq!(ids.len(), rows.len());
}

#[test]
fn sides_keep_their_places() {
    for rounds in [1, 2, 3] {
        let measured = tiny_row(true).measure(rounds);
        assert_eq!(measured.ours.map(|side| side.name), Some("ours"));
        assert_eq!(measured.peer.map(|side| side.name), Some("theirs"));
    }
}

#[test]
fn an_absent_side_has_no_ratio() {
    let measured = tiny_row(false).measure(1);
    assert!(measured.ours.is_none() && measured.ratio_of_medians.is_none() && measured.ratio_of_minima.is_none());
}

#[test]
fn a_consuming_step_gets_a_new_input_for_each_run() {
    let mut made = 0;
    let mut last = 0;
    let mut step = Step::consuming(
        move || {
            made += 1;
            Box::new(made)
        },
        move |input: Box<u32>| {
            assert_eq!(*input, last + 1);
            last = *input;
        },
    );
    for _ in 0..3 {
        step.once();
    }
}

#[test]
fn the_report_has_three_forms() {
    let measured = vec![tiny_row(true).measure(2), tiny_row(false).measure(2)];
    let report = Report::new("a command".to_owned(), Some("a day".to_owned()), 2, measured);
    let folder = std::env::temp_dir().join(format!("farebox-peers-{}", std::process::id()));
    write_files(&report, &folder).expect("the folder is writable");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("the file was written");
    let (json, markdown) = (read("bench-compare.json"), read("bench-compare.md"));
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");

    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!(json["command"], "a command");
    assert!(json["rows"][0]["ours"]["median"].is_number());
    assert!(json["rows"][1]["ours"].is_null());
    for text in [markdown, terminal::render(&report)] {
        assert!(text.contains("test/add") && text.contains("a day") && text.contains("theirs"), "{text}");
    }
}
