//! What a run has to say, and its three forms: terminal, Markdown, JSON.

mod markdown;
mod rows;
pub(crate) mod terminal;

use std::fs;
use std::path::Path;

use crate::build::Build;
use crate::goals::{self, Outcome};
use crate::harness::Measured;

/// The JSON file is this, field by field. Times are nanoseconds of thread CPU time for one run of a step.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Report {
    pub(crate) command: String,
    pub(crate) date: Option<String>,
    pub(crate) rounds: u32,
    pub(crate) build: Build,
    pub(crate) rows: Vec<Measured>,
    pub(crate) goals: Vec<Outcome>,
}

impl Report {
    pub(crate) fn new(command: String, date: Option<String>, rounds: u32, rows: Vec<Measured>) -> Self {
        let build = Build::here();
        let goals = goals::outcomes(&rows, build.backend_used);
        Self { command, date, rounds, build, rows, goals }
    }

    /// What stands above the tables, as `(label, text)`.
    fn facts(&self) -> Vec<(&'static str, String)> {
        let build = &self.build;
        let or_none = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
        let mut facts = vec![
            ("command", self.command.clone()),
            ("compiler", format!("{} for {}", build.rustc, build.target)),
            ("flags", or_none(build.rustflags)),
            ("profile", build.profile.clone()),
            ("curve25519_dalek_backend", or_none(build.backend_cfg)),
            ("backend used by curve25519-dalek 5", build.backend_used.to_owned()),
            ("farebox-lanes", if build.lanes { "on, where the processor has AVX-512 IFMA" } else { "off" }.to_owned()),
            ("processor", build.cpu.clone()),
            ("crates", build.crates.join(", ")),
            ("rounds", self.rounds.to_string()),
        ];
        facts.extend(self.date.clone().map(|date| ("date", date)));
        facts
    }
}

/// How to read the tables.
const LEGEND: &str = "Times are thread CPU time in microseconds for one run of a step: median (10th to 90th percentile). \
Protocol steps take and give bytes; those of VOPRF are given for one token of a batch of n. A ratio is the peer's time over ours: above 1, ours is faster. Bytes are those of the message that the step \
produces.";

/// Writes `bench-compare.json` and `bench-compare.md` into `folder`, which is made where it does not exist.
pub(crate) fn write_files(report: &Report, folder: &Path) -> Result<(), String> {
    let failed = |path: &Path, error: std::io::Error| format!("cannot write {}: {error}", path.display());
    fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let mut json = serde_json::to_string_pretty(report).map_err(|error| format!("cannot write JSON: {error}"))?;
    json.push('\n');
    for (name, text) in [("bench-compare.json", json), ("bench-compare.md", markdown::render(report))] {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| failed(&path, error))?;
    }
    Ok(())
}
