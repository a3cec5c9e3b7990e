//! An origin in front of another server.

use super::common::{Place, exchange, get, status};
use super::upstream::Upstream;

const ROUTES: &str = "[[origin.routes]]\npath = \"/paid\"\nschemes = [\"act\"]\ncost = 10\nused_header = \"Farebox-Used\"\nverdict_header = true\n\
                      [[origin.routes]]\npath = \"/\"\nschemes = []\n";

#[test]
fn the_upstream_sees_the_request_and_no_token() {
    let (upstream, address) = Upstream::start();
    let place = Place::new(
        &["act"],
        &format!("origin.upstream = \"http://{address}/base\"\norigin.max_body = 100000\n{ROUTES}"),
    );
    let server = place.serve();
    let body = "x".repeat(50_000);
    let url = server.url("/paid/page?q=1");
    let fetched = place
        .run(&[
            "--json",
            "fetch",
            "-d",
            &body,
            "-H",
            "X-Forwarded-For: 192.0.2.7",
            "-H",
            "Farebox-Verdict: redeemed",
            &url,
        ])
        .good();
    // 10 were held, and 2 used.
    assert_eq!(fetched.json()["paid"]["credits"], 2, "{fetched:?}");
    assert_eq!(fetched.json()["body"], "from the upstream\n");
    let seen = upstream.seen();
    let [(uri, headers, received)] = &seen[..] else { panic!("{}", seen.len()) };
    assert_eq!((uri.path_and_query().unwrap().as_str(), received.len()), ("/base/paid/page?q=1", 50_000));
    for absent in ["authorization", "privacypass-reverse", "x-forwarded-for", "connection", "te"] {
        assert!(!headers.contains_key(absent), "{absent}");
    }
    assert_eq!(headers["farebox-verdict"], "redeemed; type=0xE5AD; charge=10");
    assert_eq!(headers["host"], server.public.trim_start_matches("http://"));

    // A longer body than it may be is refused before anything is spent.
    let long = place.path("long");
    std::fs::write(&long, "x".repeat(100_001)).unwrap();
    let long = place.run(&["fetch", "-d", &format!("@{}", long.to_str().unwrap()), &url]);
    assert_eq!(long.code, 14, "{long:?}");
    let balance = place.run(&["--json", "wallet", "balance"]).good().json();
    assert_eq!(balance[0]["held"], 198);
    assert_eq!(upstream.seen().len(), 1);
}

#[test]
fn what_is_for_one_connection_stays_there() {
    let (upstream, address) = Upstream::start();
    let place = Place::new(&["act"], &format!("origin.upstream = \"http://{address}\"\n{ROUTES}"));
    let server = place.serve();
    let request = "GET /open HTTP/1.1\r\nHost: x\r\nConnection: close, X-Private\r\nX-Private: 1\r\nTE: trailers\r\nProxy-Authorization: b\r\n\
                   Authorization: Basic eDp5\r\nX-Public: 1\r\n\r\n";
    let answer = exchange(server.address(), request.as_bytes());
    assert_eq!(status(&answer), 200);
    let seen = upstream.seen();
    let (_, headers, _) = &seen[0];
    for absent in ["x-private", "te", "proxy-authorization", "authorization"] {
        assert!(!headers.contains_key(absent), "{absent}");
    }
    assert_eq!(headers["x-public"], "1");
    // A verdict is the gate's to give, on routes without a gate too, and in every spelling.
    let forged = "GET /open HTTP/1.1\r\nHost: x\r\nConnection: close\r\nFarebox-Verdict: redeemed; charge=1000\r\nfarebox_verdict: redeemed\r\n\r\n";
    assert_eq!(status(&exchange(server.address(), forged.as_bytes())), 200);
    let seen = upstream.seen();
    assert!(!seen[1].1.contains_key("farebox-verdict") && !seen[1].1.contains_key("farebox_verdict"));
    let answer = answer.to_ascii_lowercase();
    assert!(
        answer.contains("x-kept: yes") && !answer.contains("keep-alive:") && !answer.contains("privacypass-reverse"),
        "{answer}"
    );
}

/// `Connection` cannot take the gate's verdict away.
#[test]
fn a_verdict_arrives_whatever_the_client_names() {
    let (upstream, address) = Upstream::start();
    let routes =
        "[[origin.routes]]\npath = \"/\"\nschemes = [\"act\"]\nwithout_token = \"allow\"\nverdict_header = true\n";
    let place = Place::new(&["act"], &format!("origin.upstream = \"http://{address}\"\n{routes}"));
    let server = place.serve();
    let request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close, Farebox-Verdict\r\n\r\n";
    assert_eq!(status(&exchange(server.address(), request.as_bytes())), 200);
    assert_eq!(upstream.seen()[0].1["farebox-verdict"], "unmetered");
}

#[test]
fn an_upstream_that_is_away_costs_nothing_where_failures_return_all() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let place = Place::new(&["act"], &format!("origin.upstream = \"http://{free}\"\n{ROUTES}"));
    let server = place.serve();
    assert_eq!(status(&get(server.address(), "/open")), 502);
    // The 502 comes with the refund, so it is the answer.
    let fetched = place.run(&["fetch", &server.url("/paid/page")]);
    assert_eq!(fetched.code, 15, "{fetched:?}");
    let balance = place.run(&["--json", "wallet", "balance"]).good().json();
    assert_eq!((balance[0]["held"].as_u64(), balance[0]["unsettled"].as_u64()), (Some(200), Some(0)));
}
