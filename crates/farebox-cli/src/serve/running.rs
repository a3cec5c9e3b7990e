//! A server from its start to its end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::Request;
use farebox_edge::Gate;
use farebox_issuer::IssuerService;
use farebox_issuer::attest::Vouchers;
use farebox_tokens::KeyRing;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::admin::{self, Admin};
use super::attest::attesters;
use super::listener;
use super::origin::Origin;
use super::site::{self, Names};
use super::{AnyStore, Insecure};
use crate::config::{Attestation, Config};
use crate::exit::{Code, Failure};

/// A server that runs.
pub(crate) struct Server {
    /// Where issuer and origin listen.
    pub(crate) public: SocketAddr,
    /// Where metrics are.
    pub(crate) admin: Option<SocketAddr>,
    pub(super) names: Names,
    pub(super) config: Config,
    pub(super) gate: Gate<AnyStore>,
    pub(super) issuer: Option<IssuerService>,
    pub(super) origin: Option<Arc<Origin>>,
    pub(super) vouchers: Option<Vouchers>,
    store: AnyStore,
    draining: Arc<AtomicBool>,
    stop: watch::Sender<bool>,
    stop_admin: watch::Sender<bool>,
    task: JoinHandle<()>,
    /// It answers until the end, so that a drain can be watched.
    admin_task: Option<JoinHandle<()>>,
    upkeep: JoinHandle<()>,
}

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drained {
    /// Everything that was under way is answered and stored.
    Whole,
    /// Some was cut off. What was reserved is answered when its client asks again.
    Cut,
}

impl Server {
    /// Opens the ledger, reads the keys, listens. Without metrics there is no admin's address.
    ///
    /// # Errors
    /// [`Failure`]; nothing runs then.
    pub(crate) async fn start(
        config: Config,
        insecure: Insecure,
        metrics: Option<PrometheusHandle>,
    ) -> Result<Self, Failure> {
        let keys = site::keys(&config)?;
        let store = AnyStore::open(&config.ledger, insecure).await?;
        let public = listener::bind("server.listen", config.server.listen).await?;
        let address = public.local_addr().map_err(Failure::at(Code::Failure, "server.listen"))?;
        let names = Names::new(&config, address);

        let gate = site::gate(&config, &names, store.clone(), keys.clone())?;
        let issuing = if config.issuer.enabled { Some(issuing(&config, &names, keys)?) } else { None };
        let (issuer, vouchers) = issuing.unzip();
        let origin = if config.origin.enabled { Some(Arc::new(Origin::new(&config, gate.clone())?)) } else { None };
        let router = router(issuer.as_ref(), origin.as_ref());

        let (stop, stopped) = watch::channel(false);
        let (stop_admin, admin_stopped) = watch::channel(false);
        let draining = Arc::new(AtomicBool::new(false));
        let (mut admin, mut admin_task) = (None, None);
        if let (Some(metrics), Ok(listen)) = (metrics, config.admin.listen.parse()) {
            let bound = listener::bind("admin.listen", listen).await?;
            admin = bound.local_addr().ok();
            let has_keys = issues(issuer.clone());
            let state = Admin { store: store.clone(), draining: Arc::clone(&draining), has_keys, metrics };
            let served = listener::run(bound, admin::router(state), config.server.clone(), admin_stopped);
            admin_task = Some(tokio::spawn(served));
        }
        warn(&config, address);
        let task = tokio::spawn(listener::run(public, router, config.server.clone(), stopped));
        let upkeep = tokio::spawn(upkeep(gate.clone(), config.ledger.maintain));
        Ok(Self {
            public: address,
            admin,
            names,
            config,
            gate,
            issuer,
            origin,
            vouchers: vouchers.flatten(),
            store,
            draining,
            stop,
            stop_admin,
            task,
            admin_task,
            upkeep,
        })
    }

    /// Takes no more connections, and waits for what is under way: for `drain_timeout` at most, and until `hurry`. Then the ledger is
    /// closed.
    ///
    /// # Errors
    /// Where the ledger had failed.
    pub(crate) async fn drain(self, hurry: impl Future<Output = ()>) -> Result<Drained, Failure> {
        let Self { gate, store, draining, stop, stop_admin, mut task, admin_task, upkeep, config, .. } = self;
        draining.store(true, Ordering::SeqCst);
        upkeep.abort();
        let delay = Duration::from_secs(config.server.drain_delay.into());
        let limit = Duration::from_secs(config.server.drain_timeout.into());
        let all = async {
            // Balancers that ask /readyz send nothing new by then.
            tokio::time::sleep(delay).await;
            let _nobody_listens = stop.send(true);
            let _panicked = (&mut task).await;
            gate.drained().await;
        };
        let drained = tokio::select! {
            ended = tokio::time::timeout(delay + limit, all) => if ended.is_ok() { Drained::Whole } else { Drained::Cut },
            () = hurry => Drained::Cut,
        };
        task.abort();
        if drained == Drained::Cut {
            tracing::warn!(running = gate.running(), "requests were cut off");
        }
        let _nobody_listens = stop_admin.send(true);
        if let Some(task) = admin_task {
            task.abort();
        }
        store.close().await?;
        Ok(drained)
    }
}

fn issuing(config: &Config, names: &Names, keys: KeyRing) -> Result<(IssuerService, Option<Vouchers>), Failure> {
    let attesters = attesters(&config.issuer)?;
    let issuer = site::issuer(config, names, keys);
    let service = IssuerService::new(issuer, site::issuer_config(config)?, attesters.attester);
    Ok((service.map_err(Failure::at(Code::Config, "issuer"))?, attesters.vouchers))
}

/// The issuer's paths, and the origin for all others.
fn router(issuer: Option<&IssuerService>, origin: Option<&Arc<Origin>>) -> Router {
    let router = issuer.map_or_else(Router::new, IssuerService::router);
    let Some(origin) = origin.cloned() else { return router };
    router.fallback(move |request: Request| {
        let origin = Arc::clone(&origin);
        async move { origin.answer(request).await }
    })
}

/// What is good for trying out, and not for strangers.
fn warn(config: &Config, address: SocketAddr) {
    if address.ip().is_loopback() {
        return;
    }
    if config.issuer.enabled && config.issuer.attestation.contains(&Attestation::Open) {
        tracing::warn!("issuer.attestation is open: whoever asks gets tokens");
    }
    let unnamed = (config.issuer.enabled && config.issuer.name.is_empty()) || config.origin.name.is_empty();
    if unnamed {
        tracing::warn!("issuer.name or origin.name is not set: the address of this server stands in challenges");
    }
}

fn issues(issuer: Option<IssuerService>) -> Box<dyn Fn() -> bool + Send + Sync> {
    Box::new(move || {
        // Without an issuer here, the gate says by itself when it has nothing to ask with.
        let Some(issuer) = &issuer else { return true };
        let now = now();
        issuer.issuer().keys().iter().any(|key| key.validity.not_before <= now && now < key.validity.issue_until)
    })
}

/// Drops what the ledger need not keep, every so many seconds.
async fn upkeep(gate: Gate<AnyStore>, seconds: u32) {
    if seconds == 0 {
        return;
    }
    let mut ticks = tokio::time::interval(Duration::from_secs(seconds.into()));
    loop {
        ticks.tick().await;
        match gate.maintain(now()).await {
            Ok(done) => tracing::debug!(trimmed = done.trimmed, forgotten = done.forgotten, "upkeep"),
            Err(error) => tracing::warn!(error = crate::exit::chain(&error), "upkeep failed"),
        }
    }
}

pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
