//! A limit for spends of 0 credits.

/// Admits so many zero spends in a window of time. Time is handed in, in seconds of any clock; one that runs backwards opens no
/// new window.
///
/// A window starts with the first question after the last one ended, so around its end twice the limit can pass in a short
/// time. A window of 0 seconds does not limit anything, a limit of 0 admits nothing.
///
/// It counts spends whose proof holds, and a repeated message again: look a message up in the ledger before verifying it.
/// Not `Clone`: a copy would count on its own.
#[derive(Debug)]
pub struct ZeroSpendWindow {
    limit: u32,
    seconds: u64,
    start: u64,
    admitted: u32,
}

impl ZeroSpendWindow {
    /// At most `limit` zero spends in every `seconds`.
    #[must_use]
    pub const fn new(limit: u32, seconds: u64) -> Self {
        Self { limit, seconds, start: 0, admitted: 0 }
    }

    /// Whether one more is admitted at `now`; if so, it is counted.
    pub fn admit(&mut self, now: u64) -> bool {
        if now.saturating_sub(self.start) >= self.seconds {
            self.start = now;
            self.admitted = 0;
        }
        let admit = self.admitted < self.limit;
        self.admitted += u32::from(admit);
        admit
    }
}
