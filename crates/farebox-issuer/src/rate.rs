//! A token bucket for each client, in a table of fixed size.

use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::RateLimit;

/// Clients that fall together are looked for one by one.
const WAYS: usize = 8;
const MINUTE: u64 = 60_000_000_000;

/// A bucket is one number: the moment, in nanoseconds since the table was made, at which it is full again. One that is full says
/// nothing about its client, so its entry is free for another.
#[derive(Clone, Copy, Default)]
struct Entry {
    tag: u64,
    full_at: u64,
}

/// The buckets. The hash has a key of this process, so that nobody can choose addresses that fall together.
pub(crate) struct RateTable {
    sets: Box<[Mutex<[Entry; WAYS]>]>,
    hasher: RandomState,
    /// What a request takes, in nanoseconds.
    cost: u64,
    /// How far in front of now a bucket may be full again.
    depth: u64,
}

impl RateTable {
    /// All its memory is taken here.
    pub(crate) fn new(limit: &RateLimit) -> Self {
        let cost = MINUTE / u64::from(limit.per_minute.max(1));
        let sets = (0..limit.clients.div_ceil(WAYS).max(1)).map(|_| Mutex::default()).collect();
        Self { sets, hasher: RandomState::new(), cost, depth: cost.saturating_mul(u64::from(limit.burst)) }
    }

    /// Takes one request out of the client's bucket, at this time since the table was made.
    ///
    /// # Errors
    /// Seconds until there is one again, at least 1. Nothing was taken.
    pub(crate) fn admit(&self, client: Option<&[u8]>, now: Duration) -> Result<(), u64> {
        let now = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        let tag = self.hasher.hash_one(client);
        let Some(set) = self.sets.get((tag % self.sets.len() as u64) as usize) else { return Ok(()) };
        let mut set = set.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = find(&mut set, tag, now) else { return Ok(()) };
        let full_at = entry.full_at.max(now).saturating_add(self.cost);
        let over = full_at.saturating_sub(now.saturating_add(self.depth));
        if over > 0 {
            return Err(over.div_ceil(1_000_000_000));
        }
        entry.full_at = full_at;
        Ok(())
    }
}

/// The client's entry; a free one, which becomes the client's; or the one that is fullest, which both share then. Nobody's bucket
/// is thrown away to make room: whoever comes with many addresses would be rid of his own.
fn find(set: &mut [Entry; WAYS], tag: u64, now: u64) -> Option<&mut Entry> {
    let own = set.iter().position(|entry| entry.tag == tag);
    let free = || set.iter().position(|entry| entry.full_at <= now);
    match own.or_else(free) {
        Some(index) => {
            let entry = set.get_mut(index)?;
            entry.tag = tag;
            Some(entry)
        }
        None => set.iter_mut().min_by_key(|entry| entry.full_at),
    }
}

/// An address, or the network of one: the first 64 bits of IPv6, which one customer has whole.
pub(crate) fn network(address: IpAddr) -> [u8; 16] {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => (Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)).octets(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(per_minute: u32, burst: u32, clients: usize) -> RateTable {
        RateTable::new(&RateLimit { per_minute, burst, clients })
    }

    #[test]
    fn a_bucket_empties_and_fills() {
        let table = table(60, 3, 64);
        let at = |ms| table.admit(Some(b"a"), Duration::from_millis(ms));
        assert_eq!([at(0), at(0), at(0)], [Ok(()); 3]);
        assert_eq!(at(0), Err(1));
        assert_eq!(at(999), Err(1));
        assert_eq!(at(1000), Ok(()));
        assert_eq!(at(1000), Err(1));
        assert_eq!(table.admit(Some(b"b"), Duration::ZERO), Ok(()));
        assert_eq!(table.admit(None, Duration::ZERO), Ok(()));
        // Full again, and not fuller than that.
        assert_eq!([at(90_000), at(90_000), at(90_000)], [Ok(()); 3]);
        assert_eq!(at(90_000), Err(1));
    }

    #[test]
    fn a_refusal_says_how_long() {
        let table = table(1, 1, 8);
        assert_eq!(table.admit(None, Duration::ZERO), Ok(()));
        assert_eq!(table.admit(None, Duration::from_secs(1)), Err(59));
    }

    #[test]
    fn a_flood_of_addresses_neither_grows_the_table_nor_frees_anybody() {
        let table = table(1, 2, 64);
        let taken = std::mem::size_of_val(&*table.sets);
        let now = Duration::from_secs(1);
        let victim = Some(&b"victim"[..]);
        assert_eq!([table.admit(victim, now), table.admit(victim, now)], [Ok(()); 2]);
        let passed = (0..100_000u32).filter(|i| table.admit(Some(&i.to_be_bytes()), now).is_ok()).count();
        // 64 buckets with 2 each, less what the victim took.
        assert!(passed <= 126, "{passed}");
        assert!(table.admit(victim, now).is_err());
        assert_eq!(std::mem::size_of_val(&*table.sets), taken);
        assert_eq!(table.sets.len(), 8);
        // Later all of it is free again.
        assert_eq!(table.admit(victim, Duration::from_secs(1000)), Ok(()));
    }

    #[test]
    fn addresses_of_one_network_are_one_client() {
        let of = |address: &str| network(address.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
