//! The keys of other issuers, looked up and kept up to date.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use farebox_blind_rsa::{PssDeterministic, PublicKey};
use farebox_ledger::Store;
use http::HeaderValue;
use privacypass_wire::directory::IssuerDirectory;
use privacypass_wire::{Limits, TokenType};

use crate::{Directories, Fetched, ForeignKey, Gate, meter};

/// Keys of one issuer that are kept. A directory with more is read up to there.
const KEYS: usize = 16;

/// When directories are fetched, and how long keys live. All in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The shortest time between two fetches, whatever the issuer says.
    pub shortest: u64,
    /// The longest.
    pub longest: u64,
    /// After a fetch that failed.
    pub retry: u64,
    /// How long a fetch may take.
    pub timeout: u64,
    /// How long the tokens of a key are taken that the directory does not list any more.
    pub overlap: u64,
    /// How long the last known keys are used of an issuer that is away.
    pub stale: u64,
}

impl Default for Schedule {
    /// Every minute to every day as the issuer says, a minute after a failure, 10 seconds for a fetch; keys live two days behind
    /// their listing, and seven when the issuer is away.
    fn default() -> Self {
        Self { shortest: 60, longest: 86_400, retry: 60, timeout: 10, overlap: 2 * 86_400, stale: 7 * 86_400 }
    }
}

/// Fetches the directories of the issuers that a gate trusts.
#[derive(Debug)]
pub struct Discovery<S, D> {
    gate: Gate<S>,
    directories: D,
    schedule: Schedule,
    issuers: Mutex<BTreeMap<String, Issuer>>,
}

/// What is known of an issuer.
#[derive(Clone, Debug, Default)]
struct Issuer {
    keys: Vec<Known>,
    etag: Option<HeaderValue>,
    /// When the directory was last seen.
    seen: u64,
    /// When it is asked for again.
    due: u64,
}

#[derive(Clone, Debug)]
struct Known {
    key: PublicKey<PssDeterministic>,
    not_before: u64,
    /// When the directory last had it.
    listed: u64,
}

impl<S: Store, D: Directories> Discovery<S, D> {
    /// A discovery for these issuers. Nothing is fetched yet.
    pub fn new<N: Into<String>>(
        gate: &Gate<S>,
        directories: D,
        schedule: Schedule,
        issuers: impl IntoIterator<Item = N>,
    ) -> Self {
        let issuers = issuers.into_iter().map(|name| (name.into(), Issuer::default())).collect();
        Self { gate: gate.clone(), directories, schedule, issuers: Mutex::new(issuers) }
    }

    /// Fetches what is due, one after the other, and hands the keys to the gate. Gives the number of fetches that failed.
    pub async fn refresh(&self) -> usize {
        let now = self.gate.clock().now();
        let due: Vec<(String, Issuer)> = {
            let issuers = self.issuers.lock().unwrap_or_else(PoisonError::into_inner);
            let due = issuers.iter().filter(|(_, issuer)| issuer.due <= now);
            due.map(|(name, issuer)| (name.clone(), issuer.clone())).collect()
        };
        let mut failed = 0;
        for (name, mut issuer) in due {
            if !self.fetch(&name, &mut issuer).await {
                failed += 1;
            }
            self.gate.replace_foreign(&name, issuer.publish(&self.schedule));
            self.issuers.lock().unwrap_or_else(PoisonError::into_inner).insert(name, issuer);
        }
        failed
    }

    /// Refreshes for ever. Dropping the future ends it between any two steps; the keys that the gate has run out by themselves.
    pub async fn run(&self) {
        loop {
            self.refresh().await;
            let now = self.gate.clock().now();
            let next = {
                let issuers = self.issuers.lock().unwrap_or_else(PoisonError::into_inner);
                issuers.values().map(|issuer| issuer.due).min()
            };
            let Some(next) = next else { return };
            // A clock that is set is noticed within a minute.
            let seconds = next.saturating_sub(now).clamp(1, 60);
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
    }

    async fn fetch(&self, name: &str, issuer: &mut Issuer) -> bool {
        let limit = Duration::from_secs(self.schedule.timeout);
        let fetched = tokio::time::timeout(limit, self.directories.fetch(name, issuer.etag.as_ref())).await;
        let now = self.gate.clock().now();
        let outcome = match fetched {
            Ok(Ok(fetched)) => issuer.take(fetched, &self.schedule, now),
            Ok(Err(error)) => {
                tracing::warn!(issuer = name, %error, "no directory");
                Err("away")
            }
            Err(_) => {
                tracing::warn!(issuer = name, "the directory took too long");
                Err("timeout")
            }
        };
        if let Err("malformed") = outcome {
            tracing::warn!(issuer = name, "a directory without a key that can be used");
        }
        if outcome.is_err() {
            issuer.due = now.saturating_add(self.schedule.retry.max(1));
        }
        meter::directory(outcome.err().unwrap_or("ok"));
        outcome.is_ok()
    }
}

impl Issuer {
    fn take(&mut self, fetched: Fetched, schedule: &Schedule, now: u64) -> Result<(), &'static str> {
        let max_age = match fetched {
            Fetched::Fresh { body, etag, max_age } => {
                let listed = read(&body, now).ok_or("malformed")?;
                let still = |old: &Known| now < old.listed.saturating_add(schedule.overlap);
                let gone = std::mem::take(&mut self.keys).into_iter().filter(still);
                let gone: Vec<_> = gone.filter(|old| listed.iter().all(|new| !is_same(old, new))).collect();
                self.keys = listed;
                self.keys.extend(gone);
                self.keys.truncate(2 * KEYS);
                self.etag = etag;
                max_age
            }
            Fetched::Unchanged { max_age } => {
                let seen = self.seen;
                self.keys.iter_mut().filter(|key| key.listed == seen).for_each(|key| key.listed = now);
                max_age
            }
        };
        self.seen = now;
        let wait = max_age.unwrap_or(schedule.longest).min(schedule.longest).max(schedule.shortest).max(1);
        self.due = now.saturating_add(wait);
        Ok(())
    }

    /// The keys with their ends: what the directory lists lives on while the issuer is away, and what it dropped for the overlap.
    fn publish(&self, schedule: &Schedule) -> Vec<ForeignKey> {
        let key = |known: &Known| {
            let stale = self.seen.saturating_add(schedule.stale);
            let is_listed = known.listed == self.seen;
            let overlap = known.listed.saturating_add(schedule.overlap);
            ForeignKey {
                key: known.key.clone(),
                not_before: known.not_before,
                issue_until: if is_listed { stale } else { known.listed },
                accept_until: if is_listed { stale } else { overlap },
            }
        };
        self.keys.iter().map(key).collect()
    }
}

fn is_same(one: &Known, other: &Known) -> bool {
    one.key.as_spki() == other.key.as_spki()
}

/// The usable keys of a directory, in its order; `None` where there is none.
fn read(body: &[u8], now: u64) -> Option<Vec<Known>> {
    let directory = IssuerDirectory::from_json(body, &Limits::DEFAULT).ok()?;
    let keys = directory.token_keys.iter().filter(|key| key.token_type == TokenType::BLIND_RSA);
    let known = keys.filter_map(|entry| {
        let key = PublicKey::from_spki(&entry.public_key).ok().filter(|key| key.modulus_len() == 256)?;
        Some(Known { key, not_before: entry.not_before.unwrap_or_default(), listed: now })
    });
    let known: Vec<_> = known.take(KEYS).collect();
    (!known.is_empty()).then_some(known)
}
