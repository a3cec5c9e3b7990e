//! What a request meets, from what is stored.

use farebox_ledger::{Completion, Verdict};

use crate::keyed::Name;
use crate::record::{Slot, Stage, body, name};
use crate::tables::Fault;

/// One epoch, as the writer sees it with its open group, or as a reader sees it at one moment.
pub(crate) trait Look {
    fn get(&self, slot: Slot) -> Result<Option<Vec<u8>>, Fault>;
}

/// What the store says to a request for these serials.
pub(crate) fn verdict(look: &impl Look, serials: &[Name], request: Name) -> Result<Verdict, Fault> {
    let mut mine = 0;
    for serial in serials {
        match look.get(Slot::Serial(*serial))?.map(|bytes| name(&bytes)).transpose()? {
            None => {}
            Some(owner) if owner == request => mine += 1,
            Some(_) => return Ok(Verdict::Conflict),
        }
    }
    Ok(match stage(look, request)? {
        // The same bytes have the same serials: all of them are here, or none.
        _ if serials.is_empty() => Verdict::Conflict,
        None if mine == 0 => Verdict::Fresh,
        Some(Stage::Reserved) if mine == serials.len() => Verdict::InFlight,
        Some(Stage::Answered) if mine == serials.len() => {
            answer(look, request)?.map_or(Verdict::Trimmed, Verdict::Replay)
        }
        _ => Verdict::Conflict,
    })
}

/// What the store says to an answer. `None` says that there is room for it.
pub(crate) fn completion(look: &impl Look, request: Name) -> Result<Option<Completion>, Fault> {
    Ok(match stage(look, request)? {
        None => Some(Completion::Unknown),
        Some(Stage::Reserved) => None,
        Some(Stage::Answered) => Some(Completion::Before(answer(look, request)?)),
    })
}

fn stage(look: &impl Look, request: Name) -> Result<Option<Stage>, Fault> {
    Ok(look.get(Slot::Request(request))?.map(|bytes| Stage::read(&bytes)).transpose()?)
}

fn answer(look: &impl Look, request: Name) -> Result<Option<Vec<u8>>, Fault> {
    let Some(bytes) = look.get(Slot::Answer(request))? else { return Ok(None) };
    Ok(Some(body(&bytes)?.to_vec()))
}
