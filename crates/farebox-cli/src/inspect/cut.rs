//! Cutting a message of known length into fields.

use super::Node;

/// What of a message is not read yet. Whoever uses it has checked the length; a field that is not there whole comes out short.
pub(crate) struct Cut<'a>(&'a [u8]);

impl<'a> Cut<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn take(&mut self, len: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at_checked(len).unwrap_or((self.0, &[]));
        self.0 = rest;
        taken
    }

    pub(crate) fn field(&mut self, name: impl Into<String>, len: usize) -> Node {
        Node::bytes(name, self.take(len))
    }

    /// Several fields of one length, with a number behind their name.
    pub(crate) fn row(&mut self, name: &str, len: usize, count: usize) -> Vec<Node> {
        (0..count).map(|i| self.field(format!("{name}[{i}]"), len)).collect()
    }

    /// A proof in compact form: the challenge and then the responses, of 32 bytes each, to the end of the message.
    pub(crate) fn proof(&mut self, name: &str) -> Node {
        let len = self.0.len();
        let proof = Node::group(name, len).with(self.field("challenge", 32));
        let responses = (len / 32).saturating_sub(1);
        proof.all(self.row("response", 32, responses))
    }
}
