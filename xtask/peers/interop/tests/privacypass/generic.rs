//! Generic batches: all three types in one message, and a request under a key that the issuer has not.

use farebox_tokens::client::generic::{self, Gained, Wish};
use privacypass::auth::authenticate::Challenge;
use privacypass::generic_tokens::server::Server;
use privacypass::generic_tokens::{
    GenericBatchTokenRequest, GenericBatchTokenRequestBuilder, GenericBatchTokenResponse, GenericToken,
};
use privacypass::private_tokens::TokenRequest;
use privacypass::{Deserialize as _, Serialize as _, public_tokens};
use privacypass_wire::TokenType;
use privacypass_wire::http::GENERIC_BATCH_REQUEST;

use crate::ours::{SINGLE_USE, ours, read_offer};
use crate::theirs::{
    P384, Peer, R255, Rsa, read_challenge, rsa_authorization, rsa_key, voprf_authorization, voprf_key,
};

fn ask(builder: GenericBatchTokenRequestBuilder, challenge: &Challenge) -> GenericBatchTokenRequestBuilder {
    use privacypass::TokenType::{PrivateP384, PrivateRistretto255, Public};
    let named = challenge.token_challenge();
    match named.token_type() {
        PrivateP384 => {
            let (request, state) =
                TokenRequest::<p384::NistP384>::new(voprf_key::<p384::NistP384>(challenge), named).unwrap();
            builder.add_token_request(request.into(), state.into())
        }
        PrivateRistretto255 => {
            let key = voprf_key::<voprf_ng::Ristretto255>(challenge);
            let (request, state) = TokenRequest::<voprf_ng::Ristretto255>::new(key, named).unwrap();
            builder.add_token_request(request.into(), state.into())
        }
        Public => {
            let (request, state) =
                public_tokens::TokenRequest::new(&mut rand::rng(), rsa_key(challenge), named).unwrap();
            builder.add_token_request(request.into(), state.into())
        }
    }
}

/// A key of theirs whose truncated id is not that of the challenge's key.
async fn stranger(than: u8) -> P384 {
    loop {
        let peer = P384::new().await;
        if peer.truncated_id() != than {
            return peer;
        }
    }
}

#[tokio::test]
async fn their_client_gets_and_spends_our_batch() {
    let challenges = SINGLE_USE.map(|token_type| read_challenge(&ours().www_authenticate(token_type)));
    let mut builder = GenericBatchTokenRequest::builder();
    for challenge in challenges.iter().chain(&challenges) {
        builder = ask(builder, challenge);
    }
    // Our issuer does not have this key: a gap in the answer, and status 206.
    let ours_p384 = privacypass::common::private::public_key_to_truncated_token_key_id::<p384::NistP384>;
    let other = stranger(ours_p384(&voprf_key::<p384::NistP384>(&challenges[0]))).await;
    let (request, states) = ask(builder, &read_challenge(&other.www_authenticate())).build();

    let (status, answer) = ours().answer(GENERIC_BATCH_REQUEST, &request.tls_serialize_detached().unwrap());
    assert_eq!(status, 206);
    let answer = GenericBatchTokenResponse::tls_deserialize_exact(&answer).unwrap();
    assert_eq!((answer.token_responses.len(), answer.issued_count()), (7, 6));
    assert!(answer.token_responses[6].token_response.is_none());
    for token in answer.issue_tokens(&states).unwrap() {
        let authorization = match token {
            GenericToken::PrivateP384(token) => voprf_authorization::<p384::NistP384>(&token),
            GenericToken::Public(token) => rsa_authorization(&token),
            GenericToken::PrivateRistretto255(token) => voprf_authorization::<voprf_ng::Ristretto255>(&token),
        };
        ours().redeem(&authorization).await.unwrap();
    }
}

#[tokio::test]
async fn our_client_gets_and_spends_their_batch() {
    let (p384, rsa, r255) = (P384::new().await, Rsa::new().await, R255::new().await);
    let fields = [p384.www_authenticate(), rsa.www_authenticate(), r255.www_authenticate()];
    let offers = fields.map(|field| read_offer(&field));
    // Their issuer does not have this key: a gap in the answer.
    let unknown = read_offer(&stranger(p384.truncated_id()).await.www_authenticate());
    let wishes: Vec<_> = offers.iter().chain(&offers).chain([&unknown]).map(Wish::For).collect();
    let pending = generic::request(&wishes, &mut rand::rng()).unwrap().written();

    let request = GenericBatchTokenRequest::tls_deserialize_exact(pending.outgoing().body).unwrap();
    let answer = Server::new().issue_token_responses(&p384.keys, &r255.keys, &rsa.keys, request).await.unwrap();
    let gained = pending.finish(&answer.tls_serialize_detached().unwrap()).unwrap().written();
    assert_eq!(gained.len(), 7);
    assert!(gained[6].is_none());
    for (gained, offer) in gained.into_iter().flatten().zip(offers.iter().chain(&offers)) {
        let Gained::Token(held) = gained else { panic!("a single-use token") };
        match offer.token_type() {
            TokenType::VOPRF_P384 => p384.redeem_once(held, offer).await,
            TokenType::BLIND_RSA => rsa.redeem_once(held, offer).await,
            _ => r255.redeem_once(held, offer).await,
        }
    }
}
