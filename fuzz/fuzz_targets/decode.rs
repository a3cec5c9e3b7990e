//! One target for all decoders. The first byte of the input chooses one; `FAREBOX_DECODER=<name>` fixes it, and then
//! the whole input is what it decodes. `FAREBOX_DECODER=list` prints the names, `FAREBOX_DECODER=seeds` writes inputs that are
//! accepted into `corpus/<name>`.
#![no_main]

use std::path::Path;
use std::sync::OnceLock;

use farebox_fuzz::{DECODERS, Decoder, any, named};
use libfuzzer_sys::fuzz_target;

static TARGET: OnceLock<fn(&[u8]) -> bool> = OnceLock::new();

fn choose() -> fn(&[u8]) -> bool {
    let Ok(name) = std::env::var("FAREBOX_DECODER") else { return any };
    if let Some(decoder) = named(&name) {
        return decoder.decode;
    }
    let seeded = name == "seeds";
    for decoder in DECODERS {
        if seeded {
            write_seeds(decoder).expect("the folder `corpus` can be written");
        } else {
            println!("{}", decoder.name);
        }
    }
    std::process::exit(if seeded || name == "list" { 0 } else { 2 });
}

fn write_seeds(decoder: &Decoder) -> std::io::Result<()> {
    let folder = Path::new("corpus").join(decoder.name);
    std::fs::create_dir_all(&folder)?;
    for (i, seed) in (decoder.seeds)().iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{i}")), seed)?;
    }
    Ok(())
}

fuzz_target!(init: { TARGET.get_or_init(choose); }, |data: &[u8]| {
    TARGET.get_or_init(choose)(data);
});
