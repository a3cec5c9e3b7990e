//! Origins and issuers that cheat.

use std::collections::BTreeMap;

use farebox_tokens::{Error as TokenError, Invalid};
use farebox_wallet::{Config, Error, Plaintext, Reason, Stage, Trust};
use privacypass_wire::http::{Param, PrivateTokenChallenge, Style, WwwAuthenticate};
use privacypass_wire::{TokenChallenge, TokenType, http as pp};

use super::common::*;
use super::flows::reasons;

/// A challenge in the place of the server's own.
fn instead(server: &Server, path: &str, change: impl FnOnce(&mut PrivateTokenChallenge)) {
    let mut wire = server.challenge_of(path);
    change(&mut wire);
    server.state().challenge_header = Some(wire.to_header_value(Style::Quoted).unwrap());
}

#[tokio::test]
async fn challenges_that_are_not_answered() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    let name = server.address.to_string();
    let once = TokenType::VOPRF_RISTRETTO255;

    // For another origin.
    let other = TokenChallenge::builder(once, &name).origin_info("other.example").build().unwrap();
    instead(&server, "/once", |wire| wire.challenge = other.as_bytes().to_vec());
    let found = reasons(wallet.fetch(server.get("/once")).await.unwrap_err());
    assert!(matches!(found[..], [Reason::Challenge(TokenError::Invalid(Invalid::Challenge))]));

    // Above the cap, by far.
    instead(&server, "/act", |wire| wire.cost = Some(u64::MAX));
    assert!(matches!(reasons(wallet.fetch(server.get("/act")).await.unwrap_err())[..], [Reason::Budget(_)]));
    // Above what a credential holds: nothing is asked for.
    drop(wallet);
    let generous = farebox_wallet::Budget { request: u64::MAX, origin: u64::MAX, total: u64::MAX };
    let wallet = open(&folder.path().join("wallet"), Config { budget: generous, ..config(&server) });
    assert!(matches!(reasons(wallet.fetch(server.get("/act")).await.unwrap_err())[..], [Reason::Cost]));
    instead(&server, "/act", |wire| wire.cost = None);
    assert!(matches!(reasons(wallet.fetch(server.get("/act")).await.unwrap_err())[..], [Reason::Challenge(_)]));

    // A key of its own choice.
    for route in ["/once", "/arc", "/act"] {
        instead(&server, route, |wire| wire.token_key = Some(vec![7; 32]));
        assert!(matches!(reasons(wallet.fetch(server.get(route)).await.unwrap_err())[..], [Reason::Key]));
    }

    // What does not read, and what is not known.
    for (header, count) in [
        ("PrivateToken challenge=\"AAAA\"".to_owned(), 1),
        ("PrivateToken challenge=\"!\", PrivateToken".to_owned(), 2),
        ("PrivateToken challenge=\"AqoAAA==\"".to_owned(), 1),
        (format!("PrivateToken challenge=\"{}\"", "A".repeat(20_000)), 1),
        (vec!["PrivateToken challenge=\"AqoAAA==\""; 40].join(", "), 1),
    ] {
        server.state().challenge_header = Some(header);
        assert_eq!(reasons(wallet.fetch(server.get("/once")).await.unwrap_err()).len(), count);
    }
    // Headers above what the transport takes.
    server.state().challenge_header = Some(format!("PrivateToken challenge=\"{}\"", "A".repeat(70_000)));
    assert!(matches!(wallet.fetch(server.get("/once")).await, Err(Error::Transport(_))));
    assert_eq!(server.counts().asked, 0);
    assert!(wallet.holdings().is_empty());
}

#[tokio::test]
async fn only_trusted_issuers_are_asked() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let open = |trust, plaintext| open(&folder.path().join("wallet"), Config { trust, plaintext, ..config(&server) });
    let wallet = open(Trust::Only([String::from("issuer.example")].into()), Plaintext::Loopback);
    assert!(matches!(reasons(wallet.fetch(server.get("/once")).await.unwrap_err())[..], [Reason::Issuer]));
    drop(wallet);
    let wallet = open(Trust::Only([server.address.to_string()].into()), Plaintext::Loopback);
    assert!(wallet.fetch(server.get("/once")).await.is_ok());
    drop(wallet);
    let wallet = open(Trust::Any, Plaintext::Never);
    assert!(matches!(wallet.fetch(server.get("/once")).await, Err(Error::Url(_))));
    // A name that is more than a name.
    let wallet = {
        drop(wallet);
        open(Trust::Any, Plaintext::Loopback)
    };
    for name in ["user@127.0.0.1", "127.0.0.1/path", "127.0.0.1?q", "ftp://127.0.0.1"] {
        let challenge = TokenChallenge::builder(TokenType::VOPRF_RISTRETTO255, name).build().unwrap();
        instead(&server, "/once", |wire| wire.challenge = challenge.as_bytes().to_vec());
        assert_eq!(reasons(wallet.fetch(server.get("/once")).await.unwrap_err()).len(), 1, "{name}");
    }
    assert_eq!(server.counts().directories, 1);
}

#[tokio::test]
async fn directories_that_do_not_hold() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    let good = server.state().issuer.directory("/token-request", START);
    for json in ["{}".to_owned(), "x".repeat(70_000), "[]".repeat(10)] {
        server.state().directory = Some(json);
        let found = reasons(wallet.fetch(server.get("/once")).await.unwrap_err());
        assert!(matches!(found[..], [Reason::IssuerInvalid]), "{found:?}");
    }
    // Requests would go to a place that is not loopback, without TLS, or that names a user.
    // Or to another service of this machine, or another host.
    let urls = ["http://issuer.example/request", "ftp://127.0.0.1/", "http://u@127.0.0.1/"];
    for url in urls.into_iter().chain(["http://127.0.0.1:1/", "http://0.0.0.0/", "https://issuer.example/"]) {
        let mut directory = good.clone();
        directory.request_uri = url.into();
        server.state().directory = Some(directory.to_json());
        *server.now.lock().unwrap() += 100_000;
        let found = reasons(wallet.fetch(server.get("/once")).await.unwrap_err());
        assert!(matches!(found[..], [Reason::IssuerInvalid]), "{found:?}");
    }
    // A key for each client.
    let mut many = good.clone();
    let one = good.token_keys.iter().find(|key| key.token_type == TokenType::VOPRF_RISTRETTO255).unwrap();
    many.token_keys.extend((0..8).map(|i| {
        let mut other = one.clone();
        other.public_key = vec![i; 32];
        other
    }));
    server.state().directory = Some(many.to_json());
    *server.now.lock().unwrap() += 100_000;
    let found = reasons(wallet.fetch(server.get("/once")).await.unwrap_err());
    assert!(matches!(found[..], [Reason::ManyKeys]), "{found:?}");
    assert_eq!(server.counts().asked, 0);
}

#[tokio::test]
async fn what_belongs_to_a_key_does_not_change() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    wallet(&server, &folder).fetch(server.get("/act")).await.unwrap();
    let mut directory = server.state().issuer.directory("/token-request", START);
    for key in &mut directory.token_keys {
        if let Some(act) = &mut key.act {
            act.initial_credits = 99;
        }
    }
    server.state().directory = Some(directory.to_json());
    *server.now.lock().unwrap() += 100_000;
    // Also after a restart. What is held is spent still.
    let wallet = wallet(&server, &folder);
    let found = reasons(wallet.fetch(server.get("/once")).await.unwrap_err());
    assert!(matches!(found[..], [Reason::Pin]), "{found:?}");
    assert!(wallet.fetch(server.get("/act")).await.is_ok());
}

#[tokio::test]
async fn an_issuer_that_answers_nonsense_gets_the_same_request_again() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    for route in ["/once", "/arc", "/act"] {
        server.state().issuer_faults.push_back(Fault::BadReverse);
        let found = reasons(wallet.fetch(server.get(route)).await.unwrap_err());
        assert!(matches!(found[..], [Reason::IssuerInvalid]), "{found:?}");
        assert_eq!(wallet.holdings().iter().filter(|holding| holding.stage == Stage::Asked).count(), 1);
        assert!(wallet.fetch(server.get(route)).await.is_ok());
        // Refused for good: the request goes.
        let other = format!("{route}-b");
        if route == "/once" {
            server.state().issuer_faults.push_back(Fault::Status(422));
            let found = reasons(wallet.fetch(server.get(&other)).await.unwrap_err());
            assert!(matches!(found[..], [Reason::IssuerRefused(422)]), "{found:?}");
            assert!(wallet.holdings().iter().all(|holding| holding.stage == Stage::Idle));
        }
    }
    // One of each, for it was one request each time.
    assert_eq!((server.counts().issued_tokens, server.counts().issued_credits), (2, 100));
}

#[tokio::test]
async fn an_origin_that_never_refunds_ties_up_a_few_credentials_and_no_more() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = open(&folder.path().join("wallet"), Config { credentials: 3, ..config(&server) });
    server.fault(&[Fault::NoReverse; 10]);
    for _ in 0..3 {
        wallet.fetch(server.get("/act")).await.unwrap();
    }
    let found = reasons(wallet.fetch(server.get("/act")).await.unwrap_err());
    assert!(matches!(found[..], [Reason::ManyCredentials]), "{found:?}");
    assert_eq!(server.counts().asked, 3);
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    server.fault(&[Fault::Status(401)]);
    let error = wallet.fetch(server.get("/act?r=secret-path")).await.unwrap_err();
    for text in [format!("{error:?} {error}"), format!("{wallet:?}"), format!("{:?}", config(&server))] {
        for secret in ["secret-path", "70", "100", &server.address.to_string()] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    // Directories elsewhere than the name says.
    let mut elsewhere = config(&server);
    elsewhere.directories = BTreeMap::from([(server.address.to_string(), "http://issuer.example/".to_owned())]);
    let other = tempfile::tempdir().unwrap();
    let wallet = open(&other.path().join("wallet"), elsewhere);
    assert!(matches!(reasons(wallet.fetch(server.get("/once")).await.unwrap_err())[..], [Reason::Issuer]));
}

#[tokio::test]
async fn a_companion_has_a_key_of_its_issuer() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    wallet.fetch(server.get("/paired")).await.unwrap();
    let (asked, held) = (server.counts().asked, wallet.holdings());
    // A key that no directory lists, for this client alone.
    let foreign = Server::start(&FAST).await.challenge_of("/once").token_key.unwrap();
    instead(&server, "/paired", |wire| {
        wire.others.retain(|param| param.name != "companion-key");
        wire.others.push(Param::base64url("companion-key", &foreign));
    });
    *server.now.lock().unwrap() += 100;
    let found = reasons(wallet.fetch(server.get("/paired")).await.unwrap_err());
    assert!(matches!(found[..], [Reason::Key]), "{found:?}");
    assert_eq!((server.counts().shown, server.counts().asked), (1, asked));
    assert_eq!(wallet.holdings(), held);
    // With the issuer's own it goes on as before.
    server.state().challenge_header = None;
    wallet.fetch(server.get("/paired")).await.unwrap();
    assert_eq!((server.counts().shown, server.counts().asked), (2, asked));
}

#[tokio::test]
async fn contexts_do_not_tell_what_is_held() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    let mut challenges = Vec::new();
    for context in [[1; 32], [2; 32]] {
        server.state().ask.credential_context = Some(context);
        challenges.insert(0, server.challenge_of("/arc"));
        if context == [1; 32] {
            wallet.fetch(server.get("/arc")).await.unwrap();
        }
    }
    // Held is the second; a wallet that holds nothing takes the first, and so does this one.
    let header = WwwAuthenticate::to_header_value(&challenges, Style::Quoted).unwrap();
    server.state().challenge_header = Some(header);
    wallet.fetch(server.get("/arc")).await.unwrap();
    assert_eq!((server.counts().asked, wallet.holdings().len()), (2, 2));
}

/// A wallet that looks for the directories of these issuers at the server.
fn wallet_of(server: &Server, folder: &tempfile::TempDir, names: &[String]) -> TestWallet {
    let place = |name: &String| (name.clone(), server.url(pp::DIRECTORY_PATH));
    let directories = names.iter().map(place).collect();
    open(&folder.path().join("wallet"), Config { directories, ..config(server) })
}

/// A challenge of an issuer for a key that it does not list.
fn of_issuer(name: &str) -> PrivateTokenChallenge {
    let challenge = TokenChallenge::builder(TokenType::VOPRF_RISTRETTO255, name).build().unwrap();
    PrivateTokenChallenge::new(&challenge, &[7; 32])
}

#[tokio::test]
async fn many_issuers_do_not_fill_the_journal() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..300).map(|i| format!("issuer-{i}.example")).collect();
    let wallet = wallet_of(&server, &folder, &names);
    // As long as a directory may be, and as much of it as is kept.
    let mut directory = server.state().issuer.directory("/token-request", START);
    for i in 0..12 {
        let key = privacypass_wire::directory::TokenKey::new(TokenType::BLIND_RSA, &[i; 700]);
        directory.token_keys.push(key);
    }
    let room = (64 << 10) - directory.to_json().len() - 100;
    directory.others.insert("pad".into(), "x".repeat(room).into());
    server.state().directory = Some(directory.to_json());
    for name in &names {
        server.state().challenge_header = Some(of_issuer(name).to_header_value(Style::Quoted).unwrap());
        *server.now.lock().unwrap() += 1;
        let found = reasons(wallet.fetch(server.get("/once")).await.unwrap_err());
        assert!(matches!(found[..], [Reason::Key]), "{found:?}");
    }
    let journal = std::fs::metadata(folder.path().join("wallet/journal")).unwrap();
    assert!((1 << 20..3 << 20).contains(&journal.len()), "{}", journal.len());
    server.state().directory = None;
    server.state().challenge_header = None;
    assert!(wallet.fetch(server.get("/act")).await.is_ok());
    assert_eq!(server.counts().directories, 301);
}

#[tokio::test]
async fn directories_keep_to_their_bounds() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    let good = server.state().issuer.directory("/token-request", START);
    let mut many = good.clone();
    many.token_keys
        .extend((0..30).map(|i| privacypass_wire::directory::TokenKey::new(TokenType::BLIND_RSA, &[i; 700])));
    let mut long = good.clone();
    for act in long.token_keys.iter_mut().filter_map(|key| key.act.as_mut()) {
        act.domain_separator.push_str(&"x".repeat(300));
    }
    for directory in [many, long] {
        server.state().directory = Some(directory.to_json());
        let found = reasons(wallet.fetch(server.get("/once")).await.unwrap_err());
        assert!(matches!(found[..], [Reason::IssuerInvalid]), "{found:?}");
    }
    server.state().challenge_header = Some(of_issuer(&"a".repeat(300)).to_header_value(Style::Quoted).unwrap());
    let found = reasons(wallet.fetch(server.get("/once")).await.unwrap_err());
    assert!(matches!(found[..], [Reason::Issuer]), "{found:?}");
}

#[tokio::test]
async fn an_origin_makes_the_wallet_ask_few_issuers() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..10).map(|i| format!("issuer-{i}.example")).collect();
    let wallet = wallet_of(&server, &folder, &names);
    let challenges: Vec<_> = names.iter().map(|name| of_issuer(name)).collect();
    let header = WwwAuthenticate::to_header_value(&challenges, Style::Quoted).unwrap();
    server.state().challenge_header = Some(header);
    let found = reasons(wallet.fetch(server.get("/once")).await.unwrap_err());
    assert_eq!(found.iter().filter(|reason| matches!(reason, Reason::Key)).count(), 4);
    assert_eq!(found.iter().filter(|reason| matches!(reason, Reason::ManyIssuers)).count(), 6);
    assert_eq!(server.counts().directories, 4);
}
