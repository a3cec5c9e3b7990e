//! Our own files: honest messages of every type, and one fault at a time.

mod http;
mod messages;

use super::SPEC;
use crate::vectors::schema::Fields;
use crate::vectors::writer::{Draft, Place, Want, Writer};

/// Writes all of them.
pub(crate) fn write(writer: &mut Writer) -> Result<(), String> {
    messages::write(&mut Cases { writer, suite: super::MESSAGES })?;
    http::write(&mut Cases { writer, suite: super::HTTP })
}

/// The cases of one suite.
struct Cases<'a> {
    writer: &'a mut Writer,
    suite: &'static str,
}

impl Cases<'_> {
    fn add(
        &mut self,
        operation: &'static str,
        comment: &str,
        flag: Option<&'static str>,
        input: Fields,
        want: Want,
    ) -> Result<(), String> {
        let (statement, params, keys) = (Vec::new(), Fields::new(), Fields::new());
        let place = Place { spec: SPEC, draft: None, suite: self.suite, operation, statement, params, keys };
        let flags = flag.into_iter().collect();
        let draft = Draft { comment: comment.to_owned(), flags, coins: Fields::new(), input, want };
        self.writer.add(&place, draft).map(drop)
    }
}
