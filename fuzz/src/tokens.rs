//! The machines of issuer and origin, with a key of each type: tokens are bound and verified, requests are answered.

use std::sync::{Arc, OnceLock};

use farebox_act::{BitLength, Context, DomainSeparator, IssuanceResponse, Params};
use farebox_arc::{CredentialResponse, Limit, P256, PresentationContext, RequestContext};
use farebox_blind_rsa::{PreparedMessage, PssDeterministic, SharedSigner, Signer};
use farebox_tokens::issuer::Issuer;
use farebox_tokens::origin::{Demand, Offer, Offers, Terms};
use farebox_tokens::{ActIssuer, IssuerKey, KeyRing, Registered, Validity};
use farebox_voprf::{BlindedElements, ClientState, SecretKey, Suite, Voprf};
use privacypass_wire::{
    ActToken, AmortizedBatchTokenRequest, AmortizedBatchTokenResponse, ArcToken, AuthenticatorInput,
    GenericBatchTokenRequest, GenericBatchTokenResponse, KeyId, Limits, SingleUseToken, Token, TokenChallenge,
    TokenRequest, TokenResponse, TokenType, http,
};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use sha3::digest::{ExtendableOutput as _, Update as _, XofReader as _};

pub(crate) type Failure = Box<dyn std::error::Error>;

pub(crate) const NOW: u64 = 1_800_000_000;
const LIMIT: u64 = 10;
const COST: u64 = 30;

/// One honest run.
pub(crate) struct World {
    pub(crate) issuer: Issuer,
    /// One offer of each type.
    pub(crate) offers: Offers,
    /// A presentation and a single-use token beside it.
    pairs: Offers,
    tokens: Vec<Vec<u8>>,
    /// A token for `pairs`, and the one beside it.
    pair: [Vec<u8>; 2],
    requests: Vec<TokenRequest>,
    amortized: Vec<u8>,
}

pub(crate) fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| honest().expect("an honest run passes"))
}

fn keys(rng: &mut StdRng) -> Result<[IssuerKey; 5], Failure> {
    let separator = DomainSeparator::new("farebox", "fuzz", "tokens", "2026-01-01")?;
    let params = Arc::new(Params::new(separator, BitLength::new(8)?)?);
    let act = ActIssuer {
        key: farebox_act::SecretKey::generate(&params, rng),
        initial: params.credits(100)?,
        params: params.clone(),
    };
    Ok([
        IssuerKey::VoprfP384(SecretKey::generate(rng)),
        IssuerKey::BlindRsa(SharedSigner::new(crate::blind_rsa::key())),
        IssuerKey::VoprfRistretto255(SecretKey::generate(rng)),
        IssuerKey::Arc(Box::new(farebox_arc::SecretKey::generate(rng))),
        IssuerKey::Act(Box::new(act)),
    ])
}

fn offer(key: &Registered) -> Result<Offer, Failure> {
    let token_type = key.key().token_type();
    let terms = Terms {
        issuer_name: "issuer.example".into(),
        origin_info: "origin.example".into(),
        redemption_context: Some([1; 32]),
        credential_context: token_type.is_credential().then_some([2; 32]),
        ..Terms::default()
    };
    let demand = match token_type {
        TokenType::ARC => Demand::Arc(key.clone(), Limit::new(LIMIT)?),
        TokenType::ACT => Demand::Act(key.clone(), COST),
        _ => Demand::Once(key.clone()),
    };
    Ok(Offer::new(&terms, demand)?)
}

fn honest() -> Result<World, Failure> {
    let rng = &mut StdRng::seed_from_u64(1);
    let mut ring = KeyRing::default();
    for key in keys(rng)? {
        ring.register(key, Validity::ALWAYS).map_err(|refused| refused.error)?;
    }
    let mut issuer = Issuer::new("issuer.example", ring);
    issuer.act_origin_info = "origin.example".into();
    issuer.act_credential_context = Some([2; 32]);
    let current = TokenType::KNOWN.map(|token_type| issuer.keys().current(token_type, NOW).expect("registered"));
    let (mut offers, mut tokens, mut requests) = (Vec::new(), Vec::new(), Vec::new());
    for registered in current {
        let offer = offer(registered)?;
        let (request, token) = run(registered.key(), offer.challenge(), rng)?;
        tokens.push(token.to_bytes());
        requests.push(request);
        offers.push(offer);
    }
    let [_, _, beside, arc, _] = offers.as_slice() else { return Err("five offers".into()) };
    let pairs = Offers::new([arc.clone().with_companion(beside.clone())?]);
    let pair = [tokens[3].clone(), tokens[2].clone()];
    let elements = vec![requests[2].message(); 3];
    let amortized = AmortizedBatchTokenRequest::new(TokenType::VOPRF_RISTRETTO255, &current[2].id(), &elements)?;
    let amortized = amortized.to_bytes();
    Ok(World { offers: Offers::new(offers), issuer, pairs, tokens, pair, requests, amortized })
}

/// Issuance of one token and, for ARC and ACT, what is shown of it.
fn run(key: &IssuerKey, challenge: &TokenChallenge, rng: &mut StdRng) -> Result<(TokenRequest, Token), Failure> {
    let key_id = KeyId::of_public_key(&key.public_key());
    let token_type = key.token_type();
    let input = AuthenticatorInput { token_type, nonce: [3; 32], challenge_digest: challenge.digest(), key_id };
    let once = |authenticator: &[u8]| SingleUseToken::new(input.clone(), authenticator).map(Token::SingleUse);
    let (message, token) = match key {
        IssuerKey::VoprfP384(key) => {
            let (message, output) = evaluate(key, &input, rng)?;
            (message, once(&output)?)
        }
        IssuerKey::VoprfRistretto255(key) => {
            let (message, output) = evaluate(key, &input, rng)?;
            (message, once(&output)?)
        }
        IssuerKey::BlindRsa(signer) => {
            let public = signer.public_key();
            let (state, message) =
                public.blind(&PreparedMessage::<PssDeterministic>::from_bytes(&input.to_bytes())?, rng)?;
            let answer = Signer::new(crate::blind_rsa::key()).blind_sign(&message, rng)?;
            (message, once(&state.finalize(public, &answer)?)?)
        }
        IssuerKey::Arc(key) => {
            let context = RequestContext::<P256>::new(&challenge.arc_request_context(&key_id)?);
            let (state, request) = farebox_arc::PreIssuance::request(context, rng)?;
            let response = CredentialResponse::from_bytes(&key.issue(&request, rng)?.to_bytes())?;
            let mut credential = state.finish(key.public_key(), &response)?;
            let context = PresentationContext::new(&challenge.arc_presentation_context(&key_id)?)?;
            let (shown, _) = credential.open(context, Limit::new(LIMIT)?)?.present(rng)?.into_parts();
            let token = ArcToken::new(challenge.digest(), key_id, &shown.to_bytes())?;
            (request.to_bytes(), Token::Arc(token))
        }
        IssuerKey::Act(act) => {
            let ActIssuer { params, key, initial } = &**act;
            let context = act_context(challenge, &key_id)?;
            let (state, request) = farebox_act::PreIssuance::request(params, rng)?;
            let response = key.issue(params, &request, *initial, context, rng)?.to_bytes();
            let response = IssuanceResponse::from_bytes(params, &response)?;
            let token = state.finish(params, key.public_key(), context, *initial, &response)?;
            let (spend, _) = token.spend(params, params.credits(COST)?, rng)?;
            (request.to_bytes(), Token::Act(ActToken::new(challenge.digest(), key_id, &spend.to_bytes())?))
        }
    };
    Ok((TokenRequest::new(token_type, &key_id, &message)?, token))
}

fn evaluate<S: Suite>(
    key: &SecretKey<S, Voprf>,
    input: &AuthenticatorInput,
    rng: &mut StdRng,
) -> Result<(Vec<u8>, Vec<u8>), Failure> {
    let input = input.to_bytes();
    let (state, blinded) = ClientState::<S, Voprf>::blind(&[&input], rng)?;
    let evaluation = key.blind_evaluate(&BlindedElements::from_bytes(&blinded.to_bytes())?, rng)?;
    let outputs = state.finalize(key.public_key(), &evaluation)?;
    Ok((blinded.to_bytes(), outputs[0].as_bytes().to_vec()))
}

fn act_context(challenge: &TokenChallenge, key: &KeyId) -> Result<Context, Failure> {
    let mut hash = sha3::Shake128::default();
    hash.update(&challenge.act_context_input(key)?);
    let mut wide = [0; 64];
    hash.finalize_xof().read(&mut wide);
    Ok(Context::from_hash(&wide))
}

/// The bytes of an honest token, up to ARC's nonce, which is read by nobody.
fn is_one_of(data: &[u8], tokens: &[Vec<u8>]) -> bool {
    let same = |token: &Vec<u8>| match TokenType::ARC.code().to_be_bytes() == token[..2] {
        true => token.len() == data.len() && token[..2] == data[..2] && token[6..] == data[6..],
        false => token == data,
    };
    tokens.iter().any(same)
}

/// A token that nobody made binds at most.
pub(crate) fn origin(data: &[u8]) -> bool {
    let Ok(bound) = world().offers.bind(data, None, NOW) else { return false };
    let Ok(verified) = bound.verify(|_| true) else { return false };
    assert!(is_one_of(data, &world().tokens), "a token that no client made");
    assert_eq!(verified.serials().len(), 1);
    true
}

pub(crate) fn origins() -> Vec<Vec<u8>> {
    world().tokens.clone()
}

/// A token and the one beside it, behind the length of the first in two bytes.
pub(crate) fn origin_pair(data: &[u8]) -> bool {
    let Some((len, rest)) = data.split_first_chunk() else { return false };
    let Some((token, beside)) = rest.split_at_checked(usize::from(u16::from_be_bytes(*len))) else { return false };
    assert!(world().pairs.bind(token, None, NOW).is_err());
    let Ok(bound) = world().pairs.bind(token, Some(beside), NOW) else { return false };
    let Ok(verified) = bound.verify(|_| true) else { return false };
    let [arc, once] = &world().pair;
    assert!(is_one_of(token, std::slice::from_ref(arc)) && beside == once, "a pair that no client made");
    assert_eq!(verified.serials().len(), 2);
    true
}

pub(crate) fn origin_pairs() -> Vec<Vec<u8>> {
    let [arc, once] = &world().pair;
    let len = u16::try_from(arc.len()).expect("short").to_be_bytes();
    vec![[&len[..], arc, once].concat()]
}

/// What the first byte of an input chooses from, `:` behind it for a media type of one's own up to the next line break.
const MEDIA_TYPES: [&str; 5] = [
    http::TOKEN_REQUEST,
    http::CREDENTIAL_REQUEST,
    http::AMORTIZED_BATCH_REQUEST,
    http::GENERIC_BATCH_REQUEST,
    "Application/Private-Token-Request ; charset=utf-8",
];

fn posted(data: &[u8]) -> Option<(&str, &[u8])> {
    let (choice, rest) = data.split_first()?;
    if *choice == b':' {
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        return Some((std::str::from_utf8(&rest[..end]).ok()?, &rest[end + 1..]));
    }
    Some((MEDIA_TYPES.get(usize::from(*choice))?, rest))
}

/// Whatever is posted is answered, and a body that goes back can be read.
pub(crate) fn issuer(data: &[u8]) -> bool {
    let Some((media_type, body)) = posted(data) else { return false };
    let answer = world().issuer.answer(media_type, body, NOW, &mut StdRng::seed_from_u64(2));
    let limits = &Limits::DEFAULT;
    match answer.media_type {
        None => {
            assert!(matches!(answer.status, 415 | 422) && answer.body.is_empty() && answer.error.is_some());
            return false;
        }
        Some(http::GENERIC_BATCH_RESPONSE) => {
            let request = GenericBatchTokenRequest::from_bytes(body, limits).expect("was answered");
            let response = GenericBatchTokenResponse::from_bytes(&answer.body, limits).expect("our own");
            assert!(response.answers(&request) && response.status() == answer.status);
        }
        Some(http::AMORTIZED_BATCH_RESPONSE) => {
            let request = AmortizedBatchTokenRequest::from_bytes(body, limits).expect("was answered");
            let response = AmortizedBatchTokenResponse::from_bytes(request.token_type(), &answer.body, limits);
            assert!(answer.status == 200 && response.expect("our own").count() == request.count());
        }
        Some(one) => {
            let token_type = TokenRequest::from_bytes(body).expect("was answered").token_type();
            assert_eq!((answer.status, one), (200, token_type.media_types().1));
            TokenResponse::from_bytes(token_type, &answer.body).expect("our own");
        }
    }
    assert!(answer.error.is_none());
    true
}

pub(crate) fn issuers() -> Vec<Vec<u8>> {
    let world = world();
    let post = |choice: u8, body: &[u8]| [&[choice], body].concat();
    let one = |request: &TokenRequest| post(u8::from(request.token_type().is_credential()), &request.to_bytes());
    let mut all: Vec<Vec<u8>> = world.requests.iter().map(one).collect();
    all.push(post(2, &world.amortized));
    all.push(post(3, &GenericBatchTokenRequest { requests: world.requests.clone() }.to_bytes()));
    all.push(post(4, &world.requests[2].to_bytes()));
    all.push([b":application/private-token-request\n", &world.requests[0].to_bytes()[..]].concat());
    all
}
