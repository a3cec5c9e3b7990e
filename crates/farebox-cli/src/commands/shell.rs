//! `farebox completions` and `farebox man`.

use std::fs;

use clap::CommandFactory as _;

use crate::args::{Args, Completions, Man};
use crate::exit::{Code, Failure};
use crate::output::Output;

pub(crate) fn completions(args: &Completions, _: &Output) -> Result<Code, Failure> {
    clap_complete::generate(args.shell, &mut Args::command(), "farebox", &mut std::io::stdout());
    Ok(Code::Success)
}

/// One page for the command, and one for each subcommand.
pub(crate) fn man(args: &Man, output: &Output) -> Result<Code, Failure> {
    let failed = |what: &str| Failure::at(Code::Failure, format!("{}: {what}", args.folder.display()));
    fs::create_dir_all(&args.folder).map_err(failed("the folder cannot be made"))?;
    let mut command = Args::command();
    command.build();
    let pages = pages(&command);
    for (name, page) in &pages {
        fs::write(args.folder.join(name), page).map_err(failed("a page cannot be written"))?;
    }
    output.note(&format!("{} pages in {}", pages.len(), args.folder.display()));
    Ok(Code::Success)
}

fn pages(command: &clap::Command) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let page = clap_mangen::Man::new(command.clone());
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    if page.render(&mut bytes).is_ok() {
        all.push((page.get_filename(), bytes));
    }
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        all.extend(pages(inner));
    }
    all
}
