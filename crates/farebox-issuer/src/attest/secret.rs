//! Secrets that the operator gave out.

use std::fmt;

use http::HeaderMap;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

use super::header::bearer;
use super::{Admission, Attempt, Attester, Boxed, Refusal, free};

/// Fewer could be guessed over the network, or from a stolen configuration with the hashes.
const SHORTEST: usize = 16;

/// Admits who knows one of these secrets, any number of times. Hashes are kept, not secrets, and all of them are compared, in
/// constant time. Whoever shares a secret is one group to the issuer, which sees who asks; it does not see the tokens.
#[derive(Clone)]
pub struct SharedSecret(Vec<[u8; 32]>);

/// A secret below 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a shared secret has fewer than 16 bytes")]
pub struct WeakSecret;

impl SharedSecret {
    /// Takes the secrets themselves: random texts of 16 bytes or more, without spaces.
    ///
    /// # Errors
    /// [`WeakSecret`].
    pub fn new<S: AsRef<[u8]>>(secrets: impl IntoIterator<Item = S>) -> Result<Self, WeakSecret> {
        let hash = |secret: S| match secret.as_ref() {
            secret if secret.len() < SHORTEST => Err(WeakSecret),
            secret => Ok(Sha256::digest(secret).into()),
        };
        Ok(Self(secrets.into_iter().map(hash).collect::<Result<_, _>>()?))
    }

    /// Takes the SHA-256 of each, so that the configuration has no secret.
    pub fn from_hashes(hashes: impl IntoIterator<Item = [u8; 32]>) -> Self {
        Self(hashes.into_iter().collect())
    }

    fn check(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let given: [u8; 32] = Sha256::digest(bearer(headers)?).into();
        let known = self.0.iter().fold(Choice::from(0), |known, secret| known | secret.ct_eq(&given));
        if known.into() { Ok(()) } else { Err(Refusal::Refused) }
    }
}

impl Attester for SharedSecret {
    fn screen(&self, headers: &HeaderMap, _: u64) -> Result<(), Refusal> {
        self.check(headers)
    }

    fn attest<'a>(&'a self, attempt: Attempt<'a>) -> Boxed<'a, Result<Box<dyn Admission>, Refusal>> {
        free(self.check(attempt.headers))
    }

    fn challenges(&self, _: u64) -> Vec<String> {
        vec!["Bearer".into()]
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SharedSecret({} secrets)", self.0.len())
    }
}
