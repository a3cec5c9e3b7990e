//! What several test files share.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::path::PathBuf;

use farebox_act::{
    BitLength, Context, CreditToken, Credits, DomainSeparator, Expected, Params, PreIssuance, PreRefund, SecretKey,
    SpendProof, VerifiedSpend,
};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

pub const PUBLISHED_DS: &str = "ACT-v1:test:vectors:vnext:2026-03-02";

pub fn params(bits: u8) -> Params {
    Params::new(DomainSeparator::parse(PUBLISHED_DS).unwrap(), BitLength::new(bits).unwrap()).unwrap()
}

pub fn context() -> Context {
    Context::from_hash(&[7; 64])
}

/// A key and a token with `balance` credits.
pub fn token(params: &Params, balance: u64) -> (SecretKey, CreditToken) {
    let mut rng = rand::rng();
    let key = SecretKey::generate(params, &mut rng);
    let token = token_of(params, &key, balance);
    (key, token)
}

pub fn token_of(params: &Params, key: &SecretKey, balance: u64) -> CreditToken {
    let mut rng = rand::rng();
    let credits = params.credits(balance).unwrap();
    let (state, request) = PreIssuance::request(params, &mut rng).unwrap();
    let response = key.issue(params, &request, credits, context(), &mut rng).unwrap();
    state.finish(params, key.public_key(), context(), credits, &response).unwrap()
}

/// A copy of a token, which only its saved form can give.
pub fn copy(params: &Params, token: CreditToken) -> (CreditToken, CreditToken) {
    let bytes = token.into_bytes();
    (CreditToken::from_bytes(params, &bytes).unwrap(), CreditToken::from_bytes(params, &bytes).unwrap())
}

/// One honest run, kept as bytes: 2^L - 1 credits (at most 100) are issued, `charge` spent and `returned` come back.
pub struct Run {
    pub params: Params,
    pub key: SecretKey,
    pub balance: Credits,
    pub charge: Credits,
    pub returned: Credits,
    pub request: Vec<u8>,
    pub response: Vec<u8>,
    pub spend: Vec<u8>,
    pub batchable: Vec<u8>,
    pub refund: Vec<u8>,
    pub pre_issuance: Vec<u8>,
    pub token: Vec<u8>,
    pub pre_refund: Vec<u8>,
    pub next: Vec<u8>,
}

impl Run {
    /// The same run every time for the same L.
    pub fn new(bits: u8) -> Self {
        let params = params(bits);
        let balance = params.bits().max().min(100);
        let charge = if balance < 30 { 1 } else { 30 };
        Self::with(params, balance, charge, charge.min(20))
    }

    pub fn with(params: Params, balance: u64, charge: u64, returned: u64) -> Self {
        let rng = &mut StdRng::seed_from_u64(params.bits().get() as u64);
        let [balance, charge, returned] = [balance, charge, returned].map(|amount| params.credits(amount).unwrap());
        let key = SecretKey::generate(&params, rng);
        let (state, request) = PreIssuance::request(&params, rng).unwrap();
        let response = key.issue(&params, &request, balance, context(), rng).unwrap();
        let pre_issuance = state.into_bytes().to_vec();
        let state = PreIssuance::from_bytes(&params, &pre_issuance).unwrap();
        let token = state.finish(&params, key.public_key(), context(), balance, &response).unwrap();
        let token = token.into_bytes().to_vec();
        let again = CreditToken::from_bytes(&params, &token).unwrap();
        let (batchable, _) = again.spend_batchable(&params, charge, rng).unwrap();
        let (spend, next) = CreditToken::from_bytes(&params, &token).unwrap().spend(&params, charge, rng).unwrap();
        let pre_refund = next.into_bytes().to_vec();
        let state = PreRefund::from_bytes(&params, &pre_refund).unwrap();
        let expected = Expected { charge, context: context() };
        let spend_bytes = spend.to_bytes();
        let verified = key.verify(&params, spend, &expected, |_| true).unwrap();
        let refund = verified.refund(&params, &key, returned, rng).unwrap();
        let next = state.finish(&params, key.public_key(), &refund).unwrap().into_bytes().to_vec();
        let (request, response, refund) = (request.to_bytes(), response.to_bytes(), refund.to_bytes());
        let (spend, batchable) = (spend_bytes, batchable.to_bytes());
        Self {
            params,
            key,
            balance,
            charge,
            returned,
            request,
            response,
            spend,
            batchable,
            refund,
            pre_issuance,
            token,
            pre_refund,
            next,
        }
    }

    pub fn expected(&self) -> Expected {
        Expected { charge: self.charge, context: context() }
    }

    pub fn pre_issuance(&self) -> PreIssuance {
        PreIssuance::from_bytes(&self.params, &self.pre_issuance).unwrap()
    }

    pub fn token(&self) -> CreditToken {
        CreditToken::from_bytes(&self.params, &self.token).unwrap()
    }

    pub fn pre_refund(&self) -> PreRefund {
        PreRefund::from_bytes(&self.params, &self.pre_refund).unwrap()
    }

    pub fn spend(&self) -> SpendProof {
        SpendProof::from_bytes(&self.params, &self.spend).unwrap()
    }

    pub fn batchable(&self) -> SpendProof {
        SpendProof::from_bytes_batchable(&self.params, &self.batchable).unwrap()
    }

    pub fn verified(&self) -> VerifiedSpend {
        self.key.verify(&self.params, self.spend(), &self.expected(), |_| true).unwrap()
    }
}

/// The bytes with those from `at` on replaced.
pub fn put(bytes: &[u8], at: usize, new: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    out[at..at + new.len()].copy_from_slice(new);
    out
}

/// An amount as it travels.
pub fn amount(value: u128) -> [u8; 32] {
    let mut out = [0; 32];
    out[..16].copy_from_slice(&value.to_le_bytes());
    out
}

/// The folder of published vectors, or a line that says that it is not there.
pub fn published() -> Option<PathBuf> {
    let default = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let folder = std::env::var_os("FAREBOX_PUBLISHED_VECTORS").map_or(default, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no folder of published vectors; set FAREBOX_PUBLISHED_VECTORS");
    None
}
