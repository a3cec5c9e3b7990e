#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod args;
mod commands;
mod config;
mod demo;
mod exit;
mod inspect;
mod output;
mod serve;
mod time;
mod wallet;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Command};
use exit::{Code, Failure};
use output::Output;

/// Runs the command with these arguments, of which the first is its own name, and says how it ended. Prints to standard output and
/// standard error.
pub fn run<I, T>(arguments: I) -> ExitCode
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let args = match Args::try_parse_from(arguments) {
        Ok(args) => args,
        Err(error) => {
            // Help and version come this way as well, and are no failure.
            let code = if error.use_stderr() { Code::Usage } else { Code::Success };
            let _ = error.print();
            return code.into();
        }
    };
    let output = Output::new(&args.global);
    match dispatch(args, &output) {
        Ok(code) => code.into(),
        Err(failure) => {
            output.failure(&failure);
            failure.code.into()
        }
    }
}

fn dispatch(args: Args, output: &Output) -> Result<Code, Failure> {
    let global = &args.global;
    match args.command {
        Command::Demo(demo) => commands::demo::run(&demo, output),
        Command::Keygen(keygen) => commands::keys::keygen(&keygen, global, output),
        Command::Keys(keys) => commands::keys::run(&keys, global, output),
        Command::Vouchers(vouchers) => commands::keys::vouchers(&vouchers, global, output),
        Command::Serve(serve) => commands::serve::run(&serve, global, output),
        Command::Fetch(fetch) => commands::fetch::run(&fetch, global, output),
        Command::Wallet(wallet) => commands::wallet::run(&wallet, global, output),
        Command::Inspect(inspect) => commands::inspect::run(&inspect, output),
        Command::Config(config) => commands::config::run(&config, global, output),
        Command::Completions(completions) => commands::shell::completions(&completions, output),
        Command::Man(man) => commands::shell::man(&man, output),
    }
}
