//! One target for all decoders. The first byte of the input chooses one; `FAREBOX_DECODER=<name>` fixes it, and then
//! the whole input is what it decodes. `FAREBOX_DECODER=list` prints the names.
#![no_main]

use std::sync::OnceLock;

use farebox_fuzz::{DECODERS, any, named};
use libfuzzer_sys::fuzz_target;

static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();

fn choose() -> fn(&[u8]) {
    match std::env::var("FAREBOX_DECODER") {
        Err(_) => any,
        Ok(name) => match named(&name) {
            Some((_, decode)) => decode,
            None => {
                DECODERS.iter().for_each(|(name, _)| println!("{name}"));
                std::process::exit(if name == "list" { 0 } else { 2 });
            }
        },
    }
}

fuzz_target!(init: { TARGET.get_or_init(choose); }, |data: &[u8]| {
    TARGET.get_or_init(choose)(data);
});
