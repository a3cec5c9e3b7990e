//! The configuration as it is used. Every key has a value here: the defaults stand in `default.toml` and nowhere else.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) server: Server,
    pub(crate) admin: Admin,
    pub(crate) log: Log,
    pub(crate) keys: Keys,
    pub(crate) issuer: Issuer,
    pub(crate) origin: Origin,
    pub(crate) ledger: Ledger,
    pub(crate) wallet: Wallet,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Server {
    pub(crate) listen: SocketAddr,
    pub(crate) max_connections: u32,
    pub(crate) header_timeout: u32,
    pub(crate) max_headers: u16,
    pub(crate) max_header_bytes: u32,
    pub(crate) body_timeout: u32,
    pub(crate) drain_delay: u32,
    pub(crate) drain_timeout: u32,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Admin {
    /// An address, or nothing.
    pub(crate) listen: String,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    pub(crate) level: Level,
    pub(crate) format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    Text,
    Json,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Keys {
    pub(crate) folder: PathBuf,
    pub(crate) overlap: u32,
    pub(crate) issue_lifetime: u32,
    pub(crate) accept_lifetime: u32,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Issuer {
    pub(crate) enabled: bool,
    pub(crate) name: String,
    pub(crate) request_path: String,
    pub(crate) directory_max_age: u32,
    pub(crate) attestation: Vec<Attestation>,
    pub(crate) secrets: PathBuf,
    pub(crate) pow_difficulty: u8,
    pub(crate) pow_lifetime: u32,
    pub(crate) vouchers: PathBuf,
    pub(crate) vouchers_used: PathBuf,
    pub(crate) max_body: u32,
    pub(crate) concurrency: u32,
    pub(crate) threads: u16,
    pub(crate) rate_per_minute: u32,
    pub(crate) rate_burst: u32,
    pub(crate) client_header: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Attestation {
    Open,
    Secret,
    Pow,
    Vouchers,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Origin {
    pub(crate) enabled: bool,
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) upstream: String,
    pub(crate) connect_timeout: u32,
    pub(crate) max_body: u64,
    pub(crate) forward_client_address: bool,
    pub(crate) window_secret: PathBuf,
    pub(crate) credential_context: String,
    pub(crate) threads: u16,
    pub(crate) queue: u32,
    pub(crate) max_running: u32,
    pub(crate) routes: Vec<Route>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Route {
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) schemes: Vec<Scheme>,
    pub(crate) cost: u64,
    pub(crate) returned: Returned,
    pub(crate) returned_on_failure: Returned,
    pub(crate) used_header: String,
    pub(crate) limit: u64,
    pub(crate) window: u64,
    pub(crate) without_token: WithoutToken,
    pub(crate) timeout: u32,
    pub(crate) verdict_header: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Scheme {
    Act,
    Arc,
    BlindRsa,
    VoprfP384,
    VoprfRistretto255,
}

/// Credits that come back: all, none, or a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Returned {
    Number(u64),
    Word(ReturnedWord),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ReturnedWord {
    Nothing,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum WithoutToken {
    Deny,
    Allow,
}

#[derive(Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ledger {
    pub(crate) kind: LedgerKind,
    pub(crate) folder: PathBuf,
    pub(crate) existing_only: bool,
    /// It may hold a password.
    pub(crate) url: String,
    pub(crate) durability: Durability,
    pub(crate) connections: u16,
    pub(crate) answer_retention: u32,
    pub(crate) serial_retention: u32,
    pub(crate) maintain: u32,
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger").field("kind", &self.kind).field("folder", &self.folder).finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LedgerKind {
    Fjall,
    Postgres,
    Memory,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Durability {
    Standby,
    Server,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wallet {
    pub(crate) folder: PathBuf,
    pub(crate) max_cost: u64,
    pub(crate) origin_budget: u64,
    pub(crate) budget: u64,
    pub(crate) issuers: Vec<String>,
    pub(crate) secrets: PathBuf,
    pub(crate) max_pow: u8,
    pub(crate) plaintext: Plaintext,
    pub(crate) proxy: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Plaintext {
    Never,
    Loopback,
    Anywhere,
}
