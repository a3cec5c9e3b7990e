//! The report as Markdown.

use super::{LEGEND, Report, rows};

pub(super) fn render(report: &Report) -> String {
    let mut text = "# Comparison with other implementations\n\n".to_owned();
    for (label, value) in report.facts() {
        text.push_str(&format!("- {label}: `{value}`\n"));
    }
    text.push_str(&format!("\n{LEGEND}\n\n"));
    push_table(&mut text, &rows::ROWS_HEADER, report.rows.iter().map(rows::row));
    if !report.goals.is_empty() {
        text.push_str("\n## Goals\n\nBy the ratio of medians.\n\n");
        push_table(&mut text, &rows::GOALS_HEADER, report.goals.iter().map(rows::goal));
    }
    text
}

fn push_table<const N: usize>(text: &mut String, header: &[&str; N], rows: impl Iterator<Item = [String; N]>) {
    let mut line = |cells: &[String]| text.push_str(&format!("| {} |\n", cells.join(" | ")));
    line(&header.map(str::to_owned));
    line(&[const { String::new() }; N].map(|_| "---".to_owned()));
    rows.for_each(|cells| line(&cells));
}
