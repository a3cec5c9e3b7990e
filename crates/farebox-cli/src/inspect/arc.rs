//! The messages of ARC on P-256 (draft-ietf-privacypass-arc-crypto-01). Lengths and elements are judged by the scheme itself; proofs
//! are not verified, which takes keys.

use farebox_arc::{CredentialRequest, CredentialResponse, Limit, P256, Presentation};
use privacypass_wire::lengths;

use super::Node;
use super::cut::Cut;

const ELEMENT: usize = 33;

pub(crate) fn request(bytes: &[u8]) -> Result<Node, String> {
    CredentialRequest::<P256>::from_bytes(bytes).map_err(|error| error.to_string())?;
    Ok(elements("CredentialRequest", &["m1Enc", "m2Enc"], 0, bytes))
}

pub(crate) fn response(bytes: &[u8]) -> Result<Node, String> {
    CredentialResponse::<P256>::from_bytes(bytes).map_err(|error| error.to_string())?;
    Ok(elements("CredentialResponse", &["U", "encU'", "X0Aux", "X1Aux", "X2Aux", "HAux"], 0, bytes))
}

pub(crate) fn presentation(bytes: &[u8]) -> Result<Node, String> {
    // The length tells the bits of the limit, not the limit.
    let bits = (1..=32).find(|bits| lengths::arc_presentation(1 << bits) == Some(bytes.len()));
    let bits: u32 = bits.ok_or("no limit up to 2^32 has a presentation of this length")?;
    let limit = Limit::new(1 << bits).map_err(|error| error.to_string())?;
    Presentation::<P256>::from_bytes(limit, bytes).map_err(|error| error.to_string())?;
    let lowest = (1u64 << (bits - 1)) + 1;
    let note = if bits == 1 { "limit 2".to_owned() } else { format!("limit from {lowest} to {}", 1u64 << bits) };
    let names = ["U", "U'Commit", "m1Commit", "tag", "nonceCommit"];
    Ok(elements("Presentation", &names, bits as usize, bytes).note(note))
}

/// Elements by name, then so many `D`, then the proof.
fn elements(name: &str, names: &[&str], more: usize, bytes: &[u8]) -> Node {
    let mut cut = Cut::new(bytes);
    let named: Vec<Node> = names.iter().map(|name| cut.field(*name, ELEMENT).note("element")).collect();
    let rest = cut.row("D", ELEMENT, more);
    Node::group(name, bytes.len()).all(named).all(rest).with(cut.proof("proof"))
}
