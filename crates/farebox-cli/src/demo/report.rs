//! What the demonstration found.

use std::time::Duration;

use serde_json::{Value, json};

use super::transport::Seen;
use crate::output::Output;

#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(super) rows: Vec<Row>,
    pub(super) checks: Vec<Check>,
}

/// One step of a scheme: the medians of its exchanges.
#[derive(Debug)]
pub(super) struct Row {
    scheme: &'static str,
    step: &'static str,
    times: usize,
    sent: usize,
    received: usize,
    took: Duration,
}

/// Something that has to hold.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) what: String,
    pub(super) holds: bool,
}

impl Row {
    /// `None` where there was no such exchange.
    pub(super) fn of<'a>(
        scheme: &'static str,
        step: &'static str,
        seen: impl Iterator<Item = &'a Seen>,
    ) -> Option<Self> {
        let seen: Vec<Seen> = seen.copied().collect();
        let sent = median(seen.iter().map(|one| one.sent))?;
        let received = median(seen.iter().map(|one| one.received))?;
        let took = median(seen.iter().map(|one| one.took))?;
        Some(Self { scheme, step, times: seen.len(), sent, received, took })
    }
}

fn median<T: Ord + Copy>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut all: Vec<T> = all.collect();
    all.sort_unstable();
    all.get(all.len() / 2).copied()
}

impl Report {
    /// Whether all is as it should be.
    pub(crate) fn holds(&self) -> bool {
        !self.checks.is_empty() && self.checks.iter().all(|check| check.holds)
    }

    pub(crate) fn draw(&self, output: &Output) -> String {
        let row = |row: &Row| {
            let numbers = [row.times, row.sent, row.received].map(|number| number.to_string());
            let took = row.took.as_micros().to_string();
            [vec![row.scheme.to_owned(), row.step.to_owned()], numbers.to_vec(), vec![took]].concat()
        };
        let rows: Vec<_> = self.rows.iter().map(row).collect();
        let headings = ["scheme", "step", "times", "bytes sent", "bytes received", "µs"];
        let check = |check: &Check| format!("{}  {}", if check.holds { "ok  " } else { "FAIL" }, check.what);
        let checks: Vec<_> = self.checks.iter().map(check).collect();
        format!("{}\n\n{}", output.table(&headings, &rows, &[2, 3, 4, 5]), checks.join("\n"))
    }

    pub(crate) fn to_json(&self) -> Value {
        let row = |row: &Row| {
            json!({
                "scheme": row.scheme,
                "step": row.step,
                "times": row.times,
                "sent": row.sent,
                "received": row.received,
                "microseconds": u64::try_from(row.took.as_micros()).unwrap_or(u64::MAX),
            })
        };
        let check = |check: &Check| json!({ "what": check.what, "holds": check.holds });
        json!({
            "holds": self.holds(),
            "steps": self.rows.iter().map(row).collect::<Vec<_>>(),
            "checks": self.checks.iter().map(check).collect::<Vec<_>>(),
        })
    }
}
