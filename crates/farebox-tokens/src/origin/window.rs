//! Redemption contexts that change with time, and that the origin can compute again.

use sha2::{Digest as _, Sha256};
use zeroize::Zeroize as _;

/// A context for each span of time, from a secret, a name and the number of the span. So an origin accepts
/// the challenges that it sent in this span and the last without keeping them, and a client's presentations count per span.
#[derive(Clone)]
pub struct ContextWindow {
    secret: [u8; 32],
    seconds: u64,
}

impl ContextWindow {
    /// Spans of so many seconds, at least one. The secret keeps clients from computing contexts of spans to come.
    pub fn new(secret: [u8; 32], seconds: u64) -> Self {
        Self { secret, seconds: seconds.max(1) }
    }

    /// The number of the span. The last challenge of a span is good to the end of the next.
    pub fn number(&self, now: u64) -> u64 {
        now.checked_div(self.seconds).unwrap_or_default()
    }

    /// The seconds that are left of the span.
    pub fn left(&self, now: u64) -> u64 {
        self.seconds - now.checked_rem(self.seconds).unwrap_or_default()
    }

    /// The context of a span, for the route or session that `name` names.
    pub fn context(&self, name: &[u8], number: u64) -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in [b"farebox-tokens window v1".as_slice(), &self.secret, name, &number.to_be_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }

    /// The contexts that are good now: of this span, and of the last.
    pub fn contexts(&self, name: &[u8], now: u64) -> [[u8; 32]; 2] {
        let number = self.number(now);
        [self.context(name, number), self.context(name, number.saturating_sub(1))]
    }
}

impl Drop for ContextWindow {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

impl std::fmt::Debug for ContextWindow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContextWindow").field("seconds", &self.seconds).finish_non_exhaustive()
    }
}
