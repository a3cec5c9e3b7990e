//! Anonymous Rate-Limited Credentials: messages and saved forms at N = 10 (and N = 2, where the proof has another shape). A
//! message that is read goes on to the step that it is for, which has to return as well.

use std::sync::OnceLock;

use farebox_arc::v1;
use farebox_arc::{
    Arc01, ClosedContext, ContextState, Credential, CredentialRequest, CredentialResponse, Limit, P256, PreIssuance,
    Presentation, PresentationContext, PresentationState, PublicKey, Refused, RequestContext, Ristretto255, SecretKey,
    Suite,
};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

type Failure = Box<dyn std::error::Error>;

/// One honest run: a credential, opened in one context and presented there.
pub(crate) struct Run<S: Suite> {
    key: SecretKey<S>,
    context: PresentationContext<S>,
    request: Vec<u8>,
    response: Vec<u8>,
    pre_issuance: Vec<u8>,
    credential: Vec<u8>,
    /// Presentations of nonce 1, under 2 and under 10.
    presentations: [Vec<u8>; 2],
    state: Vec<u8>,
    closed: Vec<u8>,
}

/// The suites, each with its run.
pub(crate) trait Fuzzed: Suite {
    fn run() -> &'static Run<Self>;
}

macro_rules! fuzzed {
    ($($suite:ty: $honest:ident),+) => {
        $(impl Fuzzed for $suite {
            fn run() -> &'static Run<Self> {
                static RUN: OnceLock<Run<$suite>> = OnceLock::new();
                RUN.get_or_init(|| $honest().expect("an honest run passes"))
            }
        })+
    };
}
fuzzed!(P256: honest, Ristretto255: honest, v1::P256: honest_v1, v1::Ristretto255: honest_v1);

const LIMITS: [Limit; 2] = [limit(2), limit(10)];

const fn limit(n: u64) -> Limit {
    match Limit::new(n) {
        Ok(limit) => limit,
        Err(_) => panic!("between 2 and 2^32"),
    }
}

fn request_context<S: Suite>() -> RequestContext<S> {
    RequestContext::new(b"fuzz")
}

/// Issuance, and a run without presentations.
fn issued<S: Suite>() -> Result<(Run<S>, Credential<S>), Failure> {
    let rng = &mut StdRng::seed_from_u64(1);
    let key = SecretKey::<S>::generate(rng);
    let (state, request) = PreIssuance::request(request_context(), rng)?;
    let response = key.issue(&request, rng)?;
    let pre_issuance = state.into_bytes().to_vec();
    let credential = PreIssuance::from_bytes(&pre_issuance)?.finish(key.public_key(), &response)?;
    let (request, response) = (request.to_bytes(), response.to_bytes());
    let none = Vec::new;
    let run = Run {
        key,
        context: PresentationContext::new(b"today")?,
        request,
        response,
        pre_issuance,
        credential: none(),
        presentations: [none(), none()],
        state: none(),
        closed: none(),
    };
    Ok((run, credential))
}

fn honest<S: Arc01>() -> Result<Run<S>, Failure> {
    let (mut run, mut credential) = issued::<S>()?;
    let rng = &mut StdRng::seed_from_u64(2);
    let state = credential.open(run.context, limit(10))?.into_bytes().to_vec();
    run.credential = credential.into_bytes().to_vec();
    for (shown, limit) in run.presentations.iter_mut().zip(LIMITS) {
        let state = PresentationState::from_bytes(run.key.public_key(), &state)?.skip_to(1)?;
        let state = match state {
            ContextState::Open(state) => state.with_limit(limit),
            closed => closed,
        };
        let ContextState::Open(state) = state else { return Err("nonce 1 is below every limit".into()) };
        let (presentation, after) = state.present(rng)?.into_parts();
        *shown = presentation.to_bytes();
        match after {
            ContextState::Open(state) => run.state = state.into_bytes().to_vec(),
            ContextState::Closed(closed) => run.closed = closed.into_bytes().to_vec(),
        }
    }
    Ok(run)
}

fn honest_v1<S: v1::V1>() -> Result<Run<S>, Failure> {
    let (mut run, mut credential) = issued::<S>()?;
    let rng = &mut StdRng::seed_from_u64(2);
    let (shown, _) = v1::PresentationState::open(&mut credential, run.context, limit(10))?.present(rng)?;
    // The nonce travels beside the message; here it stands before it.
    run.presentations = [(); 2].map(|()| [&shown.nonce().to_be_bytes(), shown.to_bytes().as_slice()].concat());
    Ok(run)
}

fn one(bytes: &[u8]) -> Vec<Vec<u8>> {
    vec![bytes.to_vec()]
}

/// A key's tables take milliseconds, and a hundred kilobytes; the fuzzer finds few keys, and those again and again.
pub(crate) fn public_key<S: Fuzzed>(data: &[u8]) -> bool {
    let Ok(key) = PublicKey::<S>::from_bytes(data) else { return false };
    assert_eq!(key.to_bytes(), data);
    true
}

pub(crate) fn public_keys<S: Fuzzed>() -> Vec<Vec<u8>> {
    one(&S::run().key.public_key().to_bytes())
}

pub(crate) fn secret_key<S: Fuzzed>(data: &[u8]) -> bool {
    let Ok(key) = SecretKey::<S>::from_bytes(data) else { return false };
    assert_eq!(key.to_bytes()[..], *data);
    assert!(data[3..].chunks(32).all(|scalar| scalar.iter().any(|byte| *byte != 0)));
    true
}

pub(crate) fn secret_keys<S: Fuzzed>() -> Vec<Vec<u8>> {
    one(&S::run().key.to_bytes())
}

pub(crate) fn request<S: Fuzzed>(data: &[u8]) -> bool {
    let Ok(message) = CredentialRequest::<S>::from_bytes(data) else { return false };
    assert_eq!(message.to_bytes(), data);
    let issued = S::run().key.issue(&message, &mut StdRng::seed_from_u64(3));
    assert!(issued.is_err() || data == S::run().request, "a request that nobody made");
    true
}

pub(crate) fn requests<S: Fuzzed>() -> Vec<Vec<u8>> {
    one(&S::run().request)
}

pub(crate) fn response<S: Fuzzed>(data: &[u8]) -> bool {
    let Ok(message) = CredentialResponse::<S>::from_bytes(data) else { return false };
    assert_eq!(message.to_bytes(), data);
    let state = PreIssuance::<S>::from_bytes(&S::run().pre_issuance).expect("saved");
    let finished = state.finish(S::run().key.public_key(), &message);
    assert!(finished.is_err() || data == S::run().response, "a response that the issuer did not make");
    true
}

pub(crate) fn responses<S: Fuzzed>() -> Vec<Vec<u8>> {
    one(&S::run().response)
}

/// The length says which of the two limits it is.
pub(crate) fn presentation<S: Fuzzed + Arc01>(data: &[u8]) -> bool {
    let run = S::run();
    let decoded = LIMITS.map(|limit| (limit, Presentation::<S>::from_bytes(limit, data)));
    let Some((limit, message)) = decoded.into_iter().find_map(|(limit, read)| Some((limit, read.ok()?))) else {
        return false;
    };
    assert_eq!(message.to_bytes(), data);
    match run.key.verify(&request_context(), &run.context, limit, message) {
        Ok(verified) => {
            assert!(run.presentations.iter().any(|made| made == data), "a presentation that no client made");
            assert!(data.windows(S::run().context.as_bytes().len()).any(|at| at == verified.tag().as_bytes()));
        }
        Err(refused) => assert_eq!(back(refused).to_bytes(), data, "a refused presentation comes back"),
    }
    true
}

fn back<T>(refused: Refused<T>) -> T {
    refused.into_parts().0
}

pub(crate) fn presentations<S: Fuzzed>() -> Vec<Vec<u8>> {
    S::run().presentations.to_vec()
}

/// Any limit, in the first eight bytes: whatever the message is, it is refused, or the length is right and it is checked.
pub(crate) fn presentation_of_any_limit<S: Fuzzed + Arc01>(data: &[u8]) -> bool {
    let run = S::run();
    let Some((n, data)) = data.split_first_chunk() else { return false };
    let Ok(limit) = Limit::new(u64::from_be_bytes(*n)) else { return false };
    let Ok(message) = Presentation::<S>::from_bytes(limit, data) else { return false };
    assert_eq!((message.to_bytes().as_slice(), data.len()), (data, Presentation::<S>::len(limit)));
    let verified = run.key.verify(&request_context(), &run.context, limit, message.clone());
    assert!(verified.is_err() || LIMITS.contains(&limit), "a presentation for another limit");
    // And under a limit with other bits than it was decoded for.
    let other = if limit.bits() == 1 { LIMITS[1] } else { LIMITS[0] };
    assert!(run.key.verify(&request_context(), &run.context, other, message).is_err());
    true
}

pub(crate) fn presentations_of_any_limit<S: Fuzzed>() -> Vec<Vec<u8>> {
    let with = |(limit, shown): (Limit, &Vec<u8>)| [&limit.get().to_be_bytes(), shown.as_slice()].concat();
    LIMITS.into_iter().zip(&S::run().presentations).map(with).collect()
}

/// The nonce, then the message.
pub(crate) fn presentation_v1<S: Fuzzed + v1::V1>(data: &[u8]) -> bool {
    let run = S::run();
    let Some((nonce, bytes)) = data.split_first_chunk() else { return false };
    let Ok(message) = v1::Presentation::<S>::from_bytes(u32::from_be_bytes(*nonce), bytes) else { return false };
    assert_eq!(message.to_bytes(), bytes);
    match message.verify(&run.key, &request_context(), &run.context, limit(10)) {
        Ok(_) => assert_eq!(data, run.presentations[0], "a presentation that no client made"),
        Err(refused) => assert_eq!(back(refused).to_bytes(), bytes, "a refused presentation comes back"),
    }
    true
}

pub(crate) fn pre_issuance<S: Fuzzed>(data: &[u8]) -> bool {
    let read = || PreIssuance::<S>::from_bytes(data);
    let Ok(state) = read() else { return false };
    assert_eq!(state.into_bytes()[..], *data);
    let response = CredentialResponse::from_bytes(&S::run().response).expect("honest");
    let _ = read().expect("read before").finish(S::run().key.public_key(), &response);
    true
}

pub(crate) fn pre_issuances<S: Fuzzed>() -> Vec<Vec<u8>> {
    one(&S::run().pre_issuance)
}

pub(crate) fn credential<S: Fuzzed + Arc01>(data: &[u8]) -> bool {
    let read = || Credential::<S>::from_bytes(S::run().key.public_key(), data);
    let Ok(credential) = read() else { return false };
    assert!(credential.contexts() <= Credential::<S>::MAX_CONTEXTS);
    assert_eq!(credential.into_bytes()[..], *data);
    let mut credential = read().expect("read before");
    let opened = credential.is_opened(&S::run().context);
    assert!(credential.open(S::run().context, limit(10)).is_ok() || opened || credential.contexts() == 1024);
    true
}

pub(crate) fn credentials<S: Fuzzed>() -> Vec<Vec<u8>> {
    one(&S::run().credential)
}

pub(crate) fn presentation_state<S: Fuzzed + Arc01>(data: &[u8]) -> bool {
    let read = || PresentationState::<S>::from_bytes(S::run().key.public_key(), data);
    let Ok(state) = read() else { return false };
    let (used, limit) = (state.used(), state.limit());
    assert!(used < limit.get() && state.left() == limit.get() - used);
    assert_eq!(state.into_bytes()[..], *data);
    if let Ok(presented) = read().expect("read before").present(&mut StdRng::seed_from_u64(4)) {
        let (presentation, after) = presented.into_parts();
        assert_eq!(presentation.to_bytes().len(), Presentation::<S>::len(limit));
        let next = match after {
            ContextState::Open(state) => state.used(),
            ContextState::Closed(closed) => closed.used(),
        };
        assert_eq!(next, used + 1);
    }
    true
}

pub(crate) fn presentation_states<S: Fuzzed>() -> Vec<Vec<u8>> {
    one(&S::run().state)
}

pub(crate) fn closed_context<S: Fuzzed + Arc01>(data: &[u8]) -> bool {
    let read = || ClosedContext::<S>::from_bytes(S::run().key.public_key(), data);
    let Ok(closed) = read() else { return false };
    let used = closed.used();
    assert_eq!(closed.into_bytes()[..], *data);
    match read().expect("read before").with_limit(Limit::MAX) {
        ContextState::Open(state) => assert_eq!((state.used(), state.left()), (used, (1 << 32) - used)),
        ContextState::Closed(_) => assert_eq!(used, 1 << 32),
    }
    true
}

pub(crate) fn closed_contexts<S: Fuzzed>() -> Vec<Vec<u8>> {
    one(&S::run().closed)
}
