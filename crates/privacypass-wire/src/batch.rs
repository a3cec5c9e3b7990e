//! Batches of draft-ietf-privacypass-batched-tokens-07: amortized (one key, one proof) and generic (any requests).

mod amortized;
mod generic;

pub use amortized::{AmortizedBatchTokenRequest, AmortizedBatchTokenResponse};
pub use generic::{GenericBatchTokenRequest, GenericBatchTokenResponse};
