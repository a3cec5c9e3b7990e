//! Keys and parameters that cost milliseconds to build, shared by the states that use them.

use std::collections::BTreeMap;
use std::sync::Arc;

use farebox_act::{BitLength, DomainSeparator, Params};
use farebox_arc::{P256, PublicKey};

use crate::{Error, Invalid, Misuse};

/// What was built while restoring entries and reading directories. Keep one beside the journal, and drop it when it holds much
/// that is not used any more: it forgets nothing.
#[derive(Debug, Default)]
pub struct Cache {
    arc: BTreeMap<Vec<u8>, PublicKey<P256>>,
    act: BTreeMap<(String, u8), Arc<Params>>,
}

impl Cache {
    pub(crate) fn arc_key(&mut self, bytes: &[u8]) -> Result<PublicKey<P256>, Error> {
        if let Some(key) = self.arc.get(bytes) {
            return Ok(key.clone());
        }
        let key = PublicKey::from_bytes(bytes).map_err(|_| Invalid::Key)?;
        self.arc.insert(bytes.to_vec(), key.clone());
        Ok(key)
    }

    pub(crate) fn act_params(&mut self, separator: &str, bits: u8) -> Result<Arc<Params>, Misuse> {
        if let Some(params) = self.act.get(&(separator.to_owned(), bits)) {
            return Ok(params.clone());
        }
        let parsed = DomainSeparator::parse(separator).map_err(|_| Misuse::Parameter)?;
        let params = Params::new(parsed, BitLength::new(bits).map_err(|_| Misuse::Parameter)?);
        let params = Arc::new(params.map_err(|_| Misuse::Parameter)?);
        self.act.insert((separator.to_owned(), bits), params.clone());
        Ok(params)
    }
}
