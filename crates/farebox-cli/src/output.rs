//! What is printed, and where: results to standard output, everything else to standard error.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, LineStyle, Table};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::args::Global;
use crate::exit::Failure;

/// How results are printed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
    quiet: bool,
    color: bool,
    terminal: bool,
}

impl Output {
    pub(crate) fn new(global: &Global) -> Self {
        // https://no-color.org: any value that is not empty.
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let terminal = std::io::stderr().is_terminal();
        Self {
            json: global.json,
            quiet: global.quiet,
            color: !plain && !global.json && std::io::stdout().is_terminal(),
            terminal: terminal && !global.quiet && !global.json,
        }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Whether logs may have colours.
    pub(crate) fn colors_logs(&self) -> bool {
        self.terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
    }

    /// A result: text, or its JSON on one line.
    pub(crate) fn result(&self, text: impl FnOnce() -> String, value: impl FnOnce() -> Value) {
        let line = if self.json { value().to_string() } else { text() };
        print(&line);
    }

    /// Something that a person may want to know, and a program does not.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet && !self.json {
            let _ = writeln!(std::io::stderr(), "{text}");
        }
    }

    /// Why the command failed.
    pub(crate) fn failure(&self, failure: &Failure) {
        let line = if self.json {
            json!({ "error": failure.message, "code": failure.code as u8 }).to_string()
        } else {
            format!("farebox: {failure}")
        };
        let _ = writeln!(std::io::stderr(), "{line}");
    }

    /// A table with these headings. The columns named are numbers.
    pub(crate) fn table(&self, headings: &[&str], rows: &[Vec<String>], numbers: &[usize]) -> String {
        let mut table = Table::new();
        table
            .load_style(NOTHING.header_separator(LineStyle::none().fill('─').junction('─')))
            .set_header(headings.iter().copied());
        for row in rows {
            table.add_row(row.iter());
        }
        for column in numbers {
            if let Some(column) = table.column_mut(*column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.trim_fmt()
    }

    /// Emphasis, where the terminal has it.
    pub(crate) fn bold(&self, text: &str) -> String {
        self.styled(text, "1")
    }

    pub(crate) fn dim(&self, text: &str) -> String {
        self.styled(text, "2")
    }

    fn styled(&self, text: &str, style: &str) -> String {
        if self.color { format!("\x1b[{style}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// A bar of so many steps, or for 0 a spinner. It is there on terminals only.
    pub(crate) fn progress(&self, steps: u64, text: &str) -> ProgressBar {
        if !self.terminal {
            return ProgressBar::hidden();
        }
        let bar = if steps == 0 { ProgressBar::new_spinner() } else { ProgressBar::new(steps) };
        let template = if steps == 0 { "{spinner} {msg}" } else { "{bar:24} {pos}/{len} {msg}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        bar.set_message(text.to_owned());
        bar
    }
}

/// Prints a line. A reader that went away is no failure of ours.
pub(crate) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}
