//! `farebox serve`.

use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use crate::args::{Global, Serve};
use crate::commands::runtime;
use crate::config;
use crate::exit::{Code, Failure};
use crate::output::{self, Output};
use crate::serve::{Insecure, Server, admin, log};

pub(crate) fn run(args: &Serve, global: &Global, output: &Output) -> Result<Code, Failure> {
    let config = config::load(global)?.config;
    let handle = log::start(&config.log, output)?;
    let insecure = if args.insecure_memory_ledger { Insecure::Allow } else { Insecure::Refuse };
    runtime()?.block_on(async {
        // Before anything is said, so that who reads the first line can send signals.
        let failed = || Failure::at(Code::Failure, "signals");
        let mut terminate = signal(SignalKind::terminate()).map_err(failed())?;
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failed())?;
        let mut hangup = signal(SignalKind::hangup()).map_err(failed())?;

        let metrics = if config.admin.listen.is_empty() { None } else { Some(admin::metrics()?) };
        let mut server = Server::start(config, insecure, metrics).await?;
        announce(&server, output);
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = hangup.recv() => reload(&mut server, global, &handle),
            }
        }
        tracing::info!("no more requests are taken; again to end at once");
        let hurry = async {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        let drained = server.drain(hurry).await?;
        tracing::info!(?drained, "the end");
        Ok(Code::Success)
    })
}

/// The first line of standard output.
fn announce(server: &Server, output: &Output) {
    let (public, admin) = (server.public, server.admin);
    tracing::info!("serving");
    if output.is_json() {
        let admin = admin.map(|address| format!("http://{address}"));
        output::print(
            &json!({ "event": "listening", "public": format!("http://{public}"), "admin": admin }).to_string(),
        );
    } else {
        let admin = admin.map_or(String::new(), |address| format!(", metrics on http://{address}/metrics"));
        output::print(&format!("listening on http://{public}{admin}"));
    }
}

fn reload(server: &mut Server, global: &Global, log: &log::Handle) {
    match server.reload(global, log) {
        Ok(done) if done.needs_restart.is_empty() => tracing::info!("reloaded"),
        Ok(done) => {
            tracing::warn!(sections = ?done.needs_restart, "reloaded; what has changed in these needs a restart")
        }
        Err(failure) => tracing::error!(reason = %failure, "not reloaded: everything is as it was"),
    }
}
