//! Issuers that are the schemes themselves, and offers. A test file that does not use all of it is not told so.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::sync::{Arc, OnceLock};

use farebox_act::{BitLength, DomainSeparator, Params};
use farebox_arc::{Limit, P256, PresentationContext, RequestContext};
use farebox_blind_rsa::{ModulusSize, PssDeterministic, SharedSigner};
use farebox_tokens::client::{Cache, Offer, Restored, act};
use farebox_voprf::{BlindedElements, P384Sha384, Ristretto255Sha512, SecretKey, Voprf};
use privacypass_wire::http::PrivateTokenChallenge;
use privacypass_wire::{KeyId, TokenChallenge, TokenRequest, TokenResponse, TokenType};
use sha3::digest::{ExtendableOutput as _, Update as _, XofReader as _};

pub const ORIGIN: &str = "origin.example";
pub const SINGLE_USE: [TokenType; 3] = [TokenType::VOPRF_P384, TokenType::BLIND_RSA, TokenType::VOPRF_RISTRETTO255];

pub struct Issuer {
    pub p384: SecretKey<P384Sha384, Voprf>,
    pub ristretto: SecretKey<Ristretto255Sha512, Voprf>,
    pub rsa: SharedSigner<PssDeterministic>,
    pub arc: farebox_arc::SecretKey<P256>,
    pub params: Arc<Params>,
    pub act: farebox_act::SecretKey,
}

pub fn issuer() -> &'static Issuer {
    static ISSUER: OnceLock<Issuer> = OnceLock::new();
    ISSUER.get_or_init(|| {
        let rng = &mut rand::rng();
        let separator = DomainSeparator::new("example", "api", "test", "2026-11-22").unwrap();
        let params = Params::new(separator, BitLength::new(8).unwrap()).unwrap();
        Issuer {
            p384: SecretKey::generate(rng),
            ristretto: SecretKey::generate(rng),
            rsa: SharedSigner::new(farebox_blind_rsa::SecretKey::generate(ModulusSize::Bits2048, rng)),
            arc: farebox_arc::SecretKey::generate(rng),
            act: farebox_act::SecretKey::generate(&params, rng),
            params: Arc::new(params),
        }
    })
}

impl Issuer {
    pub fn key(&self, token_type: TokenType) -> Vec<u8> {
        match token_type {
            TokenType::VOPRF_P384 => self.p384.public_key().as_bytes().to_vec(),
            TokenType::BLIND_RSA => self.rsa.public_key().as_spki().to_vec(),
            TokenType::VOPRF_RISTRETTO255 => self.ristretto.public_key().as_bytes().to_vec(),
            TokenType::ARC => self.arc.public_key().to_bytes(),
            _ => self.act.public_key().as_bytes().to_vec(),
        }
    }

    pub fn parameters(&self, initial: u64) -> act::Parameters {
        act::Parameters { params: self.params.clone(), initial: self.params.credits(initial).unwrap() }
    }

    /// What the issuer answers to a request of any type; `challenge` and `credits` are for ACT.
    pub fn answer(&self, body: &[u8], challenge: &TokenChallenge, credits: u64) -> TokenResponse {
        let rng = &mut rand::rng();
        let request = TokenRequest::from_bytes(body).unwrap();
        let token_type = request.token_type();
        let key_id = KeyId::of_public_key(&self.key(token_type));
        assert_eq!(request.truncated_key_id(), key_id.truncated());
        let message = request.message();
        let message = match token_type {
            TokenType::VOPRF_P384 => {
                self.p384.blind_evaluate(&BlindedElements::from_bytes(message).unwrap(), rng).unwrap().to_bytes()
            }
            TokenType::VOPRF_RISTRETTO255 => {
                self.ristretto.blind_evaluate(&BlindedElements::from_bytes(message).unwrap(), rng).unwrap().to_bytes()
            }
            TokenType::BLIND_RSA => self.rsa.blind_sign(message, rng).unwrap(),
            TokenType::ARC => {
                let request = farebox_arc::CredentialRequest::from_bytes(message).unwrap();
                self.arc.issue(&request, rng).unwrap().to_bytes()
            }
            _ => {
                let request = farebox_act::IssuanceRequest::from_bytes(message).unwrap();
                let credits = self.params.credits(credits).unwrap();
                self.act
                    .issue(&self.params, &request, credits, act_context(challenge, &key_id), rng)
                    .unwrap()
                    .to_bytes()
            }
        };
        TokenResponse::new(token_type, &message).unwrap()
    }

    /// Whether a single-use token holds.
    pub fn verify(&self, token: &[u8]) {
        let token = privacypass_wire::SingleUseToken::from_bytes(token).unwrap();
        let (input, authenticator) = (token.input().to_bytes(), token.authenticator());
        match token.input().token_type {
            TokenType::VOPRF_P384 => self.p384.verify(&input, authenticator).unwrap(),
            TokenType::VOPRF_RISTRETTO255 => self.ristretto.verify(&input, authenticator).unwrap(),
            _ => {
                let message = farebox_blind_rsa::PreparedMessage::from_bytes(&input).unwrap();
                self.rsa.public_key().verify(&message, authenticator).unwrap();
            }
        }
    }

    /// The tag of an ARC token that holds for the challenge.
    pub fn arc_tag(&self, token: &[u8], challenge: &TokenChallenge, limit: u64) -> Vec<u8> {
        let token = privacypass_wire::ArcToken::from_bytes(token).unwrap();
        assert_eq!(token.presentation_nonce(), 0);
        assert_eq!(*token.challenge_digest(), challenge.digest());
        let (key_id, limit) = (*token.issuer_key_id(), Limit::new(limit).unwrap());
        let request = RequestContext::new(&challenge.arc_request_context(&key_id).unwrap());
        let context = PresentationContext::new(&challenge.arc_presentation_context(&key_id).unwrap()).unwrap();
        let presentation = farebox_arc::Presentation::from_bytes(limit, token.presentation()).unwrap();
        self.arc.verify(&request, &context, limit, presentation).unwrap().tag().as_bytes().to_vec()
    }

    /// The refund of an ACT token that holds for the challenge, with so much returned.
    pub fn refund(&self, token: &[u8], challenge: &TokenChallenge, charge: u64, returned: u64) -> Vec<u8> {
        let token = privacypass_wire::ActToken::from_bytes(token).unwrap();
        assert_eq!(*token.challenge_digest(), challenge.digest());
        let spend = farebox_act::SpendProof::from_bytes(&self.params, token.spend_proof()).unwrap();
        let context = act_context(challenge, token.issuer_key_id());
        let expected = farebox_act::Expected { charge: self.params.credits(charge).unwrap(), context };
        let verified = self.act.verify(&self.params, spend, &expected, |_| true).unwrap();
        let returned = self.params.credits(returned).unwrap();
        let refund = verified.refund(&self.params, &self.act, returned, &mut rand::rng()).unwrap();
        privacypass_wire::Refund::new(&refund.to_bytes()).unwrap().to_bytes()
    }
}

pub fn act_context(challenge: &TokenChallenge, key_id: &KeyId) -> farebox_act::Context {
    let mut hash = sha3::Shake128::default();
    hash.update(&challenge.act_context_input(key_id).unwrap());
    let mut wide = [0; 64];
    hash.finalize_xof().read(&mut wide);
    farebox_act::Context::from_hash(&wide)
}

pub fn challenge(token_type: TokenType) -> TokenChallenge {
    challenge_in(token_type, 7)
}

/// A challenge with this redemption context.
pub fn challenge_in(token_type: TokenType, context: u8) -> TokenChallenge {
    let builder = TokenChallenge::builder(token_type, "issuer.example").origin_info(ORIGIN);
    builder.redemption_context([context; 32]).build().unwrap()
}

pub fn offer_of(challenge: &TokenChallenge, key: &[u8], number: u64) -> Offer {
    let mut received = PrivateTokenChallenge::new(challenge, key);
    match challenge.token_type() {
        TokenType::ARC => received.rate_limit = Some(number),
        TokenType::ACT => received.cost = Some(number),
        _ => {}
    }
    Offer::new(&received, ORIGIN, Some(key)).unwrap()
}

/// An offer of the issuer with the limit or the cost.
pub fn offer(token_type: TokenType, number: u64) -> Offer {
    offer_of(&challenge(token_type), &issuer().key(token_type), number)
}

pub fn restore(entry: &farebox_tokens::client::JournalEntry) -> Restored {
    let mut cache = Cache::default();
    let bytes = entry.as_bytes();
    // An entry that is cut or extended anywhere, or of another version, is none.
    for len in (0..bytes.len()).step_by(1 + bytes.len() / 16) {
        assert!(Restored::from_entry(&bytes[..len], &mut cache).is_err(), "cut to {len}");
    }
    assert!(Restored::from_entry(&[bytes, &[0]].concat(), &mut cache).is_err());
    assert!(Restored::from_entry(&[&[2], &bytes[1..]].concat(), &mut cache).is_err());
    assert!(Restored::from_entry(&[&bytes[..1], &[0], &bytes[2..]].concat(), &mut cache).is_err());
    assert_eq!(format!("{entry:?}"), "JournalEntry(..)");
    Restored::from_entry(bytes, &mut cache).unwrap()
}

/// The state of this kind, from its entry.
#[macro_export]
macro_rules! restored {
    ($entry:expr, $kind:ident) => {
        match $crate::client_support::restore($entry) {
            farebox_tokens::client::Restored::$kind(state) => state,
            other => panic!("{other:?}"),
        }
    };
}

/// Answers that are cut, extended, or have a bit flipped in some places.
pub fn spoiled(answer: &[u8]) -> Vec<Vec<u8>> {
    let flip = |at: usize| {
        let mut answer = answer.to_vec();
        answer[at] ^= 1;
        answer
    };
    let cuts = [0, 1, answer.len() / 2, answer.len() - 1].map(|len| answer[..len].to_vec());
    let flips = [0, 1, answer.len() / 2, answer.len() - 1].map(flip);
    cuts.into_iter().chain(flips).chain([[answer, &[0]].concat()]).collect()
}
