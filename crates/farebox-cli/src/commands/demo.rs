//! `farebox demo`.

use crate::args::Demo;
use crate::commands::runtime;
use crate::demo;
use crate::exit::{Code, Failure};
use crate::output::Output;

pub(crate) fn run(args: &Demo, output: &Output) -> Result<Code, Failure> {
    let report = runtime()?.block_on(async {
        tokio::select! {
            report = demo::run(args.requests, output) => report,
            // The folder goes with the future.
            _ = tokio::signal::ctrl_c() => Err(Failure::new(Code::Failure, "interrupted")),
        }
    })?;
    output.result(|| report.draw(output), || report.to_json());
    if report.holds() {
        Ok(Code::Success)
    } else {
        Err(Failure::new(Code::Failure, "not everything is as it should be"))
    }
}
