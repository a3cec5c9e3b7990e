//! `cargo xtask bench-compare`: builds and runs the comparison with other implementations.
//!
//! The comparison is a program of its own, `xtask/peers`, with its own lock file, because the peers sit on other
//! generations of the same dependencies. It links our crates and theirs, so that both run in one process.

use std::ffi::OsString;
use std::path::{Path, PathBuf, absolute};
use std::process::{Command, ExitCode, ExitStatus};

use clap::ValueEnum;

const EXIT_CODES: &str = "\
Exit codes:
  0  measured (a missed goal is reported, it is not a failure)
  1  the measurement failed, or its files could not be written
  2  wrong command line, or --filter matches no row
  3  the comparison did not build, or could not be started";

const WRONG_USE: u8 = 2;
const NOT_BUILT: u8 = 3;

/// Measure our crates and other implementations side by side.
///
/// Each row is one step of a protocol, bytes in to bytes out, run interleaved (ours, theirs, theirs, ours) on one
/// thread; the figures are thread CPU time. Building takes about a minute the first time.
#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// Fewer rounds: about a minute after building.
    #[arg(long)]
    quick: bool,
    /// Write bench-compare.json and bench-compare.md into this folder.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Only this part. `service` is requests per second through a gate, and has no peers; it takes --quick and nothing else.
    #[arg(long, value_enum, conflicts_with = "filter")]
    only: Option<Part>,
    /// Only rows whose id contains this text; may be given several times.
    #[arg(long, value_name = "SUBSTR")]
    filter: Vec<String>,
    /// Rounds for each row, instead of 301 (61 with --quick).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: Option<u32>,
    /// The flags to build with, instead of those that .cargo/config.toml and the environment give.
    #[arg(long, value_enum)]
    backend: Option<Backend>,
    /// A date to print in the report. Without it the report has none.
    #[arg(long, value_name = "TEXT")]
    date: Option<String>,
    /// List the row ids and measure nothing.
    #[arg(long)]
    list: bool,
}

/// A part of the comparison.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Sigma,
    Act,
    Arc,
    Voprf,
    BlindRsa,
    Service,
}

impl Part {
    /// How the ids of its rows begin.
    fn prefix(self) -> &'static str {
        match self {
            Self::Sigma => "sigma/",
            Self::Act => "act/",
            Self::Arc => "arc/",
            Self::Voprf => "voprf/",
            Self::BlindRsa => "blind-rsa/",
            Self::Service => "service/",
        }
    }
}

/// How curve25519-dalek is compiled on x86_64, in ours and in every peer that knows the flag.
#[derive(Clone, Copy, ValueEnum)]
enum Backend {
    /// What .cargo/config.toml sets, whatever RUSTFLAGS says: AVX-512 IFMA where the processor has it, AVX2 elsewhere.
    Avx512,
    /// AVX2 only: RUSTFLAGS=--cfg curve25519_dalek_backend="simd", and no farebox-lanes.
    Avx2,
}

pub(crate) fn run(args: &Args) -> ExitCode {
    match measure(args) {
        Ok(status) => match status.code() {
            Some(0) => ExitCode::SUCCESS,
            Some(2) => ExitCode::from(WRONG_USE),
            _ => ExitCode::FAILURE,
        },
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(NOT_BUILT)
        }
    }
}

fn measure(args: &Args) -> Result<ExitStatus, String> {
    if args.only == Some(Part::Service) {
        return start(&mut service(args.quick));
    }
    let arguments = peers_arguments(args)?;
    let built = start(cargo("build", args.backend).arg("--locked"))?;
    if !built.success() {
        return Err("the comparison in xtask/peers did not build (the compiler's messages are above).\n\
             If a crate's dependencies changed, bring its lock file up to date first:\n  \
             cargo update --workspace --manifest-path xtask/peers/Cargo.toml"
            .to_owned());
    }
    start(cargo("run", args.backend).args(["--locked", "--quiet", "--"]).args(arguments))
}

/// The load test of `farebox-edge`: client, gate and ledger in one program.
fn service(quick: bool) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    cargo.args(["run", "--release", "--quiet", "--package", "farebox-edge", "--example", "service", "--"]);
    cargo.args(quick.then_some("--quick"));
    cargo
}

/// `cargo SUBCOMMAND` on the peers' workspace, with the flags that `backend` asks for.
fn cargo(subcommand: &str, backend: Option<Backend>) -> Command {
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    let target = peers.join("target");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    // Cargo reads .cargo/config.toml from the current directory upwards.
    cargo.current_dir(&peers).args([subcommand, "--release", "--target-dir"]);
    // The rows of Blind RSA with the system's OpenSSL, where its headers are.
    let pkg_config = Command::new("pkg-config").args(["--exists", "openssl"]).status();
    let openssl = pkg_config.is_ok_and(|status| status.success());
    match backend {
        None => cargo.arg(target),
        Some(Backend::Avx512) => cargo.arg(target).env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS"),
        Some(Backend::Avx2) => cargo
            .arg(target.join("avx2"))
            // Without farebox-lanes, which would use AVX-512 all the same.
            .arg("--no-default-features")
            .env("RUSTFLAGS", r#"--cfg curve25519_dalek_backend="simd""#)
            .env_remove("CARGO_ENCODED_RUSTFLAGS"),
    };
    if openssl {
        cargo.args(["--features", "openssl"]);
    }
    cargo
}

fn start(command: &mut Command) -> Result<ExitStatus, String> {
    command
        .status()
        .map_err(|error| format!("cannot start {}: {error}; is cargo on the PATH?", command.get_program().display()))
}

/// The same options for the peers' program, which runs in another directory.
fn peers_arguments(args: &Args) -> Result<Vec<OsString>, String> {
    let mut all: Vec<OsString> = Vec::new();
    if args.quick {
        all.push("--quick".into());
    }
    if args.list {
        all.push("--list".into());
    }
    if let Some(part) = args.only {
        all.extend(["--filter".into(), part.prefix().into()]);
    }
    for text in &args.filter {
        all.extend(["--filter".into(), text.into()]);
    }
    if let Some(rounds) = args.rounds {
        all.extend(["--rounds".into(), rounds.to_string().into()]);
    }
    if let Some(date) = &args.date {
        all.extend(["--date".into(), date.into()]);
    }
    if let Some(out) = &args.out {
        let out = absolute(out).map_err(|error| format!("--out {}: {error}", out.display()))?;
        all.extend(["--out".into(), out.into()]);
    }
    let typed: Vec<String> = std::env::args().skip(1).collect();
    all.extend(["--command-line".into(), format!("cargo xtask {}", typed.join(" ")).into()]);
    Ok(all)
}
