//! Taking a new configuration and new keys while requests run.

use super::log::Handle;
use super::{Server, site};
use crate::args::Global;
use crate::config::{self, Config, LedgerKind};
use crate::exit::{Code, Failure};

/// What was done.
pub(crate) struct Reload {
    /// Keys that have changed and wait for the next start.
    pub(crate) needs_restart: Vec<&'static str>,
}

impl Server {
    /// Reads the configuration, the keys and the vouchers again, and takes them. All or nothing: where something does not read, the
    /// server goes on with what it has.
    ///
    /// # Errors
    /// [`Failure`]; nothing has changed.
    pub(crate) fn reload(&mut self, global: &Global, log: &Handle) -> Result<Reload, Failure> {
        let new = config::load(global)?.config;
        if site::longest_timeout(&new) > site::longest_timeout(&self.config)
            && self.config.ledger.kind == LedgerKind::Postgres
        {
            let reason =
                "origin.routes: a longer timeout wants a restart of all origins, which wait that long for each other";
            return Err(Failure::new(Code::Config, reason));
        }
        let keys = site::keys(&new)?;
        let routes = self.origin.as_ref().map(|origin| origin.routes(&new)).transpose()?;
        if let Some(vouchers) = &self.vouchers {
            vouchers.reload().map_err(Failure::at(Code::Config, "issuer.vouchers"))?;
        }
        let needs_restart = needs_restart(&self.config, &new);
        // From here on nothing fails. The gate is first, so that it knows every token that the issuer makes.
        self.gate.replace_keys(keys.clone());
        if let Some(issuer) = &self.issuer {
            issuer.replace(site::issuer(&self.config, &self.names, keys));
        }
        if let (Some(origin), Some(routes)) = (&self.origin, routes) {
            origin.replace(routes);
        }
        log.set(new.log.level);
        self.config.log.level = new.log.level;
        self.config.origin.routes = new.origin.routes;
        Ok(Reload { needs_restart })
    }
}

/// Sections that differ in something that is read at the start only.
fn needs_restart(old: &Config, new: &Config) -> Vec<&'static str> {
    let mut same = new.clone();
    same.origin.routes.clone_from(&old.origin.routes);
    let format_changed = old.log.format != new.log.format;
    let all = [
        ("server", old.server != same.server),
        ("admin", old.admin != same.admin),
        ("log", format_changed),
        ("keys", old.keys.folder != same.keys.folder),
        ("issuer", old.issuer != same.issuer),
        ("origin", old.origin != same.origin),
        ("ledger", old.ledger != same.ledger),
    ];
    all.into_iter().filter_map(|(section, changed)| changed.then_some(section)).collect()
}
