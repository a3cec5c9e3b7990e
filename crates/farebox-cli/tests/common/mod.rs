//! The command as a child process, in folders of its own.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

/// The command, without anything of this machine's configuration.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_farebox"));
    let theirs = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("FAREBOX_"));
    for (name, _) in theirs {
        command.env_remove(name);
    }
    command.env_remove("HTTP_PROXY").env_remove("http_proxy").env_remove("NO_COLOR").env_remove("ALL_PROXY");
    command.env("HOME", folder).env("XDG_CONFIG_HOME", folder.join("config")).env("XDG_DATA_HOME", folder.join("data"));
    command.stdin(Stdio::null());
    command
}

/// A run with these arguments.
pub fn run(folder: &Path, arguments: &[&str]) -> Run {
    run_with(command(folder).args(arguments), b"")
}

/// The same with standard input.
pub fn run_with(command: &mut Command, input: &[u8]) -> Run {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Who does not read it closes it.
    let _ = child.stdin.take().unwrap().write_all(input);
    Run::of(child.wait_with_output().unwrap())
}

/// How a run ended.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    fn of(output: Output) -> Self {
        let code = output.status.code().expect("it was not killed");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let run = Self { code, out: text(output.stdout), err: text(output.stderr) };
        assert!(!run.err.contains("panicked"), "{}", run.err);
        run
    }

    #[track_caller]
    pub fn good(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// A folder with a configuration, keys and pages.
pub struct Place {
    pub folder: tempfile::TempDir,
}

/// Routes for all that a test pays for: 3 credits, of which 1 comes back.
pub const ROUTES: &str = r#"
[[origin.routes]]
path = "/"
schemes = []
[[origin.routes]]
path = "/act"
schemes = ["act"]
cost = 3
returned = 1
[[origin.routes]]
path = "/arc"
schemes = ["arc"]
limit = 16
[[origin.routes]]
path = "/once"
schemes = ["voprf-ristretto255"]
"#;

impl Place {
    /// Keys of these types, and a configuration with these lines behind its own.
    pub fn new(types: &[&str], more: &str) -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        for path in ["act", "arc", "once"] {
            std::fs::create_dir_all(place.path("pages").join(path)).unwrap();
            std::fs::write(place.path("pages").join(path).join("page"), format!("the page {path}\n")).unwrap();
        }
        std::fs::write(place.path("pages/free"), "free\n").unwrap();
        place.configure(more);
        let keygen = [&["keygen", "--act-bits", "8", "--act-credits", "200"], types].concat();
        place.run(&keygen).good();
        place
    }

    /// Writes the configuration: listening on free ports, everything in this folder.
    pub fn configure(&self, more: &str) {
        let own = "server.listen = \"127.0.0.1:0\"\nadmin.listen = \"127.0.0.1:0\"\nkeys.folder = \"keys\"\n\
                   issuer.rate_per_minute = 0\nwallet.folder = \"wallet\"\nwallet.proxy = \"none\"\n\
                   origin.window_secret = \"window-secret\"\nledger.folder = \"ledger\"\n";
        let pages = if more.contains("origin.upstream") { "" } else { "origin.folder = \"pages\"\n" };
        let routes = if more.contains("[[origin.routes]]") { "" } else { ROUTES };
        std::fs::write(self.path("farebox.toml"), format!("{own}{pages}{more}\n{routes}")).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn command(&self) -> Command {
        let mut command = command(self.folder.path());
        command.arg("--config").arg(self.path("farebox.toml"));
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        run_with(self.command().args(arguments), b"")
    }

    pub fn serve(&self) -> Server {
        Server::start(self.command())
    }
}

/// A server that runs.
pub struct Server {
    child: Child,
    pub public: String,
    pub admin: String,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start(mut command: Command) -> Self {
        command.args(["--json", "serve"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (stderr, into) = (BufReader::new(child.stderr.take().unwrap()), Arc::clone(&log));
        let reader = std::thread::spawn(move || {
            for line in stderr.lines() {
                let line = line.unwrap();
                assert!(!line.contains("panicked"), "{line}");
                into.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line:?} {}", log.lock().unwrap()));
        assert_eq!(told["event"], "listening");
        let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
        Self { child, public: text("public"), admin: text("admin"), log, reader: Some(reader) }
    }

    pub fn address(&self) -> SocketAddr {
        self.public.trim_start_matches("http://").parse().unwrap()
    }

    pub fn admin_address(&self) -> SocketAddr {
        self.admin.trim_start_matches("http://").parse().unwrap()
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.public)
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([format!("-{name}"), self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Tells it to stop, and waits.
    pub fn stop(mut self) -> (ExitStatus, String) {
        self.signal("TERM");
        self.wait()
    }

    pub fn wait(&mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        self.reader.take().unwrap().join().expect("no panic in the server");
        (status, self.log())
    }

    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Waits for a line of the log.
    pub fn until_logged(&self, text: &str) {
        until(text, || self.log().contains(text));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for something, for a minute at most.
#[track_caller]
pub fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(60), "it did not happen: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Sends bytes, and reads until the other side closes.
pub fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// A GET on a connection of its own.
pub fn get(address: SocketAddr, path: &str) -> String {
    exchange(address, format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes())
}

pub fn status(answer: &str) -> u16 {
    answer.get(9..12).and_then(|digits| digits.parse().ok()).unwrap_or(0)
}
