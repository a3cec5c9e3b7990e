//! One-time codes.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use http::HeaderMap;
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::header::attestation;
use super::voucher_log::{Redeemed, VoucherLog};
use super::{Admission, Attempt, Attester, Boxed, FAREBOX_ATTESTATION, Free, Outcome, Refusal, ready};
use crate::keystore::KeyStoreError;

const SCHEME: &str = "voucher";

/// Admits who has a code that was not used yet, for one request of at most the voucher's number of tokens.
///
/// Two files. The list is the operator's: a line from [`VoucherCode::entry`] for each voucher, a digest of the code and a number of tokens, blank lines and lines
/// with `#` in front. It is read again by [`reload`](Self::reload). The log is the service's, for as long as it runs: which were used,
/// and for which request. Keep the log as long as the list.
///
/// A voucher is used when there are tokens for it, and that is on disk before they leave. Until then a refused request or a crash
/// leaves it as it was. From then on the same request gets the same again, so that a lost response costs nothing, and another
/// request is refused. That holds for as long as the request's key issues. A batch uses its voucher also where some of its requests
/// were refused.
#[derive(Clone)]
pub struct Vouchers(Arc<Inner>);

struct Inner {
    list_path: PathBuf,
    list: ArcSwap<HashMap<[u8; 32], usize>>,
    book: Mutex<Book>,
    /// Written by threads that may wait for the disk.
    log: Mutex<VoucherLog>,
}

struct Book {
    redeemed: Redeemed,
    in_use: HashSet<[u8; 32]>,
}

/// Why vouchers cannot be served. Names files and lines, never a code.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VoucherError {
    /// The file system refused.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Others may read or write the file, or its folder cannot be made durable.
    #[error(transparent)]
    Folder(#[from] KeyStoreError),
    /// Another process has the log.
    #[error("{path}: another process has it open", path = .0.display())]
    Locked(PathBuf),
    /// A write failed earlier. Open it again.
    #[error("{path}: an earlier write failed", path = .0.display())]
    Broken(PathBuf),
    /// The log does not read, before its end.
    #[error("{path}: {reason}", path = path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: &'static str,
    },
    /// A line of the list does not read, or a code stands in it twice.
    #[error("{path}: line {line}", path = path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
}

impl VoucherError {
    pub(super) fn io(path: &Path) -> impl Fn(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path: path.clone(), source }
    }

    pub(super) fn corrupt(path: &Path, reason: &'static str) -> Self {
        Self::Corrupt { path: path.to_owned(), reason }
    }
}

/// A voucher, as its owner gets it: 32 hex digits.
pub struct VoucherCode(Zeroizing<String>);

impl VoucherCode {
    /// A new one, of 16 random bytes.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut bytes = Zeroizing::new([0; 16]);
        rng.fill_bytes(&mut *bytes);
        Self(Zeroizing::new(hex::encode(*bytes)))
    }

    /// The code, for its owner alone.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The line for the list, with how many tokens the request may ask for.
    pub fn entry(&self, tokens: u32) -> String {
        format!("{} {tokens}\n", hex::encode(digest(&self.0)))
    }
}

impl fmt::Debug for VoucherCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VoucherCode(..)")
    }
}

impl Vouchers {
    /// Reads the list and the log, which is made where there is none.
    ///
    /// # Errors
    /// [`VoucherError`].
    pub fn open(list: impl Into<PathBuf>, log: impl AsRef<Path>) -> Result<Self, VoucherError> {
        let list_path = list.into();
        let list = read_list(&list_path)?;
        let (log, redeemed) = VoucherLog::open(log.as_ref())?;
        let book = Mutex::new(Book { redeemed, in_use: HashSet::new() });
        Ok(Self(Arc::new(Inner { list_path, list: ArcSwap::from_pointee(list), book, log: Mutex::new(log) })))
    }

    /// Reads the list again.
    ///
    /// # Errors
    /// [`VoucherError`]; the list is as it was.
    pub fn reload(&self) -> Result<(), VoucherError> {
        self.0.list.store(Arc::new(read_list(&self.0.list_path)?));
        Ok(())
    }

    /// How many of the listed were not used yet.
    pub fn left(&self) -> usize {
        let book = self.0.book();
        self.0.list.load().keys().filter(|code| !book.redeemed.contains_key(*code)).count()
    }

    fn admit(&self, attempt: &Attempt<'_>) -> Result<Box<dyn Admission>, Refusal> {
        let code = self.0.listed(attempt.headers, attempt.tokens)?;
        let mut book = self.0.book();
        match book.redeemed.get(&code) {
            Some(before) if before == attempt.binding => return Ok(Box::new(Free)),
            Some(_) => return Err(Refusal::Refused),
            None if attempt.tokens == 0 => return Ok(Box::new(Free)),
            None => {}
        }
        if !book.in_use.insert(code) {
            return Err(Refusal::Busy);
        }
        Ok(Box::new(InUse { inner: self.0.clone(), code, binding: *attempt.binding }))
    }
}

impl Inner {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The code's digest, if it is good for so many tokens. A code is random and its digest is looked up, so the time that takes tells
    /// nothing of other codes.
    fn listed(&self, headers: &HeaderMap, tokens: usize) -> Result<[u8; 32], Refusal> {
        let code = digest(attestation(headers, SCHEME)?);
        match self.list.load().get(&code) {
            Some(most) if tokens <= *most => Ok(code),
            _ => Err(Refusal::Refused),
        }
    }

    /// Waits for the disk.
    fn redeem(&self, code: [u8; 32], binding: [u8; 32]) -> Result<(), Refusal> {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = log.append(&code, &binding) {
            tracing::error!(%error, "a voucher could not be marked as used");
            return Err(Refusal::Unavailable);
        }
        self.book().redeemed.insert(code, binding);
        Ok(())
    }
}

/// A voucher that a request stands for right now.
struct InUse {
    inner: Arc<Inner>,
    code: [u8; 32],
    binding: [u8; 32],
}

impl Admission for InUse {
    fn settle(self: Box<Self>, outcome: Outcome) -> Boxed<'static, Result<(), Refusal>> {
        if outcome == Outcome::Refused {
            return ready(Ok(()));
        }
        Box::pin(async move {
            // It stays in use until it is written, also where nobody waits any more.
            let written = tokio::task::spawn_blocking(move || self.inner.redeem(self.code, self.binding));
            written.await.unwrap_or(Err(Refusal::Unavailable))
        })
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        self.inner.book().in_use.remove(&self.code);
    }
}

impl Attester for Vouchers {
    fn screen(&self, headers: &HeaderMap, _: u64) -> Result<(), Refusal> {
        self.0.listed(headers, 0).map(|_| ())
    }

    fn attest<'a>(&'a self, attempt: Attempt<'a>) -> Boxed<'a, Result<Box<dyn Admission>, Refusal>> {
        let admitted = self.admit(&attempt);
        Box::pin(std::future::ready(admitted))
    }

    fn challenges(&self, _: u64) -> Vec<String> {
        vec![format!("{FAREBOX_ATTESTATION} scheme=\"{SCHEME}\"")]
    }
}

impl fmt::Debug for Vouchers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vouchers({} listed)", self.0.list.load().len())
    }
}

fn digest(code: &str) -> [u8; 32] {
    Sha256::new().chain_update(b"farebox voucher v1").chain_update(code).finalize().into()
}

fn read_list(path: &Path) -> Result<HashMap<[u8; 32], usize>, VoucherError> {
    let text = std::fs::read_to_string(path).map_err(VoucherError::io(path))?;
    let mut list = HashMap::new();
    for (i, line) in text.lines().enumerate() {
        let wrong = || VoucherError::Line { path: path.to_owned(), line: i + 1 };
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (code, tokens) = line.split_once(' ').ok_or_else(wrong)?;
        let mut digest = [0; 32];
        hex::decode_to_slice(code, &mut digest).map_err(|_| wrong())?;
        let tokens: u32 = tokens.trim().parse().map_err(|_| wrong())?;
        if list.insert(digest, tokens as usize).is_some() {
            return Err(wrong());
        }
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_cannot_be_written_down_is_not_given() {
        let folder = tempfile::tempdir().unwrap();
        let (list, log) = (folder.path().join("list"), folder.path().join("used"));
        let code = VoucherCode::generate(&mut rand::rng());
        std::fs::write(&list, code.entry(1)).unwrap();
        let vouchers = Vouchers::open(&list, &log).unwrap();
        *vouchers.0.log.lock().unwrap() = VoucherLog::failing(&log);
        let mut headers = HeaderMap::new();
        headers.insert(FAREBOX_ATTESTATION, format!("voucher {}", code.as_str()).parse().unwrap());
        let attempt = Attempt { headers: &headers, body: b"", tokens: 1, binding: &[1; 32], now: 0 };
        for _ in 0..2 {
            let admission = vouchers.attest(attempt).await.ok().unwrap();
            // While one request stands for it, no other does.
            assert_eq!(vouchers.attest(attempt).await.err(), Some(Refusal::Busy));
            assert_eq!(admission.settle(Outcome::Issued).await, Err(Refusal::Unavailable));
            assert_eq!(vouchers.left(), 1);
        }
        // Dropped, or refused by the scheme, it is free again.
        drop(vouchers.attest(attempt).await.ok().unwrap());
        assert_eq!(vouchers.attest(attempt).await.ok().unwrap().settle(Outcome::Refused).await, Ok(()));
        assert!(vouchers.attest(attempt).await.is_ok());
    }
}
