//! Where files are: the folders of the XDG base directories, and paths that are relative to the configuration.

use std::path::{Path, PathBuf};

use super::Config;

/// `$XDG_CONFIG_HOME/farebox`, or `~/.config/farebox`. A relative variable is ignored, as the specification asks.
pub(super) fn config_folder() -> Option<PathBuf> {
    folder("XDG_CONFIG_HOME", ".config")
}

/// `$XDG_DATA_HOME/farebox`, or `~/.local/share/farebox`; the present folder where there is no home.
fn data_folder() -> PathBuf {
    folder("XDG_DATA_HOME", ".local/share").unwrap_or_else(|| PathBuf::from("farebox-data"))
}

fn folder(variable: &str, below_home: &str) -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute(variable).or_else(|| absolute("HOME").map(|home| home.join(below_home)))?;
    Some(base.join("farebox"))
}

/// Makes every path one that can be used: what is empty gets its usual place, what is relative is seen from the file's folder.
pub(super) fn resolve(config: &mut Config, file: Option<&Path>) {
    let data = data_folder();
    let usual = [
        (&mut config.keys.folder, "keys"),
        (&mut config.ledger.folder, "ledger"),
        (&mut config.wallet.folder, "wallet"),
        (&mut config.origin.window_secret, "window-secret"),
    ];
    for (path, name) in usual {
        if path.as_os_str().is_empty() {
            *path = data.join(name);
        }
    }
    let all = [
        &mut config.keys.folder,
        &mut config.ledger.folder,
        &mut config.wallet.folder,
        &mut config.wallet.secrets,
        &mut config.origin.window_secret,
        &mut config.origin.folder,
        &mut config.issuer.secrets,
        &mut config.issuer.vouchers,
        &mut config.issuer.vouchers_used,
    ];
    let base = file.and_then(Path::parent).unwrap_or(Path::new(""));
    for path in all {
        // Joining an absolute path gives that path.
        if !path.as_os_str().is_empty() {
            *path = base.join(&*path);
        }
    }
}
