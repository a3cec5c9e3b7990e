//! A client of all five types, made of the schemes' own steps.

use std::sync::Arc;

use farebox_act::{Context, CreditToken, Params, PreRefund};
use farebox_arc::{P256, PresentationContext, PresentationState, RequestContext};
use farebox_blind_rsa::{PreSignature, PreparedMessage, PssDeterministic};
use farebox_tokens::origin::Offer;
use farebox_voprf::{ClientState, Evaluation, P384Sha384, Ristretto255Sha512, Suite, Voprf};
use privacypass_wire::{
    ActToken, ArcToken, AuthenticatorInput, KeyId, SingleUseToken, TokenChallenge, TokenRequest, TokenResponse,
    TokenType,
};
use rand::Rng as _;
use sha3::digest::{ExtendableOutput as _, Update as _, XofReader as _};

/// What waits for a response.
pub struct Asked {
    challenge: TokenChallenge,
    public_key: Vec<u8>,
    params: Arc<Params>,
    state: State,
}

enum State {
    P384(ClientState<P384Sha384, Voprf>, AuthenticatorInput),
    Ristretto255(ClientState<Ristretto255Sha512, Voprf>, AuthenticatorInput),
    Rsa(PreSignature<PssDeterministic>, AuthenticatorInput),
    Arc(farebox_arc::PreIssuance<P256>),
    Act(farebox_act::PreIssuance),
}

/// What a client holds.
#[allow(clippy::large_enum_variant, reason = "one value at a time")]
pub enum Held {
    Once(SingleUseToken),
    Arc(Box<farebox_arc::Credential<P256>>),
    Act(Box<CreditToken>, Arc<Params>),
}

/// What a client holds after it showed a token.
pub enum Rest {
    Nothing,
    Arc(farebox_arc::ContextState<P256>),
    Act(PreRefund),
}

/// `HashToScalar` of the ACT draft, done again here.
pub fn act_context(challenge: &TokenChallenge, key: &KeyId) -> Context {
    let mut hash = sha3::Shake128::default();
    hash.update(&challenge.act_context_input(key).unwrap());
    let mut wide = [0; 64];
    hash.finalize_xof().read(&mut wide);
    Context::from_hash(&wide)
}

fn blind<S: Suite>(input: &AuthenticatorInput) -> (ClientState<S, Voprf>, Vec<u8>) {
    let (state, blinded) = ClientState::<S, Voprf>::blind(&[&input.to_bytes()], &mut rand::rng()).unwrap();
    (state, blinded.to_bytes())
}

fn unblind<S: Suite>(state: ClientState<S, Voprf>, public_key: &[u8], message: &[u8]) -> Vec<u8> {
    let key = farebox_voprf::PublicKey::from_bytes(public_key).unwrap();
    let outputs = state.finalize(&key, &Evaluation::from_bytes(message).unwrap()).unwrap();
    outputs[0].as_bytes().to_vec()
}

fn rsa_key(public_key: &[u8]) -> farebox_blind_rsa::PublicKey<PssDeterministic> {
    farebox_blind_rsa::PublicKey::from_spki(public_key).unwrap()
}

impl Asked {
    pub fn new(challenge: &TokenChallenge, public_key: &[u8], params: &Arc<Params>) -> (Self, TokenRequest) {
        let rng = &mut rand::rng();
        let (token_type, key_id) = (challenge.token_type(), KeyId::of_public_key(public_key));
        let mut nonce = [0; 32];
        rng.fill_bytes(&mut nonce);
        let input = AuthenticatorInput { token_type, nonce, challenge_digest: challenge.digest(), key_id };
        let (state, message) = match token_type {
            TokenType::VOPRF_P384 => {
                let (state, message) = blind(&input);
                (State::P384(state, input), message)
            }
            TokenType::VOPRF_RISTRETTO255 => {
                let (state, message) = blind(&input);
                (State::Ristretto255(state, input), message)
            }
            TokenType::BLIND_RSA => {
                let message = PreparedMessage::from_bytes(&input.to_bytes()).unwrap();
                let (state, message) = rsa_key(public_key).blind(&message, rng).unwrap();
                (State::Rsa(state, input), message)
            }
            TokenType::ARC => {
                let context = RequestContext::new(&challenge.arc_request_context(&key_id).unwrap());
                let (state, message) = farebox_arc::PreIssuance::request(context, rng).unwrap();
                (State::Arc(state), message.to_bytes())
            }
            _ => {
                let (state, message) = farebox_act::PreIssuance::request(params, rng).unwrap();
                (State::Act(state), message.to_bytes())
            }
        };
        let request = TokenRequest::new(token_type, &key_id, &message).unwrap();
        let (challenge, public_key, params) = (challenge.clone(), public_key.to_vec(), params.clone());
        (Self { challenge, public_key, params, state }, request)
    }

    /// Checks the response and takes what it gives.
    pub fn finish(self, response: &TokenResponse) -> Held {
        let (key, message) = (&self.public_key, response.message());
        let once = |input, authenticator: Vec<u8>| Held::Once(SingleUseToken::new(input, &authenticator).unwrap());
        match self.state {
            State::P384(state, input) => once(input, unblind(state, key, message)),
            State::Ristretto255(state, input) => once(input, unblind(state, key, message)),
            State::Rsa(state, input) => once(input, state.finalize(&rsa_key(key), message).unwrap()),
            State::Arc(state) => {
                let key = farebox_arc::PublicKey::from_bytes(key).unwrap();
                let response = farebox_arc::CredentialResponse::from_bytes(message).unwrap();
                Held::Arc(Box::new(state.finish(&key, &response).unwrap()))
            }
            State::Act(state) => {
                let context = act_context(&self.challenge, &KeyId::of_public_key(key));
                let key = farebox_act::PublicKey::from_bytes(key).unwrap();
                let response = farebox_act::IssuanceResponse::from_bytes(&self.params, message).unwrap();
                let credits = self.params.credits(super::INITIAL).unwrap();
                let token = state.finish(&self.params, &key, context, credits, &response).unwrap();
                Held::Act(Box::new(token), self.params)
            }
        }
    }
}

impl Held {
    /// The token that answers an offer, and what is left.
    pub fn token(self, offer: &Offer) -> (Vec<u8>, Rest) {
        let wire = offer.to_wire();
        let key_id = KeyId::of_public_key(&wire.token_key.unwrap());
        match self {
            Self::Once(token) => (token.to_bytes(), Rest::Nothing),
            Self::Arc(mut credential) => {
                let context = offer.challenge().arc_presentation_context(&key_id).unwrap();
                let limit = farebox_arc::Limit::new(wire.rate_limit.unwrap()).unwrap();
                let state = credential.open(PresentationContext::new(&context).unwrap(), limit).unwrap();
                show(state, offer, key_id)
            }
            Self::Act(token, params) => spend(*token, &params, offer, wire.cost.unwrap()),
        }
    }

    pub fn act(self) -> CreditToken {
        match self {
            Self::Act(token, _) => *token,
            _ => panic!("another type"),
        }
    }

    pub fn arc(self) -> farebox_arc::Credential<P256> {
        match self {
            Self::Arc(credential) => *credential,
            _ => panic!("another type"),
        }
    }
}

impl Rest {
    pub fn act(self) -> PreRefund {
        match self {
            Self::Act(state) => state,
            _ => panic!("another type"),
        }
    }
}

/// One more presentation.
pub fn show(state: PresentationState<P256>, offer: &Offer, key_id: KeyId) -> (Vec<u8>, Rest) {
    let (presentation, state) = state.present(&mut rand::rng()).unwrap().into_parts();
    let token = ArcToken::new(offer.digest(), key_id, &presentation.to_bytes()).unwrap();
    (token.to_bytes(), Rest::Arc(state))
}

/// A spend of this amount, whatever the offer asks for.
pub fn spend(token: CreditToken, params: &Params, offer: &Offer, charge: u64) -> (Vec<u8>, Rest) {
    let key_id = KeyId::of_public_key(&offer.to_wire().token_key.unwrap());
    let (proof, state) = token.spend(params, params.credits(charge).unwrap(), &mut rand::rng()).unwrap();
    let token = ActToken::new(offer.digest(), key_id, &proof.to_bytes()).unwrap();
    (token.to_bytes(), Rest::Act(state))
}
