//! States after a restart.

use super::generic::{Gained, restore_several};
use super::journal::State as _;
use super::{Cache, EntryKind, JournalEntry, act, arc, batch, generic, paired, single};
use crate::Misuse;

/// A state of any kind, read from its entry.
#[derive(Debug)]
#[must_use = "the state is in here"]
#[non_exhaustive]
pub enum Restored {
    /// A token was asked for: send the request again.
    SinglePending(single::Pending),
    /// Tokens were asked for: send the request again.
    BatchPending(batch::Pending),
    /// Several things were asked for: send the request again.
    GenericPending(generic::Pending),
    /// A token is there.
    Held(single::Held),
    /// A token was perhaps sent: send it again, or give it up. It is never redeemed elsewhere.
    Redeeming(single::Redeeming),
    /// A credential was asked for: send the request again.
    ArcPending(arc::Pending),
    /// A credential is there.
    ArcHolder(arc::Holder),
    /// A presentation was perhaps sent: send it again, or go on with the next.
    ArcPresented(arc::Presented),
    /// Credits were asked for: send the request again.
    ActPending(act::Pending),
    /// A balance is there.
    ActIdle(act::Idle),
    /// A spend was perhaps sent: send it again until the refund comes.
    ActInFlight(act::InFlight),
    /// A credential and its companion are there.
    Pair(paired::Pair),
    /// Both were perhaps sent: send the same again until the next companion comes.
    PairInFlight(Box<paired::InFlight>),
    /// What a batch brought is there.
    Several(Vec<Gained>),
}

impl Restored {
    /// Reads an entry. Of two entries that stand for one state, the later one counts, and the other must be gone: a journal that
    /// brings both back has the state twice.
    ///
    /// # Errors
    /// [`Misuse::Journal`] for bytes that are not an entry of this version.
    pub fn from_entry(entry: &[u8], cache: &mut Cache) -> Result<Self, Misuse> {
        Ok(match JournalEntry::kind_of(entry)? {
            EntryKind::SinglePending => Self::SinglePending(single::Pending::restore(entry, cache)?),
            EntryKind::BatchPending => Self::BatchPending(batch::Pending::restore(entry, cache)?),
            EntryKind::GenericPending => Self::GenericPending(generic::Pending::restore(entry, cache)?),
            EntryKind::Held => Self::Held(single::Held::restore(entry, cache)?),
            EntryKind::Redeeming => Self::Redeeming(single::Redeeming::restore(entry, cache)?),
            EntryKind::ArcPending => Self::ArcPending(arc::Pending::restore(entry, cache)?),
            EntryKind::ArcHolder => Self::ArcHolder(arc::Holder::restore(entry, cache)?),
            EntryKind::ArcPresented => Self::ArcPresented(arc::Presented::restore(entry, cache)?),
            EntryKind::ActPending => Self::ActPending(act::Pending::restore(entry, cache)?),
            EntryKind::ActIdle => Self::ActIdle(act::Idle::restore(entry, cache)?),
            EntryKind::ActInFlight => Self::ActInFlight(act::InFlight::restore(entry, cache)?),
            EntryKind::Pair => Self::Pair(paired::Pair::restore(entry, cache)?),
            EntryKind::PairInFlight => Self::PairInFlight(Box::new(paired::InFlight::restore(entry, cache)?)),
            EntryKind::Several => Self::Several(restore_several(entry, cache)?),
        })
    }
}
