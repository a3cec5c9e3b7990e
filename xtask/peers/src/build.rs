//! How this program was built and what it runs on.

/// The part of the report that says what was measured.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Build {
    pub(crate) rustc: &'static str,
    pub(crate) target: &'static str,
    /// As cargo handed them to the compiler.
    pub(crate) rustflags: &'static str,
    /// The value of `curve25519_dalek_backend` as compiled; empty where the flag is not given.
    pub(crate) backend_cfg: &'static str,
    /// The `[profile.release]` of this workspace, which ours and the peers are built with.
    pub(crate) profile: String,
    /// What curve25519-dalek 5 picks at run time, from that value and the processor.
    pub(crate) backend_used: &'static str,
    /// Whether ours verifies in 512-bit lanes where the processor can (farebox-lanes).
    pub(crate) lanes: bool,
    pub(crate) cpu: String,
    /// Ours and the peers, with versions out of the lock file.
    pub(crate) crates: Vec<String>,
}

/// The crates whose versions a reader wants to know.
const CRATES: &[&str] = &[
    "anonymous-credit-tokens",
    "blind-rsa-signatures",
    "crypto-bigint",
    "curve25519-dalek",
    "farebox-act",
    "farebox-arc",
    "farebox-blind-rsa",
    "farebox-group",
    "farebox-sigma",
    "farebox-voprf",
    "openssl",
    "openssl-sys",
    "rand_chacha",
    "rand",
    "rsa",
    "sigma-proofs",
    "spongefish",
    "voprf",
    "voprf-ng",
];

impl Build {
    pub(crate) fn here() -> Self {
        Self {
            rustc: env!("PEERS_RUSTC"),
            target: env!("PEERS_TARGET"),
            rustflags: env!("PEERS_RUSTFLAGS"),
            backend_cfg: env!("PEERS_BACKEND"),
            backend_used: backend_used(env!("PEERS_BACKEND")),
            profile: profile(include_str!("../Cargo.toml")),
            lanes: cfg!(feature = "lanes"),
            cpu: cpu_name(),
            crates: locked(include_str!("../Cargo.lock"), CRATES),
        }
    }
}

/// The choice that curve25519-dalek 5 makes: AVX-512 where compiled and present, else AVX2, else serial code.
#[cfg(target_arch = "x86_64")]
fn backend_used(cfg: &str) -> &'static str {
    // The dependency's own default turns AVX-512 on only where the whole program is compiled for it.
    let compiled_for = cfg!(all(target_feature = "avx512ifma", target_feature = "avx512vl"));
    let avx512 = cfg == "avx512" || (cfg.is_empty() && compiled_for);
    if avx512 && is_x86_feature_detected!("avx512ifma") && is_x86_feature_detected!("avx512vl") {
        "avx512"
    } else if !matches!(cfg, "serial" | "fiat") && is_x86_feature_detected!("avx2") {
        "avx2"
    } else {
        "serial"
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn backend_used(_: &str) -> &'static str {
    "serial"
}

/// The settings of the release profile in a manifest.
fn profile(manifest: &str) -> String {
    let settings = manifest.lines().skip_while(|line| *line != "[profile.release]").skip(1);
    settings.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(", ")
}

/// The processor's name where the system tells it.
fn cpu_name() -> String {
    std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        })
        .unwrap_or_else(|| "unknown".to_owned())
}

/// `name version` for each of `names` in a lock file, every version of it.
fn locked(lock_file: &str, names: &[&str]) -> Vec<String> {
    let value = |line: Option<&str>, key: &str| Some(line?.strip_prefix(key)?.trim_matches('"').to_owned());
    lock_file
        .split("[[package]]")
        .filter_map(|package| {
            let mut lines = package.trim_start().lines();
            let name = value(lines.next(), "name = ")?;
            let version = value(lines.next(), "version = ")?;
            names.contains(&name.as_str()).then(|| format!("{name} {version}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_in_the_lock_file_is_found() {
        let found = locked(include_str!("../Cargo.lock"), CRATES);
        for peer in ["anonymous-credit-tokens 0.4.2", "curve25519-dalek 5.0.0", "sigma-proofs 0.4.1"] {
            assert!(found.iter().any(|name| name == peer), "{peer} not in {found:?}");
        }
        assert_eq!(found.iter().filter(|name| name.starts_with("curve25519-dalek ")).count(), 2);
    }

    #[test]
    fn the_profile_is_read() {
        assert_eq!(profile("[a]\nb = 1\n\n[profile.release]\nlto = true\nx = 1\n\n[c]"), "lto = true, x = 1");
        assert!(profile(include_str!("../Cargo.toml")).contains("lto"));
    }

    #[test]
    fn serial_code_is_used_where_it_is_compiled() {
        assert_eq!(backend_used("serial"), "serial");
    }
}
