//! Reading a message of any kind, to show it.

mod act;
mod arc;
mod cut;
mod header;
mod input;
mod node;
mod wire;

use privacypass_wire::TokenType;

use crate::args::{Kind, TypeName};

pub(crate) use input::{Form, forms, read};
pub(crate) use node::Node;

/// What a reader may know beside the bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hints {
    /// The token type of an answer, which does not say it itself.
    pub(crate) token_type: Option<TokenType>,
}

/// A message that was read.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    pub(crate) encoding: &'static str,
    pub(crate) tree: Node,
    /// Other kinds that the same bytes could be.
    pub(crate) also: Vec<Kind>,
}

/// Why it is no message of a kind.
#[derive(Debug)]
pub(crate) struct Rejected {
    pub(crate) kind: Kind,
    pub(crate) reason: String,
}

/// The order of guesses: a kind that says more about itself stands before one that says less.
const GUESSES: [Kind; 20] = [
    Kind::Directory,
    Kind::WwwAuthenticate,
    Kind::Authorization,
    Kind::Request,
    Kind::Token,
    Kind::AmortizedRequest,
    Kind::Challenge,
    Kind::GenericRequest,
    Kind::GenericResponse,
    Kind::Response,
    Kind::Refund,
    Kind::AmortizedResponse,
    Kind::ActRequest,
    Kind::ActSpend,
    Kind::ActResponse,
    Kind::ActRefund,
    Kind::ArcRequest,
    Kind::ArcResponse,
    Kind::ArcPresentation,
    Kind::Reverse,
];

/// Reads the input as this kind, or as the first one that it can be.
pub(crate) fn inspect(input: &[u8], kind: Option<Kind>, hints: Hints) -> Result<Found, Vec<Rejected>> {
    let kinds: &[Kind] = kind.as_ref().map_or(&GUESSES, std::slice::from_ref);
    let mut rejected = Vec::new();
    for form in forms(input) {
        let mut found: Option<Found> = None;
        for kind in kinds {
            match (one(*kind, &form, hints), &mut found) {
                (Ok(tree), None) => {
                    found = Some(Found { kind: *kind, encoding: form.name(), tree, also: Vec::new() });
                }
                (Ok(_), Some(found)) => found.also.push(*kind),
                (Err(reason), _) => rejected.push(Rejected { kind: *kind, reason }),
            }
        }
        if let Some(found) = found {
            return Ok(found);
        }
    }
    Err(rejected)
}

fn one(kind: Kind, form: &Form, hints: Hints) -> Result<Node, String> {
    match (kind, form) {
        (Kind::WwwAuthenticate | Kind::Authorization | Kind::Reverse, Form::Text(text)) => header::read(kind, text),
        (Kind::Directory, Form::Text(text)) => wire::directory(text.as_bytes()),
        (_, Form::Text(_)) => Err("this is text, and the kind is made of bytes".into()),
        (Kind::WwwAuthenticate | Kind::Authorization | Kind::Reverse | Kind::Directory, _) => {
            Err("these are bytes, and the kind is text".into())
        }
        (kind, Form::Bytes { bytes, .. }) => wire::read(kind, bytes, hints),
    }
}

impl TypeName {
    pub(crate) fn token_type(self) -> TokenType {
        match self {
            Self::VoprfP384 => TokenType::VOPRF_P384,
            Self::BlindRsa => TokenType::BLIND_RSA,
            Self::VoprfRistretto255 => TokenType::VOPRF_RISTRETTO255,
            Self::Arc => TokenType::ARC,
            Self::Act => TokenType::ACT,
        }
    }
}

/// What a person calls a type.
pub(crate) fn type_name(token_type: TokenType) -> &'static str {
    match token_type {
        TokenType::VOPRF_P384 => "VOPRF(P-384)",
        TokenType::BLIND_RSA => "Blind RSA",
        TokenType::VOPRF_RISTRETTO255 => "VOPRF(ristretto255)",
        TokenType::ARC => "ARC(P-256)",
        TokenType::ACT => "ACT(ristretto255)",
        grease if grease.is_grease() => "grease",
        _ => "unknown",
    }
}
