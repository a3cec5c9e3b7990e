//! Our crates and other implementations, measured side by side in one process. Started by `cargo xtask bench-compare`.

mod act;
mod arc;
mod blind_rsa;
mod build;
mod goals;
mod group;
mod harness;
mod progress;
mod report;
mod sigma;
mod stats;
mod suite;
#[cfg(test)]
mod tests;
mod voprf;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use harness::Row;
use report::Report;

/// Measure our crates and other implementations side by side. The usual way in is `cargo xtask bench-compare`, whose
/// help describes the options.
#[derive(Parser)]
struct Args {
    #[arg(long)]
    quick: bool,
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[arg(long, value_name = "SUBSTR")]
    filter: Vec<String>,
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: Option<u32>,
    #[arg(long, value_name = "TEXT")]
    date: Option<String>,
    #[arg(long)]
    list: bool,
    /// The command to print in the report.
    #[arg(long, value_name = "TEXT", default_value = "farebox-peers")]
    command_line: String,
}

impl Args {
    fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(if self.quick { 61 } else { 301 })
    }

    /// Whether a row with this id is asked for.
    fn wants(&self, id: &str) -> bool {
        self.filter.is_empty() || self.filter.iter().any(|text| id.contains(text))
    }
}

/// Exit codes: 0 measured, 1 a file could not be written, 2 wrong command line or nothing to measure.
fn main() -> ExitCode {
    let args = Args::parse();
    let mut rows = all_rows();
    rows.retain(|row| args.wants(&row.id));
    if rows.is_empty() {
        eprintln!("error: --filter matches no row; --list shows the ids");
        return ExitCode::from(2);
    }
    if args.list {
        rows.iter().for_each(|row| println!("{}", row.id));
        return ExitCode::SUCCESS;
    }
    let rounds = args.rounds();
    let measured = progress::measure_all(rows, rounds);
    let report = Report::new(args.command_line, args.date, rounds, measured);
    println!("{}", report::terminal::render(&report));
    match args.out.map_or(Ok(()), |folder| report::write_files(&report, &folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn all_rows() -> Vec<Row> {
    let suites = [group::rows, sigma::rows, act::rows, arc::rows, voprf::rows, blind_rsa::rows];
    suites.into_iter().flat_map(|rows| rows()).collect()
}
