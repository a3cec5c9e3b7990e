//! Issuer and gate, made from the configuration and the folder of keys.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use farebox_edge::{Config as GateConfig, Deployment, Gate, WindowSecret};
use farebox_issuer::keystore::{KeyStore, KeyStoreError};
use farebox_issuer::{ClientKey, IssuerConfig, RateLimit};
use farebox_ledger::Ledger;
use farebox_tokens::KeyRing;
use farebox_tokens::issuer::Issuer;
use rand::RngExt as _;
use zeroize::Zeroizing;

use super::AnyStore;
use crate::config::{Config, LedgerKind};
use crate::exit::{Code, Failure};

/// The names that stand in challenges.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) issuer: String,
    pub(crate) origin: String,
}

impl Names {
    pub(crate) fn new(config: &Config, bound: SocketAddr) -> Self {
        let or_bound = |name: &str| if name.is_empty() { bound.to_string() } else { name.replace(' ', "") };
        Self { issuer: or_bound(&config.issuer.name), origin: or_bound(&config.origin.name) }
    }
}

/// The keys in the folder.
///
/// # Errors
/// [`Code::Config`] where there is no key, [`Code::Failure`] where the folder is not good.
pub(crate) fn keys(config: &Config) -> Result<KeyRing, Failure> {
    let none = || {
        let folder = config.keys.folder.display();
        Failure::new(Code::Config, format!("keys.folder: {folder} has no key; `farebox keygen` makes one"))
    };
    let store = KeyStore::open(&config.keys.folder).map_err(|error| match error {
        KeyStoreError::Io { ref source, .. } if source.kind() == ErrorKind::NotFound => none(),
        error => Failure::at(Code::Failure, "the keys")(error),
    })?;
    let ring = store.ring().map_err(Failure::at(Code::Failure, "the keys"))?;
    if ring.iter().next().is_none() { Err(none()) } else { Ok(ring) }
}

pub(crate) fn issuer(config: &Config, names: &Names, keys: KeyRing) -> Issuer {
    let mut issuer = Issuer::new(&names.issuer, keys);
    issuer.act_origin_info.clone_from(&names.origin);
    issuer.act_credential_context = context(config);
    issuer
}

fn context(config: &Config) -> Option<[u8; 32]> {
    hex::decode(&config.origin.credential_context).ok()?.try_into().ok()
}

/// # Errors
/// [`Code::Config`] for a header that is none.
pub(crate) fn issuer_config(config: &Config) -> Result<IssuerConfig, Failure> {
    let issuer = &config.issuer;
    let client_key = match issuer.client_header.as_str() {
        "" => ClientKey::Peer,
        name => ClientKey::Header(name.parse().map_err(Failure::at(Code::Config, "issuer.client_header"))?),
    };
    let mut made = IssuerConfig {
        request_path: issuer.request_path.clone(),
        directory_max_age: seconds(issuer.directory_max_age),
        key_overlap: seconds(config.keys.overlap),
        body_limit: issuer.max_body as usize,
        body_timeout: seconds(config.server.body_timeout),
        concurrency: issuer.concurrency as usize,
        client_key,
        ..IssuerConfig::default()
    };
    if issuer.threads > 0 {
        made.cpu_threads = issuer.threads.into();
    }
    let limit = RateLimit { per_minute: issuer.rate_per_minute, burst: issuer.rate_burst, ..RateLimit::default() };
    made.rate = (issuer.rate_per_minute > 0).then_some(limit);
    Ok(made)
}

/// # Errors
/// Where the window secret cannot be read or made.
pub(crate) fn gate(config: &Config, names: &Names, store: AnyStore, keys: KeyRing) -> Result<Gate<AnyStore>, Failure> {
    let origin = &config.origin;
    let mut made = GateConfig::new(&names.issuer, &names.origin, window_secret(&origin.window_secret)?);
    made.credential_context = context(config);
    if origin.threads > 0 {
        made.workers = origin.threads.into();
    }
    made.queue = origin.queue as usize;
    made.max_running = origin.max_running as usize;
    made.answer_retention = config.ledger.answer_retention.into();
    made.serial_retention = config.ledger.serial_retention.into();
    if config.ledger.kind == LedgerKind::Postgres {
        // The store has a limit of its own, 5 s, and cleans up behind it.
        made.store_timeout = Duration::from_secs(7);
        // Longer than a handler of any origin may run, and its answer be on the way to the ledger.
        let answering = made.store_patience.as_secs().saturating_add(made.store_timeout.as_secs());
        let patience = longest_timeout(config).saturating_add(answering).saturating_add(5);
        made.deployment = Deployment::Shared { patience };
    }
    Ok(Gate::new(made, Ledger::new(store), keys))
}

/// The time of the slowest route, in seconds. All origins of one ledger have the same routes.
pub(crate) fn longest_timeout(config: &Config) -> u64 {
    config.origin.routes.iter().map(|route| u64::from(route.timeout)).max().unwrap_or(0)
}

/// Reads the secret, or makes one. Of two that make it at once, one is too late and reads.
fn window_secret(path: &Path) -> Result<WindowSecret, Failure> {
    let failed = || Failure::at(Code::Failure, format!("origin.window_secret: {}", path.display()));
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(failed())?;
    }
    let mut bytes = Zeroizing::new([0u8; 32]);
    let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Ok(mut file) => {
            rand::rng().fill(&mut *bytes);
            let text = Zeroizing::new(hex::encode(*bytes));
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed())?;
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let text = Zeroizing::new(fs::read_to_string(path).map_err(failed())?);
            hex::decode_to_slice(text.trim(), &mut *bytes).map_err(|_| {
                Failure::new(
                    Code::Failure,
                    format!("origin.window_secret: {}: 32 bytes in hex are wanted", path.display()),
                )
            })?;
        }
        Err(error) => return Err(failed()(error)),
    }
    Ok(WindowSecret::new(*bytes))
}

fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(seconds.into())
}
