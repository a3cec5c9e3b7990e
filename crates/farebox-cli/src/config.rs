//! The configuration: the defaults, over them a file, over that the environment.

mod check;
mod layers;
mod model;
mod paths;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub(crate) use check::check;
pub(crate) use model::*;

use crate::args::Global;
use crate::exit::{Code, Failure};

/// The default file, with every key explained.
pub(crate) const DEFAULT: &str = include_str!("config/default.toml");

/// A fault of the configuration: the path of the key, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) key: String,
    pub(crate) reason: String,
}

impl Fault {
    pub(crate) fn new(key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { key: key.into(), reason: reason.into() }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.key.is_empty() { f.write_str(&self.reason) } else { write!(f, "{}: {}", self.key, self.reason) }
    }
}

/// A configuration that was read, and where it came from.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    pub(crate) config: Config,
    /// The whole of it as a table, with paths as they stand in the file.
    pub(crate) table: toml::Table,
    /// The file, where there is one.
    pub(crate) file: Option<PathBuf>,
}

impl Config {
    /// Commands that end by themselves say no more than warnings, unless more is asked for.
    pub(crate) fn log_of_commands(&self) -> Log {
        let level = if self.log.level == Level::Info { Level::Warn } else { self.log.level };
        Log { level, ..self.log.clone() }
    }
}

/// Reads the configuration and checks it.
///
/// # Errors
/// [`Code::Config`], with all faults that were found.
pub(crate) fn load(global: &Global) -> Result<Loaded, Failure> {
    load_file(chosen(global).as_deref())
}

/// The defaults, whatever the environment says.
///
/// # Errors
/// None: a test reads them.
pub(crate) fn defaults() -> Result<Config, Failure> {
    layered("", [], None).map(|loaded| loaded.config).map_err(|faults| refused(None, &faults))
}

/// The same with this file, or none.
///
/// # Errors
/// As [`load`].
pub(crate) fn load_file(file: Option<&Path>) -> Result<Loaded, Failure> {
    let text = match file {
        None => String::new(),
        Some(path) => read(path)?,
    };
    let loaded = layered(&text, std::env::vars_os(), file);
    loaded.map_err(|faults| refused(file, &faults))
}

/// A configuration is a few kilobytes.
const LONGEST: u64 = 1 << 20;

fn read(path: &Path) -> Result<String, Failure> {
    use std::io::Read as _;
    let failed = |error: std::io::Error| Failure::new(Code::Config, format!("{}: {error}", path.display()));
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

/// The file of the command line, of `FAREBOX_CONFIG`, or the one in its usual place, where there is one.
fn chosen(global: &Global) -> Option<PathBuf> {
    let named = std::env::var_os("FAREBOX_CONFIG").filter(|value| !value.is_empty()).map(PathBuf::from);
    let usual = || paths::config_folder().map(|folder| folder.join("farebox.toml")).filter(|path| path.exists());
    global.config.clone().or(named).or_else(usual)
}

fn layered(
    text: &str,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    file: Option<&Path>,
) -> Result<Loaded, Vec<Fault>> {
    let table = layers::merge(text, environment)?;
    let mut config = layers::config(table.clone())?;
    paths::resolve(&mut config, file);
    match check(&config) {
        faults if faults.is_empty() => Ok(Loaded { config, table, file: file.map(Path::to_owned) }),
        faults => Err(faults),
    }
}

fn refused(file: Option<&Path>, faults: &[Fault]) -> Failure {
    let place = file.map_or("the configuration".to_owned(), |path| path.display().to_string());
    let lines: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
    Failure::new(Code::Config, format!("{place} is not good:\n{}", lines.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        layered(text, [], None).unwrap_err().iter().map(ToString::to_string).collect()
    }

    fn environment(name: &str, value: &str) -> Result<Config, Vec<String>> {
        let loaded = layered("", [(OsString::from(name), OsString::from(value))], None);
        loaded.map(|loaded| loaded.config).map_err(|faults| faults.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_defaults_are_good_and_need_no_file() {
        let config = layered("", [], None).unwrap().config;
        assert_eq!(config, layered(DEFAULT, [], None).unwrap().config);
        assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.origin.routes.len(), 1);
    }

    #[test]
    fn every_key_of_the_default_file_is_explained() {
        let lines: Vec<&str> = DEFAULT.lines().collect();
        let mut keys = 0;
        for pair in lines.windows(2) {
            if pair[1].contains(" = ") && !pair[1].starts_with('#') {
                assert!(pair[0].starts_with("# ") && pair[0].len() > 10, "{}", pair[1]);
                keys += 1;
            }
        }
        assert!(keys > 60, "{keys}");
    }

    #[test]
    fn faults_name_the_path_of_the_key() {
        for (text, expected) in [
            ("[server]\nlistne = 1", "server.listne: no such key; did you mean server.listen?"),
            ("[sever]\nlisten = \"\"", "sever: no such section; did you mean server?"),
            ("[server]\nlisten = 8080", "server.listen: a string is wanted, and this is an integer"),
            ("server = 1", "server: a table is wanted, and this is an integer"),
            ("[[origin.routes]]\npath = \"/\"\nprice = 3", "origin.routes[0].price: no such key"),
            (
                "[issuer]\nattestation = [\"open\", 7]",
                "issuer.attestation[1]: a string is wanted, and this is an integer",
            ),
            ("[ledger]\nkind = \"redis\"", "ledger.kind: unknown variant `redis`"),
            ("[server]\nmax_connections = -1", "server.max_connections: invalid value"),
            ("[server]\nlisten = \"here\"", "server.listen: invalid socket address"),
            ("[server]\nheader_timeout = 0", "server.header_timeout: 0"),
            ("[issuer]\nname = \"a b\"", "issuer.name: "),
            ("[origin]\nupstream = \"https://x\"", "origin.upstream: "),
            ("[ledger]\nkind = \"postgres\"", "ledger.url: "),
            ("[[origin.routes]]\npath = \"x\"", "origin.routes[0].path: "),
            ("[[origin.routes]]\npath = \"/\"\nreturned = \"some\"", "origin.routes[0].returned: "),
        ] {
            let found = faults(text);
            assert!(found.iter().any(|fault| fault.starts_with(expected)), "{text}: {found:?}");
        }
        let broken = faults("[server\n");
        assert!(broken[0].contains("line 1"), "{broken:?}");
    }

    #[test]
    fn the_environment_counts_more_than_the_file() {
        let config = environment("FAREBOX_SERVER_MAX_CONNECTIONS", "7").unwrap();
        assert_eq!(config.server.max_connections, 7);
        let config = environment("FAREBOX_WALLET_ISSUERS", "a.example, b.example").unwrap();
        assert_eq!(config.wallet.issuers, ["a.example", "b.example"]);
        assert!(!environment("FAREBOX_ORIGIN_ENABLED", "false").unwrap().origin.enabled);
        let wrong = environment("FAREBOX_SERVER_MAX_CONNECTIONS", "many").unwrap_err();
        assert!(wrong[0].starts_with("server.max_connections (FAREBOX_SERVER_MAX_CONNECTIONS): "), "{wrong:?}");
        let unknown = environment("FAREBOX_SERVER_LISTN", "x").unwrap_err();
        assert!(unknown[0].starts_with("FAREBOX_SERVER_LISTN: no such key"), "{unknown:?}");
        // What has no section's name in it is somebody else's.
        assert!(environment("FAREBOX_CRASH", "long").is_ok());
    }

    #[test]
    fn a_password_is_not_printed() {
        let config = environment("FAREBOX_LEDGER_URL", "host=x password=hunter2").unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
