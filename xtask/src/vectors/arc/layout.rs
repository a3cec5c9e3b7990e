//! Where the fields of messages and states stand, and the faults that are tried in each.

use farebox_group::{ByteOrder, Group, Scalar as _};

use super::Named;
use super::draft::{Scalar, encode, scalar_bytes};
use crate::vectors::writer::{INVALID, MALFORMED, Want};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Element,
    Scalar,
}

struct Field {
    name: String,
    at: usize,
    kind: Kind,
    /// Of the many scalars of a proof only the first and the last are flipped.
    inner: bool,
}

/// The fields of one message or state.
pub(super) struct Layout<S> {
    fields: Vec<Field>,
    end: usize,
    /// Whether another element or a flipped bit is noticed: not in a saved state, which nothing authenticates.
    authenticated: bool,
    suite: std::marker::PhantomData<S>,
}

/// One faulty message.
pub(super) struct Fault {
    pub(super) flag: &'static str,
    pub(super) comment: String,
    pub(super) bytes: Vec<u8>,
    pub(super) want: Want,
}

impl<S: Named> Layout<S> {
    fn message() -> Self {
        Self { fields: Vec::new(), end: 0, authenticated: true, suite: std::marker::PhantomData }
    }

    /// A saved state, behind version, kind, suite and what else its head has.
    fn state(head: usize) -> Self {
        Self { end: head, authenticated: false, ..Self::message() }
    }

    fn push(mut self, name: String, kind: Kind, inner: bool) -> Self {
        self.fields.push(Field { name, at: self.end, kind, inner });
        self.end += if kind == Kind::Element { S::Group::ELEMENT_LEN } else { S::Group::SCALAR_LEN };
        self
    }

    fn elements<const N: usize>(self, names: [&str; N]) -> Self {
        names.into_iter().fold(self, |layout, name| layout.push(name.to_owned(), Kind::Element, false))
    }

    fn scalars<const N: usize>(self, names: [&str; N]) -> Self {
        names.into_iter().fold(self, |layout, name| layout.push(name.to_owned(), Kind::Scalar, false))
    }

    fn proof(self, responses: usize) -> Self {
        let layout = self.push("the challenge".to_owned(), Kind::Scalar, false);
        (0..responses)
            .fold(layout, |layout, i| layout.push(format!("response {i}"), Kind::Scalar, i > 0 && i + 1 < responses))
    }

    fn skip(mut self, bytes: usize) -> Self {
        self.end += bytes;
        self
    }

    pub(super) fn request() -> Self {
        Self::message().elements(["m1Enc", "m2Enc"]).proof(4)
    }

    pub(super) fn response() -> Self {
        Self::message().elements(["U", "encU'", "X0Aux", "X1Aux", "X2Aux", "HAux"]).proof(7)
    }

    pub(super) fn presentation(k: usize) -> Self {
        let layout = Self::message().elements(["U", "U'Commit", "m1Commit", "tag", "nonceCommit"]);
        let layout = (0..k).fold(layout, |layout, i| layout.push(format!("D_{i}"), Kind::Element, false));
        layout.proof(5 + 3 * k)
    }

    pub(super) fn older_presentation() -> Self {
        Self::message().elements(["U", "U'Commit", "m1Commit", "tag"]).proof(4)
    }

    pub(super) fn secret_key() -> Self {
        Self::state(3).scalars(["x0", "x1", "x2", "xb"])
    }

    pub(super) fn public_key() -> Self {
        Self { authenticated: false, ..Self::message() }.elements(["X0", "X1", "X2"])
    }

    pub(super) fn pre_issuance() -> Self {
        Self::state(3).scalars(["m1", "m2", "r1", "r2"]).elements(["m1Enc", "m2Enc"])
    }

    /// With as many opened contexts.
    pub(super) fn credential(contexts: usize) -> Self {
        let layout = Self::state(19).scalars(["m1"]).elements(["U", "U'"]);
        (0..contexts).fold(layout, |layout, i| layout.push(format!("T_{i}"), Kind::Element, false))
    }

    pub(super) fn presentation_state() -> Self {
        Self::credential(0).elements(["T"]).skip(16)
    }

    pub(super) fn closed_context() -> Self {
        Self::credential(0).elements(["T"]).skip(8)
    }

    /// Every fault of every field, one at a time, and of the whole.
    pub(super) fn faults(&self, honest: &[u8]) -> Result<Vec<Fault>, String> {
        if honest.len() != self.end {
            return Err(format!("the layout has {} bytes, the message {}", self.end, honest.len()));
        }
        let mut faults: Vec<Fault> = self.fields.iter().flat_map(|field| self.faults_of(field, honest)).collect();
        let mut whole = |comment: &str, bytes: Vec<u8>| {
            faults.push(Fault { flag: "length", comment: comment.into(), bytes, want: MALFORMED });
        };
        whole("the last byte is cut", honest.iter().take(self.end - 1).copied().collect());
        whole("the first byte is cut", honest.iter().skip(1).copied().collect());
        whole("a zero byte follows", honest.iter().copied().chain([0]).collect());
        whole("no bytes at all", Vec::new());
        Ok(faults)
    }

    fn faults_of(&self, field: &Field, honest: &[u8]) -> Vec<Fault> {
        let name = &field.name;
        let fault = |flag, comment: String, value: &[u8], want| {
            let bytes = replace(honest, field.at, value);
            Fault { flag, comment, bytes, want }
        };
        let mut faults = match field.kind {
            Kind::Element => {
                let mut above = vec![0xff; S::Group::ELEMENT_LEN];
                if let Some(tag) = above.first_mut().filter(|_| S::Group::ELEMENT_LEN == 33) {
                    *tag = 2;
                }
                let identity = vec![0; S::Group::ELEMENT_LEN];
                let above_comment = format!("{name} is not below the field's order");
                vec![
                    fault("identity", format!("{name} is the identity"), &identity, MALFORMED),
                    fault("non-canonical-element", above_comment, &above, MALFORMED),
                ]
            }
            Kind::Scalar => {
                let old: Vec<u8> = honest.iter().skip(field.at).take(S::Group::SCALAR_LEN).copied().collect();
                let (what, value) = plus_order::<S>(&old);
                vec![fault("non-canonical-scalar", format!("{name} {what}"), &value, MALFORMED)]
            }
        };
        if self.authenticated && !field.inner {
            if field.kind == Kind::Element {
                let other = encode::<S>(&S::Group::generator());
                faults.push(fault("swapped-element", format!("{name} is another element"), &other, INVALID));
            }
            for bit in if field.kind == Kind::Element { &[0, 77][..] } else { &[77] } {
                let comment = format!("bit {bit} of {name} is flipped");
                faults.push(Fault {
                    flag: "bit-flip",
                    comment,
                    bytes: flip(honest, field.at, *bit),
                    want: Want::Refused,
                });
            }
        }
        faults
    }
}

/// `value` at `at`.
pub(super) fn replace(bytes: &[u8], at: usize, value: &[u8]) -> Vec<u8> {
    let tail = bytes.iter().skip(at + value.len());
    bytes.iter().take(at).chain(value).chain(tail).copied().collect()
}

fn flip(bytes: &[u8], at: usize, bit: usize) -> Vec<u8> {
    let flipped = |(i, byte): (usize, &u8)| if i == at + bit / 8 { byte ^ (1 << (bit % 8)) } else { *byte };
    bytes.iter().enumerate().map(flipped).collect()
}

/// The group order, in the suite's byte order: one more than order - 1, which has no carry in either group.
pub(super) fn order<S: Named>() -> Vec<u8> {
    let mut bytes = scalar_bytes::<S>(&-Scalar::<S>::ONE);
    let last = if S::ORDER == ByteOrder::Little { bytes.first_mut() } else { bytes.last_mut() };
    last.into_iter().for_each(|byte| *byte += 1);
    bytes
}

/// A scalar plus the order, or the order itself where the sum has no room.
fn plus_order<S: Named>(scalar: &[u8]) -> (&'static str, Vec<u8>) {
    let mut little = [scalar.to_vec(), order::<S>()];
    if S::ORDER == ByteOrder::Big {
        little.iter_mut().for_each(|bytes| bytes.reverse());
    }
    let mut carry = 0;
    let [a, b] = &little;
    let mut sum: Vec<u8> = a
        .iter()
        .zip(b)
        .map(|(a, b)| {
            let sum = u16::from(*a) + u16::from(*b) + carry;
            carry = sum >> 8;
            sum.to_le_bytes()[0]
        })
        .collect();
    if S::ORDER == ByteOrder::Big {
        sum.reverse();
    }
    if carry == 0 { ("plus the group order", sum) } else { ("is the group order", order::<S>()) }
}
