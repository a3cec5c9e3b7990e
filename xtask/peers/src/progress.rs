//! Progress while measuring: a bar on a terminal, plain lines elsewhere. Both on stderr.

use indicatif::{ProgressBar, ProgressStyle};

use crate::harness::{Measured, Row};

pub(crate) fn measure_all(rows: Vec<Row>, rounds: u32) -> Vec<Measured> {
    let total = rows.len();
    let bar = ProgressBar::new(total as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg} ({eta} left)") {
        bar.set_style(style);
    }
    let mut measured = Vec::with_capacity(total);
    for (index, row) in rows.into_iter().enumerate() {
        if bar.is_hidden() {
            eprintln!("[{}/{total}] {}", index + 1, row.id);
        }
        bar.set_message(row.id.clone());
        measured.push(row.measure(rounds));
        bar.inc(1);
    }
    bar.finish_and_clear();
    measured
}
