//! Our own files: honest requests and tokens of all five types, and one fault at a time.

mod client;
mod issuer;
mod origin;

use privacypass_wire::TokenType;

use super::{SPEC, keys};
use crate::vectors::outcome::{Failure, fields};
use crate::vectors::schema::Fields;
use crate::vectors::writer::{Draft, Place, Want, Writer};
use client::Keys;

/// Writes all of them.
pub(crate) fn write(writer: &mut Writer) -> Result<(), String> {
    let keys = Keys::new()?;
    issuer::write(&mut World { writer, keys: &keys, suite: super::ISSUER, operation: "issue" })?;
    origin::write(&mut World { writer, keys: &keys, suite: super::ORIGIN, operation: "bind-verify" })
}

/// Everybody's keys, and the file that cases go to.
struct World<'a> {
    writer: &'a mut Writer,
    keys: &'a Keys,
    suite: &'static str,
    operation: &'static str,
}

impl World<'_> {
    /// Adds a case under these params and the keys of these types.
    fn add(
        &mut self,
        (params, types): (&Fields, &[TokenType]),
        comment: &str,
        flag: Option<&'static str>,
        input: Fields,
        want: Want,
    ) -> Result<(), String> {
        let mut keys = Fields::new();
        for token_type in types {
            keys.insert(keys::name(*token_type).map_err(text)?.to_owned(), self.keys.secret(*token_type));
        }
        let (suite, operation) = (self.suite, self.operation);
        let (statement, params) = (Vec::new(), params.clone());
        let place = Place { spec: SPEC, draft: None, suite, operation, statement, params, keys };
        let flags = flag.into_iter().collect();
        let draft = Draft { comment: comment.to_owned(), flags, coins: Fields::new(), input, want };
        self.writer.add(&place, draft).map(drop)
    }
}

/// The params of ACT beside those of every type.
fn act_params() -> Fields {
    fields([
        ("domain_separator", client::SEPARATOR.into()),
        ("L", "8".into()),
        ("credits", client::CREDITS.to_string()),
    ])
}

fn text(failure: Failure) -> String {
    match failure {
        Failure::Refused(layer, reason, _) => format!("{}: {reason}", layer.name()),
        Failure::Case(reason) => reason,
    }
}

/// The bytes with one bit flipped.
fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= 1);
    bytes
}

/// The bytes without the last one, and with one more.
fn cut_and_longer(bytes: &[u8]) -> [(&'static str, Vec<u8>); 2] {
    let cut = bytes.get(..bytes.len().saturating_sub(1)).unwrap_or_default();
    [("cut", cut.to_vec()), ("a byte behind the end", [bytes, &[0]].concat())]
}
