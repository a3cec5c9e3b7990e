//! arc-crypto-01, from the seed of the files.

use farebox_arc::{
    Arc01, ContextState, Credential, Limit, PreIssuance, Presentation, PresentationCoins, PresentationContext,
    PresentationState, RequestCoins, RequestContext, ResponseCoins, SecretKey,
};
use farebox_group::Group;

use super::drng::{Draw, Drng};
use super::leaves::Within;
use super::{KEY, PUBLIC, REQUEST, RESPONSE, Scalar, part, text, to_bytes};

/// What the seed gives up to the credential.
struct Issued<S: Arc01> {
    drng: Drng,
    key: SecretKey<S>,
    sk: Vec<u8>,
    request_coins: [Scalar<S>; 3],
    /// `m1 | m2 | r1 | r2`.
    secrets: Vec<u8>,
    request: Vec<u8>,
    b: Scalar<S>,
    response: Vec<u8>,
    credential: Credential<S>,
    /// `m1 | U | U'`.
    saved: Vec<u8>,
}

fn issue<S: Arc01>(context: &[u8], draw: Draw) -> Result<Issued<S>, String> {
    let mut drng = Drng::new(draw);
    let sk: Vec<u8> = drng.scalars::<S, 4>().iter().flat_map(to_bytes::<S>).collect();
    let key = SecretKey::<S>::from_scalar_bytes(&sk).map_err(text)?;
    let request_coins = drng.scalars::<S, 3>();
    let [m1, r1, r2] = request_coins;
    let coins = RequestCoins { m1, r1, r2, proof: drng.nonces::<S>(4) };
    let (state, request) = PreIssuance::request_with_coins(RequestContext::new(context), coins).map_err(text)?;
    let state = state.into_bytes();
    let b = drng.scalar::<S>();
    let coins = ResponseCoins { b, proof: drng.nonces::<S>(7) };
    let response = key.issue_with_coins(&request, coins).map_err(text)?;
    let credential = PreIssuance::from_bytes(&state).map_err(text)?.finish(key.public_key(), &response);
    let saved = credential.map_err(text)?.into_bytes();
    let credential = Credential::from_bytes(key.public_key(), &saved).map_err(text)?;
    let (request, response) = (request.to_bytes(), response.to_bytes());
    let (secrets, saved) = (part(&state, 3, 128).to_vec(), saved.get(19..).unwrap_or_default().to_vec());
    Ok(Issued { drng, key, sk, request_coins, secrets, request, b, response, credential, saved })
}

/// One presentation, verified, with its coins.
struct Shown<S: Arc01> {
    /// a, r, z, nonceBlinding.
    coins: [Scalar<S>; 4],
    nonce: u64,
    bytes: Vec<u8>,
    next: ContextState<S>,
}

impl<S: Arc01> Issued<S> {
    fn present(
        &mut self,
        state: PresentationState<S>,
        request_context: &[u8],
        context: &PresentationContext<S>,
    ) -> Result<Shown<S>, String> {
        let (limit, nonce) = (state.limit(), state.used());
        let drawn = self.drng.scalars::<S, 4>();
        let [a, r, z, nonce_blinding] = drawn;
        let s = (1..limit.bits()).map(|_| self.drng.scalar::<S>()).collect();
        let proof = self.drng.nonces::<S>(5 + 3 * limit.bits());
        let coins = PresentationCoins { a, r, z, nonce_blinding, s, proof };
        let (presentation, next) = state.present_with_coins(coins).map_err(text)?.into_parts();
        let bytes = presentation.to_bytes();
        let presentation = Presentation::from_bytes(limit, &bytes).map_err(text)?;
        let verified = self.key.verify(&RequestContext::new(request_context), context, limit, presentation);
        let _ = verified.map_err(text)?;
        Ok(Shown { coins: drawn, nonce, bytes, next })
    }
}

fn open<S: Arc01>(next: ContextState<S>) -> Result<PresentationState<S>, String> {
    match next {
        ContextState::Open(state) => Ok(state),
        ContextState::Closed(_) => Err("more presentations than the limit".into()),
    }
}

const CONTEXTS: [&[u8]; 2] = [b"test request context", b"test presentation context"];

/// All 53 fields. Nothing is read but to compare it.
pub(super) fn from_seed<S: Arc01>(file: &mut Within<'_, '_>, draw: Draw) -> Result<(), String> {
    let [request_context, presentation_context] = CONTEXTS;
    let mut run = issue::<S>(request_context, draw)?;
    let len = S::Group::ELEMENT_LEN;
    let public = run.key.public_key().to_bytes();

    let mut key = file.within("ServerKey");
    for (i, name) in KEY.iter().enumerate() {
        key.same(name, part(&run.sk, 32 * i, 32))?;
    }
    key.elements(&PUBLIC, len, &public)?;

    let mut request = file.within("CredentialRequest");
    request.same("request_context", request_context)?;
    for (name, drawn) in ["m1", "r1", "r2"].iter().zip(&run.request_coins) {
        request.same(name, &to_bytes::<S>(drawn))?;
    }
    request.same("m2", part(&run.secrets, 32, 32))?;
    let proof = request.elements(&REQUEST, len, &run.request)?;
    request.same("proof", proof)?;

    let mut response = file.within("CredentialResponse");
    response.same("b", &to_bytes::<S>(&run.b))?;
    let proof = response.elements(&RESPONSE, len, &run.response)?;
    response.same("proof", proof)?;

    let mut credential = file.within("Credential");
    credential.same("m1", part(&run.saved, 0, 32))?;
    credential.elements(&["U", "U_prime"], len, part(&run.saved, 32, 2 * len))?;
    credential.same("X1", part(&public, len, len))?;

    let limit = Limit::new(2).map_err(text)?;
    let context = PresentationContext::new(presentation_context).map_err(text)?;
    let mut next = ContextState::Open(run.credential.open(context, limit).map_err(text)?);
    for name in ["Presentation1", "Presentation2"] {
        let shown = run.present(open(next)?, request_context, &context)?;
        let mut published = file.within(name);
        published.same("presentation_context", presentation_context)?;
        let nonce = published.number("nonce")?;
        let matches = if nonce == shown.nonce { Ok(()) } else { Err(format!("we have {}", shown.nonce)) };
        published.compared("nonce", matches)?;
        for (name, drawn) in ["a", "r", "z", "nonce_blinding"].iter().zip(&shown.coins) {
            published.same(name, &to_bytes::<S>(drawn))?;
        }
        let elements = ["U", "U_prime_commit", "m1_commit", "tag", "nonce_commit"];
        // The field has D_0 before the proof.
        let proof = published.elements(&elements, len, &shown.bytes)?;
        published.same("proof", proof)?;
        published.same("D_0", part(proof, 0, len))?;
        next = shown.next;
    }
    Ok(())
}

/// A run whose messages stand in one piece each.
pub(super) fn messages<S: Arc01>(file: &mut Within<'_, '_>) -> Result<(), String> {
    let (request_context, presentation_context) = (file.given("request_context")?, file.given("presentation_context")?);
    let mut run = issue::<S>(&request_context, Draw::Order)?;
    let len = S::Group::ELEMENT_LEN;
    let public = run.key.public_key().to_bytes();
    file.same("secretKey", &run.sk)?;
    file.same("publicKey", &public)?;
    file.same("request", &run.request)?;
    // m1 | r1 | m2 | r2 there, m1 | m2 | r1 | r2 here.
    let secrets = [0, 2, 1, 3].map(|i| part(&run.secrets, 32 * i, 32)).concat();
    file.same("clientSecret", &secrets)?;
    file.same("response", &run.response)?;
    // U | U' | m1 | X1 there.
    let (m1, points) = (part(&run.saved, 0, 32), part(&run.saved, 32, 2 * len));
    file.same("credential", &[points, m1, part(&public, len, len)].concat())?;

    let limit = Limit::new(file.number("presentationLimit")?).map_err(text)?;
    let context = PresentationContext::new(&presentation_context).map_err(text)?;
    let mut next = ContextState::Open(run.credential.open(context, limit).map_err(text)?);
    for i in (0..limit.get()).take_while(|i| file.has(&format!("presentations.{i}"))).collect::<Vec<_>>() {
        let shown = run.present(open(next)?, &request_context, &context)?;
        file.same(&format!("presentations.{i}"), &shown.bytes)?;
        next = shown.next;
    }
    Ok(())
}
