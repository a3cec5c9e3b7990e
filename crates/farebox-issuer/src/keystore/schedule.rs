//! When keys begin and end.

use farebox_ledger::Epoch;
use farebox_tokens::Validity;

use super::KeyStoreError;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// How one key follows another, in seconds.
///
/// ```text
///            rotate                   old ends issuing            old ends accepting
///  old  -------|-----------|----------------|----------------------------|
///  new         | announced |  new: not_before
///               <-overlap-> <---overlap---->
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// How long a new key stands in the directory before it is used, and then how long the old one goes on issuing. Longer than
    /// anybody keeps a directory.
    pub overlap: u64,
    /// How long a key issues.
    pub issue_lifetime: u64,
    /// How long its tokens are good after that.
    pub accept_lifetime: u64,
}

/// A day of overlap, 30 days of issuing, 7 more of accepting.
impl Default for Schedule {
    fn default() -> Self {
        Self { overlap: DAY, issue_lifetime: 30 * DAY, accept_lifetime: 7 * DAY }
    }
}

impl Schedule {
    /// The times of a key that begins then.
    ///
    /// # Errors
    /// [`KeyStoreError::Schedule`] for no overlap, or one that is more than a half of the issuing.
    pub fn validity(&self, not_before: u64) -> Result<Validity, KeyStoreError> {
        if self.overlap == 0 {
            return Err(KeyStoreError::Schedule("keys have to overlap"));
        }
        if self.overlap > self.issue_lifetime / 2 {
            return Err(KeyStoreError::Schedule("the overlap is more than half of the time of issuing"));
        }
        let issue_until = not_before.saturating_add(self.issue_lifetime);
        Ok(validity(not_before, issue_until, issue_until.saturating_add(self.accept_lifetime)))
    }

    /// When the key after this one begins, if it is made now.
    pub(super) fn next_begins(&self, old: &Validity, now: u64) -> u64 {
        // An old key that ends soon is not made to issue longer, so the new one comes earlier.
        let latest = old.issue_until.saturating_sub(self.overlap).max(now);
        now.saturating_add(self.overlap).min(latest)
    }

    /// The old key's times once the next begins then. Times are only ever brought forward.
    pub(super) fn superseded(&self, old: &Validity, next_begins: u64) -> Validity {
        let issue_until = old.issue_until.min(next_begins.saturating_add(self.overlap)).max(old.not_before);
        let accept_until = old.accept_until.min(issue_until.saturating_add(self.accept_lifetime));
        Validity { issue_until, accept_until, ..*old }
    }
}

/// Times with their epoch: the day, counted from 1970, in which the last token ends.
pub const fn validity(not_before: u64, issue_until: u64, accept_until: u64) -> Validity {
    Validity { not_before, issue_until, accept_until, epoch: Epoch(accept_until / DAY) }
}

/// The ledger drops an epoch when its day is over. Tokens that were good after that would be taken a second time, so the end of
/// accepting stays within the day. It may come forward: then serials are kept for longer than they are needed.
pub(super) fn check(validity: &Validity) -> Result<(), KeyStoreError> {
    let Validity { not_before, issue_until, accept_until, epoch: Epoch(day) } = *validity;
    if not_before > issue_until || issue_until > accept_until {
        return Err(KeyStoreError::Times("they are not in order"));
    }
    if accept_until > day.saturating_add(1).saturating_mul(DAY) {
        return Err(KeyStoreError::Times("the end of accepting is past the epoch's day"));
    }
    Ok(())
}
