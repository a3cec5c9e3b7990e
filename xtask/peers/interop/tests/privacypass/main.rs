//! Privacy Pass both ways with the crate `privacypass`: its client at our issuer and origin, and our client at its issuer and
//! origin. Messages and header fields are the bytes that the sender writes and the reader reads; nothing else passes.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod amortized;
mod generic;
mod ours;
mod single;
mod theirs;

/// Both sides' names.
const ISSUER: &str = "issuer.example";
const ORIGIN: &str = "origin.example";

/// The bytes with one bit of the last byte turned over, which in all messages here belongs to a proof or a signature.
fn spoiled(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    bytes
}
