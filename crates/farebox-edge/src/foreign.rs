//! The keys of other issuers, of which an origin knows the public half only.

use std::collections::BTreeMap;

use farebox_blind_rsa::{PssDeterministic, PublicKey};
use farebox_ledger::Epoch;
use farebox_tokens::Validity;

/// A Blind RSA key of another issuer, and when it is used, in seconds of Unix time.
#[derive(Clone, Debug)]
pub struct ForeignKey {
    /// The key, of 2048 bits.
    pub key: PublicKey<PssDeterministic>,
    /// From when on challenges name it.
    pub not_before: u64,
    /// The end of challenges that name it.
    pub issue_until: u64,
    /// The end of redeeming.
    pub accept_until: u64,
}

impl ForeignKey {
    pub(crate) fn issues(&self, now: u64) -> bool {
        (self.not_before..self.issue_until).contains(&now)
    }

    /// Its times, with the epoch that never ends: an issuer does not say when its keys do.
    pub(crate) fn validity(&self) -> Validity {
        let Self { not_before, issue_until, accept_until, .. } = *self;
        Validity { not_before, issue_until, accept_until, epoch: Epoch(u64::MAX) }
    }

    pub(crate) fn changes(&self) -> [u64; 3] {
        [self.not_before, self.issue_until, self.accept_until]
    }
}

/// By issuer; of each the preferred key first.
pub(crate) type ForeignKeys = BTreeMap<String, Vec<ForeignKey>>;
