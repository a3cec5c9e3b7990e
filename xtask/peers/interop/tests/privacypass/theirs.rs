//! Their issuer, origin and client, for a VOPRF of either suite and for Blind RSA, from bytes to bytes.

use farebox_tokens::client;
use http::HeaderValue;
use p384::NistP384;
use privacypass::auth::authenticate::{
    Challenge, TokenChallenge, build_www_authenticate_header, parse_www_authenticate_header,
};
use privacypass::auth::authorize::{build_authorization_header, parse_authorization_header};
use privacypass::common::errors::{IssueTokenError, RedeemTokenError};
use privacypass::common::private::{
    PrivateCipherSuite, PublicKey, deserialize_public_key, public_key_to_truncated_token_key_id, serialize_public_key,
};
use privacypass::private_tokens::{self, PrivateToken, server::Server};
use privacypass::public_tokens::server::{IssuerServer, OriginKeyStore as _, OriginServer};
use privacypass::public_tokens::{self, PublicToken};
use privacypass::test_utils::nonce_store::MemoryNonceStore;
use privacypass::test_utils::private_memory_store::MemoryKeyStoreVoprf;
use privacypass::test_utils::public_memory_store::{IssuerMemoryKeyStore, OriginMemoryKeyStore};
use privacypass::{Deserialize as _, Serialize as _, TokenType};
use voprf_ng::Ristretto255;

use crate::{ISSUER, ORIGIN};

/// Issuer and origin with one key.
pub(crate) trait Peer: Sized {
    /// What the client keeps between request and answer.
    type State;

    fn token_type() -> TokenType;

    async fn new() -> Self;

    /// The public key, as it stands in a challenge.
    fn public_key(&self) -> Vec<u8>;

    /// The client: asks for a token of this challenge.
    fn ask(challenge: &Challenge) -> (Vec<u8>, Self::State);

    /// The client: the field `Authorization` out of the issuer's answer.
    fn take(state: &Self::State, answer: &[u8]) -> Result<HeaderValue, IssueTokenError>;

    /// The issuer.
    async fn issue(&self, request: &[u8]) -> Vec<u8>;

    /// The origin.
    async fn redeem(&self, authorization: &HeaderValue) -> Result<(), RedeemTokenError>;

    /// The origin: the field `WWW-Authenticate`.
    fn www_authenticate(&self) -> HeaderValue {
        let challenge = TokenChallenge::new(Self::token_type(), ISSUER, Some([2; 32]), &[ORIGIN.to_owned()]);
        build_www_authenticate_header(&challenge, &self.public_key(), Some(60)).unwrap().1
    }

    /// The origin: a token of our client counts, once.
    async fn redeem_once(&self, held: client::single::Held, offer: &client::Offer) {
        let authorization = crate::ours::authorization(held, offer);
        assert_eq!(self.redeem(&authorization).await, Ok(()));
        assert_eq!(self.redeem(&authorization).await, Err(RedeemTokenError::DoubleSpending));
    }
}

/// What their client makes of a field `WWW-Authenticate`.
pub(crate) fn read_challenge(www_authenticate: &HeaderValue) -> Challenge {
    let [challenge]: [Challenge; 1] = parse_www_authenticate_header(www_authenticate).unwrap().try_into().unwrap();
    assert_eq!(challenge.max_age(), Some(60));
    challenge
}

/// Token type `0x0001` or `0x0005`.
pub(crate) struct Voprf<CS: PrivateCipherSuite> {
    pub(crate) keys: MemoryKeyStoreVoprf<CS>,
    public: PublicKey<CS>,
    nonces: MemoryNonceStore,
}

pub(crate) type P384 = Voprf<NistP384>;
pub(crate) type R255 = Voprf<Ristretto255>;

impl<CS: PrivateCipherSuite> Voprf<CS> {
    /// The byte by which a request names the key.
    pub(crate) fn truncated_id(&self) -> u8 {
        public_key_to_truncated_token_key_id::<CS>(&self.public)
    }
}

/// The public key that a challenge names.
pub(crate) fn voprf_key<CS: PrivateCipherSuite>(challenge: &Challenge) -> PublicKey<CS> {
    deserialize_public_key::<CS>(challenge.token_key()).unwrap()
}

/// Their token as a field `Authorization`.
pub(crate) fn voprf_authorization<CS: PrivateCipherSuite>(token: &PrivateToken<CS>) -> HeaderValue {
    build_authorization_header(token).unwrap().1
}

impl<CS: PrivateCipherSuite> Peer for Voprf<CS> {
    type State = private_tokens::TokenState<CS>;

    fn token_type() -> TokenType {
        CS::token_type()
    }

    async fn new() -> Self {
        let keys = MemoryKeyStoreVoprf::default();
        let public = Server::<CS>::new().create_keypair(&keys).await.unwrap();
        Self { keys, public, nonces: MemoryNonceStore::default() }
    }

    fn public_key(&self) -> Vec<u8> {
        serialize_public_key::<CS>(self.public)
    }

    fn ask(challenge: &Challenge) -> (Vec<u8>, Self::State) {
        let (request, state) =
            private_tokens::TokenRequest::<CS>::new(voprf_key::<CS>(challenge), challenge.token_challenge()).unwrap();
        (request.tls_serialize_detached().unwrap(), state)
    }

    fn take(state: &Self::State, answer: &[u8]) -> Result<HeaderValue, IssueTokenError> {
        let answer = private_tokens::TokenResponse::<CS>::try_from_bytes(answer).unwrap();
        Ok(voprf_authorization::<CS>(&answer.issue_token(state)?))
    }

    async fn issue(&self, request: &[u8]) -> Vec<u8> {
        let request = private_tokens::TokenRequest::tls_deserialize_exact(request).unwrap();
        let answer = Server::<CS>::new().issue_token_response(&self.keys, request).await.unwrap();
        answer.tls_serialize_detached().unwrap()
    }

    async fn redeem(&self, authorization: &HeaderValue) -> Result<(), RedeemTokenError> {
        let token: PrivateToken<CS> = parse_authorization_header(authorization).unwrap();
        Server::<CS>::new().redeem_token(&self.keys, &self.nonces, token).await
    }
}

/// Token type `0x0002`.
pub(crate) struct Rsa {
    pub(crate) keys: IssuerMemoryKeyStore,
    known: OriginMemoryKeyStore,
    public: public_tokens::PublicKey,
    nonces: MemoryNonceStore,
}

/// The public key that a challenge names.
pub(crate) fn rsa_key(challenge: &Challenge) -> public_tokens::PublicKey {
    public_tokens::PublicKey::from_spki(challenge.token_key()).unwrap()
}

/// Their token as a field `Authorization`.
pub(crate) fn rsa_authorization(token: &PublicToken) -> HeaderValue {
    build_authorization_header(token).unwrap().1
}

impl Peer for Rsa {
    type State = public_tokens::TokenState;

    fn token_type() -> TokenType {
        TokenType::Public
    }

    async fn new() -> Self {
        let (keys, known) = (IssuerMemoryKeyStore::default(), OriginMemoryKeyStore::default());
        let public = IssuerServer::new().create_keypair(&mut rand::rng(), &keys).await.unwrap();
        let id = public_tokens::public_key_to_truncated_token_key_id(&public).unwrap();
        known.insert(id, public.clone()).await;
        Self { keys, known, public, nonces: MemoryNonceStore::default() }
    }

    fn public_key(&self) -> Vec<u8> {
        public_tokens::server::serialize_public_key(&self.public).unwrap()
    }

    fn ask(challenge: &Challenge) -> (Vec<u8>, Self::State) {
        let (key, rng) = (rsa_key(challenge), &mut rand::rng());
        let (request, state) = public_tokens::TokenRequest::new(rng, key, challenge.token_challenge()).unwrap();
        (request.tls_serialize_detached().unwrap(), state)
    }

    fn take(state: &Self::State, answer: &[u8]) -> Result<HeaderValue, IssueTokenError> {
        let answer = public_tokens::TokenResponse::tls_deserialize_exact(answer).unwrap();
        Ok(rsa_authorization(&answer.issue_token(state)?))
    }

    async fn issue(&self, request: &[u8]) -> Vec<u8> {
        let request = public_tokens::TokenRequest::tls_deserialize_exact(request).unwrap();
        let answer = IssuerServer::new().issue_token_response(&self.keys, request).await.unwrap();
        answer.tls_serialize_detached().unwrap()
    }

    async fn redeem(&self, authorization: &HeaderValue) -> Result<(), RedeemTokenError> {
        let token: PublicToken = parse_authorization_header(authorization).unwrap();
        OriginServer::new().redeem_token(&self.known, &self.nonces, token).await
    }
}
