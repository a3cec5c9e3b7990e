//! What is logged names no token, no client and no amount. A program of its own: what one test listens to, others switch off.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    missing_docs
)]
#![allow(dead_code, reason = "the modules are shared with the other tests")]

#[path = "../edge/client.rs"]
mod client;
#[path = "../edge/rsa.rs"]
mod rsa;
#[path = "../edge/site.rs"]
mod site;
#[path = "../edge/store.rs"]
mod store;

use std::fmt::Write as _;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::client::{field, show, spent};
use crate::site::{act, site};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("farebox")
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut text = self.0.lock().unwrap();
        event.record(&mut Line(&mut text));
        text.push('\n');
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn logs_have_nothing_that_joins() {
    let log = Log::default();
    let shown = tracing::subscriber::with_default(log.clone(), || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let site = site(act()).await;
            let spent = spent(&site, "/panic").await;
            let token = spent.token_bytes().to_vec();
            let mut forged = token.clone();
            *forged.last_mut().unwrap() ^= 1;
            show(site.address, "/ok", &forged).await;
            show(site.address, "/ok", &token[..100]).await;
            site.store.faults.peek.store(1, SeqCst);
            show(site.address, "/ok", &token).await;
            site.store.faults.complete.store(1, SeqCst);
            show(site.address, "/panic", &token).await;
            site.gate.drained().await;
            let answer = show(site.address, "/panic", &token).await;
            (token, answer.reverse().unwrap().to_owned(), site.address)
        })
    });
    let text = log.0.lock().unwrap().clone();
    for line in [
        "a token was refused",
        "a token does not read",
        "the ledger is unavailable",
        "a handler did not answer",
        "an answer waits",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    let (token, refund, address) = shown;
    let written = field(&token);
    let mut secrets = vec![refund, "127.0.0.1".into(), address.port().to_string(), "charge".into(), "balance".into()];
    secrets.extend(token.chunks_exact(8).map(hex::encode));
    secrets.extend(written.as_bytes().chunks_exact(8).skip(3).map(|chunk| String::from_utf8(chunk.to_vec()).unwrap()));
    secrets.push(format!("{:?}", &token[..4]).trim_matches(['[', ']']).to_owned());
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} in\n{text}");
    }
}
