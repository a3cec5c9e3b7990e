//! Keys and contexts that change.

use farebox_tokens::Validity;
use farebox_wallet::{Reason, Stage};
use privacypass_wire::TokenType;

use super::common::*;
use super::flows::reasons;

/// New keys in the place of the old ones.
fn rotate(server: &Server) {
    let mut keys = farebox_tokens::KeyRing::default();
    for token_type in FAST {
        keys.register(key(token_type), Validity::ALWAYS).map_err(|refused| refused.error).unwrap();
    }
    *server.state().issuer.keys_mut() = keys;
}

#[tokio::test]
async fn a_new_key_takes_over() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    for route in ["/once", "/arc", "/act"] {
        wallet.fetch(server.get(route)).await.unwrap();
    }
    assert_eq!((wallet.holdings().len(), held_credits(&wallet)), (3, 90));
    *server.now.lock().unwrap() += 100;
    rotate(&server);
    for route in ["/once", "/arc", "/act"] {
        wallet.fetch(server.get(route)).await.unwrap();
    }
    // The directory was fetched again for the key that was not in it, and what was of the old keys went, but for credits.
    assert_eq!(server.counts().directories, 2);
    assert_eq!((wallet.holdings().len(), held_credits(&wallet)), (4, 180));
    let old = wallet.holdings().into_iter().find(|holding| holding.token_type == TokenType::ACT).unwrap();
    wallet.abandon(old.id).await.unwrap();
    assert_eq!(held_credits(&wallet), 90);
}

#[tokio::test]
async fn a_key_for_later_is_not_used_now() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    // The origin's clock is ahead: it asks for a key that begins in an hour.
    let mut directory = server.state().issuer.directory("/token-request", START);
    for key in &mut directory.token_keys {
        key.not_before = Some(START + 3600);
    }
    server.state().directory = Some(directory.to_json());
    let found = reasons(wallet.fetch(server.get("/once")).await.unwrap_err());
    assert!(matches!(found[..], [Reason::Key]), "{found:?}");
    assert_eq!(server.counts().directories, 1, "a challenge does not make the wallet ask again at once");
    *server.now.lock().unwrap() += 3600;
    assert!(wallet.fetch(server.get("/once")).await.is_ok());
}

#[tokio::test]
async fn another_context_is_another_credential() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    let wallet = wallet(&server, &folder);
    for context in [None, Some([1; 32]), Some([2; 32])] {
        {
            let mut state = server.state();
            state.ask.credential_context = context;
            state.issuer.act_credential_context = context;
        }
        for route in ["/arc", "/act"] {
            wallet.fetch(server.get(route)).await.unwrap();
            wallet.fetch(server.get(route)).await.unwrap();
        }
    }
    assert_eq!((server.counts().asked, wallet.holdings().len()), (6, 6));
    // What fits nothing goes after a day, when something is asked for there; credits stay.
    *server.now.lock().unwrap() += 24 * 3600 + 1;
    server.state().ask.credential_context = Some([3; 32]);
    server.state().issuer.act_credential_context = Some([3; 32]);
    wallet.fetch(server.get("/arc")).await.unwrap();
    wallet.fetch(server.get("/act")).await.unwrap();
    let of = |token_type| wallet.holdings().iter().filter(|holding| holding.token_type == token_type).count();
    assert_eq!((of(TokenType::ARC), of(TokenType::ACT)), (1, 4));
    // Tokens in a context of their own go as well.
    wallet.fetch(server.get("/once")).await.unwrap();
    assert_eq!(of(TokenType::VOPRF_RISTRETTO255), 1);
    *server.now.lock().unwrap() += 24 * 3600 + 1;
    wallet.fetch(server.get("/once-a")).await.unwrap();
    assert_eq!(of(TokenType::VOPRF_RISTRETTO255), 0);
    assert!(wallet.holdings().iter().all(|holding| holding.stage == Stage::Idle));
}

#[tokio::test]
async fn a_directory_is_kept_for_its_time() {
    let server = Server::start(&FAST).await;
    let folder = tempfile::tempdir().unwrap();
    // (what it says, seconds later, requests in all)
    for (says, later, all) in [
        ("max-age=100", 0, 1),
        ("max-age=100", 99, 1),
        ("no-store", 1, 2),
        ("max-age=100", 59, 2),
        ("max-age=100", 1, 3),
    ] {
        server.state().directory_cache = says;
        *server.now.lock().unwrap() += later;
        let wallet = wallet(&server, &folder);
        wallet.fetch(server.get(&format!("/once-{}", server.now()))).await.unwrap();
        assert_eq!(server.counts().directories, all, "{says} {later}");
    }
}
