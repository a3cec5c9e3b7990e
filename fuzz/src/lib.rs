//! Every decoder of farebox, as one list.

mod decoders;

pub use decoders::DECODERS;

/// A name and a function that must return on any input. It panics where bytes decode but are not canonical.
pub type Decoder = (&'static str, fn(&[u8]));

/// The decoder of that name.
#[must_use]
pub fn named(name: &str) -> Option<Decoder> {
    DECODERS.iter().copied().find(|(known, _)| *known == name)
}

/// Runs the decoder that the first byte chooses on the other bytes.
pub fn any(data: &[u8]) {
    if let Some((choice, rest)) = data.split_first() {
        let (_, decode) = DECODERS[usize::from(*choice) % DECODERS.len()];
        decode(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_decoder_returns_on_plain_inputs() {
        for (name, decode) in DECODERS {
            println!("{name}");
            for len in (0..70).chain([128, 162, 1024, 70_000]) {
                for byte in [0x00, 0x01, 0x02, 0x04, 0x7f, 0xff] {
                    decode(&vec![byte; len]);
                }
            }
        }
    }

    #[test]
    fn names_are_distinct_and_any_reaches_all() {
        for (i, (name, _)) in DECODERS.iter().enumerate() {
            assert_eq!(DECODERS.iter().position(|(other, _)| other == name), Some(i), "{name} stands twice");
            any(&[i as u8, 1, 2, 3]);
        }
        assert!(DECODERS.len() <= 256, "one byte chooses the decoder");
        assert!(named("no such decoder").is_none());
        any(&[]);
    }
}
