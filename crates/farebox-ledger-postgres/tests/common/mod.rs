//! PostgreSQL servers for tests: found, started on free ports in folders of their own, and stopped when dropped.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

pub mod load;

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use farebox_ledger_postgres::{Durability, Options};
use tempfile::TempDir;
use tokio_postgres::{NoTls, SimpleQueryMessage};

/// Runs an async test with a server's tools, or says that it was skipped.
pub fn with_tools<F: Future<Output = ()>>(test: impl FnOnce(Tools) -> F) {
    let Some(tools) = Tools::find() else {
        eprintln!("skipped: no PostgreSQL server here (looked in FAREBOX_PG_BIN, /usr/lib/postgresql, PATH)");
        assert!(std::env::var_os("FAREBOX_PG_REQUIRED").is_none(), "FAREBOX_PG_REQUIRED is set");
        return;
    };
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(test(tools));
}

/// As [`with_tools`], with a server that tests of one file share.
pub fn with_server<F: Future<Output = ()>>(test: impl FnOnce(Arc<Node>) -> F) {
    static SHARED: tokio::sync::Mutex<Weak<Node>> = tokio::sync::Mutex::const_new(Weak::new());
    with_tools(async |tools| {
        let mut shared = SHARED.lock().await;
        let node = match shared.upgrade() {
            Some(node) => node,
            None => {
                let node = Arc::new(Node::init(&tools, "").await);
                *shared = Arc::downgrade(&node);
                node
            }
        };
        drop(shared);
        test(node).await;
    });
}

/// Options for a loaded machine and a single server.
pub fn patient() -> Options {
    let (wait, limit) = (Duration::from_secs(20), Duration::from_secs(20));
    Options { durability: Durability::Server, wait, limit, connect: Duration::from_secs(10), ..Options::default() }
}

/// Long modes run where the variable says so.
pub fn is_long() -> bool {
    std::env::var("FAREBOX_CRASH").is_ok_and(|mode| mode == "long")
}

/// Where the server's binaries are, and who may run them.
#[derive(Clone)]
pub struct Tools {
    bin: PathBuf,
    /// initdb refuses root; then it is somebody else.
    user: Option<(u32, u32)>,
}

impl Tools {
    fn find() -> Option<Self> {
        let named = std::env::var_os("FAREBOX_PG_BIN").map(PathBuf::from);
        let mut installed: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
            .map(|all| all.flatten().map(|version| version.path().join("bin")).collect())
            .unwrap_or_default();
        installed.sort();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let bin = named.into_iter().chain(installed.into_iter().rev()).chain(std::env::split_paths(&path));
        let whole = |bin: &PathBuf| {
            ["initdb", "postgres", "pg_ctl", "pg_basebackup"].iter().all(|name| bin.join(name).exists())
        };
        let bin = bin.into_iter().find(whole)?;
        let root = fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
        let user = if root { Some(user("postgres").or_else(|| user("nobody"))?) } else { None };
        Some(Self { bin, user })
    }

    fn command(&self, name: &str) -> Command {
        self.as_user(Command::new(self.bin.join(name)))
    }

    fn as_user(&self, mut command: Command) -> Command {
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command.current_dir("/").stdin(Stdio::null());
        command
    }

    fn folder(&self) -> TempDir {
        let dir = tempfile::Builder::new().prefix("fbpg").tempdir().unwrap();
        if let Some((user, group)) = self.user {
            chown(dir.path(), Some(user), Some(group)).unwrap();
        }
        dir
    }
}

fn user(name: &str) -> Option<(u32, u32)> {
    let passwd = fs::read_to_string("/etc/passwd").ok()?;
    let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut ids = line.split(':').skip(2).map(|id| id.parse().ok());
    Some((ids.next()??, ids.next()??))
}

fn run(mut command: Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// One server.
pub struct Node {
    tools: Tools,
    dir: TempDir,
    pub port: u16,
    keeper: Mutex<Option<Keeper>>,
    schemas: AtomicU64,
}

/// Holds the process: it ends with the thread that started it, so that a test that is killed leaves none behind.
struct Keeper {
    end: Sender<()>,
    thread: JoinHandle<()>,
}

const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
shared_buffers = 16MB
max_connections = 150
max_wal_senders = 8
wal_keep_size = 64MB
max_wal_size = 256MB
hot_standby = on
dynamic_shared_memory_type = mmap
wal_receiver_timeout = 5s
wal_retrieve_retry_interval = 200ms
";

impl Node {
    /// A new server, with more lines for its configuration.
    pub async fn init(tools: &Tools, settings: &str) -> Self {
        let node = Self::unborn(tools, free_port());
        let mut initdb = tools.command("initdb");
        initdb.args(["-U", "farebox", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"]).arg(node.data());
        run(initdb);
        node.configure(&format!("{SETTINGS}unix_socket_directories = ''\n{settings}"));
        node.start().await;
        node
    }

    /// A standby of another server, on this port.
    pub async fn standby(primary: &Self, port: u16) -> Self {
        let node = Self::unborn(&primary.tools, port);
        let mut backup = node.tools.command("pg_basebackup");
        backup.args(["-h", "127.0.0.1", "-U", "farebox", "-R", "-X", "stream", "-c", "fast", "--no-sync"]);
        backup.args(["-p", &primary.port.to_string(), "-D"]).arg(node.data());
        run(backup);
        node.start().await;
        node
    }

    fn unborn(tools: &Tools, port: u16) -> Self {
        let dir = tools.folder();
        Self { tools: tools.clone(), dir, port, keeper: Mutex::new(None), schemas: AtomicU64::new(0) }
    }

    /// A folder for files of the server.
    pub fn folder(&self) -> &Path {
        self.dir.path()
    }

    /// Makes a file the server's, and nobody else's.
    pub fn give(&self, file: &Path) {
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
        if let Some((user, group)) = self.tools.user {
            chown(file, Some(user), Some(group)).unwrap();
        }
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Adds lines to the configuration file. They count from the next start or reload.
    pub fn configure(&self, lines: &str) {
        let file = OpenOptions::new().append(true).open(self.data().join("postgresql.conf"));
        file.unwrap().write_all(lines.as_bytes()).unwrap();
    }

    /// Starts the server and waits until it answers.
    pub async fn start(&self) {
        let command = postgres(&self.tools, &self.data(), self.port, &self.dir.path().join("log"));
        let ((end, ended), (started, start)) = (channel(), channel());
        let thread = thread::spawn(move || keep(command, &started, &ended));
        start.recv().unwrap();
        *self.keeper.lock().unwrap() = Some(Keeper { end, thread });
        for _ in 0..600 {
            if self.ask("SELECT 1").await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server did not start: {}", fs::read_to_string(self.dir.path().join("log")).unwrap_or_default());
    }

    /// SIGKILL.
    pub fn kill(&self) {
        if let Some(keeper) = self.keeper.lock().unwrap().take() {
            keeper.end.send(()).unwrap();
            keeper.thread.join().unwrap();
            self.clear();
        }
    }

    /// A killed server leaves a few bytes of shared memory; the last number in this line of its file names them.
    fn clear(&self) {
        let file = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        if let Some(id) = file.lines().nth(6).and_then(|line| line.split_whitespace().last()) {
            // It may be in use for a moment; then it goes when it is not.
            _ = self.tools.as_user(Command::new("ipcrm")).args(["-m", id]).output();
        }
    }

    /// Stops without a goodbye: what a power cut looks like from outside, but for the disk.
    pub fn stop(&self) {
        self.control(&["stop", "-m", "immediate", "-t", "20"]);
        self.kill();
    }

    /// A standby becomes a primary.
    pub fn promote(&self) {
        self.control(&["promote", "-t", "60"]);
    }

    fn control(&self, arguments: &[&str]) {
        let mut command = self.tools.command("pg_ctl");
        command.args(arguments).arg("-D").arg(self.data());
        run(command);
    }

    /// A connection string, to this server alone.
    pub fn config(&self) -> String {
        format!("host=127.0.0.1 port={} user=farebox dbname=postgres", self.port)
    }

    /// A connection string to a place of its own in the database, without tables.
    pub async fn place(&self) -> String {
        let i = self.schemas.fetch_add(1, Ordering::Relaxed);
        self.ask(&format!("CREATE SCHEMA place{i}")).await.unwrap();
        format!("{} options='-c search_path=place{i}'", self.config())
    }

    /// Runs statements, and gives the first column of what comes back.
    pub async fn ask(&self, sql: &str) -> Result<Vec<String>, tokio_postgres::Error> {
        ask(&self.config(), sql).await
    }

    /// Waits until a query gives this.
    pub async fn until(&self, sql: &str, wanted: &str) {
        for _ in 0..1200 {
            if self.ask(sql).await.is_ok_and(|rows| rows.first().is_some_and(|row| row == wanted)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{sql} did not become {wanted}");
    }
}

/// Runs statements over a connection of their own.
pub async fn ask(config: &str, sql: &str) -> Result<Vec<String>, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(&format!("{config} application_name=test"), NoTls).await?;
    let driver = tokio::spawn(connection);
    let messages = client.simple_query(sql).await;
    driver.abort();
    let first = |message: &SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
        _ => None,
    };
    Ok(messages?.iter().filter_map(first).collect())
}

impl Drop for Node {
    fn drop(&mut self) {
        if self.keeper.lock().is_ok_and(|keeper| keeper.is_some()) && !thread::panicking() {
            self.stop();
        }
        self.kill();
    }
}

fn postgres(tools: &Tools, data: &Path, port: u16, log: &Path) -> Command {
    let setpriv = Path::new("/usr/bin/setpriv");
    let mut command = if setpriv.exists() {
        let mut command = Command::new(setpriv);
        if let Some((user, group)) = tools.user {
            command.args([format!("--reuid={user}"), format!("--regid={group}"), "--clear-groups".into()]);
        }
        command.args(["--pdeathsig", "QUIT"]).arg(tools.bin.join("postgres"));
        command.current_dir("/").stdin(Stdio::null());
        command
    } else {
        tools.command("postgres")
    };
    let log = OpenOptions::new().create(true).append(true).open(log).unwrap();
    command.arg("-D").arg(data).args(["-p", &port.to_string()]).stdout(log.try_clone().unwrap()).stderr(log);
    command
}

fn keep(mut command: Command, started: &Sender<()>, ended: &std::sync::mpsc::Receiver<()>) {
    let mut child: Child = command.spawn().unwrap();
    started.send(()).unwrap();
    _ = ended.recv();
    _ = child.kill();
    child.wait().unwrap();
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
