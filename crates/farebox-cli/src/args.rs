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
    Demo(Demo),
    Keygen(Keygen),
    Keys(Keys),
    Vouchers(Vouchers),
    Serve(Serve),
    Fetch(Fetch),
    Wallet(Wallet),
    Inspect(Inspect),
    Config(Config),
    Completions(Completions),
    Man(Man),
}

/// Show it all on this machine: every scheme, a lost answer, a double spend
///
/// Starts an issuer and an origin on loopback with a ledger in a temporary folder, pays over HTTP with a wallet, loses an answer on
/// purpose and recovers it, tries to spend twice, and prints bytes and microseconds for each step. Nothing stays behind.
#[derive(Debug, clap::Args)]
pub(crate) struct Demo {
    /// Requests for each scheme; the table has their median
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(2..=1000))]
    pub(crate) requests: u32,
}

/// Make keys
#[derive(Debug, clap::Args)]
pub(crate) struct Keygen {
    /// What for
    #[arg(required = true, value_name = "TYPE")]
    pub(crate) types: Vec<TypeName>,
    /// When they begin, in seconds of Unix time [default: now]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) not_before: Option<u64>,
    /// ACT: the domain separator [default: ACT-v1:farebox:origin:production: and the date of today]
    #[arg(long, value_name = "TEXT")]
    pub(crate) act_domain: Option<String>,
    /// ACT: L; amounts are below 2^L. More bits make longer tokens
    #[arg(long, default_value_t = 16, value_name = "L", value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) act_bits: u8,
    /// ACT: the credits of a new token
    #[arg(long, default_value_t = 1000, value_name = "CREDITS")]
    pub(crate) act_credits: u64,
    /// Make a key though there is one of its type
    #[arg(long)]
    pub(crate) force: bool,
}

/// List, rotate and retire keys
#[derive(Debug, clap::Args)]
pub(crate) struct Keys {
    #[command(subcommand)]
    pub(crate) action: KeysAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysAction {
    /// List the keys with their times
    List,
    /// Make the keys that follow; they begin after the overlap
    Rotate {
        /// The types; all that there are, where none is named
        #[arg(value_name = "TYPE")]
        types: Vec<TypeName>,
    },
    /// Take away keys whose time is over
    Retire,
}

/// Make one-time vouchers for the issuer, and print them
#[derive(Debug, clap::Args)]
pub(crate) struct Vouchers {
    /// How many
    #[arg(value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) count: u32,
    /// Tokens that one voucher brings
    #[arg(long, default_value_t = 1)]
    pub(crate) tokens: u32,
}

/// Serve an issuer, and an origin in front of a folder or another server
///
/// HTTP/1.1 without TLS, which is left to a proxy in front. SIGTERM and SIGINT end it when what is under way is answered; a second one
/// ends it at once. SIGHUP reads configuration, keys and vouchers again. The first line of standard output has the address.
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// Allow ledger.kind = "memory": when the server ends, every token can be spent again
    #[arg(long)]
    pub(crate) insecure_memory_ledger: bool,
}

/// Fetch a URL, and pay where the origin asks for it
#[derive(Debug, clap::Args)]
pub(crate) struct Fetch {
    /// The URL
    pub(crate) url: String,
    /// The method [default: GET, or POST with -d]
    #[arg(short = 'X', long = "request", value_name = "METHOD")]
    pub(crate) method: Option<String>,
    /// A header, `Name: value`
    #[arg(short = 'H', long = "header", value_name = "HEADER")]
    pub(crate) headers: Vec<String>,
    /// The body; @FILE reads a file, @- standard input
    #[arg(short = 'd', long = "data", value_name = "DATA")]
    pub(crate) data: Option<String>,
    /// Write the body into a file
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Print status and headers as well
    #[arg(short = 'i', long)]
    pub(crate) include: bool,
    /// Credits for this request at most
    #[arg(long, value_name = "CREDITS")]
    pub(crate) max_cost: Option<u64>,
    /// Credits that the wallet may have spent, at this origin and in all, with this request
    #[arg(long, value_name = "CREDITS")]
    pub(crate) budget: Option<u64>,
    /// A voucher, for this issuer and no other
    #[arg(long, value_name = "ISSUER=CODE", value_parser = voucher)]
    pub(crate) voucher: Option<(String, String)>,
}

fn voucher(text: &str) -> Result<(String, String), &'static str> {
    let (issuer, code) = text.split_once('=').ok_or("not ISSUER=CODE")?;
    Ok((issuer.to_owned(), code.to_owned()))
}

/// Look into the wallet, and settle what was cut off
#[derive(Debug, clap::Args)]
pub(crate) struct Wallet {
    #[command(subcommand)]
    pub(crate) action: WalletAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WalletAction {
    /// Print what is held of each issuer and type
    Balance,
    /// List the credentials
    List,
    /// Send again, byte for byte, what was cut off
    Recover,
    /// Give a credential up, with what is left of it
    Abandon {
        /// Its number in the list
        id: u64,
    },
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
