//! Keys, requests and tokens of all types. Their randomness is fixed, so that the files are always the same.

use farebox_act::{BitLength, Context, DomainSeparator, Params};
use farebox_arc::{Limit, P256, PresentationContext, RequestContext};
use farebox_blind_rsa::{Backend, PreparedMessage, PssDeterministic, Signer};
use farebox_sigma::{Shake128, Xof as _};
use farebox_voprf::{ClientState, P384Sha384, Ristretto255Sha512, SecretKey, Suite, Voprf};
use privacypass_wire::{
    ActToken, ArcToken, AuthenticatorInput, KeyId, SingleUseToken, TokenChallenge, TokenRequest, TokenType,
};

use crate::vectors::blind_rsa::{self, Fixed};

pub(super) const SEPARATOR: &str = "ACT-v1:example:vectors:production:2026-01-01";
/// The credits of a new ACT token.
pub(super) const CREDITS: u64 = 100;

type Made<T> = Result<T, String>;

/// Whoever holds all keys can make every message.
pub(super) struct Keys {
    p384: SecretKey<P384Sha384, Voprf>,
    rsa: farebox_blind_rsa::SecretKey<PssDeterministic>,
    ristretto255: SecretKey<Ristretto255Sha512, Voprf>,
    arc: farebox_arc::SecretKey<P256>,
    arc_scalars: Vec<u8>,
    act: farebox_act::SecretKey,
    act_scalar: [u8; 32],
    pub(super) params: Params,
}

fn said(error: impl ToString) -> String {
    error.to_string()
}

impl Keys {
    pub(super) fn new() -> Made<Self> {
        let bits = BitLength::new(8).map_err(said)?;
        let params = Params::new(DomainSeparator::parse(SEPARATOR).map_err(said)?, bits).map_err(said)?;
        // Small multiples of a byte are scalars of every group, and nobody's key.
        let arc_scalars = [0x11u8, 0x22, 0x33, 0x44].map(|byte| [byte; 32]).concat();
        let mut act_scalar = [0x55; 32];
        act_scalar[31] = 5;
        Ok(Self {
            p384: SecretKey::derive(&[0x66; 48], b"PrivacyPass").map_err(said)?,
            rsa: blind_rsa::test_key()?,
            ristretto255: SecretKey::derive(&[0x77; 32], b"PrivacyPass").map_err(said)?,
            arc: farebox_arc::SecretKey::from_scalar_bytes(&arc_scalars).map_err(said)?,
            arc_scalars,
            act: farebox_act::SecretKey::from_scalar_bytes(&params, &act_scalar).map_err(said)?,
            act_scalar,
            params,
        })
    }

    /// The secret key, as files have it.
    pub(super) fn secret(&self, token_type: TokenType) -> String {
        match token_type {
            TokenType::VOPRF_P384 => hex::encode(&*self.p384.to_bytes()),
            TokenType::BLIND_RSA => hex::encode(&*self.rsa.to_pkcs8()),
            TokenType::VOPRF_RISTRETTO255 => hex::encode(&*self.ristretto255.to_bytes()),
            TokenType::ARC => hex::encode(&self.arc_scalars),
            _ => hex::encode(self.act_scalar),
        }
    }

    pub(super) fn id(&self, token_type: TokenType) -> KeyId {
        match token_type {
            TokenType::VOPRF_P384 => KeyId::of_public_key(self.p384.public_key().as_bytes()),
            TokenType::BLIND_RSA => KeyId::of_public_key(self.rsa.public_key().as_spki()),
            TokenType::VOPRF_RISTRETTO255 => KeyId::of_public_key(self.ristretto255.public_key().as_bytes()),
            TokenType::ARC => KeyId::of_public_key(&self.arc.public_key().to_bytes()),
            _ => KeyId::of_public_key(self.act.public_key().as_bytes()),
        }
    }

    /// A client's request.
    pub(super) fn request(&self, token_type: TokenType) -> Made<TokenRequest> {
        let rng = &mut Fixed(u64::from(token_type.code()));
        let message = match token_type {
            TokenType::VOPRF_P384 => blinded::<P384Sha384>(1)?.concat(),
            TokenType::VOPRF_RISTRETTO255 => blinded::<Ristretto255Sha512>(1)?.concat(),
            TokenType::BLIND_RSA => {
                let message = PreparedMessage::from_bytes(b"an input").map_err(said)?;
                self.rsa.public_key().blind(&message, rng).map_err(said)?.1
            }
            TokenType::ARC => {
                let context = RequestContext::<P256>::new(b"a request context");
                farebox_arc::PreIssuance::request(context, rng).map_err(said)?.1.to_bytes()
            }
            _ => farebox_act::PreIssuance::request(&self.params, rng).map_err(said)?.1.to_bytes(),
        };
        TokenRequest::new(token_type, &self.id(token_type), &message).map_err(said)
    }

    /// A token for a challenge: 0x0001, 0x0002, 0x0005.
    pub(super) fn once(&self, challenge: &TokenChallenge) -> Made<Vec<u8>> {
        let token_type = challenge.token_type();
        let (challenge_digest, key_id) = (challenge.digest(), self.id(token_type));
        let input = AuthenticatorInput { token_type, nonce: [0x88; 32], challenge_digest, key_id };
        let bytes = input.to_bytes();
        let authenticator = match token_type {
            TokenType::VOPRF_P384 => self.p384.evaluate(&bytes).map_err(said)?.as_bytes().to_vec(),
            TokenType::VOPRF_RISTRETTO255 => self.ristretto255.evaluate(&bytes).map_err(said)?.as_bytes().to_vec(),
            _ => self.signature(&bytes)?,
        };
        Ok(SingleUseToken::new(input, &authenticator).map_err(said)?.to_bytes())
    }

    fn signature(&self, input: &[u8]) -> Made<Vec<u8>> {
        let (public, rng) = (self.rsa.public_key(), &mut Fixed(2));
        let message = PreparedMessage::from_bytes(input).map_err(said)?;
        let (state, blinded) = public.blind(&message, rng).map_err(said)?;
        let mut signer = Signer::<PssDeterministic>::with_backend(blind_rsa::test_key()?, Backend::PureRust);
        let answer = signer.blind_sign(&blinded, rng).map_err(said)?;
        state.finalize(public, &answer).map_err(said)
    }

    /// The first presentation of a credential.
    pub(super) fn arc(&self, challenge: &TokenChallenge, limit: u64) -> Made<Vec<u8>> {
        let (id, rng) = (self.id(TokenType::ARC), &mut Fixed(3));
        let context = RequestContext::new(&challenge.arc_request_context(&id).map_err(said)?);
        let (state, request) = farebox_arc::PreIssuance::<P256>::request(context, rng).map_err(said)?;
        let response = self.arc.issue(&request, rng).map_err(said)?;
        let mut credential = state.finish(self.arc.public_key(), &response).map_err(said)?;
        let context = challenge.arc_presentation_context(&id).map_err(said)?;
        let context = PresentationContext::new(&context).map_err(said)?;
        let state = credential.open(context, Limit::new(limit).map_err(said)?).map_err(said)?;
        let (presentation, _) = state.present(rng).map_err(said)?.into_parts();
        Ok(ArcToken::new(challenge.digest(), id, &presentation.to_bytes()).map_err(said)?.to_bytes())
    }

    /// A spend of a new token.
    pub(super) fn act(&self, challenge: &TokenChallenge, charge: u64) -> Made<Vec<u8>> {
        let (id, rng) = (self.id(TokenType::ACT), &mut Fixed(4));
        let mut xof = Shake128::default();
        xof.absorb(&challenge.act_context_input(&id).map_err(said)?);
        let context = Context::from_hash(&xof.squeeze::<64>());
        let amount = |amount| self.params.credits(amount).map_err(said);
        let (state, request) = farebox_act::PreIssuance::request(&self.params, rng).map_err(said)?;
        let credits = amount(CREDITS)?;
        let response = self.act.issue(&self.params, &request, credits, context, rng).map_err(said)?;
        let token = state.finish(&self.params, self.act.public_key(), context, credits, &response).map_err(said)?;
        let (proof, _) = token.spend(&self.params, amount(charge)?, rng).map_err(said)?;
        Ok(ActToken::new(challenge.digest(), id, &proof.to_bytes()).map_err(said)?.to_bytes())
    }
}

/// Blinded elements of so many inputs.
pub(super) fn blinded<S: Suite>(count: u8) -> Made<Vec<Vec<u8>>> {
    let inputs: Vec<[u8; 1]> = (0..count).map(|input| [input]).collect();
    let inputs: Vec<&[u8]> = inputs.iter().map(<[u8; 1]>::as_slice).collect();
    let (_, blinded) = ClientState::<S, Voprf>::blind(&inputs, &mut Fixed(1)).map_err(said)?;
    let bytes = blinded.to_bytes();
    Ok(bytes.chunks(bytes.len() / inputs.len()).map(<[u8]>::to_vec).collect())
}
