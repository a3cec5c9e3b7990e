//! A temporary folder, and copying one.

use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rand::RngExt as _;

use crate::exit::{Code, Failure};

/// A folder that goes when this does.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("farebox-demo-{:016x}", rand::rng().random::<u64>()));
        let made = fs::DirBuilder::new().mode(0o700).create(&path);
        made.map_err(Failure::at(Code::Failure, format!("{}", path.display())))?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _stays = fs::remove_dir_all(&self.0);
    }
}

/// Copies the files of a wallet.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let failed = || Failure::at(Code::Failure, "the copy of the wallet");
    fs::DirBuilder::new().mode(0o700).create(to).map_err(failed())?;
    for file in fs::read_dir(from).map_err(failed())? {
        let file = file.map_err(failed())?;
        let copy = to.join(file.file_name());
        fs::copy(file.path(), &copy).map_err(failed())?;
        fs::set_permissions(&copy, fs::Permissions::from_mode(0o600)).map_err(failed())?;
    }
    Ok(())
}
