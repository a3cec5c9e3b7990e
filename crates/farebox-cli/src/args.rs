//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// An issuer, a gate and a wallet for anonymous credentials.
#[derive(Debug, Parser)]
#[command(name = "farebox", version, about, propagate_version = true, arg_required_else_help = true)]
#[command(after_long_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What goes with every command.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Global {
    /// The configuration file [default: $FAREBOX_CONFIG, or $XDG_CONFIG_HOME/farebox/farebox.toml where there is one]
    #[arg(long, short = 'c', global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print results as JSON, one value on a line
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print results and failures only
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

/// The exit codes, as the long help and the manual have them.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
   0  done
   1  failed, for a reason without a code of its own
   2  the arguments are not good
   3  the configuration is not good
   4  the input is no message that is known here
   5  another process has what is needed: ledger, wallet, keys or address
   6  a server, issuer or database is away
   7  not paid: the origin's challenges are not answered, and nothing was spent
   8  not settled: a token was sent and its answer is lost; `farebox wallet recover` finds out
  13  the final status was 3xx
  14  the final status was 4xx
  15  the final status was 5xx";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Inspect(Inspect),
    Config(Config),
    Completions(Completions),
    Man(Man),
}

/// Decode a message and print it as a tree
///
/// Reads every message and header of Privacy Pass that is known here, with the messages of ACT and ARC inside. What it prints may be
/// a token that is good as money.
#[derive(Debug, clap::Args)]
pub(crate) struct Inspect {
    /// Hex, base64url, a header's text, the name of a file with any of these or with raw bytes, or `-` for standard input
    pub(crate) input: String,
    /// What it is, instead of a guess
    #[arg(long = "as", value_name = "KIND")]
    pub(crate) kind: Option<Kind>,
    /// The token type of an answer, which does not say it itself
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) token_type: Option<TypeName>,
    /// Print long fields whole
    #[arg(long)]
    pub(crate) full: bool,
}

/// A kind of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// TokenChallenge
    Challenge,
    /// Token
    Token,
    /// TokenRequest
    Request,
    /// TokenResponse
    Response,
    /// AmortizedBatchTokenRequest
    AmortizedRequest,
    /// AmortizedBatchTokenResponse
    AmortizedResponse,
    /// GenericBatchTokenRequest
    GenericRequest,
    /// GenericBatchTokenResponse
    GenericResponse,
    /// The change of an ACT spend
    Refund,
    /// The issuer directory, JSON
    Directory,
    /// The header WWW-Authenticate
    WwwAuthenticate,
    /// The header Authorization
    Authorization,
    /// The header PrivacyPass-Reverse
    Reverse,
    /// ACT's own issuance request
    ActRequest,
    /// ACT's own issuance response
    ActResponse,
    /// ACT's own spend proof
    ActSpend,
    /// ACT's own refund
    ActRefund,
    /// ARC's own credential request
    ArcRequest,
    /// ARC's own credential response
    ArcResponse,
    /// ARC's own presentation
    ArcPresentation,
}

/// A token type by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TypeName {
    /// 0x0001
    VoprfP384,
    /// 0x0002
    BlindRsa,
    /// 0x0005
    VoprfRistretto255,
    /// 0xE5AC
    Arc,
    /// 0xE5AD
    Act,
}

/// Print or check the configuration
#[derive(Debug, clap::Args)]
pub(crate) struct Config {
    #[command(subcommand)]
    pub(crate) action: ConfigAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigAction {
    /// Print the default configuration, with every key explained
    Print,
    /// Print the configuration that is in force: defaults, file and environment together
    Show,
    /// Check a configuration, with the environment's overrides
    Check {
        /// The file, instead of --config
        file: Option<PathBuf>,
    },
}

/// Print completions for a shell
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

/// Write the manual pages into a folder
#[derive(Debug, clap::Args)]
pub(crate) struct Man {
    /// The folder, which is made where there is none
    pub(crate) folder: PathBuf,
}
