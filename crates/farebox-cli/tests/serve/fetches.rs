//! Paying for pages.

use super::common::{Place, get, status};

#[test]
fn pages_are_paid_for_and_the_books_are_right() {
    let place = Place::new(&["act", "arc", "voprf-ristretto255"], "");
    let server = place.serve();
    for path in ["act", "arc", "once"] {
        assert_eq!(status(&get(server.address(), &format!("/{path}/page"))), 401);
        let fetched = place.run(&["fetch", &server.url(&format!("/{path}/page"))]).good();
        assert_eq!(fetched.out, format!("the page {path}\n"));
        assert!(fetched.err.contains("paid with"), "{fetched:?}");
    }
    let free = place.run(&["--json", "fetch", &server.url("/free")]).good().json();
    assert_eq!((free["paid"].is_null(), free["body"].as_str()), (true, Some("free\n")));

    // 3 credits, of which 1 came back; of the batch of 8, one is gone; one of 16 presentations.
    let balance = place.run(&["--json", "wallet", "balance"]).good().json();
    let held: Vec<u64> = balance.as_array().unwrap().iter().map(|row| row["held"].as_u64().unwrap()).collect();
    let mut sorted = held.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [7, 15, 198], "{balance}");
    let list = place.run(&["--json", "wallet", "list"]).good().json();
    assert!(list.as_array().unwrap().iter().all(|held| held["stage"] == "idle"), "{list}");
    assert_eq!(place.run(&["wallet", "recover"]).good().out, "nothing was cut off\n");

    // One of the tokens is given up.
    let token = list.as_array().unwrap().iter().find(|held| held["type"] == "VOPRF(ristretto255)").unwrap();
    place.run(&["wallet", "abandon", &token["id"].to_string()]).good();
    let rest = place.run(&["--json", "wallet", "list"]).good().json();
    assert_eq!(rest.as_array().unwrap().len() + 1, list.as_array().unwrap().len());
    assert_eq!(place.run(&["wallet", "abandon", "999999"]).code, 1);
    assert!(server.stop().0.success());
}

#[test]
fn the_exit_code_tells_the_end() {
    let place = Place::new(&["act"], "");
    let server = place.serve();
    // Paid for, and not there.
    let missing = place.run(&["--json", "fetch", &server.url("/act/missing")]);
    assert_eq!((missing.code, missing.json()["status"].as_u64()), (14, Some(404)));
    let dear = place.run(&["fetch", "--max-cost", "2", &server.url("/act/page")]);
    assert_eq!((dear.code, dear.out.as_str()), (7, ""));
    assert!(dear.err.contains("budget for a request"), "{dear:?}");
    let poor = place.run(&["fetch", "--budget", "2", &server.url("/act/page")]);
    assert_eq!(poor.code, 7, "{poor:?}");
    let url = server.url("/act/page");
    server.kill();
    assert_eq!(place.run(&["fetch", &url]).code, 6);
}

#[test]
fn what_is_written_to_a_file_is_the_page() {
    let place = Place::new(&["act"], "");
    let server = place.serve();
    let path = place.path("out");
    place.run(&["fetch", "-o", path.to_str().unwrap(), &server.url("/act/page")]).good();
    assert_eq!(std::fs::read_to_string(path).unwrap(), "the page act\n");
    let head = place.run(&["fetch", "-i", "-X", "GET", "-H", "accept: text/plain", &server.url("/act/page")]).good();
    assert!(head.out.starts_with("HTTP/1.1 200 OK\n") && head.out.contains("cache-control: "), "{head:?}");
}

#[test]
fn a_path_cannot_be_that_of_another_route() {
    let place = Place::new(&["act"], "");
    let server = place.serve();
    for path in [
        "/x/../act/page",
        "/./act/page",
        "//act/page",
        "/act//page",
        "/x/%2e%2e/act/page",
        "/act%2fpage",
        "/x\\..\\act\\page",
    ] {
        let answer = get(server.address(), path);
        assert_eq!(status(&answer), 400, "{path}: {answer}");
    }
    assert_eq!(status(&get(server.address(), "/%61ct/page")), 401);
    assert_eq!(status(&get(server.address(), "/act")), 401);
    std::fs::write(place.path("pages/.hidden"), "x").unwrap();
    assert_eq!(status(&get(server.address(), "/.hidden")), 400);
}

#[test]
fn issuers_ask_for_what_they_are_told_to() {
    let more = "issuer.attestation = [\"pow\", \"vouchers\", \"secret\"]\nissuer.pow_difficulty = 6\nissuer.vouchers = \"vouchers\"\n\
                issuer.vouchers_used = \"used\"\nissuer.secrets = \"secrets\"\nwallet.max_pow = 0\n";
    let place = Place::new(&["act"], more);
    std::fs::write(place.path("secrets"), "a secret that is long enough\n").unwrap();
    let codes = place.run(&["--json", "vouchers", "1"]).good().json();
    let server = place.serve();
    let url = server.url("/act/page");
    // Neither voucher nor secret, and no work.
    assert_eq!(place.run(&["fetch", &url]).code, 7);
    let (name, code) = (server.public.trim_start_matches("http://"), codes["code"].as_str().unwrap());
    // A voucher is for the issuer that it names.
    assert_eq!(place.run(&["fetch", "--voucher", &format!("elsewhere.example={code}"), &url]).code, 7);
    place.run(&["fetch", "--voucher", &format!("{name}={code}"), &url]).good();
    // Work, by another wallet.
    let mut worker = place.command();
    worker.env("FAREBOX_WALLET_FOLDER", "worker").env("FAREBOX_WALLET_MAX_POW", "20").args(["fetch", &url]);
    super::common::run_with(&mut worker, b"").good();
    std::fs::write(place.path("known"), format!("{name} a secret that is long enough\n")).unwrap();
    let mut known = place.command();
    known.env("FAREBOX_WALLET_FOLDER", "known-wallet").env("FAREBOX_WALLET_SECRETS", "known").args(["fetch", &url]);
    super::common::run_with(&mut known, b"").good();
}
