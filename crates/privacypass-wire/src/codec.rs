//! Reading and writing fields: the TLS presentation language, one named field at a time.

use alloc::vec::Vec;

use tls_codec::{DeserializeBytes, TlsVarInt};

use crate::{Fault, Malformed, TokenType};

/// Reads the fields of one message. Every field is copied or borrowed from the input; nothing is allocated from a length.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// A field of fixed layout.
    fn fixed<T: DeserializeBytes>(&mut self, field: &'static str) -> Result<T, Malformed> {
        let (value, rest) = T::tls_deserialize_bytes(self.0).map_err(|_| Malformed::new(field, Fault::Truncated))?;
        self.0 = rest;
        Ok(value)
    }

    pub(crate) fn u8(&mut self, field: &'static str) -> Result<u8, Malformed> {
        self.fixed(field)
    }

    pub(crate) fn u32(&mut self, field: &'static str) -> Result<u32, Malformed> {
        self.fixed(field)
    }

    pub(crate) fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], Malformed> {
        self.fixed(field)
    }

    pub(crate) fn token_type(&mut self) -> Result<TokenType, Malformed> {
        self.fixed("token_type").map(TokenType::new)
    }

    /// `opaque field[len]`.
    pub(crate) fn take(&mut self, field: &'static str, len: usize) -> Result<&'a [u8], Malformed> {
        let (bytes, rest) = self.0.split_at_checked(len).ok_or(Malformed::new(field, Fault::Truncated))?;
        self.0 = rest;
        Ok(bytes)
    }

    /// `opaque field<0..2^8-1>`.
    pub(crate) fn opaque8(&mut self, field: &'static str) -> Result<&'a [u8], Malformed> {
        let len: u8 = self.fixed(field)?;
        self.take(field, len.into())
    }

    /// `opaque field<0..2^16-1>`.
    pub(crate) fn opaque16(&mut self, field: &'static str) -> Result<&'a [u8], Malformed> {
        let len: u16 = self.fixed(field)?;
        self.take(field, len.into())
    }

    /// `opaque field<V>`: the length is a variable-length integer of RFC 9000, section 16, in its shortest form.
    pub(crate) fn opaque_varint(&mut self, field: &'static str) -> Result<&'a [u8], Malformed> {
        let before = self.0.len();
        let len = self.fixed::<TlsVarInt>(field)?.value();
        if before - self.0.len() != varint_len(len) {
            return Err(Malformed::new(field, Fault::Varint));
        }
        // A length that does not fit into memory is longer than the input.
        self.take(field, usize::try_from(len).unwrap_or(usize::MAX))
    }

    /// A context of 0 or 32 bytes, behind a length of one byte.
    pub(crate) fn context(&mut self, field: &'static str) -> Result<Option<[u8; 32]>, Malformed> {
        match self.opaque8(field)? {
            [] => Ok(None),
            bytes => match bytes.try_into() {
                Ok(context) => Ok(Some(context)),
                Err(_) => Err(Malformed::new(field, Fault::ContextLength)),
            },
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All that is left.
    pub(crate) fn rest(self) -> &'a [u8] {
        self.0
    }

    pub(crate) fn end(self) -> Result<(), Malformed> {
        match self.0.len() {
            0 => Ok(()),
            left => Err(Malformed::new("end", Fault::Trailing(left))),
        }
    }
}

/// Bytes of a variable-length integer in its shortest form.
const fn varint_len(value: u64) -> usize {
    match value {
        0..=0x3f => 1,
        0x40..=0x3fff => 2,
        0x4000..=0x3fff_ffff => 4,
        _ => 8,
    }
}

/// Writes fields. Lengths were checked when the message was made.
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn new(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn token_type(self, token_type: TokenType) -> Self {
        self.raw(&token_type.code().to_be_bytes())
    }

    pub(crate) fn opaque8(self, bytes: &[u8]) -> Self {
        self.raw(&[bytes.len() as u8]).raw(bytes)
    }

    pub(crate) fn opaque16(self, bytes: &[u8]) -> Self {
        self.raw(&(bytes.len() as u16).to_be_bytes()).raw(bytes)
    }

    pub(crate) fn opaque_varint(self, bytes: &[u8]) -> Self {
        let len = bytes.len() as u64;
        let writer = match varint_len(len) {
            1 => self.raw(&[len as u8]),
            2 => self.raw(&(len as u16 | 0x4000).to_be_bytes()),
            4 => self.raw(&(len as u32 | 0x8000_0000).to_be_bytes()),
            _ => self.raw(&(len | 0xc000_0000_0000_0000).to_be_bytes()),
        };
        writer.raw(bytes)
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    fn read(bytes: &[u8]) -> Result<usize, Fault> {
        let mut reader = Reader::new(bytes);
        let read = reader.opaque_varint("field").map(<[u8]>::len).map_err(|malformed| malformed.fault);
        read.and_then(|len| reader.end().map(|()| len).map_err(|malformed| malformed.fault))
    }

    #[test]
    fn a_varint_is_written_in_its_shortest_form() {
        for (len, head) in [
            (0, vec![0]),
            (63, vec![63]),
            (64, vec![0x40, 64]),
            (16383, vec![0x7f, 0xff]),
            (16384, vec![0x80, 0, 0x40, 0]),
        ] {
            let bytes = Writer::new(0).opaque_varint(&vec![7; len]).finish();
            assert_eq!(bytes[..head.len()], head);
            assert_eq!(read(&bytes), Ok(len));
        }
    }

    #[test]
    fn a_longer_form_is_refused() {
        assert_eq!(read(&[0x40, 0x01, 7]), Err(Fault::Varint));
        assert_eq!(read(&[&[0x80, 0, 0, 64][..], &[7; 64]].concat()), Err(Fault::Varint));
        assert_eq!(read(&[0xc0, 0, 0, 0, 0, 0, 0, 0]), Err(Fault::Varint));
        assert_eq!(read(&[0xc0, 0, 0, 0, 0, 0, 0x40, 0]), Err(Fault::Varint));
    }

    #[test]
    fn a_length_beyond_the_input_allocates_nothing() {
        assert_eq!(read(&[0xff; 8]), Err(Fault::Truncated));
        assert_eq!(read(&[0xff; 7]), Err(Fault::Truncated));
        assert_eq!(read(&[]), Err(Fault::Truncated));
        assert_eq!(read(&[2, 7]), Err(Fault::Truncated));
        assert_eq!(read(&[0, 7]), Err(Fault::Trailing(1)));
    }
}
