//! Named points at which a test lets the process die.
//!
//! With the feature `failpoints`, the variable `FAREBOX_WALLET_FAILPOINT=name:count` aborts the process when it comes to that
//! point for the `count`th time (from 1). Without the feature there is nothing here.

/// The points, in the order in which a spend comes by: those of one write of the file, which is passed at each step, and those
/// between the steps.
#[cfg(feature = "failpoints")]
pub const POINTS: [&str; 11] = [
    "file.created",
    "file.half-written",
    "file.written",
    "file.synced",
    "file.renamed",
    "file.folder-synced",
    "ask.journalled",
    "ask.answered",
    "spend.journalled",
    "spend.answered",
    "spend.settled",
];

/// Dies here, if this is the point.
#[cfg(feature = "failpoints")]
pub(crate) fn hit(name: &'static str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static CHOSEN: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);

    let chosen = CHOSEN.get_or_init(|| {
        let value = std::env::var("FAREBOX_WALLET_FAILPOINT").ok()?;
        let (name, count) = value.split_once(':')?;
        Some((name.to_owned(), count.parse().ok()?))
    });
    if let Some((point, count)) = chosen
        && point == name
        && PASSED.fetch_add(1, Ordering::SeqCst) + 1 == *count
    {
        std::process::abort();
    }
}

/// Does nothing.
#[cfg(not(feature = "failpoints"))]
pub(crate) fn hit(_: &'static str) {}
