//! What the types of a configuration do not say. Nothing is opened or asked here.

use std::net::SocketAddr;
use std::path::Path;

use super::{Attestation, Config, Fault, LedgerKind, Route, Scheme};

/// All faults of the configuration.
pub(crate) fn check(config: &Config) -> Vec<Fault> {
    let mut faults = Faults::default();
    server(config, &mut faults);
    keys(config, &mut faults);
    issuer(config, &mut faults);
    origin(config, &mut faults);
    ledger(config, &mut faults);
    wallet(config, &mut faults);
    faults.0
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    /// Adds a fault where `good` is not.
    fn want(&mut self, good: bool, key: impl Into<String>, reason: impl Into<String>) {
        if !good {
            self.0.push(Fault::new(key, reason));
        }
    }
}

fn server(config: &Config, faults: &mut Faults) {
    let server = &config.server;
    for (key, value) in [
        ("server.max_connections", server.max_connections),
        ("server.header_timeout", server.header_timeout),
        ("server.body_timeout", server.body_timeout),
    ] {
        faults.want(value > 0, key, "0 serves nothing");
    }
    faults.want(server.max_connections <= 1 << 20, "server.max_connections", "at most 1048576");
    faults.want((8..=1024).contains(&server.max_headers), "server.max_headers", "from 8 to 1024");
    let bytes = server.max_header_bytes;
    faults.want((8192..=1 << 20).contains(&bytes), "server.max_header_bytes", "from 8192 to 1048576");
    let admin = &config.admin.listen;
    let is_address = admin.is_empty() || admin.parse::<SocketAddr>().is_ok();
    faults.want(is_address, "admin.listen", "an address with a port is wanted, such as 127.0.0.1:9090, or nothing");
    let any = config.issuer.enabled || config.origin.enabled;
    faults.want(any, "origin.enabled", "neither issuer nor origin is enabled");
}

fn keys(config: &Config, faults: &mut Faults) {
    let keys = &config.keys;
    faults.want(keys.overlap > 0, "keys.overlap", "0 leaves clients without a key");
    let is_half = keys.overlap <= keys.issue_lifetime / 2;
    faults.want(is_half, "keys.overlap", "at most half of keys.issue_lifetime");
}

fn issuer(config: &Config, faults: &mut Faults) {
    let issuer = &config.issuer;
    if !issuer.enabled {
        return;
    }
    host("issuer.name", &issuer.name, faults);
    let below = (1..config.keys.overlap).contains(&issuer.directory_max_age);
    faults.want(below, "issuer.directory_max_age", "from 1 to less than keys.overlap");
    faults.want(!issuer.attestation.is_empty(), "issuer.attestation", "nobody would get a token");
    let has = |kind| issuer.attestation.contains(&kind);
    let only_open = !has(Attestation::Open) || issuer.attestation.len() == 1;
    faults.want(only_open, "issuer.attestation", "beside \"open\" nothing else counts");
    let file = |key: &str, path: &Path, kind, faults: &mut Faults| {
        faults.want(!has(kind) || !path.as_os_str().is_empty(), key, "a file is wanted for this attestation");
    };
    file("issuer.secrets", &issuer.secrets, Attestation::Secret, faults);
    file("issuer.vouchers", &issuer.vouchers, Attestation::Vouchers, faults);
    file("issuer.vouchers_used", &issuer.vouchers_used, Attestation::Vouchers, faults);
    faults.want((1..=32).contains(&issuer.pow_difficulty), "issuer.pow_difficulty", "from 1 to 32");
    faults.want(issuer.pow_lifetime > 0, "issuer.pow_lifetime", "0 leaves no time");
    faults.want(issuer.max_body >= 1024, "issuer.max_body", "at least 1024");
    faults.want((1..=1 << 20).contains(&issuer.concurrency), "issuer.concurrency", "from 1 to 1048576");
    faults.want(issuer.threads <= 1024, "issuer.threads", "at most 1024");
    let million = 1..=1_000_000;
    let is_rate = issuer.rate_per_minute == 0 || million.contains(&issuer.rate_per_minute);
    faults.want(is_rate, "issuer.rate_per_minute", "at most 1000000");
    faults.want(million.contains(&issuer.rate_burst), "issuer.rate_burst", "from 1 to 1000000");
    let is_header = issuer.client_header.is_empty() || issuer.client_header.parse::<http::HeaderName>().is_ok();
    faults.want(is_header, "issuer.client_header", "not a name of a header");
}

fn origin(config: &Config, faults: &mut Faults) {
    let origin = &config.origin;
    if !origin.enabled {
        return;
    }
    origin.name.split(',').for_each(|name| host("origin.name", name.trim(), faults));
    let (folder, upstream) = (!origin.folder.as_os_str().is_empty(), !origin.upstream.is_empty());
    faults.want(!(folder && upstream), "origin.upstream", "either this or origin.folder");
    if upstream {
        let good = url::Url::parse(&origin.upstream).is_ok_and(|url| {
            let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
            url.scheme() == "http" && url.has_host() && plain && url.fragment().is_none()
        });
        faults.want(good, "origin.upstream", "http://host:port is wanted, without TLS, user, query or fragment");
    }
    faults.want(origin.connect_timeout > 0, "origin.connect_timeout", "0 leaves no time");
    let context = &origin.credential_context;
    let is_context = context.is_empty() || hex::decode(context).is_ok_and(|bytes| bytes.len() == 32);
    faults.want(is_context, "origin.credential_context", "32 bytes in hex are wanted, or nothing");
    faults.want(origin.threads <= 1024, "origin.threads", "at most 1024");
    faults.want((1..=1 << 20).contains(&origin.max_running), "origin.max_running", "from 1 to 1048576");
    faults.want(!origin.routes.is_empty(), "origin.routes", "no path would be served");
    for (i, one) in origin.routes.iter().enumerate() {
        route(&format!("origin.routes[{i}]"), one, faults);
        let again = origin.routes.iter().take(i).any(|before| before.path == one.path);
        faults.want(!again, format!("origin.routes[{i}].path"), "stands twice");
    }
}

fn route(path: &str, route: &Route, faults: &mut Faults) {
    let key = |name: &str| format!("{path}.{name}");
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
    let whole = route.path.starts_with('/') && route.path.chars().all(plain) && !route.path.contains("//");
    let steps = route.path.split('/').any(|step| step == "." || step == "..");
    faults.want(whole && !steps, key("path"), "a path of letters, digits and -_.~ is wanted, behind a slash");
    let has = |scheme| route.schemes.contains(&scheme);
    let limit = (2..=1 << 32).contains(&route.limit);
    faults.want(!has(Scheme::Arc) || limit, key("limit"), "from 2 to 4294967296");
    faults.want(route.timeout > 0, key("timeout"), "0 leaves no time");
    let twice =
        route.schemes.iter().enumerate().any(|(i, scheme)| route.schemes.iter().take(i).any(|one| one == scheme));
    faults.want(!twice, key("schemes"), "one stands twice");
    let is_header = route.used_header.is_empty() || route.used_header.parse::<http::HeaderName>().is_ok();
    faults.want(is_header, key("used_header"), "not a name of a header");
}

fn ledger(config: &Config, faults: &mut Faults) {
    let ledger = &config.ledger;
    let has_url = ledger.kind != LedgerKind::Postgres || !ledger.url.is_empty();
    faults.want(has_url, "ledger.url", "the database has to be named");
    faults.want(ledger.connections > 0, "ledger.connections", "0 serves nothing");
    let order = ledger.answer_retention <= ledger.serial_retention;
    faults.want(order, "ledger.serial_retention", "not less than ledger.answer_retention");
}

fn wallet(config: &Config, faults: &mut Faults) {
    let wallet = &config.wallet;
    wallet.issuers.iter().for_each(|name| host("wallet.issuers", name, faults));
    faults.want(wallet.max_pow <= 40, "wallet.max_pow", "at most 40");
    let proxy = wallet.proxy.as_str();
    let is_proxy = matches!(proxy, "none" | "environment") || url::Url::parse(proxy).is_ok_and(|url| url.has_host());
    faults.want(is_proxy, "wallet.proxy", "\"none\", \"environment\" or a URL is wanted");
}

/// A name as challenges have it: a host, perhaps with a port.
fn host(key: &str, name: &str, faults: &mut Faults) {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    faults.want(name.chars().all(plain), key, "host or host:port is wanted, in ASCII");
}
