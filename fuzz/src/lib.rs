//! Every decoder of farebox, as one list.

mod act;
mod arc;
mod blind_rsa;
mod decoders;
mod entries;
mod group;
mod sigma;
mod tokens;
mod voprf;
mod wire;

pub use decoders::DECODERS;

/// A decoder under test.
#[derive(Clone, Copy)]
pub struct Decoder {
    /// Its name, and that of its corpus.
    pub name: &'static str,
    /// Returns on any input, and says whether it was accepted. Panics where bytes decode but are not canonical.
    pub decode: fn(&[u8]) -> bool,
    /// Inputs that are accepted.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// The decoder of that name.
#[must_use]
pub fn named(name: &str) -> Option<Decoder> {
    DECODERS.iter().copied().find(|known| known.name == name)
}

/// Runs the decoder that the first byte chooses on the other bytes.
pub fn any(data: &[u8]) -> bool {
    let Some((choice, rest)) = data.split_first() else { return false };
    (DECODERS[usize::from(*choice) % DECODERS.len()].decode)(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_decoder_returns_on_plain_inputs() {
        for Decoder { name, decode, .. } in DECODERS {
            println!("{name}");
            for len in (0..70).chain([
                96, 114, 128, 130, 162, 194, 210, 224, 226, 288, 448, 454, 480, 486, 864, 873, 1024, 1442, 2018, 20_000,
            ]) {
                for byte in [0x00, 0x01, 0x02, 0x04, 0x7f, 0xff] {
                    decode(&vec![byte; len]);
                }
            }
        }
    }

    #[test]
    fn every_seed_is_accepted() {
        for Decoder { name, decode, seeds } in DECODERS {
            let seeds = seeds();
            assert!(!seeds.is_empty(), "{name} has no seed");
            assert!(seeds.iter().all(|seed| decode(seed)), "{name} refuses a seed of its own");
        }
    }

    /// Each byte of a seed changed (in long ones some), then the seed cut and lengthened.
    #[test]
    fn every_decoder_returns_near_its_seeds() {
        for Decoder { decode, seeds, .. } in DECODERS {
            for seed in seeds() {
                for at in (0..seed.len()).step_by(seed.len() / 64 + 1) {
                    for change in [0x01, 0x80, 0xff] {
                        let mut bytes = seed.clone();
                        bytes[at] ^= change;
                        decode(&bytes);
                    }
                    decode(&seed[..at]);
                }
                decode(&[seed.as_slice(), &[0]].concat());
            }
        }
    }

    #[test]
    fn names_are_distinct_and_any_reaches_all() {
        for (i, Decoder { name, .. }) in DECODERS.iter().enumerate() {
            assert_eq!(DECODERS.iter().position(|other| other.name == *name), Some(i), "{name} stands twice");
            any(&[i as u8, 1, 2, 3]);
        }
        assert!(DECODERS.len() <= 256, "one byte chooses the decoder");
        assert!(named("no such decoder").is_none());
        any(&[]);
    }
}
