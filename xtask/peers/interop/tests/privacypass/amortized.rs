//! Amortized batches, of types `0x0001` and `0x0005`. The lengths before their lists take one byte, and two.

use farebox_tokens::client;
use privacypass::amortized_tokens::{AmortizedBatchTokenRequest, AmortizedBatchTokenResponse, server::Server};
use privacypass::common::private::PrivateCipherSuite;
use privacypass::{Deserialize as _, Serialize as _};
use privacypass_wire::TokenType;
use privacypass_wire::http::AMORTIZED_BATCH_REQUEST;

use crate::ours::{ours, read_offer};
use crate::spoiled;
use crate::theirs::{Peer, Voprf, read_challenge, voprf_authorization, voprf_key};

const COUNTS: [u16; 3] = [1, 2, 70];

async fn their_client<CS: PrivateCipherSuite>(token_type: TokenType, count: u16) {
    let challenge = read_challenge(&ours().www_authenticate(token_type));
    let key = voprf_key::<CS>(&challenge);
    let (request, state) = AmortizedBatchTokenRequest::<CS>::new(key, challenge.token_challenge(), count).unwrap();
    let (status, answer) = ours().answer(AMORTIZED_BATCH_REQUEST, &request.tls_serialize_detached().unwrap());
    assert_eq!(status, 200);
    let read = |bytes: &[u8]| AmortizedBatchTokenResponse::<CS>::try_from_bytes(bytes).unwrap().issue_tokens(&state);
    assert!(read(&spoiled(&answer)).is_err());
    let tokens = read(&answer).unwrap();
    assert_eq!(tokens.len(), usize::from(count));
    for token in tokens {
        ours().redeem(&voprf_authorization::<CS>(&token)).await.unwrap();
    }
}

async fn our_client<CS: PrivateCipherSuite>(count: u16) {
    let peer = Voprf::<CS>::new().await;
    let offer = read_offer(&peer.www_authenticate());
    let pending = client::batch::request(&offer, count.into(), &mut rand::rng()).unwrap().written();
    let request = AmortizedBatchTokenRequest::<CS>::tls_deserialize_exact(pending.outgoing().body).unwrap();
    let answer = Server::<CS>::new().issue_token_response(&peer.keys, request).await.unwrap();
    let answer = answer.tls_serialize_detached().unwrap();
    let pending = pending.finish(&spoiled(&answer)).unwrap_err().into_parts().0;
    let all = pending.finish(&answer).unwrap().written();
    assert_eq!(all.len(), usize::from(count));
    for held in all {
        peer.redeem_once(held, &offer).await;
    }
}

#[tokio::test]
async fn their_client_gets_and_spends_our_batches() {
    for count in COUNTS {
        their_client::<p384::NistP384>(TokenType::VOPRF_P384, count).await;
        their_client::<voprf_ng::Ristretto255>(TokenType::VOPRF_RISTRETTO255, count).await;
    }
}

#[tokio::test]
async fn our_client_gets_and_spends_their_batches() {
    for count in COUNTS {
        our_client::<p384::NistP384>(count).await;
        our_client::<voprf_ng::Ristretto255>(count).await;
    }
}
