//! Processes that are killed while they change keys or redeem vouchers. `FAREBOX_CRASH=long` kills 200 of each.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use farebox_issuer::attest::{Attempt, Attester as _, Outcome, VoucherCode, Vouchers};
use farebox_issuer::keystore::{KeySpec, KeyStore, Schedule};
use http::HeaderMap;
use privacypass_wire::TokenType;

const NOW: u64 = 1_800_000_000;
const STEP: u64 = 1000;
const TYPE: TokenType = TokenType::VOPRF_RISTRETTO255;
const SCHEDULE: Schedule = Schedule { overlap: 2 * STEP, issue_lifetime: 10 * STEP, accept_lifetime: 5 * STEP };

fn rounds() -> u64 {
    if std::env::var("FAREBOX_CRASH").is_ok_and(|mode| mode == "long") { 200 } else { 8 }
}

/// This program again, as another process that runs one test alone.
fn child(test: &str, folder: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--ignored", "--nocapture"]).env("FAREBOX_CRASH_FOLDER", folder);
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// Lets it say so many lines, waits a little, differently in each round, and kills it. Gives what it said.
fn kill(mut child: Child, lines: usize, round: u64) -> Vec<String> {
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut said = Vec::new();
    while said.len() < lines {
        let mut line = String::new();
        assert_ne!(out.read_line(&mut line).unwrap(), 0, "the child ended by itself: {said:?}");
        said.extend(line.strip_prefix("done ").map(|line| line.trim_end().to_owned()));
    }
    std::thread::sleep(Duration::from_micros(round * 7919 % 5000));
    child.kill().unwrap();
    child.wait().unwrap();
    let mut rest = String::new();
    let _ = out.read_to_string(&mut rest);
    // A last line may be cut.
    let whole = rest.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    said.extend(whole.filter_map(|line| line.strip_prefix("done ")).map(|line| line.trim_end().to_owned()));
    said
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "done {line}").unwrap();
    out.flush().unwrap();
}

fn folder() -> Option<std::path::PathBuf> {
    std::env::var_os("FAREBOX_CRASH_FOLDER").map(Into::into)
}

#[test]
#[ignore = "runs in a process of its own"]
fn rotates_for_ever() {
    let Some(folder) = folder() else { return };
    let store = KeyStore::open(&folder).unwrap();
    let newest = store.list(0).unwrap().iter().map(|key| key.validity.not_before).max().unwrap();
    // Goes on where the process before was killed.
    for now in (newest..).step_by(STEP as usize) {
        store.rotate(TYPE, now, &SCHEDULE, &mut rand::rng()).unwrap();
        store.retire(now).unwrap();
        say(&now.to_string());
    }
}

#[test]
fn killed_while_keys_change() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let store = KeyStore::create(&path).unwrap();
    store.generate(&KeySpec::VoprfRistretto255, SCHEDULE.validity(NOW).unwrap(), &mut rand::rng()).unwrap();
    for round in 0..rounds() {
        let said = kill(child("rotates_for_ever", &path), 2, round);
        // The folder reads as it is, and somebody issues now and until the next rotation.
        let ring = store.ring().unwrap();
        let now: u64 = said.last().unwrap().parse().unwrap();
        for later in (now..=now + STEP).step_by(100) {
            assert!(ring.current(TYPE, later).is_some(), "round {round}, {later}");
        }
        // Whatever was half done is gone with the next change.
        store.rotate(TYPE, now + STEP, &SCHEDULE, &mut rand::rng()).unwrap();
        let names = std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        assert!(names.into_iter().all(|name| !name.starts_with(".tmp-")));
    }
}

fn attempt<'a>(headers: &'a HeaderMap, binding: &'a [u8; 32]) -> Attempt<'a> {
    Attempt { headers, body: b"", tokens: 1, binding, now: NOW }
}

fn headers(code: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("Farebox-Attestation", format!("voucher {code}").parse().unwrap());
    headers
}

#[tokio::test]
#[ignore = "runs in a process of its own"]
async fn redeems_for_ever() {
    let Some(folder) = folder() else { return };
    let vouchers = Vouchers::open(folder.join("list"), folder.join("used")).unwrap();
    for code in std::fs::read_to_string(folder.join("codes")).unwrap().lines() {
        let mut binding = [0; 32];
        rand_core::Rng::fill_bytes(&mut rand::rng(), &mut binding);
        let headers = headers(code);
        if let Ok(admission) = vouchers.attest(attempt(&headers, &binding)).await {
            admission.settle(Outcome::Issued).await.unwrap();
            say(&format!("{code} {}", hex::encode(binding)));
        }
    }
    // All are used. The parent kills in any case.
    std::thread::sleep(Duration::from_secs(600));
}

#[tokio::test]
async fn killed_while_vouchers_are_redeemed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let codes: Vec<_> = (0..rounds() * 400).map(|_| VoucherCode::generate(&mut rand::rng())).collect();
    std::fs::write(path.join("list"), codes.iter().map(|code| code.entry(1)).collect::<String>()).unwrap();
    let text: String = codes.iter().map(|code| format!("{}\n", code.as_str())).collect();
    std::fs::write(path.join("codes"), text).unwrap();

    let mut acknowledged = BTreeMap::new();
    for round in 0..rounds() {
        for line in kill(child("redeems_for_ever", path), 3, round) {
            let (code, binding) = line.split_once(' ').unwrap();
            let again = acknowledged.insert(code.to_owned(), binding.to_owned());
            assert_eq!(again, None, "a voucher was acknowledged twice");
        }
        let vouchers = Vouchers::open(path.join("list"), path.join("used")).unwrap();
        for (code, binding) in &acknowledged {
            let headers = headers(code);
            let mut own = [0; 32];
            hex::decode_to_slice(binding, &mut own).unwrap();
            assert!(vouchers.attest(attempt(&headers, &own)).await.is_ok(), "its own request again");
            assert!(vouchers.attest(attempt(&headers, &[7; 32])).await.is_err(), "another request");
        }
        // One may have been written and not acknowledged, in each round.
        let used = codes.len() - vouchers.left();
        assert!((acknowledged.len()..=acknowledged.len() + 1 + round as usize).contains(&used));
    }
}
