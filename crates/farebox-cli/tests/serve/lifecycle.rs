//! Starting, reloading and ending.

use std::sync::atomic::Ordering;

use super::common::{Place, Server, get, status, until};
use super::upstream::Upstream;

#[test]
fn health_and_metrics_have_an_address_of_their_own() {
    let place = Place::new(&["act"], "");
    let server = place.serve();
    let admin = server.admin_address();
    assert_eq!(status(&get(admin, "/livez")), 200);
    assert_eq!(status(&get(admin, "/readyz")), 200);
    place.run(&["fetch", &server.url("/act/page")]).good();
    let metrics = get(admin, "/metrics");
    for name in [
        "farebox_issuer_tokens_total",
        "farebox_edge_requests_total",
        "farebox_edge_verify_seconds_bucket",
        "farebox_ledger_reserved_total 1",
    ] {
        assert!(metrics.contains(name), "{name}: {metrics}");
    }
    for path in ["/metrics", "/livez", "/readyz"] {
        assert_eq!(status(&get(server.address(), path)), 404, "{path}");
    }
}

#[test]
fn a_ledger_has_one_server() {
    let place = Place::new(&["act"], "");
    let server = place.serve();
    let second = place.run(&["serve"]);
    assert_eq!((second.code, second.out.as_str()), (5, ""), "{second:?}");
    assert!(second.err.contains("in use"), "{second:?}");
    // Another ledger, and the same address.
    let mut same = place.command();
    let listen = server.public.trim_start_matches("http://");
    same.env("FAREBOX_LEDGER_FOLDER", "other").env("FAREBOX_SERVER_LISTEN", listen).arg("serve");
    let same = super::common::run_with(&mut same, b"");
    assert_eq!(same.code, 5, "{same:?}");
    place.run(&["fetch", &server.url("/act/page")]).good();
}

#[test]
fn what_is_not_safe_or_not_there_does_not_start() {
    let place = Place::new(&["act"], "");
    let refused = |more: &str| {
        place.configure(more);
        place.run(&["serve"])
    };
    let memory = refused("ledger.kind = \"memory\"");
    assert_eq!(memory.code, 3, "{memory:?}");
    assert!(memory.err.contains("--insecure-memory-ledger"), "{memory:?}");
    let missing = refused("ledger.existing_only = true");
    assert_eq!(missing.code, 1, "{missing:?}");
    place.configure("");
    let mut keys = place.command();
    let keys = super::common::run_with(keys.env("FAREBOX_KEYS_FOLDER", "none").arg("serve"), b"");
    assert_eq!(keys.code, 3, "{keys:?}");
    assert!(keys.err.contains("farebox keygen"), "{keys:?}");
    let mut postgres = place.command();
    postgres
        .env("FAREBOX_LEDGER_KIND", "postgres")
        .env("FAREBOX_LEDGER_URL", "host=127.0.0.1 port=1 user=x password=hunter2");
    let postgres = super::common::run_with(postgres.arg("serve"), b"");
    assert_eq!(postgres.code, 6, "{postgres:?}");
    assert!(!postgres.err.contains("hunter2"));

    // With the flag it does.
    place.configure("ledger.kind = \"memory\"");
    let mut insecure = place.command();
    insecure.env("FAREBOX_LEDGER_KIND", "memory").arg("--json").args(["serve", "--insecure-memory-ledger"]);
    insecure.stdout(std::process::Stdio::piped());
    let mut child = insecure.spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(line.contains("listening"), "{line}");
}

const ROUTES: &str = "[[origin.routes]]\npath = \"/\"\nschemes = [\"act\"]\ncost = 3\n";

fn with_upstream() -> (Upstream, Place, Server) {
    let (upstream, address) = Upstream::start();
    let place = Place::new(&["act"], &format!("origin.upstream = \"http://{address}\"\n{ROUTES}"));
    let server = place.serve();
    (upstream, place, server)
}

/// A paid request that the upstream holds.
fn slow(place: &Place, server: &Server, upstream: &Upstream) -> std::thread::JoinHandle<super::common::Run> {
    let mut fetch = place.command();
    fetch.args(["--json", "fetch", &server.url("/slow")]);
    let fetch = std::thread::spawn(move || super::common::run_with(&mut fetch, b""));
    until("the request is with the upstream", || upstream.seen().iter().any(|(uri, ..)| uri.path() == "/slow"));
    fetch
}

#[test]
fn a_reload_brings_keys_and_routes_and_cuts_nothing_off() {
    let (upstream, place, server) = with_upstream();
    let fetch = slow(&place, &server, &upstream);
    let directory = |server: &Server| get(server.address(), "/.well-known/private-token-issuer-directory");
    assert_eq!(directory(&server).matches("token-type").count(), 1);

    place.run(&["keygen", "arc"]).good();
    let text = std::fs::read_to_string(place.path("farebox.toml")).unwrap();
    std::fs::write(place.path("farebox.toml"), format!("{text}[[origin.routes]]\npath = \"/free\"\nschemes = []\n"))
        .unwrap();
    assert_eq!(status(&get(server.address(), "/free")), 401);
    server.signal("HUP");
    server.until_logged("reloaded");
    assert_eq!(directory(&server).matches("token-type").count(), 2);
    assert_eq!(status(&get(server.address(), "/free")), 200);

    // What does not read changes nothing.
    std::fs::write(place.path("farebox.toml"), format!("{text}[server\n")).unwrap();
    server.signal("HUP");
    server.until_logged("not reloaded");
    assert_eq!(status(&get(server.address(), "/free")), 200);

    upstream.release.store(true, Ordering::SeqCst);
    let fetched = fetch.join().unwrap().good().json();
    assert_eq!((fetched["paid"]["settled"].as_bool(), fetched["paid"]["credits"].as_u64()), (Some(true), Some(3)));
}

#[test]
fn the_end_waits_for_what_is_under_way() {
    let (upstream, place, mut server) = with_upstream();
    let fetch = slow(&place, &server, &upstream);
    server.signal("TERM");
    server.until_logged("no more requests are taken");
    until("it listens no more", || std::net::TcpStream::connect(server.address()).is_err());
    assert_eq!(status(&get(server.admin_address(), "/readyz")), 503);
    assert_eq!(status(&get(server.admin_address(), "/livez")), 200);
    upstream.release.store(true, Ordering::SeqCst);
    let fetched = fetch.join().unwrap().good().json();
    assert_eq!(fetched["paid"]["settled"], true);
    let (ended, log) = server.wait();
    assert!(ended.success() && log.contains("Whole"), "{log}");
    // The ledger was closed, and opens again with what was spent.
    let again = place.serve();
    assert!(again.stop().0.success());
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let (upstream, place, mut server) = with_upstream();
    let fetch = slow(&place, &server, &upstream);
    server.signal("INT");
    server.until_logged("no more requests are taken");
    server.signal("INT");
    let (ended, log) = server.wait();
    assert!(ended.success() && log.contains("requests were cut off"), "{log}");
    upstream.release.store(true, Ordering::SeqCst);
    // The wallet has it in its journal.
    let fetched = fetch.join().unwrap();
    assert_eq!(fetched.code, 8, "{fetched:?}");
    let balance = || place.run(&["--json", "wallet", "balance"]).good().json()[0].clone();
    assert_eq!((balance()["held"].as_u64(), balance()["unsettled"].as_u64()), (Some(197), Some(3)));
    let mut again = place.command();
    again.env("FAREBOX_SERVER_LISTEN", server.address().to_string());
    let again = Server::start(again);
    // For some seconds after its start it could be that the process before still works on it.
    until("it is settled", || place.run(&["wallet", "recover"]).code == 0);
    assert_eq!((balance()["held"].as_u64(), balance()["unsettled"].as_u64()), (Some(200), Some(0)));
    assert_eq!(upstream.seen().len(), 1, "it ran once");
    assert!(again.stop().0.success());
}
