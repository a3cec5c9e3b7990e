//! `farebox keygen`, `farebox keys` and `farebox vouchers`.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};

use farebox_issuer::attest::VoucherCode;
use farebox_issuer::keystore::{KeyInfo, KeySpec, KeyState, KeyStore, KeyStoreError, Schedule};
use privacypass_wire::directory::ActParameters;
use serde_json::{Value, json};

use crate::args::{Global, Keygen, Keys as Args, KeysAction, TypeName, Vouchers};
use crate::config::{self, Config};
use crate::exit::{Code, Failure};
use crate::inspect::type_name;
use crate::output::{self, Output};
use crate::time::{date, instant, now};

pub(crate) fn keygen(args: &Keygen, global: &Global, output: &Output) -> Result<Code, Failure> {
    let config = config::load(global)?.config;
    let store = create(&config)?;
    let now = now();
    let begins = args.not_before.unwrap_or(now);
    let validity = schedule(&config).validity(begins).map_err(failed)?;
    let existing = store.list(now).map_err(failed)?;
    for name in &args.types {
        let token_type = name.token_type();
        let is_live = |key: &&KeyInfo| key.spec.token_type() == token_type && key.state <= KeyState::Issuing;
        if !args.force && existing.iter().any(|key| is_live(&key)) {
            let name = type_name(token_type);
            return Err(Failure::new(
                Code::Failure,
                format!(
                    "there is a key of {name} that issues; `farebox keys rotate` makes the next one (--force makes another)"
                ),
            ));
        }
    }
    let bar = output.progress(args.types.len() as u64, "making keys");
    for name in &args.types {
        let id = store.generate(&spec(*name, args, now), validity, &mut rand::rng()).map_err(failed)?;
        bar.inc(1);
        let (kind, id) = (type_name(name.token_type()), hex::encode(id.as_bytes()));
        bar.suspend(|| output.result(|| format!("{kind}: {id}"), || json!({ "type": kind, "id": id })));
    }
    bar.finish_and_clear();
    Ok(Code::Success)
}

fn create(config: &Config) -> Result<KeyStore, Failure> {
    if let Some(parent) = config.keys.folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(parent);
        made.map_err(Failure::at(Code::Failure, format!("{}", parent.display())))?;
    }
    KeyStore::create(&config.keys.folder).map_err(failed)
}

fn spec(name: TypeName, args: &Keygen, now: u64) -> KeySpec {
    match name {
        TypeName::VoprfP384 => KeySpec::VoprfP384,
        TypeName::BlindRsa => KeySpec::BlindRsa,
        TypeName::VoprfRistretto255 => KeySpec::VoprfRistretto255,
        TypeName::Arc => KeySpec::Arc,
        TypeName::Act => {
            let today = || format!("ACT-v1:farebox:origin:production:{}", date(now));
            KeySpec::Act(ActParameters {
                domain_separator: args.act_domain.clone().unwrap_or_else(today),
                bit_length: args.act_bits,
                initial_credits: args.act_credits,
            })
        }
    }
}

fn schedule(config: &Config) -> Schedule {
    let keys = &config.keys;
    Schedule {
        overlap: keys.overlap.into(),
        issue_lifetime: keys.issue_lifetime.into(),
        accept_lifetime: keys.accept_lifetime.into(),
    }
}

pub(crate) fn run(args: &Args, global: &Global, output: &Output) -> Result<Code, Failure> {
    let config = config::load(global)?.config;
    let store = KeyStore::open(&config.keys.folder).map_err(failed)?;
    match &args.action {
        KeysAction::List => list(&store, output)?,
        KeysAction::Rotate { types } => rotate(&store, &config, types, output)?,
        KeysAction::Retire => {
            // A key that is gone answers nobody: it stays for as long as answers do.
            let retention = u64::from(config.ledger.answer_retention);
            let gone = store.retire(now().saturating_sub(retention)).map_err(failed)?;
            let ids: Vec<String> = gone.iter().map(|id| hex::encode(id.as_bytes())).collect();
            let text = || if ids.is_empty() { "no key is over".into() } else { ids.join("\n") };
            output.result(text, || json!({ "retired": ids }));
        }
    }
    Ok(Code::Success)
}

fn list(store: &KeyStore, output: &Output) -> Result<(), Failure> {
    let keys = store.list(now()).map_err(failed)?;
    let row = |key: &KeyInfo| {
        let times = [key.validity.not_before, key.validity.issue_until, key.validity.accept_until];
        let id = hex::encode(key.id.as_bytes()).chars().take(16).collect();
        let head = vec![type_name(key.spec.token_type()).to_owned(), id, state(key.state).to_owned()];
        [head, times.map(instant).to_vec(), vec![parameters(&key.spec)]].concat()
    };
    let value = |key: &KeyInfo| {
        json!({
            "type": key.spec.name(),
            "id": hex::encode(key.id.as_bytes()),
            "state": state(key.state),
            "not_before": key.validity.not_before,
            "issue_until": key.validity.issue_until,
            "accept_until": key.validity.accept_until,
            "epoch": key.validity.epoch.0,
        })
    };
    let headings = ["type", "id", "state", "begins", "issues until", "accepted until", "parameters"];
    output.result(
        || output.table(&headings, &keys.iter().map(row).collect::<Vec<_>>(), &[]),
        || Value::Array(keys.iter().map(value).collect()),
    );
    Ok(())
}

fn parameters(spec: &KeySpec) -> String {
    match spec {
        KeySpec::Act(act) => format!("L = {}, {} credits", act.bit_length, act.initial_credits),
        _ => String::new(),
    }
}

fn state(state: KeyState) -> &'static str {
    match state {
        KeyState::Announced => "announced",
        KeyState::Issuing => "issues",
        KeyState::Accepting => "accepted",
        KeyState::Over => "over",
    }
}

/// Of the types that were named, or of all that there are.
fn rotate(store: &KeyStore, config: &Config, types: &[TypeName], output: &Output) -> Result<(), Failure> {
    let mut all: Vec<_> = types.iter().map(|name| name.token_type()).collect();
    if all.is_empty() {
        all = store.list(now()).map_err(failed)?.iter().map(|key| key.spec.token_type()).collect();
        all.dedup();
    }
    if all.is_empty() {
        return Err(Failure::new(Code::Failure, "there is no key; `farebox keygen` makes one"));
    }
    for token_type in all {
        let id = store.rotate(token_type, now(), &schedule(config), &mut rand::rng()).map_err(failed)?;
        let (kind, id) = (type_name(token_type), hex::encode(id.as_bytes()));
        output.result(|| format!("{kind}: {id}"), || json!({ "type": kind, "id": id }));
    }
    output.note("a running server takes them with SIGHUP");
    Ok(())
}

/// Prints new codes, and puts their digests into the issuer's list.
pub(crate) fn vouchers(args: &Vouchers, global: &Global, output: &Output) -> Result<Code, Failure> {
    let config = config::load(global)?.config;
    let path = &config.issuer.vouchers;
    if path.as_os_str().is_empty() {
        return Err(Failure::new(Code::Config, "issuer.vouchers: a file is wanted"));
    }
    let failed = || Failure::at(Code::Failure, format!("{}", path.display()));
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path).map_err(failed())?;
    let codes: Vec<VoucherCode> = (0..args.count).map(|_| VoucherCode::generate(&mut rand::rng())).collect();
    let entries: String = codes.iter().map(|code| code.entry(args.tokens)).collect();
    // They are good before anybody has one.
    file.write_all(entries.as_bytes()).and_then(|()| file.sync_all()).map_err(failed())?;
    for code in &codes {
        if output.is_json() {
            output::print(&json!({ "code": code.as_str(), "tokens": args.tokens }).to_string());
        } else {
            output::print(code.as_str());
        }
    }
    output.note("a running server takes them with SIGHUP");
    Ok(Code::Success)
}

fn failed(error: KeyStoreError) -> Failure {
    let code = if matches!(error, KeyStoreError::Locked(_)) { Code::InUse } else { Code::Failure };
    Failure::at(code, "the keys")(error)
}
