//! The folder on the disk.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use farebox_wallet::{Change, FileStore, Id, Journal as _, JournalError};
use zeroize::Zeroizing;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn put(id: u64) -> Change {
    Change::Put(Id(id), Zeroizing::new(vec![id as u8; 10]))
}

#[test]
fn only_the_owner_and_one_at_a_time() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("wallet");
    let store = FileStore::open(&folder).unwrap();
    store.commit(&[put(3)]).unwrap();
    assert_eq!(mode(&folder), 0o700);
    for file in ["journal", "lock"] {
        assert_eq!(mode(&folder.join(file)), 0o600, "{file}");
    }
    assert!(matches!(FileStore::open(&folder), Err(JournalError::Locked)));
    drop(store);
    for (path, loose, right) in
        [(folder.clone(), 0o750, 0o700), (folder.join("journal"), 0o604, 0o600), (folder.join("lock"), 0o660, 0o600)]
    {
        set_mode(&path, loose);
        assert!(matches!(FileStore::open(&folder), Err(JournalError::Permissions(_))), "{path:?}");
        set_mode(&path, right);
    }
    let loaded = FileStore::open(&folder).unwrap().load().unwrap();
    assert_eq!((loaded.entries.len(), loaded.next), (1, Id(4)));
}

#[test]
fn what_a_crash_left_is_not_read_and_what_is_spoiled_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("wallet");
    FileStore::open(&folder).unwrap().commit(&[put(1)]).unwrap();
    fs::write(folder.join("journal.next"), b"half of it").unwrap();
    set_mode(&folder.join("journal.next"), 0o666);
    let store = FileStore::open(&folder).unwrap();
    store.commit(&[put(2)]).unwrap();
    assert_eq!(mode(&folder.join("journal")), 0o600);
    drop(store);

    let good = fs::read(folder.join("journal")).unwrap();
    let mut other_version = good.clone();
    other_version[15] = 2;
    fs::write(folder.join("journal"), &other_version).unwrap();
    assert!(matches!(FileStore::open(&folder), Err(JournalError::Version { found: 2, .. })));
    for spoiled in [&good[..good.len() - 1], &[], &[0; 64][..]] {
        fs::write(folder.join("journal"), spoiled).unwrap();
        assert!(matches!(FileStore::open(&folder), Err(JournalError::Corrupt)));
    }
    fs::write(folder.join("journal"), &good).unwrap();
    assert_eq!(FileStore::open(&folder).unwrap().load().unwrap().entries.len(), 2);
}

#[test]
fn a_folder_that_is_not_one() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    fs::write(&file, b"").unwrap();
    set_mode(&file, 0o600);
    assert!(matches!(FileStore::open(&file), Err(JournalError::Io(_))));
    assert!(matches!(FileStore::open(parent.path().join("no/parent")), Err(JournalError::Io(_))));
}

#[tokio::test]
async fn an_entry_that_is_no_credential_is_refused() {
    use super::common::*;
    let server = Server::start(&FAST[..1]).await;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("wallet");
    FileStore::open(&folder).unwrap().commit(&[put(1)]).unwrap();
    let transport = farebox_wallet::ReqwestTransport::new(&farebox_wallet::Proxies::None).unwrap();
    let opened = farebox_wallet::Wallet::open(transport, FileStore::open(&folder).unwrap(), config(&server));
    assert!(matches!(opened.map(drop), Err(JournalError::Corrupt)));
}
