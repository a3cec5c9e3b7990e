//! Which vouchers were used, and for what: a file that only grows, and is on disk before an answer leaves.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::VoucherError;
use crate::keystore::folder::{private, private_options, sync_folder};

/// `1 <hash of the code> <binding> <check>` and a line feed: 149 bytes.
const LINE: usize = 2 + 64 + 1 + 64 + 1 + 16 + 1;

/// The file, held by this process alone.
pub(super) struct VoucherLog {
    path: PathBuf,
    file: File,
    /// After a write that failed nobody knows what is on disk. Until it is opened again, nothing is admitted.
    broken: bool,
}

/// What a used voucher was used for.
pub(super) type Redeemed = HashMap<[u8; 32], [u8; 32]>;

impl VoucherLog {
    /// Opens it, or makes it, and reads what is in it. A last line that is not whole was never acknowledged, and is cut off.
    pub(super) fn open(path: &Path) -> Result<(Self, Redeemed), VoucherError> {
        let io = VoucherError::io(path);
        let is_new = !path.exists();
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = private_options(&mut options).open(path).map_err(&io)?;
        private(path, &file.metadata().map_err(&io)?, 0o600)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(VoucherError::Locked(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        if is_new {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            sync_folder(&fs::canonicalize(folder).map_err(&io)?)?;
        }
        let (redeemed, good) = read(&file, path)?;
        if file.metadata().map_err(&io)?.len() != good {
            file.set_len(good).and_then(|()| file.sync_all()).map_err(&io)?;
        }
        file.seek(SeekFrom::Start(good)).map_err(&io)?;
        Ok((Self { path: path.to_owned(), file, broken: false }, redeemed))
    }

    /// One that cannot be written to.
    #[cfg(test)]
    pub(super) fn failing(path: &Path) -> Self {
        Self { path: path.to_owned(), file: File::open(path).unwrap(), broken: false }
    }

    /// Writes down that a voucher is used. It is durable when this returns.
    pub(super) fn append(&mut self, code: &[u8; 32], binding: &[u8; 32]) -> Result<(), VoucherError> {
        if self.broken {
            return Err(VoucherError::Broken(self.path.clone()));
        }
        let line = line(code, binding);
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_data());
        self.broken = written.is_err();
        written.map_err(VoucherError::io(&self.path))
    }
}

/// The lines, and how many bytes of them are whole.
fn read(file: &File, path: &Path) -> Result<(Redeemed, u64), VoucherError> {
    let (mut redeemed, mut good) = (Redeemed::new(), 0);
    let mut lines = BufReader::new(file);
    let mut line = Vec::with_capacity(LINE);
    loop {
        line.clear();
        // No more than a line's length, whatever stands there.
        let read = std::io::Read::take(&mut lines, LINE as u64).read_until(b'\n', &mut line);
        match read.map_err(VoucherError::io(path))? {
            0 => return Ok((redeemed, good)),
            _ => match parse(&line) {
                Some((code, binding)) => {
                    if redeemed.insert(code, binding).is_some_and(|before| before != binding) {
                        return Err(VoucherError::corrupt(path, "a voucher is used twice"));
                    }
                    good += line.len() as u64;
                }
                // Torn by a crash, if nothing stands behind it.
                None if lines.fill_buf().map_err(VoucherError::io(path))?.is_empty() => return Ok((redeemed, good)),
                None => return Err(VoucherError::corrupt(path, "a line that does not read")),
            },
        }
    }
}

fn line(code: &[u8; 32], binding: &[u8; 32]) -> String {
    let body = format!("1 {} {}", hex::encode(code), hex::encode(binding));
    let check = check(&body);
    format!("{body} {check}\n")
}

fn parse(bytes: &[u8]) -> Option<([u8; 32], [u8; 32])> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
    let (body, sum) = text.rsplit_once(' ')?;
    let (code, binding) = body.strip_prefix("1 ")?.split_once(' ')?;
    let digest = |text: &str| {
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest).ok().map(|()| digest)
    };
    (sum == check(body)).then_some((digest(code)?, digest(binding)?))
}

/// Finds lines that are half new and half old.
fn check(body: &str) -> String {
    Sha256::digest(body).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full(path: &Path) -> Vec<u8> {
        let (mut log, redeemed) = VoucherLog::open(path).unwrap();
        assert!(redeemed.is_empty());
        for i in 0..3u8 {
            log.append(&[i; 32], &[i + 100; 32]).unwrap();
        }
        drop(log);
        fs::read(path).unwrap()
    }

    #[test]
    fn a_crash_at_any_byte_leaves_the_whole_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("used");
        let whole = full(&path);
        assert_eq!(whole.len(), 3 * LINE);
        for cut in 0..=whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let (mut log, redeemed) = VoucherLog::open(&path).unwrap();
            assert_eq!(redeemed.len(), cut / LINE, "{cut}");
            // And it goes on behind them.
            log.append(&[9; 32], &[9; 32]).unwrap();
            drop(log);
            let (_, redeemed) = VoucherLog::open(&path).unwrap();
            assert_eq!((redeemed.len(), redeemed.get(&[9; 32])), (cut / LINE + 1, Some(&[9; 32])), "{cut}");
        }
    }

    #[test]
    fn a_fault_before_the_last_line_is_not_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("used");
        let whole = full(&path);
        for at in 0..2 * LINE {
            let mut bad = whole.clone();
            bad[at] ^= 1;
            fs::write(&path, &bad).unwrap();
            assert!(matches!(VoucherLog::open(&path), Err(VoucherError::Corrupt { .. })), "{at}");
        }
        let other = line(&[0; 32], &[7; 32]);
        fs::write(&path, [whole, other.into_bytes()].concat()).unwrap();
        assert!(matches!(VoucherLog::open(&path), Err(VoucherError::Corrupt { .. })));
    }

    #[test]
    fn after_a_write_that_failed_it_takes_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("used");
        drop(VoucherLog::open(&path).unwrap());
        let mut log = VoucherLog::failing(&path);
        assert!(matches!(log.append(&[1; 32], &[2; 32]), Err(VoucherError::Io { .. })));
        log.file = OpenOptions::new().append(true).open(&path).unwrap();
        assert!(matches!(log.append(&[1; 32], &[2; 32]), Err(VoucherError::Broken(_))));
        drop(log);
        assert!(VoucherLog::open(&path).unwrap().1.is_empty());
    }

    #[test]
    fn one_process_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("used");
        let held = VoucherLog::open(&path).unwrap();
        assert!(matches!(VoucherLog::open(&path), Err(VoucherError::Locked(_))));
        drop(held);
        VoucherLog::open(&path).unwrap();
    }
}
