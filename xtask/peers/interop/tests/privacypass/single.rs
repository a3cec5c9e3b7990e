//! One token at a time, of types `0x0001`, `0x0002` and `0x0005`.

use farebox_tokens::client;
use privacypass_wire::TokenType;
use privacypass_wire::http::TOKEN_REQUEST;

use crate::ours::{ours, read_offer};
use crate::spoiled;
use crate::theirs::{P384, Peer, R255, Rsa, read_challenge};

/// Their client, our origin's challenge, our issuer, our origin.
async fn their_client<P: Peer>(token_type: TokenType) {
    let challenge = read_challenge(&ours().www_authenticate(token_type));
    assert_eq!(challenge.token_challenge().token_type(), P::token_type());
    let (request, state) = P::ask(&challenge);
    let (status, answer) = ours().answer(TOKEN_REQUEST, &request);
    assert_eq!(status, 200);
    assert!(P::take(&state, &spoiled(&answer)).is_err());
    let authorization = P::take(&state, &answer).unwrap();
    ours().redeem(&authorization).await.unwrap();
}

/// Our client, their origin's challenge, their issuer, their origin.
async fn our_client<P: Peer>(token_type: TokenType) {
    let peer = P::new().await;
    let offer = read_offer(&peer.www_authenticate());
    assert_eq!(offer.token_type(), token_type);
    let pending = client::single::request(&offer, &mut rand::rng()).unwrap().written();
    let answer = peer.issue(pending.outgoing().body).await;
    let pending = pending.finish(&spoiled(&answer)).unwrap_err().into_parts().0;
    let held = pending.finish(&answer).unwrap().written();
    peer.redeem_once(held, &offer).await;
}

#[tokio::test]
async fn their_client_gets_and_spends_our_tokens() {
    their_client::<P384>(TokenType::VOPRF_P384).await;
    their_client::<Rsa>(TokenType::BLIND_RSA).await;
    their_client::<R255>(TokenType::VOPRF_RISTRETTO255).await;
}

#[tokio::test]
async fn our_client_gets_and_spends_their_tokens() {
    our_client::<P384>(TokenType::VOPRF_P384).await;
    our_client::<Rsa>(TokenType::BLIND_RSA).await;
    our_client::<R255>(TokenType::VOPRF_RISTRETTO255).await;
}
