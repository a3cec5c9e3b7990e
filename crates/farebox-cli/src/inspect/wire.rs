//! The messages of Privacy Pass, with those of the schemes inside.

use privacypass_wire::directory::{IssuerDirectory, TokenKey};
use privacypass_wire::{
    ActToken, AmortizedBatchTokenRequest, AmortizedBatchTokenResponse, Any, ArcToken, GenericBatchTokenRequest,
    GenericBatchTokenResponse, Limits, Malformed, Refund, SingleUseToken, Token, TokenChallenge, TokenRequest,
    TokenResponse, TokenType, Unknown,
};

use super::{Hints, Node, act, arc, type_name};
use crate::args::Kind;

/// Reads bytes as a message of this kind.
pub(crate) fn read(kind: Kind, bytes: &[u8], hints: Hints) -> Result<Node, String> {
    match kind {
        Kind::Challenge => challenge(bytes),
        Kind::Token => token(bytes),
        Kind::Request => TokenRequest::from_bytes(bytes).map(|request| token_request(&request)).map_err(text),
        Kind::Response => response(bytes, hints),
        Kind::AmortizedRequest => amortized_request(bytes),
        Kind::AmortizedResponse => amortized_response(bytes, hints),
        Kind::GenericRequest => generic_request(bytes),
        Kind::GenericResponse => generic_response(bytes),
        Kind::Refund => refund(bytes),
        Kind::ActRequest => act::request(bytes),
        Kind::ActResponse => act::response(bytes),
        Kind::ActSpend => act::spend(bytes),
        Kind::ActRefund => act::refund(bytes),
        Kind::ArcRequest => arc::request(bytes),
        Kind::ArcResponse => arc::response(bytes),
        Kind::ArcPresentation => arc::presentation(bytes),
        Kind::Directory => directory(bytes),
        Kind::WwwAuthenticate | Kind::Authorization | Kind::Reverse => Err("a header is text".into()),
    }
}

fn text(error: Malformed) -> String {
    error.to_string()
}

fn type_node(token_type: TokenType) -> Node {
    Node::text("token_type", token_type.to_string()).note(type_name(token_type))
}

pub(crate) fn challenge(bytes: &[u8]) -> Result<Node, String> {
    match Any::<TokenChallenge>::from_bytes(bytes, &Limits::DEFAULT).map_err(text)? {
        Any::Known(challenge) => Ok(known_challenge(&challenge)),
        Any::Unknown(message) => unknown("TokenChallenge", &message),
    }
}

fn known_challenge(challenge: &TokenChallenge) -> Node {
    let digest = hex::encode(challenge.digest().as_bytes());
    let context = |name, context: Option<&[u8; 32]>| Node::bytes(name, context.map_or(&[][..], |bytes| bytes));
    let tree = Node::group("TokenChallenge", challenge.as_bytes().len()).note(format!("digest {digest}"));
    let tree = tree.with(type_node(challenge.token_type())).with(Node::text("issuer_name", challenge.issuer_name()));
    let tree = tree.with(context("redemption_context", challenge.redemption_context()));
    let tree = tree.with(Node::text("origin_info", challenge.origin_info()));
    if challenge.token_type().is_credential() {
        tree.with(context("credential_context", challenge.credential_context()))
    } else {
        tree
    }
}

pub(crate) fn token(bytes: &[u8]) -> Result<Node, String> {
    match Any::<Token>::from_bytes(bytes, &Limits::DEFAULT).map_err(text)? {
        Any::Known(Token::SingleUse(token)) => Ok(single_use(&token, bytes.len())),
        Any::Known(Token::Arc(token)) => Ok(arc_token(&token, bytes.len())),
        Any::Known(Token::Act(token)) => Ok(act_token(&token, bytes.len())),
        Any::Unknown(message) => unknown("Token", &message),
    }
}

/// Only grease is taken for a message of an unknown type: anything would be one otherwise.
fn unknown(name: &str, message: &Unknown) -> Result<Node, String> {
    let token_type = message.token_type();
    if !token_type.is_grease() {
        return Err(format!("token type {token_type} has no layout here"));
    }
    let body = message.as_bytes().get(2..).unwrap_or_default();
    Ok(Node::group(name, message.as_bytes().len()).with(type_node(token_type)).with(Node::bytes("body", body)))
}

fn single_use(token: &SingleUseToken, len: usize) -> Node {
    let input = token.input();
    let tree = Node::group("Token", len).with(type_node(input.token_type)).with(Node::bytes("nonce", &input.nonce));
    let tree = tree.with(Node::bytes("challenge_digest", input.challenge_digest.as_bytes()));
    let tree = tree.with(Node::bytes("token_key_id", input.key_id.as_bytes()));
    tree.with(Node::bytes("authenticator", token.authenticator()))
}

fn arc_token(token: &ArcToken, len: usize) -> Node {
    let nonce = Node::number("presentation_nonce", token.presentation_nonce().into()).note("means nothing, 4 bytes");
    let tree = Node::group("Token", len).with(type_node(TokenType::ARC)).with(nonce);
    let tree = tree.with(Node::bytes("challenge_digest", token.challenge_digest().as_bytes()));
    let tree = tree.with(Node::bytes("issuer_key_id", token.issuer_key_id().as_bytes()));
    tree.with(inner("presentation", token.presentation(), arc::presentation))
}

fn act_token(token: &ActToken, len: usize) -> Node {
    let tree = Node::group("Token", len).with(type_node(TokenType::ACT));
    let tree = tree.with(Node::bytes("challenge_digest", token.challenge_digest().as_bytes()));
    let tree = tree.with(Node::bytes("issuer_key_id", token.issuer_key_id().as_bytes()));
    tree.with(inner("encoded_spend_proof", token.spend_proof(), act::spend))
}

/// A scheme's message, or its bytes and why it does not read.
fn inner(name: &str, bytes: &[u8], read: fn(&[u8]) -> Result<Node, String>) -> Node {
    match read(bytes) {
        Ok(tree) => Node::group(name, bytes.len()).with(tree),
        Err(reason) => Node::bytes(name, bytes).note(format!("does not read: {reason}")),
    }
}

fn token_request(request: &TokenRequest) -> Node {
    let tree = Node::group("TokenRequest", request.to_bytes().len()).with(type_node(request.token_type()));
    let tree = tree.with(Node::bytes("truncated_token_key_id", &[request.truncated_key_id()]));
    tree.with(match request.token_type() {
        TokenType::ACT => inner("encoded_request", request.message(), act::request),
        TokenType::ARC => inner("request", request.message(), arc::request),
        _ => Node::bytes("blinded_msg", request.message()),
    })
}

/// An answer does not say its type; all types have other lengths.
fn response(bytes: &[u8], hints: Hints) -> Result<Node, String> {
    let types = hints.token_type.map_or(TokenType::KNOWN.to_vec(), |token_type| vec![token_type]);
    if types.contains(&TokenType::ACT)
        && let Ok(response) = TokenResponse::from_bytes_196(bytes)
    {
        let message =
            Node::bytes("encoded_response", response.message()).note("the layout with ctx, of older software");
        return Ok(Node::group("TokenResponse", bytes.len()).with(message));
    }
    let mut reason = "no token type has an answer of this length".to_owned();
    for token_type in types {
        match TokenResponse::from_bytes(token_type, bytes) {
            Ok(response) => return Ok(token_response(&response)),
            Err(error) if hints.token_type.is_some() => reason = error.to_string(),
            Err(_) => {}
        }
    }
    Err(reason)
}

fn token_response(response: &TokenResponse) -> Node {
    let token_type = response.token_type();
    let tree = Node::group("TokenResponse", response.to_bytes().len());
    let tree = tree.note(format!("{token_type} {}, by its length", type_name(token_type)));
    match token_type {
        TokenType::ACT => tree.with(inner("encoded_response", response.message(), act::response)),
        TokenType::ARC => tree.with(inner("response", response.message(), arc::response)),
        TokenType::BLIND_RSA => tree.with(Node::bytes("blind_sig", response.message())),
        _ => tree
            .with(Node::bytes("evaluate_msg", response.evaluated()))
            .with(Node::bytes("evaluate_proof", response.proof())),
    }
}

fn amortized_request(bytes: &[u8]) -> Result<Node, String> {
    let request = AmortizedBatchTokenRequest::from_bytes(bytes, &Limits::DEFAULT).map_err(text)?;
    let tree = Node::group("AmortizedBatchTokenRequest", bytes.len()).note(format!("{} tokens", request.count()));
    let tree = tree.with(type_node(request.token_type()));
    let tree = tree.with(Node::bytes("truncated_token_key_id", &[request.truncated_key_id()]));
    Ok(tree.all(numbered("blinded_msg", request.blinded_messages())))
}

fn amortized_response(bytes: &[u8], hints: Hints) -> Result<Node, String> {
    let both = vec![TokenType::VOPRF_P384, TokenType::VOPRF_RISTRETTO255];
    let types = hints.token_type.map_or(both, |token_type| vec![token_type]);
    let mut reason = String::new();
    for token_type in types {
        match AmortizedBatchTokenResponse::from_bytes(token_type, bytes, &Limits::DEFAULT) {
            Ok(response) => {
                let note = format!("{} tokens, {}", response.count(), type_name(token_type));
                let tree = Node::group("AmortizedBatchTokenResponse", bytes.len()).note(note);
                let tree = tree.all(numbered("evaluated_msg", response.evaluated_messages()));
                return Ok(tree.with(Node::bytes("evaluated_proof", response.proof())));
            }
            Err(error) => reason = error.to_string(),
        }
    }
    Err(reason)
}

fn numbered<'a>(name: &'a str, all: impl Iterator<Item = &'a [u8]>) -> impl Iterator<Item = Node> {
    all.enumerate().map(move |(i, bytes)| Node::bytes(format!("{name}[{i}]"), bytes))
}

fn generic_request(bytes: &[u8]) -> Result<Node, String> {
    let batch = GenericBatchTokenRequest::from_bytes(bytes, &Limits::DEFAULT).map_err(text)?;
    let tree = Node::group("GenericBatchTokenRequest", bytes.len()).note(format!("{} requests", batch.requests.len()));
    Ok(tree.all(batch.requests.iter().map(token_request)))
}

fn generic_response(bytes: &[u8]) -> Result<Node, String> {
    let batch = GenericBatchTokenResponse::from_bytes(bytes, &Limits::DEFAULT).map_err(text)?;
    let note = format!("{} answers, status {}", batch.responses.len(), batch.status());
    let one = |response: &Option<TokenResponse>| {
        response.as_ref().map_or_else(|| Node::text("TokenResponse", "none"), token_response)
    };
    Ok(Node::group("GenericBatchTokenResponse", bytes.len()).note(note).all(batch.responses.iter().map(one)))
}

fn refund(bytes: &[u8]) -> Result<Node, String> {
    let refund = Refund::from_bytes(bytes).map_err(text)?;
    Ok(Node::group("Refund", bytes.len()).with(inner("refund", refund.message(), act::refund)))
}

pub(crate) fn directory(json: &[u8]) -> Result<Node, String> {
    let directory = IssuerDirectory::from_json(json, &Limits::DEFAULT).map_err(text)?;
    let tree = Node::group("IssuerDirectory", json.len());
    let tree = tree.with(Node::text("issuer-request-uri", &directory.request_uri));
    let tree = tree.all(directory.token_keys.iter().map(token_key));
    Ok(tree.all(directory.others.iter().map(|(name, value)| Node::text(name, value.to_string()))))
}

fn token_key(key: &TokenKey) -> Node {
    let mut tree = Node::text("token-key", key.token_type.to_string()).note(type_name(key.token_type));
    tree = tree.with(Node::bytes("id", key.id().as_bytes())).with(Node::bytes("token-key", &key.public_key));
    tree = tree.all(key.not_before.map(|time| Node::number("not-before", time)));
    if let Some(act) = &key.act {
        tree = tree.with(Node::text("domain-separator", &act.domain_separator));
        tree = tree.with(Node::number("bit-length", act.bit_length.into()));
        tree = tree.with(Node::number("initial-credits", act.initial_credits));
    }
    tree.all(key.others.iter().map(|(name, value)| Node::text(name, value.to_string())))
}
