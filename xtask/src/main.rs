//! The workspace's own commands: `cargo xtask --help`.

mod bench_compare;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The workspace's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    BenchCompare(bench_compare::Args),
}

fn main() -> ExitCode {
    match Cli::parse().command {
        Command::BenchCompare(args) => bench_compare::run(&args),
    }
}
