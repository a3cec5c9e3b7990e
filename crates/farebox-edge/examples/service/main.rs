//! How many requests a gate redeems in a second, per kind of token: with a durable ledger and with one in memory, over HTTP on
//! 127.0.0.1, beside what verification alone takes on the same cores. `cargo xtask bench-compare --only service` runs it.
//!
//! The client runs on the same cores as the gate and makes its tokens before the clock starts. Rounds of the three are interleaved.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement"
)]

mod load;
mod report;
mod site;
mod tokens;

use std::time::Instant;

use crate::report::{Report, Row};
use crate::site::{Ledgers, Site};
use crate::tokens::Kind;

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let json = std::env::args().any(|argument| argument == "--json");
    let (rounds, most) = if quick { (3, 600) } else { (5, 3000) };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let server = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new();
    let mut report = Report::new(cores, rounds);
    for kind in Kind::ALL {
        eprintln!("{}: making tokens", kind.name());
        let count = most / kind.weight();
        let memory = server.block_on(site.serve(kind, Ledgers::Memory));
        let durable = server.block_on(site.serve(kind, Ledgers::Fjall(folder.path())));
        let mut row = Row::new(kind.name());
        for round in 0..rounds {
            // One challenge for both, so the tokens of either could be shown to the other; each is shown once.
            let tokens = tokens::make(&site, kind, memory, 2 * count, cores);
            let (first, second) = tokens.split_at(count);
            row.verify.push(verified(&site, kind, first, cores));
            // Each is first in every other round.
            for turn in 0..2 {
                if (round + turn) % 2 == 0 {
                    row.memory.push(load::redeem(memory, first));
                } else {
                    row.durable.push(load::redeem(durable, second));
                }
            }
        }
        report.push(row);
    }
    if json {
        report.print_json();
    } else {
        report.print();
    }
}

/// Tokens that are bound and verified in a second, on all cores, without a ledger, a network or an answer.
fn verified(site: &Site, kind: Kind, tokens: &[Vec<u8>], cores: usize) -> f64 {
    let offers = site.offers(kind);
    let start = Instant::now();
    std::thread::scope(|scope| {
        for part in tokens.chunks(tokens.len().div_ceil(cores)) {
            let offers = &offers;
            scope.spawn(move || {
                for token in part {
                    let _verified = offers.bind(token, None, site::now()).unwrap().verify(|_| false).unwrap();
                }
            });
        }
    });
    tokens.len() as f64 / start.elapsed().as_secs_f64()
}
