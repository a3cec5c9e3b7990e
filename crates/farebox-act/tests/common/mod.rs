//! What several test files share.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::path::PathBuf;

use farebox_act::{BitLength, Context, CreditToken, DomainSeparator, Params, PreIssuance, SecretKey};

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
