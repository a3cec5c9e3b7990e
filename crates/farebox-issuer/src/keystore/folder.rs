//! The folder: private, locked against a second writer, and changed in whole files only.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::KeyStoreError;

/// A key file is far below this: a key of Blind RSA has 2.6 kB there.
const LARGEST: u64 = 64 << 10;
/// Files in the folder.
const MOST: usize = 4096;
const LOCK: &str = ".lock";
/// How often, and after how long, the lock is asked for again.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(10);
const TEMPORARY: &str = ".tmp-";

/// The folder, after a look at its mode.
#[derive(Clone, Debug)]
pub(super) struct Folder(PathBuf);

/// The folder while this process alone changes it.
pub(super) struct Writing<'a> {
    folder: &'a Folder,
    /// Closing it gives the lock back.
    _lock: File,
}

impl Folder {
    pub(super) fn create(path: &Path) -> Result<Self, KeyStoreError> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(KeyStoreError::io("create the folder", path))?;
        Self::open(path)
    }

    pub(super) fn open(path: &Path) -> Result<Self, KeyStoreError> {
        let found = fs::metadata(path).map_err(KeyStoreError::io("open the folder", path))?;
        if !found.is_dir() {
            return Err(KeyStoreError::record(path, "not a folder"));
        }
        private(path, &found, 0o700)?;
        Ok(Self(path.to_owned()))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Names of key files, in their order. Hidden files and folders are not keys.
    pub(super) fn names(&self) -> Result<Vec<String>, KeyStoreError> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.0).map_err(KeyStoreError::io("read the folder", &self.0))? {
            let name = entry.map_err(KeyStoreError::io("read the folder", &self.0))?.file_name();
            match name.to_str() {
                Some(name) if name.ends_with(".json") && !name.starts_with('.') => names.push(name.to_owned()),
                _ => {}
            }
            if names.len() > MOST {
                return Err(KeyStoreError::record(&self.0, "too many files"));
            }
        }
        names.sort();
        Ok(names)
    }

    /// The bytes of a private file.
    pub(super) fn read(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, KeyStoreError> {
        let path = self.path(name);
        let found = fs::symlink_metadata(&path).map_err(KeyStoreError::io("read", &path))?;
        if !found.is_file() {
            return Err(KeyStoreError::NotAFile(path));
        }
        private(&path, &found, 0o600)?;
        // Room for all of it, so that no copy is left behind by growing.
        let mut bytes = Zeroizing::new(Vec::with_capacity(LARGEST as usize + 1));
        let file = File::open(&path).map_err(KeyStoreError::io("read", &path))?;
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(KeyStoreError::io("read", &path))?;
        if bytes.len() as u64 > LARGEST { Err(KeyStoreError::record(&path, "too long")) } else { Ok(bytes) }
    }

    /// Waits for a writer to finish, so that what is read is of one time. Without a lock file, or where it may not be opened, no
    /// writer was ever here.
    pub(super) fn reading(&self) -> Result<Option<File>, KeyStoreError> {
        let path = self.path(LOCK);
        let Ok(file) = File::open(&path) else { return Ok(None) };
        file.lock_shared().map_err(KeyStoreError::io("wait for the lock", &path))?;
        Ok(Some(file))
    }

    /// The right to change it, unless another process has it. What an earlier writer left half done goes away.
    pub(super) fn writing(&self) -> Result<Writing<'_>, KeyStoreError> {
        let path = self.path(LOCK);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let lock = private_options(&mut options).open(&path).map_err(KeyStoreError::io("open the lock", &path))?;
        // Somebody who reads is done soon; somebody who writes may take seconds.
        let mut tries = 0;
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if tries < TRIES => std::thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Err(KeyStoreError::Locked(path)),
                Err(TryLockError::Error(source)) => return Err(KeyStoreError::io("lock", &path)(source)),
            }
            tries += 1;
        }
        let writing = Writing { folder: self, _lock: lock };
        writing.sweep()?;
        Ok(writing)
    }

    fn sync(&self) -> Result<(), KeyStoreError> {
        sync_folder(&self.0)
    }
}

impl Writing<'_> {
    /// Puts a file in its place, whole and durable, or leaves what was there.
    pub(super) fn put<R: CryptoRng + ?Sized>(
        &self,
        name: &str,
        bytes: &[u8],
        rng: &mut R,
    ) -> Result<(), KeyStoreError> {
        let mut random = [0; 8];
        rng.fill_bytes(&mut random);
        let temporary = self.folder.path(&format!("{TEMPORARY}{}", hex::encode(random)));
        let target = self.folder.path(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        let mut file =
            private_options(&mut options).open(&temporary).map_err(KeyStoreError::io("create", &temporary))?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(KeyStoreError::io("write", &temporary))?;
        fs::rename(&temporary, &target).map_err(KeyStoreError::io("put in place", &target))?;
        self.folder.sync()
    }

    /// Takes a file away and writes over it. On storage that keeps old blocks, copies may live on.
    pub(super) fn erase(&self, name: &str) -> Result<(), KeyStoreError> {
        // Under the temporary name first: a crash in between leaves no half-erased key where a key is looked for.
        let (path, doomed) = (self.folder.path(name), self.folder.path(&format!("{TEMPORARY}{name}")));
        fs::rename(&path, &doomed).map_err(KeyStoreError::io("take away", &path))?;
        self.folder.sync()?;
        wipe(&doomed)?;
        self.folder.sync()
    }

    /// A folder inside of this one, for public records.
    pub(super) fn inside(&self, name: &str) -> Result<Folder, KeyStoreError> {
        let inside = Folder::create(&self.folder.path(name))?;
        self.folder.sync()?;
        Ok(inside)
    }

    /// What a crash left may hold a key.
    fn sweep(&self) -> Result<(), KeyStoreError> {
        let path = &self.folder.0;
        for entry in fs::read_dir(path).map_err(KeyStoreError::io("read the folder", path))? {
            let entry = entry.map_err(KeyStoreError::io("read the folder", path))?;
            if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
                wipe(&entry.path())?;
            }
        }
        Ok(())
    }
}

/// Zeros over the content, then away with it.
fn wipe(path: &Path) -> Result<(), KeyStoreError> {
    let over = || {
        let mut file = OpenOptions::new().write(true).open(path)?;
        let mut left = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(0))?;
        while left > 0 {
            let zeros = [0; 4096];
            let some = zeros.get(..left.min(4096) as usize).unwrap_or(&zeros);
            file.write_all(some)?;
            left -= some.len() as u64;
        }
        file.sync_all()?;
        fs::remove_file(path)
    };
    over().map_err(KeyStoreError::io("erase", path))
}

/// Makes renames in a folder durable.
pub(crate) fn sync_folder(path: &Path) -> Result<(), KeyStoreError> {
    #[cfg(unix)]
    File::open(path).and_then(|folder| folder.sync_all()).map_err(KeyStoreError::io("sync the folder", path))?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// For the owner alone.
pub(crate) fn private_options(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Refuses what others may read or write. Elsewhere than on Unix the mode is not looked at.
pub(crate) fn private(path: &Path, found: &fs::Metadata, wanted: u32) -> Result<(), KeyStoreError> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyStoreError::Permissions { path: path.to_owned(), mode, wanted });
        }
    }
    #[cfg(not(unix))]
    let _ = (path, found, wanted);
    Ok(())
}
