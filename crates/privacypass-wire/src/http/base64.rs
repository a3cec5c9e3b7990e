//! base64url in headers and directories: written with padding, read with or without.

use alloc::string::String;
use alloc::vec::Vec;

use base64ct::{Base64Url, Base64UrlUnpadded, Encoding as _};

use super::Reading;
use crate::{Fault, Malformed};

/// With padding, as RFC 9577 asks.
pub(crate) fn encode(bytes: &[u8]) -> String {
    Base64Url::encode_string(bytes)
}

/// Reads base64url. Padding is either right or, in lenient reading, not there at all. Bits that say nothing must be zero, so that
/// there is one text for each value.
pub(crate) fn decode(field: &'static str, text: &[u8], reading: Reading) -> Result<Vec<u8>, Malformed> {
    let malformed = |fault| Malformed::new(field, fault);
    let text = core::str::from_utf8(text).map_err(|_| malformed(Fault::Base64))?;
    let bare = text.trim_end_matches('=');
    let padding = text.len() - bare.len();
    match (reading, (bare.len() + padding) % 4, padding) {
        (_, 0, 0..=2) | (Reading::Lenient, _, 0) => {}
        _ => return Err(malformed(Fault::Padding)),
    }
    Base64UrlUnpadded::decode_vec(bare).map_err(|_| malformed(Fault::Base64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding() {
        let read = |text: &str, reading| decode("field", text.as_bytes(), reading).map_err(|error| error.fault);
        for (text, lenient, strict) in [
            ("", Ok(&b""[..]), Ok(&b""[..])),
            ("YQ==", Ok(b"a"), Ok(b"a")),
            ("YQ", Ok(b"a"), Err(Fault::Padding)),
            ("YWI=", Ok(b"ab"), Ok(b"ab")),
            ("YWI", Ok(b"ab"), Err(Fault::Padding)),
            ("YWJj", Ok(b"abc"), Ok(b"abc")),
            ("_-8=", Ok(b"\xff\xef"), Ok(b"\xff\xef")),
            ("YQ=", Err(Fault::Padding), Err(Fault::Padding)),
            ("YWJj=", Err(Fault::Padding), Err(Fault::Padding)),
            ("YWJj====", Err(Fault::Padding), Err(Fault::Padding)),
            ("Y===", Err(Fault::Padding), Err(Fault::Padding)),
            ("Y", Err(Fault::Base64), Err(Fault::Padding)),
            ("YR==", Err(Fault::Base64), Err(Fault::Base64)),
            ("Y=Q=", Err(Fault::Base64), Err(Fault::Base64)),
            ("/+8=", Err(Fault::Base64), Err(Fault::Base64)),
            ("Y Q=", Err(Fault::Base64), Err(Fault::Base64)),
        ] {
            assert_eq!(read(text, Reading::Lenient), lenient.map(<[u8]>::to_vec), "{text}");
            assert_eq!(read(text, Reading::Strict), strict.map(<[u8]>::to_vec), "{text}");
        }
        assert_eq!(decode("field", b"\xff\xff\xff\xff", Reading::Lenient).unwrap_err().fault, Fault::Base64);
    }
}
