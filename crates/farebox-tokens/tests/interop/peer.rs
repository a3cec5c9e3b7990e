//! The npm package in a process of its own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

const FILES: [&str; 3] = ["package.json", "package-lock.json", "privacypass.mjs"];

/// The package in a folder under `target`, at the versions of the lock file.
fn install(name: &str) -> Result<PathBuf, String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let same =
        |name: &str| std::fs::read(source.join(name)).unwrap() == std::fs::read(folder.join(name)).unwrap_or_default();
    let installed = same(FILES[0]) && same(FILES[1]);
    for name in FILES {
        std::fs::copy(source.join(name), folder.join(name)).unwrap();
    }
    // npm writes this file when it has installed everything.
    if installed && folder.join("node_modules/.package-lock.json").is_file() {
        return Ok(folder);
    }
    let options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0", "--fetch-timeout=20000"];
    let npm = Command::new("npm").args(options).current_dir(&folder).output();
    let npm = npm.map_err(|error| format!("npm does not run: {error}"))?;
    if npm.status.success() {
        return Ok(folder);
    }
    let said = String::from_utf8_lossy(&npm.stderr).into_owned();
    Err(format!("npm cannot install the package: {}", said.lines().find(|line| line.contains("error")).unwrap_or("")))
}

/// The program at the other end.
pub(crate) struct Peer {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Peer {
    fn try_start() -> Result<Self, String> {
        let mut node = Command::new("node");
        node.arg(install("privacypass-ts")?.join("privacypass.mjs")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = node.spawn().map_err(|error| format!("node does not run: {error}"))?;
        let (to, from) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Ok(Self { child, to, from })
    }

    /// The program, or a line that says why not, which fails the test where `FAREBOX_INTEROP` asks for it.
    pub(crate) fn start() -> Option<Self> {
        let started = Self::try_start();
        if let Err(why) = &started {
            assert!(std::env::var_os("FAREBOX_INTEROP").is_none(), "FAREBOX_INTEROP asks for this test: {why}");
            // Not with a macro, which the test harness would swallow.
            let _ = writeln!(std::io::stderr(), "skipped: interoperation with @cloudflare/privacypass-ts: {why}");
        }
        started.ok()
    }

    /// What the program answers.
    pub(crate) fn ask(&mut self, request: &Value) -> Value {
        writeln!(self.to.as_ref().unwrap(), "{request}").unwrap();
        let mut answer = String::new();
        self.from.read_line(&mut answer).unwrap();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer.get("error"), None, "{request}");
        answer
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // The end of its input ends the program.
        self.to = None;
        let _ = self.child.wait();
    }
}
