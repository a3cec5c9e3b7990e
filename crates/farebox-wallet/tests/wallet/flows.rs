//! From 401 to 200, for all types.

use std::collections::BTreeMap;
use std::sync::Arc;

use farebox_wallet::attest::{SharedSecrets, Vouchers};
use farebox_wallet::{Amount, Cap, Config, Error, Reason, Stage, UsedUp};
use http::{Request, StatusCode, header};
use privacypass_wire::TokenType;
use zeroize::Zeroizing;

use super::common::*;

pub(crate) fn reasons(error: Error) -> Vec<Reason> {
    match error {
        Error::Declined(all) => all.into_iter().map(|declined| declined.reason).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn single_use_tokens_of_all_types() {
    let types = [TokenType::VOPRF_P384, TokenType::BLIND_RSA, TokenType::VOPRF_RISTRETTO255];
    let server = Server::start(&types).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    for (route, token_type) in ["/p384", "/rsa", "/once"].into_iter().zip(types) {
        let asked = server.counts().asked;
        for _ in 0..3 {
            let response = wallet.fetch(server.get(route)).await.unwrap();
            assert_eq!((response.status(), &response.body()[..]), (StatusCode::OK, &b"served"[..]));
            assert_eq!((paid(&response).token_type, paid(&response).credits), (token_type, None));
        }
        // Batches of two: one token is left.
        assert_eq!(server.counts().asked - asked, 2);
    }
    assert_eq!((held_tokens(&wallet), server.counts().redeemed_tokens), (3, 9));
    assert_eq!(server.counts().directories, 1);
    // In a context of its own a token is asked for alone.
    wallet.fetch(server.get("/once-a")).await.unwrap();
    assert_eq!(held_tokens(&wallet), 3);
    assert!(wallet.holdings().iter().all(|holding| holding.stage == Stage::Idle && !holding.in_use));
}

#[tokio::test]
async fn credits_are_spent_and_come_back() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    for left in [90, 80] {
        let response = wallet.fetch(server.get("/act")).await.unwrap();
        assert_eq!((paid(&response).credits, paid(&response).settled), (Some(10), true));
        assert!(!response.headers().contains_key("privacypass-reverse"));
        assert_eq!(held_credits(&wallet), left);
    }
    assert_eq!(wallet.spent(), [(server.address.to_string(), 20)]);
    // After a restart all is there, and nothing is fetched again.
    drop(wallet);
    let wallet = self::wallet(&server, &folder);
    assert!(wallet.recover().await.is_empty());
    wallet.fetch(server.get("/act")).await.unwrap();
    let holdings = wallet.holdings();
    assert_eq!(holdings[0].amount, Amount::Credits { balance: 70, charge: 0 });
    assert_eq!(holdings[0].issuer, server.address.to_string());
    assert_eq!((server.counts().asked, server.counts().directories), (1, 1));
    // A balance that does not reach is left alone, and a new one is asked for.
    server.state().ask.cost = 90;
    wallet.fetch(server.get("/act")).await.unwrap();
    assert_eq!((server.counts().asked, held_credits(&wallet)), (2, 70 + 30));
    wallet.reset_spent().await.unwrap();
    assert!(wallet.spent().is_empty());
}

#[tokio::test]
async fn presentations_end_at_the_limit() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    server.state().ask.limit = 2;
    let wallet = wallet(&server, &folder);
    for _ in 0..2 {
        wallet.fetch(server.get("/arc-a")).await.unwrap();
    }
    let error = wallet.fetch(server.get("/arc-a")).await.unwrap_err();
    assert!(matches!(reasons(error)[..], [Reason::UsedUp]));
    // The next context starts from nothing, with the same credential.
    wallet.fetch(server.get("/arc-b")).await.unwrap();
    assert_eq!(wallet.holdings()[0].amount, Amount::Presentations { used: 1, limit: 2 });
    assert_eq!((server.counts().presentations, server.counts().asked), (3, 1));
    drop(wallet);
    let again = Config { used_up: UsedUp::AskAgain, ..config(&server) };
    let wallet = open(&folder.path().join("wallet"), again);
    wallet.fetch(server.get("/arc-a")).await.unwrap();
    assert_eq!((server.counts().presentations, server.counts().asked), (4, 2));
}

#[tokio::test]
async fn a_companion_is_renewed_until_it_is_withheld() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    for _ in 0..2 {
        assert_eq!(wallet.fetch(server.get("/paired-a")).await.unwrap().status(), StatusCode::OK);
    }
    // A credential and a companion.
    assert_eq!((server.counts().asked, wallet.holdings().len()), (2, 1));
    // Another companion challenge: a new companion, the same credential.
    server.state().ask.companion_context = 7;
    wallet.fetch(server.get("/paired-a")).await.unwrap();
    assert_eq!((server.counts().asked, wallet.holdings().len()), (3, 1));
    assert_eq!(wallet.holdings()[0].amount, Amount::Presentations { used: 3, limit: 1000 });
    server.state().ask.renew = false;
    wallet.fetch(server.get("/paired-a")).await.unwrap();
    wallet.fetch(server.get("/paired-a")).await.unwrap();
    // Withheld: a companion had to be asked for.
    assert_eq!((server.counts().asked, server.counts().presentations), (4, 5));
}

#[tokio::test]
async fn what_is_held_goes_before_what_is_cheap() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    let response = wallet.fetch(server.get("/cheapest-a")).await.unwrap();
    assert_eq!(paid(&response).token_type, TokenType::ARC, "it costs nothing");
    let other = tempfile::tempdir().unwrap();
    let wallet = self::wallet(&server, &other);
    wallet.fetch(server.get("/act-a")).await.unwrap();
    let response = wallet.fetch(server.get("/cheapest-a")).await.unwrap();
    assert_eq!(paid(&response).token_type, TokenType::ACT, "it is held");
}

#[tokio::test]
async fn the_budget_is_kept() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let open = |request, origin, total| {
        let budget = farebox_wallet::Budget { request, origin, total };
        open(&folder.path().join("wallet"), Config { budget, ..config(&server) })
    };
    for (caps, cap) in [((29, 99, 99), Cap::Request), ((30, 29, 99), Cap::Origin), ((30, 99, 29), Cap::Total)] {
        let wallet = open(caps.0, caps.1, caps.2);
        let error = wallet.fetch(server.get("/act")).await.unwrap_err();
        assert!(matches!(reasons(error)[..], [Reason::Budget(found)] if found == cap));
    }
    // 10 are spent with each request, and 30 have to be there for it: 20 are below 45, and 50 are not.
    let wallet = open(30, 45, 99);
    wallet.fetch(server.get("/act")).await.unwrap();
    wallet.fetch(server.get("/act")).await.unwrap();
    let error = wallet.fetch(server.get("/act")).await.unwrap_err();
    assert!(matches!(reasons(error)[..], [Reason::Budget(Cap::Origin)]));
    drop(wallet);
    // It is kept over a restart.
    let error = open(30, 45, 99).fetch(server.get("/act")).await.unwrap_err();
    assert!(matches!(reasons(error)[..], [Reason::Budget(Cap::Origin)]));
    assert_eq!(server.counts().spent_credits, 20);
}

#[tokio::test]
async fn requests_without_a_challenge_pass_through() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    let response = wallet.fetch(server.get("/free")).await.unwrap();
    assert_eq!(&response.body()[..], b"free");
    server.state().challenge_header = Some("Basic realm=\"x\"".into());
    let response = wallet.fetch(server.get("/once")).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(wallet.fetch(Request::get("http://origin.example/").body(bytes::Bytes::new()).unwrap()).await.is_err());
}

#[tokio::test]
async fn the_issuer_is_shown_what_it_wants_and_no_origin() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    server.state().secret = Some("Bearer correct horse".into());
    let name = server.address.to_string();
    let wallet = wallet(&server, &folder);
    let error = wallet.fetch(server.get("/once")).await.unwrap_err();
    assert!(matches!(reasons(error)[..], [Reason::IssuerRefused(401)]));
    assert!(wallet.holdings().is_empty());
    drop(wallet);
    let secrets = SharedSecrets::new(BTreeMap::from([(name.clone(), Zeroizing::new("correct horse".to_owned()))]));
    let with_secret = Config { attestation: Arc::new(secrets), ..config(&server) };
    let wallet = open(&folder.path().join("wallet"), with_secret);
    let mut request = server.get("/once");
    request.headers_mut().insert(header::REFERER, "https://elsewhere.example/".parse().unwrap());
    request.headers_mut().insert(header::COOKIE, "id=1".parse().unwrap());
    assert_eq!(wallet.fetch(request).await.unwrap().status(), StatusCode::OK);
    drop(wallet);
    // A voucher goes with its request, also when that is sent again by another process.
    server.state().secret = None;
    server.state().issuer_faults.extend([Fault::LoseAnswer; 3]);
    let codes = BTreeMap::from([(name, vec![Zeroizing::new("one".to_owned())])]);
    let with_voucher = Config { attestation: Arc::new(Vouchers::new(codes)), ..config(&server) };
    let wallet = open(&folder.path().join("wallet"), with_voucher);
    assert!(wallet.fetch(server.get("/arc")).await.is_err());
    drop(wallet);
    let wallet = self::wallet(&server, &folder);
    assert_eq!(wallet.recover().await.len(), 1);
    assert_eq!(wallet.fetch(server.get("/arc")).await.unwrap().status(), StatusCode::OK);
    let headers = server.counts().issuer_headers;
    let vouchers = headers.iter().filter_map(|headers| headers.get("farebox-attestation"));
    assert_eq!(vouchers.filter(|value| *value == "voucher one").count(), 4);
    for headers in headers {
        for name in [header::REFERER, header::COOKIE, header::ORIGIN, header::USER_AGENT] {
            assert!(!headers.contains_key(&name), "{name}");
        }
    }
}

#[tokio::test]
async fn a_voucher_that_brought_nothing_is_good_again() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let codes = BTreeMap::from([(server.address.to_string(), vec![Zeroizing::new("one".to_owned())])]);
    let with_voucher = Config { attestation: Arc::new(Vouchers::new(codes)), ..config(&server) };
    let wallet = open(&folder.path().join("wallet"), with_voucher);
    server.state().issuer_faults.push_back(Fault::Status(422));
    let error = wallet.fetch(server.get("/once")).await.unwrap_err();
    assert!(matches!(reasons(error)[..], [Reason::IssuerRefused(422)]));
    assert_eq!(wallet.fetch(server.get("/once")).await.unwrap().status(), StatusCode::OK);
    let headers = server.counts().issuer_headers;
    let vouchers = headers.iter().filter_map(|headers| headers.get("farebox-attestation"));
    assert_eq!(vouchers.filter(|value| *value == "voucher one").count(), 2);
    // It brought tokens, and is gone.
    let error = wallet.fetch(server.get("/arc")).await.unwrap_err();
    assert!(matches!(reasons(error)[..], [Reason::NotAttested(_)]));
}
