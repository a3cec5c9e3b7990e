//! What hostile requests leave behind in memory: nothing that grows with their number. A program of its own, as it measures itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    unreachable_pub,
    missing_docs
)]
#![allow(dead_code, reason = "the modules are shared with the other tests")]

mod attack;
#[path = "../edge/client.rs"]
mod client;
#[path = "../edge/rsa.rs"]
mod rsa;
#[path = "../edge/site.rs"]
mod site;
#[path = "../edge/store.rs"]
mod store;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::attack::{Counts, Kind, Target};

/// Rounds of either half, of about 2000 requests each. One half ends earlier when its time is over, in which it does less.
const ROUNDS: usize = 20;
const HALF: Duration = Duration::from_secs(4);

/// KiB by which the second half may be larger than the first was, in use at its end and at its height. It is what allocators and
/// threads come to. One half is some 40,000 requests, so on average less than 110 bytes of each may stay.
const BOUND: u64 = 4 << 10;

/// KiB of this process, or none where the system does not say.
#[derive(Clone, Copy, Debug)]
struct Memory {
    now: u64,
    highest: u64,
}

impl Memory {
    fn read() -> Option<Self> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let line = |name: &str| {
            status.lines().find_map(|line| line.strip_prefix(name)?.strip_suffix("kB")?.trim().parse().ok())
        };
        Some(Self { now: line("VmRSS:")?, highest: line("VmHWM:")? })
    }
}

async fn half(target: &Target, tokens: &mut impl Iterator<Item = Vec<u8>>) -> Counts {
    let (start, mut counts) = (Instant::now(), Counts::default());
    for _ in 0..ROUNDS {
        attack::round(target, [tokens.next().unwrap(), tokens.next().unwrap()], &mut counts).await;
        if start.elapsed() > HALF {
            break;
        }
    }
    target.site.gate.drained().await;
    counts
}

/// Every kind of request came to what it is for, and to nothing but that or a full queue.
fn check(counts: &Counts) {
    let mut good: BTreeMap<Kind, u64> = BTreeMap::new();
    for (&(kind, status), &count) in counts {
        assert!(status == 503 || kind.statuses().contains(&status), "{kind:?}: {count} times {status}");
        if status != 503 {
            *good.entry(kind).or_default() += count;
        }
    }
    for kind in Kind::ALL {
        assert!(good.contains_key(&kind), "{kind:?} was always shed: {counts:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_requests_leave_no_memory_behind() {
    let Some(before) = Memory::read() else {
        println!("skipped: there is no /proc/self/status to read the memory from");
        return;
    };
    let (target, tokens) = attack::target(4 * ROUNDS).await;
    let mut tokens = tokens.into_iter();
    let first = half(&target, &mut tokens).await;
    let middle = Memory::read().unwrap();
    let second = half(&target, &mut tokens).await;
    let end = Memory::read().unwrap();
    check(&first);
    check(&second);
    let requests = [&first, &second].map(|counts| counts.values().sum::<u64>());
    println!("requests {requests:?}, memory in KiB: before {before:?}, middle {middle:?}, end {end:?}");
    assert!(end.now < middle.now + BOUND, "{middle:?} grew to {end:?} over {} requests", requests[1]);
    assert!(end.highest < middle.highest + BOUND, "{middle:?} rose to {end:?} over {} requests", requests[1]);
    // What was good was taken once, and nothing else is in the ledger.
    let once = 1 + target.site.runs();
    assert!(target.site.store.memory.len() <= once, "{} serials for {once} tokens", target.site.store.memory.len());
    assert_eq!(target.site.gate.running(), 0);
}
