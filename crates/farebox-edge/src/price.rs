//! What a request costs.

/// Credits of an ACT spend, below 2^L of the key. A price of 0 takes a spend all the same, and gives a client that has one the
/// handler; how many pass is limited by [`Config::zero_spends`](crate::Config::zero_spends).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(pub u64);
