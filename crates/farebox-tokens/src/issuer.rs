//! The issuer: requests of all five types, alone and in batches, and the directory.

mod asked;

pub use asked::Asked;

use farebox_act::IssuanceRequest;
use farebox_arc::CredentialRequest;
use farebox_voprf::{BlindedElements, Evaluation, P384Sha384, Ristretto255Sha512, Suite, Voprf};
use privacypass_wire::directory::IssuerDirectory;
use privacypass_wire::{
    AmortizedBatchTokenRequest, AmortizedBatchTokenResponse, GenericBatchTokenRequest, GenericBatchTokenResponse,
    Limits, TokenChallenge, TokenRequest, TokenResponse, TokenType, http,
};
use rand_core::CryptoRng;

use asked::Message;

use crate::keys::{ActIssuer, IssuerKey, KeyRing, Registered};
use crate::{Error, Invalid, Misuse, contexts};

/// An issuer: a name, its keys, and what ACT tokens are bound to.
#[derive(Clone, Debug)]
pub struct Issuer {
    name: String,
    keys: KeyRing,
    /// What may be asked for at once: `limits.batch` tokens, `limits.body` bytes.
    pub limits: Limits,
    /// The origins of ACT tokens, as challenges name them. A request does not say; the issuer decides.
    pub act_origin_info: String,
    /// The credential context of ACT tokens, as challenges name it.
    pub act_credential_context: Option<[u8; 32]>,
}

/// What goes back over HTTP: a status, and for 200, 206 and 400 of a batch a body. Why a request was refused is for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// 200; 415 for another media type; 422 for everything else that is refused; 500 where this machine failed; for generic batches
    /// 206 and 400.
    pub status: u16,
    /// The media type of the body.
    pub media_type: Option<&'static str>,
    /// The body.
    pub body: Vec<u8>,
    /// Why, where it was refused.
    pub error: Option<Error>,
}

impl Answer {
    fn issued(media_type: &'static str, body: Vec<u8>) -> Self {
        Self { status: 200, media_type: Some(media_type), body, error: None }
    }

    fn refused(status: u16, error: Error) -> Self {
        Self { status, media_type: None, body: Vec::new(), error: Some(error) }
    }
}

impl Issuer {
    /// An issuer with this name, `host` or `host:port`, and these keys.
    pub fn new(name: &str, keys: KeyRing) -> Self {
        Self {
            name: name.to_owned(),
            keys,
            limits: Limits::DEFAULT,
            act_origin_info: String::new(),
            act_credential_context: None,
        }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The keys.
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// The keys, to register and retire some.
    pub fn keys_mut(&mut self) -> &mut KeyRing {
        &mut self.keys
    }

    /// The directory: every key that issues now or later, of each type those that begin last in front. A client takes the first that
    /// has begun.
    pub fn directory(&self, request_uri: &str, now: u64) -> IssuerDirectory {
        let mut listed: Vec<&Registered> = self.keys.iter().filter(|key| now < key.validity.issue_until).collect();
        listed.sort_by_key(|key| (key.key.token_type(), std::cmp::Reverse(key.validity.not_before)));
        let entry = |key: &&Registered| {
            let mut entry = key.key.directory_entry();
            entry.not_before = (key.validity.not_before > 0).then_some(key.validity.not_before);
            entry
        };
        IssuerDirectory::new(request_uri, listed.iter().map(entry).collect())
    }

    /// Answers a POST of this media type (RFC 9578, sections 5 and 6; batched-tokens-07; the ARC and ACT drafts): [`read`](Self::read),
    /// then [`grant`](Self::grant).
    pub fn answer<R: CryptoRng + ?Sized>(&self, media_type: &str, body: &[u8], now: u64, rng: &mut R) -> Answer {
        match self.read(media_type, body, now) {
            Ok(asked) => self.grant(&asked, now, rng),
            Err(refused) => refused,
        }
    }

    /// Issues what was asked for, with all the work that takes.
    pub fn grant<R: CryptoRng + ?Sized>(&self, asked: &Asked, now: u64, rng: &mut R) -> Answer {
        let answered = match &asked.message {
            Message::One(request) => {
                let (_, media_type) = request.token_type().media_types();
                self.issue(request, now, rng).map(|response| Answer::issued(media_type, response.to_bytes()))
            }
            Message::Amortized(request) => {
                let response = self.issue_amortized(request, now, rng);
                response.map(|response| Answer::issued(http::AMORTIZED_BATCH_RESPONSE, response.to_bytes()))
            }
            Message::Generic(request) => {
                let response = self.issue_generic(request, now, rng);
                let status = response.status();
                Ok(Answer { status, ..Answer::issued(http::GENERIC_BATCH_RESPONSE, response.to_bytes()) })
            }
        };
        // What is not the request's fault is this machine's.
        answered
            .unwrap_or_else(|error| Answer::refused(if matches!(error, Error::Misuse(_)) { 500 } else { 422 }, error))
    }

    /// Answers one request.
    ///
    /// # Errors
    /// [`Invalid::Key`] and [`Invalid::Scheme`].
    pub fn issue<R: CryptoRng + ?Sized>(
        &self,
        request: &TokenRequest,
        now: u64,
        rng: &mut R,
    ) -> Result<TokenResponse, Error> {
        let (token_type, message) = (request.token_type(), request.message());
        let key = self.key(token_type, request.truncated_key_id(), now)?;
        let message = match &*key.key {
            IssuerKey::VoprfP384(_) | IssuerKey::VoprfRistretto255(_) | IssuerKey::BlindRsa(_) => {
                return issue_once(&key.key, request, rng);
            }
            IssuerKey::Arc(secret) => secret.issue(&CredentialRequest::from_bytes(message)?, rng)?.to_bytes(),
            IssuerKey::Act(act) => {
                let ActIssuer { params, key: secret, initial } = &**act;
                let context = contexts::act(&self.act_binding()?, &key.id)?;
                secret.issue(params, &IssuanceRequest::from_bytes(message)?, *initial, context, rng)?.to_bytes()
            }
        };
        Ok(TokenResponse::new(token_type, &message)?)
    }

    /// Answers an amortized batch: one key, one proof.
    ///
    /// # Errors
    /// [`Invalid::TokenType`], [`Invalid::Key`] and [`Invalid::Scheme`]. An element that does not decode refuses the batch.
    pub fn issue_amortized<R: CryptoRng + ?Sized>(
        &self,
        request: &AmortizedBatchTokenRequest,
        now: u64,
        rng: &mut R,
    ) -> Result<AmortizedBatchTokenResponse, Error> {
        let token_type = request.token_type();
        let key = self.key(token_type, request.truncated_key_id(), now)?;
        let blinded: Vec<u8> = request.blinded_messages().flatten().copied().collect();
        match &*key.key {
            IssuerKey::VoprfP384(secret) => amortized(token_type, &evaluate(secret, &blinded, rng)?),
            IssuerKey::VoprfRistretto255(secret) => amortized(token_type, &evaluate(secret, &blinded, rng)?),
            _ => Err(Invalid::TokenType.into()),
        }
    }

    /// Answers a generic batch, each request on its own: what is refused has no answer.
    pub fn issue_generic<R: CryptoRng + ?Sized>(
        &self,
        request: &GenericBatchTokenRequest,
        now: u64,
        rng: &mut R,
    ) -> GenericBatchTokenResponse {
        let responses = request.requests.iter().map(|request| self.issue(request, now, rng).ok()).collect();
        GenericBatchTokenResponse { responses }
    }

    fn key(&self, token_type: TokenType, truncated_id: u8, now: u64) -> Result<&Registered, Invalid> {
        self.keys.issuing(token_type, truncated_id, now).ok_or(Invalid::Key)
    }

    /// The part of a challenge that binds ACT tokens.
    fn act_binding(&self) -> Result<TokenChallenge, Misuse> {
        let builder = TokenChallenge::builder(TokenType::ACT, &self.name).origin_info(&self.act_origin_info);
        let builder = match self.act_credential_context {
            Some(context) => builder.credential_context(context),
            None => builder,
        };
        builder.build().map_err(|_| Misuse::Message)
    }
}

/// Issues a single-use token.
pub(crate) fn issue_once<R: CryptoRng + ?Sized>(
    key: &IssuerKey,
    request: &TokenRequest,
    rng: &mut R,
) -> Result<TokenResponse, Error> {
    let message = match key {
        IssuerKey::VoprfP384(secret) => evaluate(secret, request.message(), rng)?.to_bytes(),
        IssuerKey::VoprfRistretto255(secret) => evaluate(secret, request.message(), rng)?.to_bytes(),
        IssuerKey::BlindRsa(signer) => signer.blind_sign(request.message(), rng)?,
        IssuerKey::Arc(_) | IssuerKey::Act(_) => return Err(Misuse::TokenType.into()),
    };
    Ok(TokenResponse::new(request.token_type(), &message)?)
}

/// Whether [`issue_once`] would take the request: its elements decode, its number is below the modulus.
pub(crate) fn reads_once(key: &IssuerKey, request: &TokenRequest) -> bool {
    let message = request.message();
    match key {
        IssuerKey::VoprfP384(_) => BlindedElements::<P384Sha384>::from_bytes(message).is_ok(),
        IssuerKey::VoprfRistretto255(_) => BlindedElements::<Ristretto255Sha512>::from_bytes(message).is_ok(),
        IssuerKey::BlindRsa(signer) => {
            let modulus = signer.public_key().modulus();
            message.len() == modulus.len() && message < modulus
        }
        IssuerKey::Arc(_) | IssuerKey::Act(_) => false,
    }
}

fn evaluate<S: Suite, R: CryptoRng + ?Sized>(
    secret: &farebox_voprf::SecretKey<S, Voprf>,
    blinded: &[u8],
    rng: &mut R,
) -> Result<Evaluation<S, Voprf>, Error> {
    Ok(secret.blind_evaluate(&BlindedElements::from_bytes(blinded)?, rng)?)
}

fn amortized<S: Suite>(
    token_type: TokenType,
    evaluation: &Evaluation<S, Voprf>,
) -> Result<AmortizedBatchTokenResponse, Error> {
    let elements: Vec<&[u8]> = evaluation.elements().collect();
    Ok(AmortizedBatchTokenResponse::new(token_type, &elements, &evaluation.proof().to_bytes())?)
}
