//! Things that one call at a time does, by a name.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// A turn for each name, while somebody has it or waits for it.
#[derive(Default)]
pub(crate) struct Turns {
    turns: Mutex<BTreeMap<Vec<u8>, Arc<Turn<()>>>>,
}

impl Turns {
    /// Waits for the turn of a name. It ends when the guard is dropped.
    pub(crate) async fn take(&self, name: &[u8]) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            turns.entry(name.to_vec()).or_default().clone()
        };
        turn.lock_owned().await
    }
}
