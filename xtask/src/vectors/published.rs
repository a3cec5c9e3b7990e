//! Compares with published vector files: `vectors/SOURCES.toml` says what is known of each, and here each is run.

mod act;
mod arc;
mod blind_rsa;
mod json;
mod sigma;
mod sources;
mod sponge;
mod tokens;
mod voprf;
mod wire;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::tree;
use sources::{Source, Status};

/// What running a published file gave.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) passed: usize,
    /// Cases of kinds that are not implemented.
    pub(crate) skipped: Vec<String>,
    /// Cases that went another way, and how.
    pub(crate) failed: Vec<String>,
}

impl Report {
    fn record(&mut self, case: &str, result: Result<(), String>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(reason) => self.failed.push(format!("{case}: {reason}")),
        }
    }
}

/// What a runner does: everything is made again byte for byte, or all that the file's seeds determine is, and the rest
/// verifies.
type Runner = (Status, fn(&Value, &mut Report) -> Result<(), String>);

/// The files that are run.
fn runner(file: &str) -> Option<Runner> {
    use Status::{Reproduced, Verified};
    Some(match file {
        "act/act-ts_draft-schlesinger-02.json" | "act/anonymous-credit-tokens_draft-schlesinger-02.json" => {
            (Verified, act::run)
        }
        "arc/crypto-01-draft/allVectors.json" => (Reproduced, arc::draft),
        "arc/crypto-01-cloudflare/arc_v01.json" => (Reproduced, arc::deployed),
        "arc/derived/arc-crypto-01_F2_limits-2-3.json" => (Reproduced, arc::derived),
        "arc/crypto-00/allVectors.json" | "arc/yun-crypto-arc-00/allVectors.json" | "arc/circl/draft_v01.json" => {
            (Reproduced, arc::older)
        }
        "arc/yun-cfrg-arc-01/allVectors.json" | "arc/swift-crypto/arc_v1_p256.json" => (Verified, arc::older),
        "arc/derived/arc-v1_P256_and_Ristretto255.json" => (Verified, arc::older_derived),
        "sigma/draft-03/sigma-proofs_Shake128_P256.json" => (Reproduced, sigma::draft_03),
        "sigma/draft-03/sigma-proofs-invalid_Shake128_P256.json" => (Verified, sigma::draft_03_invalid),
        "sigma/crate-0.4.1/sigma-proofs_Shake128_P256.json" => (Reproduced, sigma::editors_copy),
        "sigma/crate-0.4.1/sigma-proofs-invalid_Shake128_P256.json" => (Verified, sigma::editors_copy_invalid),
        "sigma/draft-main-2026-03-13/sigma-proofs_Shake128_P256.json" => (Reproduced, sigma::draft_02),
        "sigma/draft-main-2026-04-01/sigma-proofs_Shake128_P256.json" => (Reproduced, sigma::april_2026),
        "sigma/draft-03/fiatShamirShake128Vectors.json" => (Reproduced, sponge::shake128),
        "sigma/draft-03/fiatShamirTurboShake128Vectors.json" => (Reproduced, sponge::turboshake128),
        "sigma/draft-03/fiatShamirCodecVectors.json" => (Reproduced, sponge::shake128),
        "sigma/draft-02/duplexSpongeVectors.json"
        | "sigma/draft-main-2026-03-13/duplexSpongeVectors.json"
        | "sigma/draft-main-2026-04-01/duplexSpongeVectors.json" => (Reproduced, sponge::draft_02),
        "voprf/rfc9497-allVectors.json" => (Reproduced, voprf::run),
        "blind-rsa/rfc9474-appendix-a.json" | "blind-rsa/jedisct1-test_vectors_rfc9474.json" => {
            (Reproduced, blind_rsa::rfc_9474)
        }
        "blind-rsa/draft-repo-two-unnamed-vectors.json" => (Reproduced, blind_rsa::unnamed),
        "privacypass/rfc9578-type2-blind-rsa.json"
        | "privacypass/interop-kats/pat-go-type2-issuance-test-vectors.json"
        | "privacypass/interop-kats/public_go.json"
        | "privacypass/interop-kats/public_rs.json" => (Reproduced, |file, report| {
            wire::single(file, report)?;
            tokens::single(file, report)
        }),
        "act/privacypass_binding_kat.json" => (Reproduced, wire::act_binding),
        "privacypass/rfc9577-token-structures.json"
        | "privacypass/interop-kats/pat-go-token-test-vectors.json"
        | "privacypass/interop-kats/ts-auth_scheme_token_v14.json" => (Reproduced, wire::token_structures),
        "privacypass/rfc9577-www-authenticate.json" | "privacypass/interop-kats/ts-auth_scheme_header_v14.json" => {
            (Verified, wire::strict_headers)
        }
        "privacypass/interop-kats/ts-auth_scheme_header_complicated.json" => (Verified, wire::lenient_headers),
        "privacypass/rfc9578-type1-voprf-p384.json"
        | "batched/draft07-type5-single-ristretto255.json"
        | "privacypass/interop-kats/pat-go-type1-issuance-test-vectors.json"
        | "privacypass/interop-kats/pat-go-type5-issuance-test-vectors.json"
        | "privacypass/interop-kats/private_p384_go.json"
        | "privacypass/interop-kats/private_p384_rs.json"
        | "privacypass/interop-kats/private_ristretto255_go.json"
        | "privacypass/interop-kats/private_ristretto255_rs.json" => (Verified, |file, report| {
            wire::single(file, report)?;
            tokens::single(file, report)
        }),
        "batched/draft07-type1-amortized-p384.json"
        | "batched/draft07-type5-amortized-ristretto255.json"
        | "batched/interop-kats/amortized_p384_go.json"
        | "batched/interop-kats/amortized_p384_rs.json"
        | "batched/interop-kats/amortized_ristretto255_go.json"
        | "batched/interop-kats/amortized_ristretto255_rs.json"
        | "batched/interop-kats/pat-go-type1-issuance-test-vectors.json"
        | "batched/interop-kats/pat-go-type5-issuance-test-vectors.json" => (Verified, |file, report| {
            wire::amortized(file, report)?;
            tokens::amortized(file, report)
        }),
        "batched/draft07-generic-batch.json"
        | "batched/interop-kats/generic_go.json"
        | "batched/interop-kats/generic_rs.json"
        | "batched/interop-kats/pat-go-batched-issuance-test-vectors.json"
        | "batched/interop-kats/ts-generic_batched_tokens_v6_go.json"
        | "batched/interop-kats/ts-generic_batched_tokens_v6_rs.json" => (Verified, |file, report| {
            wire::generic(file, report)?;
            tokens::generic(file, report)
        }),
        _ => return None,
    })
}

/// Runs what is listed and finds what is not. Whether all is as the list says.
pub(crate) fn compare(folder: &Path) -> Result<bool, String> {
    let list = tree::root().join("SOURCES.toml");
    let text = std::fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
    let problems = check(folder, &sources::parse(&text)?, |line| println!("{line}"))?;
    problems.iter().for_each(|problem| println!("  FAIL {problem}"));
    Ok(problems.is_empty())
}

/// All that is not as the list says.
fn check(folder: &Path, sources: &[Source], mut say: impl FnMut(&str)) -> Result<Vec<String>, String> {
    let mut problems = Vec::new();
    let mut unlisted: BTreeMap<String, ()> = tree::json_files(folder)?.into_iter().map(|path| (path, ())).collect();
    for source in sources {
        let file = &source.file;
        if unlisted.remove(file).is_none() {
            problems.push(format!("{file}: listed, but not in the folder"));
            continue;
        }
        match check_file(folder, source) {
            Ok(line) => say(&format!("  {:<15} {file}{line}", source.status.name())),
            Err(reasons) => problems.extend(reasons.into_iter().map(|reason| format!("{file}: {reason}"))),
        }
    }
    problems.extend(unlisted.into_keys().map(|file| format!("{file}: vectors/SOURCES.toml does not list it")));
    let count = |status| sources.iter().filter(|source| source.status == status).count();
    let [reproduced, verified] = [Status::Reproduced, Status::Verified].map(count);
    let [structures, not] = [Status::Structures, Status::NotImplemented].map(count);
    say(&format!(
        "published files: {reproduced} reproduced, {verified} verified, {structures} structures only, {not} not implemented"
    ));
    Ok(problems)
}

fn check_file(folder: &Path, source: &Source) -> Result<String, Vec<String>> {
    let one = |reason: String| vec![reason];
    let bytes = std::fs::read(folder.join(&source.file)).map_err(|error| one(error.to_string()))?;
    let hash = hex::encode(Sha256::digest(&bytes));
    if hash != source.sha256 {
        return Err(one(format!("its SHA-256 is {hash}, the list says {}", source.sha256)));
    }
    let (status, run) = match (runner(&source.file), source.status) {
        (None, Status::NotImplemented) => return Ok(format!(": {}", source.note)),
        (None, _) => return Err(one("nothing here runs it".into())),
        (Some(runner), _) => runner,
    };
    if status != source.status {
        return Err(one(format!("the list says {}, it is {}", source.status.name(), status.name())));
    }
    let value = serde_json::from_slice(&bytes).map_err(|error| one(error.to_string()))?;
    let mut report = Report::default();
    run(&value, &mut report).map_err(one)?;
    if report.skipped != source.skipped {
        report.failed.push(format!("skipped {:?}, the list says {:?}", report.skipped, source.skipped));
    }
    if !report.failed.is_empty() {
        return Err(report.failed);
    }
    let skipped: String = report.skipped.iter().map(|case| format!("\n{:18}skipped: {case}", "")).collect();
    Ok(format!(": {} cases{skipped}", report.passed))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;

    fn listed() -> Vec<Source> {
        sources::parse(&std::fs::read_to_string(tree::root().join("SOURCES.toml")).unwrap()).unwrap()
    }

    pub(super) fn folder() -> Option<std::path::PathBuf> {
        let sibling = tree::root().join("../../shared/vectors");
        let named = std::env::var_os("FAREBOX_PUBLISHED_VECTORS").map(std::path::PathBuf::from);
        let folder = named.or_else(|| sibling.is_dir().then_some(sibling));
        if folder.is_none() {
            println!("skipped: FAREBOX_PUBLISHED_VECTORS does not name the folder of published vectors");
        }
        folder
    }

    #[test]
    fn every_source_that_is_run_has_a_runner() {
        for source in listed() {
            let status = runner(&source.file).map_or(Status::NotImplemented, |(status, _)| status);
            assert_eq!(status, source.status, "{}", source.file);
        }
    }

    #[test]
    fn published_files() {
        let Some(folder) = folder() else { return };
        assert_eq!(check(&folder, &listed(), |_| ()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn an_unlisted_file_fails() {
        let Some(folder) = folder() else { return };
        let mut sources = listed();
        let removed = sources.remove(0);
        assert_eq!(
            check(&folder, &sources, |_| ()).unwrap(),
            [format!("{}: vectors/SOURCES.toml does not list it", removed.file)]
        );
    }

    #[test]
    fn a_changed_hash_and_a_missing_file_fail() {
        let Some(folder) = folder() else { return };
        let mut sources = listed();
        sources[0].sha256 = "00".repeat(32);
        sources[1].file.push('x');
        let problems = check(&folder, &sources, |_| ()).unwrap();
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(problems[0].contains("SHA-256"));
        assert!(problems[1].contains("not in the folder"));
    }
}
