//! What several test files share: one honest run, for every suite and kept as bytes.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

use farebox_arc::*;
use farebox_group::{ByteOrder, Group, Scalar as _};
use farebox_sigma::{Coins, Profile};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

pub type Scalar<S> = <<S as Suite>::Group as Group>::Scalar;
pub type Element<S> = <<S as Suite>::Group as Group>::Element;
pub type Point<S> = farebox_sigma::Point<<S as Suite>::Group>;

/// Bytes of a saved state before its body: version, kind and suite.
pub const HEAD: usize = 3;
/// Bytes before m1 in the saved forms of a credential and its states: the head and the key's id.
pub const HOLDER: usize = HEAD + 16;

/// A suite whose honest runs are made once for each limit.
pub trait Tested: Arc01 {
    fn runs() -> &'static Mutex<BTreeMap<u64, &'static Run<Self>>>;
}

macro_rules! tested {
    ($($suite:ty),+) => {
        $(impl Tested for $suite {
            fn runs() -> &'static Mutex<BTreeMap<u64, &'static Run<Self>>> {
                static RUNS: OnceLock<Mutex<BTreeMap<u64, &'static Run<$suite>>>> = OnceLock::new();
                RUNS.get_or_init(Default::default)
            }
        })+
    };
}
tested!(P256, P256Draft01, Ristretto255);

/// Calls a generic function for every suite.
#[macro_export]
macro_rules! on_every_suite {
    ($($function:ident),+ $(,)?) => {
        $(mod $function {
            #[test]
            fn p256() {
                super::$function::<farebox_arc::P256>();
            }

            #[test]
            fn p256_draft01() {
                super::$function::<farebox_arc::P256Draft01>();
            }

            #[test]
            fn ristretto255() {
                super::$function::<farebox_arc::Ristretto255>();
            }
        })+
    };
}

pub fn limit(n: u64) -> Limit {
    Limit::new(n).unwrap()
}

pub fn request_context<S: Suite>() -> RequestContext<S> {
    RequestContext::new(b"issuer and origin")
}

pub fn context<S: Suite>() -> PresentationContext<S> {
    PresentationContext::new(b"today").unwrap()
}

pub fn tomorrow<S: Suite>() -> PresentationContext<S> {
    PresentationContext::new(b"tomorrow").unwrap()
}

pub fn order<S: Suite>() -> ByteOrder {
    <S::Profile as Profile<S::Group>>::SCALAR_ORDER
}

/// A scalar as the suite writes it.
pub fn bytes_of<S: Suite>(scalar: Scalar<S>) -> Vec<u8> {
    scalar.to_bytes(order::<S>()).as_ref().to_vec()
}

pub fn scalar_at<S: Suite>(bytes: &[u8], at: usize) -> Scalar<S> {
    Scalar::<S>::from_bytes(&bytes[at..at + 32], order::<S>()).unwrap()
}

pub fn point_at<S: Suite>(bytes: &[u8], at: usize) -> Point<S> {
    Point::<S>::decode(&bytes[at..at + ne::<S>()]).unwrap()
}

pub fn random<S: Suite>() -> Scalar<S> {
    Scalar::<S>::random(&mut rand::rng())
}

pub fn randoms<S: Suite>(count: usize) -> Vec<Scalar<S>> {
    (0..count).map(|_| random::<S>()).collect()
}

/// Coins of a presentation, as a client draws them.
pub fn presentation_coins<S: Arc01>(limit: Limit) -> PresentationCoins<S> {
    let k = limit.bits();
    let [a, r, z, nonce_blinding] = [(); 4].map(|()| random::<S>());
    let proof = Coins::from_nonces(randoms::<S>(5 + 3 * k));
    PresentationCoins { a, r, z, nonce_blinding, s: randoms::<S>(k - 1), proof }
}

/// The group order, in the suite's byte order: the smallest number that is no scalar.
pub fn order_bytes<S: Suite>() -> Vec<u8> {
    let mut bytes = (-Scalar::<S>::ONE).to_bytes(ByteOrder::Little).as_ref().to_vec();
    // Both orders are odd, so nothing is carried.
    bytes[0] += 1;
    if order::<S>() == ByteOrder::Big {
        bytes.reverse();
    }
    bytes
}

/// Bytes of an element.
pub fn ne<S: Suite>() -> usize {
    S::Group::ELEMENT_LEN
}

/// The state under a limit that leaves room.
pub fn open<S: Arc01>(state: ContextState<S>) -> PresentationState<S> {
    match state {
        ContextState::Open(state) => state,
        ContextState::Closed(_) => panic!("the context is closed"),
    }
}

pub fn closed<S: Arc01>(state: ContextState<S>) -> ClosedContext<S> {
    match state {
        ContextState::Open(_) => panic!("the context is open"),
        ContextState::Closed(closed) => closed,
    }
}

/// A credential of this key.
pub fn credential_of<S: Suite>(key: &SecretKey<S>, rng: &mut StdRng) -> Credential<S> {
    let (state, request) = PreIssuance::request(request_context(), rng).unwrap();
    let response = key.issue(&request, rng).unwrap();
    state.finish(key.public_key(), &response).unwrap()
}

/// One honest run, kept as bytes: a credential is issued, opened in one context, and presented with nonce N / 2 (rounded
/// down), which has bits of both kinds where there are several.
pub struct Run<S: Arc01> {
    pub key: SecretKey<S>,
    pub limit: Limit,
    pub request: Vec<u8>,
    pub response: Vec<u8>,
    pub presentation: Vec<u8>,
    pub pre_issuance: Vec<u8>,
    /// Before the context was opened.
    pub credential: Vec<u8>,
    /// And after.
    pub opened: Vec<u8>,
    /// Before the presentation.
    pub state: Vec<u8>,
    /// After the presentation of nonce N - 1.
    pub closed: Vec<u8>,
}

impl<S: Tested> Run<S> {
    /// The same run every time for the same N.
    pub fn of(n: u64) -> &'static Self {
        let mut runs = S::runs().lock().unwrap();
        runs.entry(n).or_insert_with(|| Box::leak(Box::new(Self::new(n))))
    }

    pub fn new(n: u64) -> Self {
        let rng = &mut StdRng::seed_from_u64(n);
        let (key, limit) = (SecretKey::<S>::generate(rng), limit(n));
        let (state, request) = PreIssuance::request(request_context(), rng).unwrap();
        let response = key.issue(&request, rng).unwrap();
        let pre_issuance = state.into_bytes().to_vec();
        let state = PreIssuance::from_bytes(&pre_issuance).unwrap();
        let credential = state.finish(key.public_key(), &response).unwrap().into_bytes().to_vec();
        let mut opened = Credential::from_bytes(key.public_key(), &credential).unwrap();
        let state = opened.open(context(), limit).unwrap();
        let state = open(state.skip_to(n / 2).unwrap()).into_bytes().to_vec();
        let again = PresentationState::from_bytes(key.public_key(), &state).unwrap();
        let (presentation, after) = again.present(rng).unwrap().into_parts();
        let closed = match after {
            ContextState::Closed(closed) => closed,
            ContextState::Open(state) => closed(state.skip_to(n).unwrap()),
        };
        let (request, response, presentation) = (request.to_bytes(), response.to_bytes(), presentation.to_bytes());
        let (opened, closed) = (opened.into_bytes().to_vec(), closed.into_bytes().to_vec());
        Self { key, limit, request, response, presentation, pre_issuance, credential, opened, state, closed }
    }

    pub fn public(&self) -> &PublicKey<S> {
        self.key.public_key()
    }

    pub fn request(&self) -> CredentialRequest<S> {
        CredentialRequest::from_bytes(&self.request).unwrap()
    }

    pub fn response(&self) -> CredentialResponse<S> {
        CredentialResponse::from_bytes(&self.response).unwrap()
    }

    pub fn pre_issuance(&self) -> PreIssuance<S> {
        PreIssuance::from_bytes(&self.pre_issuance).unwrap()
    }

    /// The credential before a context was opened.
    pub fn credential(&self) -> Credential<S> {
        Credential::from_bytes(self.public(), &self.credential).unwrap()
    }

    pub fn state(&self) -> PresentationState<S> {
        PresentationState::from_bytes(self.public(), &self.state).unwrap()
    }

    pub fn closed(&self) -> ClosedContext<S> {
        ClosedContext::from_bytes(self.public(), &self.closed).unwrap()
    }

    pub fn presentation(&self) -> Presentation<S> {
        Presentation::from_bytes(self.limit, &self.presentation).unwrap()
    }

    /// Decodes and verifies with all that the run was made with.
    pub fn verify(&self, bytes: &[u8]) -> Result<Tag<S>, Error> {
        let presentation = Presentation::from_bytes(self.limit, bytes)?;
        let verified = self.key.verify(&request_context(), &context(), self.limit, presentation);
        verified.map(|verified| verified.tag()).map_err(|refused| refused.error)
    }

    /// The context opened under the run's limit, with another counter.
    pub fn state_at(&self, next: u64) -> PresentationState<S> {
        let state = self.credential().open(context(), self.limit).unwrap();
        open(state.skip_to(next).unwrap())
    }
}

/// Where a presentation's fields start.
pub mod at {
    use super::{Suite, ne};

    pub fn u_prime_commit<S: Suite>() -> usize {
        ne::<S>()
    }

    pub fn m1_commit<S: Suite>() -> usize {
        2 * ne::<S>()
    }

    pub fn tag<S: Suite>() -> usize {
        3 * ne::<S>()
    }

    pub fn nonce_commit<S: Suite>() -> usize {
        4 * ne::<S>()
    }

    pub fn d<S: Suite>(i: usize) -> usize {
        (5 + i) * ne::<S>()
    }

    pub fn proof<S: Suite>(k: usize) -> usize {
        (5 + k) * ne::<S>()
    }
}

/// The bytes with those from `at` on replaced.
pub fn put(bytes: &[u8], at: usize, new: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    out[at..at + new.len()].copy_from_slice(new);
    out
}

/// Adds 1 to the scalar at `at`.
pub fn bump<S: Suite>(bytes: &[u8], at: usize) -> Vec<u8> {
    put(bytes, at, &bytes_of::<S>(scalar_at::<S>(bytes, at) + Scalar::<S>::ONE))
}

/// Adds G to the element at `at`: another valid element.
pub fn shift<S: Suite>(bytes: &[u8], at: usize) -> Vec<u8> {
    let shifted = point_at::<S>(bytes, at).element() + S::Group::generator();
    put(bytes, at, Point::<S>::encode(shifted).unwrap().bytes())
}
