//! The little of DER (X.690) that keys need. Strict: one encoding for each value, and nothing left over.

use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::{Fault, Malformed};

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OID: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;

/// `[n] EXPLICIT`.
pub(crate) const fn context(n: u8) -> u8 {
    0xa0 | n
}

/// Reads values one behind the other. Everything is borrowed; a length only ever selects from what is there.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    field: &'static str,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(field: &'static str, bytes: &'a [u8]) -> Self {
        Self { field, rest: bytes }
    }

    pub(crate) fn fault(&self, fault: Fault) -> Malformed {
        Malformed { field: self.field, fault }
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], Malformed> {
        let (head, rest) = self.rest.split_at_checked(len).ok_or(self.fault(Fault::Der))?;
        self.rest = rest;
        Ok(head)
    }

    fn byte(&mut self) -> Result<u8, Malformed> {
        match self.take(1)? {
            [byte] => Ok(*byte),
            _ => Err(self.fault(Fault::Der)),
        }
    }

    /// The short form below 128, else the shortest long form. No key here has 65,536 bytes.
    fn length(&mut self) -> Result<usize, Malformed> {
        let (least, len) = match self.byte()? {
            short @ 0..=0x7f => (0, usize::from(short)),
            0x81 => (0x80, usize::from(self.byte()?)),
            0x82 => (0x100, usize::from(self.byte()?) << 8 | usize::from(self.byte()?)),
            _ => return Err(self.fault(Fault::Der)),
        };
        if len < least { Err(self.fault(Fault::Der)) } else { Ok(len) }
    }

    /// The contents of the next value, which has this tag.
    pub(crate) fn value(&mut self, tag: u8) -> Result<&'a [u8], Malformed> {
        if self.byte()? != tag {
            return Err(self.fault(Fault::Der));
        }
        let len = self.length()?;
        self.take(len)
    }

    /// The next value, to be read in its turn.
    pub(crate) fn inner(&mut self, tag: u8) -> Result<Reader<'a>, Malformed> {
        let rest = self.value(tag)?;
        Ok(Reader { field: self.field, rest })
    }

    /// An integer that is not negative, big-endian without leading zeros; 0 is empty.
    pub(crate) fn unsigned(&mut self) -> Result<&'a [u8], Malformed> {
        match self.value(INTEGER)? {
            [0] => Ok(&[]),
            [0, magnitude @ ..] if magnitude.first().is_some_and(|byte| *byte >= 0x80) => Ok(magnitude),
            magnitude @ [1..=0x7f, ..] => Ok(magnitude),
            _ => Err(self.fault(Fault::Der)),
        }
    }

    /// Whether the next value has this tag.
    pub(crate) fn at(&self, tag: u8) -> bool {
        self.rest.first() == Some(&tag)
    }

    pub(crate) fn end(self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.fault(Fault::Der)) }
    }
}

/// A value: tag, length, and the parts of its contents. Erased when dropped, since it may be a secret key.
pub(crate) fn write(tag: u8, parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let len: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Zeroizing::new(Vec::with_capacity(4 + len));
    out.push(tag);
    match len {
        0..=0x7f => out.push(len as u8),
        0x80..=0xff => out.extend([0x81, len as u8]),
        _ => out.extend([0x82, (len >> 8) as u8, len as u8]),
    }
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

/// An integer of these big-endian bytes.
pub(crate) fn write_unsigned(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let magnitude = bytes.get(zeros..).unwrap_or_default();
    let sign: &[u8] = if magnitude.first().is_none_or(|byte| *byte >= 0x80) { &[0] } else { &[] };
    write(INTEGER, &[sign, magnitude])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsigned(bytes: &[u8]) -> Option<&[u8]> {
        let mut reader = Reader::new("test", bytes);
        let value = reader.unsigned().ok()?;
        reader.end().ok()?;
        Some(value)
    }

    #[test]
    fn integers_have_one_encoding() {
        for value in [&[][..], &[1], &[0x7f], &[0x80], &[0xff, 0], &[1; 127], &[1; 128], &[0x80; 300]] {
            assert_eq!(unsigned(&write_unsigned(value)), Some(value));
        }
        let refused: [&[u8]; 9] = [
            &[2, 0],                // no contents
            &[2, 1, 0x80],          // negative
            &[2, 2, 0, 1],          // not minimal
            &[2, 2, 1],             // cut
            &[2, 1, 1, 0],          // trailing
            &[2, 0x81, 1, 1],       // long form of a short length
            &[2, 0x82, 0, 1, 1],    // the same
            &[2, 0x80, 1, 0, 0],    // indefinite
            &[2, 0x83, 0, 0, 1, 1], // more length bytes than any key needs
        ];
        for bytes in refused {
            assert_eq!(unsigned(bytes), None, "{bytes:?}");
        }
    }
}
