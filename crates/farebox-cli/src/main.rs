//! The command `farebox`. All of it is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    farebox_cli::run(std::env::args_os())
}
