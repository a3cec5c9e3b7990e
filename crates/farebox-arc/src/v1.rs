//! The older draft, draft-ietf-privacypass-arc-crypto-00: the nonce is sent in clear, and there is no range proof.
//!
//! It is here for comparison with its published figures, and for those who still meet it. Issuance is that of the current
//! draft, with another challenge. A verifier learns each presentation's nonce, and with it something about which presentations
//! belong together; use [`Arc01`](crate::Arc01) where there is a choice.
//!
//! Sizes on P-256 and ristretto255: request 226 / 224, response 454 / 448, presentation 292 / 288 bytes, the nonce beside it not
//! counted.
//!
//! ```
//! use farebox_arc::v1::{PresentationState, Presentation, Ristretto255};
//! use farebox_arc::*;
//!
//! # fn main() -> Result<(), Box<dyn core::error::Error>> {
//! let mut rng = rand::rng();
//! let key = SecretKey::<Ristretto255>::generate(&mut rng);
//! let (waiting, request) = PreIssuance::request(RequestContext::new(b"issuer and origin"), &mut rng)?;
//! let response = key.issue(&request, &mut rng)?;
//! let mut credential = waiting.finish(key.public_key(), &response)?;
//!
//! let (context, limit) = (PresentationContext::new(b"today")?, Limit::new(1000)?);
//! let state = PresentationState::open(&mut credential, context, limit)?;
//! let (presentation, _state) = state.present(&mut rng)?;
//! let (nonce, bytes) = (presentation.nonce(), presentation.to_bytes());
//!
//! let presentation = Presentation::from_bytes(nonce, &bytes)?;
//! let verified = presentation.verify(&key, &RequestContext::new(b"issuer and origin"), &context, limit)?;
//! assert_eq!(verified.tag().as_bytes().len(), 32);
//! # Ok(())
//! # }
//! ```

mod presentation;
mod profile;
mod relation;
mod state;

pub use presentation::Presentation;
pub use profile::HashedToScalar;
pub use relation::{Shown, ShownPublics, ShownSecrets};
#[cfg(feature = "hazmat")]
pub use state::PresentationCoins;
pub use state::PresentationState;

#[cfg(any(feature = "p256", feature = "ristretto255"))]
use crate::suite::suite;

/// The suites of the older draft.
pub trait V1: crate::Suite {}

#[cfg(feature = "p256")]
suite!(
    /// `ARCV1-P256`.
    P256, farebox_group::P256, HashedToScalar, "ARCV1-P256", &["ARCV1-P256", "ARCV1-P256"], 4, crate::suite::p256_bases
);
#[cfg(feature = "p256")]
impl V1 for P256 {}

#[cfg(feature = "ristretto255")]
suite!(
    /// `ARCV1-Ristretto255`, which no draft defines: as in the published comparison of schemes. Scalars are little-endian.
    Ristretto255, farebox_group::Ristretto255, HashedToScalar, "ARCV1-Ristretto255",
    &["ARCV1-Ristretto255", "ARCV1-Ristretto255"], 5, crate::suite::ristretto255_bases
);
#[cfg(feature = "ristretto255")]
impl V1 for Ristretto255 {}
