//! `farebox wallet`.

use farebox_wallet::{Amount, Holding, Id, Recovered, Stage};
use serde_json::{Value, json};

use crate::args::{Global, Wallet as Args, WalletAction};
use crate::commands::runtime;
use crate::exit::{Code, Failure};
use crate::inspect::type_name;
use crate::output::Output;
use crate::wallet::{self, Overrides};
use crate::{config, serve};

type Wallet = farebox_wallet::Wallet<farebox_wallet::ReqwestTransport, farebox_wallet::FileStore>;

pub(crate) fn run(args: &Args, global: &Global, output: &Output) -> Result<Code, Failure> {
    let config = config::load(global)?.config;
    let _log = serve::log::start(&config.log_of_commands(), output)?;
    runtime()?.block_on(async {
        let wallet = wallet::open(&config.wallet, Overrides::default())?;
        match &args.action {
            WalletAction::Balance => balance(&wallet, output),
            WalletAction::List => list(&wallet, output),
            WalletAction::Recover => return recover(&wallet, output).await,
            WalletAction::Abandon { id } => abandon(&wallet, Id(*id), output).await?,
        }
        Ok(Code::Success)
    })
}

/// Credits, tokens and presentations for each issuer and type.
fn balance(wallet: &Wallet, output: &Output) {
    let mut sums: Vec<(String, String, u64, u64)> = Vec::new();
    for holding in wallet.holdings() {
        let kind = type_name(holding.token_type).to_owned();
        let (sure, unsettled) = worth(&holding);
        match sums.iter_mut().find(|(issuer, name, ..)| *issuer == holding.issuer && *name == kind) {
            Some((_, _, a, b)) => (*a, *b) = (a.saturating_add(sure), b.saturating_add(unsettled)),
            None => sums.push((holding.issuer, kind, sure, unsettled)),
        }
    }
    let rows = |(issuer, kind, sure, unsettled): &(String, String, u64, u64)| {
        vec![issuer.clone(), kind.clone(), sure.to_string(), unsettled.to_string()]
    };
    let value = |(issuer, kind, sure, unsettled): &(String, String, u64, u64)| json!({ "issuer": issuer, "type": kind, "held": sure, "unsettled": unsettled });
    output.result(
        || {
            let rows: Vec<_> = sums.iter().map(rows).collect();
            output.table(&["issuer", "type", "held", "unsettled"], &rows, &[2, 3])
        },
        || Value::Array(sums.iter().map(value).collect()),
    );
}

/// What is there in any case, and what may be there besides.
fn worth(holding: &Holding) -> (u64, u64) {
    match (holding.amount, holding.stage) {
        (Amount::Credits { balance, charge }, _) => (balance, charge),
        (Amount::Tokens(tokens), Stage::Idle) => (tokens, 0),
        (Amount::Tokens(tokens), _) => (0, tokens),
        (Amount::Presentations { used, limit }, _) => (limit.saturating_sub(used), 0),
        _ => (0, 0),
    }
}

fn list(wallet: &Wallet, output: &Output) {
    let holdings = wallet.holdings();
    let row = |holding: &Holding| {
        let name = type_name(holding.token_type).to_owned();
        let stage = stage(holding.stage).to_owned();
        vec![
            holding.id.to_string(),
            name,
            stage,
            amount(holding.amount),
            holding.issuer.clone(),
            holding.origin.clone(),
        ]
    };
    let value = |holding: &Holding| {
        let (held, unsettled) = worth(holding);
        json!({
            "id": holding.id.0,
            "type": type_name(holding.token_type),
            "stage": stage(holding.stage),
            "held": held,
            "unsettled": unsettled,
            "issuer": holding.issuer,
            "origin": holding.origin,
        })
    };
    output.result(
        || {
            let rows: Vec<_> = holdings.iter().map(row).collect();
            output.table(&["id", "type", "stage", "amount", "issuer", "origin"], &rows, &[0])
        },
        || Value::Array(holdings.iter().map(value).collect()),
    );
}

fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Asked => "asked for",
        Stage::Idle => "idle",
        Stage::InFlight => "in flight",
    }
}

fn amount(amount: Amount) -> String {
    match amount {
        Amount::Tokens(1) => "1 token".into(),
        Amount::Tokens(tokens) => format!("{tokens} tokens"),
        Amount::Presentations { used, limit } => format!("{used} of {limit} presentations"),
        Amount::Credits { balance, charge: 0 } => format!("{balance} credits"),
        Amount::Credits { balance, charge } => format!("{balance} credits, {charge} in flight"),
        _ => "asked for".into(),
    }
}

/// Sends again what was cut off. Not all settled is an exit code of its own.
async fn recover(wallet: &Wallet, output: &Output) -> Result<Code, Failure> {
    let bar = output.progress(0, "sending again what was cut off");
    let all = wallet.recover().await;
    bar.finish_and_clear();
    let outcome = |recovered: &Recovered| match recovered {
        Recovered::Issued => ("issued", true),
        Recovered::Settled(_) => ("settled", true),
        Recovered::Kept(_) => ("not settled by the origin's answer", false),
        Recovered::NeedsRequest => ("its request was too long to keep", false),
        Recovered::Failed(_) => ("failed", false),
        _ => ("unknown", false),
    };
    let detail = |recovered: &Recovered| match recovered {
        Recovered::Settled(response) | Recovered::Kept(response) => format!("status {}", response.status().as_u16()),
        Recovered::Failed(error) => error.to_string(),
        _ => String::new(),
    };
    let rows: Vec<Vec<String>> =
        all.iter().map(|(id, it)| vec![id.to_string(), outcome(it).0.to_owned(), detail(it)]).collect();
    let values = all.iter().map(
        |(id, it)| json!({ "id": id.0, "settled": outcome(it).1, "outcome": outcome(it).0, "detail": detail(it) }),
    );
    output.result(
        || {
            if rows.is_empty() {
                "nothing was cut off".into()
            } else {
                output.table(&["id", "outcome", ""], &rows, &[0])
            }
        },
        || Value::Array(values.collect()),
    );
    let is_whole = all.iter().all(|(_, recovered)| outcome(recovered).1);
    Ok(if is_whole { Code::Success } else { Code::Unsettled })
}

async fn abandon(wallet: &Wallet, id: Id, output: &Output) -> Result<(), Failure> {
    let before = wallet.abandon(id).await.map_err(wallet::failed)?;
    output.result(
        || format!("given up: {} ({})", type_name(before.token_type), amount(before.amount)),
        || json!({ "id": id.0, "type": type_name(before.token_type), "abandoned": true }),
    );
    Ok(())
}
