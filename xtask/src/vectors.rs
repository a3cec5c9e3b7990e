//! `cargo xtask vectors`: writes, checks and runs test vectors.

mod act;
mod arc;
mod blind_rsa;
mod coins;
mod flags;
mod group;
mod inputs;
mod outcome;
mod published;
mod runner;
mod schema;
mod sigma;
#[cfg(test)]
mod tests;
mod tokens;
mod tree;
mod voprf;
mod wire;
mod writer;

use std::path::PathBuf;
use std::process::ExitCode;

/// The environment variable that names the folder of published files.
const PUBLISHED: &str = "FAREBOX_PUBLISHED_VECTORS";

/// Write our test vectors, compare them with the tree and with published files, or run any vector file.
///
/// Without options the files under vectors/ are written again from their seeds.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// Write nothing; fail where the tree differs from what would be written. Compares with the published files too if
    /// FAREBOX_PUBLISHED_VECTORS names their folder.
    #[arg(long)]
    check: bool,
    /// Compare with the published files in this folder, as vectors/SOURCES.toml lists them. Writes nothing.
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Run the cases of vector files of the schema farebox-vectors-1, and say what happened in each.
    Run {
        /// Vector files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

pub(crate) fn run(args: &Args) -> ExitCode {
    let good = match &args.command {
        Some(Command::Run { files }) => Ok(runner::run_files(files)),
        None if args.check || args.against.is_some() => compare(args),
        None => write().map(|()| true),
    };
    match good {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write() -> Result<(), String> {
    let files = tree::generate()?;
    for file in &files {
        println!("{}: {} cases", file.path(), file.cases());
    }
    for path in tree::write(&tree::root(), &tree::texts(&files)?)? {
        println!("{path}: not made here, left as it is");
    }
    Ok(())
}

fn compare(args: &Args) -> Result<bool, String> {
    let mut good = true;
    if args.check {
        let ours = tree::texts(&tree::generate()?)?;
        let differences = tree::differences(&ours, &tree::read(&tree::root())?);
        if differences.is_empty() {
            println!("{} files of our own are as they would be written", ours.len());
        } else {
            good = false;
            println!("vectors/ is not what `cargo xtask vectors` writes:");
            differences.iter().for_each(|line| println!("  {line}"));
        }
    }
    let published = args.against.clone().or_else(|| std::env::var_os(PUBLISHED).map(PathBuf::from));
    match published {
        Some(folder) => good &= published::compare(&folder).map_err(|error| format!("published files: {error}"))?,
        None => println!("Published files were not compared: give --against DIR or set {PUBLISHED}."),
    }
    Ok(good)
}
