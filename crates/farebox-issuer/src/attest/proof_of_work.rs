//! Work, measured in hashes.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::header::attestation;
use super::{Admission, Attempt, Attester, Boxed, FAREBOX_ATTESTATION, Free, Outcome, Refusal, ready};
use crate::pow::{self, Challenge, MAC};

/// Beyond this nobody finds a solution.
const HARDEST: u8 = 48;

/// Admits who worked for it; see [`crate::pow`] for the bytes. Challenges are not kept. Each counts once for a body: of solutions that
/// were used, a digest of 16 bytes is kept until the challenge expires, and where all room is taken, no more are admitted until
/// then. A new process has a new secret and so takes no older challenge.
pub struct ProofOfWork {
    secret: Zeroizing<[u8; 32]>,
    difficulty: u8,
    lifetime: u64,
    used: Arc<Used>,
}

/// Digests by expiry.
struct Used {
    most: usize,
    book: Mutex<BTreeMap<u64, HashSet<[u8; 16]>>>,
}

impl ProofOfWork {
    /// So many zero bits for one token, at most 48, and challenges that live so long, at least 4 s. Room for 100,000 solutions that
    /// were used.
    pub fn new(difficulty: u8, lifetime: Duration) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        rand_core::Rng::fill_bytes(&mut rand::rng(), &mut *secret);
        let used = Arc::new(Used { most: 100_000, book: Mutex::default() });
        Self { secret, difficulty: difficulty.min(HARDEST), lifetime: lifetime.as_secs().max(4), used }
    }

    /// Room for another number of solutions.
    #[must_use]
    pub fn with_room(mut self, most: usize) -> Self {
        self.used = Arc::new(Used { most, book: Mutex::default() });
        self
    }

    /// The challenge of now. It changes four times in its lifetime, and is good for at least that long.
    fn challenge(&self, now: u64) -> Challenge {
        let step = self.lifetime / 4;
        let expires = (now / step + 1).saturating_mul(step).saturating_add(self.lifetime);
        let signed = Challenge::signed(self.difficulty, expires);
        Challenge::join(&signed, &self.mac(&signed))
    }

    fn mac(&self, signed: &[u8]) -> [u8; MAC] {
        let mut mac = [0; MAC];
        if let Ok(keyed) = Hmac::<Sha256>::new_from_slice(&*self.secret) {
            let whole = keyed.chain_update(b"farebox pow challenge v1").chain_update(signed).finalize().into_bytes();
            mac.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
        }
        mac
    }

    /// A challenge of ours that is still good, and the counter.
    fn read(&self, headers: &HeaderMap, now: u64) -> Result<(Challenge, u64), Refusal> {
        let value = attestation(headers, pow::SCHEME)?;
        let read = value.split_once('.').and_then(|(challenge, counter)| {
            let plain = counter.bytes().all(|byte| byte.is_ascii_digit());
            Some((Challenge::parse(challenge)?, counter.parse().ok().filter(|_| plain)?))
        });
        let (challenge, counter): (Challenge, u64) = read.ok_or(Refusal::Refused)?;
        let (signed, mac) = challenge.split();
        if !bool::from(self.mac(signed).as_slice().ct_eq(mac)) {
            // One of an earlier process, most likely.
            return Err(Refusal::Stale);
        }
        if now < challenge.expires() { Ok((challenge, counter)) } else { Err(Refusal::Stale) }
    }

    fn admit(&self, attempt: &Attempt<'_>) -> Result<Box<dyn Admission>, Refusal> {
        let (challenge, counter) = self.read(attempt.headers, attempt.now)?;
        let body_digest: [u8; 32] = Sha256::digest(attempt.body).into();
        if !challenge.is_solved(&body_digest, counter, attempt.tokens) {
            return Err(Refusal::Refused);
        }
        if attempt.tokens == 0 {
            return Ok(Box::new(Free));
        }
        let (signed, _) = challenge.split();
        let whole: [u8; 32] = Sha256::new().chain_update(signed).chain_update(body_digest).finalize().into();
        let [digest, _] = *whole.as_chunks::<16>().0 else { return Err(Refusal::Unavailable) };
        let expires = challenge.expires();
        self.used.take(expires, digest, attempt.now)?;
        Ok(Box::new(Worked { used: self.used.clone(), expires, digest, settled: false }))
    }
}

impl Used {
    fn book(&self) -> MutexGuard<'_, BTreeMap<u64, HashSet<[u8; 16]>>> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, expires: u64, digest: [u8; 16], now: u64) -> Result<(), Refusal> {
        let mut book = self.book();
        book.retain(|expires, _| *expires > now);
        let held: usize = book.values().map(HashSet::len).sum();
        if book.get(&expires).is_some_and(|used| used.contains(&digest)) {
            return Err(Refusal::Stale);
        }
        if held >= self.most {
            return Err(Refusal::Unavailable);
        }
        book.entry(expires).or_default().insert(digest);
        Ok(())
    }
}

/// A solution in use. It comes back only where nothing was computed for it.
struct Worked {
    used: Arc<Used>,
    expires: u64,
    digest: [u8; 16],
    settled: bool,
}

impl Admission for Worked {
    fn settle(mut self: Box<Self>, _: Outcome) -> Boxed<'static, Result<(), Refusal>> {
        self.settled = true;
        ready(Ok(()))
    }
}

impl Drop for Worked {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        if let Some(used) = self.used.book().get_mut(&self.expires) {
            used.remove(&self.digest);
        }
    }
}

impl Attester for ProofOfWork {
    fn screen(&self, headers: &HeaderMap, now: u64) -> Result<(), Refusal> {
        self.read(headers, now).map(|_| ())
    }

    fn attest<'a>(&'a self, attempt: Attempt<'a>) -> Boxed<'a, Result<Box<dyn Admission>, Refusal>> {
        let admitted = self.admit(&attempt);
        Box::pin(std::future::ready(admitted))
    }

    fn challenges(&self, now: u64) -> Vec<String> {
        let challenge = self.challenge(now).to_hex();
        vec![format!("{FAREBOX_ATTESTATION} scheme=\"{}\", challenge=\"{challenge}\"", pow::SCHEME)]
    }

    fn puzzle(&self, now: u64) -> Option<Challenge> {
        Some(self.challenge(now))
    }
}

impl fmt::Debug for ProofOfWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProofOfWork")
            .field("difficulty", &self.difficulty)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}
