//! Headers, as a name with a value or as a value alone.

use privacypass_wire::http::{
    Authorization, PRIVACYPASS_REVERSE, Param, PrivateTokenChallenge, Reading, SCHEME, WwwAuthenticate, reverse,
};
use privacypass_wire::{KeyId, Limits};

use super::{Hints, Node, wire};
use crate::args::Kind;

/// Reads a header of this kind. A name in front has to be the right one.
pub(crate) fn read(kind: Kind, text: &str) -> Result<Node, String> {
    let name = match kind {
        Kind::WwwAuthenticate => privacypass_wire::http::WWW_AUTHENTICATE,
        Kind::Authorization => privacypass_wire::http::AUTHORIZATION,
        _ => PRIVACYPASS_REVERSE,
    };
    let (is_named, value) = match text.split_once(':') {
        Some((before, value)) if before.trim().eq_ignore_ascii_case(name) => (true, value.trim()),
        Some((before, _)) if is_field_name(before) => return Err("the header has another name".into()),
        _ => (false, text),
    };
    match kind {
        Kind::WwwAuthenticate => challenges(value),
        Kind::Authorization => authorization(value),
        _ if is_named || value.starts_with('"') => reverse_flow(value),
        _ => Err("it has neither the header's name nor quotes".into()),
    }
}

fn is_field_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn challenges(value: &str) -> Result<Node, String> {
    let read =
        WwwAuthenticate::parse([value], Reading::Lenient, &Limits::DEFAULT).map_err(|error| error.to_string())?;
    if read.challenges.is_empty() {
        let first = read.refused.first();
        return Err(first.map_or(format!("no challenge of the scheme {SCHEME}"), ToString::to_string));
    }
    let mut tree = Node::group("WWW-Authenticate", value.len());
    tree = tree.all(read.challenges.iter().map(challenge));
    tree = tree.all(read.refused.iter().map(|error| Node::text("refused", error.to_string())));
    if read.other_schemes > 0 {
        tree = tree.with(Node::number("other schemes", read.other_schemes as u64));
    }
    Ok(tree)
}

fn challenge(challenge: &PrivateTokenChallenge) -> Node {
    let mut tree = Node::text(SCHEME, "challenge");
    tree = tree.with(match wire::challenge(&challenge.challenge) {
        Ok(inner) => inner,
        Err(reason) => Node::bytes("challenge", &challenge.challenge).note(reason),
    });
    if let Some(key) = &challenge.token_key {
        let id = hex::encode(KeyId::of_public_key(key).as_bytes());
        tree = tree.with(Node::bytes("token-key", key).note(format!("id {id}")));
    }
    let numbers = [("max-age", challenge.max_age), ("cost", challenge.cost), ("rate-limit", challenge.rate_limit)];
    tree = tree.all(numbers.into_iter().filter_map(|(name, value)| Some(Node::number(name, value?))));
    tree.all(challenge.others.iter().map(other))
}

fn authorization(value: &str) -> Result<Node, String> {
    let read = Authorization::parse(value.as_bytes(), Reading::Lenient, &Limits::DEFAULT);
    let read = read.map_err(|error| error.to_string())?.ok_or(format!("not the scheme {SCHEME}"))?;
    let mut tree = Node::group("Authorization", value.len()).with(token("token", &read.token));
    if let Some(companion) = &read.companion {
        tree = tree.with(token("companion", companion));
    }
    Ok(tree.all(read.others.iter().map(other)))
}

fn token(name: &str, bytes: &[u8]) -> Node {
    match wire::token(bytes) {
        Ok(tree) => Node::group(name, bytes.len()).with(tree),
        Err(reason) => Node::bytes(name, bytes).note(reason),
    }
}

fn reverse_flow(value: &str) -> Result<Node, String> {
    let bytes =
        reverse::parse(value.as_bytes(), Reading::Lenient, &Limits::DEFAULT).map_err(|error| error.to_string())?;
    let kinds = [Kind::Request, Kind::AmortizedRequest, Kind::Refund, Kind::Response, Kind::AmortizedResponse];
    let inner = kinds.into_iter().find_map(|kind| wire::read(kind, &bytes, Hints::default()).ok());
    let inner = inner.unwrap_or_else(|| Node::bytes("message", &bytes).note("no message that is known here"));
    Ok(Node::group(PRIVACYPASS_REVERSE, value.len()).with(inner))
}

fn other(param: &Param) -> Node {
    Node::text(&param.name, String::from_utf8_lossy(&param.value)).note("a parameter that is not known here")
}
