//! The wallet, by the configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::DirBuilderExt as _;

use farebox_wallet::attest::{AnyOf, ProofOfWork, SharedSecrets, Vouchers};
use farebox_wallet::{
    Budget, Config, Error, FileStore, JournalError, Plaintext, Proxies, ReqwestTransport, Transport, Trust, Wallet,
};
use zeroize::Zeroizing;

use crate::config;
use crate::exit::{Code, Failure};

/// What a command changes of the configuration.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overrides {
    pub(crate) max_cost: Option<u64>,
    pub(crate) budget: Option<u64>,
    /// The issuer, and a code for it.
    pub(crate) voucher: Option<(String, Zeroizing<String>)>,
}

/// Opens the wallet over the network.
///
/// # Errors
/// [`Code::InUse`] where another process has it, and others.
pub(crate) fn open(
    config: &config::Wallet,
    overrides: Overrides,
) -> Result<Wallet<ReqwestTransport, FileStore>, Failure> {
    let proxies = match config.proxy.as_str() {
        "none" => Proxies::None,
        "environment" => Proxies::Environment,
        url => Proxies::All(url.to_owned()),
    };
    let transport = ReqwestTransport::new(&proxies).map_err(Failure::at(Code::Failure, "the transport"))?;
    open_over(transport, config, overrides)
}

/// The same over another transport.
///
/// # Errors
/// As [`open`].
pub(crate) fn open_over<T: Transport>(
    transport: T,
    config: &config::Wallet,
    overrides: Overrides,
) -> Result<Wallet<T, FileStore>, Failure> {
    let settings = settings(config, overrides)?;
    if let Some(parent) = config.folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(parent);
        made.map_err(Failure::at(Code::Failure, format!("{}", parent.display())))?;
    }
    let store = FileStore::open(&config.folder).map_err(|error| journal(config, error))?;
    Wallet::open(transport, store, settings).map_err(|error| journal(config, error))
}

fn journal(config: &config::Wallet, error: JournalError) -> Failure {
    let code = if matches!(error, JournalError::Locked) { Code::InUse } else { Code::Failure };
    Failure::at(code, format!("the wallet {}", config.folder.display()))(error)
}

fn settings(config: &config::Wallet, overrides: Overrides) -> Result<Config, Failure> {
    let trust = match config.issuers.as_slice() {
        [] => Trust::Any,
        names => Trust::Only(names.iter().cloned().collect::<BTreeSet<_>>()),
    };
    let plaintext = match config.plaintext {
        config::Plaintext::Never => Plaintext::Never,
        config::Plaintext::Loopback => Plaintext::Loopback,
        config::Plaintext::Anywhere => Plaintext::Anywhere,
    };
    let budget = Budget {
        request: overrides.max_cost.unwrap_or(config.max_cost),
        origin: overrides.budget.unwrap_or(config.origin_budget),
        total: overrides.budget.unwrap_or(config.budget),
    };
    let codes = overrides.voucher.map(|(issuer, code)| (issuer, vec![code]));
    let shown = AnyOf(vec![
        Box::new(Vouchers::new(codes.into_iter().collect())),
        Box::new(SharedSecrets::new(secrets(config)?)),
        Box::new(ProofOfWork::up_to(config.max_pow.into())),
    ]);
    Ok(Config { budget, trust, plaintext, attestation: std::sync::Arc::new(shown), ..Config::default() })
}

/// `name secret` on each line.
fn secrets(config: &config::Wallet) -> Result<BTreeMap<String, Zeroizing<String>>, Failure> {
    if config.secrets.as_os_str().is_empty() {
        return Ok(BTreeMap::new());
    }
    let path = format!("wallet.secrets: {}", config.secrets.display());
    let text = Zeroizing::new(fs::read_to_string(&config.secrets).map_err(Failure::at(Code::Config, &path))?);
    let mut all = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let Some((name, secret)) = line.split_once(' ') else {
            return Err(Failure::new(Code::Config, format!("{path}: a line without a space")));
        };
        all.insert(name.to_owned(), Zeroizing::new(secret.trim().to_owned()));
    }
    Ok(all)
}

/// What an error of the wallet means for the exit code.
pub(crate) fn failed(error: Error) -> Failure {
    let code = match &error {
        Error::Url(_) => Code::Usage,
        Error::Transport(_) => Code::Unavailable,
        Error::Declined(_) => Code::NotPaid,
        Error::Unanswered { .. } | Error::RefusedInFlight { .. } => Code::Unsettled,
        Error::InUse(_) => Code::InUse,
        _ => Code::Failure,
    };
    Failure::new(code, error.to_string())
}
