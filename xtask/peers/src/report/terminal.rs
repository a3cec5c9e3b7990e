//! The tables for a terminal.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};

use super::{LEGEND, Report, rows};

pub(crate) fn render(report: &Report) -> String {
    let mut text = String::new();
    for (label, value) in report.facts() {
        text.push_str(&format!("{label}: {value}\n"));
    }
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(rows::ROWS_HEADER).add_rows(report.rows.iter().map(rows::row));
    align(&mut table, 1..8);
    text.push_str(&format!("{table}\n{LEGEND}\n"));
    if !report.goals.is_empty() {
        let mut table = Table::new();
        table.load_style(UTF8_FULL_CONDENSED).set_header(rows::GOALS_HEADER);
        table.add_rows(report.goals.iter().map(rows::goal));
        align(&mut table, 2..4);
        text.push_str(&format!("\nGoals, by the ratio of medians:\n{table}"));
    }
    text
}

/// Sets these columns flush right.
fn align(table: &mut Table, columns: std::ops::Range<usize>) {
    for index in columns {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}
