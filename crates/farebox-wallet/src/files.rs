//! The journal in a folder of its own.

use core::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::failpoint;
use crate::journal::{Change, Journal, JournalError, Loaded};
use crate::snapshot::{Disk, MAX_LEN, Snapshot};

/// A journal in a folder that only its owner may enter: the file `journal` with all entries, and the file `lock`, which is held
/// while the store is open. A step writes `journal.next`, makes it durable, renames it to `journal` and makes the folder durable.
///
/// The entries are credentials, and not encrypted: whoever reads the folder can spend them. A copy of the folder that is put back
/// later holds states that were spent since; spending those is refused, and what was left of them is lost.
pub struct FileStore {
    journal: Snapshot<Folder>,
    /// Held until the store is dropped.
    _lock: File,
}

impl FileStore {
    /// Opens the store in this folder, and makes the folder where there is none (mode 0700; its parent must be there).
    ///
    /// # Errors
    /// [`JournalError::Locked`] while another process or store has it, [`JournalError::Permissions`] where group or others have any
    /// right, [`JournalError::Version`], [`JournalError::Corrupt`], [`JournalError::Io`].
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, JournalError> {
        let folder = Folder::open(folder.as_ref())?;
        let lock = folder.open_file("lock")?;
        private(&lock.metadata()?, "the file lock")?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalError::Locked),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        if let Some(file) = folder.existing("journal")? {
            private(&file.metadata()?, "the file journal")?;
        }
        Ok(Self { journal: Snapshot::open(folder)?, _lock: lock })
    }
}

impl Journal for FileStore {
    fn load(&self) -> Result<Loaded, JournalError> {
        self.journal.load()
    }

    fn commit(&self, changes: &[Change]) -> Result<(), JournalError> {
        self.journal.commit(changes)
    }
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStore").finish_non_exhaustive()
    }
}

struct Folder {
    path: PathBuf,
}

impl Folder {
    fn open(path: &Path) -> Result<Self, JournalError> {
        match private_folder().create(path) {
            Ok(()) => sync_folder(path.parent().filter(|parent| !parent.as_os_str().is_empty()))?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.into()),
        }
        let metadata = fs::metadata(path)?;
        if !metadata.is_dir() {
            return Err(io::Error::from(io::ErrorKind::NotADirectory).into());
        }
        private(&metadata, "the wallet's folder")?;
        Ok(Self { path: path.to_owned() })
    }

    fn open_file(&self, name: &str) -> io::Result<File> {
        private_file(OpenOptions::new().read(true).write(true).create(true).truncate(false)).open(self.path.join(name))
    }

    fn existing(&self, name: &str) -> io::Result<Option<File>> {
        match File::open(self.path.join(name)) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Disk for Folder {
    type File = File;

    fn read(&self, name: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        let Some(file) = self.existing(name)? else { return Ok(None) };
        // With room for all of it, so that no copy is left behind where the buffer grows.
        let len = usize::try_from(file.metadata()?.len()).ok().filter(|len| *len <= MAX_LEN);
        let len = len.ok_or(io::ErrorKind::FileTooLarge)?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(len + 1));
        file.take(len as u64 + 1).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    fn create(&self, name: &str) -> io::Result<File> {
        // What a crash left is not written into: it may have other rights.
        match fs::remove_file(self.path.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = private_file(OpenOptions::new().write(true).create_new(true)).open(self.path.join(name))?;
        failpoint::hit("file.created");
        Ok(file)
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        let (first, second) = bytes.split_at_checked(bytes.len() / 2).unwrap_or((bytes, &[]));
        file.write_all(first)?;
        failpoint::hit("file.half-written");
        file.write_all(second)?;
        failpoint::hit("file.written");
        Ok(())
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()?;
        failpoint::hit("file.synced");
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path.join(from), self.path.join(to))?;
        failpoint::hit("file.renamed");
        Ok(())
    }

    fn sync_folder(&self) -> io::Result<()> {
        sync_folder(Some(&self.path))?;
        failpoint::hit("file.folder-synced");
        Ok(())
    }
}

#[cfg(unix)]
fn sync_folder(path: Option<&Path>) -> io::Result<()> {
    File::open(path.unwrap_or(Path::new(".")))?.sync_all()
}

/// A folder cannot be opened as a file there; a rename is durable when the system says so.
#[cfg(not(unix))]
fn sync_folder(_: Option<&Path>) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn private_folder() -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt as _;
    let mut builder = DirBuilder::new();
    builder.mode(0o700);
    builder
}

#[cfg(unix)]
fn private_file(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600)
}

#[cfg(unix)]
fn private(metadata: &fs::Metadata, what: &'static str) -> Result<(), JournalError> {
    use std::os::unix::fs::PermissionsExt as _;
    if metadata.permissions().mode() & 0o077 == 0 { Ok(()) } else { Err(JournalError::Permissions(what)) }
}

#[cfg(not(unix))]
fn private_folder() -> DirBuilder {
    DirBuilder::new()
}

#[cfg(not(unix))]
fn private_file(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(not(unix))]
fn private(_: &fs::Metadata, _: &'static str) -> Result<(), JournalError> {
    Ok(())
}
