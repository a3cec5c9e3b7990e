//! `/livez`, `/readyz` and `/metrics`, at an address of their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use http::StatusCode;
use metrics::{counter, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::AnyStore;
use crate::exit::{Code, Failure};

/// Seconds, from the time of a look into memory to that of a slow handler.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];

/// Collects metrics from now on. Once for a process.
///
/// # Errors
/// [`Code::Failure`] the second time.
pub(crate) fn metrics() -> Result<PrometheusHandle, Failure> {
    let builder = PrometheusBuilder::new();
    let builder = builder.set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS);
    let handle = builder.and_then(PrometheusBuilder::install_recorder);
    let handle = handle.map_err(Failure::at(Code::Failure, "metrics"))?;
    farebox_issuer::describe_metrics();
    Ok(handle)
}

/// What the admin's address tells.
pub(crate) struct Admin {
    pub(crate) store: AnyStore,
    pub(crate) draining: Arc<AtomicBool>,
    /// Whether there is a key that issues now; asked each time.
    pub(crate) has_keys: Box<dyn Fn() -> bool + Send + Sync>,
    pub(crate) metrics: PrometheusHandle,
}

pub(crate) fn router(admin: Admin) -> Router {
    Router::new()
        .route("/livez", get(async || "live\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(render))
        .with_state(Arc::new(admin))
}

async fn ready(State(admin): State<Arc<Admin>>) -> (StatusCode, &'static str) {
    if admin.draining.load(Ordering::SeqCst) {
        return (StatusCode::SERVICE_UNAVAILABLE, "draining\n");
    }
    if !(admin.has_keys)() {
        return (StatusCode::SERVICE_UNAVAILABLE, "no key issues now\n");
    }
    match tokio::time::timeout(Duration::from_secs(2), admin.store.is_there()).await {
        Ok(true) => (StatusCode::OK, "ready\n"),
        Ok(false) | Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the ledger is away\n"),
    }
}

async fn render(State(admin): State<Arc<Admin>>) -> String {
    ledger(&admin.store);
    admin.metrics.run_upkeep();
    admin.metrics.render()
}

fn ledger(store: &AnyStore) {
    let AnyStore::Fjall(store) = store else { return };
    let stats = store.stats();
    for (name, value) in [
        ("farebox_ledger_busy_total", stats.busy),
        ("farebox_ledger_reserved_total", stats.reserved),
        ("farebox_ledger_answers_total", stats.answers),
        ("farebox_ledger_conflicts_total", stats.conflicts),
        ("farebox_ledger_commits_total", stats.commits),
    ] {
        counter!(name).absolute(value);
    }
    gauge!("farebox_ledger_queued").set(stats.queued as f64);
    gauge!("farebox_ledger_epochs").set(stats.epochs as f64);
    gauge!("farebox_ledger_failed").set(if stats.failed { 1.0 } else { 0.0 });
}
