//! Keys and values as bytes. Every value starts with a version.
//!
//! ```text
//! serials-EPOCH       's' || name      ->  1 || name of the request that has the serial
//!                     'r' || name      ->  1 || 0 (reserved) or 1 (answered)
//! answers-EPOCH-GEN   name             ->  1 || the answer
//! meta                'e' || epoch, 8  ->  1 || generation of answers, 4 || serials, 8 || answers, 8
//!                     "first"          ->  1 || the first epoch that is not forgotten, 8
//!                     "check"          ->  1 || the check value of the key
//!                     "step"           ->  1
//! ```

use crate::keyed::Name;

const VERSION: u8 = 1;

/// A value that is not one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stored value cannot be read")]
pub(crate) struct Unreadable;

/// What the keys of epochs' records start with.
pub(crate) const RECORDS: &[u8] = b"e";
/// The key of the first epoch that is not forgotten.
pub(crate) const FIRST: &[u8] = b"first";
/// The key of the check value.
pub(crate) const CHECK: &[u8] = b"check";

/// The key of what is written for its sequence number alone.
pub(crate) const STEP: &[u8] = b"step";

/// Where something of an epoch stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Slot {
    Serial(Name),
    Request(Name),
    Answer(Name),
}

impl Slot {
    pub(crate) fn key(&self) -> Vec<u8> {
        match self {
            Self::Serial(name) => prefixed(b's', name),
            Self::Request(name) => prefixed(b'r', name),
            Self::Answer(name) => name.to_vec(),
        }
    }
}

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Reserved,
    Answered,
}

impl Stage {
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        vec![VERSION, u8::from(self == Self::Answered)]
    }

    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        match body(bytes)? {
            [0] => Ok(Self::Reserved),
            [1] => Ok(Self::Answered),
            _ => Err(Unreadable),
        }
    }
}

/// What is counted of an epoch, and which of its answers are the current ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) generation: u32,
    pub(crate) serials: u64,
    pub(crate) answers: u64,
}

impl Record {
    /// The key of an epoch's record.
    pub(crate) fn key(epoch: u64) -> Vec<u8> {
        [RECORDS, &epoch.to_be_bytes()].concat()
    }

    /// The epoch whose record has this key.
    pub(crate) fn epoch(key: &[u8]) -> Result<u64, Unreadable> {
        let epoch = key.strip_prefix(RECORDS).ok_or(Unreadable)?;
        epoch.try_into().map(u64::from_be_bytes).map_err(|_| Unreadable)
    }

    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let [generation, serials] = [self.generation.to_be_bytes().to_vec(), self.serials.to_be_bytes().to_vec()];
        versioned(&[&generation[..], &serials, &self.answers.to_be_bytes()].concat())
    }

    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let (generation, rest) = body(bytes)?.split_first_chunk().ok_or(Unreadable)?;
        let (serials, rest) = rest.split_first_chunk().ok_or(Unreadable)?;
        let answers = rest.try_into().map_err(|_| Unreadable)?;
        Ok(Self {
            generation: u32::from_be_bytes(*generation),
            serials: u64::from_be_bytes(*serials),
            answers: u64::from_be_bytes(answers),
        })
    }
}

/// A value: the version, and these bytes.
pub(crate) fn versioned(bytes: &[u8]) -> Vec<u8> {
    prefixed(VERSION, bytes)
}

/// A value's bytes behind the version.
pub(crate) fn body(bytes: &[u8]) -> Result<&[u8], Unreadable> {
    match bytes.split_first() {
        Some((&VERSION, body)) => Ok(body),
        _ => Err(Unreadable),
    }
}

/// A value that is a name.
pub(crate) fn name(bytes: &[u8]) -> Result<Name, Unreadable> {
    body(bytes)?.try_into().map_err(|_| Unreadable)
}

/// A value that is an epoch.
pub(crate) fn epoch(bytes: &[u8]) -> Result<u64, Unreadable> {
    body(bytes)?.try_into().map(u64::from_be_bytes).map_err(|_| Unreadable)
}

fn prefixed(first: u8, rest: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + rest.len());
    bytes.push(first);
    bytes.extend_from_slice(rest);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_back_and_nothing_else_does() {
        let record = Record { generation: 1, serials: 2, answers: 3 };
        let bytes = record.to_bytes();
        assert_eq!(Record::read(&bytes), Ok(record));
        for stage in [Stage::Reserved, Stage::Answered] {
            assert_eq!(Stage::read(&stage.to_bytes()), Ok(stage));
        }
        assert_eq!(name(&versioned(&[7; 32])), Ok([7; 32]));
        assert_eq!(epoch(&versioned(&u64::MAX.to_be_bytes())), Ok(u64::MAX));
        assert_eq!(Record::epoch(&Record::key(7)), Ok(7));
        assert_eq!(Record::epoch(FIRST), Err(Unreadable));
        for cut in 0..bytes.len() {
            assert_eq!(Record::read(&bytes[..cut]), Err(Unreadable));
        }
        assert_eq!(Record::read(&[&bytes[..], &[0]].concat()), Err(Unreadable));
        for bytes in [&[][..], &[1], &[1, 2], &[2, 0], &[1, 0, 0]] {
            assert_eq!(Stage::read(bytes), Err(Unreadable));
            assert_eq!(name(bytes), Err(Unreadable));
            assert_eq!(epoch(bytes), Err(Unreadable));
        }
    }
}
