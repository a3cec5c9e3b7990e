//! All types, from the request to what the client holds.

use farebox_issuer::attest::Open;
use farebox_tokens::client::generic::{Gained, Wish};
use farebox_tokens::client::{act, arc, batch, generic, single};
use privacypass_wire::TokenType;

use crate::site::{DIRECTORY, Site, config};
use crate::world::{SINGLE_USE, issuer, offer, parameters};

async fn site() -> Site {
    Site::new(issuer(), config(), Open).await
}

#[tokio::test]
async fn single_use_tokens() {
    let site = site().await;
    for token_type in SINGLE_USE {
        let pending = single::request(&offer(token_type), &mut rand::rng()).unwrap().written();
        let answer = site.issue(pending.outgoing()).await;
        assert_eq!(pending.finish(&answer).unwrap().written().token_type(), token_type);
    }
}

#[tokio::test]
async fn arc_and_act() {
    let site = site().await;
    let pending = arc::request(&offer(TokenType::ARC), &mut rand::rng()).unwrap().written();
    let answer = site.issue(pending.outgoing()).await;
    assert_eq!(pending.finish(&answer).unwrap().written().contexts(), 0);

    let parameters = parameters(&site.send("GET", DIRECTORY, &[], b"").await.body);
    let pending = act::request(&offer(TokenType::ACT), &parameters, &mut rand::rng()).unwrap().written();
    let answer = site.issue(pending.outgoing()).await;
    assert_eq!(pending.finish(&answer).unwrap().written().balance().get(), 100);
}

#[tokio::test]
async fn an_amortized_batch() {
    let site = site().await;
    for token_type in [TokenType::VOPRF_P384, TokenType::VOPRF_RISTRETTO255] {
        let pending = batch::request(&offer(token_type), 20, &mut rand::rng()).unwrap().written();
        let answer = site.issue(pending.outgoing()).await;
        assert_eq!(pending.finish(&answer).unwrap().written().len(), 20);
    }
}

#[tokio::test]
async fn a_generic_batch_of_all_types() {
    let site = site().await;
    let parameters = parameters(&site.send("GET", DIRECTORY, &[], b"").await.body);
    let offers = TokenType::KNOWN.map(offer);
    let wish = |offer| match farebox_tokens::client::Offer::token_type(offer) {
        TokenType::ACT => Wish::Credits(offer, &parameters),
        _ => Wish::For(offer),
    };
    let wishes: Vec<_> = offers.iter().map(wish).collect();
    let pending = generic::request(&wishes, &mut rand::rng()).unwrap().written();
    let answer = site.issue(pending.outgoing()).await;
    let gained = pending.finish(&answer).unwrap().written();
    let names = gained.iter().map(|one| match one {
        Some(Gained::Token(_)) => "token",
        Some(Gained::Credential(_)) => "credential",
        Some(Gained::Credits(_)) => "credits",
        None => "none",
    });
    assert_eq!(names.collect::<Vec<_>>(), ["token", "token", "token", "credential", "credits"]);
}

#[tokio::test]
async fn a_batch_is_answered_in_part_or_not_at_all() {
    let site = site().await;
    let offers = SINGLE_USE.map(offer);
    let wishes: Vec<_> = offers.iter().map(Wish::For).collect();
    let pending = generic::request(&wishes, &mut rand::rng()).unwrap().written();
    let out = pending.outgoing();
    let mut keys = farebox_tokens::KeyRing::default();
    keys.register(crate::world::key(TokenType::VOPRF_RISTRETTO255), farebox_tokens::Validity::ALWAYS).unwrap();

    // Of three keys, one is left; then none.
    let only = |kept: &[TokenType]| {
        let mut keys = farebox_tokens::KeyRing::default();
        for token_type in kept {
            keys.register(crate::world::key(*token_type), farebox_tokens::Validity::ALWAYS).unwrap();
        }
        crate::world::with_keys(keys)
    };
    site.service.replace(only(&[TokenType::BLIND_RSA]));
    let answer = site.post(out.content_type, out.body, &[]).await;
    assert_eq!((answer.status, answer.header("content-type")), (206, Some(out.accept)));
    let gained = pending.finish(&answer.body).unwrap().written();
    assert_eq!(gained.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, false]);

    let pending = generic::request(&wishes, &mut rand::rng()).unwrap().written();
    let out = pending.outgoing();
    site.service.replace(only(&[]));
    let answer = site.post(out.content_type, out.body, &[]).await;
    assert_eq!((answer.status, answer.header("content-type")), (400, Some(out.accept)));
    assert!(pending.finish(&answer.body).unwrap().written().iter().all(Option::is_none));
}
