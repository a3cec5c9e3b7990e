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

#[cfg(test)]
mod tests {
    use rand::rngs::SmallRng;
    use rand::{RngExt as _, SeedableRng as _};

    use super::*;

    /// A request of every length that is fixed, filled with bytes that are no elements.
    fn seeds() -> Vec<Vec<u8>> {
        let of = |head: &[u8], len: usize| [head, &vec![2; len]].concat();
        let request = of(&[0, 5, 1], 32);
        let batch = [&[0, 5, 1, 0x40, 64][..], &[2; 64]].concat();
        let generic = [&[35][..], &request].concat();
        let challenge = [&[0xe5, 0xad, 0, 1, b'i', 32][..], &[7; 32], &[0, 1, b'o', 0]].concat();
        vec![
            request,
            batch,
            generic,
            challenge,
            of(&[0, 1], 144),
            of(&[0xe5, 0xac], 68 + 486),
            [&[0xe5, 0xad][..], &[3; 64], &546u16.to_be_bytes(), &[0; 546]].concat(),
            of(&[0, 162], 162),
            b"PrivateToken challenge=\"AAUADmlzc3Vlci5leGFtcGxlAAAA\", cost=7, PrivateToken challenge=AAEC".to_vec(),
            b"PrivateToken token=\"AAEC\", companion=AAEC, x=y".to_vec(),
            b"{\"issuer-request-uri\":\"/t\",\"token-keys\":[{\"token-type\":2,\"token-key\":\"AAE=\"}]}".to_vec(),
        ]
    }

    #[test]
    fn messages_that_were_changed_anywhere_are_read_or_refused() {
        let mut rng = SmallRng::seed_from_u64(11);
        let seeds = seeds();
        let mut found = 0;
        for round in 0..3000 {
            let mut input = seeds[round % seeds.len()].clone();
            for _ in 0..rng.random_range(0..4) {
                let at = rng.random_range(0..input.len());
                match rng.random_range(0..4) {
                    0 => input[at] ^= 1 << rng.random_range(0..8),
                    1 => input.truncate(at.max(1)),
                    2 => input.insert(at, rng.random()),
                    _ => input[at] = rng.random(),
                }
            }
            let text = if round % 3 == 0 { hex::encode(&input).into_bytes() } else { input };
            let kind = GUESSES.get(rng.random_range(0..GUESSES.len() * 2)).copied();
            if let Ok(message) = inspect(&text, kind, Hints::default()) {
                found += 1;
                assert!(message.tree.to_json().is_object());
            }
        }
        assert!(found > 200, "{found}");
    }
}
