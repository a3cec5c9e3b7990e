//! The folder of a store: who may use it, and how it comes to be.
//!
//! ```text
//! PATH/LOCK          held while the store is open
//! PATH/store/FORMAT  name and version of the format
//! PATH/store/key     32 bytes: the key under which names are hashed
//! PATH/store/engine  the engine's own files
//! PATH/store.new     a store that is being made; it counts for nothing until it is renamed
//! ```

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::OpenError;

/// The format that is written and read here.
const FORMAT: u32 = 1;
const NAME: &str = "farebox-ledger-fjall";

/// A folder that is ours while this lives.
pub(crate) struct Folder {
    root: PathBuf,
    lock: Lock,
}

/// Held while anything of the engine is open.
pub(crate) type Lock = Arc<File>;

impl Folder {
    /// Takes the folder; makes it where it is not there.
    pub(crate) fn claim(root: &Path) -> Result<Self, OpenError> {
        private_folder(root)?;
        let path = root.join("LOCK");
        let file = private_file().truncate(false).open(&path).map_err(OpenError::io(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { root: root.to_path_buf(), lock: Arc::new(file) }),
            Err(TryLockError::WouldBlock) => Err(OpenError::Locked(root.to_path_buf())),
            Err(TryLockError::Error(error)) => Err(OpenError::io(&path)(error)),
        }
    }

    /// Whether a store is in this folder, claimed or not.
    pub(crate) fn has_store(root: &Path) -> Result<bool, OpenError> {
        let path = root.join("store");
        path.try_exists().map_err(OpenError::io(&path))
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn lock(&self) -> Lock {
        self.lock.clone()
    }

    pub(crate) fn engine(&self) -> PathBuf {
        self.root.join("store/engine")
    }

    /// Makes a store. `fill` makes the engine's folder and closes it. A crash leaves the whole store or none.
    pub(crate) fn make(
        &self,
        key: &[u8; 32],
        fill: impl FnOnce(&Path) -> Result<(), OpenError>,
    ) -> Result<(), OpenError> {
        self.only_ours()?;
        let (new, store) = (self.root.join("store.new"), self.root.join("store"));
        if new.try_exists().map_err(OpenError::io(&new))? {
            fs::remove_dir_all(&new).map_err(OpenError::io(&new))?;
        }
        private_folder(&new)?;
        write(&new.join("FORMAT"), format!("{NAME} {FORMAT}\n").as_bytes())?;
        write(&new.join("key"), key)?;
        fill(&new.join("engine"))?;
        sync(&new)?;
        fs::rename(&new, &store).map_err(OpenError::io(&store))?;
        sync(&self.root)
    }

    /// Checks the format and reads the key.
    pub(crate) fn key(&self) -> Result<[u8; 32], OpenError> {
        let store = self.root.join("store");
        close_to_others(&store)?;
        let path = store.join("FORMAT");
        let found = fs::read_to_string(&path).map_err(OpenError::io(&path))?;
        if found.trim_end() != format!("{NAME} {FORMAT}") {
            let found = found.chars().take(64).collect();
            return Err(OpenError::Format { found, known: FORMAT });
        }
        let key = fs::read(store.join("key")).map_err(|_| OpenError::Key)?;
        if !self.engine().is_dir() {
            return Err(OpenError::Damaged("the engine's folder is missing"));
        }
        key.try_into().map_err(|_| OpenError::Key)
    }

    /// A new store goes only where nothing else is.
    fn only_ours(&self) -> Result<(), OpenError> {
        for entry in fs::read_dir(&self.root).map_err(OpenError::io(&self.root))? {
            let name = entry.map_err(OpenError::io(&self.root))?.file_name();
            if !["LOCK", "store.new", "lost+found"].iter().any(|ours| name == *ours) {
                return Err(OpenError::Foreign(self.root.clone()));
            }
        }
        Ok(())
    }
}

/// Bytes that the engine's journals take on the disk. Their length says less: the engine reserves 64 MB ahead.
pub(crate) fn journal_bytes(engine: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(engine) else { return 0 };
    let journals = entries.flatten().filter(|entry| entry.path().extension().is_some_and(|end| end == "jnl"));
    journals.filter_map(|entry| entry.metadata().ok()).map(|metadata| on_disk(&metadata)).sum()
}

/// Folders of tables.
pub(crate) fn table_folders(engine: &Path) -> u64 {
    // One of them is the engine's own.
    fs::read_dir(engine.join("keyspaces")).map_or(0, |entries| (entries.count() as u64).saturating_sub(1))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), OpenError> {
    let mut file = private_file().truncate(true).open(path).map_err(OpenError::io(path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(OpenError::io(path))
}

#[cfg(unix)]
fn on_disk(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(metadata).saturating_mul(512)
}

#[cfg(not(unix))]
fn on_disk(metadata: &fs::Metadata) -> u64 {
    metadata.len()
}

fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn private_folder(path: &Path) -> Result<(), OpenError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(OpenError::io(path))
}

/// The engine's files have the process's usual modes; nobody else gets into the folder that they are in.
fn close_to_others(path: &Path) -> Result<(), OpenError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(path).map_err(OpenError::io(path))?.permissions().mode();
        if mode & 0o077 != 0 {
            fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(OpenError::io(path))?;
        }
    }
    Ok(())
}

/// A name in a folder is durable when the folder is.
fn sync(path: &Path) -> Result<(), OpenError> {
    #[cfg(unix)]
    File::open(path).and_then(|folder| folder.sync_all()).map_err(OpenError::io(path))?;
    Ok(())
}
