//! A process that works on the store is killed at random points; then all that it had acknowledged is looked for.
//!
//! The test runs itself again as the process that is killed. It tells on its standard output what it is about to do and what the store
//! said. After each kill the store is opened here and audited:
//!
//! - whoever was told of a reservation still has it, and no serial was given to two requests;
//! - whoever was told of an answer still gets it, byte for byte, and every answer of a request is the same one;
//! - what was forgotten stays forgotten, and what was trimmed stays trimmed.
//!
//! Eight kills at work and four at the making by default; 200 and 100 with `FAREBOX_CRASH=long`.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod audit;
mod child;

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use audit::Audit;
use farebox_ledger_fjall::{FjallStore, Options};
use tempfile::tempdir;

/// Where the child finds the folder and the number of its run.
const FOLDER: &str = "FAREBOX_CRASH_FOLDER";
const RUN: &str = "FAREBOX_CRASH_RUN";

fn kills() -> u64 {
    if std::env::var("FAREBOX_CRASH").is_ok_and(|mode| mode == "long") { 200 } else { 8 }
}

/// The store is opened often, and its tables are written early, so that kills fall into all of that.
fn options() -> Options {
    Options::default().journal_bound(1 << 20)
}

/// Not a test: the process that is killed.
#[test]
#[ignore = "is run by the other tests"]
fn child() {
    if let (Ok(folder), Ok(run)) = (std::env::var(FOLDER), std::env::var(RUN)) {
        child::work(Path::new(&folder), run.parse().unwrap());
    }
}

#[test]
fn nothing_acknowledged_is_lost() {
    let folder = tempdir().unwrap();
    let mut audit = Audit::default();
    let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ u64::from(std::process::id()));
    let mut acknowledged = 0;
    for run in 0..kills() {
        // Every fourth is killed while it opens, the others at work.
        let (calls, wait) = if run % 4 == 3 { (0, random.below(40)) } else { (1 + random.below(800), random.below(5)) };
        let lines = run_and_kill(folder.path(), run, calls, Duration::from_millis(wait));
        acknowledged += lines.iter().filter(|line| line.starts_with('=')).count();
        lines.iter().for_each(|line| audit.line(line));
        audit.check(&FjallStore::open(folder.path(), options()).unwrap());
    }
    println!("{acknowledged} calls acknowledged, {} kills", kills());
    assert!(acknowledged > 100, "the child hardly worked: {acknowledged} calls");
}

/// A store that is killed while it is made is made by the next opening.
#[test]
fn killed_while_it_is_made() {
    let mut random = Random(u64::from(std::process::id()) | 1);
    for run in 0..kills() / 2 {
        let folder = tempdir().unwrap();
        let lines = run_and_kill(folder.path(), run, 0, Duration::from_millis(random.below(50)));
        let mut audit = Audit::default();
        lines.iter().for_each(|line| audit.line(line));
        audit.check(&FjallStore::open(folder.path(), options()).unwrap());
    }
}

/// Starts the child, lets it tell of so many calls, waits, and kills it. Gives the whole lines that it wrote.
fn run_and_kill(folder: &Path, run: u64, calls: u64, wait: Duration) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .env(RUN, run.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let (mut lines, mut told) = (Vec::new(), 0);
    while told < calls {
        let mut line = String::new();
        assert!(output.read_line(&mut line).unwrap() > 0, "the child ended by itself");
        told += u64::from(line.starts_with('='));
        lines.push(line.trim_end().to_owned());
    }
    // The pipe is read while the child works, or it would soon wait for us.
    let reader = std::thread::spawn(move || {
        let mut rest = Vec::new();
        std::io::Read::read_to_end(&mut output, &mut rest).unwrap();
        rest
    });
    std::thread::sleep(wait);
    // SIGKILL: nothing of the child runs any more.
    child.kill().unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(9), "the child ended by itself: {status}");
    let rest = String::from_utf8(reader.join().unwrap()).unwrap();
    // The last line may be cut.
    let whole = rest.rfind('\n').map_or("", |end| rest.split_at(end).0);
    lines.extend(whole.lines().map(str::to_owned));
    lines
}

/// Xorshift. The points of the kills differ from run to run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}
