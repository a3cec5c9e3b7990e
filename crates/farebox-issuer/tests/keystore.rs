//! The folder of keys: who may read it, what a crash leaves, and how keys follow each other.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use farebox_issuer::keystore::{KeySpec, KeyState, KeyStore, KeyStoreError, Schedule, validity};
use farebox_ledger::Epoch;
use farebox_tokens::{KeyRing, Validity};
use privacypass_wire::TokenType;
use privacypass_wire::directory::ActParameters;

const NOW: u64 = 1_800_000_000;
const DAY: u64 = 86_400;
const TYPE: TokenType = TokenType::VOPRF_RISTRETTO255;

fn act() -> KeySpec {
    KeySpec::Act(ActParameters {
        domain_separator: "ACT-v1:farebox:\"odd\\name\":test:2026-01-01".into(),
        bit_length: 8,
        initial_credits: 100,
    })
}

fn store() -> (tempfile::TempDir, KeyStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = KeyStore::create(folder.path().join("keys")).unwrap();
    (folder, store)
}

fn times() -> Validity {
    Schedule::default().validity(NOW).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = all.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    files.sort();
    files
}

fn ids(ring: &KeyRing) -> Vec<(TokenType, Vec<u8>, Validity)> {
    ring.iter().map(|key| (key.key().token_type(), key.key().public_key(), key.validity)).collect()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn every_type_is_made_and_read_again() {
    let (folder, store) = store();
    let specs = [KeySpec::VoprfP384, KeySpec::BlindRsa, KeySpec::VoprfRistretto255, KeySpec::Arc, act()];
    for spec in &specs {
        store.generate(spec, times(), &mut rand::rng()).unwrap();
    }
    let ring = store.ring().unwrap();
    assert_eq!(ring.iter().count(), 5);
    for token_type in TokenType::KNOWN {
        assert!(ring.current(token_type, NOW).is_some(), "{token_type}");
    }
    // The same ring after a restart, and the same list.
    let again = KeyStore::open(folder.path().join("keys")).unwrap();
    assert_eq!(ids(&ring), ids(&again.ring().unwrap()));
    let list = again.list(NOW).unwrap();
    assert_eq!(list.iter().map(|key| key.spec.clone()).collect::<Vec<_>>(), specs);
    assert!(list.iter().all(|key| key.state == KeyState::Issuing && key.validity == times()));
    assert!(list.iter().all(|key| ring.accepting(key.spec.token_type(), &key.id, NOW).is_some()));

    assert_eq!(mode(&folder.path().join("keys")), 0o700);
    for path in files(&folder.path().join("keys")) {
        assert_eq!(mode(&path), 0o600);
        // No secret in a name, or in what is printed.
        let text = fs::read_to_string(&path).unwrap();
        let secret = text.split("\"secret\": \"").nth(1).unwrap().split('"').next().unwrap();
        assert!(secret.len() >= 64 && !path.to_str().unwrap().contains(&secret[..16]));
        assert!(!format!("{ring:?} {list:?} {store:?}").contains(&secret[..16]));
    }
}

#[test]
fn what_others_may_read_is_refused() {
    let (folder, store) = store();
    store.generate(&KeySpec::VoprfRistretto255, times(), &mut rand::rng()).unwrap();
    let keys = folder.path().join("keys");
    let file = files(&keys).remove(0);
    for bad in [0o640, 0o604, 0o660, 0o601] {
        fs::set_permissions(&file, Permissions::from_mode(bad)).unwrap();
        let error = store.ring().unwrap_err();
        assert!(matches!(&error, KeyStoreError::Permissions { mode, wanted: 0o600, .. } if *mode == bad), "{error}");
        assert!(store.list(NOW).is_err() && store.rotate(TYPE, NOW, &Schedule::default(), &mut rand::rng()).is_err());
    }
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    store.ring().unwrap();
    for bad in [0o750, 0o705, 0o777] {
        fs::set_permissions(&keys, Permissions::from_mode(bad)).unwrap();
        let error = KeyStore::open(&keys).unwrap_err();
        assert!(error.to_string().contains("it must be 700"), "{error}");
    }
    fs::set_permissions(&keys, Permissions::from_mode(0o700)).unwrap();
    // A link could lead anywhere.
    let away = folder.path().join("away.json");
    fs::rename(&file, &away).unwrap();
    std::os::unix::fs::symlink(&away, &file).unwrap();
    assert!(matches!(store.ring(), Err(KeyStoreError::NotAFile(_))));
    assert!(KeyStore::open(folder.path().join("nowhere")).is_err());
}

#[test]
fn there_is_one_writer() {
    let (folder, store) = store();
    store.generate(&KeySpec::VoprfRistretto255, times(), &mut rand::rng()).unwrap();
    let lock = File::open(folder.path().join("keys/.lock")).unwrap();
    lock.lock().unwrap();
    let other = KeyStore::open(folder.path().join("keys")).unwrap();
    let rng = &mut rand::rng();
    assert!(matches!(other.generate(&KeySpec::Arc, times(), rng), Err(KeyStoreError::Locked(_))));
    assert!(matches!(other.rotate(TYPE, NOW, &Schedule::default(), rng), Err(KeyStoreError::Locked(_))));
    assert!(matches!(other.retire(NOW), Err(KeyStoreError::Locked(_))));
    drop(lock);
    other.generate(&KeySpec::Arc, times(), rng).unwrap();
    // Several that come at once: each is served or told so, and none is lost.
    let made = std::thread::scope(|scope| {
        let writer = || loop {
            match other.generate(&KeySpec::VoprfRistretto255, times(), &mut rand::rng()) {
                Ok(id) => return id,
                Err(KeyStoreError::Locked(_)) => std::thread::yield_now(),
                Err(error) => panic!("{error}"),
            }
        };
        let writers: Vec<_> = (0..8).map(|_| scope.spawn(writer)).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
    });
    let ring = store.ring().unwrap();
    assert!(made.iter().all(|id| ring.accepting(TYPE, id, NOW).is_some()));
    assert_eq!(ring.iter().count(), 10);
}

#[test]
fn a_crash_in_the_middle_of_a_write_leaves_what_was_there() {
    let (folder, store) = store();
    let keys = folder.path().join("keys");
    store.generate(&KeySpec::VoprfRistretto255, times(), &mut rand::rng()).unwrap();
    let before = ids(&store.ring().unwrap());
    let whole = fs::read(&files(&keys)[0]).unwrap();
    for cut in [0, 1, whole.len() / 2, whole.len()] {
        let temporary = keys.join(".tmp-0011223344556677");
        fs::write(&temporary, &whole[..cut]).unwrap();
        assert_eq!(ids(&store.ring().unwrap()), before);
        // The next writer takes the rest away: it may be half of a key.
        assert!(store.retire(NOW).unwrap().is_empty());
        assert!(!temporary.exists());
        assert_eq!(ids(&store.ring().unwrap()), before);
    }
}

#[test]
fn a_file_that_does_not_read_refuses_the_folder() {
    let (folder, store) = store();
    let rng = &mut rand::rng();
    store.generate(&KeySpec::VoprfRistretto255, times(), rng).unwrap();
    store.generate(&act(), times(), rng).unwrap();
    let keys = folder.path().join("keys");
    for file in files(&keys) {
        let whole = fs::read_to_string(&file).unwrap();
        let secret = whole.split("\"secret\": \"").nth(1).unwrap().split('"').next().unwrap();
        let flipped = if secret.ends_with('0') { "1" } else { "0" };
        // The digit of a low byte, so that it stays a scalar.
        let other_secret = format!("{}{}{}", &secret[..secret.len() - 20], flipped, &secret[secret.len() - 19..]);
        let day = times().epoch.0;
        let broken = [
            String::new(),
            whole[..whole.len() / 2].to_owned(),
            whole.replace("\"version\": 1", "\"version\": 2"),
            whole.replace("\"version\": 1", "\"version\": 1, \"more\": 1"),
            whole.replace("\"type\": \"", "\"type\": \"x"),
            whole.replace(secret, &other_secret),
            whole.replace(secret, ""),
            whole.replace(secret, "zz"),
            whole.replace("\"bit_length\": 8", "\"bit_length\": 4").replace("\"id\": \"", "\"id\": \"0"),
            whole.replace(&format!("\"not_before\": {NOW}"), "\"not_before\": 99999999999"),
            // Past the day of its epoch.
            whole.replace(&format!("\"epoch\": {day}"), &format!("\"epoch\": {}", day - 1)),
            "x".repeat(100_000),
        ];
        for broken in broken {
            assert_ne!(broken, whole);
            fs::write(&file, &broken).unwrap();
            let error = store.ring().unwrap_err().to_string();
            assert!(!error.contains(secret), "{error}");
        }
        fs::write(&file, &whole).unwrap();
        store.ring().unwrap();
        let elsewhere = keys.join("other.json");
        fs::rename(&file, &elsewhere).unwrap();
        assert!(store.list(NOW).is_err());
        fs::rename(&elsewhere, &file).unwrap();
    }
}

#[test]
fn keys_follow_each_other() {
    let (_folder, store) = store();
    let rng = &mut rand::rng();
    let schedule = Schedule { overlap: DAY, issue_lifetime: 30 * DAY, accept_lifetime: 7 * DAY };
    assert!(matches!(store.rotate(TokenType::ACT, NOW, &schedule, rng), Err(KeyStoreError::NoKey(_))));
    let first = store.generate(&act(), schedule.validity(NOW).unwrap(), rng).unwrap();
    let rotated = NOW + 20 * DAY;
    let second = store.rotate(TokenType::ACT, rotated, &schedule, rng).unwrap();
    let list = store.list(rotated).unwrap();
    assert_eq!(
        list.iter().map(|key| (key.id, key.state)).collect::<Vec<_>>(),
        [(first, KeyState::Issuing), (second, KeyState::Announced)]
    );
    assert_eq!(list[0].spec, list[1].spec);
    let (old, new) = (list[0].validity, list[1].validity);
    assert_eq!(new.not_before, rotated + DAY);
    assert_eq!(new, schedule.validity(rotated + DAY).unwrap());
    assert_eq!((old.issue_until, old.accept_until), (rotated + 2 * DAY, rotated + 9 * DAY));
    // The epoch stays, though the times came forward.
    assert_eq!(old.epoch, Epoch((NOW + 37 * DAY) / DAY));

    // Again, as after a crash: nothing is made, and the old one's times are put right.
    assert_eq!(store.rotate(TokenType::ACT, rotated + 1, &schedule, rng).unwrap(), second);
    assert_eq!(store.list(rotated).unwrap(), list);
    let ring = store.ring().unwrap();
    assert_eq!(ring.current(TokenType::ACT, rotated).unwrap().id(), first);
    assert_eq!(ring.current(TokenType::ACT, rotated + DAY).unwrap().id(), second);
    // An old one that ends soon is followed sooner, and not made to last longer.
    let soon = new.issue_until - 100;
    let third = store.rotate(TokenType::ACT, soon, &schedule, rng).unwrap();
    let list = store.list(soon).unwrap();
    let third = list.iter().find(|key| key.id == third).unwrap();
    assert_eq!(third.validity.not_before, soon);
    let second = list.iter().find(|key| key.id == second).unwrap();
    assert_eq!(second.validity.issue_until, new.issue_until);

    for bad in [Schedule { overlap: 0, ..schedule }, Schedule { overlap: 16 * DAY, ..schedule }] {
        assert!(matches!(store.rotate(TokenType::ACT, soon, &bad, rng), Err(KeyStoreError::Schedule(_))));
    }
}

#[test]
fn an_interrupted_rotation_is_finished() {
    let (folder, store) = store();
    let rng = &mut rand::rng();
    let schedule = Schedule::default();
    store.generate(&KeySpec::VoprfRistretto255, schedule.validity(NOW).unwrap(), rng).unwrap();
    let old = files(&folder.path().join("keys")).remove(0);
    let before = fs::read(&old).unwrap();
    let rotated = NOW + 10 * DAY;
    let next = store.rotate(TYPE, rotated, &schedule, rng).unwrap();
    let whole = store.list(rotated).unwrap();
    // The new one was there, the old one as before: both issue, so nobody is left without.
    fs::write(&old, &before).unwrap();
    let ring = store.ring().unwrap();
    for now in [rotated, rotated + DAY, rotated + 5 * DAY] {
        assert!(ring.current(TYPE, now).is_some());
    }
    assert_eq!(store.rotate(TYPE, rotated, &schedule, rng).unwrap(), next);
    assert_eq!(store.list(rotated).unwrap(), whole);
}

#[test]
fn a_key_that_is_over_leaves_its_public_record() {
    let (folder, store) = store();
    let rng = &mut rand::rng();
    let keys = folder.path().join("keys");
    let gone = store.generate(&KeySpec::Arc, validity(0, NOW - 2, NOW), rng).unwrap();
    let kept = store.generate(&KeySpec::Arc, validity(0, NOW - 2, NOW + 1), rng).unwrap();
    let states: Vec<_> = store.list(NOW).unwrap().iter().map(|key| key.state).collect();
    assert!(states.contains(&KeyState::Over) && states.contains(&KeyState::Accepting));
    let name = files(&keys).into_iter().find(|file| file.to_str().unwrap().contains(&gone.to_string()[..16])).unwrap();
    let secret = fs::read_to_string(&name).unwrap();
    let secret = secret.split("\"secret\": \"").nth(1).unwrap()[..40].to_owned();

    assert_eq!(store.retire(NOW).unwrap(), [gone]);
    assert!(store.retire(NOW).unwrap().is_empty());
    assert_eq!(store.list(NOW).unwrap().iter().map(|key| key.id).collect::<Vec<_>>(), [kept]);
    assert!(!name.exists());
    let record = fs::read_to_string(keys.join("retired").join(name.file_name().unwrap())).unwrap();
    assert!(record.contains(&gone.to_string()) && !record.contains("secret") && !record.contains(&secret));
    for entry in fs::read_dir(&keys).unwrap() {
        let path = entry.unwrap().path();
        assert!(path.is_dir() || !fs::read_to_string(path).unwrap().contains(&secret));
    }
}

#[test]
fn times_and_parameters_are_looked_at_before_a_key_is_made() {
    let (folder, store) = store();
    let rng = &mut rand::rng();
    let good = times();
    let wrong = [
        Validity { not_before: good.issue_until + 1, ..good },
        Validity { issue_until: good.accept_until + 1, ..good },
        Validity { accept_until: (good.epoch.0 + 1) * DAY + 1, ..good },
        Validity { epoch: Epoch(good.epoch.0 - 1), ..good },
    ];
    for validity in wrong {
        assert!(matches!(store.generate(&KeySpec::Arc, validity, rng), Err(KeyStoreError::Times(_))));
    }
    for (separator, bits, credits) in
        [("x", 8, 1), ("ACT-v1:a:b:c:2026-01-01", 65, 1), ("ACT-v1:a:b:c:2026-01-01", 8, 256)]
    {
        let spec = KeySpec::Act(ActParameters {
            domain_separator: separator.into(),
            bit_length: bits,
            initial_credits: credits,
        });
        assert!(matches!(store.generate(&spec, good, rng), Err(KeyStoreError::Parameters(_))), "{separator} {bits}");
    }
    assert!(files(&folder.path().join("keys")).is_empty());
    store.generate(&KeySpec::Arc, Validity { accept_until: (good.epoch.0 + 1) * DAY, ..good }, rng).unwrap();
    store.generate(&KeySpec::Arc, Validity::ALWAYS, rng).unwrap();
}

/// Two keys whose ids end alike cannot be told apart by a request. With 60 keys, nine of ten folders would have such a pair.
#[test]
fn last_bytes_of_ids_are_distinct() {
    let (_folder, store) = store();
    for _ in 0..60 {
        store.generate(&KeySpec::VoprfRistretto255, times(), &mut rand::rng()).unwrap();
    }
    assert_eq!(store.ring().unwrap().iter().count(), 60);
    for _ in 60..64 {
        store.generate(&KeySpec::VoprfRistretto255, times(), &mut rand::rng()).unwrap();
    }
    let full = store.generate(&KeySpec::VoprfRistretto255, times(), &mut rand::rng());
    assert!(matches!(full, Err(KeyStoreError::Full(_))));
    store.generate(&act(), times(), &mut rand::rng()).unwrap();
}
