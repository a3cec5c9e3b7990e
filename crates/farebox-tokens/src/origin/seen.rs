//! A look into the ledger before a proof is verified.

use farebox_ledger::{Ledger, Reservation, Store};

use super::{BoundToken, Served, Unreserved};

/// What the ledger has of a request whose proofs were not looked at. It writes nothing.
#[derive(Debug)]
pub enum Seen {
    /// These bytes were verified and answered before: this is the answer, with status 409.
    Answered(Served),
    /// These bytes were verified before and have no answer: verify and reserve them to come to
    /// [`Outcome::Interrupted`](super::Outcome::Interrupted).
    InFlight,
    /// These bytes were answered so long ago that the answer is no longer kept.
    Forgotten,
    /// Other bytes with one of the serials came before.
    DoubleSpend,
    /// The epoch of the offer is over.
    Expired,
}

impl BoundToken {
    /// Looks whether the ledger has the request. `None` says that it seems fresh, and decides nothing:
    /// [`reserve`](super::VerifiedToken::reserve) does.
    ///
    /// Only a request that was verified is in the ledger, so an answer can go back for the same bytes without verifying them again.
    ///
    /// # Errors
    /// [`Unreserved`].
    pub async fn seen<S: Store>(
        &self,
        ledger: &Ledger<S>,
        reverse: Option<&[u8]>,
    ) -> Result<Option<Seen>, Unreserved<S::Error>> {
        let serials = self.claimed()?;
        let seen = ledger.seen(self.offer().epoch, &serials, self.digest(reverse)).await?;
        Ok(seen.and_then(|seen| match seen {
            Reservation::Fresh(_) => None,
            Reservation::InFlight(_) => Some(Seen::InFlight),
            Reservation::Replay(answer) => Some(Seen::Answered(answer.into())),
            Reservation::Trimmed => Some(Seen::Forgotten),
            Reservation::Conflict => Some(Seen::DoubleSpend),
            Reservation::Expired => Some(Seen::Expired),
        }))
    }
}
