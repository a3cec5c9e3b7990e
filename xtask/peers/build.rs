//! Hands the compiler's version and flags to the program, for its report.

use std::env::var;
use std::process::Command;

fn main() {
    let rustc = var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = Command::new(rustc).arg("--version").output().ok().and_then(|out| String::from_utf8(out.stdout).ok());
    let flags = var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default().replace('\u{1f}', " ");
    println!("cargo:rustc-env=PEERS_RUSTC={}", version.as_deref().unwrap_or("unknown").trim());
    println!("cargo:rustc-env=PEERS_RUSTFLAGS={flags}");
    println!("cargo:rustc-env=PEERS_BACKEND={}", var("CARGO_CFG_CURVE25519_DALEK_BACKEND").unwrap_or_default());
    println!("cargo:rustc-env=PEERS_TARGET={}", var("TARGET").unwrap_or_default());
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=CARGO_ENCODED_RUSTFLAGS");
}
