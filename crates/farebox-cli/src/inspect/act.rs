//! The messages of ACT (draft-schlesinger-cfrg-act-02). Lengths, elements, scalars and amounts are judged by the scheme itself; proofs
//! are not verified, which takes keys.

use farebox_act::{BitLength, DomainSeparator, IssuanceRequest, IssuanceResponse, Params, Refund, SpendProof};

use super::Node;
use super::cut::Cut;

pub(crate) fn request(bytes: &[u8]) -> Result<Node, String> {
    IssuanceRequest::from_bytes(bytes).map_err(|error| error.to_string())?;
    let mut cut = Cut::new(bytes);
    let commitment = cut.field("K", 32).note("element");
    Ok(Node::group("IssuanceRequestMsg", bytes.len()).with(commitment).with(proof(&mut cut)))
}

pub(crate) fn response(bytes: &[u8]) -> Result<Node, String> {
    has_length(bytes, IssuanceResponse::LEN)?;
    IssuanceResponse::from_bytes(&params(64)?, bytes).map_err(|error| error.to_string())?;
    Ok(signed("IssuanceResponseMsg", ["A", "e", "c"], "credits", bytes))
}

pub(crate) fn refund(bytes: &[u8]) -> Result<Node, String> {
    has_length(bytes, Refund::LEN)?;
    Refund::from_bytes(&params(64)?, bytes).map_err(|error| error.to_string())?;
    Ok(signed("RefundMsg", ["A*", "e*", "t"], "credits that come back", bytes))
}

pub(crate) fn spend(bytes: &[u8]) -> Result<Node, String> {
    let bits = bits(bytes.len()).ok_or("no L has a spend proof of this length")?;
    SpendProof::from_bytes(&params(bits)?, bytes).map_err(|error| error.to_string())?;
    let mut cut = Cut::new(bytes);
    let tree = Node::group("SpendProofMsg", bytes.len()).note(format!("L = {bits}"));
    let tree = tree.with(cut.field("k", 32).note("nullifier"));
    let tree = tree.with(amount("s", cut.take(32), "charge"));
    let tree = tree.with(cut.field("ctx", 32).note("scalar"));
    let tree = tree.with(cut.field("A'", 32).note("element")).with(cut.field("B_bar", 32).note("element"));
    let commitments = cut.row("Com", 32, usize::from(bits));
    Ok(tree.all(commitments).with(proof(&mut cut)))
}

/// Before parameters are made, which takes a while.
fn has_length(bytes: &[u8], expected: usize) -> Result<(), String> {
    let actual = bytes.len();
    if actual == expected { Ok(()) } else { Err(format!("expected {expected} bytes, got {actual}")) }
}

/// L, by the length of a spend proof: 128L + 418.
fn bits(len: usize) -> Option<u8> {
    let bits = len.checked_sub(418)?;
    let whole = bits.is_multiple_of(128).then_some(bits / 128)?;
    u8::try_from(whole).ok().filter(|bits| (1..=64).contains(bits))
}

/// A response or a refund: they have one layout.
fn signed(name: &str, [a, e, amount_name]: [&str; 3], what: &str, bytes: &[u8]) -> Node {
    let mut cut = Cut::new(bytes);
    let tree = Node::group(name, bytes.len()).with(cut.field(a, 32).note("element"));
    let tree = tree.with(cut.field(e, 32).note("scalar"));
    let tree = tree.with(amount(amount_name, cut.take(32), what));
    tree.with(proof(&mut cut))
}

/// A proof behind its length.
fn proof(cut: &mut Cut<'_>) -> Node {
    let _length = cut.take(2);
    cut.proof("pok")
}

/// A scalar that is an amount: little endian, and below 2^64.
fn amount(name: &str, bytes: &[u8], what: &str) -> Node {
    let amount = bytes.first_chunk().map_or(0, |low| u64::from_le_bytes(*low));
    Node::number(name, amount).note(format!("{what}, {} bytes", bytes.len()))
}

/// Parameters for reading: the layouts depend on L and not on the generators.
fn params(bits: u8) -> Result<Params, String> {
    let bits = BitLength::new(bits).map_err(|error| error.to_string())?;
    let separator = DomainSeparator::new("farebox", "inspect", "layout", "2026-01-01");
    separator.and_then(|separator| Params::new(separator, bits)).map_err(|error| error.to_string())
}
